import tracemalloc

import pytest

from interlingua.corpus.readers import read_tmx
from interlingua.errors import CorpusError, FormatError

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
HEADER = '<header creationtool="Tool" creationtoolversion="2" srclang="en-US" segtype="sentence"/>\n'


def tmx(*units, head=HEAD + HEADER):
    return head + "<body>\n" + "\n".join(units) + "\n</body>\n</tmx>\n"


def unit(*variants, attributes=""):
    cells = "".join(f'<tuv xml:lang="{language}"><seg>{text}</seg></tuv>' for language, text in variants)
    return f"<tu {attributes}>{cells}</tu>"


def test_units(write):
    path = write(
        "a.tmx",
        tmx(
            unit(("en-US", "One &amp; two."), ("de", "Eins &#38; zwei."), ("sw", "Moja."), attributes='tuid="k1"'),
            '<tu srclang="de"><tuv lang="DE"><prop type="x">y</prop><seg>Drei.</seg></tuv>'
            '<tuv lang="en"><seg> </seg></tuv></tu>',
        ),
    )
    rows = list(read_tmx(path, rename={"en-US": "eng"}))
    assert [row.texts for row in rows] == [
        {"eng_Latn": "One & two.", "deu_Latn": "Eins & zwei.", "swh_Latn": "Moja."},
        {"deu_Latn": "Drei."},
    ]
    assert [row.meta for row in rows] == [
        {"_id": "k1", "_source_language": "en-US", "_tool": "Tool 2"},
        {"_id": "2", "_source_language": "de", "_tool": "Tool 2"},
    ]
    assert set(next(read_tmx(path)).texts) == {"eng_Latn-US", "deu_Latn", "swh_Latn"}


def test_inline_codes(write):
    marked = (
        'Press <bpt i="1">&lt;b&gt;<sub>no</sub></bpt>the <hi type="x">red <ph/>one</hi>'
        '<ept i="1">&lt;/b&gt;</ept> now<!-- c -->.'
    )
    rows = list(read_tmx(write("a.tmx", tmx(unit(("en", marked))))))
    assert rows[0].texts == {"eng_Latn": "Press the red one now."}


@pytest.mark.parametrize("ending", [".gz", ".xz", ".zst"])
def test_compressed(write, ending):
    assert len(list(read_tmx(write(f"a.tmx{ending}", tmx(*[unit(("en", "One."))] * 3))))) == 3


def test_other_encoding_and_namespace(write):
    text = (
        tmx(unit(("de", "Größe.")))
        .replace("UTF-8", "UTF-16")
        .replace("<tmx ", '<tmx xmlns="http://www.lisa.org/tmx14" ')
    )
    assert next(read_tmx(write("a.tmx", text.encode("utf-16")))).texts == {"deu_Latn": "Größe."}


def test_unusable_variants_are_counted(write, caplog):
    path = write("a.tmx", tmx(unit(("en", "One."), ("qq", "?"), ("de", "Eins."), ("DE", "Ein."))))
    assert next(rows := read_tmx(path)).texts == {"eng_Latn": "One.", "deu_Latn": "Eins."}
    assert list(rows) == []
    assert "2 faults left out: line 5: 'qq' is not a language code" in caplog.text
    assert "line 5: a second text in deu_Latn" in caplog.text
    with pytest.raises(FormatError, match=r"a.tmx, line 5: 'qq'"):
        list(read_tmx(path, strict=True))


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (tmx(unit(("en", "One."))).replace("</body>", ""), 7, "not well-formed XML: Opening and ending tag mismatch"),
        (tmx(unit(("en", "a < b"))), 5, "not well-formed XML"),
        (tmx(unit(("en", "One.")))[:150], None, "not well-formed XML"),
        ("", None, "not well-formed XML"),
        ("<html><body/></html>", 1, "the root element is <html>, not <tmx>"),
    ],
)
def test_malformed(write, content, line, message):
    with pytest.raises(FormatError, match=message) as caught:
        list(read_tmx(write("a.tmx", content)))
    assert line is None or caught.value.line == line


def test_units_before_the_fault_come_out(write):
    rows = read_tmx(write("a.tmx", tmx(*[unit(("en", "One."))] * 2000) + "<oops>"))
    assert [next(rows).texts["eng_Latn"] for _ in range(100)] == ["One."] * 100
    with pytest.raises(FormatError):
        list(rows)


def test_entities_stay_closed(write, tmp_path, caplog):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    doctype = f'<!DOCTYPE tmx [<!ENTITY file SYSTEM "{secret.as_uri()}"><!ENTITY word "a word">]>\n'
    head = HEAD.replace("<tmx", doctype + "<tmx") + HEADER
    path = write("a.tmx", tmx(unit(("en", "This: &file;"), ("de", "Das: &word;"), ("fr", "Ici.")), head=head))
    assert [row.texts for row in read_tmx(path)] == [{"fra_Latn": "Ici."}]
    assert "the entity &file; is not one of XML's own" in caplog.text


def test_a_bomb_does_not_go_off(write):
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    doctype = f'<!DOCTYPE tmx [<!ENTITY e0 "boom">{entities}]>\n'
    path = write("a.tmx", tmx(unit(("en", "&e11;")), head=HEAD.replace("<tmx", doctype + "<tmx") + HEADER))
    tracemalloc.start()
    with pytest.raises(FormatError, match="entity amplification"):
        list(read_tmx(path))
    assert tracemalloc.get_traced_memory()[1] < 2e6
    tracemalloc.stop()


def test_missing_and_cut_off(write, tmp_path):
    with pytest.raises(CorpusError, match="cannot read"):
        list(read_tmx(tmp_path / "nowhere.tmx"))
    whole = write("a.tmx.gz", tmx(*[unit(("en", f"Line {i}.")) for i in range(500)]))
    (tmp_path / "cut.tmx.gz").write_bytes(whole.read_bytes()[:-900])
    with pytest.raises(FormatError, match="damaged or cut off"):
        list(read_tmx(tmp_path / "cut.tmx.gz"))
