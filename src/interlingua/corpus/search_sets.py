"""Queries, passages, and which passage answers which query: BEIR's layout, and sets of the catalog."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.corpus.catalog import info, names, open_corpus
from interlingua.corpus.readers.beir import Judgements, folders_of, judgements_file, read_judgements, read_texts
from interlingua.corpus.table import Corpus
from interlingua.errors import CorpusError
from interlingua.languages import canonical

__all__ = ["SearchSet", "SearchTexts", "open_search_set"]


@dataclass
class SearchTexts:
    """Queries or passages.

    Args:
        ids: Identifiers; texts of one identifier in several languages translate each other.
        texts: The texts.
        languages: Their languages; None where nobody knows.
    """

    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    languages: list[str | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, identifier: str, text: str, language: str | None) -> None:
        """Append a text."""
        self.ids.append(identifier)
        self.texts.append(text)
        self.languages.append(language)


@dataclass(frozen=True, kw_only=True)
class SearchSet:
    """Queries, passages and judgements.

    Args:
        queries: What is asked.
        passages: What is searched.
        judgements: Query and passage by position, and grade; shape ``(k, 3)``. 0 is not relevant; what is not judged is
            not relevant either.
        name: Set and split, as ``xquad/dev``.
    """

    queries: SearchTexts
    passages: SearchTexts
    judgements: NDArray[np.int64]
    name: str

    @cached_property
    def fingerprint(self) -> str:
        """Hash of texts, languages and judgements."""
        digest = xxhash.xxh3_128(np.ascontiguousarray(self.judgements, dtype="<i8").tobytes())
        for side in (self.queries, self.passages):
            for value in chain(side.ids, side.texts, side.languages):
                digest.update(b"\x01" if value is None else value.encode() + b"\x00")
        return digest.hexdigest()


def open_search_set(
    name: str, *, languages: Sequence[str] | None = None, split: str | None = None, parallel: bool = False
) -> SearchSet:
    """Open queries, passages and judgements.

    Args:
        name: ``xquad``, or a folder with ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/test.tsv`` as BEIR has them,
            each text with its ``language`` if there are several; or a folder of such folders, named by their language.
        languages: Only these; for a folder that does not say any, the one language that it is in.
        split: Of the judgements: ``qrels/SPLIT.tsv``. None takes ``test``, or the only one there is.
        parallel: In folders by language, texts of one ``_id`` translate each other, so a judgement in one folder holds
            in all.

    Raises:
        CorpusError: No such set, language or split, or a file is not there.
        FormatError: A line is not what it should be, an ``_id`` comes twice, or a judgement names a text that is
            missing; with the line.
    """
    chosen = None if languages is None else tuple(dict.fromkeys(map(canonical, languages)))
    if name in names():
        return _of_catalog(name, chosen, split)
    path = Path(name)
    if not path.is_dir():
        raise CorpusError(
            f"{name} is neither a folder nor a set of the catalog with queries; those are {_searchable()}"
        )
    queries, passages, judged = SearchTexts(), SearchTexts(), []
    for folder, language in folders_of(path, chosen):
        scope = f"{language}/" if language and not parallel else ""
        known = [
            _add_texts(folder / file, into, folder_language=language, chosen=chosen, scope=scope)
            for file, into in (("queries.jsonl", queries), ("corpus.jsonl", passages))
        ]
        used = judgements_file(folder, split)
        judged += [(scope + query, scope + passage, grade) for query, passage, grade in read_judgements(used, *known)]
        split = split or used.name.partition(".")[0]
    return _assembled(queries, passages, judged, name=f"{path.resolve().name}/{split}")


def _add_texts(
    path: Path, into: SearchTexts, *, folder_language: str | None, chosen: Sequence[str] | None, scope: str
) -> set[str]:
    """Append the texts of a file that are in the languages chosen; return the identifiers of all."""
    alone = folder_language or (chosen[0] if chosen is not None and len(chosen) == 1 else None)
    known = set()
    for identifier, text, language in read_texts(path, alone=alone, several=chosen is not None and alone is None):
        known.add(identifier)
        if chosen is None or language in chosen:
            into.add(scope + identifier, text, language)
    return known


def _of_catalog(name: str, chosen: Sequence[str] | None, split: str | None) -> SearchSet:
    set_of_queries, _, column = info(name).queries.partition(":")
    if not set_of_queries:
        raise CorpusError(f"{name} has no queries; {_searchable()} have")
    corpora = [open_corpus(one).select(chosen, split, min_cells=1) for one in (set_of_queries, name)]
    queries, passages = map(_texts_of, corpora)
    answered = dict(zip(corpora[0].ids(), corpora[0].values(column), strict=True))
    judged = [(query, str(passage), 1) for query, passage in answered.items()]
    return _assembled(queries, passages, judged, name=f"{name}/{split}" if split else name)


def _texts_of(corpus: Corpus) -> SearchTexts:
    made, ids = SearchTexts(), corpus.ids()
    for language in corpus.languages:
        for identifier, text in zip(ids, corpus.texts(language), strict=True):
            if text is not None:
                made.add(identifier, text, language)
    return made


def _assembled(queries: SearchTexts, passages: SearchTexts, judged: Judgements, *, name: str) -> SearchSet:
    """Put judgements by identifier on the texts: in every language that has them."""
    for what, side in (("queries", queries), ("passages", passages)):
        if not len(side):
            raise CorpusError(f"{name} has no {what} in these languages")
    asked, found = (_places(side.ids) for side in (queries, passages))
    grades = {
        (i, j): grade for query, passage, grade in judged for i in asked.get(query, ()) for j in found.get(passage, ())
    }
    rows = [(i, j, grade) for (i, j), grade in sorted(grades.items())]
    judgements = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return SearchSet(queries=queries, passages=passages, judgements=judgements, name=name)


def _places(ids: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for i, identifier in enumerate(ids):
        places.setdefault(identifier, []).append(i)
    return places


def _searchable() -> str:
    return ", ".join(name for name in names() if info(name).queries)
