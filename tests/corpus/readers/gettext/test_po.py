import subprocess
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from catalogs import Message, header, po
from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.gettext.po import po_entries
from interlingua.errors import FormatError


def entries(path, *, strict=False):
    left_out = Counter()
    with Faults(path, strict=strict) as faults:
        return list(po_entries(path, faults, left_out)), left_out


FULL = r"""# A comment of the translator.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"

#. For the translator.
#: src/a.c:12 src/b.c:3
#: "file with space.c":4
#, c-format, no-wrap
#| msgctxt "old"
#| msgid "Old boat"
msgctxt "menu"
msgid ""
"A \"boat\" \\ "
"\tof %d\n"
msgstr "Ein \"Boot\" \\ " "\tvon %d\n"

#, fuzzy
msgid "kettle"
msgstr "Kanne"
msgid "%d goat"
msgid_plural "%d goats"
msgstr[0] "%d Ziege"
msgstr[1]
"%d Ziegen"

#, fuzzy
#~ msgctxt "gone"
#~ msgid "Gone"
#~ msgstr "Fort"

#~| msgid "Older"
#~ msgid "Gone too"
#~ msgstr ""

#: src/c.c:1
msgid "bytes: \303\251\x41\101"
msgstr "\a\b\f\v\r\?"
"""


def test_every_part(write):
    path = write("a.po", FULL.replace("\\?", "\\'"))
    found, left_out = entries(path)
    assert found[0].is_header
    assert [entry[:4] for entry in found[1:]] == [
        ("menu", 'A "boat" \\ \tof %d\n', None, {0: 'Ein "Boot" \\ \tvon %d\n'}),
        (None, "kettle", None, {0: "Kanne"}),
        (None, "%d goat", "%d goats", {0: "%d Ziege", 1: "%d Ziegen"}),
        (None, "bytes: éAA", None, {0: "\a\b\f\v\r'"}),
    ]
    assert [entry.line for entry in found] == [2, 12, 19, 21, 37]
    assert [entry.fuzzy for entry in found] == [False, False, True, False, False]
    assert found[1].references == 'src/a.c:12 src/b.c:3 "file with space.c":4'
    assert found[4].references == "src/c.c:1"
    assert left_out == {"obsolete": 2}


@pytest.mark.parametrize(
    ("charset", "named", "text"),
    [
        ("latin-1", "ISO-8859-1", "Größe"),
        ("koi8-r", "KOI8-R", "Чайник"),
        ("cp1251", "windows-1251", "Лодка"),
        ("shift_jis", "Shift_JIS", "表示ソ"),  # the second byte of the first and the last is a backslash
        ("big5", "BIG5", "許功蓋"),
        ("gb18030", "GB18030", "茶壶"),
        ("euc_jp", "EUC-JP", "やかん"),
        ("utf-8", "CHARSET", "ทดสอบ"),
    ],
)
def test_encodings(write, charset, named, text):
    first = header("xx", charset=named)
    first.comments = [f"# {text}"]
    first.forms = [f"Last-Translator: {text}\n{first.forms[0]}"]
    path = write("a.po", po(first, Message("kettle", f"{text}\n{text}"), charset=charset))
    found, _ = entries(path, strict=True)
    assert found[1].forms == {0: f"{text}\n{text}"}
    assert found[0].forms[0].startswith(f"Last-Translator: {text}\n")


def test_escaped_bytes_are_of_the_files_encoding(write):
    head = po(header(charset="ISO-8859-1"), charset="latin-1")
    path = write("a.po", head + rb'msgid "a"' + b'\nmsgstr "Gr' + "ö".encode("latin-1") + rb'\337e \344"')
    assert entries(path, strict=True)[0][1].forms == {0: "Größe ä"}


def test_mark_carriage_returns_and_compression(write):
    content = b"\xef\xbb\xbf" + po(header("de"), Message("tea\nand milk", "Tee\nund Milch"), end="\r\n")
    for name in ("a.po", "a.po.gz", "a.po.xz", "a.po.zst"):
        found, _ = entries(write(name, content), strict=True)
        assert (found[1].singular, found[1].forms) == ("tea\nand milk", {0: "Tee\nund Milch"})


GOOD = 'msgid "tea"\nmsgstr "Tee"\n'


