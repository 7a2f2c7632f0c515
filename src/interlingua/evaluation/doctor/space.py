"""Measurements on the vectors of a pool."""

import numpy as np
from numpy.typing import NDArray

from interlingua.evaluation.doctor.chart import Chart, exactly, mean_of
from interlingua.evaluation.doctor.geometry import alignment, effective_dimensions, mean_cosine, spectrum, uniformity
from interlingua.evaluation.doctor.hubs import Hubness, hubness
from interlingua.evaluation.doctor.leakage import (
    Lost,
    language_probe,
    language_variance,
    lost_to_own_language,
    nearest_of_own,
)
from interlingua.evaluation.doctor.pool import Told
from interlingua.evaluation.hits import translation_hits
from interlingua.evaluation.metrics import Estimate, mean_accuracy, undefined
from interlingua.evaluation.pairs import Pair
from interlingua.evaluation.retrieval import TranslationRetrieval
from interlingua.mining.neighbours import Neighbours, nearest_both_ways, unit_rows

__all__ = ["NEIGHBOURS", "measure_leakage", "measure_pairs", "measure_retrieval", "measure_shape"]

NEIGHBOURS = 10
"""Neighbours that are looked at for hubs and for what is left of a base model."""


def measure_shape(told: Told, chart: Chart) -> None:
    """Add anisotropy, dimensions in use, and uniformity."""
    cells = told.cells()
    n, shares = len(cells.rows), spectrum(cells.vectors)
    chart.add("mean_cosine", exactly(mean_cosine(cells.vectors, cells.rows), n=n), task="shape")
    chart.add("top_component", exactly(float(shares[0]), n=n), task="shape")
    chart.add("dimensions_in_use", exactly(effective_dimensions(shares), n=n), task="shape", higher_is_better=True)
    for language, vectors in told.vectors.items():
        chart.add("uniformity", exactly(uniformity(vectors), n=len(vectors)), [language], task="shape")


def measure_retrieval(told: Told, chart: Chart) -> None:
    """Add retrieval in both directions of every pair, and for every language the mean over its pairs."""
    pool = told.pool
    scores = list(TranslationRetrieval(pool.corpus, pairs=pool.pairs, name="doctor:retrieval").run(told))
    chart.scores.extend(scores)
    means = [score for score in scores if score.metric == "mean_accuracy"]
    for language in pool.languages:
        own = [score for score in means if language in score.languages]
        if own:
            chart.add("found", mean_of(own), [language], task="retrieval", higher_is_better=True)
    chart.add("found", mean_of(scores[-1:]), task="retrieval", higher_is_better=True)
    without = list(TranslationRetrieval(pool.corpus, pairs=pool.pairs).run(told.centred()))[-1:]
    chart.add("found_when_centred", mean_of(without), task="leakage", higher_is_better=True)


def measure_pairs(told: Told, chart: Chart) -> None:
    """Add alignment, hubs, and translations that stand in other rows, pair by pair."""
    pool, bar = told.pool, _near_enough(told)
    hubs: dict[str, list[Hubness]] = {}
    elsewhere: dict[str, list[tuple[NDArray[np.int64], NDArray[np.float64]]]] = {}
    for a, b in pool.pairs:
        rows = pool.shared(a, b)
        apart = alignment(told.of_rows(a, rows), told.of_rows(b, rows))
        chart.add("alignment", exactly(apart, n=len(rows)), [a, b], task="shape")
        (first, source), (second, target) = (np.unique(pool.ids[k][rows], return_inverse=True) for k in (a, b))
        if min(len(first), len(second)) <= NEIGHBOURS:
            continue
        forward, backward = nearest_both_ways(told.vectors[a][first], told.vectors[b][second], k=NEIGHBOURS)
        hubs.setdefault(b, []).append(hubness(forward.index, candidates=len(second)))
        hubs.setdefault(a, []).append(hubness(backward.index, candidates=len(first)))
        moved = _mutual_elsewhere(forward, backward, source=source, target=target, bar=bar)
        for language in (a, b):
            elsewhere.setdefault(language, []).append((rows, moved))
    for language, some in hubs.items():
        _add_hubs(chart, language, some, n=len(pool.texts[language]))
    for language, groups in elsewhere.items():
        chart.add("in_other_rows", mean_accuracy(groups), [language], task="rows")


