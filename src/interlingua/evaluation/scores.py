"""Scores as a file: named lists of scores, as ``{"before": [...], "after": [...]}``."""

import json
from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from interlingua.errors import FormatError
from interlingua.types import Score

__all__ = ["load_scores", "scores_to_json"]


def scores_to_json(**groups: Sequence[Score]) -> str:
    """Return named lists of scores as JSON; NaN becomes null.

    Example:
        >>> score = Score(task="t", metric="accuracy", languages=("eng_Latn",), value=0.5, n=2, low=0.1, high=0.9)
        >>> json.loads(scores_to_json(after=[score]))["after"][0]["value"]
        0.5
    """
    document = {name: [score.as_dict() for score in scores] for name, scores in groups.items()}
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def load_scores(path: str | Path) -> dict[str, list[Score]]:
    """Read what :func:`scores_to_json` wrote.

    Raises:
        FormatError: If the file is not such a document.
    """
    path = Path(path)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FormatError(f"cannot be read as JSON ({error})", path=path) from error
    if not isinstance(document, dict) or not all(isinstance(group, list) for group in document.values()):
        raise FormatError("is not a file of scores: expected an object of named lists", path=path)
    return {
        name: [_score(entry, where=f"{name}[{i}]", path=path) for i, entry in enumerate(group)]
        for name, group in document.items()
    }


def _score(entry: Any, *, where: str, path: Path) -> Score:
    if not isinstance(entry, dict):
        raise FormatError(f"{where} is not a score", path=path)
    known = {field.name: field.default is MISSING for field in fields(Score) if field.compare}
    missing = [name for name, needed in known.items() if needed and name not in entry]
    if missing or (unknown := [name for name in entry if name not in known]):
        what = f"lacks {missing[0]!r}" if missing else f"has the unknown field {unknown[0]!r}"
        raise FormatError(f"{where} is not a score: it {what}", path=path)
    numbers = {name: _number(entry[name]) for name in ("value", "low", "high")}
    return Score(**{**entry, **numbers, "languages": tuple(entry["languages"])})


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
