import math
from dataclasses import replace

import numpy as np
import pytest

from evaluation.encoders import TableEncoder
from interlingua import __version__
from interlingua.errors import EvaluationError
from interlingua.evaluation import evaluate, headline_scores, mean_score, score_signature
from interlingua.types import Score

SCORE = Score(task="a", metric="accuracy", languages=("eng_Latn", "deu_Latn"), value=0.5, n=10, low=0.2, high=0.8)


class Fixed:
    def __init__(self, *scores):
        self.scores = scores
        self.name = scores[0].task

    def run(self, encoder):
        yield from self.scores


def test_evaluate_asks_every_task_in_order():
    other = replace(SCORE, task="b")
    assert evaluate(TableEncoder({}), [Fixed(other), Fixed(SCORE)]) == [other, SCORE]


def test_evaluate_refuses_nothing_and_twins():
    with pytest.raises(EvaluationError, match="no task"):
        evaluate(TableEncoder({}), [])
    with pytest.raises(EvaluationError, match="two tasks are called 'a'"):
        evaluate(TableEncoder({}), [Fixed(SCORE), Fixed(SCORE)])


def test_mean_score_weighs_equally_and_keeps_what_is_common():
    mean = mean_score([SCORE, replace(SCORE, value=1.0, n=90, languages=("eng_Latn", "tel_Telu"))], task="dev")
    assert (mean.task, mean.metric, mean.value, mean.n) == ("dev", "accuracy", 0.75, 100)
    assert mean.languages == ("eng_Latn", "deu_Latn", "tel_Telu")
    assert math.isnan(mean.low)
    assert mean_score([SCORE, replace(SCORE, metric="spearman")]).metric == "mean"


def test_mean_score_with_a_missing_member_is_undefined():
    mean = mean_score([SCORE, replace(SCORE, value=np.nan), SCORE])
    assert math.isnan(mean.value)
    assert mean.note == "undefined, 2 of 3 present"


def test_mean_score_refuses_nothing_and_mixtures():
    with pytest.raises(EvaluationError, match="no scores"):
        mean_score([])
    with pytest.raises(EvaluationError, match="better when higher"):
        mean_score([SCORE, replace(SCORE, higher_is_better=False)])


def test_headline_is_the_last_score_of_each_task():
    macro, other = replace(SCORE, metric="macro_accuracy"), replace(SCORE, task="b")
    assert headline_scores([SCORE, macro, other]) == [macro, other]


def test_signature():
    signature = score_signature(TableEncoder({}), data="f" * 32, split=None, match="text")
    assert signature == f"data:{'f' * 12}|split:all|match:text|encoder:0123456789ab|version:{__version__}"
