"""What a rule is: it looks at a chunk of rows and says which cells are at fault, and why."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator

from interlingua.errors import LanguageError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = [
    "CellRule",
    "Chunk",
    "Column",
    "Faults",
    "Judge",
    "Pair",
    "PairRule",
    "Repair",
    "Rule",
    "RuleSettings",
    "Settings",
    "pivot_of",
]

Faults: TypeAlias = dict[int, dict[str, str]]
"""Why a cell is at fault, by number of its row in the chunk and its language; rows without fault are absent."""


class Column(NamedTuple):
    """The cells of one language in a chunk.

    Args:
        rows: Numbers of their rows, rising.
        texts: The texts.
    """

    rows: list[int]
    texts: list[str]


class Pair(NamedTuple):
    """The cells of one language in a chunk, each with the cell of its row's pivot.

    Args:
        rows: Numbers of their rows, rising.
        pivots: The texts of the pivot.
        texts: The texts of the language.
    """

    rows: list[int]
    pivots: list[str]
    texts: list[str]


@dataclass(frozen=True)
class Chunk:
    """Some rows at once, so that rules can work on columns.

    Args:
        rows: The rows, each with one cell at least.
        priority: Languages in the order in which they are taken for the pivot of a row; a row that has none of them has
            its first cell for pivot.

    Example:
        >>> chunk = Chunk([Row({"deu_Latn": "Ja.", "eng_Latn": "Yes."}), Row({"swh_Latn": "Ndiyo."})])
        >>> chunk.pivots
        ['eng_Latn', 'swh_Latn']
        >>> chunk.pairs["eng_Latn", "deu_Latn"]
        Pair(rows=[0], pivots=['Yes.'], texts=['Ja.'])
    """

    rows: Sequence[Row]
    priority: tuple[str, ...] = ("eng_Latn",)

    @cached_property
    def pivots(self) -> list[str]:
        """The pivot language of every row."""
        return [pivot_of(row.texts, self.priority) for row in self.rows]

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Cells by language."""
        columns: dict[str, Column] = {}
        for number, row in enumerate(self.rows):
            for language, text in row.texts.items():
                column = columns.get(language)
                if column is None:
                    column = columns[language] = Column([], [])
                column.rows.append(number)
                column.texts.append(text)
        return columns

    @cached_property
    def pairs(self) -> dict[tuple[str, str], Pair]:
        """Every cell that is not the pivot of its row with the one that is, by pivot language and language."""
        pairs: dict[tuple[str, str], Pair] = {}
        for number, (pivot, row) in enumerate(zip(self.pivots, self.rows, strict=True)):
            for language, text in row.texts.items():
                if language != pivot:
                    pair = pairs.get((pivot, language))
                    if pair is None:
                        pair = pairs[pivot, language] = Pair([], [], [])
                    pair.rows.append(number)
                    pair.pivots.append(row.texts[pivot])
                    pair.texts.append(text)
        return pairs


class Judge(Protocol):
    """A rule at work on one corpus: it may remember what it has seen."""

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault; all cells of a row for the row as a whole."""

    def notes(self) -> list[str]:
        """Return what the reader of the report must know, as languages that could not be judged."""


class Rule(Protocol):
    """Something by which cells are dropped."""

    @property
    def name(self) -> str:
        """How reports call it, with the settings that are not the usual ones."""

    def begin(self) -> Judge:
        """Return a judge that has seen nothing yet."""


class Repair(Protocol):
    """Something by which texts are changed; a text of which nothing is left is dropped."""

    @property
    def name(self) -> str:
        """How reports call it, with the settings that are not the usual ones."""

    def repair(self, language: str, texts: Sequence[str]) -> list[str]:
        """Return the texts as they should be, in order."""


class Settings(BaseModel):
    """What rules and repairs have in common: settings that are checked, and a name made of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    kind: ClassVar[str]

    languages: tuple[str, ...] = Field((), description="only cells of these; none for all")

    @field_validator("languages")
    @classmethod
    def _canonical(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(map(canonical, languages))
        except LanguageError as error:
            raise ValueError(str(error)) from error

    @property
    def name(self) -> str:
        """Kind and the settings that differ from the defaults, as the command line writes them."""
        given = {
            key: value
            for key, value in self
            if type(self).model_fields[key].default != value and not type(self).model_fields[key].exclude
        }
        words = [f"{key}={_word(value)}" for key, value in given.items()]
        return self.kind + (":" + ",".join(words) if words else "")

    def concerns(self, language: str) -> bool:
        """Whether cells of this language are looked at."""
        return not self.languages or language in self.languages


class RuleSettings(Settings):
    """A rule that remembers nothing is its own judge."""

    def begin(self) -> Judge:
        """Return the rule itself."""
        return self

    @abstractmethod
    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault."""
        raise NotImplementedError

    def notes(self) -> list[str]:
        """Return nothing."""
        return []


class CellRule(RuleSettings):
    """A rule that looks at every cell by itself."""

    @abstractmethod
    def faulted(self, language: str, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        raise NotImplementedError

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault."""
        faults: Faults = {}
        for language, column in chunk.columns.items():
            if self.concerns(language):
                for place, reason in self.faulted(language, column.texts):
                    faults.setdefault(column.rows[place], {})[language] = reason
        return faults


class PairRule(RuleSettings):
    """A rule that compares every cell with the pivot of its row; of two that do not fit, the pivot stays."""

    @abstractmethod
    def faulted(
        self, languages: tuple[str, str], pivots: Sequence[str], texts: Sequence[str]
    ) -> Iterator[tuple[int, str]]:
        """Yield place and reason of every text at fault."""
        raise NotImplementedError

    def judge(self, chunk: Chunk) -> Faults:
        """Return the cells at fault."""
        faults: Faults = {}
        for languages, pair in chunk.pairs.items():
            if self.concerns(languages[1]):
                for place, reason in self.faulted(languages, pair.pivots, pair.texts):
                    faults.setdefault(pair.rows[place], {})[languages[1]] = reason
        return faults


def pivot_of(texts: Mapping[str, str], priority: Sequence[str]) -> str:
    """Return the first of the priority languages that a row has; else its first."""
    for language in priority:
        if language in texts:
            return language
    return next(iter(texts))


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "+".join(map(str, value)) if isinstance(value, tuple) else str(value)
