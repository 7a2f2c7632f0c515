"""RECIPES -> WHAT DIFFERS: the keys in which several runs are not alike."""

from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["recipe_differences"]

_ABSENT = "–"


def recipe_differences(recipes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the keys whose values differ, in the order of the recipes, with a value a recipe.

    Args:
        recipes: As they were resolved, every default written out.

    Example:
        >>> a = {"name": "a", "training": {"steps": 200, "seed": 1}}
        >>> b = {"name": "a", "training": {"steps": 60, "seed": 1}}
        >>> recipe_differences([a, b])
        [{'key': 'training.steps', 'values': ['200', '60']}]
    """
    flat = [dict(_leaves(recipe, "")) for recipe in recipes]
    keys = dict.fromkeys(key for one in flat for key in one)
    lines = [{"key": key, "values": [one.get(key, _ABSENT) for one in flat]} for key in keys]
    return [line for line in lines if len(set(line["values"])) > 1]


def _leaves(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from _leaves(part, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for number, part in enumerate(value):
            yield from _leaves(part, f"{key}.{number}")
    else:
        yield key, str(value)
