"""Linear classifiers on a few vectors a label, as MTEB trains them."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from interlingua.types import Vectors

__all__ = ["LinearProbes", "drawn_rows"]

Ids = NDArray[np.int64]

_ITERATIONS = 100


def drawn_rows(labels: Ids, *, per_label: int, draws: int, seed: int = 42) -> list[Ids]:
    """Return the training rows of every draw: the first ``per_label`` of each label in a shuffled list.

    The generator starts anew for every draw, and shuffles the list as the draw before left it: MTEB's draws.

    Args:
        labels: Shape ``(n,)``.
        per_label: Rows of every label, or all where there are fewer.
        draws: How many draws.
        seed: Of NumPy's ``RandomState``.

    Example:
        >>> drawn = drawn_rows(np.array([0, 0, 0, 1]), per_label=2, draws=3)
        >>> [sorted(rows.tolist()) for rows in drawn]
        [[0, 1, 3], [1, 2, 3], [0, 2, 3]]
    """
    order = list(range(len(labels)))
    drawn = []
    for _ in range(draws):
        np.random.RandomState(seed).shuffle(order)
        seen: dict[int, int] = {}
        rows = []
        for row in order:
            label = int(labels[row])
            seen[label] = seen.get(label, 0) + 1
            if seen[label] <= per_label:
                rows.append(row)
        drawn.append(np.array(rows, dtype=np.int64))
    return drawn


class LinearProbes:
    """Logistic regressions, one for each draw of training rows.

    Args:
        vectors: Shape ``(n, dim)``.
        labels: Shape ``(n,)``, two different ones at least.
        draws: Rows of ``vectors`` that each classifier is trained on; of two labels at least.
        fewest: How many rows there were to draw from of the rarest label.
    """

    def __init__(self, vectors: Vectors, labels: Ids, draws: Sequence[Ids], *, fewest: int) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        self.labels = np.unique(labels)
        self.fewest = fewest
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # MTEB takes what 100 iterations reach
            self._classifiers = [
                LogisticRegression(max_iter=_ITERATIONS).fit(vectors[rows], labels[rows]) for rows in draws
            ]

    def predict(self, vectors: Vectors) -> Ids:
        """Return the label that each classifier gives each vector, shape ``(draws, len(vectors))``."""
        return np.stack([classifier.predict(vectors) for classifier in self._classifiers])
