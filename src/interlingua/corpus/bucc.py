"""BUCC: two piles of sentences, and which of them translate each other."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.corpus.readers.files import COMPRESSED, lines_of
from interlingua.errors import CorpusError, FormatError
from interlingua.languages import canonical

__all__ = ["Piles", "bucc_pairs", "read_bucc"]

_GOLD = re.compile(r"(?P<a>[^.-]+)-(?P<b>[^.-]+)\.(?P<split>[^.]+)\.gold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piles:
    """Two piles of sentences with the pairs hidden in them.

    Args:
        source, target: The sentences.
        gold: Shape ``(pairs, 2)``: positions in source and target of every true pair.
        languages: Of source and target.
        name: Of the files, as ``de-en.training``.
    """

    source: list[str]
    target: list[str]
    gold: NDArray[np.int64]
    languages: tuple[str, str]
    name: str

    @property
    def fingerprint(self) -> str:
        """Hash of the content."""
        digest = xxhash.xxh3_128(np.ascontiguousarray(self.gold).tobytes())
        for text in (*self.languages, *self.source, "", *self.target):
            digest.update(text.encode() + b"\x00")
        return digest.hexdigest()


def bucc_pairs(folder: str | Path, split: str) -> list[tuple[str, str]]:
    """Return the pairs of languages, as written in the file names, that have a gold file of a split.

    Args:
        folder: Where ``xx-en.SPLIT.xx``, ``xx-en.SPLIT.en`` and ``xx-en.SPLIT.gold`` lie, or folders that hold them.
        split: ``training``, ``sample``, or whatever the files say.

    Raises:
        CorpusError: The folder is not there, or has no such files.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CorpusError(f"there is no folder {folder}; give the one with the files xx-en.{split}.xx, .en and .gold")
    found = [match for path in _files(folder) if (match := _GOLD.fullmatch(_bare(path)))]
    pairs = sorted({(match["a"], match["b"]) for match in found if match["split"] == split})
    if not pairs:
        others = sorted({match["split"] for match in found})
        there = f"; it has {', '.join(others)}" if others else ""
        raise CorpusError(f"{folder} holds no files xx-en.{split}.gold with those of two languages{there}")
    return pairs


def read_bucc(folder: str | Path, source: str, target: str, split: str) -> Piles:
    """Read two piles of sentences as the BUCC 2018 shared task lays them out.

    ``de-en.sample.de`` and ``de-en.sample.en`` hold a sentence a line, its identifier before a tab;
    ``de-en.sample.gold`` the identifiers of a true pair a line, with a tab between. Compressed files are read too.

    Args:
        folder: Where the files lie.
        source: First language, as written in the file names.
        target: Second language, as written there.
        split: ``training``, ``sample``, or whatever the files say.

    Raises:
        CorpusError: A file is not there.
        FormatError: A line has no tab or no text, an identifier comes twice, a gold pair names one that is nowhere, or
            there is no gold pair.
    """
    stem = f"{source}-{target}.{split}"
    sides = [_sentences(_locate(Path(folder), f"{stem}.{language}")) for language in (source, target)]
    places = [{identifier: i for i, identifier in enumerate(side)} for side in sides]
    path = _locate(Path(folder), f"{stem}.gold")
    gold: dict[tuple[int, int], None] = {}
    for number, fields in _fields(path):
        for identifier, known, language in zip(fields, places, (source, target), strict=True):
            if identifier not in known:
                raise FormatError(
                    f"names {identifier!r}, which is not in {stem}.{language}; are all files of one release?",
                    path=path,
                    line=number,
                )
        gold[places[0][fields[0]], places[1][fields[1]]] = None
    if not gold:
        raise FormatError("holds no pairs, so nothing can be scored", path=path)
    return Piles(
        source=list(sides[0].values()),
        target=list(sides[1].values()),
        gold=np.array(list(gold), dtype=np.int64),
        languages=(canonical(source), canonical(target)),
        name=stem,
    )


def _sentences(path: Path) -> dict[str, str]:
    sentences: dict[str, str] = {}
    for number, (identifier, text) in _fields(path):
        if identifier in sentences:
            raise FormatError(f"the identifier {identifier!r} comes twice; make them unique", path=path, line=number)
        sentences[identifier] = text
    if not sentences:
        raise FormatError("holds no sentences", path=path)
    return sentences


def _fields(path: Path) -> Iterator[tuple[int, tuple[str, str]]]:
    for number, line in enumerate(lines_of(path), start=1):
        if not line.strip():
            continue
        first, tab, second = line.partition("\t")
        if not tab or not first.strip() or not second.strip():
            raise FormatError("expected two fields with a tab between: an identifier first", path=path, line=number)
        yield number, (first.strip(), second.strip())


def _locate(folder: Path, name: str) -> Path:
    for path in _files(folder):
        if _bare(path) == name:
            return path
    raise CorpusError(f"there is no file {name} in {folder}")


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for pattern in ("*", "*/*") for path in folder.glob(pattern) if path.is_file())


def _bare(path: Path) -> str:
    return path.name.removesuffix(path.suffix) if path.suffix in COMPRESSED else path.name
