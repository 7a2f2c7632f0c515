"""Any function from texts to an array as an encoder."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import xxhash
from numpy.typing import ArrayLike

from interlingua.encoder.unit import unit_rows
from interlingua.types import Vectors

__all__ = ["FunctionEncoder"]

_PROBES = ["One text, to see what the function makes of it.", "2 + 2 = 4", "Ещё один, по-русски.", "もう一つ。"]


class FunctionEncoder:
    """Any function from texts to an array as an encoder.

    The function cannot say what its vectors depend on, so the fingerprint is taken from what it makes of four texts.

    Args:
        function: Takes a list of texts, returns an array of shape ``(texts, dim)``.
        name: How reports call it.
        prefix: Put before every text.

    Example:
        >>> encoder = FunctionEncoder(lambda texts: [[len(text), 1.0] for text in texts], name="length")
        >>> encoder.encode(["", "ab"]).round(2).tolist() == np.float32([[0, 1], [0.89, 0.45]]).tolist()
        True
    """

    def __init__(self, function: Callable[[list[str]], ArrayLike], *, name: str, prefix: str = "") -> None:
        self.function = function
        self.name = name
        self.prefix = prefix

    @cached_property
    def fingerprint(self) -> str:
        """Of the vectors of four texts, rounded."""
        content = np.round(self.encode(_PROBES), 4).tobytes()
        return xxhash.xxh3_128_hexdigest(content + f"{self.name}|{self.prefix}".encode())

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        """Return unit vectors, shape ``(len(texts), dim)``, float32; the language is not looked at."""
        prefixed = [self.prefix + text for text in texts]
        return unit_rows(self.function(prefixed), texts=len(texts), name=self.name)
