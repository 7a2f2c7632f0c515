"""Matching of many pairs at once: similarity blocks of shape ``(B, M, N)``, padded, with their true sizes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

__all__ = [
    "Blocks",
    "BoolMask",
    "Similarities",
    "forward_best",
    "iterated_best",
    "largest_total",
    "mutual_best",
    "reverse_best",
    "softmax_both_ways",
    "unit_interval",
]

Similarities = NDArray[np.floating[Any]]
"""Similarities of source and target words, shape ``(B, M, N)``."""

BoolMask = NDArray[np.bool_]
"""Which words are linked, shape ``(B, M, N)``."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Similarity matrices of several sizes in one array.

    Args:
        values: Shape ``(B, M, N)``; what stands beyond a matrix is never looked at.
        rows: True numbers of rows, shape ``(B,)``.
        columns: True numbers of columns, shape ``(B,)``.
    """

    values: Similarities
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]

    @property
    def real_rows(self) -> BoolMask:
        """Shape ``(B, M)``."""
        return np.arange(self.values.shape[1]) < self.rows[:, None]

    @property
    def real_columns(self) -> BoolMask:
        """Shape ``(B, N)``."""
        return np.arange(self.values.shape[2]) < self.columns[:, None]

    @property
    def real(self) -> BoolMask:
        """Shape ``(B, M, N)``."""
        return self.real_rows[:, :, None] & self.real_columns[:, None, :]

    def padded(self, filling: float) -> Similarities:
        """Return the values with ``filling`` wherever there is no word."""
        if (self.rows == self.values.shape[1]).all() and (self.columns == self.values.shape[2]).all():
            return self.values
        return np.where(self.real, self.values, self.values.dtype.type(filling))


def forward_best(blocks: Blocks) -> BoolMask:
    """Return the most similar target word of every source word, the first of several."""
    best = blocks.padded(-np.inf).argmax(axis=2)
    return np.asarray((best[:, :, None] == np.arange(blocks.values.shape[2])) & blocks.real)


def reverse_best(blocks: Blocks) -> BoolMask:
    """Return the most similar source word of every target word, the first of several."""
    best = blocks.padded(-np.inf).argmax(axis=1)
    return np.asarray((best[:, None, :] == np.arange(blocks.values.shape[1])[:, None]) & blocks.real)


def mutual_best(blocks: Blocks) -> BoolMask:
    """Return the words that are each other's most similar."""
    values = blocks.padded(-np.inf)
    forward, reverse = values.argmax(axis=2), values.argmax(axis=1)
    chosen = np.take_along_axis(reverse, forward, axis=1) == np.arange(values.shape[1])
    chosen &= blocks.real_rows & (blocks.columns > 0)[:, None]
    links = np.zeros(values.shape, dtype=bool)
    block, row = np.nonzero(chosen)
    links[block, row, forward[block, row]] = True
    return links


def iterated_best(blocks: Blocks, *, alpha: float, rounds: int) -> BoolMask:
    """Return mutual bests, then those that come when linked words give way: see ``matching.IterMax``.

    Args:
        blocks: Similarities of 0 or more.
        alpha: Factor where one of two words is linked already.
        rounds: Rounds in all, the first included.
    """
    links = mutual_best(blocks)
    values = blocks.padded(0).astype(np.float64, copy=False)
    large = (np.minimum(blocks.rows, blocks.columns) > 2)[:, None, None]
    for _ in range(rounds - 1):
        free_rows = blocks.real_rows & ~links.any(axis=2)
        free_columns = blocks.real_columns & ~links.any(axis=1)
        some_free = np.asarray(free_rows.any(axis=1) & free_columns.any(axis=1))
        open_blocks = large & some_free[:, None, None]
        either = free_rows[:, :, None] | free_columns[:, None, :]
        both = free_rows[:, :, None] & free_columns[:, None, :]
        weights = np.where(either, np.where(both, min(1.0, 2 * alpha), alpha), 0.0)
        again = mutual_best(Blocks(values * weights, blocks.rows, blocks.columns))
        again &= either & open_blocks
        if not again.any():
            break
        links |= again
    return links


def largest_total(blocks: Blocks) -> BoolMask:
    """Return the one-to-one links of the largest total similarity that link every word of the shorter side."""
    links = np.zeros(blocks.values.shape, dtype=bool)
    for block, (values, m, n) in enumerate(zip(blocks.values, blocks.rows, blocks.columns, strict=True)):
        rows, columns = linear_sum_assignment(values[:m, :n], maximize=True)
        links[block, rows, columns] = True
    return links


def softmax_both_ways(blocks: Blocks) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the softmax over target words and that over source words, both of shape ``(B, M, N)``."""
    values = blocks.padded(-np.inf).astype(np.float64, copy=False)
    return _softmax(values, axis=2), _softmax(values, axis=1)


def unit_interval(blocks: Blocks, *, distortion: float) -> Blocks:
    r"""Map cosines to between 0 and 1 and let links far from the diagonal count less.

    .. math:: \frac{1 + s_{ij}}{2} \Bigl(1 - \kappa \bigl(\tfrac{i}{m - 1} - \tfrac{j}{n - 1}\bigr)^2\Bigr)

    Args:
        blocks: Cosines.
        distortion: The kappa; matrices with a side of one word are left without it.
    """
    values = (blocks.values.astype(np.float64, copy=False) + 1) / 2
    if distortion:
        rows = np.arange(values.shape[1]) / np.maximum(blocks.rows - 1, 1)[:, None]
        columns = np.arange(values.shape[2]) / np.maximum(blocks.columns - 1, 1)[:, None]
        applies = (np.minimum(blocks.rows, blocks.columns) > 1)[:, None, None]
        factors = 1 - distortion * (rows[:, :, None] - columns[:, None, :]) ** 2
        values = np.where(applies, values * factors, values)
    return Blocks(values, blocks.rows, blocks.columns)


def _softmax(values: NDArray[np.float64], *, axis: int) -> NDArray[np.float64]:
    highest = values.max(axis=axis, keepdims=True, initial=-np.inf)
    powers = np.exp(values - np.where(np.isfinite(highest), highest, 0))
    total = powers.sum(axis=axis, keepdims=True)
    return np.asarray(powers / np.where(total > 0, total, 1))
