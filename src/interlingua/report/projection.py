"""VECTORS -> TWO DIMENSIONS: several groups of vectors on one map, so that they can be laid side by side."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.types import Vectors

__all__ = ["MapMethod", "check_method", "project"]

MapMethod: TypeAlias = Literal["pca", "tsne"]

Points = NDArray[np.float64]

_PERPLEXITY = 30


def project(groups: Sequence[Vectors], *, method: MapMethod = "pca", seed: int = 0) -> tuple[list[Points], float]:
    r"""Lay groups of vectors out on one map.

    With ``pca`` the axes are the two directions of largest variance of all groups together,

    .. math:: Y = (X - \bar X) \, V_2 , \qquad X - \bar X = U \Sigma V^\top ,

    each turned so that its largest weight is positive: equal vectors give equal maps. Groups of one dimension share
    their axes; where dimensions differ every group has its own.

    Args:
        groups: Each of shape ``(n_g, dim_g)``, finite.
        method: ``tsne`` needs the extra ``interlingua[maps]``.
        seed: Of t-SNE.

    Returns:
        For each group its points, shape ``(n_g, 2)``; and the share of the variance that the map shows (NaN for t-SNE
        and for axes that are not shared).

    Raises:
        EvaluationError: If t-SNE is asked for and not installed, or there are fewer than 3 vectors.

    Reference:
        van der Maaten and Hinton 2008, Visualizing Data using t-SNE; Poličar, Stražar, Zupan 2024, openTSNE.

    Example:
        >>> points, share = project([np.array([[3.0, 0, 0], [0, 1, 0]]), np.array([[-3.0, 0, 0], [0, -1, 0]])])
        >>> [one.round(2).tolist() for one in points], round(share, 2)
        ([[[3.0, 0.0], [0.0, 1.0]], [[-3.0, 0.0], [0.0, -1.0]]], 1.0)
    """
    check_method(method)
    if len({group.shape[1] for group in groups}) > 1:
        return [project([group], method=method, seed=seed)[0][0] for group in groups], float("nan")
    vectors = np.concatenate(groups).astype(np.float64)
    if len(vectors) < 3:
        raise EvaluationError(f"a map needs 3 vectors, there are {len(vectors)}")
    points, share = _pca(vectors) if method == "pca" else (_tsne(vectors, seed=seed), float("nan"))
    return np.split(points, np.cumsum([len(group) for group in groups])[:-1]), share


def check_method(method: str) -> None:
    """Make sure that a map can be made this way, before anything is computed.

    Raises:
        EvaluationError: There is no such way, or it is not installed.
    """
    if method not in ("pca", "tsne"):
        raise EvaluationError(f"there is no map {method!r}; take 'pca' or 'tsne'")
    if method == "tsne":
        try:
            import openTSNE  # noqa: F401
        except ImportError as error:
            raise EvaluationError(
                "a t-SNE map needs openTSNE: pip install 'interlingua[maps]', or take the map 'pca'"
            ) from error


def _pca(vectors: Points) -> tuple[Points, float]:
    centred = vectors - vectors.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    axes = np.concatenate([axes, np.zeros((2, axes.shape[1]))])[:2]  # so that one dimension has a map too
    axes *= np.where(axes[np.arange(2), np.abs(axes).argmax(axis=1)] < 0, -1, 1)[:, None]
    total = float((sizes**2).sum())
    return centred @ axes.T, float((sizes[:2] ** 2).sum()) / total if total else float("nan")


def _tsne(vectors: Points, *, seed: int) -> Points:
    from openTSNE import TSNE

    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    made = TSNE(perplexity=perplexity, metric="cosine", initialization="pca", random_state=seed, n_jobs=1)
    return np.asarray(made.fit(vectors), dtype=np.float64)