def measure_leakage(told: Told, chart: Chart) -> None:
    """Add how well the language can be told from a vector, and what a pool of two languages costs."""
    pool, cells = told.pool, told.cells()
    if len(np.unique(cells.rows)) >= 4:
        hits = language_probe(cells.vectors, cells.languages, cells.rows)
        groups = [(cells.rows[mine], hits[mine]) for mine in (cells.languages == i for i in range(len(pool.languages)))]
        told_rightly = mean_accuracy([one for one in groups if len(one[0])])
        chart.add("language_told", told_rightly, task="leakage")
    chart.add("language_variance", exactly(language_variance(told.vectors), n=len(cells.rows)), task="leakage")
    own = {language: nearest_of_own(vectors) for language, vectors in told.vectors.items()}
    lost: dict[str, list[tuple[NDArray[np.int64], NDArray[np.float64]]]] = {}
    for a, b in pool.pairs:
        for (query, _), found, rows in _lost_of_pair(told, (a, b), own):
            lost.setdefault(query, []).append((rows[found.rows], found.lost))
    for language, groups in lost.items():
        chart.add("lost_to_own_language", _pooled(groups), [language], task="leakage")
    everything = [group for groups in lost.values() for group in groups]
    chart.add("lost_to_own_language", _pooled(everything), task="leakage")


def _lost_of_pair(
    told: Told, pair: Pair, own: dict[str, NDArray[np.float32]]
) -> list[tuple[Pair, Lost, NDArray[np.int64]]]:
    pool, (a, b) = told.pool, pair
    rows = pool.shared(a, b)
    if len(rows) < 2:
        return []
    ids = pool.ids[a][rows], pool.ids[b][rows]
    hits = translation_hits(told.vectors[a], told.vectors[b], source_ids=ids[0], target_ids=ids[1])
    both = unit_rows(told.of_rows(a, rows)), unit_rows(told.of_rows(b, rows))
    cosines = np.einsum("nd,nd->n", *both)
    return [
        ((a, b), lost_to_own_language(cosines, own[a][ids[0]], hits[0]), rows),
        ((b, a), lost_to_own_language(cosines, own[b][ids[1]], hits[1]), rows),
    ]


def _pooled(groups: list[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> Estimate:
    """The share lost of all that was found: a pair weighs as much as it finds."""
    rows, lost = (np.concatenate([group[i] for group in groups]) for i in (0, 1))
    if not len(rows):
        return undefined(0, "undefined: no translation was found, so none could be lost")
    return mean_accuracy([(rows, lost)])


def _near_enough(told: Told) -> float:
    """How near texts are that translate each other: the lower quartile of their cosines, in the better pairs."""
    quartiles = []
    for a, b in told.pool.pairs:
        rows = told.pool.shared(a, b)
        both = unit_rows(told.of_rows(a, rows)), unit_rows(told.of_rows(b, rows))
        quartiles.append(float(np.quantile(np.einsum("nd,nd->n", *both), 0.25)))
    return float(np.quantile(quartiles, 0.75))


def _mutual_elsewhere(
    forward: Neighbours, backward: Neighbours, *, source: NDArray[np.int64], target: NDArray[np.int64], bar: float
) -> NDArray[np.float64]:
    """Of every row: 1 where its source and a text that is not its translation are each other's nearest, and near."""
    nearest, near = forward.index[source, 0], forward.score[source, 0] >= bar
    mutual = backward.index[nearest, 0] == source
    elsewhere: NDArray[np.bool_] = mutual & near & (nearest != target)
    return elsewhere.astype(np.float64)


def _add_hubs(chart: Chart, language: str, found: list[Hubness], *, n: int) -> None:
    for name in ("skewness", "antihubs", "largest"):
        values = [getattr(one, name) for one in found]
        chart.add(
            f"hub_{name}" if name != "antihubs" else name, exactly(float(np.mean(values)), n=n), [language], task="hubs"
        )