@pytest.mark.parametrize(
    ("bad", "line", "message"),
    [
        ('msgid "a\nmsgstr "b"\n', 3, 'a quote is not closed: "a'),
        ('msgid "a" b\nmsgstr "b"\n', 3, "neither keyword nor quoted text: b"),
        ('msgid "a"\n', 3, "a message needs msgstr"),
        ('msgid "a"\nmsgstr "b"\nmsgstr "c"\n', 5, "a second msgstr"),
        ('msgid "a"\nmsgid_plural "as"\nmsgstr "b"\n', 3, "a plural message needs msgstr"),
        ('msgid "a"\nmsgstr[0] "b"\n', 3, "a message needs msgstr"),
        ('msgid "a"\nmsgid_plural "as"\nmsgstr[1234] "b"\n', 5, "neither keyword nor quoted text"),
        ('msgstr "b"\n', 3, "a second msgstr"),
        ('msgctxt "m"\nmsgstr "b"\n', 3, "msgid is missing"),
        ('msgid "a"\nmsgstr "\\q"\n', 4, "\\q is no escape"),
        ('msgid "a"\nmsgstr "\\x1ff"\n', 4, "\\x1ff is more than a byte"),
        ('msgid "a"\nmsgstr "\\777"\n', 4, "\\777 is more than a byte"),
        ('msgid "a"\nmsgstr "\\377"\n', 3, "not utf-8 (byte 0xff)"),
        ("<<<<<<< HEAD\n", 3, "neither keyword nor quoted text: <<<<<<< HEAD"),
        (b'msgid "a"\nmsgstr "\xe4"\n', 4, "not utf-8 (byte 0xe4)"),
        (b'msgid "' + b"x" * (1 << 20) + b'"\nmsgstr "b"\n', 3, "an entry with a line over 1,048,576 bytes"),
        ('msgid "a"\nmsgstr ""\n' + f'"{"x" * 1000}"\n' * 4300, 3, "an entry with a line over"),
    ],
)
def test_a_bad_entry_among_good_ones(write, caplog, bad, line, message):
    bad = bad if isinstance(bad, bytes) else bad.encode()
    path = write("a.po", GOOD.encode() + bad + b"# next\n" + GOOD.encode().replace(b"tea", b"milk"))
    found, _ = entries(path)
    expected = ["milk"] if message == "a second msgstr" and line == 3 else ["tea", "milk"]
    assert [entry.singular for entry in found] == expected
    assert f"1 fault left out: line {line}: {message}" in caplog.text
    with pytest.raises(FormatError) as caught:
        entries(path, strict=True)
    assert (caught.value.line, message in str(caught.value)) == (line, True)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (po(header(charset="no-such")), 1, "names the encoding 'no-such'"),
        (po(header(charset="UTF-7")), 1, "names the encoding 'UTF-7'"),
        (po(header(charset="rot13")), 1, "names the encoding 'rot13'"),
        (GOOD.encode("utf-16"), 1, "is UTF-16"),
        (b"PK\3\4" + bytes(range(256)) * 50, None, "holds no entry of a gettext catalog"),
        (b"<html>\n<body>", None, "holds no entry of a gettext catalog"),
    ],
)
def test_no_catalog(write, content, line, message):
    with pytest.raises(FormatError, match=message) as caught:
        entries(write("a.po", content))
    assert caught.value.line == line


def test_empty_and_cut_off(write):
    assert entries(write("a.po", "")) == ([], {})
    whole = write("a.po.gz", po(*(Message(f"a{number * number}", f"b{number**3}") for number in range(3000))))
    (whole.parent / "cut.po.gz").write_bytes(whole.read_bytes()[:-900])
    with pytest.raises(FormatError, match="damaged or cut off"):
        entries(whole.parent / "cut.po.gz")


def test_memory_does_not_grow_with_lines_comments_or_entries(tmp_path):
    path = tmp_path / "a.po"
    with path.open("wb") as stream:
        stream.write(b'msgid "a"\nmsgstr "')
        for _ in range(30):
            stream.write(b"x" * (1 << 20))
        stream.write(b'"\n')
        stream.writelines(b"#: " + b"y" * 1000 + b"\n" for _ in range(6_000))
        stream.writelines(b'"' + b"y" * 1000 + b'"\n' for _ in range(6_000))
        stream.write(GOOD.encode())
    tracemalloc.start()
    found, _ = entries(path)
    assert tracemalloc.get_traced_memory()[1] < 24e6
    tracemalloc.stop()
    assert [entry.singular for entry in found] == ["tea"]


def test_reads_what_gettexts_own_program_writes(tmp_path):
    """Where GNU gettext is installed, its normal form of the file above says the same."""
    try:
        subprocess.run(["msgcat", "--version"], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("GNU gettext is not installed")
    ours, theirs = tmp_path / "ours.po", tmp_path / "theirs.po"
    ours.write_text(FULL.replace("\\?", "'"), encoding="utf-8")
    subprocess.run(["msgcat", "--width=40", "-o", theirs, ours], check=True, capture_output=True)
    assert [entry[:4] for entry in entries(Path(theirs))[0]] == [entry[:4] for entry in entries(ours)[0]]
