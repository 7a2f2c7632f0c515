"""Queries, passages and judgements from folders in BEIR's layout, and from the catalog."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interlingua.corpus import open_search_set
from interlingua.errors import CorpusError, FormatError

CORPUS = [
    {"_id": "d1", "title": "Kettles", "text": "Water boils."},
    {"_id": "d2", "title": "", "text": "Snow falls."},
    {"_id": "d3", "text": "Dogs bark."},
]
QUERIES = [{"_id": "q1", "text": "What boils?"}, {"_id": "q2", "text": "What barks?"}]
QRELS = [("q1", "d1", 2), ("q1", "d2", 0), ("q2", "d3", 1)]


def write(folder, *, corpus=CORPUS, queries=QUERIES, qrels=QRELS, split="test"):
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    for name, records in (("corpus", corpus), ("queries", queries)):
        content = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(content, encoding="utf-8")
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in qrels)]
    (folder / "qrels" / f"{split}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(folder)


def judged(data):
    return [(data.queries.texts[i], data.passages.texts[j], grade) for i, j, grade in data.judgements.tolist()]


def test_a_folder_of_beir(tmp_path):
    data = open_search_set(write(tmp_path / "kitchen"))
    assert data.name == "kitchen/test"
    assert data.passages.ids == ["d1", "d2", "d3"]
    assert data.passages.texts == ["Kettles Water boils.", "Snow falls.", "Dogs bark."]
    assert data.queries.languages == [None, None]
    assert judged(data) == [
        ("What boils?", "Kettles Water boils.", 2),
        ("What boils?", "Snow falls.", 0),
        ("What barks?", "Dogs bark.", 1),
    ]
    assert open_search_set(str(tmp_path / "kitchen"), languages=["en"]).passages.languages == ["eng_Latn"] * 3


def test_texts_with_their_language(tmp_path):
    corpus = [{**one, "language": "de" if one["_id"] == "d2" else "en"} for one in CORPUS]
    queries = [{**one, "language": "en"} for one in QUERIES]
    folder = write(tmp_path / "kitchen", corpus=corpus, queries=queries)
    assert open_search_set(folder).passages.languages == ["eng_Latn", "deu_Latn", "eng_Latn"]
    english = open_search_set(folder, languages=["eng"])
    assert english.passages.ids == ["d1", "d3"]
    assert [grade for _, _, grade in judged(english)] == [2, 1]
    with pytest.raises(CorpusError, match="kitchen/test has no queries in these languages"):
        open_search_set(folder, languages=["de"])


def test_texts_of_one_id_in_two_languages_translate_each_other(tmp_path):
    corpus = [{**one, "language": code, "text": f"{code} {one['text']}"} for code in ("en", "de") for one in CORPUS]
    queries = [{**one, "language": code} for code in ("en", "de") for one in QUERIES]
    data = open_search_set(write(tmp_path / "kitchen", corpus=corpus, queries=queries))
    assert len(data.judgements) == 4 * len(QRELS)


@pytest.mark.parametrize("parallel", [False, True])
def test_folders_by_language(tmp_path, parallel):
    write(tmp_path / "kitchen" / "eng")
    write(tmp_path / "kitchen" / "de", corpus=[{**one, "text": f"de {one['text']}"} for one in CORPUS])
    data = open_search_set(str(tmp_path / "kitchen"), parallel=parallel)
    assert sorted(set(data.passages.languages)) == ["deu_Latn", "eng_Latn"]
    assert len(data.judgements) == (4 if parallel else 2) * len(QRELS)
    languages = {(data.queries.languages[i], data.passages.languages[j]) for i, j, _ in data.judgements.tolist()}
    assert len(languages) == (4 if parallel else 2)
    assert open_search_set(str(tmp_path / "kitchen"), languages=["de"]).passages.languages == ["deu_Latn"] * 3
    with pytest.raises(CorpusError, match="has no folder for fra_Latn; it has deu_Latn, eng_Latn"):
        open_search_set(str(tmp_path / "kitchen"), languages=["fr"])


def test_splits_of_judgements(tmp_path):
    folder = write(tmp_path / "kitchen", split="dev")
    assert open_search_set(folder).name == "kitchen/dev"
    write(tmp_path / "kitchen", split="train", qrels=QRELS[:1])
    assert len(open_search_set(folder, split="train").judgements) == 1
    with pytest.raises(CorpusError, match=r"has no qrels/test.tsv; its splits: dev, train"):
        open_search_set(folder)


def test_compressed_files(tmp_path):
    folder = tmp_path / "kitchen"
    write(folder)
    for name in ("corpus.jsonl", "queries.jsonl"):
        content = (folder / name).read_bytes()
        (folder / name).unlink()
        (folder / f"{name}.gz").write_bytes(gzip.compress(content))
    assert len(open_search_set(str(folder)).passages) == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"qrels": [*QRELS, ("q1", "d9", 1)]},
            r"test.tsv, line 5: judges passage d9, which is not there; leave it out",
        ),
        ({"qrels": [("q7", "d1", 1)]}, "line 2: judges query q7, which is not there"),
        ({"qrels": [("q1", "d1", "high")]}, "line 2: the score 'high' is no whole number"),
        ({"corpus": [*CORPUS, CORPUS[0]]}, r"corpus.jsonl, line 4: _id d1 comes a second time"),
        ({"queries": [{"_id": "q1"}]}, r"queries.jsonl, line 1: _id or text is missing"),
        ({"queries": [["q1", "text"]]}, r"queries.jsonl, line 1: list instead of an object"),
        ({"queries": [{"_id": "q1", "text": "a", "language": "xyzzy"}]}, r"queries.jsonl, line 1: .*xyzzy"),
    ],
)
def test_bad_folders_say_what_and_where(tmp_path, change, told):
    with pytest.raises(FormatError, match=told):
        open_search_set(write(tmp_path / "kitchen", **change))


def test_a_text_without_language_among_several(tmp_path):
    folder = write(tmp_path / "kitchen", queries=[{**QUERIES[0], "language": "en"}, QUERIES[1]])
    with pytest.raises(FormatError, match="line 2: the language is missing"):
        open_search_set(folder, languages=["en", "de"])


def test_what_is_not_there(tmp_path):
    with pytest.raises(
        CorpusError, match="nothing is neither a folder nor a set of the catalog with queries; those are xquad"
    ):
        open_search_set("nothing")
    with pytest.raises(CorpusError, match="ntrex has no queries; xquad have"):
        open_search_set("ntrex")
    with pytest.raises(CorpusError, match=r"has no corpus.jsonl, and no folder by language"):
        open_search_set(str(tmp_path))
    folder = write(tmp_path / "kitchen")
    (tmp_path / "kitchen" / "queries.jsonl").unlink()
    with pytest.raises(CorpusError, match=r"has no queries.jsonl; a folder to search in has corpus.jsonl"):
        open_search_set(folder)


def test_xquad(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERLINGUA_DATA", str(tmp_path))
    (tmp_path / "xquad").mkdir()
    paragraphs = {"para_id": ["a", "b"], "split": ["dev"] * 2, "eng": ["Snow.", "Rain."], "zho": ["雪。", "雨。"]}
    questions = {"id": ["1"], "split": ["dev"], "para_id": ["b"], "eng": ["Wet?"], "zho": ["湿？"]}
    for language in ("eng", "arb", "deu", "spa", "hin", "ron", "rus", "tur", "vie", "zho"):
        questions[f"answer_{language}"] = ["x"]
    pq.write_table(pa.table(paragraphs), tmp_path / "xquad" / "paragraphs.parquet")
    pq.write_table(pa.table(questions), tmp_path / "xquad" / "questions.parquet")
    data = open_search_set("xquad", split="dev")
    assert data.name == "xquad/dev"
    assert sorted(judged(data)) == [
        ("Wet?", "Rain.", 1),
        ("Wet?", "雨。", 1),
        ("湿？", "Rain.", 1),
        ("湿？", "雨。", 1),
    ]
    assert open_search_set("xquad", languages=["zh"]).passages.texts == ["雪。", "雨。"]


@pytest.mark.data
def test_xquad_of_the_data_pack(data_root):
    data = open_search_set("xquad")
    assert (len(data.queries), len(data.passages), len(data.judgements)) == (6320, 1200, 63200)
