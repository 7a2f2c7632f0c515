from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from interlingua.errors import TrainingError
from interlingua.training import Batch, BatchPlan, language_sets

LANGUAGES = ("eng_Latn", "deu_Latn", "tel_Telu", "swh_Latn")
EN_XX = [("eng_Latn", other) for other in LANGUAGES[1:]]
ALL_PAIRS = language_sets("all-pairs", LANGUAGES, center="eng_Latn")

sparse_hashes = st.integers(2, 40).flatmap(
    lambda rows: arrays(np.int64, (rows, len(LANGUAGES)), elements=st.integers(0, 60))
)
"""Sparse corpora in which texts recur: a third of the cells or so share their text with another."""


def full(rows, languages=LANGUAGES):
    """Hashes of a corpus without gaps or repeated texts."""
    return np.arange(1, rows * len(languages) + 1).reshape(rows, len(languages))


def examples(batches):
    """Row and languages of every example."""
    return Counter(
        (int(row), *(int(cell) for cell in cells if cell >= 0))
        for batch in batches
        for row, cells in zip(batch.rows, batch.cells, strict=True)
    )


def same(one, other):
    return len(one) == len(other) and all(
        a.views == b.views and np.array_equal(a.rows, b.rows) and np.array_equal(a.cells, b.cells)
        for a, b in zip(one, other, strict=True)
    )


def check(plan, batches):
    """What must hold of every batch."""
    for batch in batches:
        assert 0 < len(batch.rows) <= plan.size
        assert batch.cells.shape == (len(batch.rows), len(batch.views))
        assert len(set(batch.rows.tolist())) == len(batch.rows)
        for view, cells in enumerate(batch.cells.T):
            texts = [int(plan.hashes[row, cell]) for row, cell in zip(batch.rows, cells, strict=True) if cell >= 0]
            assert 0 not in texts
            assert len(set(texts)) == len(texts), batch.views[view]


def drawn_rows(batches):
    return {int(row) for batch in batches for row in batch.rows}


@given(hashes=sparse_hashes, size=st.integers(1, 8), seed=st.integers(0, 9), temperature=st.sampled_from([1.0, 3.0]))
@settings(deadline=None)
def test_every_row_with_two_cells_is_drawn(hashes, size, seed, temperature):
    rows = np.flatnonzero((hashes != 0).sum(axis=1) >= 2)
    if len(rows) < size:
        return
    plan = BatchPlan(hashes, LANGUAGES, size=size, seed=seed, temperature=temperature)
    batches = plan.epoch(0)
    check(plan, batches)
    assert drawn_rows(batches) == set(rows.tolist())
    for batch in batches:
        assert batch.views == LANGUAGES
        assert np.array_equal(batch.cells >= 0, hashes[batch.rows] != 0)
    if temperature == 1.0:
        assert set(examples(batches).values()) == {1}


@given(
    hashes=sparse_hashes,
    size=st.integers(1, 8),
    pairs=st.sampled_from([EN_XX, ALL_PAIRS, [("tel_Telu", "deu_Latn")]]),
    mixed=st.booleans(),
    draw=st.sampled_from(["all", "epoch", "fixed"]),
)
@settings(deadline=None)
def test_every_row_with_two_cells_of_a_set_is_drawn(hashes, size, pairs, mixed, draw):
    places = [(LANGUAGES.index(a), LANGUAGES.index(b)) for a, b in pairs]
    expected = {(row, a, b) for row, cells in enumerate(hashes) for a, b in places if cells[a] and cells[b]}
    if len({row for row, *_ in expected}) < size:
        return
    plan = BatchPlan(hashes, LANGUAGES, size=size, sets=pairs, mixed=mixed, draw=draw)
    batches = plan.epoch(3)
    check(plan, batches)
    found = examples(batches)
    assert set(found.values()) == {1}
    assert drawn_rows(batches) == {row for row, *_ in expected}
    if draw == "all":
        assert set(found) == expected
    else:
        assert set(found) <= expected
        assert len(found) == len({row for row, *_ in expected})
    if not mixed:
        for batch in batches:
            assert len({tuple(cells) for cells in batch.cells.tolist()}) == 1
            assert batch.views == tuple(LANGUAGES[cell] for cell in batch.cells[0])


