"""Links for a run: from folders that `interlingua align` made, or made here by an aligner."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import xxhash

from interlingua.corpus import Corpus
from interlingua.evaluation.pairs import language_pairs
from interlingua.sbert import SentenceTransformer
from interlingua.training.settings import LinkSettings, Recipe
from interlingua.training.token_links import StoredLinks, TokenLinks

if TYPE_CHECKING:
    from interlingua.words import LinkFolder

__all__ = ["make_links"]

logger = logging.getLogger(__name__)


def make_links(recipe: Recipe, corpus: Corpus, model: SentenceTransformer, folder: Path) -> TokenLinks:
    """Return the links of a recipe beside the tokens of its student.

    Args:
        recipe: One that has ``links``.
        corpus: The training rows.
        model: The student.
        folder: Where links and tables of this run are kept.

    Raises:
        TrainingError: No row has links.
        AlignmentError: The aligner cannot run.
    """
    from interlingua.words import LinkFolder

    settings = recipe.links
    assert settings is not None
    folders = [LinkFolder.open(path) for path in _folders(settings)] or [_align(settings, corpus, folder / "links")]
    stored: dict[tuple[str, str], StoredLinks] = {}
    for links in folders:
        for pair in links.languages:
            stored.setdefault(pair, _stored(links, pair))
    key = xxhash.xxh3_64_hexdigest("|".join([corpus.fingerprint, *(links.fingerprint for links in folders)]).encode())
    return TokenLinks.build(
        corpus, model, stored, folder / f"linked-{key}", prefix=recipe.student.prefix, minimum=settings.minimum
    )


def _folders(settings: LinkSettings) -> list[str]:
    if settings.folder is None:
        return []
    return [settings.folder] if isinstance(settings.folder, str) else settings.folder


def _align(settings: LinkSettings, corpus: Corpus, output: Path) -> "LinkFolder":
    from interlingua.words import align_corpus, make_aligner

    assert settings.aligner is not None
    own = {"matcher": settings.matcher, "layer": settings.layer, "unit": settings.unit}
    used = own if settings.aligner == "encoder" else {}
    aligner = make_aligner(settings.aligner, model=settings.model, **used)
    pairs = language_pairs(settings.pairs, corpus.languages, data=corpus.name)
    logger.info("aligning %d pairs of languages with %s", len(pairs), aligner.name)
    return align_corpus(corpus, aligner, output, pairs=pairs, resume=True)


def _stored(folder: "LinkFolder", pair: tuple[str, str]) -> StoredLinks:
    return lambda: folder.by_text(*pair)
