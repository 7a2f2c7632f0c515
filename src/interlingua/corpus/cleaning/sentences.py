"""Cells that contain a sentence that encoders are tested on: IMASCL's decontamination."""

import unicodedata
from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from interlingua.corpus.cleaning.rule import Chunk, Faults, Judge, RuleSettings
from interlingua.corpus.table import Corpus

__all__ = ["TestSentences"]

_PREFIX = 8
"""Characters by which sentences are looked up; what follows is compared."""


class TestSentences(RuleSettings):
    """Cells that contain a test sentence of their language, letter by letter, in rows that have English.

    One punctuation mark is taken off each end of a sentence before. A row without English is not judged; of a row in
    which the English cell contains one, that cell goes. The rule ``overlap`` is the one to use for corpora of your own:
    a sentence such as "I know." is contained in much that nobody is tested on.

    Reference:
        Park et al. 2024, Improving Multi-lingual Alignment Through Soft Contrastive Learning,
        https://arxiv.org/abs/2405.16155
    """

    kind: ClassVar[str] = "test-sentences"
    __test__: ClassVar[bool] = False

    sets: tuple[str, ...] = Field(("tatoeba",), min_length=1, description="sets of the catalog, files or folders")
    english: str = Field("eng_Latn", description="the language that a row must have")

    def begin(self) -> Judge:
        """Return a judge that has read the sets.

        Raises:
            CorpusError: There is no such set.
        """
        from interlingua.corpus.catalog import open_corpus

        return _SentenceJudge(self, [open_corpus(name) for name in self.sets])

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault."""
        return self.begin().judge(chunk)


class _SentenceJudge:
    def __init__(self, rule: TestSentences, sets: list[Corpus]) -> None:
        self._rule, self._sets = rule, sets
        self._sentences: dict[str, Sentences] = {}

    def judge(self, chunk: Chunk) -> Faults:
        faults = Faults()
        for language, column in chunk.columns.items():
            if not self._rule.concerns(language):
                continue
            sentences = self._of(language)
            for row, text in zip(column.rows, column.texts, strict=True):
                if self._rule.english in chunk.rows[row].texts and (found := sentences.within(text)):
                    faults.setdefault(row, {})[language] = f"contains the test sentence {found!r}"
        return faults

    def notes(self) -> list[str]:
        without = sorted(language for language, sentences in self._sentences.items() if not len(sentences))
        return [f"no test sentences in {', '.join(without)}"] if without else []

    def _of(self, language: str) -> "Sentences":
        if language not in self._sentences:
            columns = (one.texts(language) for one in self._sets if language in one.languages)
            self._sentences[language] = Sentences(text for column in columns for text in column if text)
        return self._sentences[language]


class Sentences:
    """Looks whether a text contains one of many sentences.

    Args:
        sentences: One punctuation mark is taken off each end; what is empty then is left out.

    Example:
        >>> Sentences(["Tea is ready!", "I see."]).within("He said tea is ready; I see it.")
        'I see'
    """

    def __init__(self, sentences: Iterable[str]) -> None:
        self._by_prefix: dict[str, list[str]] = {}
        for bare in {_stripped(sentence.strip()) for sentence in sentences} - {""}:
            self._by_prefix.setdefault(bare[:_PREFIX], []).append(bare)
        self._sizes = sorted({len(prefix) for prefix in self._by_prefix})

    def within(self, text: str) -> str | None:
        """Return the first sentence that the text contains."""
        for start in range(len(text)):
            for size in self._sizes:
                for sentence in self._by_prefix.get(text[start : start + size], ()):
                    if text.startswith(sentence, start):
                        return sentence
        return None

    def __len__(self) -> int:
        return sum(map(len, self._by_prefix.values()))


def _stripped(sentence: str) -> str:
    if sentence and unicodedata.category(sentence[0])[0] == "P":
        sentence = sentence[1:]
    if sentence and unicodedata.category(sentence[-1])[0] == "P":
        sentence = sentence[:-1]
    return sentence.strip()
