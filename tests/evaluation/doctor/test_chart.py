import numpy as np
import pytest

from interlingua.evaluation.doctor.chart import Chart, exactly, mean_of, ratio


def test_a_ratio_is_that_of_sums_and_its_interval_covers():
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(200):
        below = rng.integers(5, 30, size=80)
        above = rng.binomial(below, 0.3)
        found = ratio(above, below)
        assert found.value == pytest.approx(sum(above.tolist()) / sum(below.tolist()))
        inside += found.low <= 0.3 <= found.high
    assert 180 <= inside <= 199


def test_nothing_divides_by_nothing():
    assert np.isnan(ratio([0, 0], [0, 0]).value)
    assert ratio([0.0], [3.0]).low == 0


def test_a_mean_with_a_missing_member_is_undefined():
    assert mean_of([exactly(1.0, n=2), exactly(2.0, n=3)]).value == 1.5
    assert mean_of([exactly(1.0, n=2), exactly(np.nan, n=3)]).note == "undefined, 1 of 2 present"
    assert np.isnan(mean_of([]).value)


def test_numbers_are_found_by_what_they_speak_of():
    chart = Chart("data:x")
    chart.add("m", exactly(1.0, n=1), task="t")
    chart.add("m", exactly(2.0, n=1), ["eng_Latn"], task="t")
    chart.add("m", exactly(3.0, n=1), ["eng_Latn", "deu_Latn"], task="t")
    assert chart.one("m").value == 1
    assert chart.one("other") is None
    assert {k: s.value for k, s in chart.by_language("m").items()} == {"eng_Latn": 2}
    assert {k: s.value for k, s in chart.by_pair("m").items()} == {("eng_Latn", "deu_Latn"): 3}
    assert chart.scores[0].task == "doctor:t"
    assert chart.scores[0].signature == "data:x"
