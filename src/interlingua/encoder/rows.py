"""What students need of a corpus, and a fair sample of its texts."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

__all__ = ["Rows", "balanced_sample"]


class Rows(Protocol):
    """N-way rows: one string column a language, null where a row has no text in it."""

    @property
    def languages(self) -> Sequence[str]:
        """Language codes, one a column."""

    def batches(self, size: int = 4096) -> Iterator[Any]:
        """Yield ``pyarrow.RecordBatch`` of at most ``size`` rows, with at least the columns of ``languages``."""


def balanced_sample(corpus: Rows, *, characters: int) -> dict[str, list[str]]:
    """Take texts of every language until each has the same number of characters, as far as it has them.

    Rows are taken in order, at an even stride, so that the sample is spread over the corpus and the same every time.

    Args:
        corpus: Where the texts come from; it is walked twice.
        characters: Upper bound of characters a language.

    Returns:
        Texts by language.
    """
    totals = dict.fromkeys(corpus.languages, 0)
    for batch in corpus.batches():
        for language in corpus.languages:
            totals[language] += sum(len(text) for text in batch.column(language).to_pylist() if text)
    stride = {language: max(1.0, total / characters) for language, total in totals.items()}
    sample: dict[str, list[str]] = {language: [] for language in corpus.languages}
    seen = dict.fromkeys(corpus.languages, 0)
    for batch in corpus.batches():
        for language, step in stride.items():
            for text in batch.column(language).to_pylist():
                if text:
                    if seen[language] % step < 1:
                        sample[language].append(text)
                    seen[language] += 1
    return sample
