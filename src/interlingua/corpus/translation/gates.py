"""What a translation must pass before it becomes a cell: rules of cleaning, compared with the cell it is made from."""

from collections.abc import Sequence

from interlingua.corpus.cleaning.making import make_step
from interlingua.corpus.cleaning.rule import Rule, RuleSettings
from interlingua.errors import CorpusError

__all__ = ["USUAL_GATES", "make_gates"]

USUAL_GATES = ("identical", "shared:max=0.8,skip=3", "ratio", "repetition:words=4", "language")
"""Copies, lengths, loops and wrong languages, the cheapest first. Closely related languages share many words, so a
translation is taken for a copy from four words in five on only."""


def make_gates(said: Sequence[str] = USUAL_GATES) -> tuple[Rule, ...]:
    """Return the gates that are named as rules of cleaning are.

    A translation of nothing at all never becomes a cell, with or without gates.

    Args:
        said: As ``ratio:max=2``; see :func:`interlingua.corpus.cleaning.make_step`.

    Raises:
        CorpusError: There is no such rule or setting, or it changes texts instead of judging them.

    Example:
        >>> [gate.name for gate in make_gates(["ratio:max=2"])]
        ['ratio:max=2.0']
    """
    gates: list[Rule] = []
    for word in said:
        step = make_step(word)
        if not isinstance(step, RuleSettings):
            raise CorpusError(f"{word} changes texts and is no gate; clean the corpus with it afterwards")
        gates.append(step)
    return tuple(gates)
