"""Representation translation: the whole translation, predicted from the states of the text."""

from typing import ClassVar

import torch
from torch import Tensor

from interlingua.errors import ObjectiveError
from interlingua.objectives.base import EncodedCells, Objective
from interlingua.objectives.pool import process_count, sum_over_processes
from interlingua.objectives.tokens import TokenStates, prediction_losses

__all__ = ["RepresentationTranslation"]


class RepresentationTranslation(Objective):
    r"""Predict every token of the translation from the token states of a text (RTL).

    A decoder made of copies of the encoder's last layers reads the states of the text together with one mask for every
    token of the translation, and the head predicts the tokens at the masks: all but the first (``<s>``, CLS), the one
    that ends the text included. The loss is the mean over all predicted tokens. It needs no links and no pass of the
    encoder.

    Args:
        target: The view that is predicted; every other cell of its row predicts it. The last view of the batch where it
            has no such view.
        own_vocabulary: Predict among the tokens that occur in the target language alone, not among all.

    Raises:
        ObjectiveError: If the batch has no states of tokens, or no decoder.

    Reference:
        Li et al. 2023, Dual-Alignment Pre-training for Cross-lingual Sentence Embedding (DAP).
        https://arxiv.org/abs/2305.09148

    Example:
        >>> sorted(RepresentationTranslation().requirements())
        ['decoder', 'head', 'tokens']
    """

    needs: ClassVar[frozenset[str]] = frozenset({"tokens", "decoder", "head"})
    uses_vectors = False
    vocabulary: Tensor | None
    place: Tensor

    def __init__(self, *, target: str = "eng_Latn", own_vocabulary: bool = False) -> None:
        super().__init__()
        self.target = target
        self.own_vocabulary = own_vocabulary
        self.register_buffer("vocabulary", None, persistent=False)
        self.register_buffer("place", torch.zeros(0, dtype=torch.long), persistent=False)

    def restrict(self, ids: Tensor, size: int) -> None:
        """Predict among these tokens alone.

        Args:
            ids: Token ids, each once.
            size: How many tokens the tokenizer has.
        """
        self.vocabulary = ids
        self.place = torch.full((size,), -1, dtype=torch.long).index_put((ids,), torch.arange(len(ids)))

    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        """Return the mean cross-entropy as ``reconstruction``."""
        tokens = cells.tokens
        if tokens is None or cells.decoder is None or cells.head is None:
            raise ObjectiveError(
                "reconstruction needs states of tokens, a decoder and a head: train with `MultiwayTrainer` or a recipe"
            )
        source, target = _translations(cells, self.target)
        if not len(source):  # decode something for nothing, so that all parameters have a gradient of zero
            one = torch.ones(1, 1, dtype=torch.bool, device=tokens.states.device)
            nothing = 0.0 * cells.head(cells.decoder(tokens.states[None, :1], one, one)).sum()
            sum_over_processes(nothing)  # the other processes count theirs
            return {"reconstruction": nothing}
        states, mask = _padded(tokens, source)
        ids, wanted = _padded_ids(tokens, target)
        decoded = cells.decoder(states, mask, wanted)
        wanted = wanted.clone()
        wanted[:, 0] = False  # CLS
        labels, predicted = ids[wanted], decoded[wanted]
        if self.vocabulary is not None:
            labels = self.place.to(labels.device)[labels]
            predicted, labels = predicted[labels >= 0], labels[labels >= 0]
        vocabulary = None if self.vocabulary is None else self.vocabulary.to(labels.device)
        losses = prediction_losses(cells.head, predicted, labels, vocabulary)
        count = sum_over_processes(losses.new_tensor(float(len(losses)))).clamp(min=1)
        return {"reconstruction": losses.sum() / count * process_count()}


def _translations(cells: EncodedCells, target: str) -> tuple[Tensor, Tensor]:
    """Return pairs of cells of one row, the second in the target's view; both of shape ``(E,)``."""
    middle = cells.views.index(target) if target in cells.views else len(cells.views) - 1
    home = ((cells.view == middle) & (cells.row >= 0)).nonzero().squeeze(1)
    others = ((cells.view != middle) & (cells.row >= 0)).nonzero().squeeze(1)
    found = cells.row[others][:, None] == cells.row[home][None]
    one, other = found.nonzero(as_tuple=True)
    return others[one], home[other]


def _padded(tokens: TokenStates, cells: Tensor) -> tuple[Tensor, Tensor]:
    place, mask = _places(tokens, cells)
    return tokens.states[place] * mask[..., None].to(tokens.states.dtype), mask


def _padded_ids(tokens: TokenStates, cells: Tensor) -> tuple[Tensor, Tensor]:
    place, mask = _places(tokens, cells)
    return tokens.ids[place], mask


def _places(tokens: TokenStates, cells: Tensor) -> tuple[Tensor, Tensor]:
    """Return the place of every token of every cell, and which places of the block are tokens; ``(E, T)``."""
    length = tokens.length[cells]
    number = torch.arange(int(length.max()), device=length.device)
    mask = number < length[:, None]
    return torch.where(mask, tokens.first[cells][:, None] + number, tokens.first[cells][:, None]), mask
