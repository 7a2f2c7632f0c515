"""What a comparison of one score of two encoders says."""

from dataclasses import asdict, dataclass
from math import nan
from typing import Any, Literal, TypeAlias

__all__ = ["Comparison", "Verdict"]

Verdict: TypeAlias = Literal["better", "same", "worse", "undefined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One score of two encoders.

    Args:
        task, metric, languages: Of the scores.
        value: Of the first encoder.
        other: Of the one it is compared with.
        difference: ``value - other``.
        low, high: 95 % interval of the difference; NaN where none is defined.
        low_languages, high_languages: Of a mean over languages: 95 % interval of the difference if the languages were
            drawn, not the rows: what to expect of other languages than these.
        p: How often chance alone would make a difference as large, two-sided; never 0.
        adjusted: p after Holm's correction.
        n: How many units (rows, sentences) were drawn.
        draws: How many times.
        higher_is_better: False for error rates.
        verdict: ``better`` or ``worse`` where ``adjusted`` is below the level, else ``same``: no difference shown.
        note: Why something is undefined.
    """

    task: str
    metric: str
    languages: tuple[str, ...]
    value: float
    other: float
    difference: float
    low: float = nan
    high: float = nan
    low_languages: float = nan
    high_languages: float = nan
    p: float = nan
    adjusted: float = nan
    n: int = 0
    draws: int = 0
    higher_is_better: bool = True
    verdict: Verdict = "undefined"
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary (NaN becomes None)."""
        return {
            key: None if isinstance(value, float) and value != value else list(value) if key == "languages" else value
            for key, value in asdict(self).items()
        }
