"""What students need of a corpus, and a fair sample of its texts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import pyarrow.compute as pc

from interlingua.errors import EncoderError

__all__ = ["Rows", "balanced_sample", "count_characters"]


class Rows(Protocol):
    """N-way rows: one string column a language, null where a row has no text in it."""

    @property
    def languages(self) -> Sequence[str]:
        """Language codes, one a column."""

    def batches(self, size: int = ...) -> Iterator[Any]:
        """Yield ``pyarrow.RecordBatch`` of at most ``size`` rows, with at least the columns of ``languages``."""


def count_characters(corpus: Rows) -> dict[str, int]:
    """Count the characters of every language.

    Raises:
        EncoderError: There is no text at all.
    """
    totals = dict.fromkeys(corpus.languages, 0)
    for batch in corpus.batches():
        for language in corpus.languages:
            totals[language] += pc.sum(pc.utf8_length(batch.column(language))).as_py() or 0
    if not any(totals.values()):
        raise EncoderError(
            "a student cannot be made from a corpus without text; are split and languages chosen as intended?"
        )
    return totals


def balanced_sample(corpus: Rows, totals: Mapping[str, int], *, characters: int) -> dict[str, list[str]]:
    """Take about as many characters of every language, as far as it has them.

    Texts are taken in order at an even stride: spread over the corpus and the same every time.

    Args:
        corpus: Where the texts come from.
        totals: Characters by language, as ``count_characters`` returns them.
        characters: Characters a language.
    """
    strides = {language: max(1.0, total / characters) for language, total in totals.items()}
    sample: dict[str, list[str]] = {language: [] for language in totals}
    seen = dict.fromkeys(totals, 0)
    for batch in corpus.batches():
        for language, stride in strides.items():
            texts = [text for text in batch.column(language).to_pylist() if text]
            sample[language] += [text for place, text in enumerate(texts, seen[language]) if place % stride < 1]
            seen[language] += len(texts)
    return sample
