"""Which texts of a language become cells where several stand beside one pivot text."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from interlingua.corpus.joining.groups import changes
from interlingua.corpus.joining.layout import laid_out

__all__ = ["CONFLICTS", "Cells", "Conflicts", "chosen"]

Conflicts: TypeAlias = Literal["all", "majority", "best", "first"]

CONFLICTS: tuple[Conflicts, ...] = get_args(Conflicts)

_Numbers: TypeAlias = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Cells of whole groups, in order of the input within each; arrays of one length.

    Args:
        group: From 0 upwards, in order.
        language: A number a language.
        source, place: Number of the source, and of its row over all sources.
        text: Equal for equal texts.
        score: Higher is better; NaN where there is none.
    """

    group: _Numbers
    language: _Numbers
    source: _Numbers
    place: _Numbers
    text: _Numbers
    score: NDArray[np.float64]


def chosen(cells: Cells, conflicts: Conflicts) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Return which cells are kept, the row of its group that each is in (from 0), and the language of every conflict.

    A conflict is a group and a language with more than one text. ``first`` takes the earliest; ``best`` the one with
    the highest score, any score before none; ``majority`` the one that most sources have, then most rows. Ties go to
    the earlier source, then the earlier row. ``all`` keeps every text: see :func:`laid_out`.
    """
    if not len(cells.group):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    earliest = np.arange(len(cells.group))
    by_text = np.lexsort((earliest, cells.text, cells.language, cells.group))
    new_text = changes(cells.group[by_text], cells.language[by_text], cells.text[by_text])
    slots = changes(cells.group[by_text], cells.language[by_text])
    texts_of_slot = np.diff(np.append(np.flatnonzero(slots), len(by_text)))
    texts = np.add.reduceat(new_text.astype(np.int64), np.flatnonzero(slots))
    disputed = np.empty(len(by_text), bool)
    disputed[by_text] = np.repeat(texts > 1, texts_of_slot)
    found = cells.language[by_text][slots][texts > 1]
    match conflicts:
        case "first":
            kept = _leading(cells, earliest)
        case "best":
            kept = _leading(cells, np.where(np.isnan(cells.score), np.inf, -cells.score))
        case "majority":
            kept = _leading(cells, *_votes(cells, by_text, new_text))
        case "all":
            return (*_all(cells, disputed), found)
    return kept, np.zeros(len(kept), np.int64), found


def _leading(cells: Cells, *order: NDArray[Any]) -> _Numbers:
    """The first cell of every group and language by these keys, the first key first, then in order of the input."""
    sorted_ = np.lexsort((np.arange(len(cells.group)), *reversed(order), cells.language, cells.group))
    return np.sort(sorted_[changes(cells.group[sorted_], cells.language[sorted_])])


def _votes(cells: Cells, by_text: _Numbers, new_text: NDArray[np.bool_]) -> tuple[_Numbers, _Numbers]:
    """Minus how many sources have the text of a cell in its group, and minus how many rows."""
    number = np.cumsum(new_text) - 1  # in order of the input within a text, hence sources are in order too
    rows = np.bincount(number)
    sources = np.bincount(number[changes(number, cells.source[by_text])])
    votes = np.empty((2, len(by_text)), np.int64)
    votes[:, by_text] = -sources[number], -rows[number]
    return votes[0], votes[1]


def _all(cells: Cells, disputed: NDArray[np.bool_]) -> tuple[_Numbers, _Numbers]:
    """All texts; groups without conflict have one row, which needs no look at each."""
    in_conflict = np.zeros(int(cells.group[-1]) + 1, bool)
    in_conflict[cells.group[disputed]] = True
    slow = np.flatnonzero(in_conflict[cells.group])
    simple = _leading(cells, np.arange(len(cells.group)))
    simple = simple[~in_conflict[cells.group[simple]]]
    if not len(slow):
        return simple, np.zeros(len(simple), np.int64)
    bounds = np.append(np.flatnonzero(changes(cells.group[slow])), len(slow)).tolist()
    place, language, text = (column[slow].tolist() for column in (cells.place, cells.language, cells.text))
    kept: list[int] = []
    rows: list[int] = []
    for start, end in pairwise(bounds):
        some, theirs = laid_out(place[start:end], language[start:end], text[start:end])
        kept.extend(start + one for one in some)
        rows.extend(theirs)
    together = np.concatenate([simple, slow[kept]])
    numbers = np.concatenate([np.zeros(len(simple), np.int64), np.array(rows, np.int64)])
    order = np.argsort(together, kind="stable")
    return together[order], numbers[order]
