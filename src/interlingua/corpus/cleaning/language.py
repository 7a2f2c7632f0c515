"""Cells in another language than their column."""

from collections import Counter
from typing import ClassVar

from pydantic import Field, SkipValidation

from interlingua.corpus.cleaning.characters import LETTERS, character_table, count_characters
from interlingua.corpus.cleaning.rule import Chunk, Column, Faults, Judge, RuleSettings
from interlingua.corpus.identification import CONFUSABLE, make_identifier, same_language
from interlingua.types import Identifier

__all__ = ["Language"]


class Language(RuleSettings):
    """Cells that an identifier takes for another language, and is sure of it.

    Cells of languages that the identifier does not know are not judged; the report says which these are.
    """

    kind: ClassVar[str] = "language"

    identifier: str = Field("langid", description="`langid`, `glotlid`, or `glotlid:FILE`")
    sure: float = Field(0.9, ge=0, le=1, description="probability of another language from which on a cell is at fault")
    letters: int = Field(30, ge=0, description="texts with fewer letters are let through")
    confusable: bool = Field(True, description="languages that identifiers mix up (Croatian and Serbian) count as one")
    instance: SkipValidation[Identifier | None] = Field(
        None, exclude=True, repr=False, description="in Python: an identifier"
    )

    def begin(self) -> Judge:
        """Return a judge with the identifier.

        Raises:
            CorpusError: There is no such identifier.
        """
        return _LanguageJudge(self, self.instance or make_identifier(self.identifier))

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault."""
        return self.begin().judge(chunk)


class _LanguageJudge:
    def __init__(self, rule: Language, identifier: Identifier) -> None:
        self._rule, self._identifier = rule, identifier
        self._known: dict[str, bool] = {}
        self._unjudged: Counter[str] = Counter()

    def judge(self, chunk: Chunk) -> Faults:
        faults = Faults()
        for language, column in chunk.columns.items():
            if not self._rule.concerns(language):
                continue
            if self._knows(language):
                self._judge_column(faults, language, column)
            else:
                self._unjudged[language] += len(column.texts)
        return faults

    def notes(self) -> list[str]:
        if not self._unjudged:
            return []
        listed = ", ".join(f"{language} ({count:,})" for language, count in self._unjudged.most_common())
        return [f"cells not judged, as {self._identifier.name} does not know their language: {listed}"]

    def _judge_column(self, faults: Faults, language: str, column: Column) -> None:
        (letters,) = count_characters(column.texts, [character_table(LETTERS)])
        places = [place for place, count in enumerate(letters.tolist()) if count >= self._rule.letters]
        groups = CONFUSABLE if self._rule.confusable else ()
        for place, (found, probability) in zip(
            places, self._identifier.identify([column.texts[place] for place in places]), strict=True
        ):
            if probability >= self._rule.sure and not same_language(found, language, confusable=groups):
                faults.setdefault(column.rows[place], {})[language] = f"{found} with probability {probability:.2f}"

    def _knows(self, language: str) -> bool:
        if language not in self._known:
            known = self._identifier.languages
            self._known[language] = any(same_language(language, one, confusable=()) for one in known)
        return self._known[language]
