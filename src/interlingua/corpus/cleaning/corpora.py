"""A corpus in, a cleaned corpus out, with the account of it in the card."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from interlingua.atomic import whole_file
from interlingua.corpus.cleaning.chain import Chain, Cleaned
from interlingua.corpus.cleaning.report import CleaningReport, Dropped
from interlingua.corpus.history import with_step
from interlingua.corpus.named_sets import source_record
from interlingua.corpus.source import inherited
from interlingua.corpus.table import Corpus
from interlingua.corpus.wording import counted
from interlingua.corpus.writing import write_corpus
from interlingua.errors import CorpusError
from interlingua.types import Row

__all__ = ["clean_corpus"]

logger = logging.getLogger(__name__)


def clean_corpus(
    corpus: Corpus,
    path: str | Path,
    chain: Chain,
    *,
    source: str | None = None,
    dropped: str | Path | None = None,
    overwrite: bool = False,
) -> tuple[Corpus, CleaningReport]:
    """Write what a chain leaves of a corpus; in constant memory, but for what rules remember.

    Args:
        corpus: The rows.
        path: The folder to write; its card keeps that of the corpus, with the report as a step of its history.
        chain: The rules.
        source: What the rows are from, where the card of the corpus does not say; its name unless given.
        dropped: A file for every cell that is gone, a JSON object a line, with rule and reason.
        overwrite: Replace a corpus that is there.

    Raises:
        CorpusError: A rule cannot work, or nothing is left; nothing is written then.
        OutputError: A place cannot be written.
    """
    card = inherited(corpus.card)
    card.setdefault("sources", [source_record(source or corpus.name).as_dict()])
    with _log(None if dropped is None else Path(dropped)) as tell:
        cleaned = chain.clean(corpus.rows(), dropped=tell)
        written = write_corpus(_told(cleaned, card), path, card=card, overwrite=overwrite)
    report = cleaned.report
    if gone := [language for language in report.cells if not report.kept_cells[language]]:
        logger.warning("no cell is left in %s", ", ".join(f"{code} (of {report.cells[code]:,})" for code in gone))
    return written, cleaned.report


def _told(cleaned: Cleaned, card: dict[str, Any]) -> Iterator[Row]:
    """The rows; when they end, the card gets the report, as it is written after them."""
    yield from cleaned
    report = cleaned.report
    if report.rows and not report.kept_rows:
        why = "; ".join(filter(None, [f"none of {counted(report.rows, 'row')} is left", report.why_nothing_is_left()]))
        raise CorpusError(f"{why}; loosen the rule, or leave it out")
    card |= with_step(card, "clean", cleaned.report.as_dict())


@contextmanager
def _log(path: Path | None) -> Iterator[Callable[[Dropped], object] | None]:
    if path is None:
        yield None
        return
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", errors="backslashreplace") as stream:
        yield lambda one: stream.write(json.dumps(one.as_dict(), ensure_ascii=False) + "\n")
