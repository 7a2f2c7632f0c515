"""Margin scores and mined pairs against loops in float64."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.errors import MiningError
from interlingua.mining import MARGINS, margin_candidates, margin_scores, mine


def at_angles(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def planted(seed, *, n=40, m=30, dim=12):
    """Vectors that lean to one side, so that cosines are positive; noisy translations, with copies among them."""
    rng = np.random.default_rng(seed)
    source = rng.normal(size=(n, dim)) + 1
    target = np.concatenate([source[: m - 5] + 0.7 * rng.normal(size=(m - 5, dim)), rng.normal(size=(5, dim)) + 1])
    target[3] = target[4]
    source[8] = source[9]
    return source.astype(np.float32), target.astype(np.float32)


def naive_matrix(source, target, *, k, margin):
    """Margin scores of all pairs: plain loops, as the formula says."""
    unit = [[row / np.linalg.norm(row) for row in side.astype(np.float64)] for side in (source, target)]
    cosines = np.array([[float(np.dot(a, b)) for b in unit[1]] for a in unit[0]])
    row_mean = [float(np.mean(sorted(row, reverse=True)[:k])) for row in cosines]
    column_mean = [float(np.mean(sorted(column, reverse=True)[:k])) for column in cosines.T]
    scores = np.empty_like(cosines)
    for i, j in np.ndindex(*cosines.shape):
        mean = (row_mean[i] + column_mean[j]) / 2
        scores[i, j] = {"ratio": cosines[i, j] / mean, "distance": cosines[i, j] - mean, "absolute": cosines[i, j]}[
            margin
        ]
    return cosines, scores


def naive_mined(source, target, *, k, margin):
    """The published procedure: best candidate of each side among its k nearest, then greedily by score."""
    cosines, scores = naive_matrix(source, target, k=k, margin=margin)
    pairs = set()
    for i in range(len(source)):
        near = sorted(range(len(target)), key=lambda j: (-round(cosines[i, j], 12), j))[:k]
        pairs.add((i, max(near, key=lambda j: round(scores[i, j], 12))))
    for j in range(len(target)):
        near = sorted(range(len(source)), key=lambda i: (-round(cosines[i, j], 12), i))[:k]
        pairs.add((max(near, key=lambda i: round(scores[i, j], 12)), j))
    kept, used = [], (set(), set())
    for i, j in sorted(pairs, key=lambda pair: (-round(scores[pair], 12), pair)):
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            kept.append((i, j))
    return kept, scores


def test_golden_ratio_matrix():
    source, target = at_angles(0, 20, 70), at_angles(5, 18, 40)
    expected = [[1.019289, 0.976019, 0.816468], [0.983772, 1.020890, 0.996748], [0.490873, 0.717526, 1.053750]]
    _, scores = naive_matrix(source, target, k=2, margin="ratio")
    np.testing.assert_allclose(scores, expected, atol=5e-7)
    forward, backward = margin_candidates(source, target, k=2)
    for i, (candidates, values) in enumerate(zip(forward.index, forward.score, strict=True)):
        np.testing.assert_allclose(values, np.array(expected)[i, candidates], atol=5e-7)
    for j, (candidates, values) in enumerate(zip(backward.index, backward.score, strict=True)):
        np.testing.assert_allclose(values, np.array(expected)[candidates, j], atol=5e-7)
    assert forward.best()[0].tolist() == [0, 1, 2]  # no error


@pytest.mark.parametrize("margin", MARGINS)
@pytest.mark.parametrize("k", [1, 2, 4, 100])
@pytest.mark.parametrize("seed", range(3))
def test_candidates_and_pairs_are_those_of_loops(margin, k, seed):
    source, target = planted(seed)
    kept, scores = naive_mined(source, target, k=k, margin=margin)
    forward, backward = margin_candidates(source, target, k=k, margin=margin)
    assert forward.index.shape == (40, min(k, 30))
    assert backward.index.shape == (30, min(k, 40))
    np.testing.assert_allclose(forward.score, np.take_along_axis(scores, forward.index, axis=1), atol=1e-10)
    np.testing.assert_allclose(backward.score, np.take_along_axis(scores.T, backward.index, axis=1), atol=1e-10)
    pairs = mine(source, target, k=k, margin=margin)
    assert list(zip(pairs.source.tolist(), pairs.target.tolist(), strict=True)) == kept
    np.testing.assert_allclose(pairs.score, [scores[pair] for pair in kept], atol=1e-10)
    assert (np.diff(pairs.score) <= 0).all()


@given(seed=st.integers(0, 30), order=st.permutations(range(40)))
@settings(max_examples=25, deadline=None)
def test_each_row_is_used_once_and_order_does_not_matter(seed, order):
    source, target = planted(seed)
    source[8] += 0.1  # without copies the answer is unique
    target[3] += 0.1
    pairs, shuffled = mine(source, target), mine(source[order], target)
    assert len(set(pairs.source)) == len(set(pairs.target)) == len(pairs) <= 30
    found = {(order[i], j) for i, j in zip(shuffled.source, shuffled.target, strict=True)}
    assert found == set(zip(pairs.source, pairs.target, strict=True))


def test_directions_are_two_views_of_the_same_scores():
    source, target = planted(5)
    forward, backward = margin_candidates(source, target)
    swapped = margin_candidates(target, source)
    for one, other in ((forward, swapped[1]), (backward, swapped[0])):
        np.testing.assert_array_equal(one.index, other.index)
        np.testing.assert_array_equal(one.score, other.score)


def test_absolute_is_the_nearest_neighbour():
    source, target = planted(6)
    forward, _ = margin_candidates(source, target, margin="absolute")
    np.testing.assert_array_equal(forward.best()[0], forward.index[:, 0])


def test_a_hub_is_the_nearest_but_not_the_best():
    """Target 0 lies in the middle of all sources and is near to each; the margin sees that it is near to everybody."""
    source = np.array([[1, 0.35, 0], [1, -0.35, 0.0], [1, 0, 0.5]])
    target = np.array([[1, 0, 0.1], [0.8, 0.9, 0], [0.8, -0.9, 0]])
    cosine, _ = margin_candidates(source, target, k=2, margin="absolute")
    ratio, _ = margin_candidates(source, target, k=2)
    assert cosine.best()[0].tolist() == [0, 0, 0]
    assert ratio.best()[0].tolist() == [1, 2, 0]


@pytest.mark.parametrize("shift", [0.0, -0.5])
def test_a_ratio_to_nothing_is_refused(shift):
    """Opposite vectors: every neighbour has a negative cosine, and the ratio would turn the order round."""
    source, target = at_angles(0, 10), at_angles(180, 190) + shift * 1e-3
    with pytest.raises(MiningError, match=r"not defined: 4 of 4 candidates .* use margin distance"):
        margin_candidates(source, target)
    forward, _ = margin_candidates(source, target, margin="distance")
    assert np.isfinite(forward.score).all()


def test_one_row_a_side_is_a_pair():
    pairs = mine(at_angles(0), at_angles(30))
    assert (pairs.source.tolist(), pairs.target.tolist()) == ([0], [0])
    assert pairs.score.tolist() == [1.0]


def test_an_unknown_margin_is_refused():
    with pytest.raises(MiningError, match="'median'; it must be one of ratio, distance, absolute"):
        margin_scores(np.ones(1), np.ones(1), np.ones(1), margin="median")
