"""Which rows of a corpus a view keeps: conditions on record batches, each with a representation that identifies it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Condition", "MinCells", "OneOf", "conditions", "in_words"]

Value: TypeAlias = str | int | float | bool


class Condition(Protocol):
    """Keeps or drops rows; ``str`` says how, ``repr`` in full: a view's fingerprint has it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it looks at."""

    def keep(self, batch: Any) -> NDArray[np.bool_]:
        """Return which rows of a record batch stay, shape ``(rows,)``."""


@dataclass(frozen=True, slots=True)
class MinCells:
    """At least so many cells among these languages."""

    languages: tuple[str, ...]
    minimum: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The languages."""
        return self.languages

    def keep(self, batch: Any) -> NDArray[np.bool_]:
        """Count the cells of every row."""
        cells = np.zeros(batch.num_rows, np.int32)
        for language in self.languages:
            cells += batch.column(language).is_valid().to_numpy(zero_copy_only=False)
        return cells >= self.minimum

    def __str__(self) -> str:
        few = len(self.languages) <= 4
        return f"at least {self.minimum} of {', '.join(self.languages) if few else f'{len(self.languages)} languages'}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """A provenance column holds one of these values."""

    column: str
    values: tuple[Value, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def keep(self, batch: Any) -> NDArray[np.bool_]:
        """Compare; missing values are never among them."""
        column = batch.column(self.column)
        found = pc.is_in(column, pa.array(self.values).cast(column.type))
        return np.asarray(found.to_numpy(zero_copy_only=False), bool)

    def __str__(self) -> str:
        return f"{self.column} = {' or '.join(str(value) for value in self.values)}"


def conditions(where: Mapping[str, Value | Collection[Value]]) -> tuple[OneOf, ...]:
    """Return a condition for each column: equal to the value, or among the values.

    Example:
        >>> [str(condition) for condition in conditions({"_book": "MAT", "_chapter": [1, 2]})]
        ['_book = MAT', '_chapter = 1 or 2']
    """
    return tuple(
        OneOf(column, (value,) if isinstance(value, str | int | float) else tuple(value))
        for column, value in where.items()
    )


def in_words(kept: Sequence[Condition]) -> str:
    """Return conditions for a message, each once, without those that another one makes needless.

    Example:
        >>> in_words([MinCells(("eng_Latn", "deu_Latn", "fra_Latn"), 2), MinCells(("eng_Latn", "deu_Latn"), 2)])
        'at least 2 of eng_Latn, deu_Latn'
    """
    distinct = list(dict.fromkeys(kept))
    return " and ".join(str(one) for one in distinct if not any(_implies(other, one) for other in distinct))


def _implies(other: Condition, one: Condition) -> bool:
    if other == one or not (isinstance(one, MinCells) and isinstance(other, MinCells)):
        return False
    return set(other.languages) <= set(one.languages) and other.minimum >= one.minimum
