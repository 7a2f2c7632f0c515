"""Missing cells of a corpus, translated from those that are there."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from interlingua.corpus.catalog import source_record
from interlingua.corpus.cleaning.report import CleaningReport
from interlingua.corpus.cleaning.rule import Rule
from interlingua.corpus.history import with_step
from interlingua.corpus.provenance import SourceRecord, cell_source, listed_sources, source_column
from interlingua.corpus.source import inherited
from interlingua.corpus.table import Corpus
from interlingua.corpus.translation.gates import make_gates
from interlingua.corpus.translation.judging import Gap, Judges
from interlingua.corpus.translation.licences import warn_of
from interlingua.corpus.translation.memory import TranslationMemory
from interlingua.corpus.translation.protocols import at_once, route_of
from interlingua.corpus.wording import counted
from interlingua.corpus.writing import write_corpus
from interlingua.errors import CorpusError
from interlingua.languages import canonical
from interlingua.types import Row, Translator

__all__ = ["CHUNK", "Filler", "translate_corpus"]

CHUNK = 1024
"""Rows whose missing cells are judged together."""

logger = logging.getLogger(__name__)


def translate_corpus(
    corpus: Corpus,
    path: str | Path,
    *,
    translator: Translator,
    into: Sequence[str],
    source: str | Sequence[str] = "eng_Latn",
    gates: Sequence[Rule] | None = None,
    cache: str | Path | None = None,
    replace: bool = False,
    overwrite: bool = False,
) -> Corpus:
    """Write a corpus with its missing cells translated.

    Every translation is kept on disk before it is used. A second run translates nothing, and one that was killed
    goes on where it was and ends in the same bytes; a text without an answer is asked for again. A cell that is filled
    says so in ``_source:LANGUAGE``; the card has model, licence and number of cells of each such source, and in
    its history what the gates dropped.

    Args:
        corpus: Rows; only cells that are there are translated from.
        path: The folder to write.
        translator: Makes the translations; see :func:`make_translator`.
        into: Languages to fill, in any spelling; the corpus need not have them.
        source: The language to translate from, or several in order of preference.
        gates: Rules that a translation must pass, compared with the cell that it is made from; those of
            :func:`make_gates` unless given, none for ``()``.
        cache: Folder of the kept translations; None takes ``$INTERLINGUA_CACHE`` or the platform's cache folder.
        replace: Translate cells that are there too, people's among them; one stays where the translation fails a gate.
        overwrite: Replace a corpus that is at ``path``.

    Raises:
        CorpusError: The corpus has none of the source languages, or the translator fails. What was translated is kept.
        OutputError: The folder holds something, or the cache cannot be used.
    """
    filler = Filler(corpus, translator=translator, into=into, source=source, gates=gates, cache=cache, replace=replace)
    warn_of(translator)
    card: dict[str, Any] = {}
    written = write_corpus(filler.rows(card), path, card=card, overwrite=overwrite)
    logger.info("%s", filler.report)
    for language in filler.into:
        if not filler.report.kept_cells[language]:
            tried = filler.report.cells[language]
            why = f"none of {counted(tried, 'translation')} passed" if tried else "there was nothing to translate"
            logger.warning("no cell was filled in %s: %s", language, why)
    return written


@dataclass
class _Origin:
    """What the card says of one kind of filled cells, and of how many texts of each source they are made."""

    record: SourceRecord
    texts_of: Counter[str] = field(default_factory=Counter)


class Filler:
    """Rows of a corpus with their missing cells translated; arguments are those of :func:`translate_corpus`."""

    def __init__(
        self,
        corpus: Corpus,
        *,
        translator: Translator,
        into: Sequence[str],
        source: str | Sequence[str] = "eng_Latn",
        gates: Sequence[Rule] | None = None,
        cache: str | Path | None = None,
        replace: bool = False,
    ) -> None:
        sources = (source,) if isinstance(source, str) else source
        self.into = tuple(dict.fromkeys(map(canonical, into)))
        self.sources = tuple(dict.fromkeys(map(canonical, sources)))
        if not self.into:
            raise CorpusError("there is no language to translate into; name one, as --into spa")
        if not set(self.sources) & set(corpus.languages):
            raise CorpusError(
                f"{corpus.name} has no {' or '.join(self.sources)} to translate from; "
                f"name what it has with --from: {', '.join(corpus.languages)}"
            )
        self._corpus = corpus
        self._translator = translator
        self._memory = TranslationMemory(cache)
        self._replace = replace
        self._judges = Judges(make_gates() if gates is None else gates)
        self._origins: dict[tuple[str, str], _Origin] = {}

    @property
    def report(self) -> CleaningReport:
        """What the gates dropped so far."""
        return self._judges.report

    def rows(self, card: dict[str, Any] | None = None) -> Iterator[Row]:
        """Yield the rows, lazily, a chunk at a time.

        Args:
            card: At the end, receives what the card of the filled corpus should say.
        """
        given = self._given()
        only = {"_source": given[0]["source"]} if len(given) == 1 else {}
        for chunk in self.chunks():
            filled: list[dict[str, str]] = [{} for _ in chunk]
            marks: list[dict[str, str]] = [{} for _ in chunk]
            for language in self.into:
                for source, gaps in self.gaps(chunk, language).items():
                    for place, text in self._fill(gaps, source, language).items():
                        filled[place][language] = text
                        marks[place][source_column(language)] = self._origins[source, language].record.source
            for row, texts, mark in zip(chunk, filled, marks, strict=True):
                told = {name: value for name, value in row.meta.items() if name.rpartition(":")[2] not in texts}
                yield Row({**row.texts, **texts}, {**only, **told, **mark})
        if card is not None:
            card.update(self.card())

    def chunks(self) -> Iterator[list[Row]]:
        """Yield the rows as they are, so many at a time."""
        walk = self._corpus.select(min_cells=0).rows()
        while chunk := list(islice(walk, CHUNK)):
            yield chunk

    def gaps(self, chunk: Sequence[Row], language: str) -> Mapping[str, Mapping[int, Gap]]:
        """Return what is to be translated into a language, by the language to translate from and number of the row."""
        found: dict[str, dict[int, Gap]] = {}
        for place, row in enumerate(chunk):
            if language in row.texts and not self._replace:
                continue
            source = next((code for code in self.sources if code in row.texts and code != language), None)
            if source is not None:
                found.setdefault(source, {})[place] = Gap(row, source, row.texts[source])
        return found

    def known(self, gaps: Iterable[Gap], source: str, language: str) -> dict[str, str]:
        """Return the translations that are kept already, by text."""
        texts = list(dict.fromkeys(gap.text for gap in gaps))
        return self._memory.get(self._translator.fingerprint, (source, language), texts)

    def card(self) -> dict[str, Any]:
        """Return what the card of the filled corpus should say."""
        made = [
            origin.record.as_dict() | {"cells": origin.texts_of.total(), "texts_of": dict(origin.texts_of)}
            for origin in self._origins.values()
            if origin.texts_of
        ]
        names = {one["source"] for one in made}
        kept = [one for one in self._given() if one.get("source") not in names]
        facts = {"translator": self._translator.name, **self.report.as_dict()}
        return with_step({**inherited(self._corpus.card), "sources": kept + made}, "translate", facts)

    def _given(self) -> list[dict[str, Any]]:
        """What the card says of the sources of the corpus as it is."""
        name = self._corpus.name.partition("/")[0]
        return listed_sources(self._corpus.card) or [source_record(name).as_dict()]

    def _fill(self, gaps: Mapping[int, Gap], source: str, language: str) -> dict[int, str]:
        """Return the translations that pass, by number of the row."""
        known = self.known(gaps.values(), source, language)
        new = [text for text in dict.fromkeys(gap.text for gap in gaps.values()) if text not in known]
        size = at_once(self._translator)
        for start in range(0, len(new), size):
            known |= self._translated(new[start : start + size], source, language)
        origin = self._origin(source, language)
        passed = self._judges.passed({place: (gap, known[gap.text]) for place, gap in gaps.items()}, language)
        origin.texts_of.update(cell_source(gaps[place].row, source) or self._corpus.name for place in passed)
        return passed

    def _translated(self, texts: Sequence[str], source: str, language: str) -> dict[str, str]:
        """The translations of texts that nobody has translated yet; those that are none are not kept."""
        made = self._translator.translate(texts, source=source, target=language)
        if len(made) != len(texts):
            raise CorpusError(f"{self._translator.name} gave {len(made):,} translations of {len(texts):,} texts")
        translations = dict(zip(texts, made, strict=True))
        answered = {text: translation for text, translation in translations.items() if translation.strip()}
        self._memory.add(self._translator.fingerprint, (source, language), answered)
        return translations

    def _origin(self, source: str, language: str) -> _Origin:
        if (source, language) not in self._origins:
            route = ">".join(route_of(self._translator, source, language))
            record = SourceRecord(
                source=f"{self._translator.name} {route}",
                licence=self._translator.licence,
                model=self._translator.name,
            )
            self._origins[source, language] = _Origin(record)
        return self._origins[source, language]
