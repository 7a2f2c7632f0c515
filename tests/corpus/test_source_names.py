import pytest

from interlingua.corpus import write_corpus
from interlingua.corpus.source_names import named_apart
from interlingua.types import Row


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (["a/x.tmx", "b/y.tmx"], ["x.tmx", "y.tmx"]),
        (["a/x.tmx", "b/x.tmx"], ["a/x.tmx", "b/x.tmx"]),
        (["a/x.tmx", "./a/x.tmx"], ["x.tmx", "x.tmx"]),
        (["1/a/x.tmx", "2/a/x.tmx", "b/x.tmx", "y.tmx"], ["1/a/x.tmx", "2/a/x.tmx", "b/x.tmx", "y.tmx"]),
        (["a/z.zip::p/x.tsv", "b/z.zip::p/x.tsv", "b/z.zip::q"], ["a/z.zip::p/x.tsv", "b/z.zip::p/x.tsv", "z.zip::q"]),
        (["phrasebook", "data/phrasebook"], ["phrasebook", "data/phrasebook"]),
        (["eng=a/x.en deu=a/x.de", "eng=b/x.en deu=b/x.de"], ["eng=a/x.en deu=a/x.de", "eng=b/x.en deu=b/x.de"]),
    ],
)
def test_sources_of_one_name_are_told_apart_by_the_end_of_their_paths(sources, names):
    assert [record.source for record in named_apart(sources)] == names


def test_names_of_others_are_avoided():
    assert [record.source for record in named_apart(["a/x.tmx", "a/y.tmx"], taken=["x.tmx"])] == ["a/x.tmx", "y.tmx"]


def test_the_working_folder_counts(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert [record.source for record in named_apart(["x.tmx", "../there/x.tmx"])] == ["here/x.tmx", "there/x.tmx"]


def test_what_the_catalog_knows_stays():
    assert named_apart(["phrasebook"])[0].licence == "CC0-1.0"


def test_names_in_the_card_of_another_source_are_avoided(tmp_path):
    card = {"sources": [{"source": "x.tmx"}, {"source": "rows"}]}
    write_corpus([Row({"eng": "One.", "deu": "Eins."})], tmp_path / "rows", card=card)
    names = [record.source for record in named_apart([tmp_path / "rows", "a/x.tmx", "a/y.tmx"])]
    assert names == ["rows", "a/x.tmx", "y.tmx"]
