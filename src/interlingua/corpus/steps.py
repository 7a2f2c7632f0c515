"""Every step of making a corpus, in words: what the commands note of it, as a sentence and tables."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from interlingua.corpus.markdown import markdown_table, plain_cell
from interlingua.corpus.wording import counted
from interlingua.languages import display_name

__all__ = ["told_step"]

_CONFLICTS = {
    "all": "all were kept, the further ones in rows of their own",
    "majority": "the one that most sources have was kept",
    "best": "the one with the best score was kept",
    "first": "the one of the source that was named first was kept",
}

_QUOTED = 4000
"""Characters of a file of an archive that are repeated."""

_NAMED = 6
"""Up to so many languages are named in a sentence."""


def told_step(
    step: Mapping[str, Any], *, languages: Collection[str] | None = None, briefly: bool = False
) -> tuple[str, list[str]]:
    """Return what a step did in a sentence or some, and the tables, lists and quotations that belong to it.

    Args:
        step: As the history of a card has it.
        languages: Those that tables may have; None for all.
        briefly: Sentences in place of tables, and no quotations.

    Raises:
        KeyError: There is no such step, or it does not say all that is to be told; so do TypeError, ValueError and
            AttributeError where what it says is of another kind.

    Example:
        >>> told_step({"step": "build", "sources": 2})
        ('**Put together** from 2 sources, one after the other.', [])
    """
    match step["step"]:
        case "fetch":
            return _fetched(step), list(_notes(step.get("notes", {}), briefly=briefly))
        case "build":
            return f"**Put together** from {counted(step['sources'], 'source')}, one after the other.", []
        case "join":
            return _joined(step), [] if briefly else list(_conflicts(step, languages))
        case "clean":
            return _cleaned(step), list((_found if briefly else _rules)(step["rules"], "texts dropped"))
        case "translate":
            return _translated(step), list((_found if briefly else _rules)(step["rules"], "translations left out"))
        case "split":
            return _split(step), []
    raise KeyError(step["step"])


def _fetched(facts: Mapping[str, Any]) -> str:
    urls = list(facts["urls"])
    more = f" and {len(urls) - 3:,} more" if len(urls) > 3 else ""
    return f"**Fetched** on {facts['date']} from {', '.join(f'<{url}>' for url in urls[:3])}{more}."


def _notes(notes: Mapping[str, str], *, briefly: bool) -> Iterator[str]:
    """What the files say that came with the texts, or where that stands."""
    if briefly and notes:
        yield f"What its {' and '.join(map(plain_cell, notes))} said is in `corpus.json`."
        return
    for name, text in notes.items():
        shown = text.strip() if len(text) <= _QUOTED else text[:_QUOTED].strip() + " ..."
        yield f"Its {plain_cell(name)} says:"
        yield "\n".join(f"> {line}".rstrip() for line in shown.splitlines())


def _joined(facts: Mapping[str, Any]) -> str:
    pivot, found = display_name(facts["pivot"]), facts["cells_in_conflict"]
    made = f" became {facts['rows']:,}" if "rows" in facts else " were joined"
    lines = [
        f"**Joined**: {counted(facts['rows_read'], 'row')} of the sources{made}. Rows that share their {pivot} text "
        f"are one; there are {facts['pivot_texts']:,} different ones."
    ]
    if found:
        times = "once" if found == 1 else f"{found:,} times"
        lines.append(
            f"Where such a text had several translations into a language ({times}), {_CONFLICTS[facts['conflicts']]}."
        )
    if kept := facts["rows_without_pivot_kept"]:
        lines.append(f"Kept as they are: {counted(kept, 'row')} without {pivot}.")
    reasons = {
        "rows_without_pivot_left_out": f"without {pivot}",
        "rows_beyond_most": "with a text that their source repeats too often",
        "rows_of_too_few_cells": "with too few texts",
    }
    if left := [f"{counted(facts[key], 'row')} {why}" for key, why in reasons.items() if facts[key]]:
        lines.append(f"Left out: {', '.join(left)}.")
    return " ".join(lines)


def _conflicts(facts: Mapping[str, Any], languages: Collection[str] | None) -> Iterator[str]:
    """A table of the languages that had several texts; those that the corpus has not are counted below it."""
    conflicts: Mapping[str, int] = facts.get("conflicts_by_language", {})
    here = {code: count for code, count in conflicts.items() if languages is None or code in languages}
    if here:
        rows = [[f"`{code}`", display_name(code), count] for code, count in here.items()]
        yield markdown_table(["column", "language", "several translations"], rows)
    if gone := len(conflicts) - len(here):
        rest = sum(conflicts.values()) - sum(here.values())
        yield f"Of these, {rest:,} in {counted(gone, 'language')} that this corpus has not."


def _split(facts: Mapping[str, Any]) -> str:
    told = f"**Split** by a hash of the text: {facts['dev']:.1%} dev, {facts['test']:.1%} test, seed {facts['seed']}"
    kept = facts.get("rows_that_had_one")
    return f"{told}; {counted(kept, 'row')} had a split already and kept it." if kept else f"{told}."


def _translated(facts: Mapping[str, Any]) -> str:
    cells: Mapping[str, int] = facts["cells"]
    by = f" by {plain_cell(facts['translator'])}" if facts.get("translator") else ""
    if not (made := sum(cells.values())):
        return f"**Translated**{by}: there was nothing to translate."
    names = [display_name(code) for code in cells]
    into = ", ".join(names) if len(names) <= _NAMED else counted(len(names), "language")
    kept = sum(facts["kept_cells"].values())
    passed = "all" if made == kept else f"{kept:,} ({_share(kept, made)})"
    return (
        f"**Translated** into {into}{by}: of {counted(made, 'translation')} {passed} passed the checks and were kept."
    )


def _cleaned(facts: Mapping[str, Any]) -> str:
    cells, kept = sum(facts["cells"].values()), sum(facts["kept_cells"].values())
    return (
        f"**Cleaned**: of {counted(facts['rows'], 'row')} {facts['kept_rows']:,} stayed "
        f"({_share(facts['kept_rows'], facts['rows'])}), of {counted(cells, 'text')} {kept:,} ({_share(kept, cells)})."
    )


def _found(rules: Sequence[Mapping[str, Any]], texts: str) -> Iterator[str]:
    """What each rule took, in a sentence."""
    if found := [f"{one['cells']:,} by `{one['rule']}`" for one in rules if one["cells"]]:
        yield f"{texts.capitalize()}: {', '.join(found)}."


def _rules(rules: Sequence[Mapping[str, Any]], texts: str) -> Iterator[str]:
    """A table of the rules that found something, the names of the others, and what rules could not judge."""
    if found := [one for one in rules if one["cells"] or one["rows"] or one.get("repaired")]:
        rows = [[f"`{one['rule']}`", one["rows"], one["cells"], _by_language(one)] for one in found]
        yield markdown_table(["rule", "rows dropped", texts, "at fault, by language"], rows)
    if others := [f"`{one['rule']}`" for one in rules if one not in found]:
        yield f"Nothing was found by {', '.join(others)}."
    if notes := [f"- `{one['rule']}`: {note}" for one in rules for note in one.get("notes", ())]:
        yield "\n".join(notes)


def _share(part: int, whole: int) -> str:
    return f"{part / max(1, whole):.1%}"


def _by_language(one: Mapping[str, Any]) -> str:
    words = _most(one.get("faulted", {}))
    changed = _most(one.get("repaired", {}))
    return "; ".join(filter(None, [words, f"changed: {changed}" if changed else ""]))


def _most(counts: Mapping[str, int], shown: int = 8) -> str:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    more = f", {len(ordered) - shown:,} more" if len(ordered) > shown else ""
    return ", ".join(f"{code} {count:,}" for code, count in ordered[:shown]) + more
