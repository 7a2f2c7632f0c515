"""JSON lines: an object a line, a language a key."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from interlingua.corpus.readers.files import Faults, lines_of
from interlingua.corpus.readers.records import RecordReader
from interlingua.types import Row

__all__ = ["json_records", "read_jsonl"]


def read_jsonl(path: str | Path, *, rename: Mapping[str, str] | None = None, strict: bool = False) -> Iterator[Row]:
    """Yield a row an object: languages and ``_names`` as keys, or languages one level down under ``translation``.

    Args:
        path: The file; may be compressed.
        rename: Language or ``_name`` by key.
        strict: A line that is no such object is an error; otherwise it is left out and reported.

    Raises:
        CorpusError: A key is neither a language nor begins with ``_``.
        LanguageError: Two keys of one object mean one language.
        FormatError: A line is not UTF-8; with ``strict``, a bad line.
    """
    path = Path(path)
    reader = RecordReader(path, rename=rename)
    with Faults(path, strict=strict) as faults:
        for number, record in json_records(path, faults):
            fault = reader.fault(record)
            if fault:
                faults.add(fault, line=number)
            else:
                yield reader.row(record, number)


def json_records(path: Path, faults: Faults) -> Iterator[tuple[int, Any]]:
    """Yield line and value of every line of JSON that is not blank."""
    for number, line in enumerate(lines_of(path), start=1):
        if not line.strip():
            continue
        try:
            record: Any = json.loads(line)
        except ValueError as error:
            faults.add(f"not JSON ({error})", line=number)
        except RecursionError:
            faults.add("JSON that is nested too deeply", line=number)
        else:
            yield number, record
