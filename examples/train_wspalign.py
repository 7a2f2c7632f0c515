"""Train a small span-prediction aligner on the silver links of `alignments`, and score it on the gold ones.

The model is a transformer of two layers that starts from a static student of the same text; nothing is downloaded. It
sees questions about short sentences first, where finding the translation is easiest to learn, then all. Beside it stand
the diagonal, and the mutual argmax over the static student's own word vectors.

    INTERLINGUA_DATA=shared/data python examples/train_wspalign.py wspalign docs/results/wspalign.jsonl
"""

import argparse
import json
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from interlingua.corpus import open_corpus
from interlingua.encoder import static_student, transformer_student
from interlingua.evaluation import score_aligner
from interlingua.types import Aligner, WordPair
from interlingua.words import DiagonalAligner, SpanAligner, WordAligner, open_alignments
from interlingua.words.span_student import span_student
from interlingua.words.span_training import SpanQuestions, train_span_model

SHORT = 10
WINDOW = {"max_length": 256, "stride": 32}


class KeptAnswers(SpanAligner):
    """Asks once, however many rules are applied to the answers."""

    kept: ClassVar[dict[tuple[str, str], NDArray[np.float64]]] = {}

    def answers(self, pairs: Sequence[WordPair]) -> list[NDArray[np.float64]]:
        """Return the answers of before, and ask for those that are new."""
        new = [pair for pair in pairs if (pair.source, pair.target) not in self.kept]
        self.kept.update(zip([(pair.source, pair.target) for pair in new], super().answers(new), strict=True))
        return [self.kept[pair.source, pair.target] for pair in pairs]


def main() -> None:
    """Train, score, and write one line of JSON a score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder for the model; it must not exist")
    parser.add_argument("results", type=Path, help="file for the scores")
    parser.add_argument("--short-steps", type=int, default=900, help="batches of questions about short sentences")
    parser.add_argument("--steps", type=int, default=1200, help="batches of all questions")
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--layers", type=int, default=2)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    text = open_corpus("alignments").select(split="train")
    static = static_student(text, dimension=given.dimension)
    student = transformer_student(
        text,
        layers=given.layers,
        dimension=given.dimension,
        feed_forward=2 * given.dimension,
        max_length=WINDOW["max_length"],
        dropout=0.0,
        initialise_from=static,
    )
    model, tokenizer = span_student(student, similar=True)
    silver = [pair for one in open_alignments(split="train") for pair in zip(one.pairs, one.links, strict=True)]
    short = [both for both in silver if max(len(both[0].source_words), len(both[0].target_words)) <= SHORT]
    begin = time.process_time()
    for rows, steps, output in ((short, given.short_steps, None), (silver, given.steps, given.model)):
        questions = SpanQuestions([pair for pair, _ in rows], [links for _, links in rows])
        log = train_span_model(
            model, tokenizer, questions, output, steps=steps, batch_size=64, learning_rate=2e-3, **WINDOW
        )
        print(f"{len(questions):,} questions, {steps:,} steps: loss {log[0]['loss']:.2f} to {log[-1]['loss']:.2f}")
    seconds = round(time.process_time() - begin)
    print(f"trained in {seconds:,} s of processor time")

    aligners: list[Aligner] = [DiagonalAligner(), WordAligner(static, name="static argmax")]
    aligners += [KeptAnswers(given.model, rule=rule, **WINDOW) for rule in ("average", "sum")]
    gold = open_alignments(split="dev")
    with given.results.open("w", encoding="utf-8") as file:
        for aligner in aligners:
            for score in score_aligner(aligner, gold):
                file.write(json.dumps({"aligner": aligner.name, **score.as_dict()}) + "\n")
                if score.metric in ("aer", "macro_aer"):
                    print(f"{aligner.name:>16} {score.metric:>9} {' '.join(score.languages[:2])} {score.value:.3f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
