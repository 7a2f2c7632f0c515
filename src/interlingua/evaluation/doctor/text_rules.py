"""Advice on the texts: copies, tokens, rows that do not fit."""

from collections.abc import Iterator

from interlingua.evaluation.doctor.advice import NAMED, Advice, bad, bad_languages, complaint, listed, more, percent
from interlingua.evaluation.doctor.chart import Chart
from interlingua.languages import display_name

__all__ = ["contamination", "duplicates", "fertility", "misplaced", "truncation", "unknown"]


def contamination(chart: Chart) -> Iterator[Advice]:
    """Complain of rows that were trained on."""
    seen = chart.one("seen_pairs")
    if seen and bad(seen):
        worst = max(chart.by_pair("seen_pairs").values(), key=lambda score: score.value)
        yield complaint(
            "contamination",
            seen,
            f"{percent(seen)} of the rows are in the training data with both sides of a pair (most in "
            f"{' and '.join(map(display_name, worst.languages))}: {percent(worst)}). Scores on these rows say how "
            "much was remembered; leave the rows out of training, or measure on others.",
        )
    elif texts := bad_languages(chart, "seen_texts"):
        yield complaint(
            "contamination",
            texts[0],
            f"Texts of the data are in the training data, though with another translation: {listed(texts)}. Scores "
            "may be too high; leave the rows out of training.",
            texts,
        )


def duplicates(chart: Chart) -> Iterator[Advice]:
    """Complain of rows that come twice."""
    copies = chart.one("duplicate_rows")
    if copies and bad(copies):
        yield complaint(
            "duplicates",
            copies,
            f"{percent(copies)} of the rows repeat an earlier one, apart from case, punctuation and spaces. They "
            "count several times in every score, and as false negatives in training; keep one of each.",
        )


def unknown(chart: Chart) -> Iterator[Advice]:
    """Complain of text that the vocabulary lacks."""
    if found := bad_languages(chart, "unknown"):
        yield complaint(
            "vocabulary",
            found[0],
            f"The vocabulary lacks part of the text; unknown tokens: {listed(found)}. Words that it lacks look the "
            "same to the encoder; take one whose tokenizer covers these scripts, or extend the vocabulary.",
            found,
        )


def truncation(chart: Chart) -> Iterator[Advice]:
    """Complain of texts that are cut off."""
    if found := bad_languages(chart, "cut"):
        yield complaint(
            "truncation",
            found[0],
            f"Texts are cut off at the maximum length: {listed(found)}. What is cut is not in the vector; raise the "
            "maximum length (`--max-length`, `student.max_length`), or cut texts into sentences.",
            found,
        )


def fertility(chart: Chart) -> Iterator[Advice]:
    """Complain of languages that take many tokens."""
    if found := bad_languages(chart, "premium"):
        told = ", ".join(f"{display_name(score.languages[0])} {score.value:.1f} times" for score in found[:NAMED])
        yield complaint(
            "fertility",
            found[0],
            f"The tokenizer cuts some languages to pieces: the same rows take {told}{more(found)} the tokens of the "
            "pivot. They learn slower and are cut off earlier; take an encoder whose vocabulary has them.",
            found,
        )


def misplaced(chart: Chart) -> Iterator[Advice]:
    """Complain of a language whose texts stand in other rows than their translations."""
    found = chart.by_language("found")
    moved = [score for score in bad_languages(chart, "in_other_rows") if found[score.languages[0]].value < score.value]
    if moved:
        yield complaint(
            "misplaced",
            moved[0],
            f"Texts and their translations seem to stand in different rows: so many are each other's nearest across "
            f"rows: {listed(moved)}. Look whether the rows of that language are shifted, sorted or shuffled.",
            moved,
        )
