"""LINKS ON DISK: a folder of shards for one corpus and one aligner, and the card that says which."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.corpus.wording import counted
from interlingua.errors import AlignmentError
from interlingua.languages import canonical
from interlingua.types import Links
from interlingua.words.link_shards import Columns, Languages, read_shard, shard_name

__all__ = ["LINKS_CARD", "LinkCard", "LinkFolder", "LinkTable", "PairCounts"]

LINKS_CARD = "links.json"
"""The file that a folder of links carries beside its shards."""

_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class PairCounts:
    """What a folder holds of one pair of languages."""

    languages: Languages
    rows: int
    links: int
    shards: int


@dataclass(frozen=True, kw_only=True)
class LinkCard:
    """What must be known to read links a year later.

    Args:
        aligner: Name and fingerprint of the aligner.
        corpus: Name and fingerprint of the corpus.
        segmenter: What cut texts into words.
        languages: The pairs of languages, in order.
        shard_rows: Rows a shard.
        version: Of interlingua, when it was begun.
        pairs: Counts, when it is complete; None before.
    """

    aligner: tuple[str, str]
    corpus: tuple[str, str]
    segmenter: str
    languages: tuple[Languages, ...]
    shard_rows: int
    version: str
    pairs: tuple[PairCounts, ...] | None = None

    def to_json(self) -> str:
        """Return the text of the card."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def read(cls, path: Path) -> "LinkCard":
        """Read the card of a folder.

        Raises:
            AlignmentError: It is no card of links.
        """
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
            if given.pop("format") != _FORMAT:
                raise ValueError("another format")
            counts = given.pop("pairs")
            pairs = None if counts is None else tuple(PairCounts(**_tuples(one)) for one in counts)
            given["languages"] = tuple((a, b) for a, b in given["languages"])
            return cls(**_tuples(given), pairs=pairs)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise AlignmentError(
                f"{path} is not the card of a folder of links ({error}); write one with `interlingua align`"
            ) from error


class LinkFolder:
    """Links of the rows of a corpus, by pair of languages; complete, and read as often as one likes.

    Args:
        path: The folder; use :meth:`open`.
        card: What its card says.
    """

    def __init__(self, path: Path, card: LinkCard) -> None:
        self.path = path
        self.card = card

    @classmethod
    def open(cls, path: str | Path) -> "LinkFolder":
        """Open a folder that :func:`interlingua.words.align_corpus` wrote.

        Raises:
            AlignmentError: There is none, or it is not finished.
        """
        place = Path(path)
        if not (place / LINKS_CARD).is_file():
            raise AlignmentError(f"{place} is no folder of links: it has no {LINKS_CARD}; is the path right?")
        card = LinkCard.read(place / LINKS_CARD)
        if card.pairs is None:
            raise AlignmentError(
                f"{place} is not finished; run the same alignment again with --resume (resume=True), which goes on "
                "where it stopped"
            )
        return cls(place, card)

    @property
    def languages(self) -> tuple[Languages, ...]:
        """The pairs of languages, in order."""
        return self.card.languages

    @property
    def fingerprint(self) -> str:
        """Changes when a link does."""
        sizes = [
            (shard.name, shard.stat().st_size, shard.stat().st_mtime_ns)
            for shard in sorted(self.path.glob("*.parquet"))
        ]
        return xxhash.xxh3_128_hexdigest(f"{self.card.to_json()}|{sizes}".encode())

    def __len__(self) -> int:
        return sum(one.rows for one in self.card.pairs or ())

    def __iter__(self) -> Iterator[tuple[str, Languages, Links]]:
        """Yield row identifier, languages and links, pair by pair of languages, in the order of the corpus."""
        for languages in self.languages:
            for row_id, links in self.read(*languages):
                yield row_id, languages, links

    def __repr__(self) -> str:
        pairs = ", ".join(f"{a}-{b}" for a, b in self.languages)
        return f"<LinkFolder {self.path}: {counted(len(self), 'sentence pair')}, {pairs}, by {self.card.aligner[0]}>"

    def read(self, source: str, target: str) -> Iterator[tuple[str, Links]]:
        """Yield row identifier and links of one pair of languages, in the order of the corpus, in constant memory.

        Args:
            source: A language, in any spelling.
            target: The other. The pair may be stored the other way round.

        Raises:
            AlignmentError: The folder has no such pair, or a shard is missing or damaged.
        """
        columns, swapped = self._columns(source, target)
        for some in columns:
            for row, row_id in enumerate(some.ids.to_pylist()):
                yield row_id, some.links(row, swapped=swapped)

    def by_text(self, source: str, target: str) -> Iterator[tuple[int, int, Links]]:
        """Yield hash of the source text, hash of the target text, and links: whose links they are in any corpus.

        Args:
            source: A language, in any spelling.
            target: The other. The pair may be stored the other way round.

        Raises:
            AlignmentError: The folder has no such pair, or a shard is missing or damaged.
        """
        columns, swapped = self._columns(source, target)
        for some in columns:
            first, second = some.texts[::-1] if swapped else some.texts
            for row, (one, other) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
                yield one, other, some.links(row, swapped=swapped)

    def table(self, source: str, target: str) -> "LinkTable":
        """Load the links of one pair of languages, to look them up by row identifier.

        Args:
            source: A language, in any spelling.
            target: The other. The pair may be stored the other way round.

        Raises:
            AlignmentError: The folder has no such pair, a shard is missing or damaged, or two rows have one identifier.
        """
        columns, swapped = self._columns(source, target)
        return LinkTable(list(columns), swapped=swapped, name=str(self.path))

    def _columns(self, source: str, target: str) -> tuple[Iterator[Columns], bool]:
        wanted = (canonical(source), canonical(target))
        for counts in self.card.pairs or ():
            if counts.languages in (wanted, wanted[::-1]):
                return self._read(counts), counts.languages != wanted
        known = ", ".join(f"{a}-{b}" for a, b in self.languages)
        raise AlignmentError(f"{self.path} has no links of {wanted[0]} and {wanted[1]}; it has {known}")

    def _read(self, counts: PairCounts) -> Iterator[Columns]:
        rows = 0
        for number in range(counts.shards):
            for columns in read_shard(self.path / shard_name(counts.languages, number)):
                rows += len(columns)
                yield columns
        if rows != counts.rows:
            raise AlignmentError(
                f"{self.path} holds {counted(rows, 'row')} of {'-'.join(counts.languages)}, but its card says "
                f"{counts.rows:,}; files were exchanged: make it again with --overwrite"
            )


