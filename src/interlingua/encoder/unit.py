"""What every encoder owes: one finite unit vector a text."""

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EncoderError

__all__ = ["unit_rows"]


def unit_rows(vectors: object, *, texts: int, name: str) -> NDArray[np.float32]:
    """Check what an encoder returned and make its rows unit vectors; a zero vector (an empty text) stays zero.

    Args:
        vectors: Array of shape ``(texts, dim)``.
        texts: How many texts it was given.
        name: How messages call the encoder.

    Raises:
        EncoderError: Another shape, or a value that is not finite.

    Example:
        >>> unit_rows([[3.0, 4.0], [0.0, 0.0]], texts=2, name="mine").round(1).tolist()
        [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    rows = np.asarray(vectors, dtype=np.float32)
    if rows.ndim != 2 or len(rows) != texts:
        raise EncoderError(
            f"{name} made an array of shape {rows.shape} from {texts:,} texts; it must be one vector a text"
        )
    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        raise EncoderError(
            f"{name} made {int((~finite).sum()):,} of {texts:,} vectors that are not finite, first of text "
            f"{int(finite.argmin()):,}; did its training diverge, or does its precision overflow?"
        )
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    return (rows / np.where(lengths == 0, 1, lengths)).astype(np.float32)
