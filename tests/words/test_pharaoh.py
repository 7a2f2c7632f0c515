"""Lines of links: what is read is what was written, and every fault has its place."""

import gzip

import numpy as np
import pytest

from interlingua.errors import AlignmentError, CorpusError, FormatError, OutputError
from interlingua.types import Links, WordPair
from interlingua.words.pharaoh import format_links, parse_links, read_link_lines, read_pharaoh, write_pharaoh

PAIR = WordPair("ab cd ef", "gh ij", [(0, 2), (3, 5), (6, 8)], [(0, 2), (3, 5)])


def test_parse():
    found = parse_links("2-1 0-0 1p0\t".rstrip())
    assert found.pairs.tolist() == [[0, 0], [1, 0], [2, 1]]
    assert found.sure.tolist() == [True, False, True]
    assert found.scores.tolist() == [1, 1, 1]
    assert (found.pairs.dtype, found.sure.dtype, found.scores.dtype) == (np.int32, bool, np.float32)


@pytest.mark.parametrize("line", ["", "   ", "7\t"])
def test_an_empty_line_is_no_link(line):
    found = parse_links(line)
    assert (found.pairs.shape, found.sure.shape, found.scores.shape) == ((0, 2), (0,), (0,))


def test_counted_from_one():
    assert parse_links("1-1 3p2", base=1).pairs.tolist() == [[0, 0], [2, 1]]


def test_scores_and_identifiers_of_other_aligners():
    found = parse_links("17\t0-0:0.5 1-1:1e-3")
    assert found.pairs.tolist() == [[0, 0], [1, 1]]
    assert found.scores.tolist() == pytest.approx([0.5, 0.001])
    assert parse_links("s-1-2\t0-0").pairs.tolist() == [[0, 0]]


def test_a_link_given_twice_is_one_and_sure_if_one_is():
    found = parse_links("0-0:0.2 0p0:0.7 0p1 0p1")
    assert found.pairs.tolist() == [[0, 0], [0, 1]]
    assert found.sure.tolist() == [True, False]
    assert found.scores.tolist() == pytest.approx([0.7, 1])


@pytest.mark.parametrize(
    ("line", "settings", "message"),
    [
        ("0-0 1:1", {}, "'1:1' is no link"),
        ("0-0 -1-0", {}, "'-1-0' is no link"),
        ("0-0-1", {}, "'0-0-1' is no link"),
        ("0-0:x", {}, "is no link"),
        ("0-0:1e999", {}, "is no link"),
        ("٣-1", {}, "is no link"),
        ("0-0\t1-1", {}, "a tab follows '0-0'"),
        ("1-0", {"base": 1}, "link 1-0 counts words from 0, but base is 1"),
        ("99999999999-0", {}, "no sentence is that long"),
        (
            "3-0",
            {"words": (3, 2)},
            "link 3-0 points beyond the words: the source has 3 and the target 2, counted from 0",
        ),
        ("0-2", {"words": (3, 2)}, "read it with base 1"),
        ("4-1", {"words": (3, 2), "base": 1}, "counted from 1$"),
        ("0-0", {"base": 2}, "base is 2"),
    ],
)
def test_faults_of_a_line(line, settings, message):
    with pytest.raises(AlignmentError, match=message):
        parse_links(line, **settings)


def test_write_and_read(tmp_path):
    links = [
        Links(PAIR.source_words, PAIR.target_words, [(0, 0), (2, 1)], [0.25, 1]),
        Links(PAIR.source_words, PAIR.target_words, []),
        Links(PAIR.source_words, PAIR.target_words, [(0, 1), (1, 0)], sure=[False, True]),
    ]
    for base in (0, 1):
        assert write_pharaoh(tmp_path / "a.links", links, base=base, scores=True) == 3
        again = list(read_pharaoh(tmp_path / "a.links", [PAIR] * 3, base=base))
        for one, other in zip(links, again, strict=True):
            assert one.pairs.tolist() == other.pairs.tolist()
            assert one.scores.tolist() == other.scores.tolist()
            assert other.source.tolist() == PAIR.source_words.tolist()
        assert [one.sure is None for one in again] == [True, True, False]
        assert again[2].sure.tolist() == [False, True]
    write_pharaoh(tmp_path / "a.links", links)
    assert (tmp_path / "a.links").read_text() == "0-0 2-1\n\n0p1 1-0\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.links"]


def test_a_file_that_fails_midway_is_not_there(tmp_path):
    def failing():
        yield Links(PAIR.source_words, PAIR.target_words, [])
        raise AlignmentError("stopped")

    with pytest.raises(AlignmentError, match="stopped"):
        write_pharaoh(tmp_path / "a.links", failing())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match="cannot write"):
        write_pharaoh(tmp_path / "nowhere" / "a.links", [])


def test_lines_without_words_and_compressed(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"1-5\r\n\n2p2\n"))
    found = list(read_link_lines(tmp_path / "a.gz", base=1))
    assert [one.pairs.tolist() for one in found] == [[[0, 4]], [], [[1, 1]]]
    with pytest.raises(CorpusError, match="there is no file"):
        list(read_link_lines(tmp_path / "none"))


def test_unequal_lengths_and_the_place_of_a_fault(tmp_path):
    path = tmp_path / "a.links"
    path.write_text("0-0\n1-1\n")
    assert len(list(read_link_lines(path, words=[(3, 2)] * 2))) == 2
    with pytest.raises(FormatError, match=r"a.links, line 2: ends after 2 lines, but there are more sentence pairs"):
        list(read_pharaoh(path, [PAIR] * 3))
    with pytest.raises(FormatError, match=r"line 2: has at least 2 lines, but there are only 1 sentence pair;"):
        list(read_link_lines(path, words=[(3, 2)]))
    with pytest.raises(FormatError, match=r"a.links, line 2: link 1-1 points beyond the words"):
        list(read_link_lines(path, words=[(3, 2), (1, 1)]))
    path.write_text("0-0\nthree\n")
    with pytest.raises(FormatError, match=r"a.links, line 2: 'three' is no link"):
        list(read_link_lines(path))


def test_format_marks_possible_links():
    links = Links(PAIR.source_words, PAIR.target_words, [(0, 0), (1, 1)], sure=[False, True])
    assert format_links(links, base=1) == "1p1 2-2"
    with pytest.raises(AlignmentError, match="base is -1"):
        format_links(links, base=-1)