@pytest.mark.parametrize("settings", [{}, {"sets": EN_XX}, {"sets": EN_XX, "draw": "epoch", "temperature": 2.0}])
def test_batches_depend_on_seed_and_epoch_alone(settings):
    hashes = full(50)
    hashes[::3, 1] = 0
    plan = BatchPlan(hashes, LANGUAGES, size=7, seed=5, **settings)
    later = plan.epoch(2)
    plan.epoch(0)
    assert same(plan.epoch(2), later)
    assert same(BatchPlan(hashes, LANGUAGES, size=7, seed=5, **settings).epoch(2), later)
    assert not same(plan.epoch(3), later)
    assert not same(BatchPlan(hashes, LANGUAGES, size=7, seed=6, **settings).epoch(2), later)


def test_batches_are_of_nearly_equal_size():
    sizes = [len(batch.rows) for batch in BatchPlan(full(53), LANGUAGES, size=10).epoch(0)]
    assert sorted(sizes) == [8, 9, 9, 9, 9, 9]


def test_copies_of_a_text_wait_for_another_batch():
    hashes = full(40)
    hashes[:6, 1] = 7777
    plan = BatchPlan(hashes, LANGUAGES, size=10)
    batches = plan.epoch(0)
    check(plan, batches)
    assert all((batch.rows < 6).sum() <= 1 for batch in batches)
    assert drawn_rows(batches) == set(range(40))


def test_equal_texts_in_one_row_or_in_different_views_may_meet():
    hashes = full(10)
    hashes[0] = 7777
    hashes[1, 2] = hashes[2, 3] = 8888
    batches = BatchPlan(hashes, LANGUAGES, size=10).epoch(0)
    assert [len(batch.rows) for batch in batches] == [10]
    assert batches[0].cells[batches[0].rows == 0].tolist() == [[0, 1, 2, 3]]


def test_mixed_pairs_of_several_centres_are_source_and_target():
    plan = BatchPlan(full(20), LANGUAGES, size=20, sets=ALL_PAIRS, mixed=True)
    batches = plan.epoch(0)
    assert {batch.views for batch in batches} == {("source", "target")}
    assert any(len({tuple(cells) for cells in batch.cells.tolist()}) > 1 for batch in batches)
    check(plan, batches)


def test_mixed_pairs_with_one_centre_are_the_centre_and_x():
    plan = BatchPlan(full(30), LANGUAGES, size=10, sets=EN_XX, mixed=True)
    batches = plan.epoch(0)
    assert {batch.views for batch in batches} == {("eng_Latn", "x")}
    assert all((batch.cells[:, 0] == 0).all() for batch in batches)
    assert {int(cell) for batch in batches for cell in batch.cells[:, 1]} == {1, 2, 3}


def test_one_set_a_row_is_fixed_or_drawn_every_epoch():
    hashes = full(60)
    fixed = BatchPlan(hashes, LANGUAGES, size=10, sets=EN_XX, mixed=True, draw="fixed")
    anew = BatchPlan(hashes, LANGUAGES, size=10, sets=EN_XX, mixed=True, draw="epoch")
    everything = BatchPlan(hashes, LANGUAGES, size=10, sets=EN_XX, mixed=True, draw="all")
    assert examples(fixed.epoch(0)) == examples(fixed.epoch(1))
    assert examples(anew.epoch(0)) != examples(anew.epoch(1))
    assert sum(examples(anew.epoch(0)).values()) == sum(examples(fixed.epoch(0)).values()) == 60
    assert sum(examples(everything.epoch(0)).values()) == 180


def test_each_set_of_a_row_is_equally_likely():
    plan = BatchPlan(full(3000), LANGUAGES, size=100, sets=EN_XX, mixed=True, draw="epoch")
    counts = Counter(languages[1] for _, *languages in examples(plan.epoch(0)))
    assert sorted(counts) == [1, 2, 3]
    assert all(abs(count - 1000) < 4 * np.sqrt(3000 * 2 / 9) for count in counts.values())


def rare_language():
    """Four hundred rows in all languages but Swahili, which a hundred of them have."""
    hashes = full(400)
    hashes[100:, 3] = 0
    return hashes


@pytest.mark.parametrize(("temperature", "repeats"), [(1.0, 1.0), (2.0, 4**0.5), (4.0, 4**0.75)])
def test_rows_of_rare_languages_are_repeated(temperature, repeats):
    hashes = rare_language()
    plan = BatchPlan(hashes, LANGUAGES, size=20, temperature=temperature)
    batches = plan.epoch(0)
    check(plan, batches)
    times = Counter(int(row) for batch in batches for row in batch.rows)
    rare = [times[row] for row in range(100)]
    assert {times[row] for row in range(100, 400)} == {1}
    assert set(rare) <= {int(np.floor(repeats)), int(np.ceil(repeats))}
    assert np.mean(rare) == pytest.approx(repeats, abs=0.2)


