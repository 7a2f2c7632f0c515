"""SIMILARITIES -> LINKS: which words of two sentences translate each other, from a number for every two words."""

from abc import abstractmethod
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from interlingua.errors import AlignmentError
from interlingua.words import batched
from interlingua.words.batched import Blocks, BoolMask, Similarities
from interlingua.words.rule import Matcher, Matches, check_range

__all__ = [
    "MATCHERS",
    "ForwardArgmax",
    "IterMax",
    "Matcher",
    "Matches",
    "MaxWeight",
    "MutualArgmax",
    "ReverseArgmax",
    "SoftmaxThreshold",
    "matcher",
]


@dataclass(frozen=True, kw_only=True)
class _CosineMatcher(Matcher):
    """What goes by ``(1 + cosine) / 2``, times a factor that falls with the distance from the diagonal.

    Args:
        distortion: How much the distance counts, from 0 (not) to 1.
    """

    distortion: float = 0.0

    def __post_init__(self) -> None:
        check_range("distortion", self.distortion, 0, 1)

    def _match(self, blocks: Blocks) -> tuple[BoolMask, Similarities]:
        moved = batched.unit_interval(blocks, distortion=self.distortion) if self.distortion else blocks
        return self._choose(moved), blocks.values

    @abstractmethod
    def _choose(self, blocks: Blocks) -> BoolMask:
        """Return the links of cosines, or of what became of them by the distortion."""


@dataclass(frozen=True, kw_only=True)
class MutualArgmax(_CosineMatcher):
    """Links of words that are each other's most similar: few, and mostly right.

    Args:
        distortion: How much the distance from the diagonal counts, from 0 (not) to 1.

    Reference:
        Jalili Sabet et al. 2020, SimAlign (Argmax).

    Example:
        >>> pairs, scores = MutualArgmax()(np.array([[0.9, 0.1, 0.2], [0.8, 0.3, 0.4]]))
        >>> pairs.tolist()
        [[0, 0]]
    """

    kind = "argmax"

    def _choose(self, blocks: Blocks) -> BoolMask:
        return batched.mutual_best(blocks)


@dataclass(frozen=True, kw_only=True)
class ForwardArgmax(_CosineMatcher):
    """A link from every source word to its most similar target word.

    Args:
        distortion: How much the distance from the diagonal counts, from 0 (not) to 1.

    Example:
        >>> ForwardArgmax()(np.array([[0.9, 0.1, 0.2], [0.8, 0.3, 0.4]]))[0].tolist()
        [[0, 0], [1, 0]]
    """

    kind = "forward"

    def _choose(self, blocks: Blocks) -> BoolMask:
        return batched.forward_best(blocks)


@dataclass(frozen=True, kw_only=True)
class ReverseArgmax(_CosineMatcher):
    """A link to every target word from its most similar source word.

    Args:
        distortion: How much the distance from the diagonal counts, from 0 (not) to 1.

    Example:
        >>> ReverseArgmax()(np.array([[0.9, 0.1, 0.2], [0.8, 0.3, 0.4]]))[0].tolist()
        [[0, 0], [1, 1], [1, 2]]
    """

    kind = "reverse"

    def _choose(self, blocks: Blocks) -> BoolMask:
        return batched.reverse_best(blocks)


@dataclass(frozen=True, kw_only=True)
class IterMax(_CosineMatcher):
    r"""Mutual argmax, then once more among what is left, so that a word may have several links.

    After the first round :math:`(1 + s_{ij}) / 2` is multiplied by 1 where both words are free, by alpha where one is
    linked, by 0 where both are, and the mutual bests of that are added. It ends after ``rounds``, when nothing new
    comes, or when a side has no free word. A matrix with a side of one or two words has the links of the first round.

    Args:
        alpha: Factor where one of two words is linked already, from 0 to 1.
        rounds: Rounds in all, the first included.
        distortion: How much the distance from the diagonal counts, from 0 (not) to 1.

    Reference:
        Jalili Sabet et al. 2020, SimAlign (Itermax).

    Example:
        >>> cosines = np.array([[0.9, 0.4, 0.1], [0.8, 0.1, 0.3], [0.2, 0.1, 0.7]])
        >>> IterMax()(cosines)[0].tolist()
        [[0, 0], [0, 1], [1, 0], [2, 2]]
    """

    alpha: float = 0.9
    rounds: int = 2
    kind = "itermax"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("alpha", self.alpha, 0, 1)
        check_range("rounds", self.rounds, 1, None)

    def _match(self, blocks: Blocks) -> tuple[BoolMask, Similarities]:
        return self._choose(batched.unit_interval(blocks, distortion=self.distortion)), blocks.values

    def _choose(self, blocks: Blocks) -> BoolMask:
        return batched.iterated_best(blocks, alpha=self.alpha, rounds=self.rounds)


