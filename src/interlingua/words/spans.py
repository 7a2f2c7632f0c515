"""LOGITS -> SPANS: the most probable answer of an extractive question-answering model. NumPy only."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BestSpans", "best_spans"]


@dataclass(frozen=True, slots=True)
class BestSpans:
    """The best answer of every window, and how probable it is that there is none.

    Args:
        begin, end: First and last token (inclusive) of the best span, shape ``(windows,)``.
        probability: Of the span, shape ``(windows,)``; 0 where no span is allowed.
        null: Probability of "no answer", shape ``(windows,)``.
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    probability: NDArray[np.float64]
    null: NDArray[np.float64]


def best_spans(
    start: NDArray[np.floating[Any]],
    end: NDArray[np.floating[Any]],
    allowed: NDArray[np.bool_],
    null: NDArray[np.integer[Any]],
    *,
    max_tokens: int,
) -> BestSpans:
    r"""Find the span of the highest probability in every window.

    .. math:: P(i, j) = p^{start}_i \, p^{end}_j, \qquad i \le j < i + \mathrm{max\_tokens}

    where both distributions are softmaxes over the tokens allowed and the null token, and "no answer" has the
    probability :math:`p^{start}_0 \, p^{end}_0` of the null token. Among equal spans the first, then the shortest wins.

    Args:
        start: Logits of the first token, shape ``(windows, tokens)``.
        end: Logits of the last token, shape ``(windows, tokens)``.
        allowed: Tokens that a span may begin or end with, shape ``(windows, tokens)``.
        null: Position of the null token, shape ``(windows,)``.
        max_tokens: Longest span.

    Reference:
        Devlin, Chang, Lee, Toutanova 2019, BERT (section 4.3, SQuAD v2.0). https://aclanthology.org/N19-1423

    Example:
        >>> start, end = np.array([[0.0, 3.0, 1.0]]), np.array([[0.0, 1.0, 3.0]])
        >>> found = best_spans(start, end, np.array([[False, True, True]]), np.array([0]), max_tokens=2)
        >>> found.begin.tolist(), found.end.tolist(), round(float(found.probability[0]), 3)
        ([1], [2], 0.712)
    """
    rows = np.arange(len(start))
    read = allowed.copy()
    read[rows, null] = True
    starts, ends = (_softmax(logits, read) for logits in (start, end))
    nulls = starts[rows, null] * ends[rows, null]
    starts, ends = np.where(allowed, starts, 0.0), np.where(allowed, ends, 0.0)
    padded = np.pad(ends, ((0, 0), (0, max_tokens - 1)))
    reach = np.lib.stride_tricks.sliding_window_view(padded, max_tokens, axis=1)
    first = (starts * reach.max(axis=2)).argmax(axis=1)
    last = first + reach[rows, first].argmax(axis=1)
    return BestSpans(first, last, starts[rows, first] * ends[rows, last], nulls)


def _softmax(logits: NDArray[np.floating[Any]], allowed: NDArray[np.bool_]) -> NDArray[np.float64]:
    values = np.where(allowed, logits.astype(np.float64), -np.inf)
    weights = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
