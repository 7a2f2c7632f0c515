import gzip
import random

import pytest

from interlingua.corpus.readers import read_lines
from interlingua.errors import CorpusError, FormatError, LanguageError


@pytest.mark.parametrize("ending", ["", ".gz", ".xz", ".zst"])
def test_aligned(write, ending):
    english = write(f"a.en{ending}", "One.\nTwo.\nThree.\n")
    german = write(f"a.de{ending}", "Eins.\n \nDrei.\n")
    rows = list(read_lines({"en": english, "de": german}))
    assert [row.texts for row in rows] == [
        {"eng_Latn": "One.", "deu_Latn": "Eins."},
        {"eng_Latn": "Two."},
        {"eng_Latn": "Three.", "deu_Latn": "Drei."},
    ]
    assert [row.meta["_id"] for row in rows] == ["1", "2", "3"]


def test_only_line_feeds_end_lines(write):
    path = write("a.en", "\ufeffOne.\r\nTwo\u2028still two\x0b\x0c\x85.\nThree\rand on.\nNo line feed at the end.")
    assert [row.texts["eng_Latn"] for row in read_lines({"eng": path})] == [
        "One.",
        "Two\u2028still two\x0b\x0c\x85.",
        "Three\rand on.",
        "No line feed at the end.",
    ]


@pytest.mark.parametrize("short", ["a.en", "a.de"])
def test_unequal_counts(write, short):
    files = {name[2:]: write(name, "x\n" * (3 if name == short else 5)) for name in ("a.en", "a.de")}
    reader = read_lines(files)
    assert len([next(reader) for _ in range(3)]) == 3
    with pytest.raises(
        FormatError, match=r"ends after 3 lines but .* has at least 4; line-aligned files must"
    ) as caught:
        next(reader)
    assert (caught.value.path.name, caught.value.line) == (short, 3)


def test_broken_utf8(write):
    path = write("a.en", b"Good.\nB\xe4d.\n")
    with pytest.raises(FormatError, match=r"a.en, line 2: not UTF-8 \(byte 0xe4 at position 1 of the line\)") as caught:
        list(read_lines({"en": path}))
    assert caught.value.line == 2


def test_damaged_compression(write, tmp_path):
    whole = gzip.compress(b"a line that goes on\n" * 1000)
    cut = write("a.en", whole[: len(whole) // 2])
    cut.rename(tmp_path / "b.en.gz")
    with pytest.raises(FormatError, match="damaged or cut off"):
        list(read_lines({"en": tmp_path / "b.en.gz"}))
    (tmp_path / "c.en.xz").write_bytes(b"not compressed at all")
    with pytest.raises(FormatError, match="damaged or cut off"):
        list(read_lines({"en": tmp_path / "c.en.xz"}))
    frame = write("d.en.zst", random.Random(0).randbytes(5000).hex()).read_bytes()
    (tmp_path / "d.en.zst").write_bytes(frame[: len(frame) // 2])
    with pytest.raises(FormatError, match="damaged or cut off"):
        list(read_lines({"en": tmp_path / "d.en.zst"}))


def test_lazy(write):
    path = write("a.en", b"Good.\n" * 50_000 + b"\xff\n")
    assert next(read_lines({"en": path})).texts == {"eng_Latn": "Good."}


def test_wrong_names(write, tmp_path):
    path = write("a.en", "One.\n")
    with pytest.raises(CorpusError, match=r"there is no file or folder .*nowhere"):
        list(read_lines({"en": tmp_path / "nowhere"}))
    with pytest.raises(LanguageError, match="'en' and 'eng' both mean eng_Latn"):
        list(read_lines({"en": path, "eng": path}))
    with pytest.raises(LanguageError, match="not a language code"):
        list(read_lines({"xx": path}))
    with pytest.raises(CorpusError, match="at least one file"):
        list(read_lines({}))
