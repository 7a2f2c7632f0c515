"""Advice on the vectors: where they lie, what is found with them, what was forgotten."""

from collections.abc import Iterator

import numpy as np

from interlingua.evaluation.doctor.advice import NAMED, Advice, bad, bad_languages, complaint, listed, more, percent
from interlingua.evaluation.doctor.chart import Chart
from interlingua.evaluation.doctor.thresholds import THRESHOLDS
from interlingua.languages import display_name
from interlingua.types import Score

__all__ = ["anisotropy", "collapse", "few_found", "forgetting", "hubs", "leakage", "teacher", "weak_languages"]

_FOREIGN = 1.4
"""A language that takes so many tokens for one of the pivot is none that the tokenizer was made for."""

_GAIN = 0.02
"""What subtracting the means of languages must find more, to be worth advising."""


def collapse(chart: Chart) -> Iterator[Advice]:
    """Complain of one vector for everything."""
    cosine, found = chart.one("mean_cosine"), chart.one("found")
    if cosine and found and bad(cosine) and found.value < max(0.05, 5 / found.n):
        yield complaint(
            "collapse",
            cosine,
            f"Texts have almost the same vector whatever they say: the mean cosine of two that do not translate each "
            f"other is {cosine.value:.3f}, and {percent(found)} of translations are found. Go back to an earlier "
            "checkpoint; look for a loss without negatives, a learning rate too high, or a teacher whose vectors have "
            "another length.",
            severe=True,
        )


def teacher(chart: Chart) -> Iterator[Advice]:
    """Complain of lengths that do not fit a teacher."""
    share, own, other = (chart.one(name) for name in ("norm_ratio", "norm", "norm_of_teacher"))
    if share and own and other and bad(share):
        if own.note.startswith("does not") and other.note.startswith("ends"):
            remedy = "Append Normalize to the student (`student.normalise: true`), or use a loss of cosines."
        else:
            remedy = "Normalise the teacher's vectors before they become targets, or use a loss of cosines."
        yield complaint(
            "norms",
            share,
            f"Teacher and student give vectors of different length: {other.value:.2f} (it {other.note}) and "
            f"{own.value:.2f} (it {own.note}). A squared error between them pulls at lengths first. {remedy}",
        )


def forgetting(chart: Chart) -> Iterator[Advice]:
    """Complain of what the base could do better."""
    for metric, what in (
        ("sts_change", "correlation with people's similarity scores"),
        ("found_change", "share of translations found"),
    ):
        if found := bad_languages(chart, metric):
            told = ", ".join(f"{display_name(one.languages[0])} {one.value:+.3f}" for one in found[:NAMED])
            yield complaint(
                "forgetting",
                found[0],
                f"The encoder has lost something that its base could do: {what}, {told}{more(found)}. Train for fewer "
                "steps or at a lower learning rate, mix rows of these languages in, add a term that keeps close to the "
                "base, or average the weights of both.",
                found,
            )
            return
    before = chart.by_language("found_by_base")
    judged = chart.by_language("sts_change")
    gone = [
        one
        for one in bad_languages(chart, "neighbours_kept")
        if one.languages[0] not in judged and before[one.languages[0]].value >= THRESHOLDS["found"].notable
    ]
    if gone:
        yield complaint(
            "forgetting",
            gone[0],
            f"Little of the base's order is left; of a text's 10 nearest texts of its language these are still among "
            f"them: {listed(gone)}. If the base was good in them, measure that (`--sts`) before you replace it.",
            gone,
        )


def few_found(chart: Chart) -> Iterator[Advice]:
    """Complain of few translations found, unless that is due to languages that lie apart, or to a few weak ones."""
    found, centred = chart.one("found"), chart.one("found_when_centred")
    if not found or not bad(found) or (centred and centred.value >= THRESHOLDS["found"].notable):
        return
    if _without_weak(chart) >= THRESHOLDS["found_without_weak"].notable:
        return
    best = max(chart.by_language("found").values(), key=lambda score: score.value)
    yield complaint(
        "few-found",
        found,
        f"Few translations are found: {percent(found)}, and {percent(best)} in the best language "
        f"({display_name(best.languages[0])}). The encoder does not share a space between these languages"
        f"{_of_one_language(chart)}. Train it on rows of them, or begin with a multilingual one.",
    )


