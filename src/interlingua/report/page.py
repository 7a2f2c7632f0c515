"""RUNS -> A PAGE: one HTML file that needs nothing else."""

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from interlingua.atomic import write_text
from interlingua.errors import FormatError, OutputError
from interlingua.report import exhibits, figures, maps, sections
from interlingua.report.differences import recipe_differences
from interlingua.report.panels import Panel, language_name, make_panels, make_versus
from interlingua.report.record import RunRecord, read_runs
from interlingua.report.tables import scores_csv

__all__ = ["render", "write_report"]


def write_report(
    runs: str | Path | Sequence[str | Path], output: str | Path | None = None, *, csv: str | Path | None = None
) -> Path:
    """Write one page about a run, or about several runs side by side.

    Everything is in the file: it opens from a mail, without a network. Equal runs make equal bytes.

    Args:
        runs: A run folder, or several; the others are compared with the first.
        output: The page; ``report.html`` in the folder of a single run, else in the working folder, unless given.
        csv: Where the numbers go as CSV, if they are wanted.

    Returns:
        Where the page is.

    Raises:
        FormatError: A folder is no finished run, or a file in it is damaged.
        OutputError: The page cannot be written.
    """
    folders = [runs] if isinstance(runs, str | Path) else list(runs)
    if not folders:
        raise OutputError("there is no run to report on; give at least one run folder")
    records = read_runs(folders)
    default = Path(folders[0]) / "report.html" if len(folders) == 1 else Path("report.html")
    target = default if output is None else Path(output)
    write_text(target, render(records))
    if csv is not None:
        write_text(Path(csv), scores_csv(records))
    return target


def render(records: Sequence[RunRecord]) -> str:
    """Return the page as HTML.

    Raises:
        FormatError: A run has no scores, and nothing else to show.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    panels = make_panels(records)
    if not panels:
        raise FormatError("has no scores: its recipe names no task in evaluation.test", path=records[0].path)
    environment = Environment(
        loader=PackageLoader("interlingua.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(_context(records, panels))


def _context(records: Sequence[RunRecord], panels: Sequence[Panel]) -> dict[str, Any]:
    versus = make_versus(panels)
    many = len(records) > 1
    return {
        "many": many,
        "title": " and ".join(record.name for record in records) if many else records[0].name,
        "about": "" if many else str(records[0].recipe.get("about") or ""),
        "panels": [panel.title for panel in panels],
        "runs": [_run(record) for record in records],
        "differences": recipe_differences([record.recipe for record in records]) if many else [],
        "headlines": sections.headlines(panels, versus),
        "verdicts": sections.verdicts(versus),
        "notes": [note for one in versus for note in one.notes],
        "tables": sections.score_tables(panels, versus),
        "matrices": exhibits.matrices(panels),
        "sentences": maps.sentence_maps(panels),
        "words": maps.word_maps(panels),
        "legends": _legends(records),
        "neighbours": exhibits.neighbours(panels),
        "links": exhibits.link_heatmaps(panels),
        "learning": sections.learning(panels),
        "coverage": exhibits.coverage(panels),
        "doctors": [_doctor(record) for record in records if record.doctor is not None],
        "conditions": sections.conditions(panels),
        "marks": {"better": "▲", "same": "=", "worse": "▼", "undefined": "?"},
    }


def _legends(records: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """One legend of languages a run; a single one where all have the same."""
    found: dict[tuple[str, ...], str] = {}
    for record in records:
        if record.evidence is not None:
            found.setdefault(tuple(record.evidence["languages"]), record.name)
    return [
        {"title": title, "entries": figures.legend([language_name(code) for code in codes], name=f"legend-{number}")}
        for number, (codes, title) in enumerate(found.items())
    ]


def _run(record: RunRecord) -> dict[str, Any]:
    recipe, facts = record.recipe, record.facts
    student = recipe.get("student") or {}
    teacher = recipe.get("teacher") or {}
    corpora = recipe.get("corpus") or []
    return {
        "name": record.name,
        "about": str(recipe.get("about") or ""),
        "numbers": _numbers(facts),
        "commands": _commands(record),
        "versions": _versions(facts),
        "languages": [language_name(code) for code in facts.get("languages", ())],
        "student": student.get("model") or f"a new {student.get('kind')} encoder",
        "teacher": teacher.get("model"),
        "corpora": [
            {"data": one.get("data"), "split": one.get("split"), "weight": one.get("weight")}
            for one in corpora
            if isinstance(one, dict)
        ],
        "left_out": _left_out(facts.get("decontamination")),
        "readings": recipe.get("readings") or {},
        "recipe": record.recipe_text,
    }


def _numbers(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a run took, in words."""
    known = {
        "rows": "training rows",
        "cells": "texts",
        "batches": "batches",
        "seconds": "seconds of training",
        "processes": "processes",
        "device": "device",
        "seed": "seed",
    }
    return [
        (words, f"{facts[key]:,}" if isinstance(facts[key], int | float) and key != "seed" else str(facts[key]))
        for key, words in known.items()
        if key in facts
    ]


def _left_out(found: Mapping[str, Any] | None) -> str:
    """How many rows were not trained on since encoders are tested on them."""
    if not found:
        return ""
    sets = ", ".join(f"{name} {rows:,}" for name, rows in found["by_set"].items() if rows)
    told = f"{found['dropped']:,} of {found['rows']:,} rows" + (f" ({sets})" if sets else "")
    return told + (f"; not checked: {', '.join(found['missing'])}" if found["missing"] else "")


def _commands(record: RunRecord) -> list[str]:
    version = record.facts.get("version")
    install = [f"pip install {shlex.quote(f'interlingua=={version}')}"] if version else []
    return [*install, f"interlingua train recipe.yaml -o {shlex.quote(record.name)}"]


def _versions(facts: Mapping[str, Any]) -> str:
    named = {"version": "interlingua", "torch": "torch"}
    told = [f"{name} {facts[key]}" for key, name in named.items() if key in facts]
    told += [f"{name} {version}" for name, version in (facts.get("versions") or {}).items()]
    seed = [f"seed {facts['seed']}"] if "seed" in facts else []
    return ", ".join([*told, *seed])


def _doctor(record: RunRecord) -> dict[str, Any]:
    found = record.doctor or {}
    advice = found.get("advice") or []
    return {
        "title": record.name,
        "advice": [one if isinstance(one, str) else str(one.get("text", one)) for one in advice],
        "everything": json.dumps(found, ensure_ascii=False, indent=1),
    }
