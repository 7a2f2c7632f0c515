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


def test_provenance(write):
    path = write(
        "a.tmx",
        tmx(
            '<tu srclang="*all*" creationdate="20200101T000000Z" changedate="20210203T040506Z" creationid="somebody">'
            '<note>n</note><prop type="x-Document">a &amp; b.docx</prop><prop type="client">c</prop>'
            '<prop type="score-bicleaner">0.75</prop><tuv xml:lang="en"><prop type="source-document">a.html</prop>'
            '<seg>One.</seg></tuv><tuv xml:lang="de"><seg>Eins.</seg></tuv></tu>',
            '<tu xml:lang="en" creationdate="20200101T000000Z"><prop type="score">no</prop>'
            "<tuv><seg>Two.</seg></tuv></tu>",
        ),
    )
    first, second = read_tmx(path)
    assert first.meta == {
        "_id": "1",
        "_tool": "Tool 2",
        "_date": "20210203T040506Z",
        "_document": "a & b.docx",
        "_document:eng_Latn": "a.html",
        "_score": 0.75,
    }
    assert second.meta["_date"] == "20200101T000000Z"
    assert "_score" not in second.meta
    assert second.texts == {"eng_Latn": "Two."}
    every = tmx(
        unit(("en", "One.")), head=HEAD + '<header srclang="*all*"><prop type="p">x</prop><ude name="u"/></header>'
    )
    assert next(read_tmx(write("b.tmx", every))).meta == {"_id": "1"}


def test_what_xml_allows(write):
    text = """<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "http://127.0.0.1:9/tmx14.dtd">
    <tmx version="1.4"><!-- <tu> --><header srclang="en"><note>a</note><ude name="x"><map unicode="#xF8FF" code="#xF0"/>
    </ude></header><body><?tool <tu><tuv xml:lang="en"><seg>No.</seg></tuv></tu> ?>
    <!-- <tu><tuv xml:lang="en"><seg>No.</seg></tuv></tu> -->
    <tu><tuv xml:lang='en'><seg>A<!-- b -->c <![CDATA[<&]]> &#x263A;</seg></tuv><tuv xml:lang="de"/></tu>
    <![CDATA[<tu><tuv xml:lang="en"><seg>No.</seg></tuv></tu> ]]>
    <tu><tuv xml:lang="en"><seg xml:space="default"> a\r\n b </seg></tuv><tuv><note>x</note></tuv></tu>
    </body></tmx>""".replace("\\r\\n", "\r\n")
    rows = list(read_tmx(write("a.tmx", text)))
    assert [row.texts for row in rows] == [{"eng_Latn": "Ac <& ☺"}, {"eng_Latn": " a\n b "}]


def test_an_entity_of_a_dtd_that_is_not_read(write, caplog):
    head = HEAD.replace("<tmx", '<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx') + HEADER
    path = write("a.tmx", tmx(unit(("en", "a &nbsp; b"), ("de", "c")), unit(("en", "d")), head=head))
    assert [row.texts for row in read_tmx(path)] == [{"deu_Latn": "c"}, {"eng_Latn": "d"}]
    assert "line 6: the entity &nbsp; is not one of XML's own" in caplog.text


def test_prefixed_names(write):
    text = """<t:tmx xmlns:t="x" xmlns:o="y"><t:body><tu><tuv xml:lang="en"><seg>No.</seg></tuv></tu>
    <t:tu><t:tuv xml:lang="en"><o:seg>No.</o:seg><t:seg>One <t:ph>no</t:ph><o:ph>and</o:ph>.</t:seg></t:tuv></t:tu>
    </t:body></t:tmx>"""
    assert [row.texts for row in read_tmx(write("a.tmx", text))] == [{"eng_Latn": "One and."}]


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "windows-1252", "koi8-r", "GB18030"]
)
def test_encodings(write, encoding):
    text = "Größe – “ja”" if encoding[0] in "uw" else {"i": "Größe", "k": "Размер", "G": "大小"}[encoding[0]]
    content = tmx(unit(("de", text))).replace("UTF-8", encoding.removesuffix("-sig").removesuffix("-le"))
    assert next(read_tmx(write("a.tmx", content.encode(encoding)))).texts == {"deu_Latn": text}


