"""The rows that a recipe names: opened, split, and joined where there are several sources."""

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from interlingua.corpus import Corpus, open_with_splits, write_corpus
from interlingua.errors import CorpusError
from interlingua.training.settings import CorpusSettings, Recipe
from interlingua.types import Row

__all__ = ["make_corpus"]

logger = logging.getLogger(__name__)


def make_corpus(recipe: Recipe, folder: Path) -> Corpus:
    """Open the training rows; several sources are joined, one after the other, in a folder of their own.

    Raises:
        CorpusError: No row is left, or a language that the recipe names is in none of the sources.
    """
    sources = [_training_rows(source) for source in recipe.corpus]
    found = list(dict.fromkeys(language for corpus in sources for language in corpus.languages))
    wanted = recipe.languages or found
    if missing := [language for language in wanted if language not in found]:
        raise CorpusError(
            f"{recipe.name} asks for {', '.join(missing)}, which none of its corpora has; they have {', '.join(found)}"
        )
    ranked = [code for code in recipe.priority if code in wanted]
    ranked += [code for code in wanted if code not in ranked]
    least = 1 if recipe.batches.sets in ("cells", "twins") else 2  # texts by themselves need no translation
    used = [
        source
        for source, corpus in zip(recipe.corpus, sources, strict=True)
        if len(set(corpus.languages) & set(ranked)) >= least
    ]
    views = [
        corpus.select([language for language in ranked if language in corpus.languages], min_cells=least)
        for source, corpus in zip(recipe.corpus, sources, strict=True)
        if source in used
    ]
    limited = any(source.max_rows is not None for source in used)
    if not views:
        count = "one" if least == 1 else "two"
        raise CorpusError(f"{recipe.name}: no corpus has {count} of the languages {', '.join(wanted)}")
    if len(views) == 1 and not limited:
        return views[0]
    joined = write_corpus(_chain(list(zip(views, used, strict=True))), folder, overwrite=True)
    return joined.select(ranked, min_cells=least)


def _training_rows(source: CorpusSettings) -> Corpus:
    corpus = open_with_splits(
        source.data, languages=source.languages, split=source.split, dev=source.dev, test=source.test
    )
    if source.split is None:
        return corpus
    if corpus.has_splits:
        return corpus.select(split=source.split)
    logger.warning("%s has no splits: all of its rows are used for training", source.data)
    return corpus


def _chain(sources: Sequence[tuple[Corpus, CorpusSettings]]) -> Iterator[Row]:
    for corpus, settings in sources:
        for number, row in enumerate(islice(corpus.rows(), settings.max_rows)):
            origin = f"{corpus.name}:{row.meta.get('_id', number)}"
            yield Row(row.texts, {"_id": origin, "_weight": settings.weight})
