import logging

import pytest

from interlingua.corpus.readers import open_rows, read_xliff
from interlingua.errors import FormatError

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">\n'
    '<file original="a.html" source-language="en-US" target-language="de" datatype="html"><header/><body>\n'
)
TAIL = "</body></file></xliff>\n"


def xliff(*units, head=HEAD):
    return head + "\n".join(units) + TAIL


def unit(source, target="", *, name="1", attributes="", target_attributes=""):
    translated = f"<target {target_attributes}>{target}</target>" if target else ""
    return f'<trans-unit id="{name}" {attributes}><source>{source}</source>{translated}</trans-unit>'


def texts(path, **settings):
    return [tuple(row.texts.values()) for row in read_xliff(path, **settings)]


def test_units(write):
    path = write(
        "a.xlf",
        xliff(
            unit("One &amp; two.", "Eins &amp; zwei."),
            f"<group><group>{unit('Three.', name='k')}</group></group>",
            unit("", "Nur hier.", name="3"),
            "<trans-unit id='4'/>",
            "<bin-unit><bin-source/></bin-unit>",
            '</body></file><file original="b.html" source-language="en" target-language="fr"><body>',
            unit("Four.", "Quatre.", name="1", target_attributes='xml:lang="fr-CA" state="translated"'),
        ),
    )
    rows = list(read_xliff(path, rename={"en-US": "eng"}))
    assert [row.texts for row in rows] == [
        {"eng_Latn": "One & two.", "deu_Latn": "Eins & zwei."},
        {"eng_Latn": "Three."},
        {"deu_Latn": "Nur hier."},
        {"eng_Latn": "Four.", "fra_Latn-CA": "Quatre."},
    ]
    assert [row.meta for row in rows] == [
        {"_id": "1", "_document": "a.html", "_source_language": "en-US"},
        {"_id": "k", "_document": "a.html", "_source_language": "en-US"},
        {"_id": "3", "_document": "a.html", "_source_language": "en-US"},
        {"_id": "2:1", "_document": "b.html", "_source_language": "en", "_state": "translated"},
    ]
    assert set(next(read_xliff(path)).texts) == {"eng_Latn-US", "deu_Latn"}


def test_mark_up_and_white_space(write):
    marked = """<g id="1">Press</g> <bpt id="2">b<sub>no</sub></bpt>the\n   <x id="3" ctype="image"/>red
    <mrk mtype="term">one</mrk><ept id="2">/b</ept>now<x id="4" ctype="lb"/>here<bx id="5"/><ex id="5"/>
    <mrk mtype="x-sdl-deleted">gone</mrk>."""
    found = texts(
        write("a.xlf", xliff(unit(marked), unit(" a \n b\u00a0 ", " c\t", attributes='xml:space="preserve"')))
    )
    assert found == [("Press the red onenow here .",), (" a \n b\u00a0 ", " c\t")]
    assert texts(write("b.xlf", xliff(f'<group xml:space="preserve">{unit(" a ")}</group>', unit(" a ")))) == [
        (" a ",),
        ("a",),
    ]


@pytest.mark.parametrize(
    ("unit_attributes", "target_attributes", "is_taken"),
    [
        ("", "", True),
        ("", 'state="translated"', True),
        ("", 'state="needs-review-translation"', True),
        ("", 'state="new"', False),
        ("", 'state="needs-translation"', False),
        ("", 'state="translated" state-qualifier="mt-suggestion"', False),
        ("", 'state-qualifier="rejected-grammar"', False),
        ('mq:status="MachineTranslated"', "", False),
        ('mq:status="ManuallyConfirmed"', "", True),
    ],
)
def test_unfinished_targets(write, caplog, unit_attributes, target_attributes, is_taken):
    caplog.set_level(logging.INFO)
    path = write("a.mqxliff", xliff(unit("A.", "B.", attributes=unit_attributes, target_attributes=target_attributes)))
    assert texts(path) == [("A.", "B.")[: 1 + is_taken]]
    assert ("1 target left out as no finished translation (sources stay)" in caplog.text) is not is_taken


def test_what_is_not_to_be_translated(write, caplog):
    caplog.set_level(logging.INFO)
    path = write(
        "a.xlf",
        xliff(
            unit("A.", "A.", attributes='translate="no"'),
            '<group translate="no">' + unit("B.", "B.") + unit("C.", "D.", attributes='translate="yes"') + "</group>",
            unit("E.", "F."),
        ),
    )
    assert texts(path) == [("C.", "D."), ("E.", "F.")]
    assert "2 units left out as not to be translated" in caplog.text


def test_approved(write):
    units = [
        unit("A.", "B.", attributes='approved="yes"'),
        unit("C.", "D.", attributes='approved="no"'),
        unit("E.", "F.", target_attributes='state="signed-off"'),
        unit("G.", "H.", attributes='approved="yes"', target_attributes='state="new"'),
    ]
    assert texts(write("a.xlf", xliff(*units)), approved=True) == [("A.", "B."), ("C.",), ("E.", "F."), ("G.",)]


def test_alternatives_are_not_read(write):
    alternative = "<alt-trans><source>X.</source><target>Y.</target></alt-trans>"
    path = write("a.xlf", xliff(unit("A.", "B.").replace("</trans-unit>", alternative + "</trans-unit>")))
    assert texts(path) == [("A.", "B.")]


