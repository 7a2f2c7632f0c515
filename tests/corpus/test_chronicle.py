"""How a corpus was made, in words: as the commands that make one note it."""

from interlingua.corpus import Corpus, join_corpus
from interlingua.corpus.chronicle import chronicle
from interlingua.corpus.cleaning import Chain, preset_steps
from interlingua.corpus.cleaning.corpora import clean_corpus
from interlingua.corpus.source import inherited
from interlingua.corpus.translation import Command, translate_corpus
from interlingua.types import Row


def pairs(name, language, *texts):
    return Corpus.from_rows([Row({"en": english, language: other}) for english, other in texts], name=name)


def test_join_clean_and_translate(tmp_path):
    german = pairs("g", "de", ("It rains.", "Es regnet."), ("The tap drips.", "<p>Der Hahn tropft.</p>"))
    french = pairs("f", "fr", ("It rains.", "Il pleut."), ("it rains.", "La pluie tombe."), ("Who?", "Qui ?"))
    joined = join_corpus([german, french], tmp_path / "joined").corpus
    cleaned, _ = clean_corpus(joined, tmp_path / "clean", Chain(steps=preset_steps("default")))
    filled = translate_corpus(
        cleaned,
        tmp_path / "filled",
        translator=Command("sed 's/^/{target2}: /'", licence="MIT"),
        into=["swh"],
        gates=(),
        cache=tmp_path / "cache",
    )
    text = "\n".join(chronicle(inherited(filled.card)))
    assert (
        "**Joined**: 5 rows of the sources became 4. Rows that share their English text are one; "
        "there are 3 different ones. Where such a text had several translations into a language (once), "
        "all were kept, the further ones in rows of their own."
    ) in text
    assert "| `fra_Latn` | French | 1 |" in text
    assert "**Cleaned**: of 4 rows 3 stayed (75.0%), of 9 texts 7 (77.8%)." in text
    assert "| `markup` | 1 | 2 | deu_Latn 1 |" in text
    assert "Nothing was found by `tidy:entities=true`, `length`, `broken`, `repetition`" in text
    assert "- `ratio`: too few pairs to know a usual ratio" in text
    assert (
        "**Translated**: a machine translated texts that were missing; all 3 passed the checks and were kept." in text
    )
    assert "Der Hahn" not in text
    assert "{'" not in text


def test_what_a_join_left_out_or_kept():
    join = {
        "pivot": "eng_Latn",
        "conflicts": "majority",
        "rows_read": 9,
        "rows_without_pivot_kept": 0,
        "rows_without_pivot_left_out": 2,
        "rows_beyond_most": 1,
        "pivot_texts": 4,
        "cells_in_conflict": 0,
        "rows_of_too_few_cells": 0,
    }
    (told,) = chronicle({"join": join})
    assert told.startswith("**Joined**: 9 rows of the sources were joined.")
    assert told.endswith("Left out: 2 rows without English, 1 row with a text that their source repeats too often.")
    kept, *_ = chronicle({"join": join | {"rows_without_pivot_kept": 1}})
    assert "Kept as they are: 1 row without English." in kept


def test_translations_that_failed_the_checks():
    rule = {"rule": "ratio", "rows": 0, "cells": 2, "faulted": {"swh_Latn": 2}, "samples": [{"text": "secret"}]}
    facts = {"cells": {"swh_Latn": 8}, "kept_cells": {"swh_Latn": 6}, "rules": [rule]}
    text = "\n".join(chronicle({"translation": facts}))
    assert "6 of 8 (75.0%) passed the checks and were kept." in text
    assert "| `ratio` | 0 | 2 | swh_Latn 2 |" in text
    assert "secret" not in text


def test_what_else_a_card_tells():
    told = chronicle(
        {
            "sources": [{"source": "a"}],
            "fetched": {"urls": [f"https://a.ex/{i}" for i in range(5)], "date": "2026-01-02"},
            "notes": {"LICENSE": "Free.\n\nTake it."},
            "origin": ["a", "b"],
            "join": "by hand",
            "exported": "tsv",
        }
    )
    assert told == [
        "**Fetched** on 2026-01-02 from <https://a.ex/0>, <https://a.ex/1>, <https://a.ex/2> and 2 more.",
        "Its LICENSE says:",
        "> Free.\n>\n> Take it.",
        "**Origin**: a, b",
        "**Join**: by hand",
    ]
