"""Scores to stdout."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlingua.types import Score

__all__ = ["print_comparison", "print_scores"]


_WIDE = 110
"""Columns that a comparison needs; a narrower terminal breaks its lines rather than lose the verdict."""


def print_scores(scores: "Iterable[Score]", *, before: "Iterable[Score] | None" = None) -> None:
    """Print scores as tables; a line longer than the terminal is wide stays one line."""
    import rich

    from interlingua.evaluation import score_table

    rich.get_console().print(score_table(scores, before=before), soft_wrap=True)


def print_comparison(scores: "Iterable[Score]", against: "Iterable[Score]", *, name: str, other: str) -> None:
    """Print which differences of two encoders are more than chance."""
    import rich

    from interlingua.evaluation import compare, comparison_table

    table = comparison_table(compare(scores, against), name=_short(name, other), other=_short(other, name))
    console = rich.get_console()
    console.print(table, soft_wrap=True, width=max(console.width, _WIDE))


def _short(name: str, other: str) -> str:
    """The last part of a path that tells two models apart."""
    parts, others = Path(name).parts, Path(other).parts
    for count in range(1, len(parts)):
        if parts[-count:] != others[-count:]:
            return parts[-count]
    return name
