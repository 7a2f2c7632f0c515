"""What some translators can say beside their translations."""

from typing import Protocol, runtime_checkable

from interlingua.languages import canonical
from interlingua.types import Translator

__all__ = ["AT_ONCE", "InPieces", "Routed", "at_once", "route_of"]

AT_ONCE = 1024
"""Texts that a translator is given at a time, unless it says how many."""


@runtime_checkable
class Routed(Protocol):
    """A translator that goes by way of other languages."""

    def route(self, source: str, target: str) -> tuple[str, ...]:
        """Return the languages that a translation passes, from source to target."""


@runtime_checkable
class InPieces(Protocol):
    """A translator that wants few texts at a time, or many."""

    @property
    def at_once(self) -> int:
        """How many."""


def at_once(translator: Translator) -> int:
    """Return how many texts a translator is given at a time: what a killed run loses at most."""
    return translator.at_once if isinstance(translator, InPieces) else AT_ONCE


def route_of(translator: Translator, source: str, target: str) -> tuple[str, ...]:
    """Return the languages that a translation passes: the two, and what lies between where the translator says it."""
    if isinstance(translator, Routed):
        return translator.route(source, target)
    return (canonical(source), canonical(target))
