"""A step of translation ranking with and without objectives on words, beside that of translation ranking alone.

The same pairs, the same transformer, the same optimizer; making the batch (hiding tokens too) is part of a step. Links
are those of the diagonal, about as many as an aligner finds, so that nothing must be installed. The contestants take
turns of one step.

``python benchmarks/word_objectives.py --threads 1 --layers 4 --dimension 256``
"""

import argparse
import copy
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from harness import Turns, conditions, markdown, ratio, read_rows

from interlingua.encoder import transformer_student
from interlingua.objectives import Objective, presets
from interlingua.sbert import SentenceTransformer
from interlingua.training import BatchPlan, CellBatches, CellTable, EncoderLoss
from interlingua.training.token_links import TokenLinks
from interlingua.words import DiagonalAligner, align_corpus

METHODS: dict[str, Callable[[], Objective]] = {
    "TR": presets.translation_ranking,
    "TR + WTR": lambda: 0.8 * presets.translation_ranking() + 0.1 * presets.word_translation_ranking(),
    "TR + AWP": lambda: 0.8 * presets.translation_ranking() + 0.1 * presets.aligned_word_prediction(),
    "WACSE": presets.wacse,
    "WACSE, AWP on a third": lambda: presets.wacse(awp_fraction=1 / 3),
    "DAP": presets.dap,
    "TR + TLM": presets.tr_tlm,
}


class World:
    """Rows, student, tokens and links that all contestants share."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.data, corpus = read_rows("train", limit=options.rows * 12)
        pair = [corpus.languages[0], *corpus.languages[1:4]]
        self.corpus = corpus.select(pair)
        self.student = transformer_student(
            self.corpus,
            layers=options.layers,
            dimension=options.dimension,
            heads=options.dimension // 64,
            feed_forward=4 * options.dimension,
            vocabulary=options.vocabulary,
            max_length=32,
        )
        self.cells = CellTable.build(self.corpus, self.student, folder / "cells")
        links = align_corpus(self.corpus, DiagonalAligner(), folder / "links")
        stored = {pair: partial(links.by_text, *pair) for pair in links.languages}
        self.links = TokenLinks.build(self.corpus, self.student, stored, folder / "tokens")
        self.rows = options.rows

    def batches(self, objective: Objective, count: int) -> CellBatches:
        sets = [(self.corpus.languages[0], other) for other in self.corpus.languages[1:]]
        plan = BatchPlan(self.cells.hashes, self.cells.languages, size=self.rows, sets=sets, mixed=True)
        links = self.links if "words" in objective.requirements() else None
        return CellBatches(plan, self.cells, self.student, count=count, links=links, objective=objective)


def train(
    student: SentenceTransformer, world: World, objective: Objective, count: int, done: Callable[[], None]
) -> None:
    batches = world.batches(objective, count)
    loss = EncoderLoss(student, objective)
    optimizer = torch.optim.AdamW(loss.parameters(), fused=True)
    for number in range(count):
        torch.stack(list(loss(batches[number]["cells"]).values())).sum().backward()
        optimizer.step()
        optimizer.zero_grad()
        done()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--vocabulary", type=int, default=8_000)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), options)
        turns = Turns(options.methods, steps=1, threads=options.threads)
        turns.run(
            {
                name: partial(
                    train,
                    copy.deepcopy(world.student),
                    world,
                    METHODS[name](),
                    options.steps,
                    partial(turns.step, name),
                )
                for name in options.methods
            }
        )
    taken = {name: turns.of_turns(name, warm_up=2) for name in options.methods}
    base = taken[options.methods[0]]
    print(conditions(options.threads), "\n")
    print(
        f"{world.data}; {options.layers} layers of {options.dimension}, {len(world.student.tokenizer):,} pieces, "
        f"{options.rows} pairs of at most 32 tokens\n"
    )
    lines = [
        [name, f"{1000 * statistics.median(own):,.0f}", f"{ratio(own, base):.2f}", len(own)]
        for name, own in taken.items()
    ]
    print(markdown(["objective", "ms a step", "ratio of medians", "steps"], lines))


if __name__ == "__main__":
    main()
