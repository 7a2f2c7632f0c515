"""Data sets that the datasets library saved on disk."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.records import RecordReader
from interlingua.errors import CorpusError
from interlingua.types import Row

__all__ = ["is_saved_dataset", "read_saved_dataset", "split_name"]

_SPLITS = {"validation": "dev", "valid": "dev"}
_BATCH = 1000


def is_saved_dataset(folder: Path) -> bool:
    """Return whether ``save_to_disk`` wrote a folder."""
    return any((folder / name).is_file() for name in ("dataset_dict.json", "state.json"))


def split_name(given: str) -> str:
    """Return how a split is called here.

    Example:
        >>> split_name("validation"), split_name("train")
        ('dev', 'train')
    """
    return _SPLITS.get(given, given)


def read_saved_dataset(
    path: str | Path, *, rename: Mapping[str, str] | None = None, strict: bool = False
) -> Iterator[Row]:
    """Yield the rows of a data set written by ``save_to_disk``.

    Columns are languages or begin with ``_``; a ``translation`` column holds languages one level down. The parts of a
    data set with several become ``_split`` (``validation`` is ``dev``).

    Args:
        path: The folder.
        rename: Language or ``_name`` by column name.
        strict: A cell that is no text is an error; otherwise its row is left out and reported.

    Raises:
        CorpusError: The folder is no saved data set, or a column is no language.
    """
    from datasets import Dataset, load_from_disk

    path = Path(path)
    try:
        loaded = load_from_disk(str(path))
    except (FileNotFoundError, ValueError) as error:
        raise CorpusError(f"{path} is no data set written by save_to_disk: {error}") from error
    parts = {None: loaded} if isinstance(loaded, Dataset) else dict(loaded)
    reader = RecordReader(path, rename=rename)
    number = 0
    with Faults(path, strict=strict) as faults:
        for split, part in parts.items():
            for batch in part.iter(_BATCH):
                for values in zip(*batch.values(), strict=True):
                    number += 1
                    record = dict(zip(batch, values, strict=True))
                    fault = reader.fault(record)
                    if fault:
                        faults.add(f"row {number:,}: {fault}", line=None)
                        continue
                    row = reader.row(record, number)
                    yield row if split is None else Row(row.texts, {**row.meta, "_split": split_name(split)})
