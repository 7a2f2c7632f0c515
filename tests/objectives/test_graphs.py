"""Graphs are functions from views to edges."""

import pytest
import torch

from interlingua.errors import ObjectiveError
from interlingua.objectives import Edge, Graph, all_pairs, both_ways, every_view, loops, one_way, star, toward
from interlingua.objectives.graphs import Layout

VIEWS = ("en", "de", "te")


@pytest.mark.parametrize(
    ("graph", "edges"),
    [
        (one_way("de", "en"), [("de", "en")]),
        (both_ways("de", "te"), [("de", "te"), ("te", "de")]),
        (star("en"), [("en", "de"), ("de", "en"), ("en", "te"), ("te", "en")]),
        (toward("en"), [("de", "en"), ("te", "en")]),
        (all_pairs(), [(a, b) for a in VIEWS for b in VIEWS if a != b]),
        (every_view(), [(view, *VIEWS) for view in VIEWS]),
        (loops(), [(view, view) for view in VIEWS]),
    ],
)
def test_edges(graph: Graph, edges: list[tuple[str, ...]]) -> None:
    assert [(edge.anchor, *edge.candidates) for edge in graph(VIEWS)] == edges


def test_a_loop_is_an_edge_to_itself_alone() -> None:
    assert Edge("en", ("en",)).is_loop
    assert not Edge("en", ("en", "de")).is_loop
    assert not Edge("en", ("de",)).is_loop


@pytest.mark.parametrize("graph", [one_way("fr", "en"), both_ways("en", "fr"), star("fr"), toward("fr")])
def test_an_unknown_view_is_named(graph: Graph) -> None:
    with pytest.raises(ObjectiveError, match="speaks of fr, but the batch has the views en, de, te"):
        graph(VIEWS)


def test_layout_of_edges() -> None:
    edges = [Edge("en", ("de",)), Edge("te", ("en",), "candidate"), Edge("de", ("de",))]
    layout = Layout.of(edges, VIEWS, torch.device("cpu"))
    assert layout.pairs() == [(0, 1), (1, 1), (2, 0)]
    assert layout.by_candidate.nonzero().tolist() == [[2, 0]]
    assert layout.loops
    assert not layout.spans_views
    assert Layout.of(every_view()(VIEWS), VIEWS, torch.device("cpu")).spans_views
