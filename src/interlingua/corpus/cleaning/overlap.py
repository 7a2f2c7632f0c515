"""Rows that have a text which encoders are tested on."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from interlingua.corpus.cleaning.rule import Chunk, Faults, Judge, RuleSettings

__all__ = ["EvaluationOverlap"]


class EvaluationOverlap(RuleSettings):
    """Rows of which a cell is a text that encoders are tested on, whatever its case, spaces and punctuation.

    What counts as the same, and how short texts are treated: :func:`interlingua.corpus.decontamination.find_overlap`.

    Example:
        >>> from interlingua.corpus.cleaning import clean
        >>> from interlingua.types import Row
        >>> rows = [Row({"eng_Latn": "The boat we built sank at noon.", "deu_Latn": "Unser Boot sank mittags."})]
        >>> len(list(clean(rows, [EvaluationOverlap(sets=("phrasebook",))])))
        1
    """

    kind: ClassVar[str] = "overlap"

    sets: tuple[str, ...] = Field(
        (), description="sets of the catalog, files or folders; none for the catalog's test sets"
    )

    def begin(self) -> Judge:
        """Return a judge that has read the sets, or what was kept of them.

        Raises:
            CorpusError: There is no such set.
        """
        return _OverlapJudge(self)

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault."""
        return self.begin().judge(chunk)


class _OverlapJudge:
    def __init__(self, rule: EvaluationOverlap) -> None:
        from interlingua.corpus.evaluation_texts import evaluation_sets

        self._rule = rule
        self._tests = evaluation_sets(rule.sets or None)

    def judge(self, chunk: Chunk) -> Faults:
        from interlingua.corpus.decontamination import look_up

        columns: dict[str, list[str | None]] = {}
        for language, column in chunk.columns.items():
            if self._rule.concerns(language) and self._tests.has(language):
                columns[language] = [None] * len(chunk.rows)
                for row, text in zip(column.rows, column.texts, strict=True):
                    columns[language][row] = text
        found = look_up(columns, self._tests, rows=len(chunk.rows)).rows
        reason = "the row has a text that encoders are tested on"
        return {row: dict.fromkeys(chunk.rows[row].texts, reason) for row in np.flatnonzero(found).tolist()}

    def notes(self) -> list[str]:
        missing = ", ".join(self._tests.missing)
        return [f"not compared with, as they are not at hand: {missing}"] if missing else []
