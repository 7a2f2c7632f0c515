from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.samples import mean_sample, score_of
from interlingua.errors import FormatError
from interlingua.evaluation import compare, load_samples, load_scores, save_samples, scores_to_json
from interlingua.types import Sample


def hits(n, *, seed=0):
    return (np.random.default_rng(seed).random(n) < 0.7).astype(float)


def some_scores(*, seed=0):
    rng = np.random.default_rng(seed)
    there = mean_sample(hits(40, seed=seed))
    back = mean_sample(rng.random(40), units=rng.integers(-5, 1 << 40, size=40), languages=("deu_Latn", "eng_Latn"))
    ratio = Sample(statistic="ratio", items=rng.integers(1, 9, size=(20, 2)), units=np.arange(20))
    same = ("tel_Telu", "tel_Telu")
    ranks = Sample(
        statistic="spearman", items=rng.normal(size=(30, 2)), units=np.arange(30), languages=("tel_Telu",) * 2
    )
    return [
        score_of(there),
        score_of(back, languages=("deu_Latn", "eng_Latn")),
        score_of(there, back, metric="mean_accuracy"),
        score_of(ratio, task="words:invented", metric="precision"),
        score_of(ranks, task="sts:invented", metric="spearman", languages=same),
        replace(score_of(there), task="without", samples=()),
    ]


def equal(one, other):
    return (
        (one.statistic, one.languages) == (other.statistic, other.languages)
        and np.array_equal(one.items, other.items)
        and np.array_equal(one.units, other.units)
    )


def test_samples_come_back_as_they_were(tmp_path):
    before, after = some_scores(), some_scores(seed=1)
    save_samples(tmp_path / "samples.parquet", before=before, after=after)
    (tmp_path / "scores.json").write_text(scores_to_json(before=before, after=after), encoding="utf-8")
    loaded = load_samples(tmp_path / "samples.parquet", **load_scores(tmp_path / "scores.json"))
    for name, scores in (("before", before), ("after", after)):
        for one, other in zip(loaded[name], scores, strict=True):
            assert one.as_dict() == other.as_dict()
            assert len(one.samples) == len(other.samples)
            assert all(equal(*both) for both in zip(one.samples, other.samples, strict=True))
    assert loaded["after"][0].samples[0] is loaded["after"][2].samples[0], "shared samples are read once"
    assert compare(loaded["after"][:1], loaded["before"][:1]) == compare(after[:1], before[:1])
    assert not list(tmp_path.glob("*.partial"))


def test_it_is_small(tmp_path):
    rng = np.random.default_rng(0)
    languages = [f"l{i}" for i in range(100)]
    samples = [mean_sample((rng.random(1000) < 0.8), languages=("eng_Latn", language)) for language in languages]
    scores = [score_of(one, languages=one.languages) for one in samples]
    path = tmp_path / "samples.parquet"
    save_samples(path, after=[*scores, score_of(*samples, metric="macro_accuracy")])
    assert path.stat().st_size < 100_000


def test_some_groups_and_no_scores_will_do(tmp_path):
    path = tmp_path / "samples.parquet"
    save_samples(path, before=some_scores(), after=[])
    assert load_samples(path, after=[]) == {"after": []}
    assert not load_samples(path, other=some_scores())["other"][0].samples, "a group that was not saved has none"
    save_samples(path)
    assert not load_samples(path, before=some_scores())["before"][0].samples


def test_samples_of_other_scores_are_refused(tmp_path):
    path = tmp_path / "samples.parquet"
    scores = some_scores()
    save_samples(path, after=scores)
    with pytest.raises(FormatError, match=r"belongs to other scores: after says that retrieval:invented accuracy"):
        load_samples(path, after=[replace(scores[0], value=0.123)])


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "samples.parquet"
    with pytest.raises(FormatError, match="cannot be read as samples"):
        load_samples(path)
    path.write_bytes(b"PAR1 or not")
    with pytest.raises(FormatError, match="cannot be read as samples"):
        load_samples(path)
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(FormatError, match="is not a file of samples: its columns are a"):
        load_samples(path)


def test_a_damaged_sample_is_named(tmp_path):
    path = tmp_path / "samples.parquet"
    save_samples(path, after=some_scores()[:1])
    table = pq.read_table(path)
    broken = table.set_column(2, table.schema.field("units"), [pa.array([[1, 2]], table.schema.field("units").type)])
    pq.write_table(broken, path)
    with pytest.raises(FormatError, match="sample 0 is damaged"):
        load_samples(path)
