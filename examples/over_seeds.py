"""Print the scores of finished runs as Markdown, a method a line, means over its seeds.

Runs are told apart by their folders, METHOD-SEED, as `interlingua train RECIPE --seeds 1,2,3` names them. The second
table takes the differences from the first method seed by seed, since a seed moves all methods together.

    python examples/over_seeds.py runs/enx-1 runs/enx-2 runs/enx-3 runs/multiway-1 runs/multiway-2 runs/multiway-3
    python examples/over_seeds.py --languages spa,por runs/enx-? runs/multiway-?     # retrieval with these alone
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev

from scipy.stats import t

from interlingua.evaluation import headline_scores, load_scores
from interlingua.languages import canonical
from interlingua.types import Score

Found = dict[str, dict[str, dict[str, float]]]
"""Percent by method, seed and task."""


def by_task(scores: Sequence[Score], languages: Sequence[str]) -> dict[str, float]:
    """Return the headline of every task in percent, or its mean over pairs of English with some languages."""
    if not languages:
        return {score.task: 100 * score.value for score in headline_scores(scores)}
    wanted = {canonical(language) for language in languages}
    found: dict[str, list[float]] = {}
    for score in scores:
        if score.metric == "mean_accuracy" and wanted.intersection(score.languages):
            found.setdefault(score.task, []).append(100 * score.value)
    return {task: mean(values) for task, values in found.items()}


def read(folders: Sequence[Path], languages: Sequence[str] = ()) -> tuple[Found, Found]:
    """Return the scores of every run, and those of the starts: one where all methods have the same."""
    found: Found = {}
    starts: Found = {}
    for folder in folders:
        method, _, seed = folder.name.rpartition("-")
        groups = load_scores(folder / "scores.json")
        for one, scores in ((found, groups["after"]), (starts, groups.get("start", groups["before"]))):
            one.setdefault(method, {})[seed] = by_task(scores, languages)
    first = next(iter(starts.values()))
    if all(one == first for one in starts.values()):
        return found, {"start": first}
    return found, {f"start of {method}": seeds for method, seeds in starts.items()}


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
    first, base = next(iter(found.items()))
    return {
        f"{method} less {first}": {
            seed: {task: value - base[seed][task] for task, value in seeds[seed].items()}
            for seed in seeds.keys() & base.keys()
        }
        for method, seeds in found.items()
        if method != first and seeds.keys() & base.keys()
    }


def with_interval(values: list[float]) -> str:
    """Return the mean of several values, and how far it may be off."""
    if len(values) < 2:
        return f"{values[0]:.1f}"
    half = t.ppf(0.975, len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return f"{mean(values):.1f} ± {half:.1f}"


def main(folders: Sequence[Path], languages: Sequence[str] = ()) -> None:
    """Print both tables."""
    found, starts = read(folders, languages)
    print("\n".join(table(starts | found)))
    if changes := differences(found):
        print("\n" + "\n".join(table(changes)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--languages", type=lambda words: words.split(","), default=())
    arguments = parser.parse_args()
    main(arguments.folders, arguments.languages)
