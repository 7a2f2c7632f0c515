"""Chains: nothing goes without being counted, told of and, if asked for, kept."""

import json
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.corpus import Corpus, write_corpus
from interlingua.corpus.cleaning import (
    Broken,
    Chain,
    Contains,
    Digits,
    Duplicates,
    Identical,
    Length,
    LengthRatio,
    Markup,
    Repetition,
    Script,
    Tidy,
    clean,
    clean_corpus,
)
from interlingua.errors import CorpusError
from interlingua.types import Row

LANGUAGES = ("eng_Latn", "deu_Latn", "tel_Telu", "jpn_Jpan")
TEXTS = (
    "Tea.", "Tea?", "tea", "Two boats in 1977.", "Zwei Boote 1977.",
    "1977 లో రెండు పడవలు.", "1977年、二つの船。",
    "Two boats in 1834.",
    "<p>Tea</p>", "Tea &amp; milk", "no no no no no no", "Tea\ufffd", "\x07",
    " Tea  and\tmilk ", "a@b", "Ein sehr langer Text " * 5,
)  # fmt: skip

STEPS = (
    Tidy(), Length(min=4, max=60), Broken(), Markup(), Repetition(), Script(), Contains(), Identical(words=1), Digits(),
    LengthRatio(max=2, spare=10, usual="equal"), Duplicates(key="row"), Duplicates(key="pair"), Duplicates(key="cell"),
)  # fmt: skip

