"""FILES -> GOLD: sentence pairs whose words were linked by people, or silver by a program."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xxhash

from interlingua.corpus import catalog
from interlingua.corpus.readers.files import lines_of
from interlingua.corpus.wording import counted
from interlingua.errors import AlignmentError, CorpusError, FormatError
from interlingua.languages import canonical
from interlingua.types import Links, WordPair
from interlingua.words.pharaoh import parse_links, read_pharaoh
from interlingua.words.segment import split_spans

__all__ = ["AlignedPairs", "open_alignments", "read_alignments"]

_COLUMNS = ("pair", "split", "src", "tgt", "alignment")


@dataclass(frozen=True, kw_only=True)
class AlignedPairs:
    """Sentence pairs of two languages with the links of their words.

    Args:
        pairs: The sentences and their words.
        links: The links of each pair; ``sure`` is set where some are possible only.
        languages: Of source and target.
        name: Set and split, as ``alignments/dev``.

    Raises:
        AlignmentError: If there are not as many links as pairs, or links have other words than their pair.
    """

    pairs: Sequence[WordPair]
    links: Sequence[Links]
    languages: tuple[str, str]
    name: str

    def __post_init__(self) -> None:
        if len(self.pairs) != len(self.links):
            raise AlignmentError(
                f"{self.name} has {counted(len(self.pairs), 'pair')} and links for {len(self.links):,}; "
                "give one of each per pair"
            )
        for i, (pair, links) in enumerate(zip(self.pairs, self.links, strict=True)):
            sides = ((pair.source_words, links.source), (pair.target_words, links.target))
            if any(words.shape != own.shape or (words != own).any() for words, own in sides):
                raise AlignmentError(f"{self.name}: the links of pair {i} are links of other words than the pair has")

    def __len__(self) -> int:
        return len(self.pairs)

    @cached_property
    def fingerprint(self) -> str:
        """Changes when a sentence, a word or a link does."""
        digest = xxhash.xxh3_128("|".join(self.languages).encode())
        for pair, links in zip(self.pairs, self.links, strict=True):
            digest.update(f"\x00{pair.source}\x00{pair.target}\x00".encode())
            for array in (pair.source_words, pair.target_words, links.pairs):
                digest.update(array.astype("<i4").tobytes() + b"\x00")
            digest.update(b"all" if links.sure is None else links.sure.tobytes())
        return digest.hexdigest()

    def swapped(self) -> "AlignedPairs":
        """Return the same with source and target exchanged."""
        return AlignedPairs(
            pairs=[pair.swapped() for pair in self.pairs],
            links=[links.swapped() for links in self.links],
            languages=(self.languages[1], self.languages[0]),
            name=self.name,
        )


def open_alignments(
    name: str | Path = "alignments", *, pairs: Sequence[tuple[str, str]] | None = None, split: str | None = None
) -> list[AlignedPairs]:
    """Open word-aligned sentence pairs: a set of the catalog, or a Parquet file made like it.

    The file has a row a pair: its languages (``pair``, as ``eng-deu``), ``split``, the sentences ``src`` and ``tgt``
    with a space between words, and their links (``alignment``): ``i-j`` sure, ``ipj`` possible, words counted from 0.

    Args:
        name: ``alignments``, one pair of it as ``alignments:eng-deu``, or a Parquet file.
        pairs: The language pairs wanted, each in the direction wanted; None for all, as they are in the file.
        split: ``train`` (silver: links of a program) or ``dev`` (gold: links of people); None for both.

    Returns:
        One for each language pair, in the order of the file or of ``pairs``.

    Raises:
        CorpusError: No such set, split or language pair, or a column is missing.
        FormatError: A line of links that cannot be read, with the row.
    """
    written, _, part = str(name).partition(":")
    if part and written in catalog.names():
        if pairs is not None:
            raise CorpusError(f"{name} names a language pair already; leave out `pairs`, or write {written}")
        first, _, second = part.partition("-")
        if not second:
            raise CorpusError(f"{str(name)!r} names no pair of languages; write it as {written}:eng-deu")
        pairs = [(first, second)]
    else:
        written = str(name)
    title = Path(written).stem if written not in catalog.names() else written
    path = catalog.locate(written) if written in catalog.names() else Path(written)
    groups = _groups(path, split=split, name=f"{title}/{split}" if split else title)
    return list(groups.values()) if pairs is None else [_chosen(groups, pair, path) for pair in pairs]


def read_alignments(
    source: str | Path,
    target: str | Path,
    links: str | Path,
    *,
    languages: tuple[str, str],
    base: int = 0,
    name: str | None = None,
) -> AlignedPairs:
    """Read three files that go together line by line: sentences, their translations, and links.

    Args:
        source: Sentences with a space between words.
        target: Their translations, cut the same way.
        links: Links as :func:`interlingua.words.parse_links` reads them; an empty line has none.
        languages: Of source and target, in any spelling.
        base: What the first word is called in the links: 0 or 1.
        name: How reports call it; the stem of the file of links unless given.

    Raises:
        CorpusError: A file cannot be opened.
        FormatError: Files of unequal length, a line that is no line of links, or links beyond the words; with file
            and line.
    """
    found = list(_sentence_pairs(Path(source), Path(target)))
    return AlignedPairs(
        pairs=found,
        links=list(read_pharaoh(links, found, base=base)),
        languages=(canonical(languages[0]), canonical(languages[1])),
        name=name or Path(links).stem,
    )


def _sentence_pairs(source: Path, target: Path) -> Iterator[WordPair]:
    for number, (first, second) in enumerate(zip_longest(lines_of(source), lines_of(target)), start=1):
        if first is None or second is None:
            short, long = (source, target) if first is None else (target, source)
            raise FormatError(
                f"ends after {counted(number - 1, 'line')}, but {long} goes on; both need equally many",
                path=short,
                line=number - 1,
            )
        yield WordPair(first, second, split_spans(first), split_spans(second))


def _groups(path: Path, *, split: str | None, name: str) -> dict[tuple[str, str], AlignedPairs]:
    """The pairs of each two languages."""
    records = _records(path)
    splits = sorted({record["split"] for record in records})
    if split is not None and split not in splits:
        raise CorpusError(f"{path} has no split {split}; it has {', '.join(splits)}")
    grouped: dict[tuple[str, str], tuple[list[WordPair], list[Links]]] = {}
    for number, record in enumerate(records, start=1):
        if split is None or record["split"] == split:
            languages, pair, linked = _aligned(record, path=path, row=number)
            pairs, links = grouped.setdefault(languages, ([], []))
            pairs.append(pair)
            links.append(linked)
    return {
        languages: AlignedPairs(pairs=pairs, links=links, languages=languages, name=name)
        for languages, (pairs, links) in grouped.items()
    }


def _records(path: Path) -> list[dict[str, Any]]:
    try:
        names = pq.read_schema(path).names
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} cannot be read as Parquet ({error}); is the path right?") from error
    if absent := [column for column in _COLUMNS if column not in names]:
        raise CorpusError(
            f"{path} has no column {', '.join(absent)}; it has {', '.join(names)}. It holds no word alignments"
        )
    records: list[dict[str, Any]] = pq.read_table(path, columns=list(_COLUMNS), memory_map=True).to_pylist()
    if not records:
        raise CorpusError(f"{path} has no rows")
    return records


def _aligned(record: dict[str, Any], *, path: Path, row: int) -> tuple[tuple[str, str], WordPair, Links]:
    source, target, line = record["src"], record["tgt"], record["alignment"]
    if source is None or target is None or line is None:
        raise FormatError(f"row {row:,}: a sentence or its links are missing", path=path)
    first, _, second = (record["pair"] or "").partition("-")
    if not second:
        raise FormatError(f"row {row:,}: {record['pair']!r} is no pair of languages, as eng-deu", path=path)
    pair = WordPair(source, target, split_spans(source), split_spans(target))
    try:
        found = parse_links(line, words=(len(pair.source_words), len(pair.target_words)))
    except AlignmentError as error:
        raise FormatError(f"row {row:,}: {error}", path=path) from error
    sure = None if found.sure.all() else found.sure
    links = Links(pair.source_words, pair.target_words, found.pairs, found.scores, sure)
    return (canonical(first), canonical(second)), pair, links


def _chosen(groups: dict[tuple[str, str], AlignedPairs], pair: tuple[str, str], path: Path) -> AlignedPairs:
    first, second = map(canonical, pair)
    if (first, second) in groups:
        return groups[first, second]
    if (second, first) in groups:
        return groups[second, first].swapped()
    known = ", ".join("-".join(one) for one in groups)
    raise CorpusError(f"{path} has no pairs of {first} and {second}; it has {known}")
