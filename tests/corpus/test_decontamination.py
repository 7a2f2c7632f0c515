"""Training rows that have a text of a test set: planted, found, left out; beside the naive way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.corpus import Corpus
from interlingua.corpus.decontamination import SHORT, find_overlap
from interlingua.corpus.evaluation_texts import EvaluationSet, EvaluationTexts
from interlingua.corpus.letters import letters_of
from interlingua.types import Row


def sets_of(**sets):
    """Sets by name, each a list of (language, text)."""
    return EvaluationTexts(
        tuple(EvaluationSet.of(name, [(a, [text]) for a, text in texts]) for name, texts in sets.items())
    )


def corpus(*rows):
    return Corpus.from_rows([Row(texts, {"_id": f"r{number}"}) for number, texts in enumerate(rows)])


NEWS = sets_of(news=[("eng_Latn", "The river rose by two metres."), ("tel_Telu", "నది రెండు మీటర్లు పెరిగింది.")])


@pytest.mark.parametrize(
    ("texts", "dropped"),
    [
        ({"eng_Latn": "The river rose by two metres.", "deu_Latn": "Der Fluss stieg."}, True),
        ({"eng_Latn": "the RIVER  rose, by two metres", "deu_Latn": "Der Fluss stieg."}, True),
        ({"eng_Latn": "“Ｔhe river rose by two metres!”", "deu_Latn": "Der Fluss stieg."}, True),
        ({"eng_Latn": "Water levels were high.", "tel_Telu": "నది రెండు మీటర్లు పెరిగింది"}, True),
        ({"deu_Latn": "The river rose by two metres.", "fra_Latn": "La rivière monta."}, False),
        ({"eng_Latn": "The river rose by three metres.", "deu_Latn": "Der Fluss stieg."}, False),
        ({"eng_Latn": "The river rose by two metres. It fell again.", "deu_Latn": "Der Fluss stieg."}, False),
    ],
)
def test_a_row_goes_if_one_of_its_texts_is_a_test_text_of_its_language(texts, dropped):
    rows = corpus(texts, {"eng_Latn": "Something else.", "deu_Latn": "Etwas anderes."})
    overlap = find_overlap(rows, NEWS)
    assert (overlap.rows, overlap.dropped, overlap.by_set) == (2, int(dropped), {"news": int(dropped)})
    assert overlap.without(rows).ids() == (["r1"] if dropped else ["r0", "r1"])


def test_short_texts_go_only_in_company():
    tests = sets_of(talk=[("eng_Latn", "Thank you."), ("deu_Latn", "Danke."), ("deu_Latn", "Bitte.")])
    rows = corpus(
        {"eng_Latn": "Thank you!", "deu_Latn": "Ich danke Ihnen."},
        {"eng_Latn": "Thank you!", "deu_Latn": "Danke"},
        {"eng_Latn": "Thank you!", "deu_Latn": "Bitte", "fra_Latn": "Merci."},
    )
    overlap = find_overlap(rows, tests)
    assert overlap.without(rows).ids() == ["r0"]
    assert overlap.cells == {"talk": {"eng_Latn": 2, "deu_Latn": 2}}


def test_a_chinese_character_counts_twice():
    tests = sets_of(talk=[("cmn_Hans", "一个人在骑马。"), ("cmn_Hans", "他来了。")])
    rows = corpus({"cmn_Hans": "一个人在骑马", "eng_Latn": "A"}, {"cmn_Hans": "他来了", "eng_Latn": "B"})
    assert find_overlap(rows, tests).without(rows).ids() == ["r1"]


def test_counts_by_set_and_what_is_missing():
    tests = EvaluationTexts(
        sets_of(
            one=[("eng_Latn", "A sentence of the first set.")],
            two=[("eng_Latn", "A sentence of the first set."), ("deu_Latn", "Ein Satz der zweiten Menge.")],
            none=[("fra_Latn", "Une phrase que personne ne connaît.")],
        ).sets,
        ("away",),
    )
    rows = corpus(
        {"eng_Latn": "A sentence of the first set.", "deu_Latn": "Ein Satz der zweiten Menge."},
        {"eng_Latn": "Free of all.", "deu_Latn": "Ein Satz der zweiten Menge!"},
        {"eng_Latn": "Free of all.", "deu_Latn": "Frei von allem."},
    )
    overlap = find_overlap(rows, tests)
    assert overlap.as_dict() == {
        "rows": 3,
        "dropped": 2,
        "by_set": {"one": 1, "two": 2, "none": 0},
        "cells": {"one": {"eng_Latn": 1}, "two": {"eng_Latn": 1, "deu_Latn": 2}},
        "sample": {"one": ["r0"], "two": ["r0", "r1"]},
        "missing": ["away"],
    }
    assert str(overlap) == "2 rows of 3 overlap with evaluation sets (one 1, two 2); not checked: away"


def test_a_view_without_them_is_another_corpus_and_stays_one():
    rows = corpus(
        {"eng_Latn": "The river rose by two metres.", "deu_Latn": "Der Fluss stieg."},
        {"eng_Latn": "Something else.", "deu_Latn": "Etwas anderes.", "fra_Latn": "Autre chose."},
        {"eng_Latn": "And more.", "deu_Latn": "Und mehr."},
    )
    view = find_overlap(rows, NEWS).without(rows)
    assert view.fingerprint != rows.fingerprint
    assert view.fingerprint == find_overlap(rows, NEWS).without(rows).fingerprint
    assert view.select(["deu_Latn", "fra_Latn"]).ids() == ["r1"]
    clean = corpus({"eng_Latn": "Something else.", "deu_Latn": "Etwas anderes."})
    assert find_overlap(clean, NEWS).without(clean) is clean


texts = st.text("aB .ß一", max_size=16)
cells = st.dictionaries(st.sampled_from(["eng_Latn", "deu_Latn", "tel_Telu"]), texts, min_size=2)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(cells, min_size=1, max_size=12), st.lists(st.tuples(st.sampled_from(["eng_Latn", "deu_Latn"]), texts)))
def test_as_the_naive_way(rows, tested):
    rows = [{a: text for a, text in row.items() if text.strip()} for row in rows]
    rows = [row for row in rows if row]
    if not rows:
        return
    made = corpus(*rows)
    overlap = find_overlap(made, sets_of(some=[(a, text) for a, text in tested if text.strip()]))
    known = {(a, letters_of(text)) for a, text in tested if text.strip()}

    def overlaps(row):
        sizes = [
            sum(2 if letter == "一" else 1 for letter in letters_of(text))
            for a, text in row.items()
            if (a, letters_of(text)) in known
        ]
        return any(size >= SHORT for size in sizes) or len(sizes) >= 2

    left = [f"r{number}" for number, row in enumerate(rows) if not overlaps(row)]
    assert overlap.dropped == len(rows) - len(left)
    view = overlap.without(made)
    assert (view.ids() if left else []) == left


@pytest.mark.parametrize(("trained", "tested"), [("por_Latn-BR", "por_Latn"), ("por_Latn", "por_Latn-BR")])
def test_variants_of_a_language_are_compared(trained, tested):
    sentence = "O barco que construímos afundou ao meio-dia."
    tests = EvaluationTexts((EvaluationSet.of("t", [(tested, [sentence])]),))
    found = find_overlap(Corpus.from_rows([Row({trained: sentence, "eng_Latn": "Other words."})]), tests)
    assert (found.dropped, found.cells) == (1, {"t": {trained: 1}})
