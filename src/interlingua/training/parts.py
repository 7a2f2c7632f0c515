"""What a recipe names, made: corpus, student, teacher, objective, batches, tasks."""

import copy
import inspect
import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from pydantic import ValidationError, validate_call

from interlingua.corpus import Corpus, open_corpus
from interlingua.encoder import add_language_embedding, load_encoder, static_student, transformer_student
from interlingua.encoder.models import load
from interlingua.encoder.store import VectorStore
from interlingua.errors import InterlinguaError, ObjectiveError, RecipeError
from interlingua.evaluation import make_task, task_settings
from interlingua.explaining import explained, nearest
from interlingua.objectives import Objective, Sum, presets
from interlingua.sbert import SentenceTransformer, append_normalize
from interlingua.training.batches import BatchPlan, language_sets
from interlingua.training.cells import CellTable
from interlingua.training.lora import add_lora
from interlingua.training.settings import ObjectiveSettings, Recipe, StudentSettings, TaskSettings
from interlingua.training.sources import check_recipe_languages
from interlingua.training.teacher import TeacherVectors
from interlingua.types import Task

__all__ = [
    "check_objective",
    "make_objective",
    "make_plan",
    "make_student",
    "make_tasks",
    "make_teacher",
    "without_training",
]

logger = logging.getLogger(__name__)


def check_objective(recipe: Recipe) -> None:
    """Check presets and their settings before any data or model is touched.

    Raises:
        RecipeError: Unknown preset or setting, or labels from a teacher that the recipe does not name.
    """
    objective = make_objective(recipe, None)
    if "teacher" in objective.requirements() and recipe.teacher is None:
        names = ", ".join(term.preset for term in recipe.objective)
        raise RecipeError(f"{recipe.name}: {names} needs a teacher; add `teacher: {{model: ...}}` to the recipe")
    if "words" in objective.requirements() and recipe.links is None:
        raise RecipeError(
            f"{recipe.name}: its objective needs word links; add `links: {{folder: ...}}`, as `interlingua align` "
            "makes it, or `links: {aligner: ...}` to the recipe"
        )


def make_objective(recipe: Recipe, dimensions: tuple[int, int] | None) -> Objective:
    """Return the weighted sum of the recipe's terms.

    Args:
        recipe: The recipe.
        dimensions: Of student and teacher; where they differ, distillation gets a projection.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.training.seed)
        parts = [(term.weight, _term(term, recipe, dimensions)) for term in recipe.objective]
    return parts[0][1] if len(parts) == 1 and parts[0][0] == 1.0 else Sum(parts)


def _term(term: ObjectiveSettings, recipe: Recipe, dimensions: tuple[int, int] | None) -> Objective:
    if term.preset not in presets.__all__:
        hint = nearest(term.preset, presets.__all__, "known are")
        raise RecipeError(f"{recipe.name}: there is no objective called {term.preset}; {hint}")
    make = getattr(presets, term.preset)
    accepted = inspect.signature(make).parameters
    settings = dict(term.settings)
    for key in settings:
        if key not in accepted:
            hint = nearest(key, accepted, "its settings are")
            raise RecipeError(f"{recipe.name}: {term.preset} has no setting {key}; {hint}")
    if "order" in accepted:
        settings.setdefault("order", recipe.priority)
    if "projection" in accepted and dimensions is not None and dimensions[0] != dimensions[1]:
        settings.setdefault("projection", dimensions)
    try:
        made: Objective = validate_call(config={"arbitrary_types_allowed": True})(make)(**settings)
    except (ValidationError, ObjectiveError) as error:
        told = explained(error) if isinstance(error, ValidationError) else str(error)
        raise RecipeError(f"{recipe.name}: {term.preset}: {told}") from error
    return made


def make_student(settings: StudentSettings, corpus: Corpus, *, seed: int) -> SentenceTransformer:
    """Load the encoder that is to be trained, or make it from the corpus."""
    if settings.model is not None:
        model = load(
            settings.model,
            pooling=settings.pooling,
            max_length=settings.max_length,
            trust_remote_code=settings.trust_remote_code,
        )
    else:
        vocabulary = {} if settings.vocabulary is None else {"vocabulary": settings.vocabulary}
        if settings.kind == "static":
            model = static_student(
                corpus, dimension=settings.dimension, initialise=settings.initialise, seed=seed, **vocabulary
            )
        else:
            start = None if settings.initialise_from is None else load(settings.initialise_from)
            model = transformer_student(
                corpus,
                layers=settings.layers,
                heads=settings.heads,
                dimension=settings.dimension,
                feed_forward=4 * settings.dimension,
                max_length=settings.max_length or 128,
                pooling=settings.pooling or "mean",
                initialise_from=start,
                dropout=settings.dropout,
                seed=seed,
                **vocabulary,
            )
    if settings.language_embedding:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            add_language_embedding(model, corpus.languages)
    if settings.normalise:
        append_normalize(model)
    if settings.lora is not None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            add_lora(model, settings.lora)
    return model


def without_training(model: SentenceTransformer, *, seed: int) -> SentenceTransformer:
    """Return a copy of a static student with random vectors: what it was before it saw a row."""
    untrained = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    for parameter in untrained.parameters():
        parameter.data.normal_(generator=generator)
    return untrained


def make_teacher(recipe: Recipe, corpus: Corpus, store: VectorStore, folder: Path) -> TeacherVectors | None:
    """Return the teacher's vectors of the corpus, computed once."""
    if recipe.teacher is None:
        return None
    encoder = load_encoder(
        recipe.teacher.model,
        pooling=recipe.teacher.pooling,
        prefix=recipe.teacher.prefix,
        max_length=recipe.teacher.max_length,
    )
    return TeacherVectors.of(corpus, encoder, store, folder, languages=recipe.teacher.languages)


