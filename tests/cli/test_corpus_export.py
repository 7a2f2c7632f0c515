"""``corpus overlap``, ``export`` and ``card`` on the command line."""

import json

import pytest

from interlingua.cli.app import main
from interlingua.corpus import write_corpus
from interlingua.types import Row


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERLINGUA_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("INTERLINGUA_DATA", raising=False)


def run(capsys, *words):
    code = main(["corpus", *map(str, words)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.fixture
def planted(tmp_path):
    rows = [
        Row(
            {"eng": "Who is going to pick up the twins, from school on Friday", "deu": "Etwas anderes."}, {"_id": "x7"}
        ),
        Row({"eng": "Nothing of the kind.", "deu": "Nichts dergleichen."}, {"_id": "x8"}),
    ]
    write_corpus(rows, tmp_path / "rows")
    return tmp_path / "rows"


def test_overlap_is_counted_by_set_and_language(planted, capsys):
    code, out, _ = run(capsys, "overlap", planted, "--with", "phrasebook")
    assert code == 0
    assert out.splitlines() == [
        "rows: 1 row of 2 overlap with evaluation sets (phrasebook 1)",
        f"compared: {planted} (all rows) with phrasebook (dev, test)",
        "phrasebook: eng_Latn 1; rows x7",
    ]
    found = json.loads(run(capsys, "overlap", planted, "--json")[1])
    assert (found["dropped"], found["cells"], found["sample"]) == (
        1,
        {"phrasebook": {"eng_Latn": 1}},
        {"phrasebook": ["x7"]},
    )
    assert "tatoeba" in found["missing"]
    assert found["compared"] == {"data": str(planted), "splits": [], "with": {"phrasebook": ["dev", "test"]}}
    for word in ("phrasbook", "phrasbook/dev"):
        code, _, err = run(capsys, "overlap", planted, "--with", word)
        assert code != 0
        assert f"did you mean {word.replace('phras', 'phrase')}?" in err


def test_overlap_says_which_splits_were_compared(planted, capsys):
    _, out, err = run(capsys, "overlap", "phrasebook", "--with", f"phrasebook,{planted}")
    assert (
        out.splitlines()[1]
        == f"compared: phrasebook (dev, test, train) with phrasebook (dev, test), {planted} (all rows)"
    )
    assert err.splitlines()[-1] == "hint: rows of phrasebook are compared with themselves (dev, test); --split train?"
    _, out, err = run(capsys, "overlap", "phrasebook", "-s", "train", "--with", "phrasebook/dev")
    assert out.splitlines() == [
        "phrasebook/train: 0 rows of 600 overlap with evaluation sets",
        "compared: phrasebook (train) with phrasebook/dev",
    ]
    assert "hint" not in err


def test_export_writes_what_is_asked_for(planted, tmp_path, capsys):
    code, out, _ = run(capsys, "export", planted, tmp_path / "out", "--format", "pairs", "--names", "anchor")
    assert (code, out) == (0, f"{tmp_path / 'out'}: 2 pairs in 3 files\n")
    facts = json.loads(run(capsys, "export", planted, tmp_path / "t.tsv", "-f", "tsv", "--json")[1])
    assert facts == {"path": str(tmp_path / "t.tsv"), "rows": 2, "changed": 0, "files": None}
    code, _, err = run(capsys, "export", planted, tmp_path / "out")
    assert code != 0
    assert "exists already" in err
    assert run(capsys, "export", planted, tmp_path / "o", "--format", "arrow")[0] != 0
    assert run(capsys, "export", planted, tmp_path / "o", "--names", "left")[0] != 0
    assert run(capsys, "export", planted, tmp_path / "o", "--pairs", "en-xx")[0] != 0
    for words in (("--pairs", "en:de"), ("--names", "anchor")):
        code, _, err = run(capsys, "export", planted, tmp_path / "o", *words)
        assert (code, "datasets has no pairs; say --format pairs" in " ".join(err.split())) == (2, True)


@pytest.mark.parametrize("ending", ["tmx", "tsv", "jsonl", "TMX"])
def test_the_format_is_what_the_name_ends_in(planted, tmp_path, capsys, ending):
    for words, name in (((), "by-name"), (("-f", ending.lower()), "by-word")):
        assert run(capsys, "export", planted, tmp_path / f"{name}.{ending}", *words)[0] == 0
    assert (tmp_path / f"by-name.{ending}").read_bytes() == (tmp_path / f"by-word.{ending}").read_bytes()
    assert run(capsys, "export", planted, tmp_path / f"folder.{ending}", "-f", "datasets")[0] == 0
    assert (tmp_path / f"folder.{ending}").is_dir()


def test_what_a_table_cannot_hold_is_told(tmp_path, capsys):
    write_corpus([Row({"eng": "a\tb", "deu": "c"})], tmp_path / "rows")
    assert (
        "became spaces in 1 text; jsonl keeps them"
        in run(capsys, "export", tmp_path / "rows", tmp_path / "t.tsv", "-f", "tsv")[1]
    )


def test_a_card_is_printed_or_written(planted, tmp_path, capsys):
    _, out, _ = run(capsys, "card", planted)
    assert out.startswith("---\nlanguage:\n- en\n- de\n")
    assert run(capsys, "card", planted, "-o", tmp_path / "README.md")[:2] == (0, "")
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == out


def test_what_is_there_is_noticed_before_anything_is_read(planted, tmp_path, capsys, monkeypatch):
    (tmp_path / "there.txt").write_text("mine")
    monkeypatch.setattr("interlingua.corpus.open_corpus", None)  # whoever reads fails
    for words in (
        ("export", planted, tmp_path / "there.txt", "--format", "tmx"),
        ("card", planted, "-o", tmp_path / "there.txt"),
        ("clean", planted, tmp_path / "new", "--dropped", tmp_path / "there.txt"),
        ("clean", planted, tmp_path / "there.txt"),
        ("split", planted, tmp_path / "there.txt"),
        ("translate", planted, tmp_path / "there.txt", "--into", "spa"),
        ("join", tmp_path / "new", planted, "--coverage", tmp_path / "there.txt"),
    ):
        code, _, err = run(capsys, *words)
        assert (code, "exists already" in err) == (2, True), words
    assert (tmp_path / "there.txt").read_text() == "mine"
