"""How a corpus was made: the steps of its card are kept, in order, by every command that makes another of it."""

import json

from interlingua.corpus import Corpus, join_corpus, write_corpus
from interlingua.corpus.building import build_corpus
from interlingua.corpus.cleaning import Chain, Markup
from interlingua.corpus.cleaning.corpora import clean_corpus
from interlingua.corpus.history import history_of, with_step
from interlingua.corpus.translation import Command, translate_corpus
from interlingua.types import Row


def rows(language, *texts):
    return [Row({"en": english, language: other}) for english, other in texts]


def steps_of(corpus):
    return [one["step"] for one in corpus.card["history"]]


def filled(corpus, path, cache, *into):
    translator = Command("sed 's/^/{target2}: /'", licence="MIT")
    return translate_corpus(corpus, path, translator=translator, into=into, gates=(), cache=cache)


def test_steps_stand_in_their_order_and_none_takes_the_place_of_another(tmp_path):
    raw = write_corpus(rows("de", ("It rains.", "Es regnet.")), tmp_path / "raw")
    first = filled(raw, tmp_path / "first", tmp_path / "cache", "pol")
    second = filled(first, tmp_path / "second", tmp_path / "cache", "spa", "cat")
    last, _ = clean_corpus(second, tmp_path / "last", Chain(steps=[Markup()]))
    assert steps_of(last) == ["translate", "translate", "clean"]
    assert [list(one["cells"]) for one in last.card["history"][:2]] == [["pol_Latn"], ["spa_Latn", "cat_Latn"]]
    assert last.card["history"][0]["translator"].startswith("sed")


def test_a_join_keeps_how_its_sources_were_made(tmp_path):
    raw = write_corpus(rows("de", ("It rains.", "Es regnet.")), tmp_path / "raw")
    clean, _ = clean_corpus(raw, tmp_path / "clean", Chain(steps=[Markup()]))
    french = write_corpus(rows("fr", ("It rains.", "Il pleut.")), tmp_path / "french")
    inner = join_corpus([tmp_path / "clean", tmp_path / "french"], tmp_path / "inner").corpus
    swahili = Corpus.from_rows(rows("sw", ("It rains.", "Mvua inanyesha.")), name="sw", card=clean.card)
    outer = join_corpus([inner, swahili, tmp_path / "french"], tmp_path / "outer").corpus
    (step,) = outer.card["history"]
    assert [(one["source"], one["history"]) for one in step["of"]] == [
        ("inner", inner.card["history"]),
        ("sw", clean.card["history"]),
    ]
    (before,) = step["of"][0]["history"]
    assert (before["step"], before["of"]) == ("join", [{"source": "clean", "history": clean.card["history"]}])
    assert "history" not in french.card


def test_a_build_goes_on_with_one_source_and_keeps_what_was_of_several(tmp_path):
    raw = write_corpus(rows("de", ("It rains.", "Es regnet.")), tmp_path / "raw")
    clean, _ = clean_corpus(raw, tmp_path / "clean", Chain(steps=[Markup()]))
    assert build_corpus([str(tmp_path / "clean")], tmp_path / "one").card["history"] == clean.card["history"]
    assert "history" not in build_corpus([str(tmp_path / "raw")], tmp_path / "none").card
    both = build_corpus([str(tmp_path / "raw"), str(tmp_path / "clean")], tmp_path / "both")
    of = [{"source": "clean", "history": clean.card["history"]}]
    assert both.card["history"] == [{"step": "build", "sources": 2, "of": of}]


def test_what_is_given_twice_is_told_once():
    made = [{"step": "clean"}]
    (step,) = history_of(with_step({}, "join", {}, of=[("a", made), ("a", made), ("b", []), ("c", made)]))
    assert [one["source"] for one in step["of"]] == ["a", "c"]


def test_a_card_that_something_else_wrote_stops_no_step(tmp_path):
    raw = write_corpus(rows("de", ("It rains.", "Es regnet.")), tmp_path / "raw", card={"history": "by hand"})
    clean, _ = clean_corpus(raw, tmp_path / "clean", Chain(steps=[Markup()]))
    assert clean.card["history"][0] == "by hand"
    assert clean.card["history"][1]["step"] == "clean"
    (tmp_path / "raw" / "corpus.json").write_text(json.dumps(["not", "an", "object"]))
    assert Corpus.open(tmp_path / "raw").card == {}
    write_corpus(rows("de", ("One.", "Eins.")), tmp_path / "odd", card={"sources": ["mine", {"licence": "MIT"}]})
    assert join_corpus([tmp_path / "odd", tmp_path / "clean"], tmp_path / "joined").corpus.card["sources"] == [
        {"source": "odd"},
        {"source": "raw"},
    ]
