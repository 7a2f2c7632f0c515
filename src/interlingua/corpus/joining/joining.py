"""Sources to one corpus of joined rows."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from interlingua.corpus.coverage import Coverage, CoverageCounter, compared
from interlingua.corpus.history import with_step
from interlingua.corpus.joining.assembling import RowMaker
from interlingua.corpus.joining.cells import CellMaker
from interlingua.corpus.joining.choosing import CONFLICTS, Conflicts
from interlingua.corpus.joining.groups import Limit, whole_groups
from interlingua.corpus.joining.hints import language_hints, licence_hints
from interlingua.corpus.joining.licences import licensed
from interlingua.corpus.joining.room import room_for
from interlingua.corpus.joining.sorting import sorted_records
from interlingua.corpus.joining.sources import JoinSource, open_sources
from interlingua.corpus.placeholders import Placeholders, plain_batches
from interlingua.corpus.splits import PIVOT
from interlingua.corpus.table import Corpus
from interlingua.corpus.wording import counted
from interlingua.corpus.writing import write_tables
from interlingua.errors import CorpusError
from interlingua.languages import canonical, variant_hint

__all__ = ["Joined", "join_corpus"]

_SAID = {
    "rows_read": ("row", " read"),
    "rows_without_pivot_kept": ("", "of them without pivot, kept as they are"),
    "rows_without_pivot_left_out": ("", "of them without pivot, left out"),
    "rows_beyond_most": ("", "of them left out: their source has the pivot text too often"),
    "pivot_texts": ("pivot text", ""),
    "cells_in_conflict": ("cell", " for which there were several texts"),
    "rows_of_too_few_cells": ("joined row", " of too few cells, left out"),
}
"""What is counted, and what is said of it."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What a join made; ``str()`` is a table of coverage before and after.

    Args:
        corpus: The joined rows.
        before: Coverage of the rows of all sources, one after the other.
        after: Coverage of the corpus.
        counts: What became of rows and texts; also in the history of ``corpus.json``.
        hints: What could be told or typed for a better join, in words of the command line.
    """

    corpus: Corpus
    before: Coverage
    after: Coverage
    counts: Mapping[str, int]
    hints: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary."""
        return {
            "rows": len(self.corpus),
            "languages": list(self.corpus.languages),
            "fingerprint": self.corpus.fingerprint,
            "counts": dict(self.counts),
            "hints": list(self.hints),
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
        }

    def __str__(self) -> str:
        told = [(count, *_SAID[name]) for name, count in self.counts.items() if count]
        lines = [(counted(count, noun) if noun else f"{count:,} ") + what for count, noun, what in told]
        return "\n".join([compared(self.before, self.after), "", *lines])


def join_corpus(
    sources: Sequence[str | Path | Corpus],
    path: str | Path,
    *,
    pivot: str = PIVOT,
    conflicts: Conflicts = "all",
    ignore_punctuation: bool = False,
    pivot_only: bool = False,
    min_cells: int = 2,
    most: int = 10_000,
    licences: Mapping[str, str] | None = None,
    memory: str = "2GB",
    threads: int | None = None,
    rename: Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    placeholders: Placeholders = "keep",
    strict: bool = False,
    overwrite: bool = False,
) -> Joined:
    """Join rows that share a pivot text, whatever source they are from, and write them as one corpus.

    Rows have the order of their keys, which mixes the sources and depends on nothing but the texts. Joining is not
    transitive: rows that share a text of another language only stay apart.

    Args:
        sources: Corpora, sets of the catalog, or what :func:`interlingua.corpus.open_rows` reads; the earlier, the
            higher it ranks.
        path: The folder to write.
        pivot: The language to join by, in any spelling.
        conflicts: What becomes of several texts of one language beside one pivot text: ``all`` makes further rows of
            them, ``majority`` keeps what most sources say, ``best`` the best ``_score``, ``first`` the earliest.
        ignore_punctuation: Whether pivot texts are one that differ in punctuation at their edges only.
        pivot_only: Leave out rows without pivot; otherwise those of two cells and more stay rows of their own.
        min_cells: Leave out joined rows with fewer cells.
        most: Use this many rows of a source that share a pivot text.
        licences: Licence by the name of a source in the card, or by the word in ``sources``, for all in it without one.
        memory: What DuckDB may hold; more is put on disk beside ``path``. Python needs about 0.5 GB beside it.
        threads: Of DuckDB; None for one a core. The result does not depend on it.
        rename: Language or ``_name`` by column name, for files.
        columns: Column names of TSV and CSV files without header.
        placeholders: What becomes of ``%s`` and its like, see :func:`interlingua.corpus.placeholders.plain_text`.
        strict: A bad record is an error; otherwise it is left out and reported.
        overwrite: Replace a corpus that is there.

    Raises:
        CorpusError: A source cannot be read, no row has the pivot, or nothing tells the best; nothing is written.
        OutputError: The folder holds something, cannot be written, or the disk is too small.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from interlingua.types import Row
        >>> german = Corpus.from_rows([Row({"en": "It rains.", "de": "Es regnet."})], name="a")
        >>> swahili = Corpus.from_rows([Row({"en": "it  rains.", "sw": "Mvua inanyesha."})], name="b")
        >>> with TemporaryDirectory() as folder:
        ...     joined = join_corpus([german, swahili], f"{folder}/rows")
        ...     next(joined.corpus.rows()).texts
        {'eng_Latn': 'It rains.', 'deu_Latn': 'Es regnet.', 'swh_Latn': 'Mvua inanyesha.'}
    """
    target, code = Path(path), canonical(pivot)
    if conflicts not in CONFLICTS:
        raise CorpusError(f"{conflicts!r} is no way to settle conflicts; there are {', '.join(CONFLICTS)}")
    opened = open_sources(sources, rename=rename, columns=columns, strict=strict)
    records = licensed(opened, licences or {})
    join = _Join(
        opened,
        placeholders,
        CellMaker(pivot=code, ignore_punctuation=ignore_punctuation, pivot_only=pivot_only),
        Limit(most),
        {"sources": [record.as_dict() for record in records]},
    )
    with (
        room_for(opened, target) as folder,
        sorted_records(join.cells(), folder=folder, memory=memory, threads=threads) as ordered,
    ):
        tables = join.tables(ordered, pivot=code, conflicts=conflicts, min_cells=min_cells)
        corpus = write_tables(tables, target, card=join.card, overwrite=overwrite)
    return join.done(corpus, licence_hints(records))


