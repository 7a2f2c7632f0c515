"""Which queries search which passages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from interlingua.corpus import SearchSet, SearchTexts

__all__ = ["POOLS", "PoolName", "SearchPool", "by_language", "search_pools"]

PoolName: TypeAlias = Literal["same", "cross", "mixed"]
"""Passages of the query's own language, of another one, or of all languages."""

POOLS: tuple[PoolName, ...] = ("same", "cross", "mixed")

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SearchPool:
    """Queries of a language and the passages that they search, by position; passages by identifier, the last first.

    Args:
        languages: Of the queries, and of the passages where it is another; empty where nobody knows.
        queries: Shape ``(n,)``.
        passages: Shape ``(m,)``.
    """

    languages: tuple[str, ...]
    queries: Ids
    passages: Ids


def search_pools(data: "SearchSet", kind: PoolName) -> Iterator[SearchPool]:
    """Yield the pools of a kind that have a relevant passage for some query."""
    ids, spoken = data.passages.ids, data.passages.languages
    order = sorted(range(len(ids)), key=lambda i: (ids[i], spoken[i] or ""), reverse=True)
    place = np.argsort(order)
    judged = {
        (data.queries.languages[i], spoken[j]) for i, j in data.judgements[data.judgements[:, 2] > 0, :2].tolist()
    }
    for language, queries in by_language(data.queries).items():
        own = (language,) if language else ()
        if kind == "mixed":
            if any(asked == language for asked, _ in judged):
                yield SearchPool(own, queries, np.array(order))
            continue
        for other, passages in by_language(data.passages).items():
            if (kind == "same") == (other == language) and (language, other) in judged:
                languages = own if other is None or kind == "same" else (*own, other)
                yield SearchPool(languages, queries, passages[np.argsort(place[passages])])


def by_language(texts: "SearchTexts") -> dict[str | None, Ids]:
    """Return the positions of the texts of every language."""
    places: dict[str | None, list[int]] = {}
    for i, language in enumerate(texts.languages):
        places.setdefault(language, []).append(i)
    return {language: np.array(found) for language, found in places.items()}
