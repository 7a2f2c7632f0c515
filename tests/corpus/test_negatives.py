"""Changed copies: what the rules make of a text, and files of them."""

import json

import pytest

from interlingua.corpus import open_corpus
from interlingua.corpus.negatives import english_negatives, read_negatives
from interlingua.errors import CorpusError, FormatError


def made(*texts, **settings):
    return {(one.kind, one.text) for one in english_negatives(texts, **settings)}


def test_a_number_differs_in_one_digit():
    original = "In 1912 we paid 2,000 crowns at 7:05."
    copies = english_negatives([original], each=9)
    assert {one.kind for one in copies} == {"number"}
    assert len(copies) > 3
    for one in copies:
        assert len(one.text) == len(original)
        changed = [(a, b) for a, b in zip(original, one.text, strict=True) if a != b]
        assert len(changed) == 1
        assert changed[0][0].isdigit()
        assert changed[0][1].isdigit()


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ("The boat will leave.", "The boat will not leave."),
        ("The boat will not leave.", "The boat will leave."),
        ("The boat isn't here.", "The boat is here."),
        ("You cannot swim.", "You can swim."),
        ("You can swim.", "You can not swim."),
    ],
)
def test_a_negation_is_put_in_or_taken_out(text, copy):
    assert made(text) == {("negation", copy)}


def test_questions_are_not_negated():
    assert made("Where is the boat?", "Could we swim?") == set()


def test_names_come_from_other_texts():
    texts = ["Yesterday Ann Berg met Bo.", "Then Ana sang."]
    copies = english_negatives(texts, each=9)
    assert {(one.kind, one.text) for one in copies} == {
        ("name", "Yesterday Ana met Bo."),
        ("name", "Yesterday Ann Berg met Ana."),
        ("name", "Then Bo sang."),
        ("name", "Then Ann Berg sang."),
    }
    assert made("Nobody met Bo.") == set(), "there is no other name"


def test_days_and_months_stay_days_and_months():
    days = {text.split()[-1][:-1] for kind, text in made("They met on Monday.", each=3) if kind == "date"}
    months = {text.split()[-1][:-1] for kind, text in made("They met in June.", each=3) if kind == "date"}
    assert len(days) == len(months) == 3
    assert all(day.endswith("day") for day in days)
    assert not any(month.endswith("day") for month in months)


def test_copies_are_repeatable_and_none_is_a_text_of_the_set():
    texts = [text for text in open_corpus("phrasebook").texts("eng") if text]
    copies = english_negatives(texts)
    assert copies == english_negatives(texts)
    assert copies != english_negatives(texts, seed=1)
    assert not {one.text for one in copies}.intersection(texts)
    assert len({one.text for one in copies}) == len(copies) > 500
    assert {one.kind for one in copies} == {"number", "date", "name", "negation"}
    kinds = [(one.original, one.kind) for one in copies]
    assert max(kinds.count(kind) for kind in set(kinds[:200])) <= 2


def test_an_added_text_does_not_change_numbers_elsewhere():
    first = english_negatives(["I have 12 cats."])
    second = english_negatives([None, "She has 9 dogs.", "I have 12 cats.", "I have 12 cats."])
    assert set(first) <= set(second)


def write(folder, copies=("One has 5 cats.", "Nobody knows."), origins=None):
    (folder / "eng_Latn_augmented.dev").write_text("".join(f"{copy}\n" for copy in copies), "utf-8")
    known = {"One has 5 cats.": {"src": "One has 3 cats.", "errtype": "Number"}} if origins is None else origins
    (folder / "eng_Latn_errtype.dev.json").write_text(json.dumps(known), "utf-8")
    return folder


def test_files_are_read_by_any_of_their_names(tmp_path):
    write(tmp_path)
    whole = read_negatives(tmp_path)
    assert [(one.text, one.original, one.kind) for one in whole] == [
        ("One has 5 cats.", "One has 3 cats.", "Number"),
        ("Nobody knows.", None, ""),
    ]
    assert read_negatives(tmp_path / "eng_Latn_augmented.dev") == whole
    assert read_negatives(tmp_path / "eng_Latn_errtype.dev.json") == whole[:1]


def test_bad_files_are_refused(tmp_path):
    with pytest.raises(CorpusError, match="holds 0 files like"):
        read_negatives(tmp_path)
    with pytest.raises(CorpusError, match="is not called like"):
        read_negatives(tmp_path / "copies.txt")
    write(tmp_path, origins={"One has 5 cats.": {"errtype": "Number"}})
    with pytest.raises(FormatError, match="lacks src or errtype"):
        read_negatives(tmp_path)
    (tmp_path / "eng_Latn_errtype.dev.json").write_text("[1", "utf-8")
    with pytest.raises(FormatError, match="cannot be read as JSON"):
        read_negatives(tmp_path)
    (tmp_path / "eng_Latn_errtype.dev.json").unlink()
    with pytest.raises(CorpusError, match="is it beside the file of copies"):
        read_negatives(tmp_path)