ROWS = st.lists(st.dictionaries(st.sampled_from(LANGUAGES), st.sampled_from(TEXTS), max_size=4).map(Row), max_size=12)
CHAINS = st.builds(
    lambda steps, pivots, cells: Chain(steps=steps, pivots=pivots, min_cells=cells, seed=1),
    st.lists(st.sampled_from(STEPS), max_size=5),
    st.permutations(LANGUAGES).map(lambda order: order[:2]),
    st.integers(1, 3),
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(ROWS, CHAINS)
def test_what_came_in_went_out_or_was_dropped(rows, chain):
    told = []
    cleaned = chain.clean(rows, dropped=told.append)
    kept = list(cleaned)
    report = cleaned.report
    cells = Counter(language for row in rows for language in row.texts)
    gone = sum((rule.faulted + rule.with_row for rule in report.rules), Counter())
    assert (report.rows, report.kept_rows) == (len(rows), len(kept))
    assert report.rows == report.kept_rows + sum(rule.rows for rule in report.rules)
    assert report.cells == cells
    assert report.kept_cells == Counter(language for row in kept for language in row.texts)
    assert report.kept_cells + gone == cells
    assert Counter(one.language for one in told) == gone
    assert all(len(row.texts) >= chain.min_cells for row in kept)
    for rule in report.rules:
        assert len(rule.samples) == min(chain.samples, rule.faulted.total())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(ROWS, CHAINS)
def test_a_clean_corpus_stays_as_it_is(rows, chain):
    once = list(chain.clean(rows))
    assert list(chain.clean(once)) == once


@settings(max_examples=30, deadline=None, derandomize=True)
@given(ROWS, CHAINS)
def test_the_size_of_chunks_does_not_matter(rows, chain):
    straight = chain.clean(rows)
    expected = list(straight)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("interlingua.corpus.cleaning.chain._CHUNK_ROWS", 3)
        pieces = chain.clean(rows)
        assert list(pieces) == expected
        assert [one.faulted for one in pieces.report.rules] == [one.faulted for one in straight.report.rules]
        assert [one.rows for one in pieces.report.rules] == [one.rows for one in straight.report.rules]


def test_rows_are_taken_as_they_are_asked_for():
    taken = []

    def rows():
        for number in range(50_000):
            taken.append(number)
            yield Row({"eng_Latn": f"Boat {number}", "deu_Latn": f"Boot {number}"})

    cleaned = clean(rows(), [Length()])
    assert not taken
    assert next(cleaned).texts["eng_Latn"] == "Boat 0"
    assert len(taken) <= 4096


def test_a_rule_sees_what_the_ones_before_left():
    rows = [Row({"eng_Latn": "Tea &amp; milk", "deu_Latn": "Tee"})]
    assert next(clean(rows, [Tidy(entities=True), Markup()])).texts["eng_Latn"] == "Tea & milk"
    assert list(clean(rows, [Markup(), Tidy(entities=True)])) == []


def test_what_is_said_of_a_cell_goes_with_it():
    meta = {"_id": "7", "_source": "a", "_source:deu_Latn": "b", "_score:deu_Latn": 0.5, "_score:fra_Latn": 0.7}
    rows = [Row({"eng_Latn": "Good tea.", "deu_Latn": "<p>", "fra_Latn": "Bon thé."}, meta)]
    (row,) = clean(rows, [Markup()])
    assert dict(row.texts) == {"eng_Latn": "Good tea.", "fra_Latn": "Bon thé."}
    assert dict(row.meta) == {"_id": "7", "_source": "a", "_score:fra_Latn": 0.7}


def test_the_pivot_is_the_first_of_the_priority_languages_that_is_left():
    rows = [
        Row(
            {
                "deu_Latn": "Wo ist das Boot 1234?",
                "fra_Latn": "Wo ist das Boot 1234?",
                "eng_Latn": "<b>Where is boat 5678?",
            }
        )
    ]
    assert [set(row.texts) for row in clean(rows, [Digits()], pivots=["en"])] == []
    (left,) = Chain(steps=[Digits()], pivots=["en"], min_cells=1).clean(rows)
    assert set(left.texts) == {"eng_Latn"}
    assert next(clean(rows, [Markup(), Digits()], pivots=["en", "de"])).texts.keys() == {"deu_Latn", "fra_Latn"}
    (left,) = Chain(steps=[Markup(), Identical()], pivots=["en", "fr"], min_cells=1).clean(rows)
    assert set(left.texts) == {"fra_Latn"}


def test_rows_that_come_with_too_few_cells_are_counted_first():
    rows = [Row({"eng_Latn": "Tea."}), Row({}), Row({"eng_Latn": "Tea.", "deu_Latn": "Tee."})]
    cleaned = clean(rows, [Length()])
    assert list(cleaned) == rows[2:]
    first = cleaned.report.rules[0]
    assert (first.rule, first.rows, first.with_row) == ("fewer than 2 cells", 2, {"eng_Latn": 1})


def test_min_cells_below_one_is_refused():
    with pytest.raises(CorpusError, match="min_cells is 0"):
        Chain(steps=[], min_cells=0).clean([])


def test_samples_are_the_first_or_drawn():
    rows = [Row({"eng_Latn": f"<p>{number}", "deu_Latn": "Tee", "fra_Latn": "Thé"}) for number in range(400)]

    def samples(**settings):
        cleaned = Chain(steps=[Markup()], **settings).clean(rows)
        list(cleaned)
        return [sample.row for sample in cleaned.report.rules[0].samples]

    assert samples() == ["0", "1", "2"]
    assert samples(samples=5, seed=1) == samples(samples=5, seed=1) != samples(samples=5, seed=2)
    drawn = [int(row) for seed in range(60) for row in samples(samples=10, seed=seed)]
    assert 180 < sum(drawn) / len(drawn) < 220
    assert samples(samples=0) == []


def test_the_report_as_table_and_as_json():
    rows = [
        Row({"eng_Latn": "Good tea.", "deu_Latn": "Guter\x00 Tee."}),
        Row({"eng_Latn": "<i>Milk</i>", "deu_Latn": "Milch."}, {"_id": "m1"}),
    ]
    cleaned = clean(rows, [Tidy(), Markup(), LengthRatio()])
    list(cleaned)
    assert str(cleaned.report).splitlines() == [
        "2 rows in, 1 out (50.0%); 4 cells in, 2 out (50.0%)",
        "rule    rows  cells  at fault, by language",
        "tidy       0      0  changed: deu_Latn 1",
        "markup     1      2  eng_Latn 1",
        "ratio      0      0",
        "ratio: too few pairs to know a usual ratio, taken as 1: eng_Latn and deu_Latn",
        "  markup",
        "    row m1, eng_Latn: <i> at 1: <i>Milk</i>",
    ]
    record = json.loads(json.dumps(cleaned.report.as_dict()))
    assert record["rules"][1] == {
        "rule": "markup",
        "rows": 1,
        "cells": 2,
        "faulted": {"eng_Latn": 1},
        "with_row": {"deu_Latn": 1},
        "samples": [
            {
                "row": "m1",
                "rule": "markup",
                "language": "eng_Latn",
                "reason": "<i> at 1",
                "text": "<i>Milk</i>",
                "pivot": None,
                "with_row": False,
            }
        ],
    }


class TestCorpora:
    @pytest.fixture
    def corpus(self, tmp_path):
        rows = [
            Row({"eng_Latn": f"Boat {n}", "deu_Latn": "<p>" if n % 3 else f"Boot {n}"}, {"_split": "dev"})
            for n in range(9)
        ]
        return write_corpus(
            rows, tmp_path / "raw", card={"sources": [{"source": "x", "licence": "CC0-1.0"}], "made": "by hand"}
        )

    def test_the_card_keeps_what_was_there_and_says_what_went(self, corpus, tmp_path):
        chain = Chain(steps=[Markup()])
        written, report = clean_corpus(corpus, tmp_path / "clean", chain, dropped=tmp_path / "gone.jsonl")
        assert written.card["sources"] == [{"source": "x", "licence": "CC0-1.0"}]
        assert written.card["made"] == "by hand"
        assert written.card["history"] == [{"step": "clean", **report.as_dict()}]
        assert (written.card["rows"], written.ids(), written.values("_split")) == (3, ["0", "3", "6"], ["dev"] * 3)
        gone = [json.loads(line) for line in (tmp_path / "gone.jsonl").read_text().splitlines()]
        assert [(one["row"], one["language"], one["with_row"]) for one in gone[:2]] == [
            ("1", "deu_Latn", False),
            ("1", "eng_Latn", True),
        ]
        assert len(gone) == report.rules[0].cells == 12
        again, _ = clean_corpus(written, tmp_path / "again", chain)
        assert [one["kept_rows"] for one in again.card["history"]] == [3, 3]
        assert again.fingerprint == written.fingerprint

    def test_nothing_is_written_if_a_rule_fails_or_nothing_is_left(self, corpus, tmp_path):
        class Failing(Length):
            def judge(self, chunk):
                raise CorpusError("the rule cannot work")

        for step, message in ((Failing(), "cannot work"), (Length(min=500), "none of 9 rows is left")):
            with pytest.raises(CorpusError, match=message):
                clean_corpus(corpus, tmp_path / "out", Chain(steps=[step]), dropped=tmp_path / "gone.jsonl")
            assert sorted(path.name for path in tmp_path.iterdir()) == ["raw"]

    def test_memory_is_a_chunk(self, corpus):
        assert isinstance(corpus, Corpus)
        draw = random.Random(0)
        rows = (Row({"eng_Latn": str(draw.random()), "deu_Latn": "x"}) for _ in range(20_000))
        assert sum(1 for _ in clean(rows, [Length()])) == 20_000
