import random

import numpy as np
import pytest

from interlingua.errors import AlignmentError, EncoderError
from interlingua.types import Aligner, WordPair
from interlingua.words.aligner import DiagonalAligner, WordAligner, align, load_word_encoder
from interlingua.words.linking import WordStates, link_states
from interlingua.words.matching import IterMax, MutualArgmax, SoftmaxThreshold, matcher
from interlingua.words.segment import split_spans, word_pair
from interlingua.words.states import WordEncoder
from toy import toy_rows, toy_static, toy_transformer

KINDS = ["argmax", "itermax", "max-weight", "softmax", "forward", "reverse"]


def shuffled_pairs(count=20, *, seed=0):
    """Toy sentences whose target words are in another order, with the true links."""
    draw = random.Random(seed)
    pairs, truth = [], []
    for row in toy_rows(count, seed=1).table.to_pylist():
        words = row["deu_Latn"].split()
        order = draw.sample(range(len(words)), len(words))
        source, target = row["eng_Latn"], " ".join(words[k] for k in order)
        pairs.append(WordPair(source, target, split_spans(source), split_spans(target)))
        truth.append({(k, j) for j, k in enumerate(order)})
    return pairs, truth


PAIRS, TRUTH = shuffled_pairs()


@pytest.fixture(scope="module")
def static():
    return toy_static(vocabulary=400, dimension=32)


@pytest.fixture(scope="module")
def transformer():
    return toy_transformer(max_length=64)


def as_sets(found):
    return [set(map(tuple, links.pairs.tolist())) for links in found]


def naive_links(model, pair, rule, unit):
    """Every two subwords by themselves, words joined by hand."""
    encoder = WordEncoder(model)
    sides = [
        encoder.encode([text], [words], unit=unit).of(0)
        for text, words in ((pair.source, pair.source_words), (pair.target, pair.target_words))
    ]
    similarities = np.array([[float(a @ b) for b in sides[1][0]] for a in sides[0][0]]).reshape(
        len(sides[0][0]), len(sides[1][0])
    )
    if rule.similarity == "cosine":
        lengths = [np.linalg.norm(vectors, axis=1) for vectors, _ in sides]
        similarities = similarities / lengths[0][:, None] / lengths[1]
    best = {}
    for (s, t), score in zip(*(one.tolist() for one in rule(similarities.astype(np.float32))), strict=True):
        for i, (begin, end) in enumerate(sides[0][1]):
            for j, (first, last) in enumerate(sides[1][1]):
                if begin <= s < end and first <= t < last:
                    best[i, j] = max(best.get((i, j), -9), score)
    return best


@pytest.mark.parametrize("unit", ["word", "subword"])
@pytest.mark.parametrize("kind", KINDS)
def test_links_are_the_naive_ones(transformer, kind, unit):
    aligner: Aligner = WordAligner(transformer, match=kind, unit=unit)
    for pair, links in zip(PAIRS, aligner.align(PAIRS), strict=True):
        wanted = naive_links(transformer, pair, matcher(kind), unit)
        assert {
            tuple(link): score for link, score in zip(links.pairs.tolist(), links.scores.tolist(), strict=True)
        } == (pytest.approx(wanted, abs=1e-4))
        np.testing.assert_array_equal(links.source, pair.source_words)
        np.testing.assert_array_equal(links.target, pair.target_words)


@pytest.mark.parametrize("kind", KINDS)
def test_true_links_are_found_and_the_diagonal_is_beaten(static, kind):
    rule = SoftmaxThreshold(threshold=0.3, temperature=0.01) if kind == "softmax" else kind
    found, diagonal = as_sets(WordAligner(static, match=rule).align(PAIRS)), as_sets(DiagonalAligner().align(PAIRS))
    right, chance = (
        sum(len(links & true) for links, true in zip(some, TRUTH, strict=True)) / sum(map(len, TRUTH))
        for some in (found, diagonal)
    )
    assert right > max(0.8, 2 * chance)


def test_chunks_and_batches_change_nothing(transformer):
    wanted = as_sets(WordAligner(transformer).align(PAIRS))
    for settings in ({"chunk": 1}, {"chunk": 7, "batch_size": 3}, {"chunk": 20}):
        assert as_sets(WordAligner(transformer, **settings).align(iter(PAIRS))) == wanted


def test_pairs_are_taken_as_they_are_needed(static):
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield PAIRS[taken % len(PAIRS)]

    links = WordAligner(static, chunk=4).align(endless())
    for _ in range(5):
        next(links)
    assert taken == 8


def test_an_empty_side_has_no_links_and_keeps_its_place(static):
    pairs = [word_pair("", ""), PAIRS[0], word_pair("aa", " "), word_pair("", "bb"), PAIRS[1]]
    found = as_sets(WordAligner(static).align(pairs))
    assert [bool(links) for links in found] == [False, True, False, False, True]
    assert as_sets(WordAligner(static).align([])) == []
    assert as_sets(WordAligner(static).align(pairs[:1])) == [set()]
    assert as_sets(DiagonalAligner().align(pairs))[0:4:2] == [set(), set()]


