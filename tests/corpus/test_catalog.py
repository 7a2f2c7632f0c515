import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interlingua.corpus import catalog, open_corpus, open_scored_pairs
from interlingua.errors import CorpusError

# Rows and languages of every set, and its first identifier.
SETS = {
    "ntrex": (1200, 131, "0"),
    "bible": (7957, 87, "MAT 1:1"),
    "bible-ot": (23145, 14, "GEN 1:1"),
    "sib200": (800, 20, None),
    "nusax": (600, 12, None),
    "xsid": (300, 12, None),
    "xquad": (120, 10, None),
    "xquad-questions": (632, 10, None),
    "tatoeba:tel": (234, 2, "1"),
    "mafand:eng-swa": (32563, 2, None),
    "alignments": (11920, 16, None),
    "stsb": (14422, 12, None),
    "jsts": (27816, 1, None),
}


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """A folder of sets with invented content."""
    monkeypatch.setenv("INTERLINGUA_DATA", str(tmp_path))

    def put(path, **columns):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        pq.write_table(pa.table(columns), tmp_path / path)

    put(
        "ntrex/ntrex.parquet",
        id=[0, 1],
        split=["train", "dev"],
        doc_id=["a", "b"],
        eng=["One.", "Two."],
        shi=["x", "y"],
    )
    put("sib200/sib200.parquet", id=[5], split=["dev"], category=["sports"], eng_Latn=["One."], zho_Hans=["一。"])
    put(
        "mafand/mafand.parquet",
        id=["1", "2"],
        pair=["eng-swa", "fra-wol"],
        split=["dev"] * 2,
        src_lang=["eng", "fra"],
        tgt_lang=["swa", "wol"],
        src=["One.", "Un."],
        tgt=["Moja.", "Benn."],
    )
    put(
        "stsb/stsb.parquet",
        id=["1", "2", "3"],
        split=["train", "dev", "dev"],
        score=pa.array([5.0, 2.5, 0.0], pa.float32()),
        sentence1_eng=["A.", "B.", "C."],
        sentence2_eng=["A!", "B!", "C!"],
        sentence1_deu=["D.", "E.", "F."],
        sentence2_deu=["D!", "E!", None],
    )
    put("jsts/jsts.parquet", id=["1"], split=["dev"], score=[1.0], sentence1=["一。"], sentence2=["二。"])
    return tmp_path


def test_every_entry_is_complete():
    assert len(catalog.names()) == 21
    for name in catalog.names():
        entry = catalog.info(name)
        assert all([entry.title, entry.licence, entry.citation, entry.path])
        assert entry.homepage.startswith("https://") or entry.layout == "shipped"
        assert set(entry.splits) <= {"train", "dev", "test"}
        assert entry.layout in {"rows", "pairs", "tatoeba", "scored", "shipped", "bucc", "similarity", "inference"}


def test_rows_layout(pack):
    ntrex = open_corpus("ntrex")
    assert ntrex.languages == ("eng_Latn", "shi_Arab")
    assert ntrex.name == "ntrex"
    assert [row.meta for row in ntrex.select(split="dev").rows()] == [{"_id": "1", "_split": "dev", "_document": "b"}]
    sib = open_corpus("sib200")
    assert (sib.languages, sib.values("_category")) == (("eng_Latn", "cmn_Hans"), ["sports"])


def test_pairs_layout(pack):
    assert open_corpus("mafand").languages == ("eng_Latn", "swh_Latn", "fra_Latn", "wol_Latn")
    part = open_corpus("mafand:swa-eng")
    assert part.pairs("en", "sw") == (["One."], ["Moja."])
    assert part.name == "mafand:swa-eng"
    assert part.provenance == ("_id", "_split", "_source_language", "_target_language")
    assert part.values("_target_language") == ["swa"]
    with pytest.raises(CorpusError, match="its pairs are eng-swa, fra-wol"):
        open_corpus("mafand:eng-wol")
    with pytest.raises(CorpusError, match="names no pair of languages; write it as mafand:eng-deu"):
        open_corpus("mafand:eng")


