"""STATES -> LINKS: many sentence pairs at once, from the vectors of their words or subwords."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import AlignmentError
from interlingua.words.rule import Matcher, Matches

__all__ = ["WordStates", "link_states"]

_WordLinks = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]

_CELLS = 1 << 17
"""Similarities in one block: what a processor's cache holds."""


@dataclass(frozen=True, slots=True, eq=False)
class WordStates:
    """Vectors of the words, or of the subwords, of several texts, one text after the other.

    Args:
        vectors: Of all texts, shape ``(vectors, dim)``, float32.
        starts: Where the vectors of a text begin; the last is their number; shape ``(texts + 1,)``.
        ranges: First and last (exclusive) vector of every word, shape ``(words, 2)``; equal for a word without.
        words: Where the words of a text begin in ``ranges``; the last is their number; shape ``(texts + 1,)``.

    Example:
        >>> states = WordStates(np.eye(3), np.array([0, 2, 3]), np.array([(0, 2), (2, 3)]), np.array([0, 1, 2]))
        >>> len(states), states.of(0)[0].shape, states.known.tolist()
        (2, (2, 3), [True, True])
    """

    vectors: NDArray[np.float32]
    starts: NDArray[np.int64]
    ranges: NDArray[np.int64]
    words: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which words have a vector, shape ``(words,)``; words cut off or normalised away have none."""
        return np.asarray(self.ranges[:, 0] < self.ranges[:, 1])

    def of(self, text: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the vectors of one text and the ranges of its words in them, ``(0, 0)`` for a word without."""
        first = self.starts[text]
        ranges = self.ranges[self.words[text] : self.words[text + 1]]
        some = (ranges[:, 0] < ranges[:, 1])[:, None]
        return self.vectors[first : self.starts[text + 1]], np.where(some, ranges - first, 0)


def link_states(source: WordStates, target: WordStates, rule: Matcher) -> list[Matches]:
    """Return the links of every pair of texts: words are linked where any of their vectors are.

    Of several links of the same words the highest score counts. A word without vectors is never linked.

    Args:
        source: States of the one side.
        target: States of the other, as many texts.
        rule: How links are chosen.

    Raises:
        AlignmentError: Counts differ, or a state is not finite.

    Example:
        >>> from interlingua.words.matching import MutualArgmax
        >>> one = WordStates(np.eye(2), np.array([0, 2]), np.array([(0, 1), (1, 2)]), np.array([0, 2]))
        >>> other = WordStates(np.eye(2)[::-1], one.starts, one.ranges, one.words)
        >>> [(pairs, scores)] = link_states(one, other, MutualArgmax())
        >>> pairs.tolist()
        [[0, 1], [1, 0]]
    """
    if len(source) != len(target):
        raise AlignmentError(f"there are states of {len(source):,} source and {len(target):,} target texts")
    owners = (_Owners(source), _Owners(target))
    scales = [_inverse_lengths(states) if rule.similarity == "cosine" else None for states in (source, target)]
    found: list[_WordLinks] = []
    rows, columns = np.diff(source.starts), np.diff(target.starts)
    for block in _blocks(rows, columns):
        m, n = rows[block], columns[block]
        member, linked, scores = rule.batch(_similarities(source, target, block, scales), m, n)
        pairs = block[member]
        found.append(_to_words(pairs, linked, scores, owners, (source, target)))
    return _by_pair(found, len(source))


def _similarities(
    source: WordStates, target: WordStates, block: NDArray[np.int64], scales: Sequence[NDArray[np.float32] | None]
) -> NDArray[np.float32]:
    """Cosines, where there are scales, or dot products of some pairs, padded with zeros."""
    begins = [(states.starts[block], states.starts[block + 1]) for states in (source, target)]
    sizes = [int((end - begin).max()) for begin, end in begins]
    values = np.zeros((len(block), *sizes), dtype=np.float32)
    places = zip(*(one.tolist() for side in begins for one in side), strict=True)
    for filled, (begin, end, first, last) in zip(values, places, strict=True):
        product = source.vectors[begin:end] @ target.vectors[first:last].T
        if scales[0] is not None and scales[1] is not None:
            product *= scales[0][begin:end, None]
            product *= scales[1][first:last]
        filled[: end - begin, : last - first] = product
    return values


def _inverse_lengths(states: WordStates) -> NDArray[np.float32]:
    """One over the length of every vector; of a zero vector 0, so that all its cosines are 0."""
    lengths = np.sqrt(np.einsum("vd,vd->v", states.vectors, states.vectors))
    return np.asarray(np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0), dtype=np.float32)


class _Owners:
    """The words that every vector belongs to: ``count`` many from ``first`` on in ``words``."""

    def __init__(self, states: WordStates) -> None:
        self.words = np.flatnonzero(states.known)
        begins, ends = states.ranges[self.words].T
        places = np.arange(len(states.vectors))
        self.first = np.searchsorted(ends, places, side="right")
        self.count = np.searchsorted(begins, places, side="right") - self.first


def _to_words(
    pairs: NDArray[np.int64],
    linked: NDArray[np.int32],
    scores: NDArray[np.float32],
    owners: tuple[_Owners, _Owners],
    sides: tuple[WordStates, WordStates],
) -> _WordLinks:
    """Return pair, source word, target word and score of links between words, some of them several times."""
    vectors = [states.starts[pairs] + linked[:, side] for side, states in enumerate(sides)]
    counts = [owner.count[vector] for owner, vector in zip(owners, vectors, strict=True)]
    firsts = [owner.first[vector] for owner, vector in zip(owners, vectors, strict=True)]
    many = counts[0] * counts[1]
    if (many != 1).any():  # subwords that several words share
        each = np.repeat(np.arange(len(pairs)), many)
        turn = np.arange(len(each)) - np.repeat(np.cumsum(many) - many, many)
        firsts = [firsts[0][each] + turn // counts[1][each], firsts[1][each] + turn % counts[1][each]]
        pairs, scores = pairs[each], scores[each]
    words = [
        owner.words[first] - states.words[pairs] for owner, first, states in zip(owners, firsts, sides, strict=True)
    ]
    return pairs, words[0], words[1], scores


def _by_pair(found: list[_WordLinks], count: int) -> list[Matches]:
    if not found:
        return [(np.zeros((0, 2), np.int32), np.zeros(0, np.float32)) for _ in range(count)]
    pairs, source, target, scores = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((-scores, target, source, pairs))
    pairs, source, target, scores = (column[order] for column in (pairs, source, target, scores))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(pairs) != 0) | (np.diff(source) != 0) | (np.diff(target) != 0)
    words = np.stack([source[new], target[new]], axis=1).astype(np.int32)
    scores = scores[new].astype(np.float32)
    cuts = np.searchsorted(pairs[new], np.arange(count + 1)).tolist()
    return [(words[begin:end], scores[begin:end]) for begin, end in pairwise(cuts)]


def _blocks(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Pairs of about the same size together; those with an empty side are in none."""
    order = np.lexsort((columns, rows))
    order = order[(rows[order] > 0) & (columns[order] > 0)]
    begin = height = width = 0
    for end, (m, n) in enumerate(zip(rows[order].tolist(), columns[order].tolist(), strict=True)):
        height, width = max(height, m), max(width, n)
        if end > begin and height * width * (end + 1 - begin) > _CELLS:
            yield order[begin:end]
            begin, height, width = end, m, n
    if len(order):
        yield order[begin:]
