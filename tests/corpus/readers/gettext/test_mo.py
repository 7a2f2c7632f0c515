import gettext
import gzip
import struct
from collections import Counter

import pytest

from catalogs import Message, header, mo
from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.gettext.mo import mo_entries
from interlingua.errors import CorpusError, FormatError

MESSAGES = [
    header("de"),
    Message("kettle", "Kessel"),
    Message("boat", "Boot", context="menu"),
    Message("", "nichts", context="empty"),
    Message("%d goat", ["%d Ziege", "%d Ziegen"], plural="%d goats"),
    Message("two\nlines", "zwei\nZeilen für dich"),
]


def entries(path, *, strict=False):
    left_out = Counter()
    with Faults(path, strict=strict) as faults:
        return list(mo_entries(path, faults, left_out)), left_out


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("revision", [0, 1 << 16])
def test_both_byte_orders(write, order, revision):
    path = write("a.mo", mo(*MESSAGES, order=order, revision=revision))
    found, _ = entries(path, strict=True)
    assert found[0].is_header
    assert {entry[:4] for entry in map(_hashable, found[1:])} == {
        (None, "kettle", None, ("Kessel",)),
        ("menu", "boat", None, ("Boot",)),
        ("empty", "", None, ("nichts",)),
        (None, "%d goat", "%d goats", ("%d Ziege", "%d Ziegen")),
        (None, "two\nlines", None, ("zwei\nZeilen für dich",)),
    }
    with path.open("rb") as stream:
        theirs = gettext.GNUTranslations(stream)
    assert all(theirs.gettext(entry.singular) == entry.forms[0] for entry in found if not entry.context and entry.line)


def _hashable(entry):
    return (*entry[:3], tuple(entry.forms[number] for number in sorted(entry.forms)))


def test_encoding_of_the_header_and_compression(write):
    content = mo(header(charset="KOI8-R"), Message("kettle", "Чайник"), charset="koi8-r")
    for name in ("a.mo", "a.mo.gz", "a.mo.zst"):
        assert entries(write(name, content), strict=True)[0][1].forms == {0: "Чайник"}


def test_messages_that_depend_on_the_machine_are_counted(write):
    content = bytearray(mo(Message("kettle", "Kessel"), Message("tea", "Tee" * 9), revision=1))
    struct.pack_into("<I", content, 36, 3)
    struct.pack_into("<II", content, 28, 3, len(content) - 28)  # the table that was written over
    _, left_out = entries(write("a.mo", bytes(content)))
    assert left_out == {"system-dependent": 3}


def test_texts_that_are_not_in_the_encoding_are_left_out(write, caplog):
    path = write("a.mo", mo(header(), Message("kettle", "Größe"), charset="utf-8").replace("ö".encode(), b"\xff\xff"))
    assert len(entries(path)[0]) == 1
    assert "1 fault left out: message 2: not utf-8 (byte 0xff)" in caplog.text
    with pytest.raises(FormatError, match="message 2: not utf-8"):
        entries(path, strict=True)


def test_a_text_of_a_mebibyte_is_left_out(write, caplog):
    path = write("a.mo", mo(header(), Message("kettle", "x" * ((1 << 20) + 1)), Message("tea", "Tee")))
    assert [entry.singular for entry in entries(path)[0]] == ["", "tea"]
    assert "message 2: a text over 1,048,576 bytes" in caplog.text


WHOLE = mo(*MESSAGES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is 0 bytes, too few for a .mo"),
        (WHOLE[:20], "is 20 bytes, too few for a .mo"),
        (b"x" * 100, "does not begin as a .mo does"),
        (WHOLE[:60], "tables of 6 messages reach beyond the end of the file"),
        (WHOLE[:-40], r"message \d lies beyond the end of the file"),
        (WHOLE[:4] + struct.pack("<I", 2 << 16) + WHOLE[8:], "is of revision 2.0; known are 0 and 1"),
        (WHOLE[:8] + struct.pack("<I", 0xFFFFFFFF) + WHOLE[12:], "tables of 4,294,967,295 messages reach beyond"),
        (WHOLE[:12] + struct.pack("<I", 0xFFFFFFF0) + WHOLE[16:], "reach beyond the end"),
        (WHOLE[:36] + struct.pack("<II", 0xFFFFFFFF, 10) + WHOLE[44:], "message 2 lies beyond the end"),
        (WHOLE[:36] + struct.pack("<II", 10, 0xFFFFFFFF) + WHOLE[44:], "message 2 lies beyond the end"),
        (mo(header(charset="no-such"), Message("a", "b")), "names the encoding 'no-such'"),
    ],
)
def test_damaged(write, content, message):
    with pytest.raises(FormatError, match=message):
        entries(write("a.mo", content))


def test_texts_that_lie_over_each_other(write):
    """A small file whose many messages are all one long text would grow without end."""
    count, text = 5000, b"x" * 50_000
    place = struct.pack("<II", len(text), 28 + 8 * count)
    bomb = struct.pack("<7I", 0x950412DE, 0, count, 28, 28, 0, 0) + place * count + text
    with pytest.raises(FormatError, match="lie over each other"):
        entries(write("a.mo", bomb))


def test_missing_too_large_and_cut_off_when_compressed(write, tmp_path, monkeypatch):
    with pytest.raises(CorpusError, match="there is no file"):
        entries(tmp_path / "nowhere.mo")
    (tmp_path / "cut.mo.gz").write_bytes(gzip.compress(WHOLE)[:-20])
    with pytest.raises(FormatError, match="damaged or cut off"):
        entries(tmp_path / "cut.mo.gz")
    monkeypatch.setitem(mo_entries.__globals__, "_COMPRESSED_LIMIT", len(WHOLE) - 1)
    with pytest.raises(FormatError, match="bytes; decompress it first"):
        entries(write("large.mo.zst", WHOLE))
