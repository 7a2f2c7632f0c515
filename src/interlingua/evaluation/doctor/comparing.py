"""Measurements against another encoder: a base model that was trained from, or a teacher."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from interlingua.evaluation.doctor.chart import Chart, exactly, mean_of, ratio
from interlingua.evaluation.doctor.forgetting import linear_cka, neighbour_overlap
from interlingua.evaluation.doctor.pool import Told
from interlingua.evaluation.doctor.space import NEIGHBOURS
from interlingua.evaluation.retrieval import TranslationRetrieval
from interlingua.evaluation.similarity import SemanticSimilarity
from interlingua.mining.neighbours import unit_rows
from interlingua.types import Encoder

if TYPE_CHECKING:
    from interlingua.corpus import ScoredPairs

__all__ = ["measure_base", "measure_similarity", "measure_teacher"]

_NORMS = 200
"""Texts whose vectors are measured before normalisation."""


def measure_base(told: Told, base: Told, chart: Chart) -> None:
    """Add what is left of a base model's geometry, and what it finds itself, language by language."""
    pool = told.pool
    for language in pool.languages:
        pair = told.vectors[language], base.vectors[language]
        n = len(pair[0])
        if n > NEIGHBOURS:
            kept = neighbour_overlap(*pair, k=NEIGHBOURS)
            chart.add("neighbours_kept", ratio(kept, np.ones(n)), [language], task="base", higher_is_better=True)
        chart.add("cka", exactly(linear_cka(*pair), n=n), [language], task="base", higher_is_better=True)
    scores = list(TranslationRetrieval(pool.corpus, pairs=pool.pairs, name="doctor:base").run(base))
    means = [score for score in scores if score.metric == "mean_accuracy"]
    now = chart.by_language("found")
    for language in pool.languages:
        own = [score for score in means if language in score.languages]
        if own and language in now:
            before = mean_of(own)
            chart.add("found_by_base", before, [language], task="base", higher_is_better=True)
            change = exactly(now[language].value - before.value, n=before.n)
            chart.add("found_change", change, [language], task="base", higher_is_better=True)


def measure_similarity(
    encoder: Encoder, base: Encoder, pairs: "ScoredPairs | Sequence[ScoredPairs]", chart: Chart
) -> None:
    """Add semantic textual similarity of both encoders and its change, language by language."""
    task = SemanticSimilarity(pairs, name="doctor:sts")
    for now, before in zip(task.run(encoder), task.run(base), strict=True):
        if now.metric == "spearman":
            languages = tuple(dict.fromkeys(now.languages))
            chart.add("sts", mean_of([now]), languages, task="base", higher_is_better=True)
            chart.add("sts_of_base", mean_of([before]), languages, task="base", higher_is_better=True)
            change = exactly(now.value - before.value, n=now.n, note=now.note or before.note)
            chart.add("sts_change", change, languages, task="base", higher_is_better=True)


def measure_teacher(told: Told, teacher: Encoder, chart: Chart) -> list[str]:
    """Add the lengths of both encoders' own vectors, and how alike the vectors are; return what could not be told."""
    pool = told.pool
    texts = pool.texts[pool.pivot][:_NORMS]
    lengths = [_own_lengths(one, texts, language=pool.pivot) for one in (told.encoder, teacher)]
    cannot = []
    if lengths[0] is None or lengths[1] is None:
        cannot.append("norm mismatch with the teacher: both must be SentenceTransformers")
    else:
        means = [float(one.mean()) for one in lengths if one is not None]
        chart.add("norm", exactly(means[0], n=len(texts), note=_ending(told.encoder)), task="teacher")
        chart.add("norm_of_teacher", exactly(means[1], n=len(texts), note=_ending(teacher)), task="teacher")
        share = max(means) / min(means) if min(means) > 0 else np.inf
        chart.add("norm_ratio", exactly(share, n=len(texts)), task="teacher")
    vectors = teacher.encode(texts, language=pool.pivot)
    if vectors.shape[1] == told.vectors[pool.pivot].shape[1]:
        pair = unit_rows(told.vectors[pool.pivot][: len(texts)]), unit_rows(vectors)
        cosines = np.einsum("nd,nd->n", *pair)
        chart.add("teacher_cosine", exactly(float(cosines.mean()), n=len(texts)), [pool.pivot], task="teacher")
    return cannot


def _own_lengths(encoder: Encoder, texts: Sequence[str], *, language: str) -> NDArray[np.float64] | None:
    """Lengths of the vectors as the model itself gives them; None where there is no model to ask."""
    from interlingua.encoder import SentenceEncoder

    if not isinstance(encoder, SentenceEncoder):
        return None
    vectors = encoder.own_vectors(texts, language=language).astype(np.float64)
    return np.asarray(np.linalg.norm(vectors, axis=1))


def _ending(encoder: Any) -> str:
    from interlingua.sbert import has_normalize

    return "ends in Normalize" if has_normalize(encoder.model) else "does not end in Normalize"
