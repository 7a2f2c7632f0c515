"""EVIDENCE -> MAPS: sentences and words of all languages in two dimensions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.report import figures
from interlingua.report.panels import Panel, language_name
from interlingua.report.record import RunRecord

__all__ = ["sentence_maps", "word_maps"]

_JOINED = 4
_LABELS_A_LANGUAGE = 4
_LABEL = (0.045, 0.05)
"""Width of a letter and height of a line, as shares of a map."""


def sentence_maps(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Return maps of sentences, those of a language in one colour and shape; some rows are joined."""
    made = []
    for number, panel in enumerate(panels):
        found = panel.run.shown("sentences")
        if found is None or panel.side not in found["points"]:
            continue
        names = [language_name(code) for code in panel.run.shown("languages") or ()]
        joined = _joined(found["row"])
        cosines = panel.evidence("cosines") or {}
        told = _agreement(cosines)
        figure = figures.scatter(
            found["points"][panel.side],
            found["language"],
            name=f"sentences-{number}",
            alt=f"Map of {len(found['row'])} sentences in {len(names)} languages, {panel.title}. {told}",
            joined=joined,
            limits=_limits(_same_axes(panels, found["points"], panel.side)),
        )
        made.append({"title": panel.title, "figure": figure, "told": told, "how": _how(found), "joined": len(joined)})
    return made


def word_maps(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Return maps of the input embeddings of frequent words, some with their names."""
    made = []
    for number, panel in enumerate(panels):
        found = panel.run.shown("words")
        if found is None or panel.side not in found["points"]:
            continue
        points = np.asarray(found["points"][panel.side])
        limits = _limits(_same_axes(panels, found["points"], panel.side))
        figure = figures.scatter(
            points.tolist(),
            found["language"],
            name=f"words-{number}",
            alt=f"Map of {len(points)} frequent words, {panel.title}; the words are listed below.",
            labels=_labels(points, found["word"], found["language"], limits),
            limits=limits,
        )
        made.append(
            {"title": panel.title, "figure": figure, "how": _how(found), "words": _by_language(panel.run, found)}
        )
    return made


def _joined(rows: Sequence[int]) -> list[list[int]]:
    """The points of a few rows with the most languages, spread over all rows."""
    members: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        members.setdefault(row, []).append(place)
    most = max(map(len, members.values()))
    full = [places for places in members.values() if len(places) == most]
    return full[:: max(1, len(full) // _JOINED)][:_JOINED] if most > 1 else []


def _agreement(cosines: Mapping[str, Any]) -> str:
    right, others = cosines.get("translations"), cosines.get("others")
    if right is None or others is None:
        return ""
    return f"Mean cosine of translations {right:.2f}, of other texts {others:.2f}".replace("-", "−")


def _how(found: Mapping[str, Any]) -> str:
    if found["method"] == "tsne":
        return "t-SNE (openTSNE, cosine)"
    share = found["share"]
    return "PCA" if share is None else f"PCA, {100 * share:.0f} % of the variance"


def _same_axes(panels: Sequence[Panel], points: Mapping[str, Any], side: str) -> Mapping[str, Any]:
    """The maps that have the axes of this one: both of one run, this alone of several."""
    return points if panels[0].run is panels[-1].run else {side: points[side]}


def _limits(points: Mapping[str, Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    every = np.concatenate([np.asarray(one, dtype=np.float64).reshape(-1, 2) for one in points.values()])
    low, high = every.min(axis=0), every.max(axis=0)
    room = 0.05 * np.maximum(high - low, 1e-6)
    (x0, y0), (x1, y1) = (low - room).tolist(), (high + room).tolist()
    return (x0, x1), (y0, y1)


def _labels(
    points: NDArray[Any], words: Sequence[str], languages: Sequence[int], limits: tuple[tuple[float, float], ...]
) -> dict[int, str]:
    """The most frequent words of every language, but those that would lie on another."""
    low = np.array([limits[0][0], limits[1][0]])
    places = (points - low) / (np.array([limits[0][1], limits[1][1]]) - low)
    seen: Counter[int] = Counter()
    kept: dict[int, str] = {}
    boxes: list[tuple[float, float, float, float]] = []
    for place, (word, language) in enumerate(zip(words, languages, strict=True)):
        if seen[language] == _LABELS_A_LANGUAGE or len(word) < 2:
            continue
        x, y = places[place].tolist()
        box = (x, y, x + _LABEL[0] * len(word), y + _LABEL[1])
        if box[2] < 1 and not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in boxes):
            kept[place] = word
            boxes.append(box)
            seen[language] += 1
    return kept


def _by_language(run: RunRecord, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    languages = run.shown("languages")
    words: dict[str, list[str]] = {}
    for word, number in zip(found["word"], found["language"], strict=True):
        words.setdefault(languages[number], []).append(word)
    return [{"name": language_name(code), "words": of_one} for code, of_one in words.items()]
