"""What a source tells of where its rows are from: the card of a corpus, the header of a TMX that was written here."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from interlingua.corpus.named_sets import is_named
from interlingua.corpus.provenance import listed_sources
from interlingua.corpus.readers.dispatch import exists
from interlingua.corpus.readers.files import bare_suffix
from interlingua.corpus.readers.tmx import tmx_sources
from interlingua.corpus.source import read_card
from interlingua.errors import CorpusError

__all__ = ["name_of_rows", "told_sources", "united"]


def told_sources(source: str | Path) -> list[dict[str, Any]]:
    """Return what a file or folder says of the sources of its rows; nothing where it says nothing.

    Raises:
        FormatError: The file is TMX that is broken at its beginning.
    """
    path = Path(source)
    if is_named(str(source)) or not exists(path):
        return []
    if path.is_dir():
        return listed_sources(read_card(path))
    return tmx_sources(path) if bare_suffix(path) == ".tmx" else []


def name_of_rows(told: Iterable[Mapping[str, Any]], name: str) -> str:
    """Return the source of rows that tell none: the one of the told sources that people wrote, else ``name``.

    Example:
        >>> name_of_rows([{"source": "a.tmx"}, {"source": "nllb", "model": "nllb"}], "rows"), name_of_rows([], "rows")
        ('a.tmx', 'rows')
    """
    written = [str(one["source"]) for one in told if not one.get("model")]
    return written[0] if len(written) == 1 else name


def united(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return records of sources, each source once; numbers of cells are added.

    Raises:
        CorpusError: Two records of one name differ in licence or model.

    Example:
        >>> united([{"source": "a", "cells": 2}, {"source": "b"}, {"source": "a", "cells": 3, "licence": "MIT"}])
        [{'source': 'a', 'cells': 5, 'licence': 'MIT'}, {'source': 'b'}]
    """
    found: dict[str, dict[str, Any]] = {}
    for record in records:
        name = str(record["source"])
        known = found.get(name, {})
        for key in ("licence", "model"):
            if known.get(key) and record.get(key) and known[key] != record[key]:
                raise CorpusError(
                    f"two sources are called {name}, one with the {key} {known[key]}, one with {record[key]}; "
                    "rename a file or folder, so that their cells can be told apart"
                )
        both = {**record, **known}
        if "cells" in known and "cells" in record:
            both["cells"] = known["cells"] + record["cells"]
        if "texts_of" in known and "texts_of" in record:
            both["texts_of"] = dict(Counter(known["texts_of"]) + Counter(record["texts_of"]))
        found[name] = both
    return list(found.values())
