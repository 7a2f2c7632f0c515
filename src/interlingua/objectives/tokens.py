"""What word-level objectives are given: states of tokens, words that are linked, tokens to be predicted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from interlingua.errors import ObjectiveError

__all__ = ["Decoder", "Head", "LinkedWords", "Predictions", "TokenStates", "prediction_losses"]

Head: TypeAlias = Callable[..., Tensor]
"""``head(states, vocabulary=None)``: states ``(P, D)`` to logits over the vocabulary ``(P, V)``, or over some of it."""

Decoder: TypeAlias = Callable[[Tensor, Tensor, Tensor], Tensor]
"""``decoder(states, mask, wanted)``: source states ``(B, S, D)``, which of them are tokens ``(B, S)`` and which target
positions to fill ``(B, T)``, to states at the target positions ``(B, T, D)``."""

LARGEST = 2**26
"""Logits that are held at once; beyond, they are computed again in the backward pass."""


@dataclass(frozen=True, kw_only=True)
class TokenStates:
    """States of the tokens of M cells, one after the other, without padding; special tokens are among them.

    Args:
        states: Of S tokens, shape ``(S, D)``.
        ids: Token ids, shape ``(S,)``.
        first: Where the tokens of each cell begin, shape ``(M,)``.
        length: How many tokens each cell has, shape ``(M,)``.
    """

    states: Tensor
    ids: Tensor
    first: Tensor
    length: Tensor


@dataclass(frozen=True, kw_only=True)
class LinkedWords:
    """Words of E pairs of cells, and which of them are linked. Words without a token are not among them.

    Args:
        source, target: The cells of each pair, shape ``(E,)``; pairs without links count too.
        side: Which side each of the W words is on, ``2 * pair`` for a source word and ``2 * pair + 1`` for a target
            word, in order; shape ``(W,)``.
        first, last: First and last (exclusive) token of each word, counted in its cell; shape ``(W,)``.
        links: Linked words, a source word and a target word of one pair; shape ``(K, 2)``.
    """

    source: Tensor
    target: Tensor
    side: Tensor
    first: Tensor
    last: Tensor
    links: Tensor

    def __post_init__(self) -> None:
        if len(self.links) and int(self.links.max()) >= len(self.side):
            raise ObjectiveError(f"a link names word {int(self.links.max())}; there are {len(self.side)} words")


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """States at positions whose tokens are to be predicted.

    Args:
        states: Shape ``(P, D)``.
        labels: The tokens, shape ``(P,)``.
        weights: Of each prediction, shape ``(P,)``.
        total: What the weighted losses are divided by, summed over processes.
        anchor: A zero that hangs on the encoder, for a batch in which nothing is predicted.
    """

    states: Tensor
    labels: Tensor
    weights: Tensor
    total: float
    anchor: Tensor | None = None


def prediction_losses(head: Head, states: Tensor, labels: Tensor, vocabulary: Tensor | None = None) -> Tensor:
    """Return the cross-entropy of every prediction in float32, shape ``(P,)``; logits are held in pieces.

    Args:
        head: States to logits.
        states: Shape ``(P, D)``.
        labels: Places in the vocabulary, or in ``vocabulary`` where it is given; shape ``(P,)``.
        vocabulary: Token ids that the logits are restricted to; all if None.
    """

    def losses(some: Tensor, wanted: Tensor) -> Tensor:
        logits = head(some) if vocabulary is None else head(some, vocabulary=vocabulary)
        logits = logits if logits.dtype == torch.float64 else logits.float()
        return F.cross_entropy(logits, wanted, reduction="none")

    if not len(states):
        return losses(states.new_zeros(1, states.shape[1]), labels.new_zeros(1))[:0]  # the head has a gradient of zero
    with torch.no_grad():
        width = head(states[:1]).shape[1] if vocabulary is None else len(vocabulary)
    size = max(1, LARGEST // max(width, 1))
    if len(states) <= size:
        return losses(states, labels)
    pieces = zip(torch.split(states, size), torch.split(labels, size), strict=True)
    return torch.cat([checkpoint(losses, some, wanted, use_reentrant=False) for some, wanted in pieces])
