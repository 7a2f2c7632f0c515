import json

import numpy as np
import pytest
from typer.testing import CliRunner

from interlingua.cli.corpus import app
from interlingua.corpus import Corpus
from interlingua.errors import CorpusError


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "raw.tsv"
    lines = (
        "en\tde\tfr",
        "The tap drips all night.\tDer Hahn tropft die ganze Nacht.\tLe robinet goutte toute la nuit.",
        "A crow calls over there.\tA crow calls over there.\tUn corbeau appelle là-bas.",
        "Who was it?\t<p>Wer war es?</p>\t",
        "Bread and salt.\tBrot und Salz.\t<i>Pain</i> et sel.",
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def call(*words):
    return CliRunner().invoke(app, ["clean", *map(str, words)], catch_exceptions=False)


def test_the_default_chain(data, tmp_path):
    result = call(data, tmp_path / "out", "--dropped", tmp_path / "gone.jsonl")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "4 rows in, 3 out (75.0%); 11 cells in, 7 out (63.6%)"
    assert [" ".join(line.split()) for line in lines if line.startswith(("markup", "identical"))] == [
        "markup 1 3 deu_Latn 1, fra_Latn 1",
        "identical 0 1 deu_Latn 1",
    ]
    assert lines[-2:] == [
        f"{tmp_path / 'gone.jsonl'}: 4 dropped cells",
        f"{tmp_path / 'out'}: 3 rows in eng_Latn, deu_Latn, fra_Latn",
    ]
    corpus = Corpus.open(tmp_path / "out")
    assert corpus.texts("deu") == ["Der Hahn tropft die ganze Nacht.", None, "Brot und Salz."]
    assert corpus.card["sources"] == [{"source": "raw.tsv"}]
    gone = [json.loads(line) for line in (tmp_path / "gone.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(one["row"], one["language"], one["rule"]) for one in gone] == [
        ("4", "deu_Latn", "markup"),
        ("4", "eng_Latn", "markup"),
        ("5", "fra_Latn", "markup"),
        ("3", "deu_Latn", "identical"),
    ]


def test_rules_alone_and_json(data, tmp_path):
    result = call(
        data, tmp_path / "out", "--rule", "length:unit=words,min=4", "-r", "markup", "--min-cells", 1, "--json"
    )
    facts = json.loads(result.stdout)
    assert [rule["rule"] for rule in facts["rules"]] == ["length:min=4,unit=words", "markup"]
    assert (facts["rows"], facts["kept_rows"]) == (4, 2)
    assert facts["fingerprint"] == Corpus.open(tmp_path / "out").fingerprint


def test_a_file_with_rules_and_what_the_command_line_adds(data, tmp_path):
    (tmp_path / "chain.yaml").write_text("pivots: [fr]\nmin_cells: 3\nrules: [markup]\n")
    result = call(
        data, tmp_path / "out", "--chain", tmp_path / "chain.yaml", "--rule", "identical:words=1", "--pivot", "de"
    )
    assert result.stdout.startswith("4 rows in, 1 out")
    assert "eng_Latn: the same as its deu_Latn" in result.stdout


def test_a_preset_with_rules_after_it(data, tmp_path):
    result = call(data, tmp_path / "out", "--preset", "default", "--rule", "cap:most=1", "--samples", 0, "--json")
    facts = json.loads(result.stdout)
    assert facts["rules"][-1]["rule"] == "cap:most=1"
    assert all(rule["samples"] == [] for rule in facts["rules"])


def test_a_rule_replaces_that_of_its_name_in_the_preset(data, tmp_path):
    words = ("--rule", "language:sure=0.8", "--rule", "cap:most=1", "--rule", "language:sure=0.7,languages=fr")
    facts = json.loads(call(data, tmp_path / "out", "--preset", "default", *words, "--json").stdout)
    rules = [rule["rule"] for rule in facts["rules"]]
    place = rules.index("language:sure=0.8")
    assert rules[place - 1 : place + 3] == [
        "script",
        "language:sure=0.8",
        "language:languages=fra_Latn,sure=0.7",
        "identical",
    ]
    assert rules[-2:] == ["duplicates", "cap:most=1"]


def test_nothing_left_says_which_rule_took_most(data, tmp_path):
    with pytest.raises(CorpusError) as caught:
        call(data, tmp_path / "out", "--rule", "markup", "--rule", "length:min=99", "--dropped", tmp_path / "gone")
    assert str(caught.value).startswith(
        "none of 4 rows is left; length:min=99 took 8 of 11 cells (as row 2, eng_Latn: "
    )
    assert list(tmp_path.iterdir()) == [data]


def test_a_language_without_a_cell_left_is_told_of(data, tmp_path, caplog):
    caplog.set_level("WARNING")
    call(data, tmp_path / "out", "--rule", "length:min=99,languages=fr")
    assert "no cell is left in fra_Latn (of 3)" in caplog.messages


def test_an_encoder_scores(data, tmp_path, monkeypatch):
    class Length:
        name, fingerprint = "length", "1"

        def encode(self, texts, *, language=None):
            angle = np.array([len(text) / 20 for text in texts], np.float32)
            return np.stack([np.cos(angle), np.sin(angle)], axis=1)

    monkeypatch.setattr("interlingua.encoder.load_encoder", lambda name, **_: Length())
    result = call(data, tmp_path / "out", "--rule", "similarity:model=toy,min=0.95")
    assert result.exit_code == 0
    assert "score 0.9" in result.stdout


def test_mistakes(data, tmp_path):
    with pytest.raises(CorpusError, match="did you mean length"):
        call(data, tmp_path / "out", "--rule", "lenght")
    assert call(data, tmp_path / "out", "--preset", "dap", "--chain", "x.yaml").exit_code == 2
    assert call(data, tmp_path / "out", "--rule", "similarity:min=0.5").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_the_list_needs_no_data():
    result = call("--rules")
    assert result.exit_code == 0
    assert "\nlength: Cells that are too short or too long.\n" in result.stdout
    assert "\npreset dap: " in result.stdout
