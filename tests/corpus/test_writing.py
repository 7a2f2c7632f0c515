import json

import pyarrow as pa
import pytest
import xxhash

from interlingua.corpus import Corpus, write_corpus, writing
from interlingua.corpus.columns import table_of
from interlingua.corpus.writing import write_tables
from interlingua.errors import CorpusError, OutputError
from interlingua.types import Row


def contents(folder):
    return sorted(path.name for path in folder.iterdir())


def test_languages_may_appear_late(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "_GROUP_CELLS", 6)
    rows = [Row({"eng": f"a{i}", "deu": f"b{i}"}) for i in range(5)]
    rows += [Row({"eng": f"c{i}", "fra": f"d{i}"}, {"_score": 1}) for i in range(5)]
    rows += [Row({"eng": "e", "swa": "f"}, {"_score": 0.5})]
    corpus = write_corpus(rows, tmp_path / "out")
    assert corpus.languages == ("eng_Latn", "deu_Latn", "fra_Latn", "swh_Latn")
    assert [len(row.texts) for row in corpus.rows()] == [2] * 11
    assert corpus.ids() == [str(i) for i in range(11)]
    assert corpus.values("_score") == [None] * 5 + [1.0] * 5 + [0.5]
    assert corpus.texts("deu") == ["b0", "b1", "b2", "b3", "b4"] + [None] * 6
    assert len(list((tmp_path / "out").glob("*.parquet"))) > 1
    assert corpus.fingerprint == Corpus.from_rows(rows).fingerprint


def test_fingerprint_is_the_hash_of_names_and_values_in_order():
    rows = [
        Row({"eng": "a", "deu": "\U0001f600"}, {"_id": "x", "_split": "dev", "_note": "not hashed"}),
        Row({"deu": " "}, {"_id": "y"}),
        Row({"swa": "c"}, {"_split": None, "_id": "z"}),
    ]
    content = "_id\x1fx\x1e_split\x1fdev\x1edeu_Latn\x1f\U0001f600\x1eeng_Latn\x1fa\x1d"
    content += "_id\x1fy\x1d" + "_id\x1fz\x1eswh_Latn\x1fc\x1d"
    assert Corpus.from_rows(rows).fingerprint == xxhash.xxh3_128_hexdigest(content.encode())


def test_tables_write_the_same_files_as_rows(tmp_path, rows):
    first = write_corpus(rows, tmp_path / "rows")
    table = table_of(enumerate(rows))
    second = write_tables([table], tmp_path / "tables")
    assert second.fingerprint == first.fingerprint
    assert contents(tmp_path / "rows") == contents(tmp_path / "tables")
    for name in contents(tmp_path / "rows"):
        assert (tmp_path / "rows" / name).read_bytes() == (tmp_path / "tables" / name).read_bytes()
    in_two = write_tables([table.slice(0, 2), table.slice(2)], tmp_path / "two")
    assert in_two.fingerprint == first.fingerprint


def test_shards_by_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "_GROUP_CELLS", 4)
    monkeypatch.setattr(writing, "_SHARD_ROWS", 10)
    corpus = write_corpus((Row({"eng": f"a{i}"}) for i in range(35)), tmp_path / "out")
    assert contents(tmp_path / "out") == ["corpus.json", *[f"part-0000{i}.parquet" for i in range(4)]]
    assert corpus.texts("eng") == [f"a{i}" for i in range(35)]


def test_card(tmp_path, rows):
    corpus = write_corpus(rows, tmp_path / "out", card={"sources": ["mine"]})
    card = json.loads((tmp_path / "out" / "corpus.json").read_text())
    assert card["sources"] == ["mine"] == corpus.card["sources"]
    assert card["rows"] == 6
    assert card["cells"] == {"eng_Latn": 4, "deu_Latn": 4, "swh_Latn": 3, "tel_Telu": 2}
    assert card["fingerprint"] == corpus.fingerprint


def test_nothing_to_write(tmp_path):
    with pytest.raises(CorpusError, match="there are no rows"):
        write_corpus([], tmp_path / "out")
    with pytest.raises(CorpusError, match=r"no cell in 1 row$"):
        write_corpus([Row({"eng": " "})], tmp_path / "out")
    assert contents(tmp_path) == []


