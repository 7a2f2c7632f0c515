import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.errors import AlignmentError
from interlingua.words.matching import (
    MATCHERS,
    ForwardArgmax,
    IterMax,
    MaxWeight,
    MutualArgmax,
    ReverseArgmax,
    SoftmaxThreshold,
    matcher,
)

ALL = [
    ForwardArgmax(),
    ReverseArgmax(),
    MutualArgmax(),
    MutualArgmax(distortion=0.5),
    IterMax(),
    IterMax(rounds=5, alpha=0.7),
    IterMax(distortion=0.3),
    MaxWeight(),
    MaxWeight(distortion=0.9),
    SoftmaxThreshold(),
    SoftmaxThreshold(threshold=0.2, temperature=0.5),
]


def first_best(values):
    best = 0
    for place, value in enumerate(values):
        if value > values[best]:
            best = place
    return best


def moved(matrix, distortion):
    m, n = len(matrix), len(matrix[0])
    return [
        [
            (matrix[i][j] + 1) / 2
            * (1 - distortion * (i / (m - 1) - j / (n - 1)) ** 2 if m > 1 and n > 1 and distortion else 1)
            for j in range(n)
        ]
        for i in range(m)
    ]  # fmt: skip


def mutual(matrix):
    m, n = len(matrix), len(matrix[0])
    forward = [first_best(row) for row in matrix]
    reverse = [first_best([matrix[i][j] for i in range(m)]) for j in range(n)]
    return {(i, j) for i, j in enumerate(forward) if reverse[j] == i}


def itermax(matrix, alpha, rounds):
    m, n = len(matrix), len(matrix[0])
    links = mutual(matrix)
    if min(m, n) <= 2:
        return links
    for _ in range(rounds - 1):
        rows, columns = {i for i, _ in links}, {j for _, j in links}
        if len(rows) == m or len(columns) == n:
            break
        weights = [[(1, alpha, 0)[(i in rows) + (j in columns)] for j in range(n)] for i in range(m)]
        new = mutual([[matrix[i][j] * weights[i][j] for j in range(n)] for i in range(m)])
        new = {(i, j) for i, j in new if weights[i][j]} - links
        if not new:
            break
        links |= new
    return links


def largest_total(matrix):
    """Try every injection of the shorter side into the longer one."""
    m, n = len(matrix), len(matrix[0])
    if m > n:
        turned = [[matrix[i][j] for i in range(m)] for j in range(n)]
        return {(i, j) for j, i in largest_total(turned)}
    best = {0: (0.0, ())}  # by the set of columns taken
    for row in matrix:
        after = {}
        for taken, (total, chosen) in best.items():
            for j, value in enumerate(row):
                if not taken >> j & 1:
                    candidate = (total + value, (*chosen, j))
                    key = taken | 1 << j
                    if key not in after or candidate[0] > after[key][0]:
                        after[key] = candidate
        best = after
    return set(enumerate(max(best.values())[1]))


def softmax(matrix, threshold, temperature):
    m, n = len(matrix), len(matrix[0])
    scaled = [[value / temperature for value in row] for row in matrix]
    found = {}
    for i in range(m):
        for j in range(n):
            p = 1 / sum(math.exp(scaled[i][k] - scaled[i][j]) for k in range(n))
            q = 1 / sum(math.exp(scaled[k][j] - scaled[i][j]) for k in range(m))
            if p > threshold and q > threshold:
                found[i, j] = 2 * p * q / (p + q)
    return found


def naive(rule, values):
    matrix = [[float(value) for value in row] for row in values]
    if not matrix or not matrix[0]:
        return {}
    if rule.similarity == "dot":
        return softmax(matrix, rule.threshold, rule.temperature)
    scaled = moved(matrix, rule.distortion) if rule.distortion or rule.kind == "itermax" else matrix
    m, n = len(matrix), len(matrix[0])
    links = {
        "forward": lambda: {(i, first_best(row)) for i, row in enumerate(scaled)},
        "reverse": lambda: {(first_best([scaled[i][j] for i in range(m)]), j) for j in range(n)},
        "argmax": lambda: mutual(scaled),
        "itermax": lambda: itermax(scaled, rule.alpha, rule.rounds),
        "max-weight": lambda: largest_total(scaled),
    }[rule.kind]()
    return {(i, j): matrix[i][j] for i, j in links}


def as_dict(pairs, scores):
    assert pairs.dtype == np.int32
    assert scores.dtype == np.float32
    assert pairs.tolist() == sorted(pairs.tolist())
    return dict(zip(map(tuple, pairs.tolist()), scores.tolist(), strict=True))


def some_matrix(draw, *, m, n, dot, coarse):
    values = draw.uniform(-1, 1, (m, n)) * (30 if dot else 1)
    return (np.round(values * 3) / 3 if coarse else values).astype(np.float32)


