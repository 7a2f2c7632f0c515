"""A SentenceTransformer as an encoder."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import xxhash

from interlingua.encoder.unit import unit_rows
from interlingua.sbert import SentenceTransformer, embedding_dimension, fingerprint, needs_language
from interlingua.types import Vectors

__all__ = ["SentenceEncoder"]


class SentenceEncoder:
    """A SentenceTransformer as an encoder: unit float32 vectors in the order of the texts.

    Args:
        model: The model; it is not copied.
        prefix: Put before every text; None keeps the model's own default prompt, ``""`` leaves even that out.
        name: How reports call it.
        batch_size: Texts encoded at once; texts of similar length go together.
        progress: Show a progress bar on stderr.

    Example:
        >>> from interlingua.corpus import Corpus
        >>> from interlingua.encoder import static_student
        >>> from interlingua.types import Row
        >>> rows = Corpus.from_rows([Row({"eng_Latn": "good day", "deu_Latn": "guten tag"})] * 3)
        >>> encoder = SentenceEncoder(static_student(rows, dimension=4), prefix="query: ")
        >>> encoder.encode(["Guten Morgen.", "Good morning."]).shape
        (2, 4)
    """

    def __init__(
        self,
        model: SentenceTransformer,
        *,
        prefix: str | None = None,
        name: str = "encoder",
        batch_size: int = 64,
        progress: bool = False,
    ) -> None:
        self.model = model
        self.prefix = prefix
        self.name = name
        self.batch_size = batch_size
        self.progress = progress

    @cached_property
    def fingerprint(self) -> str:
        """Of weights, tokenizer, modules, maximum length and prefix, as they are when it is first asked for."""
        return xxhash.xxh3_128_hexdigest(f"{fingerprint(self.model)}|{self.prompt}".encode())

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        """Return unit vectors, shape ``(len(texts), dim)``, float32.

        Args:
            texts: The texts.
            language: Their language; only a model with a language embedding looks at it.

        Raises:
            EncoderError: The model needs the language, and it is missing.
        """
        if not texts:
            return np.zeros((0, embedding_dimension(self.model)), dtype=np.float32)
        return unit_rows(self.own_vectors(texts, language=language), texts=len(texts), name=self.name)

    def own_vectors(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        """Return vectors as the model itself gives them, of whatever length; at least one text."""
        told: dict[str, Any] = {"language": language} if needs_language(self.model) else {}
        vectors = self.model.encode(
            list(texts), prompt=self.prompt, batch_size=self.batch_size, show_progress_bar=self.progress, **told
        )
        return np.asarray(vectors)

    @property
    def prompt(self) -> str:
        """What is put before every text: the prefix, or the model's own default prompt."""
        if self.prefix is not None:
            return self.prefix
        return self.model.prompts.get(self.model.default_prompt_name or "") or ""
