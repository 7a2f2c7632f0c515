"""How a corpus was made: the steps that its card lists, the oldest first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

__all__ = ["HISTORY", "Before", "history_of", "with_step"]

HISTORY = "history"
"""Where ``corpus.json`` lists the steps."""

Before: TypeAlias = tuple[str, Sequence[Any]]
"""Name of a source, and the steps that it was made by."""


def history_of(card: Mapping[str, Any]) -> list[Any]:
    """Return the steps of a card, the oldest first; what stands there and is no list is one.

    Example:
        >>> history_of({"history": [{"step": "split"}]}), history_of({})
        ([{'step': 'split'}], [])
    """
    found = card.get(HISTORY, [])
    return list(found) if isinstance(found, list | tuple) else [found]


def with_step(
    card: Mapping[str, Any], step: str, facts: Mapping[str, Any], *, of: Iterable[Before] = ()
) -> dict[str, Any]:
    """Return what a card says, with one step more.

    Args:
        card: What it says so far.
        step: What was done: the name of the command.
        facts: What is to be known of it, ready for JSON.
        of: The sources that went into it. Those with steps of their own stand under ``of`` with their names, each once.

    Example:
        >>> card = with_step({"history": [{"step": "fetch"}]}, "join", {"rows": 7}, of=[("a", [{"step": "clean"}])])
        >>> card["history"][1]
        {'step': 'join', 'rows': 7, 'of': [{'source': 'a', 'history': [{'step': 'clean'}]}]}
    """
    before: list[dict[str, Any]] = []
    for name, steps in of:
        told = {"source": name, HISTORY: list(steps)}
        if steps and told not in before:
            before.append(told)
    made = {"step": step, **facts, **({"of": before} if before else {})}
    return {**card, HISTORY: [*history_of(card), made]}
