import json

import pytest

from interlingua.corpus import write_corpus
from interlingua.corpus.renaming import columns_of, renames_of
from interlingua.errors import CorpusError
from interlingua.types import Row

RENAME = {"en-US": "eng", "id": "_id"}
SPELLING = {"en-US": "eng"}


@pytest.fixture
def sources(write, tmp_path):
    write_corpus([Row({"eng-US": "One.", "deu": "Eins."})], tmp_path / "rows")
    return [write("a.tsv", "id\ten-US\tde\n1\tYes.\tJa.\n"), tmp_path / "rows", write("b.tmx", "<tmx/>")]


def test_each_source_is_asked_for_what_it_has(sources):
    assert columns_of(sources[1])[-2:] == ["eng_Latn-US", "deu_Latn"]
    assert columns_of(sources[2]) is None
    assert renames_of(["phrasebook", *sources], RENAME) == [{}, RENAME, {}, SPELLING]
    assert renames_of(["eng=a.en deu=a.de", *sources[:1]], RENAME) == [{}, RENAME]
    assert renames_of(sources, None) == [None] * 3


@pytest.mark.parametrize("name", ["b.tmx", "b.xliff", "de.po", "x.de-en.tsv", "software:django", "catalogs", "b.zip"])
def test_columns_of_a_table_are_not_looked_for_among_languages(write, tmp_path, name):
    (tmp_path / "catalogs").mkdir()
    write("b.zip", "none")
    other = name if ":" in name else write(name, "Yes.\tJa.\n") if "." in name else tmp_path / name
    table = write("a.tsv", "id\tEnglish\tde\n1\tYes.\tJa.\n")
    words = {"id": "_id", "English": "eng", "en-US": "eng", "Deutsch": "deu"}
    assert renames_of([table, other], words) == [
        {"id": "_id", "English": "eng"},
        {"en-US": "eng", "Deutsch": "deu"},
    ]


def test_keys_may_come_late(write):
    early, late = (write(name, json.dumps(keys) + "\n") for name, keys in (("a.jsonl", {"id": "1"}), ("b.jsonl", {})))
    memory = write("c.tmx", "<tmx/>")
    words = {"id": "_id", "English": "eng"}
    assert renames_of([early, memory], words) == [words, {"English": "eng"}]
    assert renames_of([late, memory], words) == [words, {"English": "eng"}]


def test_what_nobody_has_is_an_error(sources):
    with pytest.raises(
        CorpusError, match=r"no source has a column en-GB to rename; their columns are id, en-US, de, _id"
    ):
        renames_of(sources[:2], {"en-GB": "eng", "id": "_id"})
    with pytest.raises(CorpusError, match="their columns are none that can be renamed"):
        renames_of(["phrasebook", "phrasebook"], {"en-GB": "eng"})


def test_what_one_source_alone_has_is_told_where_it_is_read(sources):
    assert renames_of(sources[:1], {"x": "eng"}) == [{"x": "eng"}]


def test_files_without_header_and_files_that_cannot_be_read(write):
    assert columns_of(write("c.tsv", "Yes.\tJa.\n"), columns=["a", "b"]) == ["a", "b"]
    assert columns_of("nowhere.tsv") is None
    assert columns_of(write("d.parquet", "none")) is None
    assert columns_of(write("e.jsonl", '{"en": "Yes."}')) is None  # a key may come late
