"""Texts to checked vectors: every distinct text once, so that equal texts have equal vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.types import Encoder, Vectors

__all__ = ["EncodedTexts", "encode_texts"]


@dataclass(frozen=True, slots=True)
class EncodedTexts:
    """Texts as vectors.

    Args:
        vectors: Shape ``(distinct texts, dim)``.
        ids: Shape ``(n,)``: text i has ``vectors[ids[i]]``; equal ids are equal texts.
    """

    vectors: Vectors
    ids: NDArray[np.int64]


def encode_texts(encoder: Encoder, texts: Sequence[str], *, language: str | None, data: str) -> EncodedTexts:
    """Encode every distinct text once.

    Args:
        encoder: Any encoder.
        texts: The texts, at least one.
        language: Their language, told to the encoder; None where nobody knows it.
        data: What the texts are, for error messages.

    Raises:
        EvaluationError: If the encoder returns another number of vectors, or something that is not finite.
    """
    number = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    whose = "" if language is None else f"{language} "
    vectors = np.asarray(encoder.encode(list(number), language=language))
    if vectors.ndim != 2 or len(vectors) != len(number):
        raise EvaluationError(
            f"{encoder.name} made an array of shape {vectors.shape} from {len(number):,} {whose}texts of {data}; "
            f"an encoder must return one vector per text"
        )
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise EvaluationError(
            f"{encoder.name} made {int((~finite).sum()):,} of {len(number):,} {whose}vectors of {data} that are "
            f"not finite, the first for {list(number)[int(finite.argmin())][:60]!r}; "
            f"the model may have diverged in training, or overflow in half precision"
        )
    return EncodedTexts(vectors, np.fromiter((number[text] for text in texts), dtype=np.int64, count=len(texts)))
