"""Passes of the encoder: features to sentence vectors, states of tokens, states at the places of hidden tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from interlingua.errors import TrainingError
from interlingua.sbert import StaticEmbedding

__all__ = ["Pass", "token_pass", "vector_pass"]


@dataclass(frozen=True)
class Pass:
    """One more pass over texts with hidden tokens, as the features of its sub-batches.

    Args:
        features: What the model takes, one entry a sub-batch.
        places: Of each sub-batch the predictions' places among its tokens, padding not counted.
        labels, weights: Of all predictions, sub-batch after sub-batch; shape ``(P,)``.
        total: What the sum of weighted losses is divided by.
    """

    features: Sequence[Mapping[str, Any]]
    places: Sequence[Tensor]
    labels: Tensor
    weights: Tensor
    total: float


def vector_pass(model: nn.Module, features: Mapping[str, Any], tokens: bool) -> tuple[Tensor, Tensor | None]:
    """Return sentence vectors, shape ``(B, D)``, and if asked for the states of all tokens, shape ``(S, D)``."""
    made = model(dict(features))  # modules add to the dictionary that they are given
    vectors = made.get("sentence_embedding")
    if vectors is None:
        raise TrainingError("the model gives no sentence vector; its last modules must pool token states")
    return vectors, _states(model, made) if tokens else None


def token_pass(model: nn.Module, features: Mapping[str, Any], places: Tensor | None = None) -> Tensor:
    """Return the states of all tokens, or of those at some places; shape ``(S, D)`` or ``(P, D)``."""
    states = _states(model, model(dict(features)))
    return states if places is None else states.index_select(0, places)


def _states(model: nn.Module, made: Mapping[str, Any]) -> Tensor:
    states = made.get("token_embeddings")
    if states is not None:
        kept: Tensor = states[made["attention_mask"].bool()]
        return kept
    inner: Any = getattr(model, "module", model)
    first = inner[0]
    if isinstance(first, StaticEmbedding):
        table = first.embedding
        return F.embedding(made["input_ids"], table.weight, sparse=table.sparse)
    raise TrainingError("the model gives no states of tokens; objectives on words need a transformer")
