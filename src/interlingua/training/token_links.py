"""Links of the training rows, laid beside the tokens: for every pair of cells, which tokens translate which."""

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from interlingua.corpus import Corpus
from interlingua.corpus.hashing import text_hash
from interlingua.encoder.subwords import TokenRanges, token_ranges
from interlingua.errors import TrainingError
from interlingua.objectives.corruption import PairLinks
from interlingua.sbert import SentenceTransformer
from interlingua.types import Links

__all__ = ["StoredLinks", "TokenLinks"]

logger = logging.getLogger(__name__)

StoredLinks = Callable[[], Iterable[tuple[int, int, Links]]]
"""Walks the links of a pair of languages: hash of the source text, hash of the target text, links."""

Integers = NDArray[np.int32]
_NOTHING = np.zeros((0, 2), dtype=np.int32)
_PARTS = ("source", "target", "links")


@dataclass(frozen=True, eq=False)
class TokenLinks:
    """For pairs of cells the tokens of their words and the links between them, in flat memory-mapped files.

    Args:
        folder: One folder a pair of languages.
        pairs: The pairs, as numbers of columns.
    """

    folder: Path
    pairs: tuple[tuple[int, int], ...]

    @classmethod
    def build(
        cls,
        corpus: Corpus,
        model: SentenceTransformer,
        stored: dict[tuple[str, str], StoredLinks],
        folder: Path,
        *,
        prefix: str = "",
        minimum: float = 0.0,
    ) -> "TokenLinks":
        """Find the tokens of all linked words of a corpus, in one pass a pair.

        Links belong to texts: those of a row are found by what its two cells say, whatever corpus they were made on.
        Words that have no token, or are cut off by the maximum length, are left out together with their links.

        Args:
            corpus: The training rows.
            model: Whose tokens.
            stored: Links by pair of languages.
            folder: Where the table is kept; one that is there is opened.
            prefix: Put before every text when it is encoded.
            minimum: Links with a lower score are left out.

        Raises:
            TrainingError: No pair of languages of the corpus has links, or none of its rows has any.
            EncoderError: The model cannot tell where its tokens stand.
        """
        languages = list(corpus.languages)
        usable = {pair: links for pair, links in stored.items() if set(pair) <= set(languages)}
        if not usable:
            raise TrainingError(
                f"there are links for {_told(stored)}, and the corpus has {', '.join(languages)}; align a pair of its "
                "languages with `interlingua align`"
            )
        table = cls(folder, tuple((languages.index(a), languages.index(b)) for a, b in usable))
        if folder.is_dir():
            return table
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".building-"))
        try:
            rows = 0
            for (a, b), links in usable.items():
                place = work / f"{languages.index(a)}-{languages.index(b)}"
                place.mkdir()
                rows += _lay_out(corpus, (a, b), links, model, place, prefix=prefix, minimum=minimum)
            if not rows:
                raise TrainingError(
                    f"none of the training rows has links for {_told(usable)}: they were made on other texts. Align "
                    "the corpus that is trained on"
                )
            work.rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return table

    @cached_property
    def _tables(self) -> dict[tuple[int, int], "_PairTable"]:
        return {pair: _PairTable(self.folder / f"{pair[0]}-{pair[1]}") for pair in self.pairs}

    def pair(self, row: int, cells: tuple[int, int], languages: tuple[int, int]) -> PairLinks | None:
        """Return the links of two cells of a row: none where the row has none, None where its languages have no links.

        Args:
            row: Number of the row.
            cells: What the two cells are called in the batch.
            languages: Their columns.
        """
        a, b = languages
        if (a, b) in self._tables:
            source, target, links = self._tables[a, b].find(row)
        elif (b, a) in self._tables:
            target, source, links = self._tables[b, a].find(row)
            links = links[:, ::-1]
        else:
            return None
        return PairLinks(cells[0], cells[1], source, target, links)


class _PairTable:
    """The links of one pair of languages: sorted rows, where each one's parts begin, and the parts."""

    def __init__(self, folder: Path) -> None:
        self.rows = np.load(folder / "rows.npy", mmap_mode="r")
        self.begin = np.load(folder / "begin.npy", mmap_mode="r")
        self.parts = {name: _mapped(folder / f"{name}.i32") for name in _PARTS}

    def find(self, row: int) -> tuple[Integers, Integers, Integers]:
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            return _NOTHING, _NOTHING, _NOTHING
        begin, end = self.begin[place], self.begin[place + 1]
        source, target, links = (
            np.asarray(self.parts[name][begin[part] : end[part]]) for part, name in enumerate(_PARTS)
        )
        return source, target, links


