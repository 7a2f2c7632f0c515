"""Pairs of premise and hypothesis in XNLI's layouts and in files of one's own."""

import json
import logging

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interlingua.corpus import read_inference
from interlingua.errors import CorpusError, FormatError

XNLI = "\t".join(
    [
        *("language", "gold_label", "sentence1_binary_parse", "sentence2_binary_parse", "sentence1_parse"),
        *("sentence2_parse", "sentence1", "sentence2", "promptID", "pairID", "genre", "label1", "label2", "label3"),
        *("label4", "label5", "sentence1_tokenized", "sentence2_tokenized", "match"),
    ]
)


def xnli_line(language, label, premise, hypothesis, pair):
    votes = [label] * 5
    return "\t".join([language, label, *[""] * 4, premise, hypothesis, "1", pair, "fiction", *votes, "", "", "True"])


def test_the_layout_of_xnli(tmp_path):
    path = tmp_path / "xnli.test.tsv"
    lines = [
        XNLI,
        xnli_line("de", "neutral", 'Er sagte: "Ja.', "Er sprach.", "7"),
        xnli_line("de", "entailment", "Es regnet.", "Es ist nass.", "8"),
        xnli_line("en", "neutral", 'He said: "Yes.', "He spoke.", "7"),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    german, english = read_inference(path)
    assert (german.language, english.language, german.name) == ("deu_Latn", "eng_Latn", "xnli.test")
    assert german.premises == ['Er sagte: "Ja.', "Es regnet."]
    assert (german.labels, german.ids, english.ids) == (["neutral", "entailment"], ["7", "8"], ["7"])
    assert [one.language for one in read_inference(path, languages=["en", "de"])] == ["eng_Latn", "deu_Latn"]
    with pytest.raises(CorpusError, match="has no fra_Latn; its languages are deu_Latn, eng_Latn"):
        read_inference(path, languages=["fr"])


def test_the_layout_of_its_training_part(tmp_path, caplog):
    path = tmp_path / "multinli.train.en.tsv"
    lines = [
        "premise\thypo\tlabel",
        "It rains.\tIt is dry.\tcontradictory",
        "It rains.\tIt is wet.\tentailment",
        "One.\t\tneutral",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        (pairs,) = read_inference(path, language="eng")
    assert (pairs.language, pairs.name) == ("eng_Latn", "multinli.train.en")
    assert pairs.labels == ["contradiction", "entailment"]
    assert "1 fault left out: line 4: the hypothesis is missing" in caplog.text
    with pytest.raises(CorpusError, match="does not say its language; give it, as language=eng"):
        read_inference(path)


def test_the_layout_of_multinli(tmp_path, caplog):
    path = tmp_path / "multinli.jsonl"
    records = [
        {"gold_label": label, "sentence1": "a", "sentence2": "b", "pairID": f"{i}n", "annotator_labels": []}
        for i, label in enumerate(["neutral", "-", "contradiction"])
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    with caplog.at_level(logging.INFO):
        (pairs,) = read_inference(path, language="en")
    assert (pairs.labels, pairs.ids) == (["neutral", "contradiction"], ["0n", "2n"])
    assert "1 pair without a gold label left out" in caplog.text


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl", "parquet"])
def test_files_of_ones_own(tmp_path, kind):
    records = [
        {"premise": "a", "hypothesis": "b", "label": 0, "language": "en"},
        {"premise": "c", "hypothesis": "d", "label": 2, "language": "sw"},
    ]
    path = tmp_path / f"mine.{kind}"
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(records), path)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    else:
        mark = "\t" if kind == "tsv" else ","
        lines = [mark.join(records[0]), *(mark.join(map(str, record.values())) for record in records)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    english, swahili = read_inference(path)
    assert (english.labels, swahili.labels) == (["entailment"], ["contradiction"])
    assert (swahili.language, swahili.premises, swahili.hypotheses, len(swahili)) == ("swh_Latn", ["c"], ["d"], 1)
    assert english.fingerprint != swahili.fingerprint


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("premise\tlabel\na\tb\n", "has no column hypothesis or hypo or sentence2; its columns are premise, label"),
        ("", "has no column premise or sentence1; its columns are none"),
        ("premise\thypothesis\tlabel\n", "holds no pairs"),
        ("premise\thypothesis\tlabel\na\tb\n", "holds no pairs"),
    ],
)
def test_bad_files_say_what(tmp_path, content, told):
    path = tmp_path / "bad.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError, match=told):
        read_inference(path, language="en")
