"""Which views are anchors for which: an edge, and the graphs that the methods are read off.

A graph is a function from the views of a batch to its edges, so that one graph serves batches of two languages and of
forty.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from interlingua.errors import ObjectiveError

__all__ = ["Edge", "Graph", "all_pairs", "both_ways", "every_view", "loops", "one_way", "star", "toward"]


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
    """Each of two views is anchor for the other."""
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
    """Every other view is anchor, the centre holds the candidates: translation ranking into English."""
    return lambda views: _edges([(other, center) for other in views if other != center], views)


def all_pairs() -> Graph:
    """All ordered pairs of views: every language is an anchor for every other (multi-way, reading A).

    Example:
        >>> len(all_pairs()(("eng_Latn", "deu_Latn", "fra_Latn", "tel_Telu", "swh_Latn", "kor_Hang", "jpn_Jpan")))
        42
    """
    return lambda views: _edges([(a, b) for a in views for b in views if a != b], views)


def every_view() -> Graph:
    """Every view is anchor for the cells of all views at once (multi-way, readings B, C and D)."""
    return lambda views: [Edge(view, tuple(views)) for view in views]


def loops() -> Graph:
    """Every view with itself: the monolingual space."""
    return lambda views: [Edge(view, (view,)) for view in views]


def _edges(pairs: list[tuple[str, str]], views: Sequence[str]) -> list[Edge]:
    named = {view for pair in pairs for view in pair}
    if missing := sorted(named - set(views)):
        raise ObjectiveError(
            f"the graph speaks of {', '.join(missing)}, but the batch has the views {', '.join(views)}; "
            "add the language to the corpus selection or change the graph"
        )
    return [Edge(anchor, (candidate,)) for anchor, candidate in pairs]
