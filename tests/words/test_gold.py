import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interlingua.errors import AlignmentError, CorpusError, FormatError
from interlingua.types import Links
from interlingua.words.gold import AlignedPairs, open_alignments, read_alignments
from words.oracle import words_of

ROWS = [
    {"pair": "eng-deu", "split": "dev", "src": "good day .", "tgt": "guten Tag .", "alignment": "0-0 1p1 2-2"},
    {"pair": "eng-deu", "split": "train", "src": "red", "tgt": "das Rote", "alignment": "0-1"},
    {"pair": "fra-eng", "split": "dev", "src": "bon jour", "tgt": "good day", "alignment": ""},
]


def parquet(tmp_path, rows=ROWS):
    path = tmp_path / "invented.parquet"
    pq.write_table(pa.Table.from_pylist([{"id": str(i), **row} for i, row in enumerate(rows)]), path)
    return path


def test_a_file_is_read_by_language_pair_and_split(tmp_path):
    path = parquet(tmp_path)
    first, second = open_alignments(path, split="dev")
    assert (first.languages, first.name, len(first)) == (("eng_Latn", "deu_Latn"), "invented/dev", 1)
    assert first.pairs[0].target_words.tolist() == [[0, 5], [6, 9], [10, 11]]
    assert first.links[0].pairs.tolist() == [[0, 0], [1, 1], [2, 2]]
    assert first.links[0].sure.tolist() == [True, False, True]
    assert (second.languages, len(second.links[0]), second.links[0].sure) == (("fra_Latn", "eng_Latn"), 0, None)
    assert [len(one) for one in open_alignments(path)] == [2, 1]


def test_pairs_are_given_in_the_direction_wanted(tmp_path):
    (one,) = open_alignments(parquet(tmp_path), pairs=[("de", "en")], split="train")
    assert one.languages == ("deu_Latn", "eng_Latn")
    assert (one.pairs[0].source, one.pairs[0].target) == ("das Rote", "red")
    assert one.links[0].pairs.tolist() == [[1, 0]]
    (there,) = open_alignments(parquet(tmp_path), pairs=[("en", "de")], split="dev")
    back = there.swapped().swapped()
    assert back.fingerprint == there.fingerprint != there.swapped().fingerprint


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"split": "test"}, "has no split test; it has dev, train"),
        (
            {"pairs": [("en", "te")]},
            "has no pairs of eng_Latn and tel_Telu; it has eng_Latn-deu_Latn, fra_Latn-eng_Latn",
        ),
    ],
)
def test_what_is_not_there_is_an_error(tmp_path, settings, message):
    with pytest.raises(CorpusError, match=message):
        open_alignments(parquet(tmp_path), **settings)


def test_faults_of_the_file_are_told_with_the_row(tmp_path):
    with pytest.raises(FormatError, match="row 2: link 0-2 points beyond the words"):
        open_alignments(parquet(tmp_path, [ROWS[0], {**ROWS[1], "alignment": "0-2"}]))
    with pytest.raises(FormatError, match="row 1: 'x' is no link"):
        open_alignments(parquet(tmp_path, [{**ROWS[0], "alignment": "x"}]))
    with pytest.raises(CorpusError, match=r"has no column tgt, alignment; it has .*It holds no word alignments"):
        open_alignments(parquet(tmp_path, [{"pair": "a-b", "split": "dev", "src": "x"}]))
    with pytest.raises(FormatError, match="row 1: 'engdeu' is no pair of languages"):
        open_alignments(parquet(tmp_path, [{**ROWS[0], "pair": "engdeu"}]))
    with pytest.raises(FormatError, match="row 1: a sentence or its links are missing"):
        open_alignments(parquet(tmp_path, [{**ROWS[0], "tgt": None}]))


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(CorpusError, match="cannot be read as Parquet"):
        open_alignments(tmp_path / "nothing.parquet")
    with pytest.raises(CorpusError, match="eng-deu"):
        open_alignments("alignments:eng")
    with pytest.raises(CorpusError, match="names a language pair already"):
        open_alignments("alignments:eng-ita", pairs=[("en", "it")])


def three_files(tmp_path, source="a b\nc\n", target="x\ny z\n", links="1-1 2p1\n1-2\n"):
    paths = [tmp_path / name for name in ("text.en", "text.de", "gold.txt")]
    for path, content in zip(paths, (source, target, links), strict=True):
        path.write_text(content, encoding="utf-8")
    return paths


def test_three_files_are_read_line_by_line(tmp_path):
    one = read_alignments(*three_files(tmp_path), languages=("en", "de"), base=1)
    assert (one.name, one.languages) == ("gold", ("eng_Latn", "deu_Latn"))
    assert [links.pairs.tolist() for links in one.links] == [[[0, 0], [1, 0]], [[0, 1]]]
    assert one.links[0].sure.tolist() == [True, False]


@pytest.mark.parametrize(
    ("files", "base", "message"),
    [
        ({"target": "x\n"}, 1, r"text\.de, line 1: ends after 1 line, but .*text\.en goes on"),
        ({"links": "1-1\n"}, 1, r"gold\.txt, line 1: ends after 1 line"),
        ({"links": "1-1\n1-1\n1-1\n"}, 1, r"gold\.txt, line 3: has at least 3 lines"),
        ({}, 0, r"gold\.txt, line 1: link 1-1 points beyond the words"),
        ({"links": "0-1\n\n"}, 1, r"gold\.txt, line 1: link 0-1 counts words from 0"),
    ],
)
def test_files_that_do_not_go_together(tmp_path, files, base, message):
    with pytest.raises(FormatError, match=message):
        read_alignments(*three_files(tmp_path, **files), languages=("en", "de"), base=base)


def test_the_fingerprint_follows_links_words_and_sentences():
    pair = words_of("a b", "x y")

    def of(pair, links, sure=None):
        made = Links(pair.source_words, pair.target_words, links, sure=sure)
        return AlignedPairs(pairs=[pair], links=[made], languages=("eng_Latn", "deu_Latn"), name="n").fingerprint

    prints = [
        of(pair, [(0, 0)]),
        of(pair, [(0, 1)]),
        of(pair, [(0, 0)], sure=[False]),
        of(words_of("a b", "x z"), [(0, 0)]),
        of(words_of("a b", "x yz"), [(0, 0)]),
    ]
    assert len(set(prints)) == 5


def test_links_of_other_words_are_refused():
    pair, other = words_of("a b", "x y"), words_of("ab", "x y")
    links = Links(other.source_words, other.target_words, np.zeros((0, 2)))
    with pytest.raises(AlignmentError, match="pair 0 are links of other words"):
        AlignedPairs(pairs=[pair], links=[links], languages=("eng_Latn", "deu_Latn"), name="n")
    with pytest.raises(AlignmentError, match="1 pair and links for 0"):
        AlignedPairs(pairs=[pair], links=[], languages=("eng_Latn", "deu_Latn"), name="n")


@pytest.mark.data
def test_the_set_of_the_catalog(data_root):
    gold, silver = open_alignments(split="dev"), open_alignments("alignments", split="train")
    assert (len(gold), sum(map(len, gold))) == (15, 1900)
    assert (len(silver), sum(map(len, silver))) == (10, 10020)
    with_possible = {one.languages for one in gold if any(links.sure is not None for links in one.links)}
    assert with_possible == {("eng_Latn", "fra_Latn"), ("eng_Latn", "deu_Latn"), ("cmn_Hans", "eng_Latn")}
    assert open_alignments("alignments:bul-eng", split="dev")[0].languages == ("bul_Cyrl", "eng_Latn")
