import numpy as np
import pytest

from interlingua.evaluation import evaluate
from interlingua.evaluation.remembering import RememberingEncoder, inner_encoder


class Counting:
    name, fingerprint = "counting", "f"

    def __init__(self):
        self.asked = []

    def encode(self, texts, *, language=None):
        self.asked.extend((language, text) for text in texts)
        return np.array([[len(text), language == "x"] for text in texts], dtype=np.float32).reshape(len(texts), 2)


class Asking:
    def __init__(self, name, texts, language):
        self.name, self.texts, self.language = name, texts, language

    def run(self, encoder):
        encoder.encode(self.texts, language=self.language)
        yield from ()


def test_tasks_share_vectors_but_languages_do_not():
    encoder = Counting()
    evaluate(encoder, [Asking("1", ["a", "b"], "x"), Asking("2", ["b", "c"], "x"), Asking("3", ["a"], "y")])
    assert encoder.asked == [("x", "a"), ("x", "b"), ("x", "c"), ("y", "a")]


@pytest.mark.parametrize("most", [0, 8, 16, 1 << 20])
def test_vectors_are_those_of_the_encoder_whatever_fits(most):
    encoder = RememberingEncoder(Counting(), most=most)
    for texts in (["a", "bb"], ["bb", "ccc", "bb"], ["a"], []):
        assert np.array_equal(encoder.encode(texts, language="x"), Counting().encode(texts, language="x"))


def test_a_wrong_answer_is_handed_on():
    class Wrong(Counting):
        def encode(self, texts, *, language=None):
            return np.zeros((len(texts) + 1, 2))

    assert RememberingEncoder(Wrong()).encode(["a"]).shape == (2, 2)


def test_the_encoder_itself_can_be_had():
    encoder = Counting()
    assert inner_encoder(RememberingEncoder(encoder)) is encoder
    assert inner_encoder(encoder) is encoder
