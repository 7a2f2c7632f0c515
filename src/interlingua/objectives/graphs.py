"""Which views are anchors for which: an edge, and the graphs that the methods are read off.

A graph is a function from the views of a batch to its edges, so that one graph serves batches of two languages and of
forty.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from interlingua.errors import ObjectiveError

__all__ = ["Edge", "Graph", "Layout", "all_pairs", "both_ways", "every_view", "loops", "one_way", "star", "toward"]


@dataclass(frozen=True, slots=True)
class Edge:
    """Anchors of one view, candidates of others.

    Args:
        anchor: View of the anchors: those of its cells whose row has a cell among the candidates.
        candidates: Views of the candidates: all of their cells, over all processes.
        normalise_labels: ``anchor``: the label weights of an anchor sum to one. ``candidate``: the weights that one
            candidate receives from all anchors do (the column term of the IMASCL paper).
    """

    anchor: str
    candidates: tuple[str, ...]
    normalise_labels: Literal["anchor", "candidate"] = "anchor"

    @property
    def is_loop(self) -> bool:
        """Whether anchors and candidates are the same cells."""
        return self.candidates == (self.anchor,)


Graph: TypeAlias = Callable[[Sequence[str]], list[Edge]]


def one_way(source: str, target: str) -> Graph:
    """Anchors in ``source``, candidates in ``target``.

    Example:
        >>> one_way("source", "target")(("source", "target"))
        [Edge(anchor='source', candidates=('target',), normalise_labels='anchor')]
    """
    return lambda views: _edges([(source, target)], views)


def both_ways(source: str, target: str) -> Graph:
    """Each of two views is anchor for the other.

    Example:
        >>> [(edge.anchor, *edge.candidates) for edge in both_ways("source", "target")(("source", "target"))]
        [('source', 'target'), ('target', 'source')]
    """
    return lambda views: _edges([(source, target), (target, source)], views)


def star(center: str) -> Graph:
    """The centre with every other view, both ways: English-centric training.

    Example:
        >>> [(edge.anchor, *edge.candidates) for edge in star("en")(("en", "de", "te"))]
        [('en', 'de'), ('de', 'en'), ('en', 'te'), ('te', 'en')]
    """
    return lambda views: _edges(
        [pair for other in views if other != center for pair in ((center, other), (other, center))], views
    )


def toward(center: str) -> Graph:
    """Every other view is anchor, the centre holds the candidates: translation ranking into English.

    Example:
        >>> [(edge.anchor, *edge.candidates) for edge in toward("en")(("en", "de", "te"))]
        [('de', 'en'), ('te', 'en')]
    """
    return lambda views: _edges([(other, center) for other in views if other != center], views)


def all_pairs() -> Graph:
    """All ordered pairs of views: every language is an anchor for every other (multi-way, reading A).

    Example:
        >>> len(all_pairs()(("eng_Latn", "deu_Latn", "fra_Latn", "tel_Telu", "swh_Latn", "kor_Hang", "jpn_Jpan")))
        42
    """
    return lambda views: _edges([(a, b) for a in views for b in views if a != b], views)


def every_view() -> Graph:
    """Every view is anchor for the cells of all views at once (multi-way, readings B, C and D).

    Example:
        >>> [(edge.anchor, *edge.candidates) for edge in every_view()(("en", "de"))]
        [('en', 'en', 'de'), ('de', 'en', 'de')]
    """
    return lambda views: [Edge(view, tuple(views)) for view in views] if len(views) > 1 else []


def loops() -> Graph:
    """Every view with itself: the monolingual space.

    Example:
        >>> [edge.is_loop for edge in loops()(("en", "de"))]
        [True, True]
    """
    return lambda views: [Edge(view, (view,)) for view in views]


@dataclass(frozen=True)
class Layout:
    """The edges of a graph as matrices over views.

    Args:
        needed: Which view is wanted as candidates for which anchor view, ``(L, L)`` bool.
        by_candidate: Where label weights are normalised by candidate, ``(L, L)`` bool.
        spans_views: Whether the candidates of an edge are of several views.
        loops: Whether a view meets itself.
    """

    needed: Tensor
    by_candidate: Tensor
    spans_views: bool
    loops: bool

    @classmethod
    def of(cls, edges: Sequence[Edge], views: Sequence[str], device: torch.device) -> "Layout":
        """Write edges as matrices, or say why they make no sense."""
        if not edges:
            raise ObjectiveError(f"the graph has no edge between the views {', '.join(views)}; two views are needed")
        _require({name for edge in edges for name in (edge.anchor, *edge.candidates)}, views)
        needed = torch.zeros((len(views), len(views)), dtype=torch.bool)
        by_candidate = torch.zeros_like(needed)
        spans = {len(edge.candidates) > 1 for edge in edges}
        if len(spans) > 1:
            raise ObjectiveError("edges to one view and edges to several cannot mix in one graph; add two Contrasts")
        for edge in edges:
            anchor = views.index(edge.anchor)
            for candidate in map(views.index, edge.candidates):
                if needed[anchor, candidate]:
                    raise ObjectiveError(f"the graph has the edge {edge.anchor} to {views[candidate]} twice")
                needed[anchor, candidate] = True
                by_candidate[anchor, candidate] = edge.normalise_labels == "candidate"
        return cls(needed.to(device), by_candidate.to(device), spans.pop(), any(edge.is_loop for edge in edges))

    def pairs(self) -> list[tuple[int, int]]:
        """Return anchor and candidate view of every edge."""
        return [(int(a), int(b)) for a, b in self.needed.nonzero().tolist()]


def _edges(pairs: list[tuple[str, str]], views: Sequence[str]) -> list[Edge]:
    _require({view for pair in pairs for view in pair}, views)
    return [Edge(anchor, (candidate,)) for anchor, candidate in pairs]


def _require(named: set[str], views: Sequence[str]) -> None:
    if missing := sorted(named - set(views)):
        raise ObjectiveError(
            f"the graph speaks of {', '.join(missing)}, but the batch has the views {', '.join(views)}; "
            "add the language to the corpus selection or change the graph"
        )
