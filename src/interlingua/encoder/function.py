"""Any function from texts to an array as an encoder."""

import logging
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import xxhash
from numpy.typing import ArrayLike

from interlingua.encoder.unit import unit_rows
from interlingua.types import Vectors

__all__ = ["FunctionEncoder"]

logger = logging.getLogger(__name__)

_PROBES = ["One text, to see what the function makes of it.", "2 + 2 = 4", "Ещё один, по-русски.", "もう一つ。"]


class FunctionEncoder:
    """Any function from texts to an array as an encoder.

    The function cannot say what its vectors depend on, so the fingerprint is taken from what it makes of four texts.
    Where it fails on them, as a table of known texts does, the fingerprint is that of the name: two different functions
    of one name cannot be told apart then, and vectors stored for one are taken for the other's.

    Args:
        function: Takes a list of texts, returns an array of shape ``(texts, dim)``.
        name: How reports call it.
        prefix: Put before every text.
        fingerprint: What the vectors depend on, as a version or the hash of a file, instead of the four texts; name and
            prefix count in any case.

    Example:
        >>> encoder = FunctionEncoder(lambda texts: [[len(text), 1.0] for text in texts], name="length")
        >>> encoder.encode(["", "ab"]).round(2).tolist() == np.float32([[0, 1], [0.89, 0.45]]).tolist()
        True
    """

    def __init__(
        self,
        function: Callable[[list[str]], ArrayLike],
        *,
        name: str,
        prefix: str = "",
        fingerprint: str | None = None,
    ) -> None:
        self.function = function
        self.name = name
        self.prefix = prefix
        self._version = fingerprint

    @cached_property
    def fingerprint(self) -> str:
        """Of what was given, or of the vectors of four texts, rounded; of the name alone where these fail."""
        content = self._probed() if self._version is None else self._version.encode()
        return xxhash.xxh3_128_hexdigest(content + f"{self.name}|{self.prefix}".encode())

    def _probed(self) -> bytes:
        try:
            return np.round(self.encode(_PROBES), 4).tobytes()
        except Exception as error:  # whatever a user's function raises
            logger.warning(
                "%s does not encode other texts (%r), so it is known by its name only; give `fingerprint` to tell it "
                "from others of this name",
                self.name,
                error,
            )
            return b""

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        """Return unit vectors, shape ``(len(texts), dim)``, float32; the language is not looked at."""
        prefixed = [self.prefix + text for text in texts]
        return unit_rows(self.function(prefixed), texts=len(texts), name=self.name)