class LinkTable(Mapping[str, Links]):
    """Links of one pair of languages by row identifier; held as flat arrays, about 20 bytes a word.

    Args:
        columns: The rows.
        swapped: Give them with sides swapped.
        name: How messages call it.

    Raises:
        AlignmentError: Two rows have one identifier.
    """

    def __init__(self, columns: list[Columns], *, swapped: bool, name: str) -> None:
        self._columns = columns
        self._swapped = swapped
        self._begins = np.concatenate([[0], [len(some) for some in columns]]).astype(np.int64).cumsum()
        keys = np.concatenate([_keys(some.ids.to_pylist()) for some in columns]) if columns else _keys([])
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        twice = np.flatnonzero(self._keys[1:] == self._keys[:-1])
        if len(twice):
            row_id = self._id(int(self._order[twice[0]]))
            raise AlignmentError(
                f"{name} has two rows {row_id!r}; give the rows of the corpus identifiers of their own"
            )

    def __getitem__(self, row_id: str) -> Links:
        row = self._find(row_id)
        if row is None:
            raise KeyError(row_id)
        part = int(np.searchsorted(self._begins, row, side="right")) - 1
        return self._columns[part].links(row - int(self._begins[part]), swapped=self._swapped)

    def __contains__(self, row_id: object) -> bool:
        return isinstance(row_id, str) and self._find(row_id) is not None

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        for some in self._columns:
            yield from some.ids.to_pylist()

    def _find(self, row_id: str) -> int | None:
        key = _keys([row_id])[0]
        place = int(np.searchsorted(self._keys, key))
        return int(self._order[place]) if place < len(self._keys) and self._keys[place] == key else None

    def _id(self, row: int) -> str:
        part = int(np.searchsorted(self._begins, row, side="right")) - 1
        return str(self._columns[part].ids[row - int(self._begins[part])])


def _keys(ids: list[str]) -> NDArray[np.bytes_]:
    return np.array([xxhash.xxh3_128_digest(one.encode("utf-8", "surrogatepass")) for one in ids], dtype="S16")


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
