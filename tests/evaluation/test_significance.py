import json
import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from evaluation.samples import mean_sample, score_of
from evaluation.test_resampling import all_weights
from interlingua.errors import EvaluationError
from interlingua.evaluation import compare
from interlingua.evaluation.significance import holm
from interlingua.types import Sample


def hits(n, share, *, seed=0):
    return (np.random.default_rng(seed).random(n) < share).astype(float)


def with_flips(values, share, *, seed=1):
    rng = np.random.default_rng(seed)
    return np.where(rng.random(len(values)) < share, 1 - values, values)


def pair_of_scores(n=60):
    before = hits(n, 0.5)
    return score_of(mean_sample(with_flips(before, 0.3))), score_of(mean_sample(before))


def test_interval_and_p_are_those_of_a_naive_loop():
    ours, theirs = pair_of_scores()
    (found,) = compare([ours], [theirs], draws=300, seed=5)
    a, b = ours.samples[0].items[:, 0], theirs.samples[0].items[:, 0]
    differences = []
    for column in all_weights(60, 300, seed=5).T:
        rows = [i for i, count in enumerate(column.astype(int)) for _ in range(count)]
        differences.append(sum(a[i] - b[i] for i in rows) / len(rows))
    extreme = sum(abs(d - found.difference) >= abs(found.difference) - 1e-9 for d in differences)
    assert found.difference == pytest.approx(ours.value - theirs.value)
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(differences, [2.5, 97.5])))
    assert found.p == found.adjusted == pytest.approx((1 + extreme) / 301)
    assert (found.n, found.draws, found.note) == (60, 300, "")


def test_the_other_way_round_is_the_negative():
    ours, theirs = pair_of_scores()
    (one,), (other,) = compare([ours], [theirs]), compare([theirs], [ours])
    assert (one.difference, one.low, one.high) == pytest.approx((-other.difference, -other.high, -other.low))
    assert one.p == other.p


def test_identical_encoders_are_the_same():
    ours, _ = pair_of_scores()
    (found,) = compare([ours], [ours])
    assert (found.verdict, found.p, found.difference, found.low, found.high) == ("same", 1.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(("higher", "verdict"), [(True, "better"), (False, "worse")])
def test_a_planted_difference_is_found(higher, verdict):
    before = hits(800, 0.6)
    after = np.maximum(before, hits(800, 0.1, seed=3))
    ours, theirs = (score_of(mean_sample(values), higher_is_better=higher) for values in (after, before))
    (found,) = compare([ours], [theirs])
    assert found.verdict == verdict
    assert found.low > 0
    assert 0 < found.p < 0.01


def test_pairing_finds_what_two_intervals_hide():
    before = hits(1000, 0.7)
    after = before.copy()
    after[np.flatnonzero(before == 0)[:12]] = 1
    (found,) = compare([score_of(mean_sample(after))], [score_of(mean_sample(before))])
    assert found.difference == pytest.approx(0.012)
    assert found.verdict == "better"


@pytest.mark.slow
def test_coverage_is_about_right():
    rng = np.random.default_rng(11)
    covered = false = 0
    trials = 300
    for trial in range(trials):
        meaning = rng.random(200)
        a, b = (np.abs(meaning - rng.random(200)) < 0.5 for _ in range(2))
        (found,) = compare([score_of(mean_sample(a))], [score_of(mean_sample(b))], draws=400, seed=trial)
        covered += found.low <= 0 <= found.high
        false += found.p < 0.05
    assert 0.90 <= covered / trials <= 0.985
    assert 0.02 <= false / trials <= 0.09


def test_units_that_samples_share_are_drawn_together():
    before = hits(300, 0.5)
    after = with_flips(before, 0.2)
    single = compare([score_of(mean_sample(after))], [score_of(mean_sample(before))])[0]
    both = compare(
        [score_of(mean_sample(after), mean_sample(after))], [score_of(mean_sample(before), mean_sample(before))]
    )[0]
    apart = compare(
        [score_of(mean_sample(after), mean_sample(after, units=np.arange(300, 600)))],
        [score_of(mean_sample(before), mean_sample(before, units=np.arange(300, 600)))],
    )[0]
    assert (single.low, single.high) == pytest.approx((both.low, both.high))
    assert apart.high - apart.low < 0.85 * (single.high - single.low)


def test_holm_is_that_of_a_naive_loop():
    rng = np.random.default_rng(0)
    for _ in range(20):
        p = rng.random(7) ** 3
        expected = np.empty(7)
        for i in range(7):
            earlier = [j for j in range(7) if p[j] <= p[i]]
            expected[i] = max(min(1, p[j] * sum(p[k] >= p[j] for k in range(7))) for j in earlier)
        assert_allclose(holm(p), expected)
    assert_allclose(holm([0.02, math.nan, 0.01]), [0.02, math.nan, 0.02])


def test_headlines_and_metrics_are_families_of_their_own():
    before = hits(400, 0.5)
    after = np.maximum(before, hits(400, 0.03, seed=4))
    noise = with_flips(before, 0.3)

    def scores(good, other):
        singles = [score_of(mean_sample(good if i == 0 else other), languages=("eng_Latn", f"l{i}")) for i in range(30)]
        return [*singles, score_of(mean_sample(good), metric="macro_accuracy")]

    *singles, macro = compare(scores(after, noise), scores(before, before))
    assert macro.adjusted == macro.p, "the headline is alone in its family"
    assert singles[0].adjusted == pytest.approx(min(1, 30 * singles[0].p))
    assert macro.draws == 2400, "30 scores of one metric need more draws than 2,000"


def first_four(values):
    return dict(list(values.items())[:4])


def test_the_mean_over_languages_also_has_their_interval():
    rng = np.random.default_rng(1)
    before = {f"l{i}": hits(100, 0.5, seed=i) for i in range(8)}
    after = {language: with_flips(values, rng.random() / 2) for language, values in before.items()}

    def macro(values):
        return score_of(*(mean_sample(one, languages=("eng_Latn", language)) for language, one in values.items()))

    (found,) = compare([macro(after)], [macro(before)])
    per_language = [np.mean(after[language]) - np.mean(before[language]) for language in before]
    drawn = all_weights(8, 2000, seed=0)
    expected = np.percentile(np.array(per_language) @ drawn / 8, [2.5, 97.5])
    assert (found.low_languages, found.high_languages) == pytest.approx(tuple(expected))
    (few,) = compare([macro(first_four(after))], [macro(first_four(before))])
    assert math.isnan(few.low_languages)


def test_rank_correlations_are_compared_on_the_same_gold():
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 6, size=400).astype(float)

    def sts(noise, *, gold=gold):
        items = np.stack([gold, gold + noise * rng.normal(size=400)], axis=1)
        return score_of(
            Sample(statistic="spearman", items=items, units=np.arange(400), languages=("eng_Latn", "eng_Latn")),
            metric="spearman",
        )

    (found,) = compare([sts(1.0)], [sts(2.0)])
    assert found.verdict == "better"
    assert 0 < found.low < found.difference < found.high
    with pytest.raises(EvaluationError, match="measured on different items"):
        compare([sts(1.0)], [sts(1.0, gold=gold[::-1].copy())])


