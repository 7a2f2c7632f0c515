"""How a corpus was made, in words: as the commands that make one note it."""

from interlingua.corpus import Corpus, join_corpus
from interlingua.corpus.chronicle import chronicle
from interlingua.corpus.cleaning import Chain, preset_steps
from interlingua.corpus.cleaning.corpora import clean_corpus
from interlingua.corpus.source import inherited
from interlingua.corpus.translation import Command, translate_corpus
from interlingua.types import Row

JOIN = {
    "step": "join",
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
RULE = {"rule": "ratio", "rows": 0, "cells": 2, "faulted": {"swh_Latn": 2}, "samples": [{"text": "secret"}]}
CLEAN = {"step": "clean", "rows": 9, "kept_rows": 9, "cells": {"swh_Latn": 8}, "kept_cells": {"swh_Latn": 6}}
CLEAN["rules"] = [RULE, {"rule": "copy", "rows": 0, "cells": 0}]


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
    told = chronicle(inherited(filled.card), languages=filled.languages)
    text = "\n".join(told)
    assert [one[2:].split("*")[0] for one in told if one.startswith("**")] == ["Joined", "Cleaned", "Translated"]
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
    assert "**Translated** into Swahili by sed" in text
    assert ": of 3 translations all passed the checks and were kept." in text
    assert "Der Hahn" not in text
    assert "{'" not in text


def test_what_a_join_left_out_or_kept():
    (told,) = chronicle({"history": [JOIN]})
    assert told.startswith("**Joined**: 9 rows of the sources were joined.")
    assert told.endswith("Left out: 2 rows without English, 1 row with a text that their source repeats too often.")
    kept, *_ = chronicle({"history": [JOIN | {"rows_without_pivot_kept": 1}]})
    assert "Kept as they are: 1 row without English." in kept


def test_conflicts_of_languages_that_the_corpus_has_not_are_in_no_table():
    join = JOIN | {"cells_in_conflict": 9, "conflicts_by_language": {"deu_Latn": 6, "fra_Latn": 2, "swh_Latn": 1}}
    for languages, table, rest in (
        (None, ["deu_Latn", "fra_Latn", "swh_Latn"], ""),
        (["eng_Latn", "deu_Latn"], ["deu_Latn"], "Of these, 3 in 2 languages that this corpus has not."),
        (["eng_Latn"], [], "Of these, 9 in 3 languages that this corpus has not."),
    ):
        text = "\n".join(chronicle({"history": [join]}, languages=languages))
        assert [code for code in join["conflicts_by_language"] if f"`{code}`" in text] == table
        assert ("(9 times)" in text, rest in text) == (True, True)


def test_translations_that_failed_the_checks():
    facts = {"step": "translate", "cells": {"swh_Latn": 8}, "kept_cells": {"swh_Latn": 6}, "rules": [RULE]}
    text = "\n".join(chronicle({"history": [facts]}))
    assert "**Translated** into Swahili: of 8 translations 6 (75.0%) passed the checks and were kept." in text
    assert "| `ratio` | 0 | 2 | swh_Latn 2 |" in text
    assert "secret" not in text
    (told,) = chronicle({"history": [facts | {"cells": {}, "translator": "loom"}]})[:1]
    assert told == "**Translated** by loom: there was nothing to translate."


def test_what_sources_were_made_of_is_told_briefly():
    fetch = {"step": "fetch", "urls": ["https://a.ex/a"], "date": "2026-01-02", "notes": {"LICENSE": "Free."}}
    inner = {"source": "b", "history": [fetch, "by hand"]}
    outer = {"source": "a|a", "history": [JOIN | {"of": [inner]}, CLEAN]}
    split = {"step": "split", "dev": 0.05, "test": 0.1, "seed": 0, "rows_that_had_one": 3}
    joined, begun, before, last = chronicle({"history": [JOIN | {"of": [outer]}, split]})
    assert joined.startswith("**Joined**")
    assert begun == "Before that, its sources were made so:"
    assert before.splitlines() == [
        "- a\\|a",
        f"  - {chronicle({'history': [JOIN]})[0]}",
        "    - b",
        "      - **Fetched** on 2026-01-02 from <https://a.ex/a>. What its LICENSE said is in `corpus.json`.",
        "      - **History**: by hand",
        "  - **Cleaned**: of 9 rows 9 stayed (100.0%), of 8 texts 6 (75.0%). Texts dropped: 2 by `ratio`.",
    ]
    assert last.endswith("seed 0; 3 rows had a split already and kept it.")


def test_a_card_that_something_else_wrote():
    steps = [7, {"step": "dedupe", "tool": "x", "rows": 5, "samples": ["secret"]}, {"step": "clean", "rules": "none"}]
    told = chronicle({"history": [*steps, {"of": 3}, {"step": ["join"], "of": ["a", {"history": {"step": "clean"}}]}]})
    assert told == [
        "**History**: 7",
        "**Dedupe**: tool x, rows 5",
        "**Clean**: rules none",
        "**History**: of 3",
        "**['join']**",
        "Before that, its sources were made so:",
        "- unknown\n  - **Clean**",
    ]


def test_what_else_a_card_tells():
    fetch = {"step": "fetch", "urls": [f"https://a.ex/{i}" for i in range(5)], "date": "2026-01-02"}
    fetch["notes"] = {"LICENSE": "Free.\n\nTake it."}
    told = chronicle(
        {"sources": [{"source": "a"}], "history": [fetch], "origin": ["a", "b"], "join": "by hand", "exported": "tsv"}
    )
    assert told == [
        "**Origin**: a, b",
        "**Join**: by hand",
        "**Fetched** on 2026-01-02 from <https://a.ex/0>, <https://a.ex/1>, <https://a.ex/2> and 2 more.",
        "Its LICENSE says:",
        "> Free.\n>\n> Take it.",
    ]
