import numpy as np
import pytest

from interlingua.encoder.subwords import token_ranges
from interlingua.sbert import token_ids
from interlingua.types import Links
from interlingua.words.gold import AlignedPairs
from interlingua.words.lexicon import form_vectors, lexicon
from toy import toy_static, toy_transformer
from words.oracle import words_of


def aligned(*rows):
    pairs = [words_of(source, target) for source, target, _ in rows]
    links = [Links(pair.source_words, pair.target_words, link) for pair, (_, _, link) in zip(pairs, rows, strict=True)]
    return AlignedPairs(pairs=pairs, links=links, languages=("eng_Latn", "deu_Latn"), name="invented")


def pairs_of(found, side):
    forms = (found.source, found.target) if side == "forward" else (found.target, found.source)
    return {(forms[0][i], forms[1][j]) for i, j in getattr(found, side)}


def test_the_most_frequent_partner_is_the_translation():
    found = lexicon(
        aligned(
            ("bank river", "Bank Fluss", [(0, 0), (1, 1)]),
            ("bank river", "Bank Fluss", [(0, 0), (1, 1)]),
            ("bank stream", "Ufer Fluss", [(0, 0), (1, 1)]),
            ("stream", "Strom", [(0, 0)]),
        )
    )
    assert pairs_of(found, "forward") == {("bank", "Bank"), ("river", "Fluss")}
    assert pairs_of(found, "backward") == {("Bank", "bank"), ("Fluss", "river")}
    assert found.target == ["Bank", "Fluss", "Ufer", "Strom"]


def test_equally_frequent_partners_are_all_right_and_rare_ones_are_not():
    rows = [("a", "x", [(0, 0)]), ("a", "y", [(0, 0)])]
    assert pairs_of(lexicon(aligned(*rows, *rows)), "forward") == {("a", "x"), ("a", "y")}
    assert pairs_of(lexicon(aligned(*rows)), "forward") == set()
    assert pairs_of(lexicon(aligned(*rows), min_count=1), "forward") == {("a", "x"), ("a", "y")}


def test_forms_without_a_letter_are_left_out():
    found = lexicon(aligned(*[("a , 7", "x , 7", [(0, 0), (1, 1), (2, 2)])] * 3))
    assert (found.source, found.target) == (["a"], ["x"])


@pytest.mark.parametrize("make", [toy_static, toy_transformer])
def test_vectors_are_means_of_the_input_table(make):
    model = make()
    words = ["abc", "delta", "\u200b"]
    vectors, known = form_vectors(model, words)
    first = model[0]
    table = (first.embedding if make is toy_static else first.auto_model.get_input_embeddings()).weight
    for word, vector, some in zip(words, vectors, known, strict=True):
        (ids,) = token_ids(model, [word])
        ((begin, end),) = token_ranges(model, [word], [np.array([(0, len(word))])])[0]
        assert some == (end > begin)
        expected = table[ids[begin:end].tolist()].detach().double().mean(dim=0) if some else np.zeros(16)
        assert np.allclose(vector, expected, atol=1e-6)
    assert known[:2].all()
