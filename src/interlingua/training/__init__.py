"""ROWS + ENCODER + OBJECTIVE -> A BETTER ENCODER: batches of cells, the trainer, recipes and runs."""

from typing import TYPE_CHECKING

from interlingua.lazy import lazy_exports

if TYPE_CHECKING:
    from interlingua.training.batches import Batch, BatchPlan, language_sets
    from interlingua.training.cells import CellTable
    from interlingua.training.data import CellBatches
    from interlingua.training.evaluator import TaskEvaluator
    from interlingua.training.forecasting import Forecast, forecast
    from interlingua.training.guard import check_columns
    from interlingua.training.loss import CellBatch, EncoderLoss
    from interlingua.training.recipe import load_recipe, shipped_recipes
    from interlingua.training.run import RunResult, train
    from interlingua.training.settings import Recipe
    from interlingua.training.teacher import TeacherVectors
    from interlingua.training.trainer import MultiwayTrainer

__all__ = [
    "Batch",
    "BatchPlan",
    "CellBatch",
    "CellBatches",
    "CellTable",
    "EncoderLoss",
    "Forecast",
    "MultiwayTrainer",
    "Recipe",
    "RunResult",
    "TaskEvaluator",
    "TeacherVectors",
    "check_columns",
    "forecast",
    "language_sets",
    "load_recipe",
    "shipped_recipes",
    "train",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Batch": "batches",
        "BatchPlan": "batches",
        "CellBatch": "loss",
        "CellBatches": "data",
        "CellTable": "cells",
        "EncoderLoss": "loss",
        "Forecast": "forecasting",
        "MultiwayTrainer": "trainer",
        "Recipe": "settings",
        "RunResult": "run",
        "TaskEvaluator": "evaluator",
        "TeacherVectors": "teacher",
        "check_columns": "guard",
        "forecast": "forecasting",
        "language_sets": "batches",
        "load_recipe": "recipe",
        "shipped_recipes": "recipe",
        "train": "run",
    },
)
