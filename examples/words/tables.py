"""Tables of the study of word objectives, as Markdown, from the scores that run.py has left.

python examples/words/tables.py runs/words/scores.jsonl runs/words/aligners.jsonl
"""

import argparse
import json
import math
from collections.abc import Iterable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

T_975 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78}
"""Student's t by number of seeds."""

COLUMNS = {
    ("mafand", "mean_accuracy"): "MAFAND",
    ("ntrex high", "macro_accuracy"): "NTREX high",
    ("ntrex low", "macro_accuracy"): "NTREX low",
    ("bible high", "macro_accuracy"): "verses high",
    ("bible low", "macro_accuracy"): "verses low",
    ("words high", "macro_accuracy"): "words high",
    ("words low", "macro_accuracy"): "words low",
    ("links layer 1", "macro_aer"): "AER layer 1",
    ("links layer 2", "macro_aer"): "AER layer 2",
}


def read(path: Path) -> list[dict[str, Any]]:
    """Return the scores of a file, one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def methods(scores: list[dict[str, Any]]) -> Iterable[str]:
    """Yield the table of methods: means over seeds with the half width of their 95 % intervals."""
    found: dict[tuple[str, str], dict[int, list[float]]] = {}
    seconds: dict[str, dict[int, float]] = {}
    for score in scores:
        seconds.setdefault(score["method"], {})[score["seed"]] = score["seconds"]
        task = score["task"].partition(" ")[0] if score["task"].startswith("mafand") else score["task"]
        column = COLUMNS.get((task, score["metric"]))
        if column is not None:
            found.setdefault((score["method"], column), {}).setdefault(score["seed"], []).append(100 * score["value"])
    columns = [column for column in COLUMNS.values() if any(key[1] == column for key in found)]
    yield "| method | seeds | " + " | ".join(columns) + " | seconds |"
    yield "|---|--:|" + "--:|" * (len(columns) + 1)
    for method, taken in seconds.items():
        cells = [_with_interval([mean(one) for one in found.get((method, name), {}).values()]) for name in columns]
        yield f"| {method} | {len(taken)} | " + " | ".join(cells) + f" | {mean(taken.values()):.0f} |"


def aligners(scores: list[dict[str, Any]]) -> Iterable[str]:
    """Yield the table of aligners: AER of every pair of languages, and its mean."""
    rate = {(one["method"], "-".join(one["languages"])): 100 * one["value"] for one in scores if one["metric"] == "aer"}
    names, pairs = (list(dict.fromkeys(key[place] for key in rate)) for place in (0, 1))
    short = ["-".join(code.split("_")[0] for code in pair.split("-")) for pair in pairs]
    yield "| aligner | " + " | ".join(short) + " | mean |"
    yield "|---|" + "--:|" * (len(pairs) + 1)
    for name in names:
        row = [rate[name, pair] for pair in pairs]
        yield f"| {name} | " + " | ".join(f"{value:.1f}" for value in row) + f" | {mean(row):.1f} |"


def _with_interval(values: list[float]) -> str:
    if not values:
        return ""
    if len(values) < 2:
        return f"{values[0]:.1f}"
    return f"{mean(values):.1f} ± {T_975.get(len(values), 2.0) * stdev(values) / math.sqrt(len(values)):.1f}"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scores", type=Path)
    parser.add_argument("aligners", type=Path, nargs="?")
    arguments = parser.parse_args()
    print("\n".join(methods(read(arguments.scores))))
    if arguments.aligners is not None:
        print("\n" + "\n".join(aligners(read(arguments.aligners))))


if __name__ == "__main__":
    main()
