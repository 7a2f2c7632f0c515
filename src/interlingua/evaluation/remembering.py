"""An encoder that remembers its vectors, so that tasks which share texts have them encoded once."""

from collections.abc import Sequence

import numpy as np

from interlingua.types import Encoder, Vectors

__all__ = ["RememberingEncoder", "inner_encoder"]


class RememberingEncoder:
    """Any encoder, with a memory of what it encoded.

    Args:
        encoder: The encoder; it is asked for texts that are not remembered, and only once for equal ones.
        most: Bytes of vectors to remember; texts beyond them are encoded whenever they are asked for.

    Example:
        >>> class Counting:
        ...     name, fingerprint, texts = "counting", "1", 0
        ...
        ...     def encode(self, texts, *, language=None):
        ...         self.texts += len(texts)
        ...         return np.array([[len(text), 1.0] for text in texts])
        >>> encoder = RememberingEncoder(counting := Counting())
        >>> encoder.encode(["a", "bb"]).tolist(), encoder.encode(["bb", "a", "bb"])[:, 0].tolist(), counting.texts
        ([[1.0, 1.0], [2.0, 1.0]], [2.0, 1.0, 2.0], 2)
    """

    def __init__(self, encoder: Encoder, *, most: int = 1 << 29) -> None:
        self.inner = encoder
        self.most = most
        self._kept: dict[tuple[str | None, str], Vectors] = {}
        self._bytes = 0

    @property
    def name(self) -> str:
        """That of the encoder."""
        return self.inner.name

    @property
    def fingerprint(self) -> str:
        """That of the encoder."""
        return self.inner.fingerprint

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        """Return the vectors of texts, in their order."""
        new = [text for text in dict.fromkeys(texts) if (language, text) not in self._kept]
        if not texts:
            return self.inner.encode(texts, language=language)
        made = np.asarray(self.inner.encode(new, language=language)) if new else None
        if made is not None and (made.ndim != 2 or len(made) != len(new)):
            return made  # whoever asked says what is wrong with it
        if made is not None and len(new) == len(texts) and self._bytes + made.nbytes > self.most:
            return made
        fresh = {} if made is None else {(language, text): vector for text, vector in zip(new, made, strict=True)}
        if made is not None and self._bytes + made.nbytes <= self.most:
            self._kept.update(fresh)
            self._bytes += made.nbytes
        keys = [(language, text) for text in texts]
        return np.stack([fresh[key] if key in fresh else self._kept[key] for key in keys])


def inner_encoder(encoder: Encoder) -> Encoder:
    """Return the encoder itself where it is remembered only."""
    return encoder.inner if isinstance(encoder, RememberingEncoder) else encoder
