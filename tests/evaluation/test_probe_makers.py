import json

import pytest

from interlingua.errors import EvaluationError
from interlingua.evaluation import XNLI, Classification, Search, make_task


@pytest.fixture
def labelled(tmp_path):
    path = tmp_path / "mine.jsonl"
    records = [
        {"en": f"en {i}", "de": f"de {i}", "label": "ab"[i % 2], "split": ["train", "train", "dev", "test"][i % 4]}
        for i in range(40)
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return str(path)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "kitchen"
    (place / "qrels").mkdir(parents=True)
    for name, count in (("queries", 2), ("corpus", 3)):
        lines = [json.dumps({"_id": f"{name[0]}{i}", "text": f"text {i}", "language": "en"}) for i in range(count)]
        (place / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (place / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq0\tc1\t1\n", encoding="utf-8")
    return str(place)


def test_classification_trains_and_tests_on_splits(labelled):
    task = make_task("classification", labelled, draws=3, languages=["de"])
    assert isinstance(task, Classification)
    assert (task.name, task.draws, task.source) == ("classification:mine/test", 3, None)
    assert (len(task.train), len(task.test), task.test.languages) == (20, 10, ("deu_Latn",))
    assert make_task("classification", labelled, split="dev").name == "classification:mine/dev"


def test_transfer_adds_its_source(labelled):
    task = make_task("transfer", labelled, languages=["de"], name="mine")
    assert (task.name, task.source) == ("mine", "eng_Latn")
    assert task.test.languages == ("eng_Latn", "deu_Latn")
    assert make_task("transfer", labelled, source="de").source == "deu_Latn"


def test_rows_are_held_out_where_there_are_no_splits(labelled, tmp_path):
    task = make_task("classification", labelled, held_out=0.5)
    assert len(task.train) + len(task.test) == 40
    assert not set(task.train.texts["eng_Latn"]) & set(task.test.texts["eng_Latn"])
    plain = tmp_path / "plain.tsv"
    plain.write_text("en\tlabel\n" + "".join(f"t{i}\t{i % 2}\n" for i in range(9)), encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"no train rows to train on .* held_out=0.5, or .* train=FILE"):
        make_task("classification", str(plain))
    for clash in ("split", "train"):
        with pytest.raises(EvaluationError, match=f"held_out parts its rows; leave out {clash}"):
            make_task("classification", labelled, held_out=0.5, **{clash: "train"})


def test_training_rows_from_another_file(labelled, tmp_path):
    other = tmp_path / "other.tsv"
    other.write_text("en\tde\tlabel\n" + "".join(f"t{i}\tu{i}\t{'ab'[i % 2]}\n" for i in range(12)), encoding="utf-8")
    task = make_task("classification", labelled, train=str(other), split="dev")
    assert (len(task.train), len(task.test)) == (12, 10)
    assert len(make_task("classification", str(other), train=labelled).train) == 20


def test_search_takes_pools_and_prefixes(folder):
    task = make_task("search", folder, pools=["same"], query_prefix="query: ")
    assert isinstance(task, Search)
    assert (task.name, task.query_prefix, list(task.subsets)) == ("search:kitchen/test", "query: ", ["same"])
    with pytest.raises(EvaluationError, match="pools"):
        make_task("search", folder, pools=["all"])
    with pytest.raises(EvaluationError, match="search has no setting 'query_prefx'; did you mean query_prefix"):
        make_task("search", folder, query_prefx="q")


def test_xnli_trains_on_one_file_and_tests_on_another(tmp_path):
    train, test = tmp_path / "multinli.train.en.tsv", tmp_path / "xnli.test.tsv"
    train.write_text("premise\thypo\tlabel\na\tb\tcontradictory\nc\td\tneutral\ne\tf\tneutral\n", encoding="utf-8")
    lines = [f"{language}\tneutral\ta\tb" for language in ("en", "de", "sw")]
    test.write_text("\n".join(["language\tgold_label\tsentence1\tsentence2", *lines]), encoding="utf-8")
    task = make_task("xnli", str(test), train=str(train), languages=["de", "en"], epochs=1, max_rows=2)
    assert isinstance(task, XNLI)
    assert (task.name, task.train.language, len(task.train)) == ("xnli:xnli.test", "eng_Latn", 2)
    assert [one.language for one in task.test] == ["deu_Latn", "eng_Latn"]
    assert task.settings["epochs"] == 1


@pytest.mark.data
def test_intents_of_the_data_pack_are_parted(data_root):
    task = make_task("transfer", "xsid", held_out=0.5, languages=["da", "ja"])
    assert len(task.train) + len(task.test) == 300
    with pytest.raises(EvaluationError, match="xsid has no train rows"):
        make_task("transfer", "xsid")
