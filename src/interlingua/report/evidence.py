"""OBSERVATIONS -> EVIDENCE: what a report shows beside scores, as plain data that is kept as one JSON file."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import FormatError
from interlingua.report.examples import neighbour_examples
from interlingua.report.observation import Observation, Subjects
from interlingua.report.projection import MapMethod, project
from interlingua.types import Spans

__all__ = ["Evidence", "corpus_coverage", "evidence_to_json", "load_evidence", "make_evidence"]

Evidence: TypeAlias = dict[str, Any]

_FORMAT = 1
_ROWS, _POINTS = 24, 480
"""Rows and sentences on a map at most: more would be a cloud."""


def make_evidence(
    subjects: Subjects, before: Observation, after: Observation, *, method: MapMethod = "pca", seed: int = 0
) -> Evidence:
    """Return what two encoders, or one before and after training, make of the same subjects.

    Args:
        subjects: What they were shown.
        before: What the one made of it.
        after: What the other made of it.
        method: How maps are made.
        seed: Of maps that need one.

    Returns:
        A JSON-ready dictionary: ``matrix`` (share of translations found, language by language), ``sentences`` and
        ``words`` (maps), ``cosines`` (of translations and of other texts), ``neighbours``, ``links``. What could not
        be observed is None.
    """
    sides = {"before": before, "after": after}
    return {
        "format": _FORMAT,
        "data": subjects.name,
        "rows": len(subjects.rows),
        "languages": list(subjects.languages),
        "matrix": {side: _matrix(one, subjects.languages) for side, one in sides.items()},
        "cosines": {side: _cosines(one, subjects.languages) for side, one in sides.items()},
        "sentences": _sentence_map(subjects, sides, method=method, seed=seed),
        "words": _word_map(subjects, sides, method=method, seed=seed),
        "neighbours": neighbour_examples(subjects, before, after),
        "links": _links(subjects, sides),
    }


def corpus_coverage(
    hashes: NDArray[np.integer[Any]], languages: Sequence[str], *, sources: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """Return how many rows every language has, and how many of its texts repeat.

    Args:
        hashes: Hash of every text, shape ``(rows, languages)``; 0 where there is none.
        languages: The columns.
        sources: Rows by where they come from.

    Example:
        >>> corpus_coverage(np.array([[1, 7], [2, 0], [2, 9]]), ["eng_Latn", "deu_Latn"])["languages"]["eng_Latn"]
        {'cells': 3, 'repeated': 1}
    """
    columns = {}
    for number, code in enumerate(languages):
        present = hashes[:, number][hashes[:, number] != 0]
        columns[code] = {"cells": len(present), "repeated": len(present) - len(np.unique(present))}
    filled = (hashes != 0).sum(axis=1)
    counts = np.bincount(filled, minlength=1)
    return {
        "rows": len(hashes),
        "languages": columns,
        "cells_per_row": {str(cells): int(count) for cells, count in enumerate(counts) if count},
        "sources": dict(sources or {}),
    }


def evidence_to_json(evidence: Evidence) -> str:
    """Return evidence as JSON; what is not a number becomes null."""
    return json.dumps(evidence, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def load_evidence(path: str | Path) -> Evidence:
    """Read what :func:`evidence_to_json` wrote.

    Raises:
        FormatError: If the file is no such document.
    """
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FormatError(f"cannot be read as JSON ({error})", path=path) from error
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise FormatError(f"is no evidence of format {_FORMAT}; train again, or delete it", path=path)
    return document


def _matrix(observation: Observation, languages: Sequence[str]) -> list[list[float | None]] | None:
    if not observation.retrieval:
        return None
    found = {score.languages: _rounded(score.value) for score in observation.retrieval}
    return [[found.get((source, target)) for target in languages] for source in languages]


def _cosines(observation: Observation, languages: Sequence[str]) -> dict[str, float | None]:
    """Mean cosine of a text with its translations, and with the other rows of the same two languages."""
    right, total, pairs, every = 0.0, 0.0, 0, 0
    for i, source in enumerate(languages):
        for target in languages[i + 1 :]:
            product = observation.vectors[source] @ observation.vectors[target].T
            diagonal = np.diagonal(product)
            known = np.isfinite(product)
            right, pairs = right + float(np.nansum(diagonal)), pairs + int(np.isfinite(diagonal).sum())
            total, every = total + float(product[known].sum()), every + int(known.sum())
    return {
        "translations": _rounded(right / pairs) if pairs else None,
        "others": _rounded((total - right) / (every - pairs)) if every > pairs else None,
    }


def _sentence_map(
    subjects: Subjects, sides: Mapping[str, Observation], *, method: MapMethod, seed: int
) -> dict[str, Any] | None:
    rows = max(1, min(_ROWS, _POINTS // max(1, len(subjects.languages))))
    cells = [
        (number, row)
        for number, code in enumerate(subjects.languages)
        for row in range(min(rows, len(subjects.rows)))
        if subjects.rows[row].texts.get(code)
    ]
    if len(cells) < 3:
        return None
    groups = [
        np.stack([one.vectors[subjects.languages[number]][row] for number, row in cells]) for one in sides.values()
    ]
    made = _map(groups, list(sides), method=method, seed=seed)
    return {**made, "language": [number for number, _ in cells], "row": [row for _, row in cells]}


def _word_map(
    subjects: Subjects, sides: Mapping[str, Observation], *, method: MapMethod, seed: int
) -> dict[str, Any] | None:
    tables = [one.words for one in sides.values()]
    if any(table is None for table in tables) or len(subjects.words) < 3:
        return None
    vectors = [np.asarray(table, dtype=np.float64) for table in tables]
    lengths = [np.linalg.norm(table, axis=1) for table in vectors]
    known = np.flatnonzero(np.logical_and.reduce([length > 0 for length in lengths]))
    if len(known) < 3:
        return None
    groups = [table[known] / length[known, None] for table, length in zip(vectors, lengths, strict=True)]
    made = _map(groups, list(sides), method=method, seed=seed)
    place = {code: number for number, code in enumerate(subjects.languages)}
    words = [subjects.words[number] for number in known]
    return {**made, "word": [word for word, _ in words], "language": [place[code] for _, code in words]}


def _map(groups: Sequence[NDArray[Any]], sides: Sequence[str], *, method: MapMethod, seed: int) -> dict[str, Any]:
    points, share = project([group - group.mean(axis=0) for group in groups], method=method, seed=seed)
    return {
        "method": method,
        "share": _rounded(share),
        "points": {side: one.round(4).tolist() for side, one in zip(sides, points, strict=True)},
    }


def _links(subjects: Subjects, sides: Mapping[str, Observation]) -> list[dict[str, Any]]:
    if any(one.links is None for one in sides.values()):
        return []
    made = []
    for number, (languages, pair) in enumerate(subjects.pairs):
        matrices = {side: (one.links or [])[number] for side, one in sides.items()}
        made.append(
            {
                "languages": list(languages),
                "source": _words(pair.source, pair.source_words),
                "target": _words(pair.target, pair.target_words),
                "cosines": {
                    side: [[_rounded(float(value), 3) for value in row] for row in matrix]
                    for side, matrix in matrices.items()
                },
            }
        )
    return made


def _words(text: str, spans: Spans) -> list[str]:
    return [text[begin:end] for begin, end in spans.tolist()]


def _rounded(value: float, digits: int = 4) -> float | None:
    return round(float(value), digits) if np.isfinite(value) else None
