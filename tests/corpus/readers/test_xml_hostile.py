"""What a TMX or XLIFF file must not be able to do: read other files, blow up, hang, or crash with an error not ours."""

import subprocess
import sys
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.corpus.readers import open_rows, read_tmx, read_xliff, xml
from interlingua.errors import FormatError, InterlinguaError
from interlingua.types import Row

TMX = (
    '<tmx version="1.4"><header/><body>\n',
    '<tu><tuv xml:lang="en"><seg>%s</seg></tuv><tuv xml:lang="de"><seg>Ja.</seg></tuv></tu>\n',
    "</body></tmx>\n",
)
XLIFF = (
    '<xliff version="1.2"><file source-language="en" target-language="de"><body>\n',
    '<trans-unit id="1"><source>%s</source><target>Ja.</target></trans-unit>\n',
    "</body></file></xliff>\n",
)
FORMATS = pytest.mark.parametrize(("name", "parts"), [("a.tmx", TMX), ("a.xliff", XLIFF)])
TOKEN = 1 << 20


def document(parts, text, *, before="", junk=""):
    head, unit, tail = parts
    return before + head + junk + unit % text + unit.replace("%s", "Yes.") + tail


def memory_of(path):
    """Texts of all rows (or the error), and the most memory that reading took, in MB."""
    list(open_rows(path.parent / "warm.tmx"))
    tracemalloc.start()
    try:
        found = [row.texts for row in open_rows(path)]
    except FormatError as error:
        found = str(error)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return found, peak


@pytest.fixture(autouse=True)
def _small_limits(write, monkeypatch):
    """A first file, so that what the libraries hold is not counted; limits small enough to be reached in no time."""
    write("warm.tmx", document(TMX, "One."))
    monkeypatch.setattr(xml, "_UNIT_CHARACTERS", 50_000)
    monkeypatch.setattr(xml, "_TOKEN_BYTES", 1 << 18)


YES = {"eng_Latn": "Yes.", "deu_Latn": "Ja."}


@FORMATS
def test_other_files_are_not_read(write, tmp_path, caplog, name, parts):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    doctype = f'<!DOCTYPE x [<!ENTITY f SYSTEM "{secret.as_uri()}"><!ENTITY % p SYSTEM "{secret.as_uri()}">%p;]>\n'
    rows = [row.texts for row in open_rows(write(name, document(parts, "This: &f;", before=doctype)))]
    assert rows == [{"deu_Latn": "Ja."}, YES]
    assert "the entity &f; is not one of XML's own" in caplog.text


@FORMATS
@pytest.mark.parametrize(
    ("doctype", "text", "message"),
    [
        (
            "".join(f'<!ENTITY e{i} "{f"&#38;e{i - 1};" * 10}">' for i in range(1, 12)),
            "&e11;",
            "the entity e1 holds other",
        ),
        (f'<!ENTITY e "{"x" * 5000}">', "&e;" * 1000, "the entity e holds other entities or a long text"),
        ("<!ATTLIST tu " + " ".join(f'a{i} CDATA "x"' for i in range(1200)) + ">", "", "more than 1,000 attributes"),
        ("<!-- -->" * 150_000, "", "no element in the first 1,048,576 bytes"),
    ],
    ids=["billion laughs", "quadratic blow-up", "default attributes", "endless prolog"],
)
def test_bombs(write, name, parts, doctype, text, message):
    found, peak = memory_of(write(name, document(parts, text, before=f"<!DOCTYPE x [{doctype}]>\n")))
    assert message in found
    assert peak < 4


@FORMATS
def test_an_entity_in_an_attribute_does_not_grow(write, name, parts):
    doctype = f'<!DOCTYPE x [<!ENTITY e "{"x" * 900}">]>'
    before = parts[0].replace("<body>", f"<body><note a='{'&e;' * 100_000}'/>", 1)
    found, peak = memory_of(write(name, document((before, *parts[1:]), "Yes.", before=doctype)))
    assert "a tag or comment of more than 65,536 bytes" in found
    assert peak < 32


@FORMATS
@pytest.mark.parametrize(
    ("junk", "message"),
    [
        ("<x/>" * 100_000, None),
        (f"<x>{'y' * 1_000_000}</x>", None),
        (f"<![CDATA[{'</tu></file>' * 200_000}]]>", None),
        ("".join(f"<x{i}/>" for i in range(12_000)), "more than 10,000 different names"),
        ("<x>" * 300, "elements nested more than 256 deep"),
        (f"<!--{'</tu>' * (TOKEN // 5)}-->", "a tag or comment of more than 262,144 bytes"),
        (f"<x y='{'z' * TOKEN}'/>", "a tag or comment of more than 262,144 bytes"),
    ],
    ids=["elements", "text", "cdata", "names", "depth", "comment", "attribute"],
)
def test_junk(write, name, parts, junk, message):
    found, peak = memory_of(write(name, document(parts, "Yes.", junk=junk)))
    assert found == [YES, YES] if message is None else message in found
    assert peak < 4


