"""What a corpus is made of: cells by source, licence and model."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from interlingua.corpus.provenance import SourceRecord, listed_sources, source_column, source_records

if TYPE_CHECKING:
    from interlingua.corpus.table import Corpus

__all__ = ["UNKNOWN", "Composition", "composition_of", "known_sources"]

UNKNOWN = "unknown"
"""What stands for a source or licence that nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """Cells by where they are from.

    Args:
        cells: By source and language.
        records: What is known of the sources, by name; of those without cells too.
    """

    cells: Mapping[str, Mapping[str, int]]
    records: Mapping[str, SourceRecord]

    @property
    def sources(self) -> dict[str, int]:
        """Cells by source."""
        return {name: sum(by_language.values()) for name, by_language in self.cells.items()}

    @property
    def licences(self) -> dict[str, int]:
        """Cells by licence."""
        return self._by(lambda record: record.licence or UNKNOWN)

    @property
    def models(self) -> dict[str, int]:
        """Cells that a machine wrote, by model."""
        return {model: cells for model, cells in self._by(lambda record: record.model).items() if model}

    @property
    def synthetic(self) -> float:
        """Share of the cells that a machine wrote, 0 to 1; 0 without cells."""
        return sum(self.models.values()) / max(1, sum(self.sources.values()))

    @property
    def non_commercial(self) -> list[str]:
        """Sources with cells whose licence forbids commercial use."""
        return [name for name in self.cells if self._record(name).non_commercial]

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary."""
        return {
            "sources": {name: dict(by_language) for name, by_language in self.cells.items()},
            "licences": self.licences,
            "models": self.models,
            "synthetic": self.synthetic,
            "non_commercial": self.non_commercial,
        }

    def _record(self, name: str) -> SourceRecord:
        return self.records.get(name) or SourceRecord(source=name)

    def _by(self, key: Any) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for name, cells in self.sources.items():
            counts[key(self._record(name))] += cells
        return dict(counts.most_common())


def composition_of(corpus: "Corpus") -> Composition:
    """Count the cells of a corpus by source: one pass in constant memory.

    The source of a cell is what ``_source:LANGUAGE`` says, else ``_source``, else the one source of the card, else what
    the catalog knows of the corpus.

    Example:
        >>> from interlingua.corpus import open_corpus
        >>> made = composition_of(open_corpus("phrasebook").select(["eng", "deu"]))
        >>> made.licences, made.synthetic
        ({'CC0-1.0': 1700}, 0.0)
    """
    records = source_records({"sources": known_sources(corpus)})
    usual = next(iter(records)) if len(records) == 1 else UNKNOWN
    columns = [name for name in ("_source", *map(source_column, corpus.languages)) if name in corpus.provenance]
    cells: dict[str, Counter[str]] = {}
    for batch in corpus.batches(provenance=columns):
        for language in corpus.languages:
            for name, count in _counts(batch, language, columns):
                cells.setdefault(usual if name is None else str(name), Counter())[language] += count
    return Composition(cells=cells, records=records)


def known_sources(corpus: "Corpus") -> list[dict[str, Any]]:
    """Return what is known of the sources of a corpus: what its card says, else what the catalog knows.

    Example:
        >>> from interlingua.corpus import open_corpus
        >>> known_sources(open_corpus("phrasebook").select(split="train"))[0]["licence"]
        'CC0-1.0'
    """
    from interlingua.corpus import catalog

    if told := listed_sources(corpus.card):
        return told
    name = corpus.name.partition("/")[0]
    known = catalog.source_record(name) if name.partition(":")[0] in catalog.names() else SourceRecord(source=name)
    return [known.as_dict()]


def _counts(batch: Any, language: str, columns: Iterable[str]) -> Iterable[tuple[Any, int]]:
    """Return how many cells of a language a batch has from every source that it names; None where it names none."""
    there = batch.column(language).is_valid()
    named = [batch.column(name).cast("string") for name in (source_column(language), "_source") if name in columns]
    if not named:
        count = pc.sum(there).as_py() or 0
        return [(None, count)] if count else []
    found = pc.value_counts((pc.coalesce(*named) if len(named) > 1 else named[0]).filter(there))
    return [(one["values"], one["counts"]) for one in found.to_pylist()]
