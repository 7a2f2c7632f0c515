"""Training rows that have a text which an encoder is tested on: found, counted, left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

from interlingua.corpus.evaluation_texts import EvaluationTexts
from interlingua.corpus.hashing import TextHash, text_hash
from interlingua.corpus.letters import letters_of
from interlingua.corpus.table import Corpus
from interlingua.corpus.wording import counted
from interlingua.languages import without_variant

__all__ = ["SHORT", "Overlap", "find_overlap", "look_up"]

SHORT = 12
"""Letters below which one text alone is no reason to leave out a row: "I don't know." is said everywhere.

Characters of Chinese, Japanese and Korean count twice. Of 79,114 pairs of African news 833 have a text of a test set;
what is shorter than this are numbers, names of sections, "He wrote:"; from here on whole sentences prevail.
"""

_SAMPLE = 5


@dataclass
class Overlap:
    """What a corpus shares with sets that encoders are tested on.

    A row overlaps if a cell of at least :data:`SHORT` letters is a text of a set in the same language, or if two of
    its shorter cells are.

    Args:
        rows: Rows looked at.
        dropped: Rows that overlap.
        by_set: Of these, rows by set; a row may overlap with several.
        cells: Cells that are texts of a set, by set and language; those too short to count are not among them.
        sample: Identifiers of the first rows that overlap, by set.
        missing: Sets that could not be compared with.
        texts: Cells that are texts of a set, as they are written, by language; whether each is short.

    Example:
        >>> from interlingua.corpus.evaluation_texts import EvaluationSet
        >>> from interlingua.types import Row
        >>> tests = EvaluationTexts((EvaluationSet.of("mine", [("deu_Latn", ["Morgen wird es regnen."])]),))
        >>> rows = [Row({"en": "It rains.", "de": "Es regnet."}), Row({"en": "Rain?", "de": "Morgen wird es regnen!"})]
        >>> corpus = Corpus.from_rows(rows)
        >>> overlap = find_overlap(corpus, tests)
        >>> overlap.by_set, len(overlap.without(corpus))
        ({'mine': 1}, 1)
    """

    rows: int = 0
    dropped: int = 0
    by_set: dict[str, int] = field(default_factory=dict)
    cells: dict[str, dict[str, int]] = field(default_factory=dict)
    sample: dict[str, list[str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    texts: dict[str, dict[str, bool]] = field(default_factory=dict, repr=False)

    def without(self, corpus: Corpus) -> Corpus:
        """Return a view of the corpus it was found in, without the rows that overlap; nothing is copied."""
        return corpus.keeping(Untested.of(self.texts)) if self.dropped else corpus

    def add(self, other: "Overlap") -> None:
        """Take in what another corpus shares with the same sets."""
        self.rows += other.rows
        self.dropped += other.dropped
        for name, number in other.by_set.items():
            self.by_set[name] = self.by_set.get(name, 0) + number
        for name, cells in other.cells.items():
            mine = self.cells.setdefault(name, {})
            for language, number in cells.items():
                mine[language] = mine.get(language, 0) + number
        for name, ids in other.sample.items():
            self.sample[name] = [*self.sample.get(name, ()), *ids][:_SAMPLE]

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers, ready for JSON; no texts."""
        return {
            "rows": self.rows,
            "dropped": self.dropped,
            "by_set": self.by_set,
            "cells": self.cells,
            "sample": self.sample,
            "missing": list(self.missing),
        }

    def __str__(self) -> str:
        said = f"{counted(self.dropped, 'row')} of {self.rows:,} overlap with evaluation sets"
        sets = ", ".join(f"{name} {number:,}" for name, number in self.by_set.items() if number)
        said += f" ({sets})" if sets else ""
        return said + (f"; not checked: {', '.join(self.missing)}" if self.missing else "")


def find_overlap(corpus: Corpus, tests: EvaluationTexts) -> Overlap:
    """Compare every cell of a corpus with the texts of evaluation sets in its language, whatever the variant.

    One pass in constant memory, but for the cells that are found. Texts are compared by their letters
    (:func:`interlingua.corpus.letters.letters_of`).

    Args:
        corpus: The training rows; only its languages count.
        tests: What encoders are tested on.
    """
    found = Overlap(missing=tests.missing, by_set={one.name: 0 for one in tests.sets})
    for batch in corpus.batches():
        columns = {code: batch.column(code).to_pylist() for code in corpus.languages if tests.has(code)}
        cells = look_up(columns, tests, rows=batch.num_rows)
        found.rows += batch.num_rows
        _count(found, cells, columns, tests, batch.column("_id"))
    return found