def _lay_out(
    corpus: Corpus,
    pair: tuple[str, str],
    stored: StoredLinks,
    model: SentenceTransformer,
    place: Path,
    *,
    prefix: str,
    minimum: float,
) -> int:
    """Write the table of one pair of languages; return how many rows have links."""
    keys, spooled = _spool(stored(), place, minimum)
    order = np.argsort(keys)
    ordered = keys[order]
    rows: list[int] = []
    begins = [np.zeros(3, dtype=np.int64)]
    start = dropped = kept = 0
    with ExitStack() as stack:
        files = [stack.enter_context((place / f"{name}.i32").open("wb")) for name in _PARTS]
        for batch in corpus.batches():
            texts = [batch.column(language).to_pylist() for language in pair]
            here, found = _matches(ordered, *map(text_hash, texts))
            links = [spooled(int(order[one])) for one in found]
            sides = [
                token_ranges(model, [texts[side][row] for row in here], [one[side] for one in links], prefix=prefix)
                for side in (0, 1)
            ]
            for row, source, target, (_, _, some) in zip(here, *sides, links, strict=True):
                parts = _with_tokens(source, target, some)
                dropped += len(some) - len(parts[2])
                kept += len(parts[2])
                for file, part in zip(files, parts, strict=True):
                    file.write(np.ascontiguousarray(part, dtype=np.int32).tobytes())
                rows.append(start + int(row))
                begins.append(begins[-1] + np.array([len(part) for part in parts], dtype=np.int64))
            start += batch.num_rows
    np.save(place / "rows.npy", np.array(rows, dtype=np.int64))
    np.save(place / "begin.npy", np.array(begins))
    (place / "spool.i32").unlink()
    logger.info(
        "%s-%s: %s links in %s rows%s",
        *pair,
        f"{kept:,}",
        f"{len(rows):,}",
        f"; {dropped:,} more point to words that are cut off or have no token" if dropped else "",
    )
    if not kept:
        logger.warning(
            "%s-%s: no link is left, so objectives on words do nothing for it; look at the scores in the folder of "
            "links, at links.minimum (scores of aligners differ in their scale), and at the student's max_length",
            *pair,
        )
    return len(rows)


def _matches(
    keys: NDArray[np.int64], source: NDArray[np.int64], target: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which rows have both texts and a key among the sorted ones, and where it stands there."""
    wanted = _key(source, target)
    rows = np.flatnonzero((source != 0) & (target != 0) & bool(len(keys)))
    places = np.searchsorted(keys, wanted[rows]).clip(max=max(len(keys) - 1, 0))
    same = keys[places] == wanted[rows]
    return rows[same], places[same]


def _with_tokens(
    source: TokenRanges, target: TokenRanges, links: Integers
) -> tuple[TokenRanges, TokenRanges, Integers]:
    """Leave out words that have no token, and their links."""
    there = [side[:, 1] > side[:, 0] for side in (source, target)]
    number = [np.cumsum(side) - 1 for side in there]
    kept = links[there[0][links[:, 0]] & there[1][links[:, 1]]] if len(links) else links
    renamed = np.stack([number[0][kept[:, 0]], number[1][kept[:, 1]]], axis=1) if len(kept) else _NOTHING
    return source[there[0]], target[there[1]], renamed.astype(np.int32)


def _spool(
    stored: Iterable[tuple[int, int, Links]], place: Path, minimum: float
) -> tuple[NDArray[np.int64], Callable[[int], tuple[Integers, Integers, Integers]]]:
    """Write links to one flat file; return the key of each, and how to read it again."""
    keys: list[int] = []
    counts: list[tuple[int, int, int]] = []
    path = place / "spool.i32"
    with path.open("wb") as file:
        for source, target, links in stored:
            pairs = links.pairs[links.scores >= minimum] if minimum else links.pairs
            parts = (links.source, links.target, pairs)
            keys.append(int(_key(np.array([source]), np.array([target]))[0]))
            counts.append((len(parts[0]), len(parts[1]), len(parts[2])))
            for part in parts:
                file.write(np.ascontiguousarray(part, dtype=np.int32).tobytes())
    sizes = np.array(counts, dtype=np.int64).reshape(-1, 3)
    ends = np.concatenate([[0], sizes.sum(axis=1).cumsum()])
    flat = _mapped(path)

    def read(number: int) -> tuple[Integers, Integers, Integers]:
        cuts = ends[number] + sizes[number, :2].cumsum()
        source, target, pairs = np.split(np.asarray(flat[ends[number] : ends[number + 1]]), cuts - ends[number])
        return source, target, pairs

    return np.array(keys, dtype=np.int64), read


def _key(source: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number for two texts."""
    with np.errstate(over="ignore"):
        mixed: NDArray[np.int64] = source * np.int64(-7046029254386353131) + target
    return mixed


def _mapped(path: Path) -> Integers:
    if not path.stat().st_size:
        return _NOTHING
    return np.memmap(path, dtype=np.int32, mode="r").reshape(-1, 2)


def _told(pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{a}-{b}" for a, b in pairs) or "no pair of languages"