def test_pairs_with_rare_languages_are_repeated():
    plan = BatchPlan(rare_language(), LANGUAGES, size=20, sets=EN_XX, temperature=2.0)
    counts = Counter()
    for (_, *languages), times in examples(plan.epoch(0)).items():
        counts[tuple(languages)] += times
    assert counts == {(0, 1): 400, (0, 2): 400, (0, 3): 200}


@pytest.mark.parametrize(("sets", "examples_a_row"), [(None, 1), (EN_XX, 3)])
def test_heavy_rows_are_repeated(sets, examples_a_row):
    weights = [0.5] * 100 + [1.0] * 50 + [1.75] * 100
    plan = BatchPlan(full(250), LANGUAGES, size=20, sets=sets, weights=weights)
    batches = plan.epoch(0)
    check(plan, batches)
    times = Counter(int(row) for batch in batches for row in batch.rows)
    assert {times[row] for row in range(100)} == {examples_a_row}
    assert {times[row] for row in range(100, 150)} == {2 * examples_a_row}
    heavy = [times[row] / examples_a_row for row in range(150, 250)]
    assert 3 <= min(heavy) <= max(heavy) <= 4
    assert np.mean(heavy) == pytest.approx(3.5, abs=0.2)


@given(rows=st.integers(1, 40), processes=st.integers(1, 9))
def test_shards_are_disjoint_complete_and_of_nearly_equal_size(rows, processes):
    batch = Batch(np.arange(rows) * 3, np.arange(rows * 2).reshape(rows, 2), ("eng_Latn", "deu_Latn"))
    shards = [batch.shard(rank, processes) for rank in range(processes)]
    assert np.array_equal(np.concatenate([shard.rows for shard in shards]), batch.rows)
    assert np.array_equal(np.concatenate([shard.cells for shard in shards]), batch.cells)
    sizes = [len(shard.rows) for shard in shards]
    assert max(sizes) - min(sizes) <= 1


def test_a_batch_larger_than_the_rows_is_refused():
    hashes = full(10)
    hashes[7:, 1:] = 0
    with pytest.raises(TrainingError, match=r"a batch of 8 rows is larger than the 7 rows .* to 7 or less"):
        BatchPlan(hashes, LANGUAGES, size=8)
    assert len(BatchPlan(hashes, LANGUAGES, size=7).epoch(0)) == 1


def test_only_rows_of_the_sets_count_for_the_size_of_a_batch():
    hashes = full(10)
    hashes[4:, 0] = 0
    with pytest.raises(TrainingError, match="larger than the 4 rows"):
        BatchPlan(hashes, LANGUAGES, size=5, sets=EN_XX)


def test_rows_without_any_pair_are_refused():
    hashes = full(10)
    hashes[:, 3] = 0
    with pytest.raises(TrainingError, match="no row has text in the languages of a set"):
        BatchPlan(hashes, LANGUAGES, size=2, sets=[("eng_Latn", "swh_Latn")])
    hashes[:, 1:] = 0
    with pytest.raises(TrainingError, match="no row has text in two languages, of eng_Latn, deu_Latn"):
        BatchPlan(hashes, LANGUAGES, size=1)


@pytest.mark.parametrize(
    ("sets", "center", "message"),
    [
        ("xx-en", "eng_Latn", "sets: xx-en is unknown; write n-way, en-xx, all-pairs"),
        ("en-xx", "fra_Latn", "sets: en-xx needs fra_Latn; the corpus has eng_Latn, deu_Latn"),
        ([("eng_Latn", "fra_Latn")], "eng_Latn", "is no pair of two of the languages"),
        ([("eng_Latn", "eng_Latn")], "eng_Latn", "is no pair of two of the languages"),
        ([("eng_Latn", "deu_Latn", "tel_Telu")], "eng_Latn", "is no pair of two of the languages"),
    ],
)
def test_unknown_sets_are_refused(sets, center, message):
    with pytest.raises(TrainingError, match=message):
        language_sets(sets, LANGUAGES, center=center)


def test_sets_are_pairs_of_the_corpus():
    assert language_sets("en-xx", LANGUAGES, center="tel_Telu") == [
        ("tel_Telu", "eng_Latn"),
        ("tel_Telu", "deu_Latn"),
        ("tel_Telu", "swh_Latn"),
    ]
    assert len(ALL_PAIRS) == 6
    assert language_sets([["deu_Latn", "swh_Latn"]], LANGUAGES, center="eng_Latn") == [("deu_Latn", "swh_Latn")]