def make_plan(recipe: Recipe, corpus: Corpus, cells: CellTable, *, seed: int) -> BatchPlan:
    """Return the batches that the recipe asks for."""
    batches = recipe.batches
    sets = None
    if batches.sets != "n-way":
        sets = language_sets(batches.sets, cells.languages, center=batches.center)
    return BatchPlan(
        cells.hashes,
        cells.languages,
        size=batches.rows,
        sets=sets,
        mixed=batches.mixed,
        draw=batches.draw,
        temperature=batches.temperature,
        weights=corpus.values("_weight") if "_weight" in corpus.provenance else None,
        seed=seed,
    )


def make_tasks(settings: Sequence[TaskSettings], recipe: Recipe) -> list[Task]:
    """Return the tasks of an evaluation.

    Raises:
        RecipeError: If one of them cannot be made, with its place in the recipe.
    """
    tasks = [_task(one, recipe) for one in settings]
    names = [task.name for task in tasks]
    if twice := [name for name in names if names.count(name) > 1]:
        raise RecipeError(f"{recipe.name}: two tasks are called {twice[0]}; give one of them a `name:`")
    return tasks


def _task(settings: TaskSettings, recipe: Recipe) -> Task:
    asked = settings.asked()
    of_recipe = "languages" not in asked and recipe.languages and "among" in task_settings(settings.task)
    try:
        if of_recipe:
            asked.setdefault("among", recipe.languages)
        return make_task(settings.task, settings.data, **asked)
    except InterlinguaError as error:
        told = ""
        if of_recipe:
            check_recipe_languages(recipe)
            told = f" (the languages of the recipe are {', '.join(recipe.languages or ())}{_lacking(settings, recipe)})"
        raise RecipeError(
            f"{recipe.name}: the task {settings.task} on {settings.data} cannot be made: {error}{told}"
        ) from error


def _lacking(settings: TaskSettings, recipe: Recipe) -> str:
    """Which of the languages of the recipe the data of a task does not have, to end a list of them."""
    try:
        there = open_corpus(settings.data).languages if settings.data is not None else ()
    except InterlinguaError:
        return ""
    lacking = [code for code in recipe.languages or () if code not in there]
    return f"; {settings.data} lacks {', '.join(lacking)}" if there and lacking else ""