@FORMATS
@pytest.mark.parametrize("text", ["é" * 1_000_000, "<hi>é</hi>" * 60_000], ids=["long", "pieces"])
def test_an_endless_segment_is_left_out(write, caplog, name, parts, text):
    found, peak = memory_of(write(name, document(parts, text)))
    assert found == [{"deu_Latn": "Ja."}, YES]
    assert "line 2: a text of more than a million characters" in caplog.text
    assert peak < 8


def test_an_endless_unit(write, caplog):
    variants = '<tuv xml:lang="en"><seg>One.</seg></tuv>' * 5_000
    found, peak = memory_of(write("a.tmx", TMX[0] + f"<tu>{variants}</tu>" + TMX[1] % "Yes." + TMX[2]))
    assert found == [{"eng_Latn": "One."}, YES]
    assert "4,999 faults left out: line 2: a second text in eng_Latn" in caplog.text
    assert peak < 4
    languages = "".join(f'<tuv xml:lang="en-{i}x"><seg>One.</seg></tuv>' for i in range(1200))
    found, _ = memory_of(write("a.tmx", TMX[0] + f"<tu>{languages}</tu>" + TMX[2]))
    assert "more than 1,000 different languages" in found


def test_endless_segments_of_a_unit(write, caplog):
    marks = "".join(f'<mrk mtype="seg" mid="{i:099}"/>' for i in range(1_000))
    found, peak = memory_of(write("a.xliff", document(XLIFF, marks)))
    assert found == [{"deu_Latn": "Ja."}, YES]
    assert peak < 8


CHILD = """
import resource, sys
from interlingua.corpus.readers import open_rows
list(open_rows(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(sum(1 for _ in open_rows(sys.argv[2])), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.slow
@FORMATS
def test_memory_does_not_grow_with_the_file(tmp_path, name, parts):
    units = (parts[1] % "Yes, <ph/>it is." + parts[1] % "Yes, it is.") * 500
    path = tmp_path / name
    with path.open("w") as file:
        file.write(parts[0])
        for _ in range(10_000_000 // len(units)):
            file.write(units)
        file.write(parts[2])
    done = subprocess.run(
        [sys.executable, "-c", CHILD, tmp_path / "warm.tmx", path], capture_output=True, text=True, check=True
    )
    rows, grown = map(int, done.stdout.split())
    assert rows == 10_000_000 // len(units) * 1000
    assert grown < 8


CELL = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r"),
    max_size=30,
)


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5))
def test_every_text_comes_back(tmp_path_factory, pairs):
    folder = tmp_path_factory.mktemp("xml")
    kept = [Row({k: v for k, v in (("eng_Latn", a), ("deu_Latn", b)) if v.strip()}) for a, b in pairs]
    (folder / "a.tmx").write_bytes(
        (
            "<tmx><body>"
            + "".join(
                f'<tu><tuv xml:lang="en"><seg>{escaped(a)}</seg></tuv>'
                f'<tuv xml:lang="de"><seg>{escaped(b)}</seg></tuv></tu>'
                for a, b in pairs
            )
            + "</body></tmx>"
        ).encode()
    )
    assert [row.texts for row in read_tmx(folder / "a.tmx")] == [row.texts for row in kept]
    (folder / "a.xlf").write_bytes(
        (
            '<xliff version="1.2"><file source-language="en" target-language="de" xml:space="preserve"><body>'
            + "".join(
                f"<trans-unit id='1'><source>{escaped(a)}</source><target>{escaped(b)}</target></trans-unit>"
                for a, b in pairs
            )
            + "</body></file></xliff>"
        ).encode("utf-16")
    )
    assert [row.texts for row in read_xliff(folder / "a.xlf")] == [row.texts for row in kept if row.texts]


SOUND = {
    "a.tmx": document(TMX, "A <ph x='&lt;'>c</ph><![CDATA[d]]>&#65; &amp;"),
    "a.xliff": document(XLIFF, "A <x id='&lt;'/><mrk mtype='seg' mid='1'>b</mrk><![CDATA[d]]>&#65; &amp;"),
}


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(sorted(SOUND)), st.data())
def test_changed_bytes_raise_nothing_else(tmp_path_factory, name, data):
    content = bytearray(SOUND[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 6))
        content[at : at + length] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"<", b"&x;", b"]]>", b"</tu>", b'"'])
        )
    path = tmp_path_factory.mktemp("xml") / name
    path.write_bytes(content)
    with suppress(InterlinguaError):
        assert all(isinstance(text, str) for row in open_rows(path) for text in row.texts.values())