@dataclass(frozen=True, eq=False)
class FoundCells:
    """Which cells of some rows are texts of a set.

    Args:
        long: By language, shape ``(rows,)``: cells of at least :data:`SHORT` letters.
        short: Those that are shorter.
        hashes: Of the letters of every cell by language.
    """

    long: Mapping[str, NDArray[np.bool_]]
    short: Mapping[str, NDArray[np.bool_]]
    hashes: Mapping[str, TextHash]

    @property
    def rows(self) -> NDArray[np.bool_]:
        """Which rows overlap, shape ``(rows,)``."""
        return _overlapping(list(self.long.values()), list(self.short.values()))


def look_up(columns: Mapping[str, list[str | None]], tests: EvaluationTexts, *, rows: int) -> FoundCells:
    """Look up cells in the texts of evaluation sets.

    Args:
        columns: Texts by language, None where a row has none.
        tests: What encoders are tested on.
        rows: How many there are in every column.
    """
    long, short, hashes = {"": np.zeros(rows, bool)}, {"": np.zeros(rows, bool)}, {}
    for language, texts in columns.items():
        letters = [None if text is None else letters_of(text) for text in texts]
        hashes[language] = text_hash(letters)
        hits = tests.known(language, hashes[language])
        if hits.any():
            enough = np.zeros(rows, bool)
            for place in np.flatnonzero(hits):
                enough[place] = _size(str(letters[place])) >= SHORT
            long[language], short[language] = hits & enough, hits & ~enough
    return FoundCells(long, short, hashes)


def _size(letters: str) -> int:
    return len(letters) + sum(letter >= "\u2e80" for letter in letters)


def _overlapping(long: list[NDArray[np.bool_]], short: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Return which rows have a long cell of a set, or two short ones."""
    return np.asarray(np.any(long, axis=0) | (np.sum(short, axis=0) >= 2))


def _count(
    found: Overlap, cells: FoundCells, columns: Mapping[str, list[str | None]], tests: EvaluationTexts, ids: Any
) -> None:
    dropped = cells.rows
    if not any(mask.any() for mask in (*cells.long.values(), *cells.short.values())):
        return
    found.dropped += int(dropped.sum())
    for language in filter(None, cells.long):
        kept = found.texts.setdefault(language, {})
        for mask, is_short in ((cells.long[language], False), (cells.short[language], True)):
            kept.update((str(columns[language][place]), is_short) for place in np.flatnonzero(mask))
    for one in tests.sets:
        rows: set[int] = set()
        for language in filter(None, cells.long):
            known = one.hashes.get(without_variant(language))
            places = np.flatnonzero(dropped & (cells.long[language] | cells.short[language]))
            if known is not None and len(places):
                hit = places[np.isin(cells.hashes[language][places], known)]
                if len(hit):
                    by_language = found.cells.setdefault(one.name, {})
                    by_language[language] = by_language.get(language, 0) + len(hit)
                rows.update(hit.tolist())
        found.by_set[one.name] += len(rows)
        if rows:
            sample = found.sample.setdefault(one.name, [])
            sample += [ids[place].as_py() for place in sorted(rows)[: _SAMPLE - len(sample)]]


@dataclass(frozen=True, eq=False)
class Untested:
    """A condition on rows: no long cell is one of these texts, and no two short ones are.

    Args:
        long, short: The texts by language, as Arrow arrays.
        fingerprint: Hash of them all.
    """

    long: Mapping[str, Any]
    short: Mapping[str, Any]
    fingerprint: str

    @classmethod
    def of(cls, texts: Mapping[str, Mapping[str, bool]]) -> "Untested":
        """Return the condition for texts by language, and whether each is short."""
        digest = xxhash.xxh3_128()
        for language in sorted(texts):
            for text in sorted(texts[language]):
                digest.update(f"{language}\x1f{texts[language][text]}\x1f{text}\x1e".encode())
        sides = [
            {
                code: pa.array([text for text, is_short in some.items() if is_short is side], pa.string())
                for code, some in texts.items()
            }
            for side in (False, True)
        ]
        return cls(sides[0], sides[1], digest.hexdigest())

    @property
    def columns(self) -> tuple[str, ...]:
        """The languages."""
        return tuple(self.long)

    def keep(self, batch: Any) -> NDArray[np.bool_]:
        """Compare the cells, letter for letter."""
        long, short = (
            [_among(batch.column(code), known) for code, known in side.items()] for side in (self.long, self.short)
        )
        return ~_overlapping(long, short)

    def __repr__(self) -> str:
        return f"Untested({self.fingerprint})"

    def __str__(self) -> str:
        return "no text of an evaluation set"


def _among(column: Any, known: Any) -> NDArray[np.bool_]:
    return np.asarray(pc.is_in(column, known).to_numpy(zero_copy_only=False), bool)
