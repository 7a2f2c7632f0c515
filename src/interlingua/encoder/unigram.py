"""WORDS -> PIECES: a unigram vocabulary, the same every time.

The trainer in ``tokenizers`` walks hash maps in random order and gives another vocabulary in every process; here the
same words give the same pieces, several times faster, by counting substrings with NumPy and segmenting with the Viterbi
search of ``tokenizers``.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models

__all__ = ["characters", "most_frequent", "unigram_pieces"]

_SURVIVORS = 0.6  # share of pieces that a round leaves
_GAP = "\n"  # stands between words, is in none of them


def unigram_pieces(
    words: Mapping[str, int], *, size: int, alphabet: Mapping[str, int] | None = None, longest: int = 12
) -> list[tuple[str, float]]:
    """Choose the pieces that describe the words best, with their log probabilities.

    Starts from all frequent substrings and alternates between segmenting the words (Viterbi), counting the pieces used
    and dropping those whose loss costs least likelihood: ``count * (log p(piece) - log p(best segmentation without))``.

    Args:
        words: How often each word occurs; a piece never crosses from one word to the next.
        size: Most pieces.
        alphabet: Count of every character that is to have a piece of its own, others are left to ``<unk>``; None takes
            all. At most half the pieces are single characters, the most frequent.
        longest: Longest piece in characters.

    Returns:
        Pieces, most probable first, ties in code point order.

    Reference:
        Kudo 2018, Subword Regularization: Improving Neural Network Translation Models with Multiple Subword
        Candidates. https://aclanthology.org/P18-1007

    Example:
        >>> pieces = unigram_pieces({"low": 9, "lower": 4, "newer": 6, "new": 8}, size=12)
        >>> sorted(piece for piece, _ in pieces if len(piece) > 1)
        ['low', 'lower', 'new', 'newer']
    """
    letters = dict(most_frequent(characters(words) if alphabet is None else alphabet)[: max(1, size // 2)])
    counts = _substrings(words, letters, longest=longest, most=4 * size)
    texts = _same_count_texts(words)
    while True:
        counts = _recount(texts, counts, letters)
        if len(counts) <= size:
            break
        counts = _prune(counts, letters, keep=max(size, int(_SURVIVORS * len(counts))))
    return most_frequent(_log_probabilities(counts))


def characters(words: Mapping[str, int]) -> Counter[str]:
    """Count the characters of words.

    Example:
        >>> characters({"see": 2})
        Counter({'e': 4, 's': 2})
    """
    counts: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            counts[character] += count
    return counts


def most_frequent(counts: Mapping[str, float]) -> list[tuple[str, float]]:
    """Sort by count, largest first, ties in code point order."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _substrings(
    words: Mapping[str, int], alphabet: Mapping[str, float], *, longest: int, most: int
) -> dict[str, float]:
    """Count substrings of up to ``longest`` known characters; keep the ``most`` with the largest count times length."""
    text = _GAP.join([*words, ""])
    code = {character: number for number, character in enumerate(alphabet, 1)}
    codes = np.array([code.get(character, 0) for character in text] + [0] * longest, dtype=np.int64)
    weights = np.repeat(np.fromiter(words.values(), dtype=np.float64), [len(word) + 1 for word in words])
    places = np.flatnonzero(codes)
    names = codes[places]  # of the substring of the length so far that begins at each place
    found: list[tuple[float, str, float]] = []
    for length in range(2, longest + 1):
        going_on = codes[places + length - 1] > 0
        places, names = places[going_on], names[going_on]
        keys = names * (len(code) + 1) + codes[places + length - 1]
        _, first, names = np.unique(keys, return_index=True, return_inverse=True)
        counts = np.bincount(names, weights[places], minlength=len(first))
        frequent = counts >= 2
        for place, count in zip(places[first[frequent]].tolist(), counts[frequent].tolist(), strict=True):
            found.append((-count * length, text[place : place + length], count))
        places, names = places[frequent[names]], names[frequent[names]]
    return {**alphabet, **{piece: count for _, piece, count in sorted(found)[:most]}}


def _same_count_texts(words: Mapping[str, int]) -> dict[int, list[str]]:
    """Join words that are equally frequent, so that few long texts need to be segmented."""
    groups: dict[int, list[str]] = {}
    for word, count in words.items():
        groups.setdefault(count, []).append(word)
    return {
        count: [_GAP.join(group[first : first + 500]) for first in range(0, len(group), 500)]
        for count, group in groups.items()
    }


def _recount(
    texts: Mapping[int, Sequence[str]], counts: Mapping[str, float], alphabet: Mapping[str, float]
) -> dict[str, float]:
    pieces = _log_probabilities(counts)
    vocabulary = [("<unk>", 0.0), (_GAP, 0.0), *pieces.items()]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0))
    totals: NDArray[np.float64] = np.zeros(len(vocabulary))
    for count, group in texts.items():
        for encoding in tokenizer.encode_batch_fast(group, add_special_tokens=False):
            totals += count * np.bincount(np.asarray(encoding.ids), minlength=len(vocabulary))
    used = {piece: float(total) for (piece, _), total in zip(vocabulary[2:], totals[2:], strict=True) if total}
    return {**dict.fromkeys(alphabet, 0.5), **used}


def _log_probabilities(counts: Mapping[str, float]) -> dict[str, float]:
    total = math.log(math.fsum(counts.values()))
    return {piece: round(math.log(count) - total, 4) for piece, count in counts.items()}


def _prune(counts: Mapping[str, float], alphabet: Mapping[str, float], *, keep: int) -> dict[str, float]:
    scores = _log_probabilities(counts)
    losses = sorted(
        (-counts[piece] * (score - _without(piece, scores)), piece)
        for piece, score in scores.items()
        if piece not in alphabet
    )
    kept = [piece for _, piece in losses[: max(0, keep - len(alphabet))]]
    return {piece: counts[piece] for piece in (*alphabet, *kept)}


def _without(piece: str, scores: Mapping[str, float]) -> float:
    """Return the log probability of the best segmentation of a piece into at least two."""
    best = [0.0]
    for end in range(1, len(piece) + 1):
        starts = range(1 if end == len(piece) else 0, end)
        best.append(max((best[start] + scores.get(piece[start:end], -math.inf) for start in starts), default=-math.inf))
    return best[-1]
