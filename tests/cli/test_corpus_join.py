import json

import pytest
from typer.testing import CliRunner

from interlingua.cli.corpus import app
from interlingua.corpus import Corpus


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "a.en").write_text("The tap drips.\nA crow calls.\n", encoding="utf-8")
    (tmp_path / "a.de").write_text("Der Hahn tropft.\nEine Krähe ruft.\n", encoding="utf-8")
    (tmp_path / "b.tsv").write_text("en\tsw\t_score\nthe  tap drips.\tBomba linadondoka.\t0.5\n", encoding="utf-8")
    return [f"eng={tmp_path}/a.en", f"deu={tmp_path}/a.de", tmp_path / "b.tsv"]


def join(folder, *words):
    return CliRunner().invoke(app, ["join", str(folder / "out"), *map(str, words)], catch_exceptions=False)


def test_join(sources, tmp_path):
    result = join(tmp_path, *sources, "--licence", "b.tsv=CC0-1.0", "--coverage", tmp_path / "c.svg")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["before", "after"]
    assert "swh_Latn  Swahili" in result.stdout
    assert "3 rows read" in lines
    assert lines[-1].endswith("out: 2 rows in eng_Latn, deu_Latn, swh_Latn")
    corpus = Corpus.open(tmp_path / "out")
    assert sorted(map(len, (row.texts for row in corpus.rows()))) == [2, 3]
    assert {one["source"]: one.get("licence") for one in corpus.card["sources"]}["b.tsv"] == "CC0-1.0"
    assert "after: 2 rows, 3 of 3 pairs" in (tmp_path / "c.svg").read_text(encoding="utf-8")


def test_join_as_json_with_every_option(sources, tmp_path):
    options = (
        "--pivot en --conflicts best --ignore-punctuation --pivot-only --min-cells 3 --most 9 --memory 60MB --threads 1"
    )
    answer = json.loads(join(tmp_path, *sources, *options.split(), "--json").stdout)
    assert (answer["rows"], answer["counts"]["rows_of_too_few_cells"]) == (1, 1)
    assert answer["after"]["pairs"] == {"eng_Latn-deu_Latn": 1, "eng_Latn-swh_Latn": 1, "deu_Latn-swh_Latn": 1}
    assert answer["before"]["languages"] == {"eng_Latn": 3, "deu_Latn": 2, "swh_Latn": 1}
    assert answer["fingerprint"] == Corpus.open(tmp_path / "out").fingerprint


def test_a_licence_without_source(sources, tmp_path):
    result = CliRunner().invoke(app, ["join", str(tmp_path / "out"), str(sources[-1]), "--licence", "CC0-1.0"])
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()