SEGMENTED = """<trans-unit id="u"><source>One. <g id="1">Two.</g></source>
<seg-source><mrk mtype="seg" mid="1">One.</mrk> <g id="1"><mrk mtype="seg" mid="2">Two <mrk>too</mrk>.</mrk></g>
</seg-source><target><mrk mtype="seg" mid="1">Eins.</mrk> <g id="1"><mrk mtype="seg" mid="2">Zwei.</mrk></g></target>
%s</trans-unit>"""


def test_segments(write):
    rows = list(read_xliff(write("a.xlf", xliff(SEGMENTED % "")), rename={"en-US": "eng"}))
    assert [(row.meta["_id"], *row.texts.values()) for row in rows] == [
        ("u/1", "One.", "Eins."),
        ("u/2", "Two too.", "Zwei."),
    ]
    whole = (
        (SEGMENTED % "")
        .replace('mtype="seg" mid="1">Eins', 'mtype="x">Eins')
        .replace('mtype="seg" mid="2">Zwei', 'mtype="x">Zwei')
    )
    assert texts(write("b.xlf", xliff(whole))) == [("One. Two.", "Eins. Zwei.")]


def test_trados(write):
    definitions = '<sdl:seg-defs><sdl:seg id="1" conf="Translated"/><sdl:seg id="2"%s/></sdl:seg-defs>'
    head = HEAD.replace("<xliff ", '<xliff xmlns:sdl="http://sdl.com/FileTypes/SdlXliff/1.0" ').replace(
        "<header/>", "<header><reference><internal-file>" + "QUJD" * 50_000 + "</internal-file></reference></header>"
    )
    for confirmed, expected in (
        ("", ("Two too.",)),
        (' conf="Draft"', ("Two too.",)),
        (' conf="ApprovedSignOff"', ("Two too.", "Zwei.")),
    ):
        path = write("a.sdlxliff", xliff(SEGMENTED % (definitions % confirmed), head=head))
        assert [tuple(row.texts.values()) for row in open_rows(path)] == [("One.", "Eins."), expected]


def test_version_2(write):
    path = write(
        "a.xliff",
        """<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en" trgLang="de">
        <file id="f" original="a.txt"><group><unit id="u"><originalData><data id="d">&lt;b&gt;</data></originalData>
        <segment><source>Press <pc id="1">it</pc><ph id="2" dataRef="d" subType="xlf:lb"/>now<cp hex="001a"/>.</source>
        <target>Jetzt <sc id="1"/>drücken<ec startRef="1"/>.</target></segment><ignorable><source> </source></ignorable>
        <segment state="initial"><source>Two.</source><target>Zwei.</target></segment>
        <segment id="s" state="final"><source>Three.</source><target>Drei.</target></segment>
        <mtc:matches xmlns:mtc="m"><mtc:match><source>No.</source><target>Nein.</target></mtc:match></mtc:matches>
        </unit></group><unit id="v" translate="no"><segment><source>X</source></segment></unit></file></xliff>""",
    )
    rows = list(read_xliff(path))
    assert [(row.meta["_id"], row.meta.get("_state"), *row.texts.values()) for row in rows] == [
        ("u", None, "Press it now.", "Jetzt drücken."),
        ("u/2", "initial", "Two."),
        ("u/s", "final", "Three.", "Drei."),
    ]
    assert texts(path, approved=True) == [("Press it now.",), ("Two.",), ("Three.", "Drei.")]


def test_faults(write, caplog):
    head = HEAD.replace('"en-US"', '"qq"')
    assert texts(write("a.xlf", xliff(unit("A.", "B."), head=head))) == [("B.",)]
    assert "line 4: 'qq' is not a language code" in caplog.text
    none = HEAD.replace(' target-language="de"', "")
    assert texts(write("a.xlf", xliff(unit("A.", "B."), unit("C."), head=none))) == [("A.",), ("C.",)]
    assert "1 fault left out: line 4: a target text, but the file says no target language" in caplog.text
    same = write("b.xlf", xliff(unit("A.", "A."), head=HEAD.replace("en-US", "de")))
    assert texts(same) == [("A.",)]
    with pytest.raises(FormatError, match=r"b.xlf, line 4: a second text in deu_Latn"):
        texts(same, strict=True)


def test_other_versions(write):
    with pytest.raises(FormatError, match=r"a.xlf, line 2: XLIFF of version 3.0; 1.0 to 1.2 and 2.x are read"):
        texts(write("a.xlf", xliff(unit("A."), head=HEAD.replace('version="1.2"', 'version="3.0"'))))
    with pytest.raises(FormatError, match="the root element is <tmx>, not <xliff>"):
        texts(write("a.xlf", "<tmx/>"))


def test_a_file_has_the_languages_that_it_says(write, caplog):
    path = write(
        "a.xlf",
        xliff(
            unit("One.", "Eins."),
            '</body></file><file original="b.html" source-language="en"><body>',
            unit("Two.", "Deux."),
        ),
    )
    assert [row.texts for row in read_xliff(path, rename={"en-US": "eng"})] == [
        {"eng_Latn": "One.", "deu_Latn": "Eins."},
        {"eng_Latn": "Two."},
    ]
    assert "left out" in caplog.text
