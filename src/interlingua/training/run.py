"""A recipe becomes a run folder: the one place where everything meets."""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from transformers import EarlyStoppingCallback
from transformers.trainer_callback import PrinterCallback

from interlingua import __version__
from interlingua.encoder.models import load
from interlingua.encoder.store import VectorStore
from interlingua.errors import TrainingError
from interlingua.evaluation import evaluate, load_scores, scores_to_json
from interlingua.evaluation.samples import load_samples, save_samples
from interlingua.sbert import SentenceTransformer
from interlingua.training import parts
from interlingua.training.arguments import training_arguments
from interlingua.training.beside import save_weights
from interlingua.training.card import model_card
from interlingua.training.evaluator import TaskEvaluator
from interlingua.training.folder import RunFolder, save_model
from interlingua.training.lora import merge_lora
from interlingua.training.preparation import Prepared, prepare, processes
from interlingua.training.progress import JsonLog, ProgressBar
from interlingua.training.recipe import load_recipe
from interlingua.training.reporting import RunReport, check_report
from interlingua.training.settings import Recipe
from interlingua.training.trainer import MultiwayTrainer
from interlingua.types import Score, Task

__all__ = ["RunResult", "train"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunResult:
    """What a run gave.

    Args:
        folder: The run folder.
        before, after: Scores on the recipe's test tasks.
        seconds: Of training alone.
        start: Scores between the two, where the student's start is itself made from the rows (LSI).
    """

    folder: Path
    before: list[Score]
    after: list[Score]
    seconds: float
    start: list[Score] = field(default_factory=list)

    @cached_property
    def model(self) -> SentenceTransformer:
        """The trained encoder."""
        return load(RunFolder(self.folder).model)


def train(
    recipe: str | Path | Mapping[str, Any] | Recipe,
    *,
    output: str | Path | None = None,
    overrides: Sequence[str] = (),
    seed: int | None = None,
    resume: bool = False,
    overwrite: bool = False,
    store: VectorStore | None = None,
    progress: bool = True,
) -> RunResult:
    """Train an encoder as a recipe says, and measure it before and after.

    Args:
        recipe: Name of a shipped recipe, path of a YAML file, content, or a checked recipe.
        output: The run folder; ``runs/NAME`` unless given.
        overrides: ``key.key=value`` changes to the recipe.
        seed: Replaces the recipe's seed.
        resume: Go on from the last checkpoint of an interrupted run; a finished run is returned as it is.
        overwrite: Replace a run that is there.
        store: Where teacher vectors are kept; the user's cache folder unless given.
        progress: Show a bar on stderr.

    Returns:
        Scores before and after, and where the model is.

    Raises:
        RecipeError: The recipe cannot be run as written.
        OutputError: The folder holds something else, or cannot be written.
        CorpusError, EncoderError: Data or a model is missing.
        TrainingError: The run went wrong; checkpoints stay for ``resume``.
    """
    checked = recipe if isinstance(recipe, Recipe) else load_recipe(recipe, overrides)
    if seed is not None:
        checked = checked.model_copy(update={"training": checked.training.model_copy(update={"seed": seed})})
    parts.check_objective(checked)
    check_report(checked)
    folder = RunFolder(Path(output) if output is not None else Path("runs") / checked.name)
    first = processes().is_main_process
    if first:
        folder.prepare(resume=resume, overwrite=overwrite)
        if resume:
            _same_recipe(folder, checked)
        folder.write(folder.recipe, checked.as_yaml())
    processes().wait_for_everyone()
    if resume and folder.finished:
        return _finished(folder)
    tasks = parts.make_tasks(checked.evaluation.test, checked)
    choosing = parts.make_tasks(checked.evaluation.dev, checked)
    ready = prepare(checked, folder, tasks=[*choosing, *tasks], store=store)
    report = RunReport(ready, tasks)
    if first:
        _look_before(ready, folder, tasks, report)
    processes().wait_for_everyone()
    seconds = _fit(ready, folder, choosing if checked.training.evaluate_every else [], resume=resume, progress=progress)
    if not first:
        return RunResult(folder.path, [], [], seconds)
    merge_lora(ready.model)
    after = evaluate(ready.encoder(ready.model), tasks) if tasks else []
    scores = {**_kept_scores(folder), "after": after}
    report.look("after", ready.model)
    _export(ready, folder, scores, seconds, report)
    return RunResult(folder.path, scores["before"], after, seconds, scores.get("start", []))


def _fit(ready: Prepared, folder: RunFolder, choosing: Sequence[Task], *, resume: bool, progress: bool) -> float:
    """Train, keeping the checkpoint that is best on the choosing tasks; return the seconds it took."""
    recipe = ready.recipe
    evaluator = TaskEvaluator(choosing, ready.encoder) if choosing else None
    callbacks: list[Any] = [JsonLog(folder.log), *([ProgressBar()] if progress else [])]
    if recipe.training.patience is not None:
        callbacks.append(EarlyStoppingCallback(recipe.training.patience))
    loss = ready.loss(ready.model)
    trainer = MultiwayTrainer(
        ready.model,
        training_arguments(recipe, folder, ready.model, steps=len(ready.batches), choose_best=evaluator is not None),
        ready.batches,
        loss,
        evaluator=evaluator,
        callbacks=callbacks,
    )
    trainer.remove_callback(PrinterCallback)
    checkpoint = folder.last_checkpoint() if resume else None
    started = time.monotonic()
    trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    seconds = time.monotonic() - started
    if loss.head is not None and processes().is_main_process:  # a later run goes on with it: `student.head`
        save_weights(loss.head.state_dict(), folder.head)
    return seconds


def _export(
    ready: Prepared, folder: RunFolder, scores: Mapping[str, Sequence[Score]], seconds: float, report: RunReport
) -> None:
    """Write scores, facts, report, model and card; then remove what only a resumed run would need."""
    facts = {
        "version": __version__,
        "seed": ready.recipe.training.seed,
        "rows": len(ready.batches.cells),
        "cells": int((ready.batches.cells.hashes != 0).sum()),
        "languages": list(ready.corpus.languages),
        "batches": len(ready.batches),
        "sources": [asdict(share) for share in ready.rows.shares],
        "decontamination": None if ready.rows.overlap is None else ready.rows.overlap.as_dict(),
        "seconds": round(seconds, 1),
        "processes": ready.batches.processes,
        "torch": torch.__version__,
        "device": "cuda" if torch.cuda.is_available() else "cpu",
    }
    _keep_scores(folder, scores)
    folder.write(folder.facts, json.dumps(facts, indent=1))
    card = model_card(ready.recipe, ready.corpus.languages, facts, scores)
    report.write(folder)
    save_model(ready.model, folder.model, card=card)  # last: a folder with a model is finished
    folder.tidy()


def _same_recipe(folder: RunFolder, recipe: Recipe) -> None:
    if folder.recipe.is_file() and folder.recipe.read_text(encoding="utf-8") != recipe.as_yaml():
        raise TrainingError(
            f"{folder.path} was begun with another recipe; resume it with the same recipe and --set values (see "
            f"{folder.recipe}), or begin anew with --overwrite"
        )


def _look_before(ready: Prepared, folder: RunFolder, tasks: Sequence[Task], report: RunReport) -> None:
    """Score the student before it has seen a row, and, where its start is itself made from the rows, that start too."""
    sides = {"before": ready.model}
    student = ready.recipe.student
    if student.kind == "static" and student.initialise == "lsi":
        untrained = parts.without_training(ready.model, seed=ready.recipe.training.seed)
        sides = {"before": untrained, "start": ready.model}
    if not folder.scores.is_file():
        scored = (
            {side: evaluate(ready.encoder(model), tasks) for side, model in sides.items()} if tasks else {"before": []}
        )
        _keep_scores(folder, scored)
    report.look("before", sides["before"])


def _keep_scores(folder: RunFolder, scores: Mapping[str, Sequence[Score]]) -> None:
    """Write scores and, beside them, what they were computed from."""
    save_samples(folder.samples, **scores)
    folder.write(folder.scores, scores_to_json(**scores))


def _kept_scores(folder: RunFolder) -> dict[str, list[Score]]:
    scores = load_scores(folder.scores)
    return load_samples(folder.samples, **scores) if folder.samples.is_file() else scores


def _finished(folder: RunFolder) -> RunResult:
    scores = _kept_scores(folder)
    seconds = json.loads(folder.facts.read_text(encoding="utf-8"))["seconds"]
    logger.info("%s is finished already; nothing to resume", folder.path)
    return RunResult(folder.path, scores["before"], scores["after"], seconds, scores.get("start", []))
