"""Settings to tasks on similarity."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interlingua.errors import EvaluationError
from interlingua.evaluation.pairs import Pairs, language_pairs
from interlingua.evaluation.similarity import SemanticSimilarity
from interlingua.languages import canonical
from interlingua.types import Task

if TYPE_CHECKING:
    from interlingua.corpus import ScoredPairs

__all__ = ["make_similarity"]


def make_similarity(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pairs: Pairs | None = None,
) -> Task:
    """Return the task that compares cosines with the scores of people."""
    from interlingua.corpus import catalog, open_corpus, open_scored_pairs

    data = catalog.placed(data)
    if data not in catalog.names() and Path(data).is_file():
        if not isinstance(pairs, list):
            raise EvaluationError(
                f"{data}: say which languages its two sentences are in, as pairs en:de or en:en, not {pairs!r}"
            )
        return SemanticSimilarity(
            [open_scored_pairs(data, source=a, target=b, split=split) for a, b in pairs], name=name
        )
    if data not in catalog.names() and Path(data).is_dir():
        return SemanticSimilarity(_similarity_folder(data, split=split, languages=languages, pairs=pairs), name=name)
    corpus = open_corpus(data)
    known = (corpus if languages is None else corpus.select(languages=languages)).languages
    wanted = [(code, code) for code in known] if pairs is None else language_pairs(pairs, known, data=data)
    return SemanticSimilarity(
        [open_scored_pairs(data, source=source, target=target, split=split) for source, target in wanted], name=name
    )


def _similarity_folder(
    data: str, *, split: str | None, languages: Sequence[str] | None, pairs: Pairs | None
) -> "list[ScoredPairs]":
    from interlingua.corpus import open_similarity_sets

    if isinstance(pairs, str):
        raise EvaluationError(f"{data}: pairs {pairs} is not for a folder of similarity sets; write pairs as en:de")
    alone = languages[0] if languages is not None and len(languages) == 1 else "eng"
    sets = open_similarity_sets(data, split=split or "test", language=alone, pairs=pairs)
    if languages is None:
        return sets
    known = {canonical(language) for language in languages}
    return [one for one in sets if known.issuperset(one.languages)]
