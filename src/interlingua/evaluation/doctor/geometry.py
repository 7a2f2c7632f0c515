"""How vectors lie in space: plain functions of arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.mining.neighbours import unit_rows
from interlingua.types import Vectors

__all__ = [
    "alignment",
    "effective_dimensions",
    "mean_cosine",
    "spectrum",
    "uniformity",
]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

_BLOCK = 1024


def mean_cosine(vectors: Vectors, rows: Ids) -> float:
    r"""Return the mean cosine of two texts of different rows, over all such pairs.

    .. math:: \frac{\|\sum_i v_i\|^2 - \sum_r \|\sum_{i \in r} v_i\|^2}{N^2 - \sum_r n_r^2}

    where the :math:`v_i` are unit vectors and row r has :math:`n_r` of them. Near 0 where directions are used evenly,
    near 1 where all texts point the same way.

    Args:
        vectors: Shape ``(n, dim)``.
        rows: Shape ``(n,)``: the row of each; texts of one row translate each other and are left out.

    Returns:
        NaN for fewer than two rows.

    Reference:
        Ethayarajh 2019, How Contextual are Contextualized Word Representations? https://aclanthology.org/D19-1006

    Example:
        >>> mean_cosine(np.array([[1.0, 0], [1, 0], [0, 1]]), np.arange(3))
        0.3333333333333333
    """
    unit = unit_rows(vectors)
    _, place, counts = np.unique(rows, return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), unit.shape[1]))
    np.add.at(sums, place, unit)
    pairs = float(len(rows)) ** 2 - float(np.sum(counts.astype(np.float64) ** 2))
    if pairs == 0:
        return float("nan")
    return float((np.sum(sums.sum(axis=0) ** 2) - np.sum(sums**2)) / pairs)


def spectrum(vectors: Vectors) -> Floats:
    """Return the share of the variance that every principal component has, largest first; it sums to 1.

    Args:
        vectors: Shape ``(n, dim)``; made unit vectors first.

    Returns:
        Shape ``(min(n, dim),)``; zeros where all vectors are the same.

    Example:
        >>> spectrum(np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])).tolist()
        [0.5, 0.5]
    """
    unit = unit_rows(vectors).astype(np.float64)
    centred = unit - unit.mean(axis=0)
    gram = centred.T @ centred if centred.shape[1] <= len(centred) else centred @ centred.T
    values = np.linalg.eigvalsh(gram)[::-1].clip(min=0)
    total = float(values.sum())
    return np.asarray(values / total if total > 1e-9 * len(unit) else np.zeros_like(values))


def effective_dimensions(shares: Floats) -> float:
    r"""Return how many dimensions are in use: :math:`\exp(-\sum_k p_k \ln p_k)` over the spectrum.

    Args:
        shares: As :func:`spectrum` returns them.

    Returns:
        Between 1 and the number of components; 0 where all vectors are the same.

    Reference:
        Roy and Vetterli 2007, The Effective Rank: A Measure of Effective Dimensionality.
        https://www.eurasip.org/Proceedings/Eusipco/Eusipco2007/Papers/a5p-h05.pdf

    Example:
        >>> round(effective_dimensions(np.array([0.5, 0.5, 0.0])), 6), effective_dimensions(np.zeros(3))
        (2.0, 0.0)
    """
    used = shares[shares > 0]
    return float(np.exp(-np.sum(used * np.log(used)))) if len(used) else 0.0


def alignment(source: Vectors, target: Vectors) -> float:
    r"""Return how far translations lie apart: the mean of :math:`\|s_i - t_i\|^2` of unit vectors, from 0 to 4.

    Args:
        source: Shape ``(n, dim)``; NaN without rows.
        target: Shape ``(n, dim)``, row by row.

    Reference:
        Wang and Isola 2020, Understanding Contrastive Representation Learning through Alignment and Uniformity on the
        Hypersphere. https://proceedings.mlr.press/v119/wang20k.html

    Example:
        >>> alignment(np.eye(2), np.eye(2)[::-1])
        2.0
    """
    if not len(source):
        return float("nan")
    apart = unit_rows(source).astype(np.float64) - unit_rows(target)
    return float(np.mean(np.sum(apart**2, axis=1)))


def uniformity(vectors: Vectors, *, t: float = 2.0) -> float:
    r"""Return how evenly vectors cover the sphere: :math:`\ln \operatorname{mean}_{i<j} e^{-t \|v_i - v_j\|^2}`.

    0 where all vectors are the same, about -2t where they spread over many dimensions.

    Args:
        vectors: Shape ``(n, dim)``; made unit vectors first. NaN for fewer than two.
        t: How fast a pair stops to count with its distance.

    Reference:
        Wang and Isola 2020, Understanding Contrastive Representation Learning through Alignment and Uniformity on the
        Hypersphere. https://proceedings.mlr.press/v119/wang20k.html

    Example:
        >>> round(uniformity(np.eye(3)), 6), abs(round(uniformity(np.ones((3, 3))), 6))
        (-4.0, 0.0)
    """
    n = len(vectors)
    if n < 2:
        return float("nan")
    unit = unit_rows(vectors)
    total = 0.0
    for start in range(0, n, _BLOCK):
        cosines: NDArray[Any] = unit[start : start + _BLOCK] @ unit.T
        total += float(np.exp(-2 * t * (1 - cosines), dtype=np.float64).sum())
    itself = float(np.exp(-2 * t * (1 - np.einsum("nd,nd->n", unit, unit)), dtype=np.float64).sum())
    return float(np.log((total - itself) / (n * (n - 1))))
