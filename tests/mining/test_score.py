"""Scores of pairs: beside naive loops, whatever the order and however often a text comes."""

import numpy as np
import pytest

from interlingua.errors import MiningError
from interlingua.mining import EncoderScorer


class Letters:
    """Unit vectors of letter counts; counts the texts it encodes."""

    name, fingerprint = "letters", "1"

    def __init__(self):
        self.encoded = []

    def encode(self, texts, *, language=None):
        self.encoded.append((language, list(texts)))
        counts = np.array([[1 + text.count(letter) for letter in "abcdef"] for text in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


@pytest.fixture
def pairs():
    draw = np.random.default_rng(4)
    sides = ["".join(draw.choice(list("abcdef"), 9)) for _ in range(60)]
    return [*sides[:30], sides[0]], [*sides[30:], sides[31]]


def naive(source, target, margin, k):
    encode = Letters().encode
    left, right = encode(source).astype(float), encode(target).astype(float)
    pools = [encode(sorted(set(side))).astype(float) for side in (source, target)]
    scores = []
    for one, other in zip(left, right, strict=True):
        cosine = float(one @ other)
        mean = (np.mean(sorted(pools[1] @ one)[-k:]) + np.mean(sorted(pools[0] @ other)[-k:])) / 2
        scores.append({None: cosine, "ratio": cosine / mean, "distance": cosine - mean}[margin])
    return scores


@pytest.mark.parametrize("margin", [None, "ratio", "distance"])
@pytest.mark.parametrize("k", [1, 4])
def test_scores_are_those_of_a_loop(pairs, margin, k):
    scores = EncoderScorer(Letters(), margin=margin, k=k).score(*pairs, languages=("eng_Latn", "deu_Latn"))
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, naive(*pairs, margin, k), atol=1e-5)


def test_equal_texts_are_encoded_once_in_their_language(pairs):
    encoder = Letters()
    EncoderScorer(encoder).score(*pairs, languages=("eng_Latn", "deu_Latn"))
    assert [(language, len(texts)) for language, texts in encoder.encoded] == [("eng_Latn", 30), ("deu_Latn", 30)]


def test_names_say_what_is_made_of_the_vectors():
    assert EncoderScorer(Letters()).name == "letters (cosine)"
    assert EncoderScorer(Letters(), margin="ratio", k=2).name == "letters (ratio margin, k=2)"


def test_what_cannot_be_scored():
    with pytest.raises(MiningError, match="2 sources and 1 targets"):
        EncoderScorer(Letters()).score(["a", "b"], ["a"], languages=("eng_Latn", "deu_Latn"))
    with pytest.raises(MiningError, match="choose ratio, distance or None"):
        EncoderScorer(Letters(), margin="absolute")
    assert EncoderScorer(Letters()).score([], [], languages=("eng_Latn", "deu_Latn")).tolist() == []
