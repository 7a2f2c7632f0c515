"""The corpus: rows of one meaning each, a column per language, on disk or in memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

from interlingua.corpus.columns import table_of
from interlingua.corpus.selection import Condition, MinCells, OneOf, Value, conditions, in_words
from interlingua.corpus.source import Source
from interlingua.corpus.splits import SplitRule
from interlingua.corpus.storage import InMemory
from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError
from interlingua.languages import canonical, variant_hint
from interlingua.types import Row

if TYPE_CHECKING:
    from interlingua.corpus.statistics import CorpusStatistics

__all__ = ["Corpus"]

_SCAN = 4096


class Corpus:
    """N-way rows: walked in order as often as one likes, never held.

    A corpus is also any view of one: :meth:`select` and :meth:`with_splits` copy nothing.

    Args:
        source: Where the rows lie; use :meth:`open` or :meth:`from_rows`.
        languages: The languages of the view; None for all.
        kept: Conditions that every row of the view meets.
        name: How reports call it; None for the name of the source.

    Example:
        >>> rows = [
        ...     Row({"en": "Good morning.", "de": "Guten Morgen."}),
        ...     Row({"en": "It rains.", "de": "Es regnet.", "sw": "Mvua inanyesha."}),
        ... ]
        >>> corpus = Corpus.from_rows(rows)
        >>> corpus.languages, len(corpus), len(corpus.select(["swa", "eng"]))
        (('eng_Latn', 'deu_Latn', 'swh_Latn'), 2, 1)
        >>> corpus.pairs("en", "de")
        (['Good morning.', 'It rains.'], ['Guten Morgen.', 'Es regnet.'])
    """

    def __init__(
        self,
        source: Source,
        *,
        languages: tuple[str, ...] | None = None,
        kept: tuple[Condition, ...] = (),
        name: str | None = None,
    ) -> None:
        self._source = source
        self._conditions = kept
        self.languages: tuple[str, ...] = source.languages if languages is None else languages
        self.name = name or source.name

    @classmethod
    def open(cls, path: str | Path, *, rename: Mapping[str, str] | None = None, name: str | None = None) -> "Corpus":
        """Open a Parquet file, or a folder of them, memory-mapped.

        Args:
            path: The file or folder.
            rename: Language or ``_name`` by given column name, for columns whose name does not say what they hold;
                names are parsed as languages otherwise.
            name: How reports call it; None for the name of the file.

        Raises:
            CorpusError: Nothing there, no rows, or a column that is neither a language nor begins with ``_``.
            LanguageError: Two columns mean one language.
        """
        return cls(Source.open(Path(path), rename=rename, name=name))

    @classmethod
    def from_rows(cls, rows: Iterable[Row], *, name: str = "rows", card: Mapping[str, Any] | None = None) -> "Corpus":
        """Hold rows in memory; for small corpora (``write_corpus`` for the others).

        Args:
            rows: Any iterable; walked once.
            name: How reports call it.
            card: What is known of the origin.

        Raises:
            CorpusError: There are no rows, or none has a cell.
        """
        table = table_of(enumerate(rows))
        if table.num_rows == 0:
            raise CorpusError(f"{name} holds no rows")
        source = Source(InMemory(table), {column: column for column in table.schema.names}, name, card=card or {})
        if not source.languages:
            raise CorpusError(f"{name} holds no text in {counted(table.num_rows, 'row')}")
        return cls(source)

    @property
    def provenance(self) -> tuple[str, ...]:
        """The columns that are not text: ``_id``, ``_split`` and others."""
        return self._source.provenance

    @property
    def card(self) -> Mapping[str, Any]:
        """What ``corpus.json`` says of sources and licences; empty for corpora without one."""
        return self._source.card

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the content; equal for equal rows and equal selections."""
        if self.languages == self._source.languages and not self._conditions:
            return self._source.fingerprint
        selection = "|".join([",".join(self.languages), *map(repr, self._conditions)])
        return xxhash.xxh3_128_hexdigest(f"{self._source.fingerprint}|{selection}".encode())

    def __len__(self) -> int:
        return self._source.storage.rows if self._kept is None else int(self._kept.sum())

    def __repr__(self) -> str:
        kept = "; ".join(map(str, self._conditions)) or "all rows"
        return f"<Corpus {self.name}: {len(self.languages)} languages, {kept}>"

    def select(
        self,
        languages: Sequence[str] | None = None,
        split: str | None = None,
        *,
        min_cells: int = 2,
        where: Mapping[str, Value | Collection[Value]] | None = None,
    ) -> "Corpus":
        """Return a view with these languages and the rows that have enough of them.

        Args:
            languages: In any spelling; their order is that of the view. None for all.
            split: ``train``, ``dev`` or ``test``.
            min_cells: Cells a row must have among the languages (never more than there are languages).
            where: Value or values by provenance column, as ``{"_testament": "NT"}``.

        Raises:
            CorpusError: The corpus has no such language, no splits, or no such column.
        """
        chosen = self.languages if languages is None else tuple(dict.fromkeys(map(self._language, languages)))
        kept = self._conditions + conditions(where or {})
        if split is not None:
            kept += (OneOf("_split", (split,)),)
        for condition in kept:
            self._check(condition)
        enough = MinCells(chosen, min(min_cells, len(chosen)))
        kept = (*kept, enough) if enough.minimum > 0 else kept
        return Corpus(self._source, languages=chosen, kept=kept, name=f"{self.name}/{split}" if split else self.name)

    def keeping(self, condition: Condition) -> "Corpus":
        """Return a view with only those rows that meet a condition too."""
        kept = (*self._conditions, condition)
        return Corpus(self._source, languages=self.languages, kept=kept, name=self.name)

    def with_splits(self, *, dev: float, test: float, seed: int = 0) -> "Corpus":
        """Return the corpus with splits by content; rows that have a ``_split`` already keep it.

        See :func:`interlingua.corpus.split_of` for the rule.
        """
        source = self._source.with_rule(SplitRule(dev=dev, test=test, seed=seed))
        return Corpus(source, languages=self.languages, kept=self._conditions, name=self.name)

    @property
    def has_splits(self) -> bool:
        """Whether rows say which split they belong to, or a rule does."""
        return self._source.rule is not None or "_split" in self.provenance

    def rows(self) -> Iterator[Row]:
        """Yield the rows, with the cells of the view's languages and everything known of their origin."""
        for batch in self._scan((*self.provenance, *self.languages), size=_SCAN):
            meta = {name: batch.column(name).to_pylist() for name in self.provenance}
            texts = {language: batch.column(language).to_pylist() for language in self.languages}
            for i in range(batch.num_rows):
                yield Row(_present(texts, i), _present(meta, i))

    def batches(self, size: int = _SCAN, *, provenance: Sequence[str] = ()) -> Iterator[Any]:
        """Yield ``pyarrow.RecordBatch`` es of at most ``size`` rows: ``_id``, ``provenance``, then the languages."""
        return self._scan(("_id", *provenance, *self.languages), size=size)

    def texts(self, language: str) -> list[str | None]:
        """Return one column, a text or None for every row."""
        return self._column(self._language(language))

    def ids(self) -> list[str]:
        """Return the identifier of every row."""
        return self._column("_id")

    def pairs(self, source: str, target: str) -> tuple[list[str], list[str]]:
        """Return the texts of the rows that have both languages, in row order."""
        languages = (self._language(source), self._language(target))
        sides: tuple[list[str], list[str]] = ([], [])
        for batch in self._scan(tuple(dict.fromkeys(languages)), size=_SCAN):
            both = pc.and_(*(batch.column(language).is_valid() for language in languages))
            for side, language in zip(sides, languages, strict=True):
                side.extend(batch.column(language).filter(both).to_pylist())
        return sides

    def values(self, name: str) -> list[Any]:
        """Return one provenance column, as ``_split`` or ``_category``; None where a row has no value.

        Raises:
            CorpusError: There is no such column.
        """
        self._check(OneOf(name, ()))
        return self._column(name)

    def raw_cells(self, language: str) -> Iterator[Any]:
        """Yield ``pyarrow`` string arrays of the cells as they were given, blank ones too, missing ones left out."""
        code = self._language(language)
        for batch in self._scan((code,), size=_SCAN, raw=True):
            yield batch.column(code).drop_null()

    def stats(self) -> "CorpusStatistics":
        """Count rows, cells, lengths and repetitions, language by language."""
        from interlingua.corpus.statistics import measure

        return measure(self)

    def _column(self, name: str) -> list[Any]:
        return [value for batch in self._scan((name,), size=_SCAN) for value in batch.column(name).to_pylist()]

    def _language(self, spelling: str) -> str:
        code = canonical(spelling)
        if code not in self.languages and code in self._source.languages:
            chosen = ", ".join(self.languages)
            raise CorpusError(f"{code} is not among the languages chosen of {self.name}, {chosen}; choose it too (-l)")
        if code not in self.languages:
            hint = variant_hint(code, self.languages)
            raise CorpusError(f"{self.name} has no {code}; its languages are {', '.join(self.languages)}{hint}")
        return code

    def _check(self, condition: Condition) -> None:
        for column in condition.columns:
            if column in self.provenance or not column.startswith("_"):
                continue
            advice = "; `interlingua corpus split` makes them (in Python: .with_splits(dev=..., test=...))"
            hint = advice if column == "_split" else ""
            raise CorpusError(f"{self.name} has no column {column}, only {', '.join(self.provenance)}{hint}")

    @cached_property
    def _kept(self) -> NDArray[np.bool_] | None:
        """Which rows of the source are in the view: one byte a row; None where all are."""
        if not self._conditions:
            return None
        columns = tuple(dict.fromkeys(column for condition in self._conditions for column in condition.columns))
        masks = [
            np.logical_and.reduce([condition.keep(batch) for condition in self._conditions])
            for batch in self._source.scan(columns, size=_SCAN)
        ]
        return np.concatenate(masks)

    def _scan(self, columns: Sequence[str], *, size: int, raw: bool = False) -> Iterator[Any]:
        if len(self) == 0:
            raise CorpusError(f"no row of {self._source.name} has {in_words(self._conditions)}{self._splits()}")
        return self._kept_batches(columns, size=size, raw=raw)

    def _kept_batches(self, columns: Sequence[str], *, size: int, raw: bool) -> Iterator[Any]:
        start = 0
        for batch in self._source.scan(columns, size=size, raw=raw):
            rows = batch.num_rows
            if self._kept is not None:
                batch = batch.filter(pa.array(self._kept[start : start + rows]))
            start += rows
            if batch.num_rows:
                yield batch

    def _splits(self) -> str:
        """What splits there are, if one was asked for; for the message of an empty view."""
        if not any("_split" in condition.columns for condition in self._conditions):
            return ""
        counts = pc.value_counts(
            pa.chunked_array(batch.column("_split") for batch in self._source.scan(("_split",), size=_SCAN))
        ).to_pylist()
        return "; its splits are " + ", ".join(f"{count['values']} ({count['counts']:,})" for count in counts)


def _present(columns: Mapping[str, list[Any]], row: int) -> dict[str, Any]:
    return {name: values[row] for name, values in columns.items() if values[row] is not None}
