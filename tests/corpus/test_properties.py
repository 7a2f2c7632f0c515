"""Whatever text goes in comes out again."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from interlingua.corpus import Corpus
from interlingua.corpus.readers import read_delimited, read_lines
from interlingua.types import Row

# Any text that one line holds: no line feed, no carriage return at its end, not blank, nothing UTF-8 cannot say; no
# null characters, by which UTF-16 is told.
lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\0"), min_size=1, max_size=30)
cells = lines.filter(lambda text: text.strip() and not text.startswith("\ufeff"))
optional = st.one_of(st.just(""), cells)
pairs = st.lists(st.tuples(optional, optional), min_size=1, max_size=8)


def texts(pair):
    return {language: text for language, text in zip(("eng_Latn", "deu_Latn"), pair, strict=True) if text}


@given(pairs)
def test_line_aligned(tmp_path_factory, written):
    folder = tmp_path_factory.mktemp("lines")
    for i, name in enumerate(("a.en", "a.de")):
        (folder / name).write_bytes("".join(pair[i] + "\n" for pair in written).encode())
    found = list(read_lines({"en": folder / "a.en", "de": folder / "a.de"}))
    assert [row.texts for row in found] == [texts(pair) for pair in written]


@given(pairs)
def test_tab_separated(tmp_path_factory, written):
    written = [tuple(text.replace("\t", " ").strip() for text in pair) for pair in written]
    path = tmp_path_factory.mktemp("tsv") / "a.tsv"
    path.write_bytes("".join("\t".join(pair) + "\n" for pair in [("en", "de"), *written]).encode())
    assert [row.texts for row in read_delimited(path, strict=True)] == [texts(pair) for pair in written]


@given(st.lists(st.tuples(cells | st.just("two\nlines"), cells), min_size=1, max_size=8))
def test_comma_separated(tmp_path_factory, written):
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([("en", "de"), *written])
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(stream.getvalue().encode())
    assert [row.texts for row in read_delimited(path, strict=True)] == [texts(pair) for pair in written]


@given(pairs)
def test_rows_through_the_table(written):
    rows = [Row(texts(pair)) for pair in [*written, ("always", "one")]]
    assert [dict(row.texts) for row in Corpus.from_rows(rows).rows()] == [row.texts for row in rows]
