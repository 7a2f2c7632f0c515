"""LINKS <-> PARQUET: one shard of a folder of links, written whole or not at all."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from interlingua.errors import AlignmentError, OutputError
from interlingua.types import Links

__all__ = ["Columns", "Languages", "atomically", "read_shard", "shard_name", "shard_sizes", "write_shard"]

Languages: TypeAlias = tuple[str, str]
"""The language of the sources and that of the targets."""

_LINKS = b"links"
_NUMBERS = pa.list_(pa.field("item", pa.int32(), nullable=False))
_SCHEMA = pa.schema(
    [
        pa.field("_id", pa.string(), nullable=False),
        pa.field("source_language", pa.string(), nullable=False),
        pa.field("target_language", pa.string(), nullable=False),
        pa.field("source_text", pa.int64(), nullable=False),
        pa.field("target_text", pa.int64(), nullable=False),
        pa.field("source_words", _NUMBERS, nullable=False),
        pa.field("target_words", _NUMBERS, nullable=False),
        pa.field("pairs", _NUMBERS, nullable=False),
        pa.field("scores", pa.list_(pa.field("item", pa.float32(), nullable=False)), nullable=False),
        pa.field("sure", pa.list_(pa.field("item", pa.bool_(), nullable=False))),
    ]
)
"""Spans and pairs are flat: begin, end, begin, end ...; ``sure`` is null where all links are sure. The texts that spans
belong to are told by their hashes (`interlingua.corpus.hashing.text_hash`), 0 where they are not known."""

_BATCH = 4096


class Columns:
    """The links of some rows, held as flat columns; every row becomes :class:`Links` when it is asked for.

    Args:
        table: Rows of a shard.
    """

    def __init__(self, table: Any) -> None:
        self.ids = table.column("_id")
        self.texts = [table.column(name).to_numpy(zero_copy_only=False) for name in ("source_text", "target_text")]
        self._spans = [_Flat(table.column(name)) for name in ("source_words", "target_words")]
        self._pairs = _Flat(table.column("pairs"))
        self._scores = _Flat(table.column("scores"))
        self._sure = _Flat(table.column("sure")) if table.column("sure").null_count < table.num_rows else None

    def __len__(self) -> int:
        return len(self.ids)

    def links(self, row: int, *, swapped: bool = False) -> Links:
        """Return the links of a row, with sides swapped if asked for."""
        source, target = (spans.row(row) for spans in self._spans)
        sure = None if self._sure is None or not self._sure.valid[row] else self._sure.row(row)
        found = Links(source, target, self._pairs.row(row), self._scores.row(row), sure)
        return found.swapped() if swapped else found


class _Flat:
    """A column of lists as one array of values and where each list begins in it."""

    def __init__(self, column: Any) -> None:
        chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        values = [chunk.flatten().to_numpy(zero_copy_only=False) for chunk in chunks]
        lengths = [chunk.value_lengths().fill_null(0).to_numpy(zero_copy_only=False) for chunk in chunks]
        self.valid = (
            column.is_valid().to_numpy(zero_copy_only=False) if column.null_count else np.ones(len(column), bool)
        )
        self._values: NDArray[Any] = np.concatenate(values) if values else np.zeros(0)
        self._begins = np.concatenate([[0], *lengths]).astype(np.int64).cumsum()

    def row(self, row: int) -> NDArray[Any]:
        return self._values[self._begins[row] : self._begins[row + 1]]


def shard_name(languages: Languages, number: int) -> str:
    """Return the name of a shard's file.

    Example:
        >>> shard_name(("eng_Latn", "deu_Latn"), 3)
        'eng_Latn.deu_Latn.00003.parquet'
    """
    return f"{languages[0]}.{languages[1]}.{number:05d}.parquet"


def write_shard(
    path: Path,
    languages: Languages,
    ids: Sequence[str],
    links: Sequence[Links],
    texts: Sequence[tuple[int, int]] | None = None,
) -> None:
    """Write the links of some rows; the same links make the same bytes.

    Args:
        path: The file.
        languages: Of sources and targets.
        ids: Row identifiers.
        links: Their links.
        texts: Hashes of source and target text of every row.

    Raises:
        OutputError: The file cannot be written.
    """
    columns = [
        pa.array(ids, pa.string()),
        *(pa.array([code] * len(ids), pa.string()) for code in languages),
        *(pa.array([one[side] for one in texts or [(0, 0)] * len(ids)], pa.int64()) for side in (0, 1)),
        _lists((one.source for one in links), _SCHEMA.field("source_words").type),
        _lists((one.target for one in links), _SCHEMA.field("target_words").type),
        _lists((one.pairs for one in links), _SCHEMA.field("pairs").type),
        _lists((one.scores for one in links), _SCHEMA.field("scores").type),
        pa.array([one.sure for one in links], _SCHEMA.field("sure").type),
    ]
    schema = _SCHEMA.with_metadata({_LINKS: str(sum(map(len, links))).encode()})
    table = pa.table(columns, schema=schema)
    with atomically(path) as temporary:
        pq.write_table(
            table,
            temporary,
            compression="zstd",
            use_dictionary=["source_language", "target_language"],
            row_group_size=_BATCH,
        )


def read_shard(path: Path) -> Iterator[Columns]:
    """Yield what a shard holds, some thousand rows at a time.

    Raises:
        AlignmentError: The shard is not there, or damaged.
    """
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH, columns=_SCHEMA.names):
                yield Columns(batch)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise _damaged(path, error) from error


def shard_sizes(path: Path) -> tuple[int, int]:
    """Return how many rows a shard has, and how many links.

    Raises:
        AlignmentError: The shard is not there, or damaged.
    """
    try:
        metadata = pq.read_metadata(path)
        return int(metadata.num_rows), int(metadata.metadata[_LINKS])
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error


@contextmanager
def atomically(path: Path) -> Iterator[Path]:
    """Give a name beside the path to write to; it becomes the path when the block ends well.

    Raises:
        OutputError: The place cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"cannot write {path}: {error}; is the disk full?") from error
    finally:
        temporary.unlink(missing_ok=True)


def _lists(values: Iterable[NDArray[Any]], kind: Any) -> Any:
    arrays = [value.reshape(-1) for value in values]
    begins = np.concatenate([[0], [len(array) for array in arrays]]).cumsum().astype(np.int32)
    flat = np.concatenate(arrays) if arrays else np.zeros(0)
    return pa.ListArray.from_arrays(pa.array(begins), pa.array(flat, kind.value_type), type=kind)


def _damaged(path: Path, error: Exception) -> AlignmentError:
    return AlignmentError(
        f"{path} is missing, damaged or not a shard of links ({error}); delete it and run the alignment again with "
        "--resume (resume=True): only this shard is made again"
    )
