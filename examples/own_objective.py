"""Train on phrasebook from Python, with an objective of one's own in a sum.

What `interlingua train` does, one step at a time: rows, student, tokens, batches, objective, trainer, scores.

    python examples/own_objective.py
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from sentence_transformers import SentenceTransformerTrainingArguments
from torch import Tensor

from interlingua import evaluate, open_corpus
from interlingua.encoder import SentenceEncoder, static_student
from interlingua.evaluation import TranslationRetrieval, headline_scores
from interlingua.objectives import EncodedCells, Objective
from interlingua.objectives.presets import multiway
from interlingua.training import BatchPlan, CellBatches, CellTable, EncoderLoss, MultiwayTrainer

LANGUAGES = ["eng", "deu", "swh", "tel"]


class Spread(Objective):
    """Keep all vectors of a batch apart, whatever they mean.

    Reference:
        Wang and Isola 2020, Understanding Contrastive Representation Learning through Alignment and Uniformity on the
        Hypersphere. https://arxiv.org/abs/2005.10242
    """

    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        """Return the log of the mean Gaussian potential of all pairs of cells as ``spread``."""
        return {"spread": torch.pdist(cells.vectors).square().mul(-2).exp().mean().log()}


def main(steps: int = 60, rows: int = 64) -> list[float]:
    """Train, print test retrieval before and after, and return both."""
    torch.set_num_threads(1)
    phrasebook = open_corpus("phrasebook")
    corpus = phrasebook.select(LANGUAGES, split="train")
    task = TranslationRetrieval(phrasebook.select(LANGUAGES, split="test"), pairs="all-pairs")
    student = static_student(corpus, vocabulary=4000, dimension=128)
    before = headline_scores(evaluate(SentenceEncoder(student), [task]))[0]
    with TemporaryDirectory() as folder:
        cells = CellTable.build(corpus, student, Path(folder))
        plan = BatchPlan(cells.hashes, cells.languages, size=rows, seed=1)
        objective = multiway(temperature=0.1, margin=0.2) + 0.05 * Spread()
        trainer = MultiwayTrainer(
            student,
            SentenceTransformerTrainingArguments(
                folder, learning_rate=0.003, save_strategy="no", report_to="none", disable_tqdm=True
            ),
            CellBatches(plan, cells, student, count=steps),
            EncoderLoss(student, objective),
        )
        trainer.train()
    after = headline_scores(evaluate(SentenceEncoder(student), [task]))[0]
    for name, score in (("before", before), ("after", after)):
        print(f"{name:6}  {100 * score.value:.1f}  ({100 * score.low:.1f} to {100 * score.high:.1f}, n = {score.n})")
    return [before.value, after.value]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=60)
    main(parser.parse_args().steps)
