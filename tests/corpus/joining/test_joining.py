import json
import random
from collections import namedtuple

import pytest

from interlingua.corpus import Corpus, write_corpus
from interlingua.corpus.joining import CONFLICTS, join_corpus, joining, room, sorting
from interlingua.corpus.joining.sources import open_sources
from interlingua.corpus.named_sets import VARIABLE
from interlingua.corpus.provenance import cell_source, source_records
from interlingua.errors import CorpusError, FormatError, LanguageError, OutputError
from interlingua.types import Row

from .naive import joined as naive

ENGLISH = ["It rains.", "it  RAINS.", "Bread and salt.", "Who?", "Who", "Ｗho?", *(f"Line {i}." for i in range(9))]
OTHER = {"deu_Latn": "abc", "fra_Latn": "xyz", "swh_Latn": "mno", "spa_Latn": "u"}


def random_row(chance, split):
    languages = chance.sample(["eng_Latn", *OTHER], chance.choice([1, 2, 2, 2, 3, 5]))
    languages = ["eng_Latn", *languages] if chance.random() < 0.6 else languages
    texts = {code: chance.choice(ENGLISH if code == "eng_Latn" else list(OTHER[code])) for code in sorted(languages)}
    maybe = {
        "_source": "web",
        "_source:deu_Latn": "hand",
        "_score": chance.choice([0.25, 0.5, 1.0]),
        "_score:fra_Latn": 0.7,
    }
    meta = {name: value for name, value in maybe.items() if chance.random() < 0.3}
    return Row(texts, meta | ({"_split": chance.choice(["train", "dev", "test"])} if split else {}))


def random_sources(seed):
    chance = random.Random(seed)
    return [
        (f"s{number}", [random_row(chance, split=chance.random() < 0.5 * (seed % 2)) for _ in range(60)])
        for number in range(4)
    ]


def read(corpus):
    return {
        row.meta["_id"]: (dict(row.texts), {name: value for name, value in row.meta.items() if name != "_id"})
        for row in corpus.rows()
    }


def corpora(sources):
    return [Corpus.from_rows(rows, name=name) for name, rows in sources]


def pairs(name, language, *texts, **meta):
    return Corpus.from_rows([Row({"en": english, language: other}, dict(meta)) for english, other in texts], name=name)


@pytest.fixture
def sources():
    """German says two things of the rain, and French three."""
    german = pairs("g", "de", ("It rains.", "Es regnet."), ("it  rains.", "Regen."), ("Who?", "Wer?"))
    french = pairs("f", "fr", *(("It rains.", text) for text in ("Il pleut.", "La pluie.", "Il pleut.", "Pluie.")))
    return [german, french]


