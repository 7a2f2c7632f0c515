"""How a corpus was made, for people: what the commands that made it noted in its card, as sentences and tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from interlingua.corpus.wording import counted
from interlingua.languages import display_name

__all__ = ["chronicle", "markdown_table", "plain_cell"]

_CONFLICTS = {
    "all": "all were kept, the further ones in rows of their own",
    "majority": "the one that most sources have was kept",
    "best": "the one with the best score was kept",
    "first": "the one of the source that was named first was kept",
}

_QUOTED = 4000
"""Characters of a file of an archive that are repeated."""

_TOLD_ELSEWHERE = ("sources", "exported")


def chronicle(facts: Mapping[str, Any]) -> list[str]:
    """Return a paragraph or table for every step that a card tells of, in the order in which it tells them.

    Texts that were dropped are not repeated: who dropped them does not want them published.

    Example:
        >>> print(*chronicle({"splits": {"dev": 0.05, "test": 0.1, "seed": 0}}))
        **Split** by a hash of the text: 5.0% dev, 10.0% test, seed 0.
    """
    parts: list[str] = []
    for key, value in facts.items():
        try:
            match key:
                case "fetched":
                    parts.append(_fetched(value))
                case "join":
                    parts += _joined(value)
                case "cleaning":
                    parts += [part for one in value for part in _cleaned(one)]
                case "translation":
                    parts += _translated(value)
                case "notes":
                    parts += [part for name, text in value.items() for part in _quoted(name, text)]
                case "splits":
                    told = f"{value['dev']:.1%} dev, {value['test']:.1%} test, seed {value['seed']}"
                    parts.append(f"**Split** by a hash of the text: {told}.")
                case _ if key not in _TOLD_ELSEWHERE:
                    parts.append(_other(key, value))
        except (KeyError, TypeError, AttributeError, ValueError):  # a card that something else wrote
            parts.append(_other(key, value))
    return parts


def markdown_table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""Return a table; whole numbers stand to the right.

    Example:
        >>> print(markdown_table(["a|b", "n"], [["x", 1200]]))
        | a\|b | n |
        |---|--:|
        | x | 1,200 |
    """
    lines = [list(row) for row in rows]
    right = [bool(lines) and all(isinstance(line[i], int) for line in lines) for i in range(len(names))]
    shown = [[f"{one:,}" if isinstance(one, int) else plain_cell(one) for one in line] for line in lines]
    head = [[plain_cell(name) for name in names], ["--:" if number else "---" for number in right]]
    ruled = "|" + "|".join(head[1]) + "|"
    return "\n".join(["| " + " | ".join(head[0]) + " |", ruled, *("| " + " | ".join(line) + " |" for line in shown)])


def plain_cell(value: object) -> str:
    """Return words as one cell of a table."""
    return " ".join(str(value).split()).replace("|", "\\|")


def _fetched(facts: Mapping[str, Any]) -> str:
    urls = list(facts["urls"])
    more = f" and {len(urls) - 3:,} more" if len(urls) > 3 else ""
    return f"**Fetched** on {facts['date']} from {', '.join(f'<{url}>' for url in urls[:3])}{more}."


def _quoted(name: str, text: str) -> Iterator[str]:
    shown = text.strip() if len(text) <= _QUOTED else text[:_QUOTED].strip() + " ..."
    yield f"Its {plain_cell(name)} says:"
    yield "\n".join(f"> {line}".rstrip() for line in shown.splitlines())


def _joined(facts: Mapping[str, Any]) -> Iterator[str]:
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
    yield " ".join(lines)
    if conflicts := facts.get("conflicts_by_language"):
        rows = [[f"`{code}`", display_name(code), count] for code, count in conflicts.items()]
        yield markdown_table(["column", "language", "several translations"], rows)


def _translated(facts: Mapping[str, Any]) -> Iterator[str]:
    made, kept = sum(facts["cells"].values()), sum(facts["kept_cells"].values())
    passed = f"all {made:,}" if made == kept else f"{kept:,} of {made:,} ({_share(kept, made)})"
    yield f"**Translated**: a machine translated texts that were missing; {passed} passed the checks and were kept."
    yield from _rules(facts["rules"], texts="translations left out")


def _cleaned(facts: Mapping[str, Any]) -> Iterator[str]:
    cells, kept = sum(facts["cells"].values()), sum(facts["kept_cells"].values())
    yield (
        f"**Cleaned**: of {counted(facts['rows'], 'row')} {facts['kept_rows']:,} stayed "
        f"({_share(facts['kept_rows'], facts['rows'])}), of {counted(cells, 'text')} {kept:,} ({_share(kept, cells)})."
    )
    yield from _rules(facts["rules"], texts="texts dropped")


def _rules(rules: Sequence[Mapping[str, Any]], *, texts: str) -> Iterator[str]:
    """A table of the rules that found something, the names of the others, and what rules could not judge."""
    found = [one for one in rules if one["cells"] or one["rows"] or one.get("repaired")]
    if found:
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


def _other(key: str, value: object) -> str:
    words = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"**{key.capitalize()}**: {plain_cell(words)[:1000]}"
