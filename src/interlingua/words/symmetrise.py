"""TWO DIRECTIONS -> ONE: links from source to target and back, made one set."""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interlingua.errors import AlignmentError

__all__ = ["Free", "Symmetrisation", "symmetrise_links"]

Symmetrisation: TypeAlias = Literal[
    "intersection",
    "union",
    "grow",
    "grow-diag",
    "grow-diag-final",
    "grow-diag-final-and",
    "forward",
    "reverse",
]
"""How the two directions become one set of links."""

Free: TypeAlias = Literal["either", "both"]
"""Which of its two words must be without a link for a link to be added."""

_Link: TypeAlias = tuple[int, int]

_STRAIGHT = ((-1, 0), (0, -1), (1, 0), (0, 1))
_DIAGONAL = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def symmetrise_links(
    forward: ArrayLike, reverse: ArrayLike, *, method: Symmetrisation = "grow-diag-final-and", free: Free = "either"
) -> NDArray[np.int32]:
    """Make one set of links of those found from source to target and from target to source.

    - ``intersection``: links of both; ``union``: links of one at least; ``forward``, ``reverse``: those of one.
    - ``grow``: begin with the intersection; as long as something changes, walk over the links by source word, then
      target word, and add every neighbour (left, above, right, below) that is in the union and has a free word.
    - ``grow-diag``: the same with the four diagonal neighbours too.
    - ``grow-diag-final``: then walk over the forward links and over the reverse links, and add those with a free word.
    - ``grow-diag-final-and``: the same, but add those whose words are both free.

    A word is free as long as it has no link. Two readings of a free word are in use while growing, and in ``final``:

    - ``free="either"``: one of the two words must be free (Koehn, Och and Marcu; Moses; atools of fast_align);
    - ``free="both"``: both must be free (the combination scripts of lilt/alignment-scripts). Then ``grow`` is the
      intersection, since a straight neighbour always shares a word with a link, and ``grow-diag-final`` is
      ``grow-diag-final-and``.

    The order of the walk is that of Koehn, Och and Marcu. A tool that walks over the candidates instead, as atools
    does, may keep another one of two links that compete for a word.

    Args:
        forward: Links found from source to target, ``(source word, target word)``, shape ``(k, 2)``.
        reverse: Links found from target to source, also ``(source word, target word)``, shape ``(l, 2)``.
        method: See above.
        free: See above.

    Returns:
        The links in order, each once, shape ``(n, 2)``.

    Raises:
        AlignmentError: There is no such method or reading.

    Reference:
        Koehn, Och, Marcu 2003, Statistical Phrase-Based Translation. https://aclanthology.org/N03-1017

    Example:
        >>> symmetrise_links([(0, 0), (1, 1), (1, 2)], [(0, 0), (1, 1)]).tolist()
        [[0, 0], [1, 1], [1, 2]]
        >>> symmetrise_links([(0, 0), (1, 1), (1, 2)], [(0, 0), (1, 1)], free="both").tolist()
        [[0, 0], [1, 1]]
    """
    for name, value, choices in (("method", method, Symmetrisation), ("free", free, Free)):
        if value not in get_args(choices):
            raise AlignmentError(f"{name} is {value!r}; choose one of {', '.join(get_args(choices))}")
    one, other = set(_links(forward)), set(_links(reverse))
    match method:
        case "forward":
            links = one
        case "reverse":
            links = other
        case "union":
            links = one | other
        case "intersection":
            links = one & other
        case _:
            links = _refine(one, other, method=method, free=free)
    return np.array(sorted(links), dtype=np.int32).reshape(-1, 2)


def _refine(forward: set[_Link], reverse: set[_Link], *, method: str, free: Free) -> set[_Link]:
    grown = _Growing(forward & reverse)
    grown.grow(forward | reverse, _STRAIGHT if method == "grow" else _STRAIGHT + _DIAGONAL, both=free == "both")
    if "final" in method:
        both = free == "both" or method.endswith("-and")
        grown.add_free(forward, both=both)
        grown.add_free(reverse, both=both)
    return grown.links


class _Growing:
    """A set of links, with the words that have one."""

    def __init__(self, links: set[_Link]) -> None:
        self.links = set(links)
        self._source = {i for i, _ in links}
        self._target = {j for _, j in links}

    def grow(self, union: set[_Link], steps: tuple[_Link, ...], *, both: bool) -> None:
        candidates = union - self.links
        grew = bool(candidates)
        while grew:
            grew = False
            for i, j in sorted(union):
                if (i, j) not in self.links:
                    continue
                for link in ((i + down, j + right) for down, right in steps):
                    if link in candidates and self._add(link, both=both):
                        candidates.discard(link)
                        grew = True

    def add_free(self, links: set[_Link], *, both: bool) -> None:
        for link in sorted(links - self.links):
            self._add(link, both=both)

    def _add(self, link: _Link, *, both: bool) -> bool:
        taken = (link[0] in self._source, link[1] in self._target)
        if any(taken) if both else all(taken):
            return False
        self.links.add(link)
        self._source.add(link[0])
        self._target.add(link[1])
        return True


def _links(pairs: ArrayLike) -> Iterator[_Link]:
    rows: Iterable[list[int]] = np.asarray(pairs, dtype=np.int32).reshape(-1, 2).tolist()
    return ((i, j) for i, j in rows)