@pytest.mark.parametrize("rule", ALL, ids=repr)
def test_each_is_its_naive_version(rule):
    draw = np.random.default_rng(0)
    for trial in range(120):
        m, n = draw.integers(1, 7, 2)
        coarse = trial % 3 == 0 and rule.kind != "max-weight"  # several optima have no order
        values = some_matrix(draw, m=m, n=n, dot=rule.similarity == "dot", coarse=coarse)
        found, wanted = as_dict(*rule(values)), naive(rule, values)
        assert found.keys() == wanted.keys(), values.tolist()
        assert found == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("rule", ALL, ids=repr)
def test_a_batch_is_its_matrices_one_by_one(rule):
    draw = np.random.default_rng(1)
    rows, columns = draw.integers(0, 9, 60), draw.integers(0, 9, 60)
    values = np.full((60, 9, 10), np.nan, dtype=np.float32)  # never looked at
    for block, (m, n) in enumerate(zip(rows, columns, strict=True)):
        values[block, :m, :n] = some_matrix(draw, m=m, n=n, dot=rule.similarity == "dot", coarse=block % 3 == 0)
    blocks, pairs, scores = rule.batch(values, rows, columns)
    assert (np.diff(blocks) >= 0).all()
    for block, (m, n) in enumerate(zip(rows, columns, strict=True)):
        alone = rule(values[block, :m, :n])
        np.testing.assert_array_equal(pairs[blocks == block], alone[0])
        np.testing.assert_array_equal(scores[blocks == block], alone[1])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_hostile_values_keep_the_batch_equal(data):
    rule = data.draw(st.sampled_from(ALL))
    m, n = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    numbers = st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0, 1e-30, 0.9999999])
    values = np.array(data.draw(st.lists(numbers, min_size=m * n, max_size=m * n)), dtype=np.float32).reshape(m, n)
    wider = np.full((1, m + 2, n + 1), 5, dtype=np.float32)
    wider[0, :m, :n] = values
    pairs, scores = rule(values)
    _, batched_pairs, batched_scores = rule.batch(wider, np.array([m]), np.array([n]))
    np.testing.assert_array_equal(pairs, batched_pairs)
    np.testing.assert_array_equal(scores, batched_scores)


@pytest.mark.parametrize("rule", ALL, ids=repr)
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_has_no_links(rule, shape):
    pairs, scores = rule(np.zeros(shape))
    assert pairs.shape == (0, 2)
    assert scores.shape == (0,)


@pytest.mark.parametrize("rule", [ForwardArgmax(), ReverseArgmax(), MutualArgmax(), IterMax()], ids=repr)
def test_of_equals_the_first_counts(rule):
    expected = {"forward": [[0, 0], [1, 0]], "reverse": [[0, 0], [0, 1]]}.get(rule.kind, [[0, 0]])
    assert rule(np.zeros((2, 2)))[0].tolist() == expected


def test_max_weight_links_the_whole_shorter_side():
    pairs, _ = MaxWeight()(np.random.default_rng(2).uniform(-1, 1, (5, 9)))
    assert sorted(pairs[:, 0].tolist()) == list(range(5))
    assert len(set(pairs[:, 1].tolist())) == 5


def test_huge_dot_products_do_not_overflow():
    pairs, scores = SoftmaxThreshold()(np.array([[4e4, 1e4], [-4e4, 3e4]], dtype=np.float32))
    assert pairs.tolist() == [[0, 0], [1, 1]]
    assert scores.tolist() == [1, 1]


def test_nan_is_refused():
    with pytest.raises(AlignmentError, match="not finite"):
        MutualArgmax()(np.array([[0.1, np.nan]]))


def test_a_vector_is_no_matrix():
    with pytest.raises(AlignmentError, match=r"shape \(3,\)"):
        MutualArgmax()(np.zeros(3))


def test_names_tell_what_is_unusual():
    assert [rule().name for rule in MATCHERS.values()] == list(MATCHERS)
    assert matcher("itermax", alpha=0.8, distortion=0.1).name == "itermax(distortion=0.1, alpha=0.8)"


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("itermaxx", {}, "no matcher 'itermaxx'; take one of argmax"),
        ("argmax", {"alpha": 1}, "'argmax' has no setting 'alpha'; it has distortion"),
        ("itermax", {"alpha": 1.5}, "between 0 and 1"),
        ("itermax", {"rounds": 0}, "at least 1"),
        ("argmax", {"distortion": math.nan}, "distortion=nan"),
        ("softmax", {"threshold": -1}, "threshold=-1"),
        ("softmax", {"temperature": 0}, "temperature of 0"),
    ],
)
def test_bad_settings_are_refused(kind, settings, message):
    with pytest.raises(AlignmentError, match=message):
        matcher(kind, **settings)
