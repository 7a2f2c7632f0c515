"""Data sets of the Hugging Face hub, streamed; code that a repository holds is never run."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from interlingua.corpus.readers.files import Faults
from interlingua.corpus.readers.huggingface import split_name
from interlingua.corpus.readers.moses import pair_in_name
from interlingua.corpus.readers.records import RecordReader
from interlingua.errors import CorpusError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["HUB", "hub_columns", "read_hub"]

HUB = "hf:"
"""What a source begins with that is a data set of the hub."""

_NAME = re.compile(r"hf:(?P<path>\w[\w.-]*/\w[\w.-]*)(?:/(?P<config>[^:]+))?(?::(?P<split>[\w.-]+))?")

_ENGLISH_CENTRIC = {"english", "non_english"}


class _Name(NamedTuple):
    path: str
    config: str | None
    split: str | None


def read_hub(source: str, *, rename: Mapping[str, str] | None = None, strict: bool = False) -> Iterator[Row]:
    """Yield the rows of a data set of the hub, without downloading it first.

    Columns are understood as everywhere, and a ``translation`` column holds languages one level down. Where they are
    ``english`` and ``non_english``, the configuration says the other language (``en-de``). ``_split`` is set where no
    split is asked for (``validation`` is ``dev``).

    Args:
        source: ``hf:OWNER/NAME``, ``hf:OWNER/NAME/CONFIG``, and either with ``:SPLIT``.
        rename: Language or ``_name`` by column name, as ``{"sentence1": "eng", "sentence2": "deu"}``.
        strict: A cell that is no text is an error; otherwise its row is left out and reported.

    Raises:
        CorpusError: There is no such data set, configuration or split; no connection; or a column is no language.
    """
    name = _parsed(source)
    number = 0
    with Faults(Path(source), strict=strict) as faults:
        for split, part in _parts(source, name).items():
            reader = RecordReader(Path(source), rename=_renames(part.column_names, name, rename))
            for record in _records(source, part):
                number += 1
                fault = reader.fault(record)
                if fault:
                    faults.add(f"row {number:,}: {fault}", line=None)
                    continue
                row = reader.row(record, number)
                yield row if split is None else Row(row.texts, {**row.meta, "_split": split_name(split)})


def hub_columns(source: str) -> list[str]:
    """Return the names of the columns, those of ``translation`` one level down, without what the configuration tells.

    Raises:
        CorpusError: As for :func:`read_hub`.
    """
    name = _parsed(source)
    part = next(iter(_parts(source, name).values()))
    features = part.features or {}
    languages = getattr(features.get("translation"), "languages", None)
    names = list(features or part.column_names or ())
    told = _renames(names, name, None)
    shown = [one for one in names if one not in told]
    return [one for column in shown for one in (languages if column == "translation" and languages else [column])]


def _parsed(source: str) -> _Name:
    found = _NAME.fullmatch(source)
    if not found:
        raise CorpusError(f"cannot read {source!r}; sets of the hub are written hf:OWNER/NAME/CONFIG:SPLIT")
    return _Name(found["path"], found["config"], found["split"])


def _parts(source: str, name: _Name) -> dict[str | None, Any]:
    from datasets import load_dataset

    try:
        loaded = load_dataset(name.path, name.config, split=name.split, streaming=True)
    except Exception as error:  # whatever the libraries for hub, network and files raise: they do not list it
        raise _refusal(source, error) from error
    return {None: loaded} if name.split else dict(loaded)


def _records(source: str, part: Any) -> Iterator[Any]:
    try:
        yield from part
    except Exception as error:  # likewise
        raise _refusal(source, error) from error


def _refusal(source: str, error: Exception) -> CorpusError:
    if isinstance(error, ConnectionError):
        return CorpusError(
            f"{source}: the hub cannot be reached ({error}); is there a connection, and HF_HUB_OFFLINE unset? "
            "Files that are here already are read by their path"
        )
    told = " ".join(str(error).split("\n")[:2])  # behind it: how the library is called
    return CorpusError(f"{source}: {told or type(error).__name__}")


def _renames(columns: list[str] | None, name: _Name, rename: Mapping[str, str] | None) -> dict[str, str]:
    """What the user said, and before it what the configuration says of ``non_english``."""
    pair = pair_in_name(name.config or "")
    if pair is None or not set(columns or ()) >= _ENGLISH_CENTRIC:
        return dict(rename or {})
    other = [code for code in pair if canonical(code) != "eng_Latn"] or ["eng"]
    return {"english": "eng", "non_english": other[0], **(rename or {})}
