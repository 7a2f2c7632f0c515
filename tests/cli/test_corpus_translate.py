import json
import re

import pytest
from typer.testing import CliRunner

from interlingua.cli.corpus import app
from interlingua.corpus import Corpus
from interlingua.errors import CorpusError

REVERSE = "command:rev"
MARK = "command:sed s/^/{source2}>{target2}:/"


@pytest.fixture
def rows(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERLINGUA_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "rows.tsv"
    path.write_text("_id\ten\tde\nk1\tThe tap drips.\tDer Hahn tropft.\nk2\tA crow calls.\t\nk3\t\tNur Deutsch.\n")
    return path


def call(*words, code=0):
    result = CliRunner().invoke(app, ["translate", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == code, result.stderr
    return result


def test_translate(rows, tmp_path):
    rows.write_text("_id\ten\tde\n1\tThe tap drips.\tDer Hahn tropft.\n2\tA crow calls over the roofs.\t\n3\t\tWas?\n")
    said = call(rows, tmp_path / "out", "--into", "de,fr", "--with", MARK)
    assert said.stdout.endswith("out: 3 rows in eng_Latn, deu_Latn, fra_Latn\n")
    filled = Corpus.open(tmp_path / "out")
    # The German of the second row is a copy of its English and passes no gate.
    assert filled.texts("deu") == ["Der Hahn tropft.", None, "Was?"]
    faults = filled.card["history"][-1]["rules"]
    assert sum(rule.get("faulted", {}).get("deu_Latn", 0) for rule in faults) == 1


def test_without_gates_and_from_several_languages(rows, tmp_path):
    call(rows, tmp_path / "out", "--into", "fr", "--from", "en,de", "--with", MARK, "--no-gates", "--licence", "MIT")
    filled = Corpus.open(tmp_path / "out")
    assert filled.texts("fra") == ["en>fr:The tap drips.", "en>fr:A crow calls.", "de>fr:Nur Deutsch."]
    assert filled.values("_source:fra_Latn") == [f"{MARK[8:]} eng_Latn>fra_Latn"] * 2 + [
        f"{MARK[8:]} deu_Latn>fra_Latn"
    ]
    assert {one["licence"] for one in filled.card["sources"] if "model" in one} == {"MIT"}


def test_gates_are_rules_of_cleaning(rows, tmp_path):
    call(rows, tmp_path / "out", "--into", "fr", "--with", REVERSE, "--gate", "length:max=13")
    assert Corpus.open(tmp_path / "out").texts("fra") == [None, ".sllac worc A", None]
    with pytest.raises(CorpusError, match="there is no rule 'lenght'; did you mean length"):
        call(rows, tmp_path / "other", "--into", "fr", "--with", REVERSE, "--gate", "lenght")
    with pytest.raises(CorpusError, match="tidy changes texts and is no gate"):
        call(rows, tmp_path / "other", "--into", "fr", "--with", REVERSE, "--gate", "tidy")


def test_replace_and_overwrite(rows, tmp_path):
    words = (rows, tmp_path / "out", "--into", "de", "--with", REVERSE, "--no-gates")
    call(*words)
    call(*words, "--overwrite", "--replace")
    assert Corpus.open(tmp_path / "out").texts("deu") == [".spird pat ehT", ".sllac worc A", "Nur Deutsch."]


def test_a_plan_writes_nothing(rows, tmp_path):
    words = (rows, "--into", "de,fr", "--with", MARK, "--plan")
    lines = call(*words).stdout.splitlines()
    assert re.fullmatch(re.escape(f"3 rows, {MARK[8:]}") + r" \(licence: unknown\), \d+ s in all", lines[0])
    assert [line.split()[:5] for line in lines[2:]] == [
        ["deu_Latn", "-", "1", "0", "13"],
        ["fra_Latn", "-", "2", "0", "27"],
    ]
    assert not (tmp_path / "cache").exists()
    call(rows, tmp_path / "out", "--into", "fr", "--with", MARK)
    plan = json.loads(call(*words, "--json").stdout)
    assert plan["languages"]["fra_Latn"] | {"seconds": 0} == {
        "route": ["eng_Latn", "fra_Latn"],
        "cells": 2,
        "known": 2,
        "characters": 0,
        "seconds": 0,
    }
    assert (plan["rows"], plan["translator"]) == (3, MARK[8:])


def test_wrong_words(rows, tmp_path):
    assert "name the languages to fill" in call(rows, tmp_path / "out", code=2).stderr
    assert "or give --plan" in call(rows, "--into", "fr", code=2).stderr
    assert "--set: beam is not key=value" in call(rows, "--into", "fr", "--plan", "--set", "beam", code=2).stderr
    with pytest.raises(CorpusError, match="there is no translator 'nlb:x'; write apertium"):
        call(rows, tmp_path / "out", "--into", "fr", "--with", "nlb:x")
    with pytest.raises(CorpusError, match=r"seq2seq has no setting beams; did you mean beam\?"):
        call(rows, tmp_path / "out", "--into", "fr", "--with", "seq2seq:x", "--set", "beams=1")
    with pytest.raises(CorpusError, match="there is no translator 'seq2seq'"):
        call(rows, tmp_path / "out", "--into", "fr", "--with", "seq2seq")


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("timeout=soon", "command: timeout must be a number, not 'soon'"),
        ("timeout=0", "timeout is 0; give the seconds that a program may take"),
        ("timeout=.nan", "timeout is nan; give the seconds"),
        ("timeout=.inf", "timeout is inf; give the seconds"),
        ("licence=3", "command: licence must be text, not 3"),
        ("name=3", "command: name must be text, not 3"),
    ],
)
def test_settings_of_the_wrong_kind(rows, tmp_path, setting, told):
    with pytest.raises(CorpusError) as caught:
        call(rows, tmp_path / "out", "--into", "fr", "--with", "command:cat", "--set", setting)
    assert told in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("setting", "told"), [("pair=5", "two languages, as eng-deu"), ("pair=[eng]", "two languages")]
)
def test_a_pair_that_is_none(rows, setting, told):
    with pytest.raises(CorpusError, match=f"opus-mt: pair must be {told}"):
        call(rows, "--into", "fr", "--plan", "--with", "opus-mt:x", "--set", setting)


def test_a_value_that_is_not_yaml(rows):
    assert "the value is not YAML" in call(rows, "--into", "fr", "--plan", "--set", "via=[", code=2).stderr


def test_the_option_wins_over_the_setting(rows):
    words = ["--with", "command:cat", "--set", "licence=A", "--licence", "CC0-1.0"]
    assert "(licence: CC0-1.0)" in call(rows, "--into", "fr", "--plan", *words).stdout
