"""Everything that a recipe names, made, short of training."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import PartialState

from interlingua.corpus import Corpus
from interlingua.encoder import SentenceEncoder
from interlingua.encoder.models import load
from interlingua.encoder.store import VectorStore
from interlingua.errors import TrainingError
from interlingua.objectives import Objective, RepresentationTranslation, VectorDistillation
from interlingua.sbert import SentenceTransformer, StaticEmbedding, append_normalize, embedding_dimension
from interlingua.training import parts
from interlingua.training.cells import CellTable
from interlingua.training.data import CellBatches
from interlingua.training.folder import RunFolder, save_model
from interlingua.training.link_sources import make_links
from interlingua.training.loss import EncoderLoss
from interlingua.training.settings import Recipe
from interlingua.training.sources import TrainingRows, make_rows
from interlingua.training.teacher import TeacherVectors
from interlingua.types import Encoder, Task

__all__ = ["Prepared", "prepare", "processes"]


@dataclass(frozen=True)
class Prepared:
    """A recipe whose data, student and batches are made, and that has not begun to train.

    Args:
        recipe: The recipe.
        rows: Training rows, where they are from, and what was left out.
        model: The student.
        objective: What is made small.
        teacher: Teacher vectors, if any.
        batches: All batches of the run.
    """

    recipe: Recipe
    rows: TrainingRows
    model: SentenceTransformer
    objective: Objective
    teacher: TeacherVectors | None
    batches: CellBatches

    @property
    def corpus(self) -> Corpus:
        """The training rows."""
        return self.rows.corpus

    def encoder(self, model: SentenceTransformer) -> Encoder:
        """Return the student as evaluation sees it: with evaluation's prefix, in evaluation mode."""
        return SentenceEncoder(model, prefix=self.recipe.evaluation.prefix, name=self.recipe.name)

    def loss(self, model: SentenceTransformer) -> EncoderLoss:
        """Return the loss that the recipe trains a model with."""
        head = self.recipe.student.head
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.recipe.training.seed)  # new heads begin at random
            return EncoderLoss(
                model,
                self.objective,
                gradient_cache=self.recipe.batches.gradient_cache,
                head=None if head is None else Path(head),
                mlp=self.recipe.training.mlp,
            )


def prepare(
    recipe: Recipe,
    folder: RunFolder,
    *,
    tasks: Sequence[Task] = (),
    store: VectorStore | None = None,
    sample: int | None = None,
) -> Prepared:
    """Make everything that a recipe names, short of training.

    Args:
        recipe: The recipe.
        folder: Of the run.
        tasks: What it is measured on, for choosing and at the end; their texts are not trained on.
        store: Where teacher vectors are kept; the user's cache folder unless given.
        sample: As for :meth:`CellTable.build`, where nothing is to be trained.
    """
    if recipe.training.threads is not None:
        torch.set_num_threads(recipe.training.threads)
    with processes().main_process_first():
        rows = make_rows(recipe, folder.work, tasks)
        corpus = rows.corpus
        model = _student(recipe, corpus, folder)
        teacher = parts.make_teacher(
            recipe, corpus, store or VectorStore(), folder.work / f"teacher-{processes().process_index}"
        )
        cells = CellTable.build(corpus, model, folder.work / "cells", prefix=recipe.student.prefix, sample=sample)
        links = make_links(recipe, corpus, model, folder.work) if recipe.links is not None else None
    dimensions = None if teacher is None else (embedding_dimension(model), teacher.dimension)
    objective = parts.make_objective(recipe, dimensions)
    if isinstance(model[0], StaticEmbedding) and dimensions is not None and any(True for _ in objective.parameters()):
        raise TrainingError(
            f"the student's vectors have {dimensions[0]} dimensions and the teacher's {dimensions[1]}; a static "
            f"student has no place for a projection between them: set student.dimension={dimensions[1]}"
        )
    if any(isinstance(one, VectorDistillation) for one in objective.modules()):
        append_normalize(model)
    _restrict(objective, cells)
    plan = parts.make_plan(recipe, corpus, cells, seed=recipe.training.seed)
    state = processes()
    batches = CellBatches(
        plan,
        cells,
        model,
        count=0,
        teacher=teacher,
        links=links if "words" in objective.requirements() else None,
        objective=objective,
        sub_batch=recipe.batches.sub_batch,
        rank=state.process_index,
        processes=state.num_processes,
    )
    batches.count = _count(recipe, batches)
    return Prepared(recipe, rows, model, objective, teacher, batches)


def processes() -> PartialState:
    """Return what is known of the processes that train together, on GPUs or not."""
    return PartialState(cpu=not torch.cuda.is_available())


def _restrict(objective: Objective, cells: CellTable) -> None:
    """Tell the reconstruction of translations which tokens its target language has, where it predicts those alone."""
    for part in objective.modules():
        if isinstance(part, RepresentationTranslation) and part.own_vocabulary:
            if part.target not in cells.languages:
                raise TrainingError(
                    f"own_vocabulary needs the column {part.target}; the corpus has {', '.join(cells.languages)}"
                )
            found = cells.vocabulary(cells.languages.index(part.target))
            part.restrict(torch.from_numpy(found.astype("int64")), int(found.max()) + 1)


def _student(recipe: Recipe, corpus: Corpus, folder: RunFolder) -> SentenceTransformer:
    """Return the student; one that is made here is kept until the end, so that a resumed run has the very same."""
    if recipe.student.kind is not None and folder.student.is_dir():
        return load(folder.student)
    model = parts.make_student(recipe.student, corpus, seed=recipe.training.seed)
    if recipe.student.kind is not None:
        save_model(model, folder.student)
    return model


def _count(recipe: Recipe, batches: CellBatches) -> int:
    """Return how many batches the run takes."""
    training = recipe.training
    if training.steps is not None:
        return training.steps * training.accumulation
    assert training.epochs is not None
    whole = int(training.epochs)
    batch_count = sum(len(batches.plan.epoch(number)) for number in range(whole))
    if training.epochs > whole:
        batch_count += round((training.epochs - whole) * len(batches.plan.epoch(whole)))
    return max(1, batch_count)
