import json

import pytest
from typer.testing import CliRunner

from interlingua.cli.corpus import app
from interlingua.corpus import Corpus
from interlingua.corpus.building import grouped
from interlingua.errors import CorpusError, FormatError, LanguageError, OutputError


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "a.en").write_text("The tap drips.\nA crow calls.\nWho was it?\n")
    (tmp_path / "a.de").write_text("Der Hahn tropft.\nEine Krähe ruft.\n \n")
    (tmp_path / "b.tsv").write_text("id\ten\tsw\nk1\tBread and salt.\tMkate na chumvi.\n")
    return tmp_path


def call(*words):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def build(folder, *more):
    return call("build", folder / "out", f"eng={folder}/a.en", f"deu={folder}/a.de", *more)


def test_build(sources):
    result = build(sources)
    assert result.exit_code == 0
    assert result.stdout.endswith("out: 3 rows in eng_Latn, deu_Latn\n")
    assert Corpus.open(sources / "out").texts("deu") == ["Der Hahn tropft.", "Eine Krähe ruft.", None]


def test_build_from_several_sources(sources):
    result = build(sources, sources / "b.tsv", "--rename", "id=_id", "--json")
    facts = json.loads(result.stdout)
    corpus = Corpus.open(sources / "out")
    assert (facts["rows"], facts["languages"]) == (4, ["eng_Latn", "deu_Latn", "swh_Latn"])
    assert facts["fingerprint"] == corpus.fingerprint
    assert corpus.ids()[-1] == "b.tsv:k1"
    assert corpus.values("_source")[-1] == "b.tsv"
    assert len(corpus.card["sources"]) == 2


def test_sources_of_one_name_are_told_apart(sources):
    for place in ("x", "y"):
        (sources / place).mkdir()
        (sources / place / "b.tsv").write_text(f"en\tsw\nBread {place}.\tMkate {place}.\n")
    call("build", sources / "out", sources / "x/b.tsv", sources / "y/b.tsv", sources / "b.tsv", "--rename", "id=_id")
    corpus = Corpus.open(sources / "out")
    here = f"{sources.name}/b.tsv"
    assert corpus.values("_source") == ["x/b.tsv", "y/b.tsv", here]
    assert [one["source"] for one in corpus.card["sources"]] == ["x/b.tsv", "y/b.tsv", here]


def test_build_refuses_and_leaves_nothing(sources):
    (sources / "a.de").write_text("Nur eine Zeile.\n")
    with pytest.raises(FormatError, match="ends after 1 line but"):
        build(sources)
    assert not (sources / "out").exists()
    (sources / "c.tsv").write_text("en\tde\nOne field\n")
    with pytest.raises(FormatError, match="line 2"):
        call("build", sources / "out", sources / "c.tsv", "--strict")
    with pytest.raises(CorpusError, match="no file or folder"):
        call("build", sources / "out", sources / "nowhere.tmx")
    assert not (sources / "out").exists()


def test_overwrite(sources):
    build(sources)
    with pytest.raises(OutputError, match="--overwrite"):
        build(sources)
    assert build(sources, "--overwrite").exit_code == 0


def test_columns_and_wrong_rename(sources):
    (sources / "c.tsv").write_text("One.\tMoja.\n")
    assert call("build", sources / "out", sources / "c.tsv", "--columns", "en,sw").exit_code == 0
    result = call("peek", sources / "b.tsv", "--rename", "id")
    assert result.exit_code == 2
    assert "COLUMN=MEANING" in result.stderr


def test_stats(sources):
    build(sources)
    lines = call("stats", sources / "out").stdout.splitlines()
    assert lines[0] == "out: 3 rows, 2 languages"
    assert lines[3].split()[:4] == ["deu_Latn", "German", "2", "66.7%"]
    found = json.loads(call("stats", sources / "out", "-l", "de,en", "--json").stdout)
    assert list(found["languages"]) == ["deu_Latn", "eng_Latn"]
    assert found["languages"]["eng_Latn"]["cells"] == 3


def test_split(sources):
    (sources / "many.tsv").write_text("en\tsw\n" + "".join(f"Line {i}.\tMstari {i}.\n" for i in range(200)))
    call("split", sources / "many.tsv", sources / "out", "--dev", 0.2, "--test", 0.3)
    corpus = Corpus.open(sources / "out")
    sizes = [len(corpus.select(split=split)) for split in ("train", "dev", "test")]
    assert sum(sizes) == 200
    assert sizes == [pytest.approx(size, abs=25) for size in (100, 40, 60)]
    assert corpus.card["history"] == [{"step": "split", "dev": 0.2, "test": 0.3, "seed": 0}]
    assert len(call("peek", sources / "out", "-n", 500, "-s", "dev", "--json").stdout.splitlines()) == sizes[1]


def test_rows_that_have_a_split_keep_it_and_that_is_told(sources):
    (sources / "some.tsv").write_text("en\tsw\t_split\nTea.\tChai.\ttest\nRain.\tMvua.\t\n")
    told = call("split", sources / "some.tsv", sources / "out", "--dev", 0, "--test", 0).stderr
    assert (
        "\n1 of 2 rows had a split already and kept it; to split anew, add --rename _split=_old_split\n" in f"\n{told}"
    )
    assert Corpus.open(sources / "out").values("_split") == ["test", "train"]
    assert Corpus.open(sources / "out").card["history"][-1]["rows_that_had_one"] == 1
    assert "all 2 rows had a split already" in call("split", sources / "out", sources / "again").stderr
    anew = ("--dev", 0, "--test", 0, "--rename", "_split=_old_split")
    assert "split" not in call("split", sources / "out", sources / "anew", *anew).stderr
    assert Corpus.open(sources / "anew").values("_split") == ["train", "train"]


def test_grouping(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a=b.tsv").write_text("x")
    assert grouped(["a=b.tsv", "en=my file.en", "de=x.de", "en=y", "fr=z"]) == [
        "a=b.tsv",
        "en='my file.en' de=x.de",
        "en=y fr=z",
    ]
    assert grouped(["en=a de=b", "en=c"]) == ["en=a de=b", "en=c"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["eng=a.en", "eng=a.de"], "a.en and a.de are both given as eng"),
        (["eng=a.en", "deu=a.de", "deu=a.fr"], "a.de and a.fr are both given as deu"),
        (["eng=a.en", "eng=b.en", "deu=b.de"], "a.en and b.en are both given as eng.*eng-2=b.en"),
    ],
)
def test_two_files_on_one_language_are_refused(sources, words, told):
    with pytest.raises(LanguageError, match=told):
        call("build", sources / "out", *words)
    assert not (sources / "out").exists()


def test_a_folder_that_is_called_as_a_set(sources, monkeypatch):
    monkeypatch.chdir(sources)
    told = "hint: ntrex alone means the set of the catalog; ./ntrex is this folder\n"
    assert told in call("build", "ntrex", "b.tsv", "--rename", "id=_id").stderr
    assert "./ntrex" not in call("build", "other", "b.tsv", "--rename", "id=_id").stderr