def test_words_that_were_cut_off_are_never_linked():
    model = toy_transformer(max_length=8)
    text = " ".join(pair.source for pair in PAIRS[:3])
    pair = WordPair(text, PAIRS[0].target, split_spans(text), PAIRS[0].target_words)
    for kind in ("forward", "reverse", "max-weight"):
        [links] = WordAligner(model, match=kind).align([pair])
        assert len(links) > 0
        assert links.pairs[:, 0].max() < 6


def test_words_that_share_a_subword_are_both_linked():
    states = WordStates(
        np.eye(3, dtype=np.float32), np.array([0, 3]), np.array([(0, 1), (0, 2), (0, 0), (1, 3)]), np.array([0, 4])
    )
    other = WordStates(np.eye(3, dtype=np.float32)[::-1], states.starts, np.array([(0, 2), (1, 3)]), np.array([0, 2]))
    [(pairs, scores)] = link_states(states, other, MutualArgmax())
    # vectors 0-2, 1-1, 2-0 are linked; vector 0 is of words 0 and 1, 1 of words 1 and 3 / of words 0 and 1
    assert pairs.tolist() == [[0, 1], [1, 0], [1, 1], [3, 0], [3, 1]]
    assert scores.tolist() == [1] * 5


def test_a_zero_vector_is_like_nothing_else(static):
    zero = WordStates(np.zeros((2, 3), np.float32), np.array([0, 2]), np.array([(0, 1), (1, 2)]), np.array([0, 2]))
    [(pairs, scores)] = link_states(zero, zero, MutualArgmax())
    assert (pairs.tolist(), scores.tolist()) == ([[0, 0]], [0])
    with pytest.raises(AlignmentError, match="1 source and 0 target"):
        link_states(zero, WordStates(np.zeros((0, 3)), np.array([0]), np.zeros((0, 2)), np.array([0])), MutualArgmax())


def test_diagonal():
    for m in range(6):
        for n in range(6):
            [links] = DiagonalAligner().align([word_pair("a " * m, "b " * n)])
            wanted = [[i, round(i * (n - 1) / (m - 1)) if m > 1 else 0] for i in range(m)] if n else []
            assert links.pairs.tolist() == wanted


def test_names_and_fingerprints(static, transformer):
    aligners = [
        WordAligner(transformer),
        WordAligner(transformer, layer=1),
        WordAligner(transformer, match=IterMax(alpha=0.8)),
        WordAligner(transformer, match="itermax"),
        WordAligner(transformer, unit="word"),
        WordAligner(transformer, prefix="query: "),
        WordAligner(static),
    ]
    assert len({aligner.fingerprint for aligner in aligners}) == len(aligners)
    assert WordAligner(transformer, layer=2, chunk=3).fingerprint == aligners[0].fingerprint
    assert aligners[2].name == "encoder:itermax(alpha=0.8),layer=2,subword"
    assert WordAligner(static, name="mine").name == "mine"


def test_sentences_are_cut_and_counted(static):
    texts = [pair.source for pair in PAIRS], [pair.target for pair in PAIRS]
    aligner = WordAligner(static)
    assert as_sets(align(*texts, aligner)) == as_sets(aligner.align(PAIRS))
    with pytest.raises(AlignmentError, match="20 source and 19 target sentences"):
        align(texts[0], texts[1][1:], aligner)
    [links] = align(["l'homme"], ["l'homme"], DiagonalAligner(), languages=("fra_Latn", "eng_Latn"))
    assert (len(links.source), len(links.target)) == (2, 1)


def test_bad_settings_are_refused(static):
    with pytest.raises(AlignmentError, match="no unit 'piece'"):
        WordAligner(static, unit="piece")
    with pytest.raises(AlignmentError, match="no matcher 'best'"):
        WordAligner(static, match="best")
    with pytest.raises(AlignmentError, match="chunk=0"):
        WordAligner(static, chunk=0)
    with pytest.raises(EncoderError, match="no layer 4"):
        WordAligner(static, layer=4)


def test_encoders_load_with_and_without_pooling(tmp_path, transformer):
    transformer.save(str(tmp_path / "whole"))
    transformer[0].auto_model.save_pretrained(tmp_path / "plain")
    transformer[0].tokenizer.save_pretrained(tmp_path / "plain")
    wanted = as_sets(WordAligner(transformer).align(PAIRS))
    for folder in ("whole", "plain"):
        model = load_word_encoder(tmp_path / folder, device="cpu")
        assert as_sets(WordAligner(model).align(PAIRS)) == wanted
    with pytest.raises(EncoderError, match="no such folder"):
        load_word_encoder(tmp_path / "nothing")
