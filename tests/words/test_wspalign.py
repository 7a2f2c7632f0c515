import numpy as np
import pytest
import torch
from transformers import XLMRobertaConfig, XLMRobertaForQuestionAnswering, XLMRobertaModel

from interlingua.errors import AlignmentError
from interlingua.types import Aligner
from interlingua.words.span_student import load_span_model
from interlingua.words.wspalign import SpanAligner, span_scores
from words.oracle import Oracle, word_tokenizer, words_of

ENGLISH = [f"e{i}" for i in range(90)]
GERMAN = [f"d{i}" for i in range(90)]
SAME = {a: (b, b) for a, b in zip(ENGLISH + GERMAN, GERMAN + ENGLISH, strict=True)}


def oracle(answers=SAME, **settings):
    tokenizer = word_tokenizer(ENGLISH + GERMAN)
    return SpanAligner(Oracle(answers, tokenizer), tokenizer=tokenizer, **settings)


def test_golden_values():
    forward, backward = np.array([[0.9, 0.9], [0.0, 0.95]]), np.array([[0.8, 0.0], [0.0, 0.6]])
    assert np.allclose(span_scores(forward, backward), [[1.25, 0.45], [0, 1.55]])
    assert np.allclose(span_scores(forward, backward, rule="average"), [[0.85, 0.45], [0, 0.775]])
    assert np.argwhere(span_scores(forward, backward) > 0.9).tolist() == [[0, 0], [1, 1]]
    assert np.argwhere(span_scores(forward, backward, rule="average") > 0.4).tolist() == [[0, 0], [0, 1], [1, 1]]


def test_the_sum_takes_proposals_from_the_source_alone_unless_symmetric():
    forward, backward = np.zeros((2, 3)), np.zeros((3, 2))
    forward[0, :2] = 0.8
    backward[2, 1], backward[0, 0] = 0.95, 0.5
    expected = np.array([[0.4 + 0.5, 0.4, 0], [0, 0, 0]])
    assert np.allclose(span_scores(forward, backward), expected)
    expected[1, 2] = 0.95
    assert np.allclose(span_scores(forward, backward, symmetric=True), expected)
    assert np.allclose(span_scores(backward, forward, symmetric=True), expected.T)
    assert not np.allclose(span_scores(backward, forward), span_scores(forward, backward).T)
    assert np.allclose(span_scores(backward, forward, rule="average"), span_scores(forward, backward, rule="average").T)


def test_scores_are_those_of_a_naive_loop():
    rng = np.random.default_rng(0)
    forward, backward = (rng.random(shape) * (rng.random(shape) < 0.4) for shape in ((5, 7), (7, 5)))
    found = span_scores(forward, backward)
    for i in range(5):
        for j in range(7):
            expected = 0.0
            if forward[i, j] > 0:
                expected = forward[i, j] / sum(x > 0 for x in forward[i])
                if backward[j, i] > 0:
                    expected += backward[j, i] / sum(x > 0 for x in backward[j])
            assert found[i, j] == pytest.approx(expected)


@pytest.mark.parametrize("rule", ["sum", "average"])
def test_an_oracle_links_what_its_dictionary_says(rule):
    aligner: Aligner = oracle(rule=rule)
    pairs = [words_of("e1 e2 e3", "d3 d1 d2"), words_of("e5", "d4 d5"), words_of("", "d1"), words_of("e1", "")]
    links = list(aligner.align(iter(pairs)))
    assert [one.pairs.tolist() for one in links] == [[[0, 1], [1, 2], [2, 0]], [[0, 1]], [], []]
    top = 1.0 if rule == "average" else 2.0
    assert all(0.97 * top < score <= top for score in links[0].scores)
    for pair, one in zip(pairs, links, strict=True):
        assert np.array_equal(one.source, pair.source_words)
        assert np.array_equal(one.target, pair.target_words)


def test_spans_of_several_words_and_words_without_an_answer():
    aligner = oracle({"e1": ("d1", "d3"), "d2": ("e1", "e1"), "e2": ("d9", "d9")}, rule="average", threshold=0.3)
    answers, back = aligner.answers([words_of("e1 e2", "d0 d1 d2 d3"), words_of("d0 d1 d2 d3", "e1 e2")])
    assert (answers[0] > 0.9).tolist() == [False, True, True, True]
    assert answers[1].tolist() == [0, 0, 0, 0]
    assert (back > 0.9).tolist() == [[False, False], [False, False], [True, False], [False, False]]
    (links,) = aligner.align([words_of("e1 e2", "d0 d1 d2 d3")])
    assert links.pairs.tolist() == [[0, 1], [0, 2], [0, 3]]


def test_a_word_must_lie_wholly_inside_the_span():
    pair = words_of("e1", "d1 d2 d3")
    wide = type(pair)(pair.source, pair.target, pair.source_words, [(0, 5), (6, 8)])
    (answers,) = oracle({"e1": ("d1", "d1")}).answers([wide])
    assert answers.tolist() == [[0, 0]]


