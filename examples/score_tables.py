"""Print the scores of run folders as Markdown: one table a task, languages as lines, before and after side by side.

python examples/score_tables.py runs/students runs/students-transformer
"""

import json
import sys
from pathlib import Path

from interlingua.evaluation import load_scores
from interlingua.languages import display_name
from interlingua.types import Score


def main(folders: list[Path]) -> None:
    """Print the tables of every task that the runs have in common."""
    runs = {folder.name: load_scores(folder / "scores.json") for folder in folders}
    facts = {folder.name: json.loads((folder / "run.json").read_text(encoding="utf-8")) for folder in folders}
    for name, fact in facts.items():
        print(
            f"- `{name}`: seed {fact['seed']}, {fact['rows']:,} rows, {fact['cells']:,} texts, {fact['batches']:,} ",
            end="",
        )
        print(f"batches, {fact['seconds']:,.0f} s of training")
    first = next(iter(runs.values()))["after"]
    for task in dict.fromkeys(score.task for score in first):
        print(f"\n### {task}\n")
        columns = [f"{run} before | {run} after | 95 %" for run in runs]
        print(f"| pair | n | {' | '.join(columns)} |\n|---|--:|{'--:|--:|--:|' * len(runs)}")
        for score in first:
            if score.task == task and score.metric != "accuracy":
                cells = [_cells(score, groups) for groups in runs.values()]
                print(f"| {_pair(score)} | {score.n:,} | {' | '.join(cells)} |")


def _pair(score: Score) -> str:
    if score.metric.startswith("macro"):
        return "**mean of these**"
    return " - ".join(display_name(code) for code in score.languages)


def _cells(wanted: Score, groups: dict[str, list[Score]]) -> str:
    def find(moment: str) -> Score:
        return next(
            score
            for score in groups[moment]
            if (score.task, score.metric, score.languages) == (wanted.task, wanted.metric, wanted.languages)
        )

    after = find("after")
    interval = f"{100 * after.low:.1f} to {100 * after.high:.1f}"
    return f"{100 * find('before').value:.1f} | {100 * after.value:.1f} | {interval}"


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]])
