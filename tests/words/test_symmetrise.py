"""Symmetrisation: by hand where the readings differ, and against a version written out on matrices."""

from typing import get_args

import numpy as np
import pytest

from interlingua.errors import AlignmentError
from interlingua.words.symmetrise import Free, Symmetrisation, symmetrise_links

STRAIGHT = [(-1, 0), (0, -1), (1, 0), (0, 1)]
DIAGONAL = [(-1, -1), (-1, 1), (1, -1), (1, 1)]


def links(*rows):
    """The links of a picture: ``x`` in both directions, ``f`` forward only, ``r`` reverse only."""
    marked = [(i, j, mark) for i, row in enumerate(rows) for j, mark in enumerate(row)]
    return [(i, j) for i, j, mark in marked if mark in "xf"], [(i, j) for i, j, mark in marked if mark in "xr"]


def naive(forward, reverse, shape, method, free):
    """Moses' pseudo code, on matrices of truth values."""
    one, other, done = (np.zeros(shape, dtype=bool) for _ in range(3))
    for matrix, found in ((one, forward), (other, reverse)):
        for i, j in found:
            matrix[i, j] = True
    if method in ("forward", "reverse"):
        return np.argwhere(one if method == "forward" else other).tolist()
    if method == "union":
        return np.argwhere(one | other).tolist()
    done = one & other

    def is_free(i, j, both):
        rows, columns = not done[i].any(), not done[:, j].any()
        return rows and columns if both else rows or columns

    if method != "intersection":
        steps = STRAIGHT if method == "grow" else STRAIGHT + DIAGONAL
        before = -1
        while before != done.sum():
            before = done.sum()
            for i in range(shape[0]):
                for j in range(shape[1]):
                    for down, right in steps if done[i, j] else []:
                        a, b = i + down, j + right
                        if 0 <= a < shape[0] and 0 <= b < shape[1] and (one | other)[a, b] and not done[a, b]:
                            done[a, b] = is_free(a, b, free == "both")
        for matrix in (one, other) if "final" in method else ():
            for i in range(shape[0]):
                for j in range(shape[1]):
                    if matrix[i, j] and is_free(i, j, free == "both" or method == "grow-diag-final-and"):
                        done[i, j] = True
    return np.argwhere(done).tolist()


@pytest.mark.parametrize("free", get_args(Free))
@pytest.mark.parametrize("method", get_args(Symmetrisation))
def test_equals_the_naive_version(method, free):
    draw = np.random.default_rng(1)
    for _ in range(150):
        shape = tuple(draw.integers(1, 8, size=2))
        density = draw.uniform(0.1, 0.5)
        forward, reverse = (np.argwhere(draw.random(shape) < density) for _ in range(2))
        found = symmetrise_links(draw.permutation(forward), draw.permutation(reverse), method=method, free=free)
        assert found.tolist() == naive(forward, reverse, shape, method, free)


@pytest.mark.parametrize(
    ("rows", "method", "either", "both"),
    [
        # A neighbour that shares a word with a link is added if its other word is free; "both" leaves it out.
        (("xf.", "...", "..."), "grow", [[0, 0], [0, 1]], [[0, 0]]),
        (("x..", ".r.", "..."), "grow", [[0, 0]], [[0, 0]]),
        (("x..", ".r.", "..."), "grow-diag", [[0, 0], [1, 1]], [[0, 0], [1, 1]]),
        (("xf.", ".r.", "..."), "grow-diag", [[0, 0], [0, 1], [1, 1]], [[0, 0], [1, 1]]),
        # Out of reach of growing: (0, 2) has one free word, (2, 3) two.
        (("x.f.", "....", "...r"), "grow-diag", [[0, 0]], [[0, 0]]),
        (("x.f.", "....", "...r"), "grow-diag-final", [[0, 0], [0, 2], [2, 3]], [[0, 0], [2, 3]]),
        (("x.f.", "....", "...r"), "grow-diag-final-and", [[0, 0], [2, 3]], [[0, 0], [2, 3]]),
        # The readings differ in "-and" only through growing.
        (("xf..", "....", "...r"), "grow-diag-final-and", [[0, 0], [0, 1], [2, 3]], [[0, 0], [2, 3]]),
        # Forward links are asked first: the reverse link finds its word taken.
        (("f.r", "...", "..."), "grow-diag-final-and", [[0, 0]], [[0, 0]]),
        (("f.r", "...", "..."), "grow-diag-final", [[0, 0], [0, 2]], [[0, 0]]),
        ((".r.", "..f"), "intersection", [], []),
    ],
)
def test_by_hand_where_the_readings_differ(rows, method, either, both):
    forward, reverse = links(*rows)
    assert symmetrise_links(forward, reverse, method=method).tolist() == either
    assert symmetrise_links(forward, reverse, method=method, free="both").tolist() == both


def test_relations():
    draw = np.random.default_rng(2)
    for _ in range(50):
        forward, reverse = (np.argwhere(draw.random((6, 5)) < 0.3) for _ in range(2))
        sets = [
            {tuple(link) for link in symmetrise_links(forward, reverse, method=method).tolist()}
            for method in ("intersection", "grow", "grow-diag", "grow-diag-final-and", "grow-diag-final", "union")
        ]
        assert sets[0] <= sets[1] <= sets[-1]
        assert sets[0] <= sets[2] <= sets[3] <= sets[-1]
        assert sets[2] <= sets[4] <= sets[-1]


def test_empty_and_unknown():
    for method in get_args(Symmetrisation):
        assert symmetrise_links([], [], method=method).shape == (0, 2)
    with pytest.raises(AlignmentError, match="method is 'grow-final'; choose one of intersection, union"):
        symmetrise_links([], [], method="grow-final")
    with pytest.raises(AlignmentError, match="free is 'none'; choose one of either, both"):
        symmetrise_links([], [], free="none")
