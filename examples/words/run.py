"""The study of word objectives: starts of a small contextual encoder, then TR, TR+AWP, TR+WTR, WACSE and DAP on it.

Needs $INTERLINGUA_DATA (sets ntrex and bible) and, for the links, the program eflomal. Every stage goes on where it was
stopped: what is finished is not done again.

    python examples/words/run.py static
    python examples/words/run.py starts
    python examples/words/run.py links
    python examples/words/run.py methods --seeds 1,2,3 --start distilled
"""

import argparse
import json
from pathlib import Path
from typing import Any

import yaml

from interlingua import train
from interlingua.evaluation import headline_scores

HERE = Path(__file__).parent
TRANSFORMER = {"kind": "transformer", "layers": 4, "dimension": 256, "heads": 4, "max_length": 32}
PREDICTION = [{"preset": "masked_language_modelling"}, {"preset": "translation_language_modelling"}]
"""What an encoder learns to read with."""


def pretraining(runs: Path) -> dict[str, dict[str, Any]]:
    """Return what every start is trained with before translations are ranked; nothing where it is ranked at once."""
    table = {**TRANSFORMER, "initialise_from": str(runs / "static/model")}
    distilled = {"objective": {"preset": "cosine_distillation"}, "teacher": {"model": str(runs / "static/model")}}
    read = {"objective": PREDICTION, "batches": {"rows": 32}}
    return {
        "table": {"student": table},
        "mlm": {"student": {**TRANSFORMER, "vocabulary": 32_000}, **read, "steps": 250},
        "table-mlm": {"student": table, **read, "steps": 250},
        "table-distilled": {"student": table, **distilled, "steps": 400},
    }


def base(name: str, **changes: Any) -> dict[str, Any]:
    """Return the shared recipe with some of it changed."""
    content: dict[str, Any] = yaml.safe_load((HERE / "base.yaml").read_text(encoding="utf-8"))
    content["name"] = name
    if (steps := changes.pop("steps", None)) is not None:
        content["training"]["steps"] = steps
    content["batches"] |= changes.pop("batches", {})
    return content | changes


def static(runs: Path) -> None:
    """Train the static encoder that all starts take their token vectors from."""
    _run(yaml.safe_load((HERE / "static.yaml").read_text(encoding="utf-8")), runs / "static", seed=1)


def starts(runs: Path, names: list[str]) -> None:
    """Train every start, rank translations on it for as many steps, and print retrieval after both."""
    for name in names:
        settings = pretraining(runs)[name]
        student = settings["student"]
        more = 0
        if "objective" in settings:
            before = _run(base(f"start-{name}", **settings), runs / f"start-{name}", seed=1)
            student = {"model": str(runs / f"start-{name}/model")}
            _tell(f"{name}, before ranking", before)
        else:
            more = 400  # the time that others have spent before
        after = _run(base(f"ranked-{name}", student=student, steps=200 + more), runs / f"ranked-{name}", seed=1)
        _tell(f"{name}, ranked", after)


def _run(content: dict[str, Any], place: Path, *, seed: int) -> Any:
    return train(content, output=place, seed=seed, resume=place.exists(), progress=False)


def _tell(name: str, result: Any) -> None:
    values = {score.task: round(100 * score.value, 1) for score in headline_scores(result.after)}
    print(json.dumps({"start": name, "seconds": round(result.seconds), **values}), flush=True)


def main() -> None:
    """Do one stage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stage", choices=["static", "starts"])
    parser.add_argument("--only", nargs="+", help="some of the starts")
    parser.add_argument("--output", type=Path, default=Path("runs/words"))
    arguments = parser.parse_args()
    if arguments.stage == "static":
        static(arguments.output)
    else:
        starts(arguments.output, arguments.only or list(pretraining(arguments.output)))


if __name__ == "__main__":
    main()
