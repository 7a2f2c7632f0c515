"""Parquet in which a column names the language pair of the row and two columns hold its sentences."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from interlingua.corpus.readers.files import Faults
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["read_pairs"]

_BATCH = 4096


def read_pairs(
    path: str | Path,
    *,
    pair: str = "pair",
    source: str = "src",
    target: str = "tgt",
    rename: Mapping[str, str] | None = None,
    only: tuple[str, str] | None = None,
    strict: bool = False,
) -> Iterator[Row]:
    """Yield rows of two cells; other columns become provenance (``id`` is ``_id``).

    Args:
        path: The Parquet file.
        pair: The column with the pair, as ``eng-deu``.
        source: The column with the first sentence.
        target: The column with the second sentence.
        rename: Provenance by column name; ``_name`` for a column ``name`` unless given.
        only: The two languages wanted, in any spelling and order; None for all.
        strict: A row whose pair cannot be read is an error; otherwise it is left out and reported.

    Raises:
        CorpusError: A column is missing, or no row is of the pair wanted.
        FormatError: With ``strict``, a pair that is no pair of languages.
    """
    path = Path(path)
    file = pq.ParquetFile(path, memory_map=True)
    absent = {pair, source, target} - set(file.schema_arrow.names)
    if absent:
        raise CorpusError(
            f"{path} has no column {', '.join(sorted(absent))}; it has {', '.join(file.schema_arrow.names)}"
        )
    wanted = {canonical(language) for language in only} if only else None
    found: set[str] = set()
    kept = 0
    with Faults(path, strict=strict) as faults:
        for batch in file.iter_batches(_BATCH):
            for record in batch.to_pylist():
                written = record.pop(pair)
                try:
                    first, second = map(canonical, written.split("-"))
                except (AttributeError, LanguageError, ValueError) as error:
                    faults.add(f"no pair of languages: {error}", line=None)
                    continue
                found.add(written)
                if wanted is None or wanted == {first, second}:
                    kept += 1
                    yield _row({first: record.pop(source), second: record.pop(target)}, record, rename or {})
    if not kept:
        asked = " and ".join(sorted(wanted or ())) or "any pair"
        raise CorpusError(f"{path} has no rows of {asked}; its pairs are {', '.join(sorted(found))}")


def _row(cells: dict[str, str | None], record: dict[str, Any], rename: Mapping[str, str]) -> Row:
    meta = {rename.get(name, f"_{name}"): value for name, value in record.items() if value is not None}
    return Row({language: text for language, text in cells.items() if text and text.strip()}, meta)
