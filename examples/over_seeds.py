"""Print the scores of finished runs as Markdown, a method a line, means over its seeds.

Runs are told apart by their folders, METHOD-SEED, as `interlingua train RECIPE --seeds 1,2,3` names them. The second
table takes the differences from the first method seed by seed, since a seed moves all methods together.

    python examples/over_seeds.py runs/enx-1 runs/enx-2 runs/enx-3 runs/multiway-1 runs/multiway-2 runs/multiway-3
"""

import math
import sys
from pathlib import Path
from statistics import mean, stdev

from scipy.stats import t

from interlingua.evaluation import headline_scores, load_scores

Found = dict[str, dict[str, dict[str, float]]]
"""Percent by method, seed and task."""


def read(folders: list[Path]) -> Found:
    """Return the headline scores of every run, and of the start that it was trained from."""
    found: Found = {}
    for folder in folders:
        method, _, seed = folder.name.rpartition("-")
        groups = load_scores(folder / "scores.json")
        moments = {method: groups["after"], "start": groups.get("start", groups["before"])}
        for name, scores in moments.items():
            found.setdefault(name, {})[seed] = {one.task: 100 * one.value for one in headline_scores(scores)}
    return {"start": found.pop("start"), **found}


def table(found: Found) -> list[str]:
    """Return lines of means with the half width of their 95 % intervals (Student's t)."""
    tasks = list(next(iter(next(iter(found.values())).values())))
    lines = ["| method | seeds | " + " | ".join(tasks) + " |", "|---|--:|" + "--:|" * len(tasks)]
    for method, seeds in found.items():
        cells = [with_interval([scores[task] for scores in seeds.values()]) for task in tasks]
        lines.append(f"| {method} | {len(seeds)} | " + " | ".join(cells) + " |")
    return lines


def differences(found: Found) -> Found:
    """Return the scores of the methods less those of the first, seed by seed."""
    methods = {method: seeds for method, seeds in found.items() if method != "start"}
    first, base = next(iter(methods.items()))
    return {
        f"{method} less {first}": {
            seed: {task: value - base[seed][task] for task, value in seeds[seed].items()}
            for seed in seeds.keys() & base.keys()
        }
        for method, seeds in methods.items()
        if method != first and seeds.keys() & base.keys()
    }


def with_interval(values: list[float]) -> str:
    """Return the mean of several values, and how far it may be off."""
    if len(values) < 2:
        return f"{values[0]:.1f}"
    half = t.ppf(0.975, len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return f"{mean(values):.1f} ± {half:.1f}"


def main(folders: list[Path]) -> None:
    """Print both tables."""
    found = read(folders)
    print("\n".join(table(found)))
    if changes := differences(found):
        print("\n" + "\n".join(table(changes)))


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]])