def test_wrong_encodings(write):
    said = tmx(unit(("de", "Größe")), unit(("de", "Maß")))
    assert len(list(read_tmx(write("a.tmx", said.replace("UTF-8", "utf-16"))))) == 2
    with pytest.raises(FormatError, match=r"a.tmx, line 5: not utf-8 \(invalid start byte\); convert the file"):
        list(read_tmx(write("a.tmx", said.encode("cp1252"))))
    for unknown in ("klingon", "zlib", "punycode"):
        with pytest.raises(FormatError, match=f"line 1: the encoding {unknown} is not known"):
            list(read_tmx(write("a.tmx", said.replace("UTF-8", unknown))))


def test_inline_codes(write):
    marked = (
        'Press <bpt i="1">&lt;b&gt;<sub>no</sub></bpt>the <hi type="x">red <ph/>one</hi>'
        '<ept i="1">&lt;/b&gt;</ept> now<!-- c -->.'
    )
    rows = list(read_tmx(write("a.tmx", tmx(unit(("en", marked))))))
    assert rows[0].texts == {"eng_Latn": "Press the red one now."}


@pytest.mark.parametrize(
    ("segment", "text"),
    [
        ("One.<ph type='lb'/>Two.", "One. Two."),
        ("One. <ph type='lb'>&lt;br/&gt;</ph>Two.", "One. Two."),
        ("Un<it pos='begin'>x</it>broken<ut>y</ut>.", "Unbroken."),
        ("A word<ph type='fnote'>\\fn{<sub>A footnote <hi>here</hi>.</sub>}</ph> more.", "A word more."),
        ("<hi><hi>Deep</hi> <unknown>er</unknown></hi>", "Deep er"),
        ("<sub>Not here.</sub>Here.", "Here."),
    ],
)
def test_the_rule_for_mark_up(write, segment, text):
    assert next(read_tmx(write("a.tmx", tmx(unit(("en", segment)))))).texts == {"eng_Latn": text}


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
        (tmx(unit(("en", "One."))).replace("</body>", ""), 7, "not well-formed XML: mismatched tag"),
        (tmx(unit(("en", "a < b"))), 5, "not well-formed XML"),
        (tmx(unit(("en", "One.")))[:150], None, "the file ends early, before </tmx>"),
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


def test_missing_and_cut_off(write, tmp_path):
    with pytest.raises(CorpusError, match="there is no file"):
        list(read_tmx(tmp_path / "nowhere.tmx"))
    whole = write("a.tmx.gz", tmx(*[unit(("en", f"Line {i}.")) for i in range(500)]))
    (tmp_path / "cut.tmx.gz").write_bytes(whole.read_bytes()[:-900])
    with pytest.raises(FormatError, match="damaged or cut off"):
        list(read_tmx(tmp_path / "cut.tmx.gz"))


SPACED = {
    "Wait for <ph/> seconds.": "Wait for seconds.",
    "Wait <ph>a</ph> <it pos='begin'>b</it>\n<ut/>  here.": "Wait here.",
    "  <ph/> two  <ph/>\tthree <ph/>": "  two  three ",
    '<bpt i="1">b</bpt> a <ept i="1">b</ept> .': " a .",
    "a <hi> <ph/> b <ph/></hi> c": "a  b c",
    "a<ph/> <ph/><ph/> b<ph/>": "a b",
    "«\u00a0<ph/>\u00a0»": "«\u00a0»",
    "a <ph/> &amp; <ph/> b": "a & b",
    "a  b": "a  b",
}
"""Codes among white space, and what is read."""


@pytest.mark.parametrize(("segment", "text"), SPACED.items())
@pytest.mark.parametrize("attributes", ["", 'x=""'], ids=["plain", "parsed"])
def test_a_code_that_is_left_out_doubles_no_space(write, segment, text, attributes):
    (row,) = read_tmx(write("a.tmx", tmx(unit(("en", segment), ("de", "c"), attributes=attributes))))
    assert row.texts["eng_Latn"] == text