def test_answers_longer_than_allowed_are_not_found():
    (answers,) = oracle({"e1": ("d1", "d3")}, max_answer=2).answers([words_of("e1", "d1 d2 d3")])
    assert answers[0, 2] == 0 or answers[0, 0] == 0


def test_striding_changes_nothing_where_the_context_fits():
    pairs = [words_of(" ".join(ENGLISH[:9]), " ".join(GERMAN[8::-1])), words_of("e1 e2", "d2")]
    whole = oracle(max_length=384, stride=64).answers(pairs)
    narrow = oracle(max_length=40, stride=3, batch_size=2).answers(pairs)
    for a, b in zip(whole, narrow, strict=True):
        assert np.array_equal(a, b)


def test_long_contexts_are_read_in_windows_and_long_questions_are_shortened():
    pairs = [words_of(" ".join(ENGLISH), " ".join(GERMAN[::-1])), words_of("e1 e80", " ".join(GERMAN))]
    whole, strided = (oracle(max_length=size, stride=5) for size in (384, 60))
    links = list(strided.align(pairs))
    assert [one.pairs.tolist() for one in links] == [one.pairs.tolist() for one in whole.align(pairs)]
    assert links[0].pairs.tolist() == [[i, 89 - i] for i in range(90)]
    assert max(length for _, length in strided.model.batches) <= 60


def test_batches_hold_what_they_should_and_do_not_matter():
    pairs = [words_of(" ".join(ENGLISH[: 2 + i]), " ".join(GERMAN[: 5 - i])) for i in range(4)]
    small, large = oracle(batch_size=2), oracle(batch_size=100)
    for a, b in zip(small.answers(pairs), large.answers(pairs), strict=True):
        assert np.allclose(a, b, atol=1e-12)
    assert max(size for size, _ in small.model.batches) == 2
    lengths = [length for _, length in small.model.batches]
    assert lengths == sorted(lengths)


def test_the_model_keeps_its_mode():
    aligner = oracle()
    for training in (True, False):
        aligner.model.train(training)
        list(aligner.align([words_of("e1", "d1")]))
        assert aligner.model.training is training


def test_the_fingerprint_follows_weights_and_settings():
    prints = {
        oracle(**settings).fingerprint for settings in ({}, {"rule": "average"}, {"threshold": 0.5}, {"stride": 3})
    }
    other = oracle()
    with torch.no_grad():
        other.model.height += 1
    assert len(prints | {other.fingerprint}) == 5
    assert oracle().fingerprint in prints


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"rule": "max"}, "rule is 'max'"), ({"batch_size": 0}, "batch_size is 0"), ({"max_answer": 0}, "max_answer 0")],
)
def test_settings_that_make_no_sense_are_refused(settings, message):
    with pytest.raises(AlignmentError, match=message):
        oracle(**settings)


def test_a_model_needs_its_tokenizer():
    with pytest.raises(AlignmentError, match="pass `tokenizer`"):
        SpanAligner(Oracle({}, word_tokenizer(["a"])))


def tiny_config(tokenizer):
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    return XLMRobertaConfig(vocab_size=len(tokenizer), pad_token_id=1, max_position_embeddings=80, **sizes)


def test_a_saved_model_is_loaded(tmp_path):
    tokenizer = word_tokenizer(ENGLISH + GERMAN, max_length=64)
    model = XLMRobertaForQuestionAnswering(tiny_config(tokenizer)).eval()
    model.save_pretrained(tmp_path / "qa")
    tokenizer.save_pretrained(tmp_path / "qa")
    loaded, _ = load_span_model(tmp_path / "qa")
    for (name, a), (_, b) in zip(model.state_dict().items(), loaded.state_dict().items(), strict=True):
        assert torch.equal(a, b), name
    settings = {"rule": "average", "threshold": 0.0, "stride": 8}
    given = SpanAligner(model, tokenizer=tokenizer, **settings)
    opened = SpanAligner(str(tmp_path / "qa"), **settings)
    pair = words_of("e1 e2 e3", "d1 d2")
    (one,), (other,) = given.align([pair]), opened.align([pair])
    assert np.array_equal(one.pairs, other.pairs)
    assert np.allclose(one.scores, other.scores)
    assert given.fingerprint == opened.fingerprint


def test_a_model_without_a_head_is_refused(tmp_path):
    tokenizer = word_tokenizer(ENGLISH)
    XLMRobertaModel(tiny_config(tokenizer)).save_pretrained(tmp_path / "plain")
    tokenizer.save_pretrained(tmp_path / "plain")
    with pytest.raises(AlignmentError, match=r"no question-answering head \(qa_outputs\.bias"):
        SpanAligner(tmp_path / "plain")


def test_a_folder_that_holds_no_model_is_refused(tmp_path):
    with pytest.raises(AlignmentError, match="does not load"):
        SpanAligner(tmp_path)