def test_scores_without_samples_have_a_difference_only():
    ours, theirs = pair_of_scores()
    (found,) = compare([replace(ours, samples=())], [theirs])
    assert found.difference == ours.value - theirs.value
    assert math.isnan(found.low)
    assert math.isnan(found.p)
    assert (found.verdict, found.note) == (
        "undefined",
        "no interval: the items that it was computed from are not known",
    )


def test_few_units_undefined_values_and_absent_scores_are_undefined():
    few = score_of(mean_sample([0, 1, 1]))
    ours, _ = pair_of_scores()
    broken = replace(ours, metric="b", value=math.nan, note="undefined: the gold scores are constant")
    alone = replace(ours, metric="c")
    found = compare([few, broken, alone], [few, broken, replace(ours, metric="d")])
    assert [one.verdict for one in found] == ["undefined"] * 4
    assert [one.note for one in found] == [
        "no interval: it needs 10 units, there are 3",
        "undefined: the gold scores are constant",
        "undefined: the second side has no such score",
        "undefined: the first side has no such score",
    ]


def test_other_conditions_are_refused():
    ours, theirs = pair_of_scores()
    signature = "data:1|split:dev|match:text|encoder:a|version:1"
    ours = replace(ours, signature=signature)
    compare([ours], [replace(theirs, signature="data:1|split:dev|match:text|encoder:b|version:2")])
    with pytest.raises(EvaluationError, match=r"different conditions: match text against index; evaluate both"):
        compare([ours], [replace(theirs, signature=signature.replace("text", "index"))])
    with pytest.raises(EvaluationError, match="split dev against absent"):
        compare([ours], [replace(theirs, signature=signature.replace("split:dev|", ""))])
    with pytest.raises(EvaluationError, match="one is an error rate"):
        compare([ours], [replace(theirs, signature=signature, higher_is_better=False)])


def test_other_items_are_refused():
    ours, theirs = pair_of_scores()
    with pytest.raises(EvaluationError, match="1 samples on one side, 2 on the other"):
        compare([ours], [replace(theirs, samples=theirs.samples * 2)])
    with pytest.raises(EvaluationError, match=r"different items \(60 and 59\)"):
        compare([ours], [score_of(mean_sample(hits(59, 0.5)))])
    moved = mean_sample(theirs.samples[0].items, units=np.arange(1, 61))
    with pytest.raises(EvaluationError, match="different items"):
        compare([ours], [score_of(moved)])


def test_nothing_in_common_twice_the_same_and_odd_settings_are_refused():
    ours, theirs = pair_of_scores()
    with pytest.raises(EvaluationError, match="no task in common"):
        compare([ours], [replace(theirs, task="other")])
    with pytest.raises(EvaluationError, match="eng_Latn deu_Latn stands twice"):
        compare([ours, ours], [theirs])
    for settings in ({"draws": 9}, {"level": 1.0}):
        with pytest.raises(EvaluationError, match="give 100 draws or more"):
            compare([ours], [theirs], **settings)


def test_as_json():
    ours, theirs = pair_of_scores()
    (found,) = compare([replace(ours, samples=())], [theirs])
    document = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert (document["low"], document["languages"], document["verdict"]) == (
        None,
        ["eng_Latn", "deu_Latn"],
        "undefined",
    )