class _Join:
    """The two halves of a join, before and after the sort, and what they count."""

    def __init__(
        self,
        sources: Sequence[JoinSource],
        placeholders: Placeholders,
        cells: CellMaker,
        limit: Limit,
        card: dict[str, Any],
    ) -> None:
        self._sources = sources
        self._placeholders = placeholders
        self._spoken: list[set[str]] = [set() for _ in sources]
        self._cells = cells
        self._limit = limit
        self._after = CoverageCounter()
        self._pivot = ""
        self._told: dict[str, int] = {}
        self.card = card

    def cells(self) -> Iterator[Any]:
        """Every row of every source as records."""
        for number, source in enumerate(self._sources):
            start = 0
            for batch in plain_batches(source.batches(), self._placeholders):
                self._spoken[number] |= {name for name in batch.schema.names if _has_text(batch, name)}
                yield from self._cells.records(batch, source=number, name=source.name, start=start)
                start += batch.num_rows
            logger.info("%s: %s", source.name, counted(start, "row"))

    def tables(self, ordered: Iterator[Any], *, pivot: str, conflicts: Conflicts, min_cells: int) -> Iterator[Any]:
        """Sorted records as joined rows; the first of them comes when all sources have been read."""
        first = next(ordered, None)
        known = self._cells.known
        self._check(pivot, conflicts)
        maker = RowMaker(
            pivot=pivot,
            languages=tuple(self._cells.languages),
            origins=tuple(known.origins),
            scored=known.scored,
            has_splits=known.has_splits,
            conflicts=conflicts,
            min_cells=min_cells,
        )
        records = chain(() if first is None else (first,), ordered)
        yield from maker.tables(whole_groups(self._limit(records)))
        self._pivot, self._after = pivot, maker.coverage
        self._told = self._counts(maker.counts)
        facts = {"pivot": pivot, "conflicts": conflicts, **self._told, **maker.told}
        self.card |= with_step(self.card, "join", facts, of=[source.before for source in self._sources])

    def done(self, corpus: Corpus, hints: Iterable[str]) -> Joined:
        """What came of it."""
        return Joined(
            corpus=corpus,
            before=self._cells.coverage.coverage(first=self._pivot),
            after=self._after.coverage(first=self._pivot),
            counts=self._told,
            hints=(*language_hints(self._sources, self._spoken, pivot=self._pivot), *hints),
        )

    def _check(self, pivot: str, conflicts: Conflicts) -> None:
        """Now that all rows are known: is there anything to join by?"""
        before = self._cells.coverage.coverage()
        if not self._cells.counts["with_pivot"]:
            most = sorted(before.languages, key=lambda code: -before.together[before.languages.index(code)].max())
            others = f"; most rows have {most[0]} (--pivot {most[0]})" if most else ""
            others = variant_hint(pivot, before.languages) or others
            raise CorpusError(f"no row of {counted(before.rows, 'row')} has {pivot} to join by{others}")
        if conflicts == "best" and not self._cells.known.scored:
            raise CorpusError("no row of the sources has a _score to tell the best by; settle conflicts otherwise")
        if bad := self._cells.known.bad_scores:
            logger.warning("%s that are no number count as none", counted(bad, "_score"))

    def _counts(self, made: Mapping[str, int]) -> dict[str, int]:
        read = self._cells.counts
        return {
            "rows_read": read["read"],
            "rows_without_pivot_kept": read["without_pivot_kept"],
            "rows_without_pivot_left_out": read["without_pivot_left_out"],
            "rows_beyond_most": self._limit.dropped,
            "pivot_texts": made["groups"] - made["without_pivot"],
            "cells_in_conflict": made["conflicts"],
            "rows_of_too_few_cells": made["too_few_cells"],
        }


def _has_text(batch: Any, name: str) -> bool:
    return not name.startswith("_") and batch.column(name).null_count < batch.num_rows
