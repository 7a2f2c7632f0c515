import json

import pytest

from evaluation.doctor.patients import healthy
from interlingua.cli.app import main


@pytest.fixture
def loaded(monkeypatch):
    calls = []

    def load(spec, **settings):
        calls.append((spec, settings))
        return healthy()

    monkeypatch.setattr("interlingua.encoder.load_encoder", load)
    return calls


def test_a_page_goes_to_stdout(loaded, capsys):
    assert main(["doctor", "m", "-d", "phrasebook", "-s", "test", "-l", "en,de,sw", "--max-length", "64"]) == 0
    out, _ = capsys.readouterr()
    assert out.startswith("healthy on phrasebook/test: 170 rows, 3 languages\n\nNothing to complain about.\n")
    assert [line.split()[0] for line in out.splitlines()[-3:]] == ["eng_Latn", "deu_Latn", "swh_Latn"]
    assert loaded == [("m", {"pooling": None, "max_length": 64, "prefix": None})]


def test_json_has_everything(loaded, capsys, monkeypatch):
    monkeypatch.delenv("INTERLINGUA_DATA", raising=False)
    words = ["doctor", "m", "-d", "phrasebook", "-s", "test", "-l", "en,de", "--pairs", "en-xx", "--json"]
    words += ["--base", "b", "--teacher", "t", "--train", "phrasebook", "--train-split", "test"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert [advice["diagnosis"] for advice in found["advice"]] == ["contamination"]
    assert found["advice"][0]["value"] == 1.0
    assert {"found", "neighbours_kept", "norm_ratio", "seen_pairs"} <= {score["metric"] for score in found["scores"]}
    assert [spec for spec, _ in loaded] == ["m", "b", "t"]


def test_pairs_that_are_asked_for_must_be_there(loaded, capsys, monkeypatch):
    monkeypatch.delenv("INTERLINGUA_DATA", raising=False)
    assert main(["doctor", "m", "-d", "phrasebook", "--base", "b", "--sts", "stsb"]) == 2
    assert "stsb needs INTERLINGUA_DATA" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.data
def test_similarity_is_asked_where_it_is_at_hand(data_root, loaded, capsys):
    words = ["doctor", "m", "-d", "phrasebook", "-s", "dev", "-l", "en,de", "--base", "b", "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    changes = [score for score in found["scores"] if score["metric"] == "sts_change"]
    assert [(score["languages"], score["value"]) for score in changes] == [(["eng_Latn"], 0.0), (["deu_Latn"], 0.0)]
