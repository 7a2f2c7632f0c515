"""Many sources to one corpus folder."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, NoReturn

from interlingua.corpus import catalog
from interlingua.corpus.history import HISTORY, Before, history_of, with_step
from interlingua.corpus.origins import name_of_rows, told_sources, united
from interlingua.corpus.placeholders import Placeholders, with_placeholders
from interlingua.corpus.presence import check_there
from interlingua.corpus.readers import open_rows
from interlingua.corpus.readers.dispatch import exists, is_address
from interlingua.corpus.renaming import renames_of
from interlingua.corpus.source import read_card
from interlingua.corpus.source_names import named_apart
from interlingua.corpus.table import Corpus
from interlingua.corpus.writing import write_corpus
from interlingua.errors import LanguageError
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
    placeholders: Placeholders = "keep",
    strict: bool = False,
    overwrite: bool = False,
) -> Corpus:
    """Read sources one after the other and write them as one corpus.

    Rows are not joined: a sentence that two sources share makes two rows. With more than one source, ``_source`` says
    where a row is from, unless the source says so itself, and the ``_id`` begins with the name of the source. The card
    tells how sources that are corpora were made.

    Args:
        sources: Sets of the catalog, or what :func:`interlingua.corpus.open_rows` reads.
        path: The folder to write.
        rename: Language or ``_name`` by column name, for files.
        columns: Column names of TSV and CSV files without header.
        placeholders: What becomes of ``%s`` and its like, see :func:`interlingua.corpus.placeholders.plain_text`.
        strict: A bad record is an error; otherwise it is left out and reported.
        overwrite: Replace a corpus that is there.

    Raises:
        CorpusError: A source cannot be read; nothing is written then.
        OutputError: The folder holds something, or cannot be written.
    """
    for source in sources:
        check_there(source)
    renames = renames_of(sources, rename, columns=columns)
    named = [catalog.open_corpus(source) if catalog.is_named(source) else None for source in sources]
    walks = [
        open_rows(source, rename=own, columns=columns, strict=strict) if corpus is None else corpus.rows()
        for source, own, corpus in zip(sources, renames, named, strict=True)
    ]
    inside = list(map(told_sources, sources))
    records = named_apart(sources, told=inside)
    told = [some or [record.as_dict()] for some, record in zip(inside, records, strict=True)]
    if len(sources) > 1:
        walks = [_marked(*one) for one in zip(walks, [record.source for record in records], told, strict=True)]
    before = [
        (record.source, history_of(read_card(Path(source)) if corpus is None else corpus.card))
        for source, record, corpus in zip(sources, records, named, strict=True)
    ]
    card = _made_of(before, {"sources": united(chain.from_iterable(told))})
    rows = with_placeholders(chain.from_iterable(walks), placeholders)
    return write_corpus(rows, path, card=card, overwrite=overwrite)


def grouped(words: Sequence[str]) -> list[str]:
    """Return the sources that command line words name: neighbours like ``eng=a.en deu=a.de`` are one.

    A language that comes again begins the next source.

    Raises:
        LanguageError: A language comes again, and one of its two sources would have no other language.

    Example:
        >>> grouped(["ntrex", "eng=a.en", "deu=a.de", "eng=b.en", "fra=b.fr", "memory.tmx"])
        ['ntrex', 'eng=a.en deu=a.de', 'eng=b.en fra=b.fr', 'memory.tmx']
        >>> grouped(["duckdb:SELECT a=b AS en FROM c"])
        ['duckdb:SELECT a=b AS en FROM c']
    """
    groups: list[str | dict[str, str]] = []
    for word in words:
        language, equals, path = word.partition("=")
        last = groups[-1] if groups else word
        if not equals or is_address(word) or _WHOLE.search(word) or exists(Path(word)):
            groups.append(word)
        elif isinstance(last, dict) and language not in last:
            last[language] = path
        else:
            groups.append({language: path})
    for first, second in pairwise(groups):
        if isinstance(first, dict) and isinstance(second, dict) and 1 in (len(first), len(second)):
            _refuse(first, second)
    return [
        group if isinstance(group, str) else " ".join(f"{code}={shlex.quote(path)}" for code, path in group.items())
        for group in groups
    ]


def _refuse(first: Mapping[str, str], second: Mapping[str, str]) -> NoReturn:
    """A language came again though one of the two sources has no other: more likely a slip than a new source."""
    language = next(iter(second))
    raise LanguageError(
        f"{first[language]} and {second[language]} are both given as {language}; "
        f"correct the code of one, or write a second text of the language as {language}-2={second[language]}"
    )


def _made_of(before: Sequence[Before], card: Mapping[str, Any]) -> dict[str, Any]:
    """The card of what is built: the history of the one source, or that of several as one step."""
    if len(before) != 1:
        return with_step(card, "build", {"sources": len(before)}, of=before)
    return {**card, **({HISTORY: list(steps)} if (steps := before[0][1]) else {})}


def _marked(rows: Iterator[Row], name: str, told: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    own = name_of_rows(told, name)
    for number, row in enumerate(rows, start=1):
        yield Row(row.texts, {"_source": own, **row.meta, "_id": f"{name}:{row.meta.get('_id', number)}"})
