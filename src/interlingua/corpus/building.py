"""Many sources to one corpus folder."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from interlingua.corpus import catalog
from interlingua.corpus.readers import open_rows
from interlingua.corpus.table import Corpus
from interlingua.corpus.writing import write_corpus
from interlingua.types import Row

__all__ = ["build_corpus", "grouped"]

# One word that names several files already, as "eng=a.en deu=a.de".
_WHOLE = re.compile(r"=.*\s\w+=")


def build_corpus(
    sources: Sequence[str],
    path: str | Path,
    *,
    rename: Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    strict: bool = False,
    overwrite: bool = False,
) -> Corpus:
    """Read sources one after the other and write them as one corpus.

    Rows are not joined: a sentence that two sources share makes two rows. With more than one source, ``_source`` says
    where a row is from and is part of its ``_id``.

    Args:
        sources: Sets of the catalog, or what :func:`interlingua.corpus.open_rows` reads.
        path: The folder to write.
        rename: Language or ``_name`` by column name, for files.
        columns: Column names of TSV and CSV files without header.
        strict: A bad record is an error; otherwise it is left out and reported.
        overwrite: Replace a corpus that is there.

    Raises:
        CorpusError: A source cannot be read; nothing is written then.
        OutputError: The folder holds something, or cannot be written.
    """
    named = {source: source.partition(":")[0] for source in sources}
    walks = [
        catalog.open_corpus(source).rows()
        if named[source] in catalog.names()
        else open_rows(source, rename=rename, columns=columns, strict=strict)
        for source in sources
    ]
    if len(sources) > 1:
        walks = [_marked(rows, source) for rows, source in zip(walks, sources, strict=True)]
    card = [
        {"source": source, "licence": catalog.info(name).licence, "citation": catalog.info(name).citation}
        if name in catalog.names()
        else {"source": source}
        for source, name in named.items()
    ]
    return write_corpus(chain.from_iterable(walks), path, card={"sources": card}, overwrite=overwrite)


def grouped(words: Sequence[str]) -> list[str]:
    """Return the sources that command line words name: neighbours like ``eng=a.en deu=a.de`` are one.

    Example:
        >>> grouped(["ntrex", "eng=a.en", "deu=a.de", "eng=b.en", "fra=b.fr", "memory.tmx"])
        ['ntrex', 'eng=a.en deu=a.de', 'eng=b.en fra=b.fr', 'memory.tmx']
    """
    sources: list[str] = []
    languages: set[str] = set()
    for word in words:
        language, equals, path = word.partition("=")
        if not equals or _WHOLE.search(word) or Path(word).exists():
            languages.clear()
            sources.append(word)
        elif languages and language not in languages:
            languages.add(language)
            sources[-1] += f" {language}={shlex.quote(path)}"
        else:
            languages = {language}
            sources.append(f"{language}={shlex.quote(path)}")
    return sources


def _marked(rows: Iterator[Row], source: str) -> Iterator[Row]:
    name = source if "=" in source else Path(source).name
    for number, row in enumerate(rows, start=1):
        yield Row(row.texts, {**row.meta, "_source": name, "_id": f"{name}:{row.meta.get('_id', number)}"})