def test_scored_layout(pack):
    pairs = open_scored_pairs("stsb", source="en", target="de", split="dev")
    assert (pairs.source, pairs.target, len(pairs)) == (["B."], ["E!"], 1)
    np.testing.assert_array_equal(pairs.scores, [2.5])
    assert pairs.scores.dtype == np.float64
    assert (pairs.languages, pairs.name) == (("eng_Latn", "deu_Latn"), "stsb/dev")
    assert len(open_scored_pairs("stsb", source="eng", target="eng")) == 3
    assert open_scored_pairs("jsts", source="ja", target="ja").target == ["二。"]
    assert open_corpus("stsb").select(["eng", "deu"]).ids() == ["1-1", "1-2", "2-1", "2-2", "3-1"]
    with pytest.raises(CorpusError, match="stsb has no tel_Telu; its languages are eng_Latn, deu_Latn"):
        open_scored_pairs("stsb", source="tel", target="eng")
    with pytest.raises(CorpusError, match="no split test; it has dev, train"):
        open_scored_pairs("stsb", source="eng", target="eng", split="test")
    with pytest.raises(CorpusError, match="ntrex has no scored pairs; stsb, jsts have"):
        open_scored_pairs("ntrex", source="eng", target="eng")


def test_what_is_not_there(pack, monkeypatch):
    with pytest.raises(
        CorpusError, match=r"set nusax is not at .*nusax.parquet .*get it from https://github.com/IndoNLP"
    ):
        open_corpus("nusax")
    with pytest.raises(CorpusError, match="ntrex has no parts"):
        open_corpus("ntrex:dev")
    with pytest.raises(CorpusError, match="did you mean nusax"):
        open_corpus("nusacks")
    with pytest.raises(CorpusError, match="did you mean ntrex"):
        catalog.info("ntrx")
    monkeypatch.delenv("INTERLINGUA_DATA")
    with pytest.raises(
        CorpusError, match=r"set ntrex needs INTERLINGUA_DATA: the folder that holds ntrex/ntrex.parquet"
    ):
        open_corpus("ntrex")


def test_files_by_path(write, tmp_path, monkeypatch):
    path = write("memory.tsv", "en\tsw\n" + "".join(f"Line {i}.\tMstari {i}.\n" for i in range(50)))
    held = open_corpus(path)
    monkeypatch.setattr(catalog, "_IN_MEMORY_ROWS", 20)
    copied = open_corpus(str(path))
    assert held.pairs("en", "sw") == copied.pairs("en", "sw")
    assert held.fingerprint == copied.fingerprint
    assert (held.name, copied.name) == ("memory", "memory")
    pq.write_table(pa.table({"key": ["a"], "en": ["One."]}), tmp_path / "a.parquet")
    assert open_corpus(tmp_path / "a.parquet", rename={"key": "_id"}).ids() == ["a"]


def test_shipped_corpus(monkeypatch, tmp_path):
    (tmp_path / "phrasebook").mkdir()
    (tmp_path / "phrasebook" / "phrasebook.tsv").write_text(
        "_id\t_split\t_topic\teng_Latn\tswh_Latn\np1\ttrain\thome\tThe tap drips.\tBomba linavuja.\n"
    )
    catalog.info("phrasebook")
    monkeypatch.setattr(catalog, "files", lambda package: tmp_path)
    row = next(open_corpus("phrasebook").rows())
    assert row.texts == {"eng_Latn": "The tap drips.", "swh_Latn": "Bomba linavuja."}
    assert row.meta == {"_id": "p1", "_split": "train", "_topic": "home"}


def test_phrasebook():
    corpus = open_corpus("phrasebook")
    assert {"eng_Latn", "deu_Latn", "swh_Latn", "tel_Telu"} <= set(corpus.languages)
    assert {"_split", "_topic"} <= set(corpus.provenance)


@pytest.mark.data
@pytest.mark.parametrize("name", SETS)
def test_sets_of_the_data_pack(data_root, name):
    rows, languages, first = SETS[name]
    corpus = open_corpus(name)
    assert (len(corpus), len(corpus.languages)) == (rows, languages)
    row = next(corpus.rows())
    assert first in (None, row.meta["_id"])
    splits = catalog.info(name.partition(":")[0]).splits
    assert set(corpus.values("_split")) == set(splits) if splits else "_split" not in corpus.provenance
    assert "_source" not in corpus.provenance, "licences are known by set"


@pytest.mark.data
def test_scored_pairs_of_the_data_pack(data_root):
    stsb = open_scored_pairs("stsb", source="eng", target="deu", split="dev")
    jsts = open_scored_pairs("jsts", source="jpn", target="jpn", split="dev")
    assert (len(stsb), len(jsts)) == (1500, 1457)
    for pairs in (stsb, jsts):
        assert (pairs.scores.min(), pairs.scores.max()) == (0.0, 5.0)
