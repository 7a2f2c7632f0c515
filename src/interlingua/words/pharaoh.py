"""LINKS <-> LINES: ``0-0 1p2 2-1``, the format that word aligners and gold alignments share."""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple, TypeVar, cast
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from interlingua.corpus.readers.files import lines_of
from interlingua.corpus.wording import counted
from interlingua.errors import AlignmentError, FormatError, OutputError
from interlingua.types import Links, WordPair

__all__ = ["ParsedLinks", "format_links", "parse_links", "read_link_lines", "read_pharaoh", "write_pharaoh"]

_ITEM = re.compile(r"(?P<source>[0-9]+)(?P<kind>[-p])(?P<target>[0-9]+)(?::(?P<score>[0-9.eE+-]+))?")
_PLAIN = re.compile(r"(?:[0-9]{1,9}-[0-9]{1,9}(?: |$))+")
_LARGEST = 2**31 - 1

_Item = TypeVar("_Item")


class ParsedLinks(NamedTuple):
    """What one line says, counted from 0, in order, each link once.

    Args:
        pairs: Linked words ``(source word, target word)``, shape ``(k, 2)``.
        sure: False for possible links, shape ``(k,)``.
        scores: 1 where the line gives none, shape ``(k,)``.
    """

    pairs: NDArray[np.int32]
    sure: NDArray[np.bool_]
    scores: NDArray[np.float32]


def parse_links(line: str, *, base: int = 0, words: tuple[int, int] | None = None) -> ParsedLinks:
    """Read one line of links.

    ``i-j`` links word i of the source with word j of the target, ``ipj`` says that the link is possible but not sure,
    and ``i-j:0.9`` carries a score. A link that is given twice counts once; it is sure if one of the two is. What
    stands before a tab is an identifier (SimAlign writes one) and is left out. An empty line means no link.

    Args:
        line: Links separated by spaces.
        base: What the first word is called: 0 or 1.
        words: How many words source and target have, if known; a link beyond them is an error.

    Raises:
        AlignmentError: An item is no link, or points before the first or beyond the last word.

    Example:
        >>> links = parse_links("0-1 2p0")
        >>> links.pairs.tolist(), links.sure.tolist()
        ([[0, 1], [2, 0]], [True, False])
    """
    _check_base(base)
    if (plain := _parse_plain(line, base, words)) is not None:
        return plain
    found: dict[tuple[int, int], tuple[bool, float]] = {}
    for item in _without_identifier(line).split():
        link, sure, score = _parse_item(item, base)
        if words is not None and (link[0] >= words[0] or link[1] >= words[1]):
            raise AlignmentError(_beyond(item, base, words))
        before = found.get(link, (False, score))
        found[link] = (sure or before[0], max(score, before[1]))
    order = sorted(found)
    return ParsedLinks(
        np.array(order, dtype=np.int32).reshape(-1, 2),
        np.array([found[link][0] for link in order], dtype=bool),
        np.array([found[link][1] for link in order], dtype=np.float32),
    )


def format_links(links: Links, *, base: int = 0, scores: bool = False) -> str:
    """Return the line that :func:`parse_links` reads.

    Args:
        links: The links; those that are not sure become ``ipj``.
        base: What the first word is called: 0 or 1.
        scores: Write ``i-j:score``.

    Example:
        >>> format_links(Links([(0, 2)], [(0, 2), (3, 5)], [(0, 0), (0, 1)], sure=[True, False]))
        '0-0 0p1'
    """
    _check_base(base)
    sure = [True] * len(links) if links.sure is None else links.sure.tolist()
    items = [
        f"{i + base}{'-' if certain else 'p'}{j + base}"
        for (i, j), certain in zip(links.pairs.tolist(), sure, strict=True)
    ]
    if scores:
        items = [f"{item}:{score:.6g}" for item, score in zip(items, links.scores.tolist(), strict=True)]
    return " ".join(items)


def read_link_lines(
    path: str | Path, *, base: int = 0, words: Iterable[tuple[int, int]] | None = None
) -> Iterator[ParsedLinks]:
    """Yield what every line of a file says.

    Args:
        path: A file of links, also ``.gz``, ``.xz`` or ``.zst``.
        base: What the first word is called: 0 or 1.
        words: How many words the source and the target of every line have, if known.

    Raises:
        CorpusError: There is no such file.
        FormatError: A line that is no line of links, or more or fewer lines than ``words``; with file and line.
    """
    path = Path(path)
    _check_base(base)
    if words is None:
        for number, line in enumerate(lines_of(path), start=1):
            yield _parse_line(line, base=base, words=None, path=path, number=number)
        return
    for number, line, counts in _beside(path, words):
        yield _parse_line(line, base=base, words=counts, path=path, number=number)


