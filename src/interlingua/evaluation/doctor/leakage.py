"""Language leakage: how much a vector tells of the language, and what that costs in a search over several languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.evaluation.doctor.hubs import near_others
from interlingua.mining.neighbours import unit_rows
from interlingua.types import Vectors

__all__ = ["Lost", "language_probe", "language_variance", "lost_to_own_language", "nearest_of_own"]

Hits = NDArray[np.float64]
Ids = NDArray[np.int64]

_RIDGE = 1e-3
"""Ridge of the probe, as a share of the mean variance of a dimension."""


def language_probe(vectors: Vectors, languages: NDArray[np.integer[Any]], rows: Ids) -> Hits:
    """Tell the language of every text from its vector by a linear probe that has not seen its row.

    Rows are halved; least squares from the vectors of one half to the indicators of their languages, with a small
    ridge, tells the languages of the other half, and the other way round.

    Args:
        vectors: Shape ``(n, dim)``; made unit vectors first.
        languages: Shape ``(n,)``: numbers from 0.
        rows: Shape ``(n,)``: the row of each text.

    Returns:
        Shape ``(n,)``: 1 where the language was told rightly; chance is one over the number of languages.

    Reference:
        Alain and Bengio 2016, Understanding Intermediate Layers Using Linear Classifier Probes.
        https://arxiv.org/abs/1610.01644

    Example:
        >>> vectors = np.tile(np.eye(2), (4, 1))
        >>> language_probe(vectors, np.tile([0, 1], 4), np.repeat(np.arange(4), 2)).tolist()
        [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    unit = unit_rows(vectors).astype(np.float64)
    wanted = np.eye(int(languages.max()) + 1)[languages]
    half = np.unique(rows, return_inverse=True)[1] % 2
    hits = np.zeros(len(unit))
    for told in (0, 1):
        known = half != told
        hits[~known] = _probe(unit[known], wanted[known], unit[~known]).argmax(axis=1) == languages[~known]
    return hits


def _probe(seen: NDArray[np.float64], wanted: NDArray[np.float64], asked: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(seen):
        return np.zeros((len(asked), wanted.shape[1]))
    centre = seen.mean(axis=0)
    centred = seen - centre
    covariance = centred.T @ centred
    ridge = _RIDGE * float(np.trace(covariance)) / len(covariance) + 1e-12
    weights = np.linalg.solve(covariance + ridge * np.eye(len(covariance)), centred.T @ (wanted - wanted.mean(axis=0)))
    return np.asarray((asked - centre) @ weights + wanted.mean(axis=0))


def language_variance(vectors: Mapping[str, Vectors]) -> float:
    r"""Return the share of the variance that is between languages: their means against all texts.

    .. math:: \frac{B}{B + W} , \qquad B = \sum_l \|\mu_l - \mu\|^2 , \quad
       W = \sum_l \operatorname{mean}_i \|v_{li} - \mu_l\|^2

    Args:
        vectors: Vectors by language, each of shape ``(n, dim)``; languages weigh the same. All languages should have
            the same rows, or their topics count as language.

    Returns:
        From 0 (languages lie on top of each other) to 1; NaN where all vectors are the same.

    Example:
        >>> here, there = np.array([[1.0, 0, 1], [1, 0, -1]]), np.array([[0.0, 1, 1], [0, 1, -1]])
        >>> round(language_variance({"eng_Latn": here, "deu_Latn": there}), 6)
        0.333333
    """
    units = [unit_rows(some).astype(np.float64) for some in vectors.values()]
    means = np.array([unit.mean(axis=0) for unit in units])
    between = float(np.sum((means - means.mean(axis=0)) ** 2))
    within = sum(float(np.mean(np.sum((u - m) ** 2, axis=1))) for u, m in zip(units, means, strict=True))
    return between / (between + within) if between + within > 1e-9 * len(units) else float("nan")


def nearest_of_own(vectors: Vectors) -> NDArray[np.float32]:
    """Return the cosine of every text with the nearest other text of its language; -1 where there is no other."""
    if len(vectors) < 2:
        return np.full(len(vectors), -1, dtype=np.float32)
    return near_others(vectors, k=1)[1][:, 0]


@dataclass(frozen=True, slots=True)
class Lost:
    """Queries whose translation was found, and which of them were lost.

    Args:
        rows: Shape ``(found,)``: the places of the queries that find their translation in its own language.
        lost: Shape ``(found,)``: 1 where a text of the query's language is nearer.
    """

    rows: Ids
    lost: Hits


def lost_to_own_language(
    translation: NDArray[np.floating[Any]], own: NDArray[np.floating[Any]], hits: NDArray[np.floating[Any]]
) -> Lost:
    """Ask which translations are found in a pool of their language, and lost in a pool that has the query's too.

    In a mixed pool an encoder that keeps languages apart ranks other texts of the query's language above the
    translation. Only queries that find their translation among texts of its language count, so that an encoder that
    finds little is not blamed for its languages.

    Args:
        translation: Cosine of every query with its translation, shape ``(n,)``.
        own: Cosine of every query with the nearest other text of its own language, shape ``(n,)``.
        hits: As :func:`interlingua.evaluation.translation_hits` returns them, shape ``(n,)``; above a half is found.

    Reference:
        Roy, Constant, Al-Rfou, Barua, Phillips, Yang 2020, LAReQA: Language-Agnostic Answer Retrieval from a
        Multilingual Pool. https://aclanthology.org/2020.emnlp-main.477

    Example:
        >>> lost = lost_to_own_language(np.array([0.9, 0.8, 0.2]), np.array([0.5, 0.85, 0.4]), np.array([1.0, 1, 0]))
        >>> lost.rows.tolist(), lost.lost.tolist()
        ([0, 1], [0.0, 1.0])
    """
    found = np.flatnonzero(hits > 0.5)
    return Lost(found, (own[found] > translation[found]).astype(np.float64))
