"""The model card of a trained encoder."""

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from interlingua.languages import display_name
from interlingua.training.settings import Recipe
from interlingua.types import Score

__all__ = ["model_card"]


def model_card(
    recipe: Recipe, languages: Sequence[str], facts: Mapping[str, Any], scores: Mapping[str, Sequence[Score]]
) -> str:
    """Return the card as Markdown with YAML in front: what it is, how to use it, scores, readings, recipe."""
    head: dict[str, Any] = {
        "library_name": "sentence-transformers",
        "pipeline_tag": "sentence-similarity",
        "tags": ["sentence-transformers", "sentence-similarity", "multilingual", "interlingua"],
        "language": sorted({code.split("_")[0] for code in languages}),
    }
    if recipe.student.model is not None and not Path(recipe.student.model).is_dir():
        head["base_model"] = recipe.student.model
    head |= _model_index(recipe.name, scores.get("after", ()))
    names = ", ".join(display_name(code) for code in languages)
    parts = [
        f"---\n{yaml.safe_dump(head, sort_keys=False, allow_unicode=True)}---",
        f"# {recipe.name}\n\n{recipe.about}".rstrip(),
        f"A sentence encoder for {names}, trained with interlingua {facts['version']}.",
        _usage(recipe),
        _rows(facts),
        _scores(scores),
    ]
    if recipe.readings:
        lines = [f"- **{topic}**: {text}" for topic, text in recipe.readings.items()]
        parts.append("## Readings\n\nWhere a paper is silent or contradicts its code:\n\n" + "\n".join(lines))
    parts.append(f"## Recipe\n\n```yaml\n{recipe.as_yaml()}```")
    return "\n\n".join(part for part in parts if part) + "\n"


def _model_index(name: str, scores: Sequence[Score]) -> dict[str, Any]:
    """Scores as the hub's metadata: every one that has a value."""
    from huggingface_hub import EvalResult
    from huggingface_hub.repocard_data import eval_results_to_model_index

    results = [
        EvalResult(
            task_type="sentence-similarity",
            task_name=score.task,
            dataset_type=_slug(score.task),
            dataset_name=score.task,
            dataset_config=_slug("-".join(score.languages)) or "all",
            dataset_args={"signature": score.signature} if score.signature else None,
            metric_type=score.metric,
            metric_name=" ".join([score.metric.replace("_", " "), *score.languages]),
            metric_value=round(score.value, 6),
            metric_args={"n": score.n, "low": _known(score.low), "high": _known(score.high)},
        )
        for score in scores
        if isfinite(score.value)
    ]
    return {"model-index": eval_results_to_model_index(name, results)} if results else {}


def _known(value: float) -> float | None:
    return round(value, 6) if isfinite(value) else None


def _slug(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-")


def _usage(recipe: Recipe) -> str:
    prefix = f' Put `"{recipe.evaluation.prefix}"` before every text.' if recipe.evaluation.prefix else ""
    return (
        "## Use\n\n```python\nfrom sentence_transformers import SentenceTransformer\n\n"
        'model = SentenceTransformer("path/to/model")\n'
        'vectors = model.encode(["one text", "another text"])\n'
        f"model.similarity(vectors, vectors)\n```{prefix}"
    )


def _rows(facts: Mapping[str, Any]) -> str:
    """What it was trained on, and what was left out."""
    sources, found = facts.get("sources") or (), facts.get("decontamination")
    lines = [f"- {one['name']}: {one['rows']:,} rows, {one['share']:.1%} of those drawn" for one in sources]
    if found:
        sets = ", ".join(f"{name} {rows:,}" for name, rows in found["by_set"].items() if rows)
        checked = ", ".join(found["by_set"])
        lines.append(
            f"- Left out, since encoders are tested on them: {found['dropped']:,} of {found['rows']:,} rows"
            + (f" ({sets})" if sets else "")
            + f". Compared with: {checked or 'nothing'}."
            + (f" Not at hand, and so not compared with: {', '.join(found['missing'])}." if found["missing"] else "")
        )
    return "## Training rows\n\n" + "\n".join(lines) if lines else ""


def _scores(scores: Mapping[str, Sequence[Score]]) -> str:
    after = scores.get("after", ())
    if not after:
        return ""
    before = {(one.task, one.metric, one.languages): one.value for one in scores.get("before", ())}
    lines = ["| task | metric | languages | before | after | 95 % | n |", "|---|---|---|--:|--:|--:|--:|"]
    for score in after:
        old = before.get((score.task, score.metric, score.languages), float("nan"))
        lines.append(
            f"| {score.task} | {score.metric} | {' '.join(score.languages)} | {_percent(old)} "
            f"| {_percent(score.value)} | {_percent(score.low)} to {_percent(score.high)} | {score.n:,} |"
        )
    return "## Scores\n\nTimes 100.\n\n" + "\n".join(lines)


def _percent(value: float) -> str:
    return "-" if value != value else f"{100 * value:.1f}"
