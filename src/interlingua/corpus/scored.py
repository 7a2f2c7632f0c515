"""Pairs of sentences with a score of how near in meaning they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from interlingua.corpus.readers.similarity import scored_records
from interlingua.errors import CorpusError, FormatError
from interlingua.languages import canonical, canonical_columns
from interlingua.types import Row

__all__ = ["ScoredPairs", "read_scored_file", "read_scored_pairs", "scored_rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPairs:
    """Sentence pairs and what people thought of their similarity.

    Args:
        source: First sentences.
        target: Second sentences, in the same order.
        scores: One a pair, shape ``(pairs,)``, float64.
        languages: Of the first and of the second sentence.
        name: Set and split, as ``stsb/dev``.
        numbers: Which row of its set each pair is, shape ``(pairs,)``: pairs of one number in sets of one name say the
            same in other languages. Counted from 0 where None.

    Example:
        >>> pairs = ScoredPairs(source=["a"], target=["b"], scores=np.ones(1), languages=("eng", "eng"), name="x")
        >>> pairs.rows.tolist()
        [0]
    """

    source: list[str]
    target: list[str]
    scores: NDArray[np.float64]
    languages: tuple[str, str]
    name: str
    numbers: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.source)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The number of every pair."""
        return np.arange(len(self), dtype=np.int64) if self.numbers is None else self.numbers


def read_scored_pairs(
    path: Path, *, source: str, target: str, split: str | None, name: str, languages: Sequence[str] = ()
) -> ScoredPairs:
    """Read pairs from Parquet with columns ``score`` and ``sentence1_eng``, ``sentence2_eng`` and so on.

    Args:
        path: The file.
        source: Language of the first sentence, in any spelling.
        target: Language of the second sentence.
        split: ``train`` or ``dev``; None for all.
        name: How reports call the set.
        languages: The one language of a file whose columns are plain ``sentence1`` and ``sentence2``.

    Raises:
        CorpusError: No such language or split.
    """
    columns = _columns(path, languages)
    codes = (canonical(source), canonical(target))
    for code in codes:
        if code not in columns:
            raise CorpusError(f"{name} has no {code}; its languages are {', '.join(columns)}")
    wanted = (columns[codes[0]][0], columns[codes[1]][1])
    table = pq.read_table(path, columns=list(dict.fromkeys([*wanted, "score", "split"])), memory_map=True)
    splits = sorted(set(table.column("split").to_pylist()))
    if split is not None and split not in splits:
        raise CorpusError(f"{name} has no split {split}; it has {', '.join(splits)}")
    keep = pc.and_(table.column(wanted[0]).is_valid(), table.column(wanted[1]).is_valid())
    keep = keep if split is None else pc.and_(keep, pc.equal(table.column("split"), split))
    table = table.filter(keep)
    return ScoredPairs(
        source=table.column(wanted[0]).to_pylist(),
        target=table.column(wanted[1]).to_pylist(),
        scores=table.column("score").to_numpy().astype(np.float64),
        languages=codes,
        name=f"{name}/{split}" if split else name,
        numbers=np.flatnonzero(keep.to_numpy()),
    )


def read_scored_file(path: Path, *, source: str, target: str) -> ScoredPairs:
    """Read pairs from a file with the columns ``sentence1``, ``sentence2`` and ``score``, or another usual shape.

    Args:
        path: ``.tsv`` or ``.csv`` with a header, ``.jsonl`` or ``.parquet``; read as rows are, so a quote is a
            character like any other in ``.tsv``. Other columns are not looked at. For the shapes of published sets
            see :func:`interlingua.corpus.readers.similarity.scored_records`.
        source: Language of the first sentence, in any spelling.
        target: Language of the second sentence.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: A column is missing, a line is not UTF-8 or has too few or too many fields, a sentence is empty or
            a score is no number; with the line.
    """
    records = list(scored_records(path))
    if not records:
        raise FormatError("holds no pairs", path=path)
    for record in records:
        if not (record.source.strip() and record.target.strip()):
            raise FormatError("a sentence is missing; every line needs two and a score", path=path, line=record.line)
    return ScoredPairs(
        source=[record.source for record in records],
        target=[record.target for record in records],
        scores=np.array([record.score for record in records]),
        languages=(canonical(source), canonical(target)),
        name=path.name.split(".")[0],
    )


def scored_rows(path: Path, *, languages: Sequence[str] = ()) -> Iterator[Row]:
    """Yield the sentences of a set of scored pairs as n-way rows: first and second sentence of each pair in turn."""
    columns = _columns(path, languages)
    for batch in pq.ParquetFile(path, memory_map=True).iter_batches(4096):
        for record in batch.to_pylist():
            for side in (0, 1):
                yield Row(
                    _cells(record, columns, side), {"_id": f"{record['id']}-{side + 1}", "_split": record["split"]}
                )


def _cells(record: dict[str, Any], columns: dict[str, tuple[str, str]], side: int) -> dict[str, str]:
    cells = {language: record[names[side]] for language, names in columns.items()}
    return {language: text for language, text in cells.items() if text and text.strip()}


def _columns(path: Path, languages: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The columns of first and second sentence by language."""
    if languages:
        return {canonical(languages[0]): ("sentence1", "sentence2")}
    names = pq.read_schema(path).names
    codes = canonical_columns(name.removeprefix("sentence1_") for name in names if name.startswith("sentence1_"))
    return {code: (f"sentence1_{given}", f"sentence2_{given}") for code, given in codes.items()}
