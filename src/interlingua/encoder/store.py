"""TEXT -> VECTORS ON DISK: encoded once, kept, and looked up from then on."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from interlingua.cache import cache_folder
from interlingua.encoder.shards import StoredVectors
from interlingua.encoder.unit import unit_rows
from interlingua.types import Encoder, Vectors

__all__ = ["StoredEncoder", "VectorStore"]

logger = logging.getLogger(__name__)


class VectorStore:
    """Vectors of frozen encoders, computed once: a folder with one sub-folder for each encoder fingerprint.

    A text is known by its hash. Vectors are written in shards, each in one move, so that a killed run loses at most the
    shard it was at and ends in the same files when it is run again. Two writers do no harm to each other.

    Args:
        folder: Where; None takes ``$INTERLINGUA_CACHE`` or the platform's cache folder.
        dtype: How numbers are kept; float16 halves the space and moves a cosine by less than 0.001.
        shard: Texts in a shard.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from interlingua.encoder import FunctionEncoder
        >>> encoder = FunctionEncoder(lambda texts: [[len(text), 1.0] for text in texts], name="length")
        >>> with TemporaryDirectory() as folder:
        ...     vectors = VectorStore(folder).encode(encoder, ["Guten Morgen.", "Good morning."])
        >>> vectors.shape, vectors.dtype
        ((2, 2), dtype('float16'))
    """

    def __init__(
        self,
        folder: str | Path | None = None,
        *,
        dtype: Literal["float16", "float32"] = "float16",
        shard: int = 8192,
    ) -> None:
        self.folder = cache_folder() / "vectors" if folder is None else Path(folder)
        self.dtype = dtype
        self.shard = shard

    def vectors(self, encoder: Encoder) -> "StoredVectors":
        """Open what is stored of an encoder, which may be nothing yet."""
        place = self.folder / f"{quote(encoder.fingerprint, safe='')}-{self.dtype}"
        return StoredVectors(place, name=encoder.name, fingerprint=encoder.fingerprint, dtype=self.dtype)

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of the texts, encoding only those that are not stored yet.

        Args:
            encoder: A frozen encoder.
            texts: Any texts; equal ones are encoded once.

        Returns:
            Shape ``(len(texts), dim)`` in the store's dtype.

        Raises:
            EncoderError: The encoder's vectors do not fit, or a stored file is damaged.
            OutputError: The folder cannot be written.
        """
        stored = self.vectors(encoder)
        missing = stored.missing(texts)
        for first in range(0, len(missing), self.shard):
            some = missing[first : first + self.shard]
            stored.add(some, encoder.encode(some))
            logger.info("%s: %s of %s texts encoded", encoder.name, f"{first + len(some):,}", f"{len(missing):,}")
        if not texts:
            return encoder.encode([]).astype(self.dtype)
        return stored.get(texts)


class StoredEncoder:
    """Stored vectors as an encoder: it knows the texts that were encoded before, and no others.

    Args:
        stored: The vectors of one encoder.
    """

    def __init__(self, stored: StoredVectors) -> None:
        self.stored = stored
        self.name = stored.name
        self.fingerprint = stored.fingerprint

    @classmethod
    def open(cls, folder: str | Path) -> "StoredEncoder":
        """Open a folder of stored vectors, as ``vectors:FOLDER`` does."""
        return cls(StoredVectors.open(folder))

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        """Return unit vectors, shape ``(len(texts), dim)``, float32; the language is not looked at.

        Raises:
            EncoderError: A text is not stored.
        """
        return unit_rows(self.stored.get(texts), texts=len(texts), name=self.name)