@pytest.mark.parametrize("conflicts", CONFLICTS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_equals_the_naive_join(tmp_path, conflicts, seed):
    chosen = {"conflicts": conflicts, "min_cells": 1 + seed, "pivot_only": seed == 1}
    wanted = naive(random_sources(seed), **chosen)
    found = join_corpus(corpora(random_sources(seed)), tmp_path / "out", threads=1 + seed % 2, **chosen)
    assert read(found.corpus) == wanted
    assert found.corpus.ids() == list(wanted)
    assert (found.before.rows, found.after.rows) == (240, len(wanted))
    assert found.after.together.diagonal().tolist() == [
        sum(code in texts for texts, _ in wanted.values()) for code in found.after.languages
    ]


def test_all_keeps_every_text_once(tmp_path, sources):
    rows = read(join_corpus(sources, tmp_path / "out").corpus)
    rain = [texts for texts, _ in rows.values() if texts["eng_Latn"] == "It rains."]
    assert rain == [
        {"eng_Latn": "It rains.", "deu_Latn": "Es regnet.", "fra_Latn": "Il pleut."},
        {"eng_Latn": "It rains.", "deu_Latn": "Regen.", "fra_Latn": "La pluie."},
        {"eng_Latn": "It rains.", "fra_Latn": "Pluie."},
    ]
    names = [name for name, (texts, _) in rows.items() if texts["eng_Latn"] == "It rains."]
    assert [name[32:] for name in names] == ["", "-2", "-3"]
    assert {name[:32] for name in names} == {names[0]}


def test_majority_best_and_first(tmp_path):
    sources = [
        pairs("a", "de", ("Yes.", "Jawohl."), ("Yes.", "Jawohl."), ("Yes.", "Jawohl."), _score=0.2),
        pairs("b", "de", ("Yes.", "Ja."), _score=0.4),
        pairs("c", "de", ("yes.", "Ja."), ("yes.", "Doch."), _score=0.9),
    ]
    found = {
        conflicts: join_corpus(sources, tmp_path / conflicts, conflicts=conflicts).corpus for conflicts in CONFLICTS[1:]
    }
    assert {name: corpus.texts("de") for name, corpus in found.items()} == {
        "majority": ["Ja."],
        "best": ["Ja."],
        "first": ["Jawohl."],
    }
    assert found["majority"].values("_score:deu_Latn") == [0.4]
    assert found["best"].values("_score:deu_Latn") == [0.9]
    assert found["best"].values("_source:deu_Latn") == ["c"]
    assert {tuple(corpus.texts("en")) for corpus in found.values()} == {("Yes.",)}
    sources[0], sources[1] = sources[1], sources[0]
    assert join_corpus(sources, tmp_path / "again", conflicts="first").corpus.texts("de") == ["Ja."]


@pytest.mark.parametrize("conflicts", ["majority", "best"])
def test_order_of_rows_within_a_source_decides_ties_alone(tmp_path, conflicts):
    """A text a language and source, a score a row: no ties within a source."""
    chance = random.Random(7)

    def rows(number):
        for i in range(60):
            other = chance.choice(["deu_Latn", "fra_Latn"])
            yield Row({"eng_Latn": f"Line {i}.", other: f"{number % 2}"}, {"_score": chance.random()})

    sources = [(f"s{number}", list(rows(number))) for number in range(3)]
    shuffled = [(name, chance.sample(rows, len(rows))) for name, rows in sources]
    first = join_corpus(corpora(sources), tmp_path / "first", conflicts=conflicts)
    second = join_corpus(corpora(shuffled), tmp_path / "second", conflicts=conflicts)
    assert first.counts["cells_in_conflict"] > 10
    assert first.corpus.fingerprint == second.corpus.fingerprint


def test_provenance_of_cells_and_of_sources(tmp_path, sources):
    joined = join_corpus(sources, tmp_path / "out", conflicts="first", licences={"f": "CC0-1.0"})
    row = next(row for row in joined.corpus.rows() if "fra_Latn" in row.texts)
    assert [cell_source(row, code) for code in ("eng_Latn", "deu_Latn", "fra_Latn")] == ["g", "g", "f"]
    assert "_source:deu_Latn" not in row.meta
    records = source_records(joined.corpus.card)
    assert {name: record.licence for name, record in records.items()} == {"g": "", "f": "CC0-1.0"}
    with pytest.raises(CorpusError, match=r"a licence is given for x, but the sources are g, f"):
        join_corpus(sources, tmp_path / "no", licences={"x": "CC0-1.0"})


def test_a_join_of_joins_keeps_the_sources(tmp_path, sources):
    join_corpus(sources, tmp_path / "one", licences={"f": "CC0-1.0"})
    more = pairs("h", "sw", ("It rains.", "Mvua inanyesha."))
    joined = join_corpus([str(tmp_path / "one"), more], tmp_path / "two", conflicts="first")
    row = next(row for row in joined.corpus.rows() if "swh_Latn" in row.texts)
    assert [cell_source(row, code) for code in row.texts] == ["g", "g", "f", "h"]
    assert {one["source"]: one.get("licence") for one in joined.corpus.card["sources"]} == {
        "g": None,
        "f": "CC0-1.0",
        "h": None,
    }


def test_named_sets_bring_licence_and_splits(tmp_path):
    book = join_corpus(["phrasebook", pairs("mine", "ny", ("Unheard of.", "Zatsopano."))], tmp_path / "out")
    assert book.corpus.card["sources"][0]["licence"] == "CC0-1.0"
    splits = dict(zip(book.corpus.texts("en"), book.corpus.values("_split"), strict=True))
    assert splits["Unheard of."] == "train"
    assert {"train", "dev", "test"} == set(splits.values())


def test_splits_never_leak(tmp_path):
    parts = [Row({"en": "a", "de": "b"}, {"_split": "train"}), Row({"en": "c", "de": "d"}, {"_split": "dev"})]
    more = [Row({"en": "A", "fr": "e"}, {"_split": "test"}), Row({"en": "C", "fr": "f"}), Row({"en": "g", "fr": "h"})]
    joined = join_corpus([Corpus.from_rows(parts), Corpus.from_rows(more)], tmp_path / "out").corpus
    found = dict(zip(joined.texts("en"), joined.values("_split"), strict=True))
    assert found == {"a": "test", "c": "dev", "g": "train"}
    unknown = Corpus.from_rows([Row({"en": "a", "de": "b"}, {"_split": "held-out"})], name="odd")
    with pytest.raises(CorpusError, match=r"odd has rows of the split 'held-out'"):
        join_corpus([unknown], tmp_path / "no")


def test_punctuation_at_the_edges(tmp_path):
    sources = [pairs("a", "de", ("«Who's there?»", "Wer?")), pairs("b", "fr", ("who's there", "Qui ?"))]
    assert len(join_corpus(sources, tmp_path / "with").corpus) == 2
    assert len(join_corpus(sources, tmp_path / "without", ignore_punctuation=True).corpus) == 1


def test_another_pivot_in_any_spelling(tmp_path, sources):
    sources.append(Corpus.from_rows([Row({"de": "Es regnet.", "sw": "Mvua inanyesha."})], name="s"))
    joined = join_corpus(sources, tmp_path / "out", pivot="de", pivot_only=True)
    assert joined.corpus.languages == ("deu_Latn", "eng_Latn", "swh_Latn")
    assert {tuple(row.texts.values()) for row in joined.corpus.rows()} == {
        ("Es regnet.", "It rains.", "Mvua inanyesha."),
        ("Regen.", "it  rains."),
        ("Wer?", "Who?"),
    }
    assert joined.counts["rows_without_pivot_left_out"] == 4


def test_rows_without_pivot_stay_rows_of_their_own(tmp_path, sources):
    others = [Row({"sw": "Ndiyo.", "fr": "Oui."}), Row({"sw": "Hapana."}), Row({"fr": "oui.", "sw": "Ndiyo."})]
    joined = join_corpus([*sources, Corpus.from_rows(others, name="o")], tmp_path / "out", conflicts="first")
    rows = [row for row in joined.corpus.rows() if "eng_Latn" not in row.texts]
    assert [dict(row.texts) for row in rows] == [{"fra_Latn": "Oui.", "swh_Latn": "Ndiyo."}]
    assert rows[0].meta["_source"] == "o"
    assert joined.counts["rows_without_pivot_kept"] == 2
    assert joined.counts["rows_without_pivot_left_out"] == 1
    assert joined.corpus.card["history"][-1]["pivot_texts"] == 2


def test_a_text_without_end_is_cut(tmp_path):
    many = pairs("a", "de", *(("Same.", f"Wort {i}") for i in range(50)))
    few = pairs("b", "fr", ("same.", "Mot"))
    joined = join_corpus([many, few], tmp_path / "out", most=10)
    assert joined.corpus.texts("de") == [f"Wort {i}" for i in range(10)]
    assert joined.corpus.texts("fr") == ["Mot"] + [None] * 9
    assert joined.counts["rows_beyond_most"] == 40


def test_the_same_whatever_the_threads_and_the_memory(tmp_path):
    sources = [
        Corpus.from_rows(
            [
                Row({"en": f"Line {i * (7 + number) % 9000}", ["de", "fr"][number]: f"{i} " + "long " * 30})
                for i in range(9000)
            ],
            name=f"{number}",
        )
        for number in range(2)
    ]
    little = join_corpus(sources, tmp_path / "little", threads=1, memory="50MB")
    plenty = join_corpus(sources, tmp_path / "plenty", threads=2)
    assert little.corpus.fingerprint == plenty.corpus.fingerprint
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_scores_that_are_no_number_are_told_of(tmp_path, caplog):
    rows = [{"en": "Yes.", "de": "Ja.", "_score": "0.5"}, {"en": "No.", "de": "Nein.", "_score": "good"}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    joined = join_corpus([tmp_path / "a.jsonl"], tmp_path / "out")
    assert sorted(joined.corpus.values("_score:deu_Latn"), key=str) == [0.5, None]
    assert "1 _score that are no number" in caplog.text


def test_columns_that_tell_nothing_are_not_written(tmp_path, monkeypatch):
    german = pairs("g", "de", *((f"Line {i}.", f"Zeile {i}.") for i in range(40)), _score=0.5)
    french = pairs("f", "fr", ("Line 7.", "Ligne 7."))
    alone = join_corpus([german], tmp_path / "alone").corpus
    assert alone.provenance == ("_id", "_source", "_score:deu_Latn")
    for batch in (3, 1000):  # what is told of few rows is found in whatever shard they are
        monkeypatch.setattr(sorting, "_BATCH", batch)
        both = join_corpus([german, french], tmp_path / f"both{batch}").corpus
        assert set(both.provenance) == {"_id", "_source", "_score:deu_Latn", "_source:fra_Latn"}
        assert [source for source in both.values("_source:fra_Latn") if source] == ["f"]
    assert Corpus.open(tmp_path / "both3").fingerprint == both.fingerprint


def test_what_cannot_be_joined(tmp_path, sources, write):
    with pytest.raises(CorpusError, match=r"no row of 7 rows has swh_Latn to join by; most rows have eng_Latn"):
        join_corpus(sources, tmp_path / "out", pivot="sw")
    with pytest.raises(CorpusError, match=r"no row of the sources has a _score"):
        join_corpus(sources, tmp_path / "out", conflicts="best")
    with pytest.raises(
        CorpusError, match=r"'worst' is no way to settle conflicts; there are all, majority, best, first"
    ):
        join_corpus(sources, tmp_path / "out", conflicts="worst")
    with pytest.raises(CorpusError, match=r"'much' is no amount; write it as 2GB"):
        join_corpus(sources, tmp_path / "out", memory="much")
    with pytest.raises(CorpusError, match=r"40MB of memory are too little to sort in; give 50MB or more"):
        join_corpus(sources, tmp_path / "out", memory="40MB")
    with pytest.raises(LanguageError, match="'klingish' is not a language"):
        join_corpus(sources, tmp_path / "out", pivot="klingish")
    with pytest.raises(CorpusError, match=r"column 'topic' is no language"):
        join_corpus([*sources, write("x.tsv", "en\ttopic\nYes.\tassent\n")], tmp_path / "out")
    with pytest.raises(LanguageError, match=r"both mean eng_Latn"):
        join_corpus([*sources, write("y.tsv", "en\teng\nYes.\tYes!\n")], tmp_path / "out")
    with pytest.raises(FormatError, match=r"z.tsv, line 3"):
        join_corpus([*sources, write("z.tsv", "en\tde\nYes.\tJa.\nNo.\n")], tmp_path / "out", strict=True)
    with pytest.raises(CorpusError, match="nowhere"):
        join_corpus([*sources, "nowhere.tmx"], tmp_path / "out")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["x.tsv", "y.tsv", "z.tsv"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_interruption_leaves_the_old_corpus(tmp_path, sources, monkeypatch, error):
    old = write_corpus([Row({"en": "old", "de": "alt"})], tmp_path / "out").fingerprint

    def broken(*_, **__):
        yield from ()
        raise error("stopped")

    with monkeypatch.context() as patch:
        patch.setattr(joining.CellMaker, "records", broken)
        with pytest.raises(error):
            join_corpus(sources, tmp_path / "out", overwrite=True)
    with monkeypatch.context() as patch:
        patch.setattr(joining.RowMaker, "tables", broken)
        with pytest.raises(error, match="stopped"):
            join_corpus(sources, tmp_path / "out", overwrite=True)
    assert [file.name for file in tmp_path.iterdir()] == ["out"]
    assert Corpus.open(tmp_path / "out").fingerprint == old
    with pytest.raises(OutputError, match="exists already"):
        join_corpus(sources, tmp_path / "out")
    assert join_corpus(sources, tmp_path / "out", overwrite=True).corpus.fingerprint != old


def test_disks_that_are_too_small(tmp_path, monkeypatch, write):
    source = write("a.tsv", "en\tde\n" + "Yes.\tJa.\n" * 1000)
    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as patch:
        patch.setattr(room.shutil, "disk_usage", lambda _: usage(1000, 0, 1000))
        with pytest.raises(OutputError, match=r"needs about 23 kB of disk beside .*out, .*; make room"):
            join_corpus([source], tmp_path / "out")
    assert [file.name for file in tmp_path.iterdir()] == ["a.tsv"]


def test_a_disk_that_fills_up(tmp_path, monkeypatch):
    import duckdb

    connect = duckdb.connect

    def small(*args, config, **kwargs):
        return connect(*args, config=config | {"max_temp_directory_size": "9MB"}, **kwargs)

    monkeypatch.setattr(duckdb, "connect", small)
    chance = random.Random(0)
    many = pairs("a", "de", *((f"Line {i}.", chance.randbytes(300).hex()) for i in range(100_000)))
    with pytest.raises(OutputError, match=r"the disk is full under .*; make room"):
        join_corpus([many], tmp_path / "out", memory="50MB", threads=1)
    assert not list(tmp_path.iterdir())


def test_too_little_memory(tmp_path):
    long = pairs("a", "de", *((f"Line {i}.", "long " * 3000) for i in range(5000)))
    with pytest.raises(CorpusError, match=r"50MB of memory are too little \(Out of Memory Error: .*; give more"):
        join_corpus([long], tmp_path / "out", memory="50MB", threads=1)
    assert not list(tmp_path.iterdir())


def test_card_says_what_was_done(tmp_path, sources):
    joined = join_corpus(sources, tmp_path / "out", conflicts="majority")
    card = json.loads((tmp_path / "out" / "corpus.json").read_text())
    assert card["history"] == [joined.corpus.card["history"][0]]
    assert card["history"][0] == {
        "step": "join",
        "pivot": "eng_Latn",
        "conflicts": "majority",
        "rows_read": 7,
        "rows_without_pivot_kept": 0,
        "rows_without_pivot_left_out": 0,
        "rows_beyond_most": 0,
        "pivot_texts": 2,
        "cells_in_conflict": 2,
        "rows_of_too_few_cells": 0,
        "rows": 2,
        "conflicts_by_language": {"deu_Latn": 1, "fra_Latn": 1},
    }
    assert joined.counts["rows_read"] == 7


@pytest.mark.data
def test_real_sets(data_root, tmp_path):
    joined = join_corpus(["tatoeba:deu", "tatoeba:fra", "tatoeba:spa"], tmp_path / "out", conflicts="first")
    assert joined.before.rows == 3000
    assert joined.before.cells_per_row == {2: 3000}
    assert joined.corpus.languages == ("eng_Latn", "deu_Latn", "fra_Latn", "spa_Latn")
    assert set(joined.after.cells_per_row) == {2, 3, 4}
    assert len({text.casefold() for text in joined.corpus.texts("en")}) == len(joined.corpus) < 3000
    assert {one["licence"] for one in joined.corpus.card["sources"]} == {"CC-BY-2.0-FR"}


def test_a_join_keeps_the_licence_and_the_model_of_what_was_filled(tmp_path):
    people = {"source": "memory.tmx", "licence": "CC-BY-4.0"}
    machine = {"source": "made eng_Latn>deu_Latn", "licence": "CC-BY-NC-4.0", "model": "made"}
    rows = [Row({"eng": "One.", "deu": "Eins."}, {"_source:deu_Latn": machine["source"]})]
    filled = write_corpus(rows, tmp_path / "filled", card={"sources": [people, machine]})
    other = write_corpus([Row({"eng": "One.", "fra": "Un."})], tmp_path / "other")
    joined = join_corpus([tmp_path / "filled", tmp_path / "other"], tmp_path / "out").corpus
    assert joined.card["sources"] == [people, machine, {"source": "other"}]
    row = next(joined.rows())
    assert [cell_source(row, code) for code in row.texts] == ["memory.tmx", machine["source"], "other"]
    assert filled.card["sources"] == [people, machine]
    assert len(other) == 1


def test_sources_of_one_name_with_two_licences(tmp_path):
    for place, licence in (("a", "CC0-1.0"), ("b", "CC-BY-4.0")):
        write_corpus(
            [Row({"eng": "One.", "deu": "Eins."})],
            tmp_path / place / "part",
            card={"sources": [{"source": "part", "licence": licence}]},
        )
    with pytest.raises(CorpusError, match="two sources are called part"):
        join_corpus([tmp_path / "a/part", tmp_path / "b/part"], tmp_path / "out")


def test_licences_by_the_word_of_the_command_line(tmp_path, write):
    write_corpus(
        [Row({"eng": "One.", "deu": "Eins."}, {"_source": "a.tmx"})],
        tmp_path / "product",
        card={"sources": [{"source": "a.tmx"}, {"source": "b.tmx", "licence": "MIT"}]},
    )
    folder, table = str(tmp_path / "product"), str(write("c.tsv", "en\tfr\nOne.\tUn.\n"))
    for words, wanted in (
        ({"product": "CC0-1.0"}, {"a.tmx": "CC0-1.0", "b.tmx": "MIT", "c.tsv": ""}),
        ({f"{folder}/": "CC0-1.0", table: "CC-BY-4.0"}, {"a.tmx": "CC0-1.0", "b.tmx": "MIT", "c.tsv": "CC-BY-4.0"}),
        ({"product": "CC0-1.0", "a.tmx": "X"}, {"a.tmx": "X", "b.tmx": "MIT", "c.tsv": ""}),
    ):
        joined = join_corpus([folder, table], tmp_path / "out", licences=words, overwrite=True)
        found = {name: record.licence for name, record in source_records(joined.corpus.card).items()}
        assert found == wanted
    known = {"sources": [{"source": "b.tmx", "licence": "MIT"}]}
    write_corpus([Row({"eng": "One."})], folder, card=known, overwrite=True)
    with pytest.raises(CorpusError, match=r"a licence is given for product, which has one: b\.tmx \(MIT\)"):
        join_corpus([folder, table], tmp_path / "no", licences={"product": "X"})


def test_a_word_that_means_two_sources(tmp_path):
    for place, name in (("a", "one.tmx"), ("b", "two.tmx")):
        write_corpus(
            [Row({"eng": "One.", "deu": "Eins."})], tmp_path / place / "part", card={"sources": [{"source": name}]}
        )
    parts = [str(tmp_path / "a/part"), str(tmp_path / "b/part")]
    with pytest.raises(CorpusError, match=r"given for part, which may be .*a/part and .*b/part; write the whole path"):
        join_corpus(parts, tmp_path / "out", licences={"part": "CC0-1.0"})
    joined = join_corpus(parts, tmp_path / "out", licences={parts[1]: "CC0-1.0"})
    assert joined.corpus.card["sources"] == [{"source": "one.tmx"}, {"source": "two.tmx", "licence": "CC0-1.0"}]


def test_numbers_have_their_nouns(tmp_path, sources):
    told = str(join_corpus(sources, tmp_path / "out", conflicts="first")).splitlines()
    assert "2 pivot texts" in told
    assert "2 cells for which there were several texts" in told
    told = str(join_corpus([sources[0]], tmp_path / "one", conflicts="first")).splitlines()
    assert "1 cell for which there were several texts" in told


def test_sets_of_the_catalog_take_room_too(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (tmp_path / "ntrex").mkdir()
    rows = [Row({"eng": f"Line {i}.", "deu": f"Zeile {i}."}) for i in range(2000)]
    write_corpus(rows, tmp_path / "ntrex", overwrite=True)
    (one,) = open_sources(["ntrex"])
    assert 20_000 < one.size < 200_000
