import numpy as np
import pytest

from interlingua.evaluation.doctor.hubs import hubness, near_others


def test_hubness_is_that_of_a_naive_count():
    chosen = np.random.default_rng(0).integers(0, 12, size=(30, 4))
    counts = [sum(int(one == candidate) for row in chosen for one in row) for candidate in range(15)]
    mean = sum(counts) / 15
    spread = (sum((c - mean) ** 2 for c in counts) / 15) ** 0.5
    found = hubness(chosen, candidates=15)
    assert found.skewness == pytest.approx(sum((c - mean) ** 3 for c in counts) / 15 / spread**3)
    assert found.antihubs == counts.count(0) / 15
    assert found.largest == max(counts) / 30


def test_candidates_that_are_chosen_equally_often_have_no_skewness():
    assert np.isnan(hubness(np.arange(4)[:, None], candidates=4).skewness)


def test_neighbours_leave_out_the_text_itself_even_among_copies():
    vectors = np.array([[1.0, 0], [1, 0], [1, 0], [0, 1], [0.1, 1]])
    found, cosines = near_others(vectors, k=2)
    assert not (found == np.arange(5)[:, None]).any()
    assert found[3].tolist()[0] == 4
    assert cosines[0].tolist() == [1.0, 1.0]
    assert near_others(vectors, k=9)[0].shape == (5, 4)
