"""How a corpus was made, for people: the steps that its card lists, as sentences and tables."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from interlingua.corpus.history import HISTORY, history_of
from interlingua.corpus.markdown import plain_cell
from interlingua.corpus.steps import told_step

__all__ = ["chronicle"]

_TOLD_ELSEWHERE = ("sources", "exported", HISTORY)

_LONGEST = 1000
"""Characters of what something else wrote that are repeated."""


def chronicle(facts: Mapping[str, Any], *, languages: Collection[str] | None = None) -> list[str]:
    """Return paragraphs, lists and tables: what else a card tells, then every step, the oldest first.

    Sources that had been made by steps of their own are told of more briefly, below the step that took them. Texts that
    were dropped are not repeated: who dropped them does not want them published.

    Args:
        facts: What the card says.
        languages: Those of the corpus; tables leave the others out. None for all.

    Example:
        >>> print(*chronicle({"history": [{"step": "split", "dev": 0.05, "test": 0.1, "seed": 0}]}))
        **Split** by a hash of the text: 5.0% dev, 10.0% test, seed 0.
    """
    parts = [_other(key, value) for key, value in facts.items() if key not in _TOLD_ELSEWHERE]
    for step in history_of(facts):
        sentence, details = _told(step, languages)
        parts += [sentence, *details]
        if before := list(_before(step)):
            parts += ["Before that, its sources were made so:", "\n".join(before)]
    return parts


def _told(step: Any, languages: Collection[str] | None = None, *, briefly: bool = False) -> tuple[str, list[str]]:
    """What a step did, and what there is to show of it; of one that something else wrote, what it says."""
    try:
        return told_step(step, languages=languages, briefly=briefly)
    except (KeyError, TypeError, AttributeError, ValueError):
        if not isinstance(step, Mapping):
            return _other(HISTORY, step), []
        said = [
            f"{key} {value}" for key, value in step.items() if key != "step" and isinstance(value, str | int | float)
        ]
        return _other(str(step.get("step", HISTORY)), ", ".join(said)), []


def _before(step: Any, depth: int = 0) -> Iterator[str]:
    """The sources of a step as a list, with their steps and the sources of those."""
    sources = step.get("of") if isinstance(step, Mapping) else None
    for source in sources if isinstance(sources, list | tuple) else ():
        if isinstance(source, Mapping):
            yield f"{'  ' * depth}- {plain_cell(source.get('source', 'unknown'))}"
            for one in history_of(source):
                sentence, details = _told(one, briefly=True)
                yield f"{'  ' * (depth + 1)}- {' '.join([sentence, *details])}"
                yield from _before(one, depth + 2)


def _other(key: str, value: object) -> str:
    words = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"**{key.capitalize()}**: {plain_cell(words)[:_LONGEST]}".removesuffix(": ")
