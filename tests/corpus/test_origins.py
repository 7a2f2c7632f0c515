"""What a source tells of where its rows are from, and that it goes on with them."""

import pytest

from interlingua.corpus import Corpus, join_corpus, open_corpus, write_corpus
from interlingua.corpus.building import build_corpus
from interlingua.corpus.composition import composition_of
from interlingua.corpus.exporting import export_corpus
from interlingua.corpus.origins import name_of_rows, told_sources, united
from interlingua.errors import CorpusError
from interlingua.types import Row

SOURCES = [
    {"source": "people.tsv", "licence": "CC-BY-4.0", "citation": "Someone (2020)."},
    {"source": "loom eng>swh", "licence": "CC0-1.0", "model": "loom", "cells": 1, "texts_of": {"people.tsv": 1}},
]


@pytest.fixture
def corpus(tmp_path):
    rows = [
        Row({"eng": "One.", "deu": "Eins."}, {"_id": "a", "_source": "people.tsv"}),
        Row({"eng": "Two.", "swh": "Mbili."}, {"_id": "b", "_source:swh_Latn": "loom eng>swh"}),
    ]
    return write_corpus(rows, tmp_path / "rows", card={"sources": SOURCES})


@pytest.fixture
def memory(corpus, tmp_path):
    export_corpus(corpus, tmp_path / "memory.tmx", to="tmx")
    return tmp_path / "memory.tmx"


def test_a_folder_and_a_memory_tell_their_sources(corpus, memory, tmp_path):
    assert told_sources(tmp_path / "rows") == told_sources(memory) == SOURCES
    assert told_sources("phrasebook") == told_sources(tmp_path) == told_sources("nowhere") == []


def test_they_go_on_with_the_rows(corpus, memory, tmp_path):
    before = composition_of(corpus)
    assert before.models == {"loom": 1}
    (tmp_path / "b.tsv").write_text("en\tsw\nThree.\tTatu.\n")
    one = build_corpus([str(memory)], tmp_path / "one")
    assert one.card["sources"] == SOURCES
    assert open_corpus(memory).card["sources"] == SOURCES
    assert composition_of(one).as_dict() | {"sources": {}} == before.as_dict() | {"sources": {}}
    for first in (memory, tmp_path / "rows"):
        both = build_corpus([str(first), str(tmp_path / "b.tsv")], tmp_path / "both", overwrite=True)
        assert both.card["sources"] == [*SOURCES, {"source": "b.tsv"}]
        assert both.ids() == [f"{first.name}:a", f"{first.name}:b", "b.tsv:2"]
        assert both.values("_source") == ["people.tsv", "people.tsv", "b.tsv"]
        assert composition_of(both).licences == {"CC-BY-4.0": 3, "unknown": 2, "CC0-1.0": 1}
    joined = join_corpus([memory, tmp_path / "b.tsv"], tmp_path / "joined").corpus
    assert composition_of(joined).licences == {"CC-BY-4.0": 3, "unknown": 2, "CC0-1.0": 1}
    assert [one["source"] for one in joined.card["sources"]] == ["people.tsv", "loom eng>swh", "b.tsv"]


def test_records_of_one_name_become_one():
    assert united([SOURCES[1], SOURCES[0], SOURCES[1]]) == [
        {**SOURCES[1], "cells": 2, "texts_of": {"people.tsv": 2}},
        SOURCES[0],
    ]
    with pytest.raises(CorpusError, match=r"called people\.tsv, one with the licence CC-BY-4\.0, one with MIT; rename"):
        united([SOURCES[0], {"source": "people.tsv", "licence": "MIT"}])


def test_rows_that_tell_no_source_have_the_one_that_people_wrote():
    assert name_of_rows(SOURCES, "rows") == "people.tsv"
    assert name_of_rows([*SOURCES, {"source": "other"}], "rows") == "rows"


def test_rows_in_memory_have_a_card():
    assert Corpus.from_rows([Row({"eng": "One."})], card={"sources": SOURCES}).card["sources"] == SOURCES
    assert Corpus.from_rows([Row({"eng": "One."})]).card == {}
