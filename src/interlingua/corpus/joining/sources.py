"""What is joined: any source as record batches, with what the card says of it and how large it is."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from interlingua.corpus import catalog
from interlingua.corpus.columns import table_of
from interlingua.corpus.history import Before, history_of
from interlingua.corpus.origins import name_of_rows, told_sources
from interlingua.corpus.presence import check_there
from interlingua.corpus.provenance import SourceRecord, source_records
from interlingua.corpus.readers import open_rows
from interlingua.corpus.readers.dispatch import exists, is_address
from interlingua.corpus.readers.files import COMPRESSED
from interlingua.corpus.renaming import renames_of
from interlingua.corpus.source_names import named_apart
from interlingua.corpus.table import Corpus
from interlingua.types import Row

__all__ = ["JoinSource", "open_sources"]

_ROWS = 8192
"""Rows a batch."""

_PACKED = (*COMPRESSED, ".zip", ".tgz", ".bz2")

_EXPANDS = 4
"""How much larger compressed text gets, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinSource:
    """One of the sources of a join.

    Args:
        name: As it stands in ``_source``.
        records: What the card says of it, or of the sources that it was made of.
        size: Bytes of text, about; 0 where that cannot be told beforehand.
        batches: Walks the rows: ``pyarrow`` batches or tables with canonical column names.
        written: What was asked for, where its columns can be renamed; else empty.
        before: How it was made, as the card of the joined corpus tells.
        given: The word for it, as it was given; empty for a corpus.
    """

    name: str
    records: Sequence[SourceRecord]
    size: int
    batches: Callable[[], Iterator[Any]]
    written: str = ""
    before: Before = ("", ())
    given: str = ""


def open_sources(
    sources: Sequence[str | Path | Corpus],
    *,
    rename: Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    strict: bool = False,
) -> list[JoinSource]:
    """Open corpora, sets of the catalog, or what :func:`interlingua.corpus.open_rows` reads, each under its own name.

    Raises:
        CorpusError: There is no such source, it cannot be read, or none has a column that is to be renamed.
    """
    given = [source for source in sources if not isinstance(source, Corpus)]
    for source in given:
        check_there(source)
    renames = iter(renames_of(given, rename, columns=columns))
    taken = [source.name for source in sources if isinstance(source, Corpus)]
    told = list(map(told_sources, given))
    known = zip(named_apart(given, told=told, taken=taken), told, strict=True)
    return [
        _of_corpus(source, SourceRecord(source=source.name))
        if isinstance(source, Corpus)
        else replace(
            _opened(source, *next(known), rename=next(renames), columns=columns, strict=strict), given=str(source)
        )
        for source in sources
    ]


def _opened(
    source: str | Path,
    record: SourceRecord,
    told: Sequence[Mapping[str, Any]],
    *,
    rename: Mapping[str, str] | None,
    columns: Sequence[str] | None,
    strict: bool,
) -> JoinSource:
    path, written = Path(source), str(source)
    if catalog.is_named(written):
        return replace(_of_corpus(catalog.open_corpus(source), record), size=_set_size(written))
    if exists(path) and (path.suffix == ".parquet" or (path.is_dir() and any(path.glob("*.parquet")))):
        return replace(_of_corpus(Corpus.open(path, rename=rename), record), size=_size(path), written=written)
    walk = open_rows(source, rename=rename, columns=columns, strict=strict)
    return JoinSource(
        name=name_of_rows(told, record.source),
        records=list(source_records({"sources": told}).values()) or [record],
        size=_text_size(written),
        batches=lambda: _in_tables(walk),
        written=written,
    )


def _of_corpus(corpus: Corpus, record: SourceRecord) -> JoinSource:
    known = list(source_records(corpus.card).values())
    written = [one for one in known if not one.synthetic]
    name = written[0].source if len(written) == 1 else record.source
    wanted = [
        name
        for name in corpus.provenance
        if name in ("_split", "_source", "_score") or name.startswith(("_source:", "_score:"))
    ]
    return JoinSource(
        name=name,
        records=known if known and ("_source" in wanted or name != record.source) else [*known, record],
        size=0,
        batches=lambda: corpus.batches(_ROWS, provenance=wanted),
        before=(record.source, history_of(corpus.card)),
    )


def _in_tables(rows: Iterator[Row]) -> Iterator[Any]:
    number = 0
    while chunk := list(islice(rows, _ROWS)):
        yield table_of(enumerate(chunk, start=number))
        number += len(chunk)


def _set_size(written: str) -> int:
    """That of the whole set, where a part is asked for."""
    name, _, part = written.partition(":")
    if name not in catalog.names():
        return _size(catalog.locate_opus(part))
    return 0 if catalog.info(name).layout == "shipped" else _size(catalog.locate(name))


def _text_size(source: str) -> int:
    if is_address(source):
        return 0
    aligned = "=" in source and not exists(Path(source))
    parts = [word.partition("=")[2] for word in shlex.split(source)] if aligned else [source]
    # What follows :: is a member of an archive.
    paths = [Path(part if exists(Path(part)) else part.partition("::")[0]) for part in parts]
    return sum(_size(path) for path in paths if exists(path))


def _size(path: Path) -> int:
    """Bytes of text, about, of a file or of all files below a folder."""
    files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    return sum(map(_file_size, files))


def _file_size(file: Path) -> int:
    if file.suffix == ".parquet":
        with suppress(pa.ArrowException, OSError):  # a damaged one is told of where it is read
            footer = pq.read_metadata(file)
            return sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    return file.stat().st_size * (_EXPANDS if file.suffix.lower() in _PACKED else 1)
