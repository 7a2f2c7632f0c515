import math

import numpy as np
import pytest

from interlingua.evaluation.doctor.chart import Chart, exactly
from interlingua.evaluation.doctor.rules import advise
from interlingua.evaluation.doctor.thresholds import THRESHOLDS
from interlingua.evaluation.metrics import Estimate


def chart(**metrics):
    made = Chart("")
    for metric, values in metrics.items():
        for language, value in values.items() if isinstance(values, dict) else [((), values)]:
            estimate = value if isinstance(value, Estimate) else exactly(value, n=500)
            made.add(metric, estimate, [language] if language else [], task="t")
    return made


def test_no_numbers_no_advice():
    assert advise(Chart("")) == []


@pytest.mark.parametrize("metric", [name for name in THRESHOLDS if not name.startswith("found_")])
def test_undefined_numbers_give_no_advice(metric):
    assert advise(chart(**{metric: math.nan})) == []
    assert advise(chart(**{metric: {"eng_Latn": math.nan}, "found": {"eng_Latn": math.nan}})) == []


def test_all_of_an_interval_must_lie_beyond_the_threshold():
    wide = Estimate(value=0.3, low=0.05, high=0.6, n=10)
    narrow = Estimate(value=0.3, low=0.25, high=0.35, n=1000)
    assert advise(chart(cut={"tel_Telu": wide})) == []
    assert [one.diagnosis for one in advise(chart(cut={"tel_Telu": narrow}))] == ["truncation"]


def test_the_severe_come_first_and_causes_before_what_follows():
    found = advise(chart(duplicate_rows=0.1, unknown={"tel_Telu": 0.05, "deu_Latn": 0.3}, cut={"tel_Telu": 0.2}))
    assert [one.diagnosis for one in found] == ["vocabulary", "duplicates", "truncation"]
    assert found[0].languages == ("deu_Latn", "tel_Telu")
    assert found[0].value == 0.3
    assert "German 30.0 %, Telugu 5.0 %" in found[0].text


def test_many_languages_are_counted():
    cut = {code: 0.9 - 0.01 * i for i, code in enumerate(["deu_Latn", "tel_Telu", "swh_Latn", "fra_Latn", "ita_Latn"])}
    (advice,) = advise(chart(cut=cut))
    assert "German 90.0 %, Telugu 89.0 %, Swahili 88.0 % and 2 more" in advice.text
    assert len(advice.languages) == 5


def test_an_encoder_of_one_language_is_told_so():
    languages = ("deu_Latn", "tel_Telu")
    numbers = {
        "found": {(): 0.2, "eng_Latn": 0.2, **dict.fromkeys(languages, 0.2)},
        "premium": {"deu_Latn": 1.7, "tel_Telu": 0.7},
        "unknown": {"eng_Latn": 0.0, "deu_Latn": 0.0, "tel_Telu": 0.8},
        "tokens_per_word": dict.fromkeys(("eng_Latn", *languages), 1.2),
    }
    found = {one.diagnosis: one for one in advise(chart(**numbers))}
    assert "its tokenizer was made for English alone" in found["few-found"].text
    assert found["few-found"].severe
    numbers["premium"] = {"deu_Latn": 1.1, "tel_Telu": 1.2}
    assert "alone" not in {one.diagnosis: one for one in advise(chart(**numbers))}["few-found"].text


def test_a_base_that_finds_nothing_cannot_be_forgotten():
    kept = {"neighbours_kept": {"eng_Latn": 0.05}}
    assert advise(chart(**kept, found_by_base={"eng_Latn": 0.1})) == []
    assert [one.diagnosis for one in advise(chart(**kept, found_by_base={"eng_Latn": 0.8}))] == ["forgetting"]
    judged = chart(**kept, found_by_base={"eng_Latn": 0.8}, sts_change={"eng_Latn": 0.01})
    assert advise(judged) == []


def test_every_threshold_says_why_and_severe_is_worse():
    for limit in THRESHOLDS.values():
        assert len(limit.why) > 20
        assert np.sign(limit.notable - limit.severe) in ((1, 0) if limit.below else (-1,))
