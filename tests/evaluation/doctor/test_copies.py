from interlingua.corpus import Corpus
from interlingua.evaluation.doctor.copies import Seen, hashed_columns, pair_hashes, repeated
from interlingua.types import Row


def corpus(*rows):
    return Corpus.from_rows([Row(dict(zip(("eng", "deu", "tel"), row, strict=False))) for row in rows])


def test_a_pair_repeats_if_both_sides_do():
    columns = hashed_columns(corpus(("a", "b"), ("a", "c"), ("A!", "B"), ("x", "b")))
    pairs = pair_hashes(columns["eng_Latn"], columns["deu_Latn"])
    assert repeated(pairs).tolist() == [False, False, True, False]
    assert repeated(columns["eng_Latn"]).tolist() == [False, True, True, False]


def test_sides_are_not_mixed_up():
    columns = hashed_columns(corpus(("a", "b"), ("b", "a")))
    pairs = pair_hashes(columns["eng_Latn"], columns["deu_Latn"])
    assert not repeated(pairs).any()


def test_what_was_trained_on_is_told_by_both_sides_and_by_one():
    data = hashed_columns(corpus(("a", "b", "t"), ("c", "d", "u"), ("e", "f", "v")))
    train = [corpus(("A", "B."), ("c", "other")), Corpus.from_rows([Row({"tel": "v", "eng": "e"})])]
    seen = Seen(train, pairs=[("eng_Latn", "deu_Latn"), ("eng_Latn", "tel_Telu"), ("deu_Latn", "tel_Telu")])
    assert {pair: hits.tolist() for pair, hits in seen.pairs(data)} == {
        ("eng_Latn", "deu_Latn"): [True, False, False],
        ("eng_Latn", "tel_Telu"): [False, False, True],
    }
    assert {language: hits.tolist() for language, hits in seen.texts(data)} == {
        "eng_Latn": [True, True, True],
        "deu_Latn": [True, False, False],
        "tel_Telu": [False, False, True],
    }
