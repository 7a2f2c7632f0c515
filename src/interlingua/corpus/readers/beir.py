"""BEIR's layout: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/test.tsv``; one folder, or one a language."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from interlingua.corpus.readers.fields import named_fields
from interlingua.corpus.readers.files import COMPRESSED, Faults
from interlingua.corpus.readers.jsonl import json_records
from interlingua.errors import CorpusError, FormatError, LanguageError
from interlingua.languages import canonical

__all__ = ["Judgements", "folders_of", "judgements_file", "read_judgements", "read_texts"]

Judgements: TypeAlias = list[tuple[str, str, int]]
"""Query, passage and grade, by identifier."""

_COLUMNS = ("query-id", "corpus-id", "score")


def folders_of(path: Path, languages: Sequence[str] | None) -> Iterator[tuple[Path, str | None]]:
    """Yield the folder itself, without a language; or where it has folders by language, those of the languages.

    Raises:
        CorpusError: There is nothing to search in, or not in a language.
    """
    if _find(path / "corpus.jsonl"):
        yield path, None
        return
    found = {
        canonical(folder.name): folder
        for folder in sorted(path.iterdir())
        if folder.is_dir() and _find(folder / "corpus.jsonl")
    }
    if not found:
        raise CorpusError(f"{path} has no corpus.jsonl, and no folder by language that has one")
    for language in found if languages is None else languages:
        if language not in found:
            raise CorpusError(f"{path} has no folder for {language}; it has {', '.join(found)}")
        yield found[language], language


def read_texts(path: Path, *, alone: str | None, several: bool) -> Iterator[tuple[str, str, str | None]]:
    """Yield identifier, text and language of every query or passage; a title stands before its text.

    Args:
        path: The file, without the ending of a compression.
        alone: The language of texts that do not say theirs.
        several: Some languages are going to be picked, so that every text must say its own.

    Raises:
        CorpusError: There is no such file.
        FormatError: A line lacks ``_id``, ``text`` or its language, or an ``_id`` comes twice in one language.
    """
    place = _find(path)
    if place is None:
        raise CorpusError(
            f"{path.parent} has no {path.name}; a folder to search in has corpus.jsonl, queries.jsonl and qrels/"
        )
    seen: set[tuple[str, str | None]] = set()
    with Faults(place, strict=True) as faults:
        for line, record in json_records(place, faults):
            if not isinstance(record, dict):
                raise FormatError(f"{type(record).__name__} instead of an object", path=place, line=line)
            if not isinstance(record.get("_id"), str | int) or not isinstance(record.get("text"), str):
                raise FormatError("_id or text is missing", path=place, line=line)
            key = (str(record["_id"]), _language(record, path=place, line=line) or alone)
            if key[1] is None and several:
                raise FormatError("the language is missing; give each text its language", path=place, line=line)
            if key in seen:
                raise FormatError(f"_id {key[0]} comes a second time; give each text its own", path=place, line=line)
            seen.add(key)
            yield key[0], f"{record.get('title') or ''} {record['text']}".strip(), key[1]


def judgements_file(folder: Path, split: str | None) -> Path:
    """Return the file of a split; without one ``test``, or the only one there is.

    Raises:
        CorpusError: There is no such split.
    """
    files = {path.name.partition(".")[0]: path for path in sorted((folder / "qrels").glob("*.tsv*"))}
    wanted = split or (next(iter(files)) if len(files) == 1 else "test")
    if wanted not in files:
        raise CorpusError(f"{folder} has no qrels/{wanted}.tsv; its splits: {', '.join(files) or 'none'}")
    return files[wanted]


def read_judgements(path: Path, queries: Collection[str], passages: Collection[str]) -> Judgements:
    """Return judgements; the first line names the columns ``query-id``, ``corpus-id`` and ``score``.

    Args:
        path: The file.
        queries: Identifiers of all queries that there are.
        passages: Identifiers of all passages that there are.

    Raises:
        FormatError: A query or passage that is not there, or a score that is no whole number; with the line.
    """
    found: Judgements = []
    for line, record in named_fields(path, needed=_COLUMNS, holds="judgements"):
        query, passage, score = (record[name] for name in _COLUMNS)
        for what, known, one in (("query", queries, query), ("passage", passages, passage)):
            if one not in known:
                raise FormatError(f"judges {what} {one}, which is not there; leave it out", path=path, line=line)
        try:
            found.append((query, passage, int(score)))
        except ValueError as error:
            raise FormatError(f"the score {score!r} is no whole number", path=path, line=line) from error
    return found


def _language(record: dict[str, Any], *, path: Path, line: int) -> str | None:
    given = record.get("language")
    try:
        return canonical(str(given)) if given else None
    except LanguageError as error:
        raise FormatError(str(error), path=path, line=line) from error


def _find(path: Path) -> Path | None:
    return next((one for end in ("", *COMPRESSED) if (one := path.with_name(path.name + end)).is_file()), None)
