"""A step in which every language is an anchor for every other, beside one whose loss is the sum of the vectors.

42 edges between 7 languages, 64 rows, with hard labels and with a teacher's; the same cells, the same student, the same
optimizer. The contestants take turns of one step. The step with the sum has everything but the objective.

``python benchmarks/all_anchor_step.py --threads 1 --students transformer static``
"""

import argparse
import copy
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from harness import Turns, conditions, markdown, ratio, read_rows
from torch import Tensor

from interlingua.encoder import static_student, transformer_student
from interlingua.objectives import EncodedCells, Objective, presets
from interlingua.sbert import SentenceTransformer
from interlingua.training import BatchPlan, CellBatch, CellBatches, CellTable, EncoderLoss

LANGUAGES = 7
TEACHER_DIMENSION = 384
VOCABULARY = 32_000


class SumOfVectors(Objective):
    """No objective at all, but every vector has a gradient."""

    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        return {"sum": cells.vectors.sum()}


OBJECTIVES: dict[str, Callable[[], Objective]] = {
    "sum of vectors": SumOfVectors,
    "multiway A, hard": presets.multiway,
    "multiway A, soft labels": presets.soft_multiway,
}


def make_batches(kind: str, rows: int, count: int, folder: Path) -> tuple[SentenceTransformer, list[CellBatch]]:
    """Return a student and batches whose cells have random unit vectors of a teacher."""
    _, corpus = read_rows("train", limit=9 * rows)  # whole batches only
    corpus = corpus.select(corpus.languages[:LANGUAGES])
    if kind == "static":
        student = static_student(corpus, vocabulary=VOCABULARY, initialise="random")
        student[0].embedding.sparse = True  # as the trainer has it
    else:
        student = transformer_student(corpus, vocabulary=VOCABULARY, max_length=32)
    cells = CellTable.build(corpus, student, folder)
    plan = BatchPlan(cells.hashes, cells.languages, size=rows)
    made = CellBatches(plan, cells, student, count=count)
    batches = []
    for number in range(count):
        batch = made[number]["cells"]
        teacher = torch.nn.functional.normalize(torch.randn(len(batch.row), TEACHER_DIMENSION), dim=1)
        batches.append(replace(batch, teacher=teacher))
    return student, batches


def train(
    student: SentenceTransformer, batches: list[CellBatch], objective: Objective, done: Callable[[], None]
) -> None:
    loss = EncoderLoss(student, objective)
    sparse = getattr(student[0], "embedding", None) is not None
    weights = list(student.parameters())
    optimizer = torch.optim.SparseAdam(weights) if sparse else torch.optim.AdamW(weights, fused=True)
    for batch in batches:
        torch.stack(list(loss(batch).values())).sum().backward()
        optimizer.step()
        optimizer.zero_grad()
        done()


def compare(kind: str, *, rows: int, steps: int, threads: int) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        student, batches = make_batches(kind, rows, steps, Path(folder))
    turns = Turns(list(OBJECTIVES), steps=1, threads=threads)
    turns.run(
        {
            name: partial(train, copy.deepcopy(student), batches, make(), partial(turns.step, name))
            for name, make in OBJECTIVES.items()
        }
    )
    taken = {name: turns.of_turns(name, warm_up=2) for name in OBJECTIVES}
    base = taken["sum of vectors"]
    return [
        [
            kind,
            name,
            f"{statistics.median(len(batch.row) for batch in batches):.0f}",
            f"{1000 * statistics.median(own):,.1f}",
            f"{1000 * (statistics.median(own) - statistics.median(base)):,.1f}",
            f"{ratio(own, base):.2f}",
            f"{statistics.median(a / b for a, b in zip(own, base, strict=True)):.2f}",
            len(own),
        ]
        for name, own in taken.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", nargs="+", choices=["transformer", "static"], default=["transformer", "static"])
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--steps", type=int, default=10, help="of a transformer; a static student takes ten times more")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    lines = []
    for kind in options.students:
        steps = options.steps * (10 if kind == "static" else 1)
        lines += compare(kind, rows=options.rows, steps=steps, threads=options.threads)
    print(conditions(options.threads), "\n")
    header = ["student", "objective", "cells", "ms a step", "ms more", "ratio of medians", "median of ratios", "steps"]
    print(markdown(header, lines))


if __name__ == "__main__":
    main()