def _of_one_language(chart: Chart) -> str:
    """How one sees that an encoder was made for the pivot alone: all other languages take more of its tokens."""
    premiums = {language: score.value for language, score in chart.by_language("premium").items()}
    poor = {score.languages[0] for score in bad_languages(chart, "unknown")}
    read = [value for language, value in premiums.items() if language not in poor]
    pivot = next((code for code in chart.by_language("tokens_per_word") if code not in premiums), None)
    if pivot is None or not premiums or min(read, default=np.inf) < _FOREIGN:
        return ""
    made_for = display_name(pivot)
    return f", and its tokenizer was made for {made_for} alone: the others take more of its tokens, or unknown ones"


def leakage(chart: Chart) -> Iterator[Advice]:
    """Complain of a search that prefers the language of the query."""
    lost, found, centred = (chart.one(name) for name in ("lost_to_own_language", "found", "found_when_centred"))
    told, variance = chart.one("language_told"), chart.one("language_variance")
    if not (lost and found and centred and told and variance and bad(lost)):
        return
    remedy = "Train with candidates of the anchor's own language among the negatives"
    if centred.value - found.value > _GAIN:
        remedy += (
            f", or subtract every language's mean from its vectors: that alone finds {percent(centred)} of "
            f"translations instead of {percent(found)}"
        )
    yield complaint(
        "leakage",
        lost,
        f"Vectors keep languages apart: of the translations that are found in a pool of one language, {percent(lost)} "
        "are lost to a text of the query's own language when that is in the pool too. A linear probe tells the "
        f"language of {percent(told)}, and {percent(variance)} of the variance is between languages. {remedy}.",
    )


def anisotropy(chart: Chart) -> Iterator[Advice]:
    """Complain of vectors that all point the same way."""
    for metric, what in (
        ("mean_cosine", "is the mean cosine of two texts that do not translate each other"),
        ("top_component", "of the variance lies in a single direction"),
    ):
        score = chart.one(metric)
        if score and bad(score):
            yield complaint(
                "anisotropy",
                score,
                f"Vectors point in few directions: {score.value:.2f} {what}. Cosines are hard to tell apart and "
                "thresholds on them do not carry over; subtract the mean vector, or train with in-batch negatives.",
            )
            return


def hubs(chart: Chart) -> Iterator[Advice]:
    """Complain of texts that are near everything."""
    if found := bad_languages(chart, "hub_skewness"):
        worst = found[0].languages[0]
        share = chart.by_language("hub_largest")[worst]
        others = f", and other languages have such texts too ({len(found) - 1})" if len(found) > 1 else ""
        yield complaint(
            "hubs",
            found[0],
            f"Some texts are near everything: one in {display_name(worst)} is among the 10 nearest of {percent(share)} "
            f"of the queries (skewness {found[0].value:.1f}){others}. Look for empty or odd texts in the pool, and "
            "compare by margin instead of cosine (`--task xsim`, mining).",
            found,
        )


def weak_languages(chart: Chart) -> Iterator[Advice]:
    """Complain of languages that lag behind the others."""
    if not (weak := _weak(chart)):
        return
    limit = THRESHOLDS["found_of_others"]
    scores = [score for _, score in weak]
    yield Advice(
        diagnosis="weak-language",
        text=f"Translations are found far less than in the other languages: {listed(scores)}. Look at some rows: is "
        "the text in that language, and does it translate the others? If so, train with more of it.",
        severe=weak[0][0] < limit.severe,
        metric="found_of_others",
        value=weak[0][0],
        threshold=limit.notable,
        languages=tuple(score.languages[0] for score in scores),
    )


def _weak(chart: Chart) -> list[tuple[float, Score]]:
    """Languages that find far less than the median of the others, with their share of it, worst first."""
    found, weak = chart.by_language("found"), []
    for language, score in found.items():
        others = [other.value for code, other in found.items() if code != language]
        median = float(np.median(others)) if len(others) > 1 else np.nan
        if score.high < THRESHOLDS["found_of_others"].notable * median:
            weak.append((score.value / median, score))
    return sorted(weak, key=lambda one: one[0])


def _without_weak(chart: Chart) -> float:
    """The share found in pairs of the other languages; 0 where no language is weak."""
    weak = {score.languages[0] for _, score in _weak(chart)}
    rest = [score.value for pair, score in chart.by_pair("mean_accuracy").items() if not weak.intersection(pair)]
    return float(np.mean(rest)) if weak and rest else 0.0
