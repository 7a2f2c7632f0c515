"""A folder of links: what is read is what was written, whole, by row, in either order."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from interlingua.errors import AlignmentError, OutputError
from interlingua.types import Links
from interlingua.words.link_shards import shard_name
from interlingua.words.link_writer import LinkWriter
from interlingua.words.links import LINKS_CARD, LinkCard, LinkFolder

ENG_DEU = ("eng_Latn", "deu_Latn")
ENG_TEL = ("eng_Latn", "tel_Telu")


def card(**changes):
    settings = {
        "aligner": ("diagonal", "diagonal-1"),
        "corpus": ("rows", "abc"),
        "segmenter": "spaces",
        "languages": (ENG_DEU, ENG_TEL),
        "shard_rows": 3,
        "version": "0",
    }
    return LinkCard(**{**settings, **changes})


def some_links(number, *, seed=0):
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        m, n = draw.integers(0, 5, size=2)
        source, target = ([(3 * i, 3 * i + 2) for i in range(size)] for size in (m, n))
        pairs = np.argwhere(draw.random((m, n)) < 0.4)
        sure = draw.random(len(pairs)) < 0.5 if draw.random() < 0.3 else None
        found.append(Links(source, target, pairs, draw.random(len(pairs)), sure))
    return found


def write(path, *, rows=7, **settings):
    writer = LinkWriter(path, card(), **settings)
    for languages in (ENG_DEU, ENG_TEL):
        links = some_links(rows, seed=len(languages[1]) + ord(languages[1][0]))
        for number, first in enumerate(range(0, rows, 3)):
            some = links[first : first + 3]
            writer.write(languages, number, [f"r{first + i}" for i in range(len(some))], some)
    return writer.finish([3, 3])


def assert_equal(one, other):
    for name in ("source", "target", "pairs", "scores"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
        assert getattr(one, name).dtype == getattr(other, name).dtype
    assert (one.sure is None) == (other.sure is None)
    assert one.sure is None or one.sure.tolist() == other.sure.tolist()


def test_what_is_read_is_what_was_written(tmp_path):
    folder = write(tmp_path / "links")
    again = LinkFolder.open(tmp_path / "links")
    assert again.card == folder.card
    assert again.languages == (ENG_DEU, ENG_TEL)
    assert len(again) == 14
    wanted = some_links(7, seed=8 + ord("d"))
    found = list(again.read("en", "de"))
    assert [row for row, _ in found] == [f"r{i}" for i in range(7)]
    for one, (_, other) in zip(wanted, found, strict=True):
        assert_equal(one, other)
    assert any(links.sure is not None for _, links in found)
    assert [(row, languages) for row, languages, _ in again][6:8] == [("r6", ENG_DEU), ("r0", ENG_TEL)]
    assert again.card.pairs[0].links == sum(map(len, wanted))
    assert (
        repr(again)
        == f"<LinkFolder {tmp_path / 'links'}: 14 sentence pairs, eng_Latn-deu_Latn, eng_Latn-tel_Telu, by diagonal>"
    )


def test_either_order(tmp_path):
    folder = write(tmp_path / "links")
    for (_, one), (_, other) in zip(folder.read("eng", "tel"), folder.read("tel", "eng"), strict=True):
        assert_equal(one, Links(other.target, other.source, other.pairs[:, ::-1], other.scores, other.sure))


def test_table(tmp_path):
    folder = write(tmp_path / "links")
    for order in (("en", "de"), ("de", "en")):
        table = folder.table(*order)
        read = dict(folder.read(*order))
        assert list(table) == list(read)
        assert len(table) == 7
        for row, links in read.items():
            assert_equal(table[row], links)
            assert row in table
    assert "r7" not in table
    assert 3 not in table
    assert table.get("r7") is None
    with pytest.raises(KeyError):
        table["other"]


def test_rows_with_one_identifier_cannot_be_looked_up(tmp_path):
    writer = LinkWriter(tmp_path / "links", card(languages=(ENG_DEU,)))
    writer.write(ENG_DEU, 0, ["a", "b", "a"], some_links(3))
    folder = writer.finish([1])
    assert [row for row, _ in folder.read(*ENG_DEU)] == ["a", "b", "a"]
    with pytest.raises(AlignmentError, match="has two rows 'a'"):
        folder.table(*ENG_DEU)


def test_the_same_links_make_the_same_bytes(tmp_path):
    write(tmp_path / "one")
    write(tmp_path / "other")
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names[0] == "eng_Latn.deu_Latn.00000.parquet"
    assert len(names) == 7
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_shards_are_plain_parquet(tmp_path):
    write(tmp_path / "links")
    table = pq.read_table(tmp_path / "links" / shard_name(ENG_DEU, 0))
    links = some_links(7, seed=8 + ord("d"))[0]
    row = table.to_pylist()[0]
    assert (row["_id"], row["source_language"], row["target_language"]) == ("r0", *ENG_DEU)
    assert row["pairs"] == links.pairs.reshape(-1).tolist()
    assert row["source_words"] == links.source.reshape(-1).tolist()


def test_what_is_no_folder_of_links(tmp_path):
    with pytest.raises(AlignmentError, match=r"is no folder of links: it has no links.json"):
        LinkFolder.open(tmp_path)
    (tmp_path / LINKS_CARD).write_text('{"format": 9}')
    with pytest.raises(AlignmentError, match="is not the card of a folder of links"):
        LinkFolder.open(tmp_path)
    with pytest.raises(OutputError, match="is not touched"):
        LinkWriter(tmp_path, card(), overwrite=True)


def test_an_unfinished_folder_is_not_read(tmp_path):
    writer = LinkWriter(tmp_path / "links", card())
    writer.write(ENG_DEU, 0, ["a"], some_links(1))
    with pytest.raises(AlignmentError, match="is not finished; run the same alignment again with --resume"):
        LinkFolder.open(tmp_path / "links")
    with pytest.raises(AlignmentError, match=r"eng_Latn.tel_Telu.00000.parquet is missing"):
        writer.finish([1, 1])


def test_missing_and_damaged_shards(tmp_path):
    folder = write(tmp_path / "links")
    with pytest.raises(AlignmentError, match="has no links of deu_Latn and tel_Telu; it has eng_Latn-deu_Latn"):
        folder.table("de", "te")
    shard = tmp_path / "links" / shard_name(ENG_TEL, 1)
    content = shard.read_bytes()
    shard.write_bytes(content[:-20])
    with pytest.raises(AlignmentError, match=r"tel_Telu.00001.parquet is missing, damaged"):
        list(folder.read(*ENG_TEL))
    shard.unlink()
    with pytest.raises(AlignmentError, match="delete it and run the alignment again with --resume"):
        folder.table(*ENG_TEL)
    shard.write_bytes((tmp_path / "links" / shard_name(ENG_TEL, 2)).read_bytes())
    with pytest.raises(AlignmentError, match="holds 5 rows of eng_Latn-tel_Telu, but its card says 7"):
        list(folder.read(*ENG_TEL))


def test_what_is_there_is_kept_unless_asked(tmp_path):
    write(tmp_path / "links")
    with pytest.raises(OutputError, match="holds links already"):
        LinkWriter(tmp_path / "links", card())
    with pytest.raises(OutputError, match="choose one of them"):
        LinkWriter(tmp_path / "links", card(), resume=True, overwrite=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    for settings in ({}, {"resume": True}, {"overwrite": True}):
        with pytest.raises(OutputError, match="is no folder of links"):
            LinkWriter(tmp_path / "other", card(), **settings)
        with pytest.raises(OutputError, match="is no folder of links"):
            LinkWriter(tmp_path / "other" / "notes.txt", card(), **settings)
    LinkWriter(tmp_path / "links", card(), overwrite=True)
    assert [path.name for path in (tmp_path / "links").iterdir()] == [LINKS_CARD]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["links", "other"]


@pytest.mark.parametrize(
    "change",
    [
        {"aligner": ("diagonal", "diagonal-2")},
        {"corpus": ("rows", "abd")},
        {"segmenter": "uax29"},
        {"languages": (ENG_DEU,)},
        {"shard_rows": 4},
    ],
)
def test_resume_needs_the_same(tmp_path, change):
    write(tmp_path / "links")
    with pytest.raises(OutputError, match=f"was begun with another {next(iter(change))} "):
        LinkWriter(tmp_path / "links", card(**change), resume=True)
    assert len(LinkFolder.open(tmp_path / "links")) == 14


def test_other_names_of_the_same_things_resume(tmp_path):
    write(tmp_path / "links")
    writer = LinkWriter(
        tmp_path / "links", card(aligner=("d", "diagonal-1"), corpus=("r", "abc"), version="1"), resume=True
    )
    assert writer.missing(ENG_DEU, 4) == [3]
    (tmp_path / "links" / ".x.parquet.12").write_text("left by killed work")
    before = (tmp_path / "links" / LINKS_CARD).read_bytes()
    writer.finish([3, 3])
    assert (tmp_path / "links" / LINKS_CARD).read_bytes() == before
    assert len(list((tmp_path / "links").iterdir())) == 7
