"""All advice: causes before what follows from them."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from interlingua.evaluation.doctor import space_rules, text_rules
from interlingua.evaluation.doctor.advice import Advice
from interlingua.evaluation.doctor.chart import Chart

__all__ = ["RULES", "advise"]

Rule: TypeAlias = Callable[[Chart], Iterator[Advice]]

RULES: tuple[Rule, ...] = (
    space_rules.collapse,
    text_rules.contamination,
    text_rules.duplicates,
    text_rules.unknown,
    text_rules.truncation,
    text_rules.fertility,
    text_rules.misplaced,
    space_rules.teacher,
    space_rules.forgetting,
    space_rules.few_found,
    space_rules.leakage,
    space_rules.anisotropy,
    space_rules.hubs,
    space_rules.weak_languages,
)
"""Causes before what follows from them."""


_FOLLOWS_COLLAPSE = {"few-found", "leakage", "anisotropy", "hubs", "weak-language", "misplaced"}
"""What says no more than that all vectors are the same."""


def advise(chart: Chart) -> list[Advice]:
    """Return all advice that the numbers give: the severe first, and of these causes before what follows from them."""
    found = [advice for rule in RULES for advice in rule(chart)]
    if found and found[0].diagnosis == "collapse":
        found = [advice for advice in found if advice.diagnosis not in _FOLLOWS_COLLAPSE]
    return sorted(found, key=lambda advice: not advice.severe)
