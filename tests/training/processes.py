"""One of several processes in the tests: trains on its shards of known batches, as every other process does."""

import copy
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from accelerate.state import AcceleratorState, GradientState, PartialState

from interlingua.corpus.hashing import text_hash
from interlingua.objectives import Objective, presets
from interlingua.sbert import SentenceTransformer, append_normalize
from interlingua.training import TeacherVectors
from training.linked import linked_batches
from training.world import make_batches, make_trainer, toy_corpus, toy_student, weights

Weights = dict[str, torch.Tensor]
PAIRS = [("eng_Latn", "deu_Latn"), ("eng_Latn", "tel_Telu")]


def hard() -> Objective:
    return presets.multiway(temperature=0.5)


def soft() -> Objective:
    return presets.soft_multiway(temperature=0.5)


def followed() -> Objective:
    return presets.mse_distillation() + 0.1 * hard()


def projected() -> Objective:
    """Distillation to another dimension, whose map begins differently in every process."""
    torch.manual_seed(1 + int(os.environ.get("RANK", 0)))
    return presets.mse_distillation(projection=(16, 6)) + 0.1 * hard()


def language_models() -> Objective:
    """No sentence vectors at all: what is encoded are texts with hidden tokens."""
    return presets.masked_language_modelling() + presets.translation_language_modelling()


def random_teacher(dimension: int) -> TeacherVectors:
    corpus = toy_corpus(missing=0.2)
    texts = sorted({text for language in corpus.languages for text in corpus.texts(language) if text})
    keys = text_hash(texts)
    vectors = torch.randn(len(texts), dimension, generator=torch.Generator().manual_seed(0)).numpy()
    return TeacherVectors(keys[keys.argsort()], keys.argsort(), vectors.astype("float16"))


SCENARIOS: Mapping[str, Mapping[str, object]] = {
    "static": {"kind": "static", "learning_rate": 1e-2},
    "static, three rows": {
        "kind": "static",
        "learning_rate": 1e-2,
        "rows": 3,
        "size": 2,
        "objective": followed,
        "teacher": 16,
    },
    "transformer, soft labels": {"kind": "transformer", "objective": soft, "teacher": 6},
    "transformer, three rows, projection": {
        "kind": "transformer",
        "rows": 3,
        "size": 2,
        "objective": projected,
        "teacher": 6,
    },
    "gradient cache, accumulation, projection": {
        "kind": "transformer",
        "gradient_cache": True,
        "gradient_accumulation_steps": 2,
        "objective": projected,
        "teacher": 6,
    },
    "wacse": {"kind": "transformer", "objective": presets.wacse, "linked": True},
    "wacse, three rows, gradient cache": {
        "kind": "transformer",
        "objective": lambda: presets.wacse(awp_fraction=0.5),
        "linked": True,
        "gradient_cache": True,
        "rows": 3,
        "size": 2,
    },
    "dap, three rows": {"kind": "transformer", "objective": presets.dap, "linked": True, "rows": 3, "size": 2},
    "mlm and tlm": {"kind": "transformer", "objective": language_models, "linked": True},
}
"""Eleven rows make unequal shards; of three rows in batches of two, one process has none in every other batch."""


def make_student(kind: str) -> SentenceTransformer:
    model = toy_student(kind, dropout=False)
    append_normalize(model)
    return model


def fit(model: SentenceTransformer, folder: Path, *, rank: int = 0, processes: int = 1, **scenario: object) -> Weights:
    """Train as a scenario says; return the weights of encoder and objective."""
    settings = dict(scenario)
    del settings["kind"]
    make: Callable[[], Objective] = settings.pop("objective", hard)  # type: ignore[assignment]
    rows, dimension = settings.pop("rows", None), int(str(settings.pop("teacher", 0)))
    objective = make()
    world = {
        "corpus": toy_corpus(missing=0.2) if rows is None else toy_corpus(int(str(rows))),
        "size": int(str(settings.pop("size", 11))),
        "count": int(str(settings.pop("count", 4))),
        "rank": rank,
        "processes": processes,
    }
    place = folder / f"rank-{rank}"
    if settings.pop("linked", False):
        batches = linked_batches(model, place, objective, sets=PAIRS, **world)  # type: ignore[arg-type]
    else:
        teacher = random_teacher(dimension) if dimension else None
        batches = make_batches(model, place, teacher=teacher, **world)  # type: ignore[arg-type]
    torch.manual_seed(3)  # new heads begin at random
    trainer = make_trainer(model, batches, folder, objective=objective, **settings)  # type: ignore[arg-type]
    trainer.train()
    beside = trainer.encoder_loss.beside()
    return weights(model) | {
        f"{part}.{name}": value for part, module in beside.items() for name, value in weights(module).items()
    }


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