@dataclass(frozen=True, kw_only=True)
class MaxWeight(_CosineMatcher):
    """The one-to-one links of the largest total similarity; every word of the shorter side has one.

    Args:
        distortion: How much the distance from the diagonal counts, from 0 (not) to 1.

    Reference:
        Jalili Sabet et al. 2020, SimAlign (Match).

    Example:
        >>> MaxWeight()(np.array([[0.9, 0.1, 0.2], [0.8, 0.3, 0.4]]))[0].tolist()
        [[0, 0], [1, 2]]
    """

    kind = "max-weight"

    def _choose(self, blocks: Blocks) -> BoolMask:
        return batched.largest_total(blocks)


@dataclass(frozen=True, kw_only=True)
class SoftmaxThreshold(Matcher):
    r"""Links whose probability is above a threshold both ways, from dot products of states.

    With p the softmax of :math:`s_{ij} / \tau` over target words and q that over source words, words are linked where
    both are above the threshold; the score is :math:`2 p q / (p + q)`.

    Args:
        threshold: What both probabilities must exceed, at least 0 and below 1.
        temperature: The tau.

    Reference:
        Dou and Neubig 2021, awesome-align.

    Example:
        >>> pairs, scores = SoftmaxThreshold()(np.array([[9.0, 1.0], [8.5, 0.0]]))
        >>> pairs.tolist(), scores.round(2).tolist()
        ([[0, 0], [1, 0]], [0.7699999809265137, 0.550000011920929])
    """

    threshold: float = 1e-3
    temperature: float = 1.0
    kind = "softmax"
    similarity = "dot"

    def __post_init__(self) -> None:
        check_range("threshold", self.threshold, 0, 1)
        if not self.temperature > 0:
            raise AlignmentError(f"a temperature of {self.temperature} does not fit; it must be above 0")

    def _match(self, blocks: Blocks) -> tuple[BoolMask, Similarities]:
        scaled = blocks.values.astype(np.float64, copy=False) / self.temperature
        forward, reverse = batched.softmax_both_ways(Blocks(scaled, blocks.rows, blocks.columns))
        links = (forward > self.threshold) & (reverse > self.threshold)
        total = forward + reverse
        return links, 2 * forward * reverse / np.where(total > 0, total, 1)


MATCHERS: dict[str, type[Matcher]] = {
    rule.kind: rule for rule in (MutualArgmax, IterMax, MaxWeight, SoftmaxThreshold, ForwardArgmax, ReverseArgmax)
}
"""The matchers by kind."""


def matcher(kind: str, **settings: Any) -> Matcher:
    """Return the matcher of a kind.

    Args:
        kind: One of ``MATCHERS``.
        **settings: Of that matcher.

    Raises:
        AlignmentError: There is no such kind, or a setting that it does not have.

    Example:
        >>> matcher("itermax", alpha=0.8).name
        'itermax(alpha=0.8)'
    """
    if kind not in MATCHERS:
        raise AlignmentError(f"there is no matcher {kind!r}; take one of {', '.join(MATCHERS)}")
    known = [field.name for field in fields(MATCHERS[kind])]
    if unknown := [name for name in settings if name not in known]:
        raise AlignmentError(f"the matcher {kind!r} has no setting {unknown[0]!r}; it has {', '.join(known)}")
    return MATCHERS[kind](**settings)
