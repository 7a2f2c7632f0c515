"""EVIDENCE -> SECTIONS: heatmaps, examples and coverage, for every encoder that evidence was kept of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from interlingua.report import figures
from interlingua.report.panels import Panel, language_name
from interlingua.report.record import RunRecord

__all__ = ["coverage", "link_heatmaps", "matrices", "neighbours", "short_codes"]


def matrices(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Return the share of translations found, language by language, one heatmap an encoder."""
    made = []
    for number, panel in enumerate(panels):
        matrix = panel.evidence("matrix")
        if matrix is None or panel.run.evidence is None:
            continue
        languages = panel.run.evidence["languages"]
        values = [value for row in matrix for value in row if value is not None]
        told = f"mean {100 * np.mean(values):.1f}, lowest {100 * min(values):.0f}" if values else "nothing to search in"
        names = [language_name(code) for code in languages]
        figure = figures.heatmap(
            matrix,
            names,
            short_codes(languages),
            name=f"matrix-{number}",
            alt=f"Translations found, language by language, {panel.title}: {told}. The numbers are in the table below.",
            labels=("asked in", "searched in"),
        )
        made.append(
            {
                "title": panel.title,
                "told": told,
                "figure": figure,
                "rows": panel.run.evidence["rows"],
                "data": panel.run.evidence["data"],
                "columns": short_codes(languages),
                "table": [
                    {"name": name, "cells": ["" if value is None else f"{100 * value:.0f}" for value in row]}
                    for name, row in zip(names, matrix, strict=True)
                ],
            }
        )
    return made


def neighbours(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Return for every run the worst failures, and what training mended and broke."""
    headings = {
        "failures": "Worst failures after training",
        "broken": "Found before training, missed now",
        "mended": "Missed before training, found now",
    }
    made = []
    for run in _runs(panels):
        found = run.shown("neighbours")
        if not found or not found["asked"]:
            continue
        kinds = [
            {
                "kind": kind,
                "heading": text,
                "count": found[kind]["count"],
                "examples": [*map(_example, found[kind]["examples"])],
            }
            for kind, text in headings.items()
        ]
        made.append({"title": run.name, "asked": found["asked"], "kinds": kinds})
    return made


def link_heatmaps(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Return for some sentence pairs how similar their words are, one heatmap an encoder."""
    made: list[dict[str, Any]] = []
    for number, panel in enumerate(panels):
        for place, pair in enumerate(panel.run.shown("links") or ()):
            if panel.side not in pair["cosines"]:
                continue
            title = " – ".join(language_name(code) for code in pair["languages"])
            figure = figures.heatmap(
                pair["cosines"][panel.side],
                pair["source"],
                pair["target"],
                name=f"links-{number}-{place}",
                alt=f"Cosines between the words of “{' '.join(pair['source'])}” and “{' '.join(pair['target'])}”",
                smallest=0.2,
                tilted=True,
            )
            key = (title, tuple(pair["source"]))
            group = next((one for one in made if one["key"] == key), None)
            if group is None:
                group = {"key": key, "title": title, "source": pair["source"], "target": pair["target"], "sides": []}
                made.append(group)
            group["sides"].append({"title": panel.title, "figure": figure})
    return made


def coverage(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Return how many rows every language of the training data has, and where they come from."""
    made = []
    for run in _runs(panels):
        found = run.shown("coverage")
        if found is None:
            continue
        rows = max(1, found["rows"])
        lines = [
            {
                "name": language_name(code),
                "code": code,
                "cells": one["cells"],
                "share": one["cells"] / rows,
                "repeated": one["repeated"],
            }
            for code, one in found["languages"].items()
        ]
        made.append({**found, "title": run.name, "lines": lines})
    return made


def short_codes(languages: Sequence[str]) -> list[str]:
    """Return the three letters of every language, or its whole code where two share them.

    Example:
        >>> short_codes(["eng_Latn", "srp_Cyrl", "srp_Latn"])
        ['eng', 'srp_Cyrl', 'srp_Latn']
    """
    short = [code.partition("_")[0] for code in languages]
    counts = Counter(short)
    return [code if counts[letters] > 1 else letters for code, letters in zip(languages, short, strict=True)]


def _runs(panels: Sequence[Panel]) -> list[RunRecord]:
    return list({panel.run.name: panel.run for panel in panels}.values())


def _example(found: Mapping[str, Any]) -> dict[str, Any]:
    sides = {
        side: {"rank": rank, "right": f"{right:.2f}".replace("-", "−"), "wrong": f"{wrong:.2f}".replace("-", "−")}
        for side in ("before", "after")
        for rank, right, wrong in [found[side]]
    }
    languages = f"{language_name(found['source'])} → {language_name(found['target'])}"
    return {**found, **sides, "languages": languages}
