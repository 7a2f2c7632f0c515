import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.corpus.readers import read_tmx
from interlingua.corpus.readers.tmx import tmx_sources
from interlingua.corpus.tmx_writing import language_tag, write_tmx
from interlingua.errors import CorpusError, FormatError, LanguageError
from interlingua.languages import canonical
from interlingua.types import Row


def test_rows_come_back(tmp_path, rows):
    for name in ("a.tmx", "a.tmx.gz"):
        assert write_tmx(iter(rows), tmp_path / name, source="eng") == 6
        read = list(read_tmx(tmp_path / name))
        assert [row.texts for row in read] == [row.texts for row in rows]
        assert [row.meta["_id"] for row in read] == list("123456")
        assert read[0].meta["_source_language"] == "en"
        assert "_tool" not in read[0].meta


def test_provenance_comes_back_as_it_was(tmp_path):
    meta = {
        "_id": 'a "1" <',
        "_date": "20210203T040506Z",
        "_document": "a & b",
        "_document:deu_Latn": "<c>",
        "_score": 0.5,
        "_score:deu_Latn": 1,
        "_source": "x",
        "_source:deu_Latn": "model eng_Latn>deu_Latn",
        "_source:fra_Latn": "no cell",
        "_split": "dev",
        "_source_language": "en-GB",
        "_tool": "Loom 2",
        "_note": " \x00\r\n\t",
        "_document:eng_Latn": "",
        "_tags": ["old", {"n": 1}],
        "_checked": True,
        "_none": None,
    }
    write_tmx([Row({"en": "Yes.", "deu_Latn": "Ja."}, meta), Row({"en": "No."})], tmp_path / "a.tmx")
    content = (tmp_path / "a.tmx").read_text()
    assert '<prop type="x-interlingua:_source">x</prop>' in content
    assert '<prop type="score">0.5</prop>' in content
    assert 'srclang="*all*"' in content
    read, other = read_tmx(tmp_path / "a.tmx", strict=True)
    assert read.texts == {"eng_Latn": "Yes.", "deu_Latn": "Ja."}
    assert read.meta == {name: value for name, value in meta.items() if value is not None}
    assert other.meta == {"_id": "2"}


def test_what_is_not_provenance_is_no_column(tmp_path):
    properties = {"x-interlingua:_id": "9", "x-interlingua:eng": "x", "x-interlingua:": "x", "source": "x"}
    told = "".join(f'<prop type="{kind}">{text}</prop>' for kind, text in properties.items())
    unit = f'<tu>{told}<prop type="x-interlingua-json:_n">{{1</prop><tuv xml:lang="en"><seg>Yes.</seg></tuv></tu>'
    (tmp_path / "a.tmx").write_text(f"<tmx><header/><body>{unit}</body></tmx>")
    assert next(read_tmx(tmp_path / "a.tmx")).meta == {"_id": "1"}
    with pytest.raises(FormatError, match="line 1: the property x-interlingua-json:_n is not JSON"):
        list(read_tmx(tmp_path / "a.tmx", strict=True))


def test_sources_are_in_the_header(tmp_path):
    sources = [{"source": "a<b>.tmx", "licence": "CC-BY-4.0", "texts_of": {"é": 2}}, {"source": "c"}]
    write_tmx([Row({"en": "Yes."})], tmp_path / "a.tmx.gz", sources=sources)
    assert tmx_sources(tmp_path / "a.tmx.gz") == sources
    assert next(read_tmx(tmp_path / "a.tmx.gz")).texts == {"eng_Latn": "Yes."}
    write_tmx([Row({"en": "Yes."})], tmp_path / "b.tmx")
    assert tmx_sources(tmp_path / "b.tmx") == []


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
