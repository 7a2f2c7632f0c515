"""One of several processes in the tests: trains on its shards of known batches, as every other process does."""

import copy
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from accelerate.state import AcceleratorState, GradientState, PartialState

from interlingua.objectives import Objective, VectorDistillation, presets
from interlingua.sbert import SentenceTransformer, append_normalize
from interlingua.training import TeacherVectors
from interlingua.training.cells import text_hash
from training.world import make_batches, make_trainer, toy_corpus, toy_student, weights

TEACHER_WIDTH = 6
Weights = dict[str, torch.Tensor]


def hard() -> Objective:
    return presets.multiway(temperature=0.5)


def projected() -> Objective:
    """Distillation to another dimension, whose map begins differently in every process."""
    torch.manual_seed(1 + int(os.environ.get("RANK", 0)))
    return presets.mse_distillation(projection=(16, TEACHER_WIDTH)) + 0.1 * hard()


def random_teacher() -> TeacherVectors:
    corpus = toy_corpus(missing=0.2)
    texts = sorted({text for language in corpus.languages for text in corpus.texts(language) if text})
    keys = text_hash(texts)
    vectors = torch.randn(len(texts), TEACHER_WIDTH, generator=torch.Generator().manual_seed(0)).numpy()
    return TeacherVectors(keys[keys.argsort()], keys.argsort(), vectors.astype("float16"))


SCENARIOS: Mapping[str, Mapping[str, object]] = {
    "static": {"kind": "static", "learning_rate": 1e-2},
    "static, an empty shard": {"kind": "static", "learning_rate": 1e-2, "rows": 3, "size": 1},
    "transformer": {"kind": "transformer"},
    "transformer, 3 rows": {"kind": "transformer", "rows": 3, "size": 3},
    "transformer, an empty shard": {"kind": "transformer", "rows": 3, "size": 1, "objective": projected, "teacher": 1},
    "gradient cache and accumulation": {
        "kind": "transformer",
        "gradient_cache": True,
        "gradient_accumulation_steps": 2,
        "count": 6,
    },
    "projection": {"kind": "transformer", "objective": projected, "teacher": 1},
    "soft": {"kind": "transformer", "objective": presets.soft_multiway, "teacher": 1},
}
"""In all of them some batch has an odd number of rows, so that shards are unequal."""


def make_student(kind: str) -> SentenceTransformer:
    model = toy_student(kind, dropout=False)
    append_normalize(model)
    return model


def fit(model: SentenceTransformer, folder: Path, *, rank: int = 0, processes: int = 1, **scenario: object) -> Weights:
    """Train as a scenario says; return the weights of encoder and objective."""
    settings = dict(scenario)
    del settings["kind"]
    make: Callable[[], Objective] = settings.pop("objective", hard)  # type: ignore[assignment]
    rows = settings.pop("rows", None)
    batches = make_batches(
        model,
        folder / f"rank-{rank}",
        corpus=toy_corpus(missing=0.2) if rows is None else toy_corpus(int(str(rows))),
        size=int(str(settings.pop("size", 11))),
        count=int(str(settings.pop("count", 5))),
        rank=rank,
        processes=processes,
        teacher=random_teacher() if settings.pop("teacher", 0) else None,
    )
    objective = make()
    trainer = make_trainer(model, batches, folder, objective=objective, **settings)  # type: ignore[arg-type]
    trainer.train()
    return weights(model) | {f"objective.{name}": value for name, value in weights(objective).items()}


def train_everything(rank: int, processes: int, folder: str) -> None:
    """Train every scenario as process ``rank``, and leave the weights in a file."""
    torch.set_num_threads(1)
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(processes)}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "TRANSFORMERS_VERBOSITY": "error"}
    students = {kind: make_student(kind) for kind in ("static", "transformer")}  # saving is for the first process only
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=processes)
    try:
        results = {}
        for name, scenario in SCENARIOS.items():
            for state in (AcceleratorState, GradientState, PartialState):
                state._shared_state.clear()
            model = copy.deepcopy(students[str(scenario["kind"])])
            results[name] = fit(model, Path(folder) / name, rank=rank, processes=processes, **scenario)
        torch.save(results, Path(folder) / f"{rank}.pt")
    finally:
        dist.destroy_process_group()


def train_in_processes(processes: int, folder: Path) -> list[dict[str, Weights]]:
    """Return the weights that every process ends with, by scenario."""
    mp.spawn(train_everything, args=(processes, str(folder)), nprocs=processes)
    return [torch.load(folder / f"{rank}.pt") for rank in range(processes)]