@pytest.mark.parametrize(
    ("row", "column"),
    [(Row({"eng": "a", "deu": "b \ud83d"}), "deu_Latn"), (Row({"eng": "a"}, {"_note": "no \ud83d"}), "_note")],
)
def test_half_a_surrogate_pair_is_told_with_its_place(tmp_path, row, column):
    with pytest.raises(CorpusError, match=rf"row 1, column {column}: character \d is half .*U\+D83D"):
        write_corpus([Row({"eng": "fine"}), row], tmp_path / "out")
    assert contents(tmp_path) == []
    with pytest.raises(CorpusError, match=f"row 1, column {column}"):
        Corpus.from_rows([Row({"eng": "fine"}), row])


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_interruption_leaves_nothing(tmp_path, rows, error):
    def broken():
        yield from rows
        raise error

    with pytest.raises(error):
        write_corpus(broken(), tmp_path / "out")
    assert contents(tmp_path) == []


def test_interruption_keeps_what_was_there(tmp_path, rows):
    write_corpus(rows, tmp_path / "out")

    def broken():
        yield rows[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_corpus(broken(), tmp_path / "out", overwrite=True)
    assert contents(tmp_path) == ["out"]
    assert len(Corpus.open(tmp_path / "out")) == 6


def test_existing_folder(tmp_path, rows):
    first = write_corpus(rows, tmp_path / "out")
    with pytest.raises(OutputError, match="exists already; choose another place, or overwrite"):
        write_corpus(rows[:1], tmp_path / "out")
    assert len(first) == 6
    assert len(write_corpus(rows[:1], tmp_path / "out", overwrite=True)) == 1
    assert contents(tmp_path) == ["out"]


def test_a_corpus_may_replace_itself(tmp_path, rows):
    corpus = write_corpus(rows, tmp_path / "out")
    again = write_corpus(corpus.select(["eng", "deu"]).rows(), tmp_path / "out", overwrite=True)
    assert again.ids() == ["0", "1", "2"]


def test_only_corpora_are_overwritten(tmp_path, rows):
    (tmp_path / "out").mkdir()
    assert len(write_corpus(rows, tmp_path / "out")) == 6
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("dear")
    with pytest.raises(OutputError, match="no corpus written by interlingua"):
        write_corpus(rows, tmp_path / "thesis", overwrite=True)
    (tmp_path / "file").write_text("dear")
    with pytest.raises(OutputError, match="no corpus written by interlingua"):
        write_corpus(rows, tmp_path / "file", overwrite=True)
    assert (tmp_path / "thesis" / "chapter.tex").read_text() == "dear"


def test_unwritable(tmp_path, rows):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"cannot write .*choose another place"):
        write_corpus(rows, tmp_path / "file" / "out")
    assert contents(tmp_path) == ["file"]


def test_mixed_provenance_over_row_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "_GROUP_CELLS", 2)
    rows = [Row({"eng": "a"}, {"_n": 1}), Row({"eng": "b"}, {"_n": "x"})]
    with pytest.raises(CorpusError, match="provenance near row 2 does not fit"):
        write_corpus(rows, tmp_path / "out")
    assert contents(tmp_path) == []


def peak_of_a_pass(view):
    held, rows = [pa.total_allocated_bytes()], 0
    for batch in view.batches():
        rows += batch.num_rows
        held.append(pa.total_allocated_bytes())
    return rows, max(held) - held[0]


def test_memory_does_not_grow_with_the_rows(tmp_path):
    peaks = {}
    for rows in (50_000, 200_000):
        many = (Row({"eng_Latn": f"Line {i} of a long walk.", "deu_Latn": f"Zeile {i}."}) for i in range(rows))
        corpus = write_corpus(many, tmp_path / str(rows))
        walks = [peak_of_a_pass(view) for view in (corpus, corpus.select(["eng", "deu"]))]
        assert [walked for walked, _ in walks] == [rows, rows]
        peaks[rows] = max(peak for _, peak in walks)
    assert 0 < peaks[200_000] < 1.2 * peaks[50_000]
