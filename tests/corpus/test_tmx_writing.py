import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.corpus.readers import read_tmx
from interlingua.corpus.tmx_writing import language_tag, write_tmx
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical
from interlingua.types import Row


def test_rows_come_back(tmp_path, rows):
    for name in ("a.tmx", "a.tmx.gz"):
        assert write_tmx(iter(rows), tmp_path / name, source="eng") == 6
        read = list(read_tmx(tmp_path / name))
        assert [row.texts for row in read] == [row.texts for row in rows]
        assert [row.meta["_id"] for row in read] == list("123456")
        assert read[0].meta["_source_language"] == "en"
        assert read[0].meta["_tool"].startswith("interlingua ")


def test_provenance(tmp_path):
    meta = {
        "_id": 'a "1" <',
        "_date": "20210203T040506Z",
        "_document": "a & b",
        "_document:deu_Latn": "<c>",
        "_score": 0.5,
        "_source": "x",
        "_none": None,
    }
    write_tmx([Row({"en": "Yes.", "deu_Latn": "Ja."}, meta)], tmp_path / "a.tmx")
    content = (tmp_path / "a.tmx").read_text()
    assert '<prop type="source">x</prop>' in content
    assert 'srclang="*all*"' in content
    assert "none" not in content.casefold()
    read = next(read_tmx(tmp_path / "a.tmx"))
    assert read.texts == {"eng_Latn": "Yes.", "deu_Latn": "Ja."}
    kept = {name: meta[name] for name in ("_id", "_date", "_document", "_document:deu_Latn", "_score")}
    assert {name: value for name, value in read.meta.items() if name != "_tool"} == kept


def test_what_cannot_be_written(tmp_path, caplog):
    rows = [Row({"eng_Latn": "a\x00b\ud800\x1f"}), Row({"eng_Latn": " "})]
    assert write_tmx(rows, tmp_path / "a.tmx") == 1
    assert next(read_tmx(tmp_path / "a.tmx")).texts == {"eng_Latn": "ab"}
    assert "3 characters that XML cannot hold left out" in caplog.text
    assert "1 row without a cell left out" in caplog.text
    with pytest.raises(CorpusError, match="there are no rows with a cell"):
        write_tmx(rows[1:], tmp_path / "b.tmx")
    with pytest.raises(LanguageError, match="'qq' is not a language"):
        write_tmx([rows[0], Row({"qq": "?"})], tmp_path / "b.tmx")
    assert [path.name for path in tmp_path.iterdir()] == ["a.tmx"]


@pytest.mark.parametrize(
    "code",
    [
        "eng_Latn",
        "eng_Latn-US",
        "spa_Latn-ref2",
        "cmn_Hans",
        "cmn_Hant",
        "swh_Latn",
        "tgl_Latn",
        "srp_Cyrl",
        "nob_Latn",
    ],
)
def test_tags_mean_the_language(code):
    assert canonical(language_tag(code)) == code
    assert "_" not in language_tag(code)


TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r")
)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(st.lists(st.dictionaries(st.sampled_from(["eng_Latn", "deu_Latn", "tel_Telu"]), TEXT), min_size=1, max_size=4))
def test_every_text_comes_back(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("tmx") / "a.tmx"
    kept = [{code: text for code, text in texts.items() if text.strip()} for texts in cells]
    kept = [texts for texts in kept if texts]
    if kept:
        assert write_tmx(map(Row, cells), path) == len(kept)
        assert [dict(row.texts) for row in read_tmx(path)] == kept
