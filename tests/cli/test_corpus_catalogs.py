"""``corpus build`` and ``corpus stats`` on catalogs of gettext."""

import json

import pytest
from typer.testing import CliRunner

from catalogs import Message, header, po
from interlingua.cli.corpus import app
from interlingua.corpus import Corpus


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "locale"
    folder.mkdir()
    (folder / "de.po").write_bytes(po(header(), Message("_Open %s", "%s ö_ffnen"), Message("<b>tea</b>", "Tee")))
    (folder / "ja.po").write_bytes(po(header(), Message("_Open %s", "%sを開く(_O)")))
    return folder


def test_build_with_placeholders(tree, tmp_path):
    kept = run("build", tmp_path / "kept", tree, "--json")
    assert json.loads(kept.stdout)["languages"] == ["eng_Latn", "deu_Latn", "jpn_Jpan"]
    assert [dict(row.texts) for row in Corpus.open(tmp_path / "kept").rows()] == [
        {"deu_Latn": "%s ö_ffnen", "eng_Latn": "_Open %s", "jpn_Jpan": "%sを開く(_O)"},
        {"deu_Latn": "Tee", "eng_Latn": "<b>tea</b>"},
    ]
    assert run("build", tmp_path / "plain", tree, "--placeholders", "normalise").exit_code == 0
    assert [dict(row.texts) for row in Corpus.open(tmp_path / "plain").rows()] == [
        {"deu_Latn": "{} ö_ffnen", "eng_Latn": "Open {}", "jpn_Jpan": "{}を開く"},
        {"deu_Latn": "Tee", "eng_Latn": "tea"},
    ]


def test_the_source_language_is_named_as_a_column(tree, tmp_path):
    run("build", tmp_path / "out", tree / "de.po", "--rename", "msgid=fra", "--rename", "de=deu-x-b")
    assert Corpus.open(tmp_path / "out").languages == ("fra_Latn", "deu_Latn-x-b")


def test_stats_of_a_tree(tree):
    facts = json.loads(run("stats", tree, "--json").stdout)
    assert facts["rows"] == 2