def read_pharaoh(path: str | Path, pairs: Iterable[WordPair], *, base: int = 0) -> Iterator[Links]:
    """Yield the links of every sentence pair; ``sure`` is set where a line has links that are possible only.

    Args:
        path: A file of links, one line a pair, also ``.gz``, ``.xz`` or ``.zst``.
        pairs: The sentence pairs that the lines belong to.
        base: What the first word is called: 0 or 1.

    Raises:
        CorpusError: There is no such file.
        FormatError: A line that is no line of links, links beyond the words, or more or fewer lines than pairs; with
            file and line.
    """
    path = Path(path)
    _check_base(base)
    for number, line, pair in _beside(path, pairs):
        counts = (len(pair.source_words), len(pair.target_words))
        found = _parse_line(line, base=base, words=counts, path=path, number=number)
        sure = None if found.sure.all() else found.sure
        yield Links(pair.source_words, pair.target_words, found.pairs, found.scores, sure)


def write_pharaoh(path: str | Path, links: Iterable[Links], *, base: int = 0, scores: bool = False) -> int:
    """Write links, one line a sentence pair; the file appears when it is complete.

    Args:
        path: The file; its parent must exist.
        links: The links of every pair, in order.
        base: What the first word is called: 0 or 1.
        scores: Write ``i-j:score``.

    Returns:
        How many lines were written.

    Raises:
        OutputError: The file cannot be written.
    """
    _check_base(base)
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    lines = 0
    try:
        with temporary.open("x", encoding="ascii", newline="\n") as file:
            for some in links:
                file.write(format_links(some, base=base, scores=scores) + "\n")
                lines += 1
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}; choose another place") from error
    finally:
        temporary.unlink(missing_ok=True)
    return lines


def _without_identifier(line: str) -> str:
    before, tab, after = line.partition("\t")
    if not tab:
        return line
    if any(_ITEM.fullmatch(item) for item in before.split()):
        raise AlignmentError(f"a tab follows {before.split()[0]!r}: links are separated by spaces")
    return after


def _parse_plain(line: str, base: int, words: tuple[int, int] | None) -> ParsedLinks | None:
    """The usual line, without scores and possible links, in a third of the time; None for any other and for faults."""
    if not _PLAIN.fullmatch(line):
        return None
    numbers = [int(number) - base for number in line.replace("-", " ").split()]
    if min(numbers) < 0 or (words and (max(numbers[::2]) >= words[0] or max(numbers[1::2]) >= words[1])):
        return None
    links = sorted(set(zip(numbers[::2], numbers[1::2], strict=True)))
    ones = np.ones(len(links), dtype=np.float32)
    return ParsedLinks(np.array(links, dtype=np.int32), ones.astype(bool), ones)


def _parse_item(item: str, base: int) -> tuple[tuple[int, int], bool, float]:
    found = _ITEM.fullmatch(item)
    score = None if found is None else _score(found["score"])
    if found is None or score is None:
        raise AlignmentError(f"{item!r} is no link; links are written 0-1, possible ones 0p1, with a score 0-1:0.9")
    link = (int(found["source"]) - base, int(found["target"]) - base)
    if min(link) < 0:
        raise AlignmentError(f"link {item} counts words from 0, but base is 1; read the file with base 0")
    if max(link) > _LARGEST:
        raise AlignmentError(f"link {item} points to a word beyond {_LARGEST:,}; no sentence is that long")
    return link, found["kind"] == "-", score


def _score(written: str | None) -> float | None:
    try:
        score = 1.0 if written is None else float(written)
    except ValueError:
        return None
    return score if np.isfinite(score) else None


def _beyond(item: str, base: int, words: tuple[int, int]) -> str:
    advice = "" if base else "; if the file counts from 1, read it with base 1"
    return (
        f"link {item} points beyond the words: the source has {words[0]:,} and the target {words[1]:,}, counted from "
        f"{base}{advice}"
    )


def _check_base(base: int) -> None:
    if base not in (0, 1):
        raise AlignmentError(f"base is {base!r}; words are counted from 0 or from 1")


def _parse_line(line: str, *, base: int, words: tuple[int, int] | None, path: Path, number: int) -> ParsedLinks:
    try:
        return parse_links(line, base=base, words=words)
    except AlignmentError as error:
        raise FormatError(str(error), path=path, line=number) from error


def _beside(path: Path, others: Iterable[_Item]) -> Iterator[tuple[int, str, _Item]]:
    """Every line with its number and what belongs to it."""
    absent = object()
    for number, (line, other) in enumerate(zip_longest(lines_of(path), others, fillvalue=absent), start=1):
        if line is absent:
            raise FormatError(
                f"ends after {counted(number - 1, 'line')}, but there are more sentence pairs; every pair needs a "
                "line, an empty one where it has no link",
                path=path,
                line=number - 1,
            )
        if other is absent:
            raise FormatError(
                f"has at least {counted(number, 'line')}, but there are only {counted(number - 1, 'sentence pair')}; "
                "do the files belong together?",
                path=path,
                line=number,
            )
        yield number, cast("str", line), cast("_Item", other)
