"""What some translators can say beside their translations."""

from typing import Protocol, runtime_checkable

from interlingua.languages import canonical
from interlingua.types import Translator

__all__ = ["Routed", "route_of"]


@runtime_checkable
class Routed(Protocol):
    """A translator that goes by way of other languages."""

    def route(self, source: str, target: str) -> tuple[str, ...]:
        """Return the languages that a translation passes, from source to target."""


def route_of(translator: Translator, source: str, target: str) -> tuple[str, ...]:
    """Return the languages that a translation passes: the two, and what lies between where the translator says it."""
    if isinstance(translator, Routed):
        return translator.route(source, target)
    return (canonical(source), canonical(target))
