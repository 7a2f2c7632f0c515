"""A run folder, read back: what a report is made of."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from interlingua.errors import FormatError
from interlingua.evaluation import load_scores
from interlingua.evaluation.samples import load_samples
from interlingua.report.evidence import Evidence, load_evidence
from interlingua.types import Score

__all__ = ["RunRecord", "read_run", "read_runs"]


@dataclass(frozen=True)
class RunRecord:
    """A finished run.

    Args:
        path: Its folder.
        name: How the report calls it.
        recipe: As it was resolved.
        recipe_text: The same as YAML.
        facts: Seed, sizes, seconds and versions.
        scores: ``before``, ``after`` and what else was measured, with samples where they were kept.
        log: What was logged while it trained.
        evidence: What the report shows beside scores, if it was kept.
        doctor: A diagnosis of the model, if one was kept.
    """

    path: Path
    name: str
    recipe: dict[str, Any]
    recipe_text: str
    facts: dict[str, Any]
    scores: dict[str, list[Score]]
    log: list[dict[str, Any]] = field(default_factory=list)
    evidence: Evidence | None = None
    doctor: dict[str, Any] | None = None

    def shown(self, key: str) -> Any:
        """Return a part of the evidence; None where there is none."""
        return None if self.evidence is None else self.evidence.get(key)


def read_runs(folders: Sequence[str | Path]) -> list[RunRecord]:
    """Read several runs; those of one name are called by their folders.

    Raises:
        FormatError: As :func:`read_run`; or a folder is given twice, or none is.
    """
    paths = [Path(folder) for folder in folders]
    if len({path.resolve() for path in paths}) < len(paths):
        raise FormatError("is given twice; give every run once", path=paths[0])
    records = [read_run(path) for path in paths]
    names = [record.name for record in records]
    if len(set(names)) == len(names):
        return records
    by_folder = [path.resolve().name for path in paths]
    unlike = by_folder if len(set(by_folder)) == len(paths) else [str(path) for path in paths]
    return [replace(record, name=name) for record, name in zip(records, unlike, strict=True)]


def read_run(folder: str | Path) -> RunRecord:
    """Read what a run left behind; nothing of it but recipe and scores is needed.

    Raises:
        FormatError: If it is no run folder, the run is not finished, or a file is damaged.
    """
    path = Path(folder)
    recipe_path = path / "recipe.yaml"
    if not recipe_path.is_file():
        raise FormatError(
            "is no run folder: there is no recipe.yaml in it; give what `interlingua train` made", path=path
        )
    if not (path / "scores.json").is_file():
        raise FormatError("has no scores.json yet; finish the run with `interlingua train RECIPE --resume`", path=path)
    text, recipe = _recipe(recipe_path)
    return RunRecord(
        path=path,
        name=str(recipe.get("name") or path.resolve().name),
        recipe=recipe,
        recipe_text=text,
        facts=_json(path / "run.json") or {},
        scores=_scores(path),
        log=_log(path / "log.jsonl"),
        evidence=load_evidence(path / "evidence.json") if (path / "evidence.json").is_file() else None,
        doctor=_json(path / "doctor.json"),
    )


def _scores(path: Path) -> dict[str, list[Score]]:
    scores = load_scores(path / "scores.json")
    kept = path / "samples.parquet"
    return load_samples(kept, **scores) if kept.is_file() else scores


def _recipe(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FormatError(f"cannot be read as YAML ({' '.join(str(error).split())})", path=path) from error
    if not isinstance(content, dict):
        raise FormatError("holds no recipe", path=path)
    return text, content


def _json(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FormatError(f"cannot be read as JSON ({error})", path=path) from error
    if not isinstance(content, dict):
        raise FormatError("is not a JSON object", path=path)
    return content


def _log(path: Path) -> list[dict[str, Any]]:
    """The lines of a log; the last may be cut off where a run was killed."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    entries = []
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
        except ValueError as error:
            if number == len(lines):
                break
            raise FormatError(f"is no line of JSON ({error})", path=path, line=number) from error
        if isinstance(entry, dict):
            entries.append(entry)
    return entries