def test_plain_units_read_as_the_parser_does(write):
    """The same units in a shape that only the parser takes."""
    units = [
        unit(
            ("en", f"One {i} &amp; &lt;two&gt; &quot;&apos;"),
            ("de", "Eins &#33;" if i % 3 else "Eins"),
            attributes=extra,
        )
        for i in range(40)
        for extra in ("", f'tuid="t{i}"', 'changedate="20200101T000000Z" srclang="de"', "tuid='q'", 'other="1"')
    ]
    units += [
        unit(("en", "a"), ("qq", "b")),
        unit(("en", "a"), ("EN", "b")),
        unit(("en", " "), ("de", "b")),
        unit(("en", "")),
    ]
    units += [unit(("en", "a"), ("de", "b"), ("fr", "c")), unit(), unit(("en", "a\r\nb"), ("de", "c\rd"))]
    units += [
        unit(("en", segment), ("de", "c"), attributes=attributes)
        for segment in (
            "a<ph/>b &amp;lt;",
            "a <ph x='1'>&lt;</ph>b",
            '<bpt i="1" x="2" type="bold">&lt;b&gt;</bpt>a<ept i="1">&lt;/b&gt;</ept>',
            'a<ph type="lb"/>b',
            '<hi type="x">a</hi><hi><hi>b</hi></hi>',
            "<ph>a<sub>b</sub>c</ph>d",
            "<x>a</x>b",
            "<ph/>",
            *SPACED,
        )
        for attributes in ("", 'tuid="a" datatype="html"')
    ]
    units += [unit(("en", "a<ph/>b"), ("de", "c")), "<!-- c -->", unit(("en", "after"))] * 20
    plain = list(read_tmx(write("a.tmx", tmx(*units))))
    parsed = list(read_tmx(write("b.tmx", tmx(*units).replace("<tu ", "<tu\tx=''  "))))
    assert plain == parsed
    assert len(plain) == 200 + 7 + 16 + 2 * len(SPACED) + 40


def test_lines_are_counted_in_plain_units(write):
    path = write("a.tmx", tmx(*[unit(("en", "One."), ("de", "Eins."))] * 500, unit(("qq", "?"))))
    with pytest.raises(FormatError, match=r"line 505: 'qq'"):
        list(read_tmx(path, strict=True))
    bad = tmx(*[unit(("en", "One."), ("de", "Eins."))] * 1500, unit(("en", "\x01"), ("de", "Eins.")))
    with pytest.raises(FormatError, match=r"line 1,505: not well-formed XML: not well-formed \(invalid token\)"):
        list(read_tmx(write("b.tmx", bad)))


def test_a_property_of_a_variant_that_cannot_be_used_is_not_that_of_the_unit(write):
    strange = '<tuv xml:lang="zzzzzq"><prop type="score">0.1</prop><seg>?</seg></tuv>'
    path = write("a.tmx", tmx("<tu>" + '<tuv xml:lang="en"><seg>One.</seg></tuv>' + strange + "</tu>"))
    (row,) = read_tmx(path)
    assert dict(row.texts) == {"eng_Latn": "One."}
    assert "_score" not in row.meta


def test_a_language_that_does_not_come_cannot_be_renamed(write, caplog):
    path = write("a.tmx", tmx('<tu><tuv xml:lang="en-GB"><seg>One.</seg></tuv></tu>'))
    assert [dict(row.texts) for row in read_tmx(path, rename={"en-UK": "eng"})] == [{"eng_Latn-GB": "One."}]
    assert "no language is written en-UK, to be renamed; here are en-GB" in caplog.text


def test_properties_that_are_left_out_are_named_once(write, caplog):
    caplog.set_level("INFO")
    said = '<prop type="x-project">p</prop><prop type="x-document">a</prop>'
    variants = '<tuv xml:lang="en"><prop type="client">c</prop><seg>One.</seg></tuv>'
    path = write("a.tmx", tmx(*[f"<tu>{said}{variants}</tu>"] * 3))
    assert [row.meta["_document"] for row in read_tmx(path)] == ["a"] * 3
    assert caplog.messages == [f"{path}: properties that are left out: x-project, client"]
