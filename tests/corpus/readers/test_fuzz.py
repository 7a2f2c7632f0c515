"""Bytes that nobody meant become rows or one of our errors, in little time and memory."""

import json
import logging
import random
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.readers import SEEDS, attempt
from interlingua.corpus import Corpus, open_rows, write_corpus
from interlingua.errors import FormatError, InterlinguaError

TOKENS = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\t",
    b"\n",
    b'"',
    b"{",
    b"[",
    b"<",
    b"&#0;",
    b"\\ud800",
    b"\xed\xa0\x80",
]
TOKENS += [
    b"9" * 5000,
    b"\xff\xff\xff\xff",
    b"1e999",
    b"]]>",
    b"<!ENTITY a '&a;'>",
    b"en",
    b"_id",
    b"\\",
    b"-1",
    b"nan",
]


def mutated(data: bytes, draw: random.Random) -> bytes:
    """Change a few places of sound bytes."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4, 8))):
        place = draw.randrange(len(changed) + 1)
        match draw.randrange(5):
            case 0 if place < len(changed):
                changed[place] = draw.randrange(256)
            case 1:
                del changed[place : place + draw.choice((1, 2, 8, 64))]
            case 2:
                changed[place:place] = draw.choice(TOKENS)
            case 3:
                changed[place:place] = changed[draw.randrange(len(changed) + 1) :][: draw.choice((1, 8, 64))]
            case _ if draw.random() < 0.2:
                del changed[place:]
    return bytes(changed)


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("form", SEEDS)
def test_sound_files_have_rows(form, tmp_path):
    assert attempt(*SEEDS[form], tmp_path)


@pytest.mark.parametrize("form", SEEDS)
def test_changed_bytes(form, tmp_path):
    name, seed = SEEDS[form]
    draw = random.Random(form)
    for _ in range(60):
        attempt(name, mutated(seed, draw), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("form", SEEDS)
def test_many_changed_bytes(form, tmp_path):
    name, seed = SEEDS[form]
    draw = random.Random(f"{form} again")
    for _ in range(300):
        attempt(name, mutated(seed, draw), tmp_path)


@pytest.mark.parametrize("form", SEEDS)
def test_every_place_to_break_off(form, tmp_path):
    name, seed = SEEDS[form]
    for size in range(0, len(seed), max(1, len(seed) // 40)):
        attempt(name, seed[:size], tmp_path)


@pytest.mark.parametrize("form", ["tsv", "csv", "jsonl", "headerless"])
def test_any_lines(form, tmp_path_factory):
    folder = tmp_path_factory.mktemp(form)
    text = st.text(st.sampled_from('\t\n\r",{}[]:_ \\abé\u2028\0𝄞') | st.characters(codec="utf-8"), max_size=60)

    @settings(derandomize=True, max_examples=60, deadline=None, database=None)
    @given(text)
    def check(content):
        seed = SEEDS[form][1].partition(b"\n")[0]
        attempt(SEEDS[form][0], seed + b"\n" + content.encode(), folder)

    check()


@pytest.mark.parametrize(
    "text", ["Tab\there", 'She said "no".', "a\u2028b", "\ud7ff\ue000", "né\0", "\U0001f600", ", ,", "\\n"]
)
def test_what_json_says_arrives(text, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"en": text}) + "\n")
    assert next(open_rows(path)).texts == {"eng_Latn": text}


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ('{"en": "\\ud800"}', "'en' has half of a surrogate pair"),
        ('{"en": "a", "_note": "\\udfff b"}', "'_note' has half of a surrogate pair"),
        ("[" * 100_000, "nested too deeply|not JSON"),
        ('{"en": ' * 5000 + '"a"' + "}" * 5000, "nested too deeply|dict instead of text"),
        ('{"_id": ' + "9" * 5000 + ', "en": "a"}', "not JSON .Exceeds the limit"),
        ('{"en": NaN}', "holds float instead of text"),
        ('{"en": "a", "en": ["b"]}', "holds list instead of text"),
        ("\0", "UTF-16"),
    ],
)
def test_hostile_json(record, told, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(record + "\n")
    with pytest.raises(FormatError, match=rf"a.jsonl, line 1: .*({told})"):
        list(open_rows(path, strict=True))


@pytest.mark.parametrize("value", [10**30, -(2**63) - 1, {}, {"a": {}}, [], [[]], [1, "a"], 1e308, None, True, {"": 1}])
def test_any_provenance_is_kept_or_refused(value, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        json.dumps({"en": "Rain.", "_note": value}) + "\n" + json.dumps({"en": "Rain.", "_note": "x"}) + "\n"
    )
    told = ""
    try:
        write_corpus(open_rows(path), tmp_path / "out")
    except InterlinguaError as error:
        told = str(error)
    assert "_note" in told or len(Corpus.open(tmp_path / "out")) == 2


@pytest.mark.parametrize(
    ("name", "begin"),
    [("a.tsv", b"en\tde\n"), ("a.csv", b"en,de\n"), ("a.jsonl", b""), ("a.de-en.tsv", b""), ("de.po", b"")],
)
def test_a_line_without_end(name, begin, tmp_path):
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(begin)
        for _ in range(100):
            file.write(b"x" * 1_000_000)
    tracemalloc.start()
    with pytest.raises(InterlinguaError):
        list(open_rows(path, strict=True))
    assert tracemalloc.get_traced_memory()[1] < 80e6
    tracemalloc.stop()


def test_a_quote_that_never_ends(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(
        b'en,de\n"' + b"a line of a hundred bytes or so, again and again, all of it within one quote\n" * 10_000
    )
    with pytest.raises(FormatError, match=r"line 2: not CSV \(field larger than field limit"):
        list(open_rows(path, strict=True))
    tracemalloc.start()
    assert list(open_rows(path)) == []
    assert tracemalloc.get_traced_memory()[1] < 10e6
    tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl", "a.de-en.tsv"])
def test_utf_16_is_named(name, encoding, tmp_path):
    (tmp_path / name).write_bytes("en\tde\nRain.\tRegen.\n".encode(encoding))
    with pytest.raises(FormatError, match=r"line 1: this is UTF-16 or no text at all; .*iconv -f UTF-16 -t UTF-8"):
        list(open_rows(tmp_path / name))


def test_wrong_footers(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"en": ["Rain."] * 1000}), path)
    data = path.read_bytes()
    for size in (0xFFFFFFFF, 0x7FFFFFFF, len(data), len(data) - 8, 1, 0):
        path.write_bytes(data[:-8] + size.to_bytes(4, "little") + b"PAR1")
        with pytest.raises(InterlinguaError, match=r"cannot be read as Parquet|is damaged"):
            list(open_rows(path))
    for broken in (b"", b"PAR1", b"PAR1PAR1", data[4:], data[:-4] + b"PARE"):
        path.write_bytes(broken)
        with pytest.raises(InterlinguaError, match=r"cannot be read as Parquet|is damaged"):
            list(open_rows(path))
