import json

import pytest
from typer.testing import CliRunner

from interlingua.cli.corpus import app
from interlingua.corpus import Corpus, write_corpus
from interlingua.errors import CorpusError
from interlingua.types import Row


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


def test_sources_of_one_name_are_told_apart(tmp_path):
    for place, code in (("x", "de"), ("y", "sw")):
        (tmp_path / place).mkdir()
        (tmp_path / place / "news.tsv").write_text(f"en\t{code}\nThe tap drips.\t{place}\n")
    result = join(tmp_path, tmp_path / "x/news.tsv", tmp_path / "y/news.tsv", "--licence", "x/news.tsv=CC0-1.0")
    corpus = Corpus.open(tmp_path / "out")
    assert next(corpus.rows()).meta["_source:swh_Latn"] == "y/news.tsv"
    assert corpus.card["sources"] == [{"source": "x/news.tsv", "licence": "CC0-1.0"}, {"source": "y/news.tsv"}]
    assert result.stderr.splitlines()[-1] == (
        "hint: no licence is known of y/news.tsv; --licence y/news.tsv=CC-BY-4.0, for example, tells it"
    )


def test_languages_that_a_rename_would_bring_together(sources, tmp_path):
    (tmp_path / "us.tsv").write_text("en_US\tfr\nThe tap drips.\tLe robinet goutte.\n")
    (tmp_path / "none.tsv").write_text("de\tsw\nDer Hahn tropft.\tBomba linadondoka.\n")
    more = [*sources, tmp_path / "us.tsv", tmp_path / "none.tsv"]
    told = join(tmp_path, *more).stderr
    assert "of us.tsv) and eng_Latn (of eng=" in told
    assert "b.tsv) are two languages; --rename en_US=eng makes them one\n" in told
    assert "hint: no row of none.tsv has eng_Latn to join by, so none meets another source's\n" in told
    mended = json.loads(join(tmp_path, *more, "--overwrite", "--rename", "en_US=eng", "--json").stdout)
    assert "fra_Latn-swh_Latn" in mended["after"]["pairs"]
    assert [hint[:18] for hint in mended["hints"]] == ["no row of none.tsv", "no licence is know"]


def test_nothing_to_join_by_but_a_region(tmp_path):
    (tmp_path / "us.tsv").write_text("en-US\tfr\nThe tap drips.\tLe robinet goutte.\n")
    with pytest.raises(CorpusError, match=r"no row of 1 row has eng_Latn .*eng_Latn-US is another column.*en-US=eng"):
        join(tmp_path, tmp_path / "us.tsv")


def test_placeholders(tmp_path):
    (tmp_path / "a.tsv").write_text("en\tde\n&Save %s\t%s &sichern\nQuit\t%d\n")
    write_corpus([Row({"eng": "Save {0}", "swa": "Hifadhi {0}"})], tmp_path / "b")
    join(tmp_path, tmp_path / "a.tsv", tmp_path / "b", "--placeholders", "drop")
    rows = [dict(row.texts) for row in Corpus.open(tmp_path / "out").rows()]
    assert rows == [{"eng_Latn": "Save", "deu_Latn": "sichern", "swh_Latn": "Hifadhi"}]


def test_a_column_of_a_table_is_no_language_of_catalogs(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "id.po").write_text('msgid "The tap drips."\nmsgstr "Keran menetes."\n')
    (tmp_path / "a.tsv").write_text("id\tEnglish\tsw\nk1\tThe tap drips.\tBomba linadondoka.\n")
    join(tmp_path, tmp_path / "shop", tmp_path / "a.tsv", "--rename", "id=_id", "--rename", "English=eng")
    (row,) = Corpus.open(tmp_path / "out").rows()
    assert set(row.texts) == {"eng_Latn", "ind_Latn", "swh_Latn"}
