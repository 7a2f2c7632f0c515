"""Translations through gates: which pass, and an account of those that do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interlingua.corpus.cleaning.report import CleaningReport, Dropped, RuleReport
from interlingua.corpus.cleaning.rule import Chunk, Judge, Rule
from interlingua.types import Row

__all__ = ["Gap", "Judges"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell that is to be filled: the row, and the language and text to translate it from."""

    row: Row
    language: str
    text: str


class Judges:
    """Gates at work on one corpus; they may remember what they have seen.

    Args:
        gates: Rules, in order; each sees what those before it let pass.
    """

    def __init__(self, gates: Sequence[Rule]) -> None:
        self._empty = RuleReport(rule="empty")
        self._gates = [(rule.begin(), RuleReport(rule=rule.name)) for rule in gates]
        self._report = CleaningReport(rules=[self._empty, *(report for _, report in self._gates)])

    @property
    def report(self) -> CleaningReport:
        """What was dropped so far."""
        for judge, report in self._gates:
            report.notes = judge.notes()
        return self._report

    def passed(self, translations: Mapping[int, tuple[Gap, str]], language: str) -> dict[int, str]:
        """Return the translations that pass, by the number that they are given by.

        Args:
            translations: Into one language, from one language.
            language: Into which.
        """
        self._report.rows += len(translations)
        self._report.cells[language] += len(translations)
        left: dict[int, str] = {}
        for place, (gap, text) in translations.items():
            if text.strip():
                left[place] = text
            else:
                self._drop(self._empty, gap, language, "", "there is no translation")
        for judge, report in self._gates:
            for place, reason in _faults(judge, {place: translations[place][0] for place in left}, left, language):
                self._drop(report, translations[place][0], language, left.pop(place), reason)
        self._report.kept_rows += len(left)
        self._report.kept_cells[language] += len(left)
        return left

    def _drop(self, report: RuleReport, gap: Gap, language: str, text: str, reason: str) -> None:
        report.faulted[language] += 1
        row = str(gap.row.meta.get("_id", ""))
        told = Dropped(row=row, rule=report.rule, language=language, reason=reason, text=text, pivot=gap.text)
        self._report.sample(report, told)


def _faults(judge: Judge, gaps: Mapping[int, Gap], texts: Mapping[int, str], language: str) -> list[tuple[int, str]]:
    """Ask a rule about translations, each beside the cell that it is made from."""
    places = list(texts)
    if not places:
        return []
    rows = [
        Row({gaps[place].language: gaps[place].text, language: texts[place]}, gaps[place].row.meta) for place in places
    ]
    source = gaps[places[0]].language
    chunk = Chunk(rows, (source,))
    chunk.columns.pop(source)  # rules of single cells judge the translations alone; those of pairs see both
    found = judge.judge(chunk)
    return [(places[number], reasons[language]) for number, reasons in found.items() if language in reasons]
