"""Scores to stdout."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlingua.types import Score

__all__ = ["print_scores"]


def print_scores(scores: "Iterable[Score]", *, before: "Iterable[Score] | None" = None) -> None:
    """Print scores as tables; a line longer than the terminal is wide stays one line."""
    import rich

    from interlingua.evaluation import score_table

    rich.get_console().print(score_table(scores, before=before), soft_wrap=True)
