"""Which translations an encoder finds and which it misses, with the texts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.report.observation import Observation, Subjects

__all__ = ["Example", "neighbour_examples"]

_WORST, _CHANGED = 12, 6
_OF_ONE_LANGUAGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A sentence that is asked for its translation.

    Args:
        source, target: Languages of question and answer.
        row: Of the subjects.
        query, wanted: The sentence and its translation.
        found: What is nearest but the translation: what was found instead, if that is nearer.
        before, after: Rank of the translation, from 1, and the cosines of the translation and of ``found``.
    """

    source: str
    target: str
    row: int
    query: str
    wanted: str
    found: str
    before: tuple[int, float, float]
    after: tuple[int, float, float]

    @property
    def gap(self) -> float:
        """By how much the wrong one is nearer than the right one, after training."""
        return self.after[2] - self.after[1]

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary."""
        return asdict(self)


def neighbour_examples(subjects: Subjects, before: Observation, after: Observation) -> dict[str, Any]:
    """Return the worst failures, what training mended and what it broke, and how many there are of each.

    Every sentence of the first language is asked for its translation in every other, and the other way round, among
    the different texts of the rows. No language has more than two examples of a kind while others have some.

    Returns:
        ``asked`` and, for ``failures``, ``mended`` and ``broken``, the count and the examples.
    """
    asked = 0
    kinds: dict[str, list[Example]] = {"failures": [], "mended": [], "broken": []}
    for example in _all(subjects, before, after):
        asked += 1
        was_right, is_right = example.before[0] == 1, example.after[0] == 1
        if not is_right:
            kinds["failures"].append(example)
        if is_right and not was_right:
            kinds["mended"].append(example)
        if was_right and not is_right:
            kinds["broken"].append(example)
    shown = {
        "failures": _varied(kinds["failures"], _WORST, key=lambda one: -one.gap),
        "mended": _varied(kinds["mended"], _CHANGED, key=lambda one: -one.before[0]),
        "broken": _varied(kinds["broken"], _CHANGED, key=lambda one: -one.gap),
    }
    return {
        "asked": asked,
        **{
            kind: {"count": len(found), "examples": [one.as_dict() for one in shown[kind]]}
            for kind, found in kinds.items()
        },
    }


def _all(subjects: Subjects, before: Observation, after: Observation) -> Iterator[Example]:
    first, *others = subjects.languages or ("",)
    for other in others:
        for source, target in ((first, other), (other, first)):
            yield from _direction(subjects, before, after, source, target)


def _direction(
    subjects: Subjects, before: Observation, after: Observation, source: str, target: str
) -> Iterator[Example]:
    queries, wanted = subjects.texts(source), subjects.texts(target)
    rows = [row for row in range(len(subjects.rows)) if queries[row] and wanted[row]]
    pool = sorted({wanted[row]: row for row in reversed(rows)}.values())
    if len(pool) < 2:
        return
    place = {wanted[row]: column for column, row in enumerate(pool)}
    cosines = [_cosines(one, source, target, rows, pool) for one in (before, after)]
    for number, row in enumerate(rows):
        right = place[wanted[row]]
        ranks = [_rank(matrix[number], right) for matrix in cosines]
        wrong = ranks[1][1]
        yield Example(
            source=source,
            target=target,
            row=row,
            query=queries[row] or "",
            wanted=wanted[row] or "",
            found=wanted[pool[wrong]] or "",
            before=(ranks[0][0], float(cosines[0][number, right]), float(cosines[0][number, wrong])),
            after=(ranks[1][0], float(cosines[1][number, right]), float(cosines[1][number, wrong])),
        )


def _cosines(
    observation: Observation, source: str, target: str, rows: Sequence[int], pool: Sequence[int]
) -> NDArray[np.float32]:
    product = observation.vectors[source][rows] @ observation.vectors[target][pool].T
    return np.asarray(product, dtype=np.float32)


def _rank(row: NDArray[np.float32], right: int) -> tuple[int, int]:
    """Rank of the right one (of equally near ones the last), and the nearest other."""
    others = row.copy()
    others[right] = -np.inf
    return 1 + int((others >= row[right]).sum()), int(others.argmax())


def _varied(examples: Iterable[Example], count: int, *, key: Any) -> list[Example]:
    ordered = sorted(examples, key=lambda one: (key(one), one.source, one.target, one.row))
    seen: Counter[frozenset[str]] = Counter()
    first: list[Example] = []
    later: list[Example] = []
    for one in ordered:
        pair = frozenset((one.source, one.target))
        (first if seen[pair] < _OF_ONE_LANGUAGE else later).append(one)
        seen[pair] += 1
    return (first[:count] + later)[:count]
