import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from evaluation.encoders import TableEncoder
from evaluation.samples import check_samples
from interlingua.encoder import SentenceEncoder
from interlingua.errors import EvaluationError
from interlingua.evaluation import WordAlignment, evaluate, link_scores, mean_score, score_aligner
from interlingua.evaluation.words import sentence_units
from interlingua.types import Links, Task, WordPair
from interlingua.words import AlignedPairs, DiagonalAligner, WordAligner, split_spans
from toy import toy_rows, toy_static


def words_of(source, target):
    return WordPair(source, target, split_spans(source), split_spans(target))


def toy_gold(languages=("eng_Latn", "deu_Latn"), *, rows=12, seed=1, name="invented/dev"):
    """Word k translates word k; every third link is possible only."""
    pairs, links = [], []
    for row in toy_rows(rows, seed=seed).table.to_pylist():
        pair = words_of(row[languages[0]], row[languages[1]])
        pairs.append(pair)
        same = [(k, k) for k in range(len(pair.source_words))]
        links.append(Links(pair.source_words, pair.target_words, same, sure=[k % 3 > 0 for k, _ in same]))
    return AlignedPairs(pairs=pairs, links=links, languages=languages, name=name)


@dataclass
class Told:
    """Gives the links that it was told, and keeps what it was asked."""

    links: list
    name: str = "told|twice"
    fingerprint: str = "f"
    asked: list = field(default_factory=list)

    def align(self, pairs):
        for pair in pairs:
            self.asked.append(pair)
            yield self.links[len(self.asked) - 1]


@pytest.fixture(scope="module")
def encoder():
    return SentenceEncoder(toy_static(vocabulary=400, dimension=32))


def by_metric(scores):
    return {(score.metric, score.languages): score for score in scores}


def test_an_encoder_is_scored_by_the_links_of_its_states(encoder):
    gold = toy_gold()
    task: Task = WordAlignment(gold, unit="word")
    scores = list(task.run(encoder))
    assert [score.metric for score in scores] == ["precision", "recall", "aer", "f1"]
    expected = link_scores(list(WordAligner(encoder.model, unit="word").align(gold.pairs)), gold.links)
    for score in scores:
        wanted = getattr(expected, score.metric)
        assert (score.value, score.low, score.high, score.n) == (wanted.value, wanted.low, wanted.high, 12)
        assert score.higher_is_better == (score.metric != "aer")
        assert (score.task, score.languages) == ("words:invented/dev", ("eng_Latn", "deu_Latn"))
        assert "split:dev|aligner:encoder:argmax,layer=0,word|segmentation:gold" in score.signature


def test_an_aligner_is_scored_as_it_is():
    gold = toy_gold()
    for scores in (WordAlignment(gold).run(DiagonalAligner()), score_aligner(DiagonalAligner(), gold)):
        assert by_metric(scores)["f1", gold.languages].value == 1.0


def test_several_language_pairs_have_means_and_f1_comes_last(encoder):
    sets = [toy_gold(), toy_gold(("eng_Latn", "tel_Telu"), rows=5, seed=2)]
    scores = evaluate(encoder, [WordAlignment(sets)])
    assert [score.metric for score in scores[-4:]] == ["macro_precision", "macro_recall", "macro_aer", "macro_f1"]
    for metric in ("precision", "recall", "aer", "f1"):
        single = [score.value for score in scores if score.metric == metric]
        macro = next(score for score in scores if score.metric == f"macro_{metric}")
        assert macro.value == pytest.approx(np.mean(single))
        assert macro.low <= macro.value <= macro.high
        assert macro.languages == ("eng_Latn", "deu_Latn", "tel_Telu")
    assert mean_score([scores[-1], scores[3]]).value > 0


def test_an_undefined_member_leaves_the_mean_undefined():
    sets = [toy_gold(), toy_gold(("eng_Latn", "tel_Telu"), rows=3)]
    none = [Links(pair.source_words, pair.target_words, []) for pair in sets[0].pairs]
    scores = by_metric(score_aligner(Told([*none, *sets[1].links]), sets))
    spoken = ("eng_Latn", "deu_Latn", "tel_Telu")
    assert math.isnan(scores["precision", sets[0].languages].value)
    assert scores["macro_precision", spoken].note == "undefined, 1 of 2 present"
    assert scores["macro_aer", spoken].value == pytest.approx(0.5)


def test_sentences_that_language_pairs_share_are_one_unit():
    one, two = toy_gold(), toy_gold(("eng_Latn", "tel_Telu"))
    first, second, third = sentence_units([one, two, two.swapped()])
    assert np.array_equal(first, second)
    assert np.array_equal(first, third)
    other = toy_gold(seed=9)
    assert not set(sentence_units([one, other])[0]) & set(sentence_units([one, other])[1])


def test_the_signature_follows_gold_and_aligner():
    gold = toy_gold()
    signatures = {
        next(iter(score_aligner(aligner, data))).signature
        for aligner, data in (
            (DiagonalAligner(), gold),
            (DiagonalAligner(), toy_gold(seed=5)),
            (Told(list(gold.links)), gold),
            (Told(list(gold.links), fingerprint="g"), gold),
        )
    }
    assert len(signatures) == 4
    assert sum("aligner:told/twice" in signature for signature in signatures) == 2


def test_encoders_without_word_states_are_refused():
    with pytest.raises(EvaluationError, match=r"but table \(TableEncoder\) makes vectors of whole texts only"):
        list(WordAlignment(toy_gold()).run(TableEncoder({})))


def test_links_of_other_words_and_missing_answers_are_refused():
    gold = toy_gold(rows=2)
    other = Links([(0, 1)], [(0, 1)], [(0, 0)])
    with pytest.raises(EvaluationError, match=r"told\|twice on invented/dev, eng_Latn-deu_Latn: pair 0"):
        list(score_aligner(Told([other, other]), gold))

    class Short(DiagonalAligner):
        def align(self, pairs):
            yield from list(super().align(pairs))[:1]

    with pytest.raises(EvaluationError, match="links for 1 sentence pairs and gold links for 2"):
        list(score_aligner(Short(), gold))


@pytest.mark.parametrize("gold", [[], AlignedPairs(pairs=[], links=[], languages=("eng_Latn", "deu_Latn"), name="n")])
def test_no_gold_is_refused(gold):
    with pytest.raises(EvaluationError, match="no sentence pairs with links"):
        WordAlignment(gold)


def test_samples_are_ratios_and_f1_has_none_where_links_are_possible_only(encoder):
    possible = [toy_gold(), toy_gold(("eng_Latn", "tel_Telu"), rows=5, seed=2)]
    scores = evaluate(encoder, [WordAlignment(possible)])
    assert check_samples(scores, without=("f1", "macro_f1")) == 9
    assert not any(score.samples for score in scores if score.metric.endswith("f1"))
    sure = [
        replace(one, links=[Links(x.source, x.target, x.pairs) for x in one.links], name=f"sure{i}/dev")
        for i, one in enumerate(possible)
    ]
    scores = evaluate(encoder, [WordAlignment(sure)])
    assert check_samples(scores) == 12
    assert len(scores[-1].samples) == 2
