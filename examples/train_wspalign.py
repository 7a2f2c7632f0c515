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

import torch
from numpy import float64
from numpy.typing import NDArray

from interlingua.corpus import open_corpus
from interlingua.encoder import static_student, transformer_student
from interlingua.evaluation import score_aligner
from interlingua.sbert import SentenceTransformer
from interlingua.types import Aligner, WordPair
from interlingua.words import DiagonalAligner, SpanAligner, WordAligner, open_alignments
from interlingua.words.span_student import span_student
from interlingua.words.span_training import SpanQuestions, train_span_model

SHORT = 10
WINDOW = {"max_length": 256, "stride": 32}


class KeptAnswers(SpanAligner):
    """Asks once, however many rules are applied to the answers."""

    kept: ClassVar[dict[tuple[str, str], NDArray[float64]]] = {}

    def answers(self, pairs: Sequence[WordPair]) -> list[NDArray[float64]]:
        """Return the answers of before, and ask for those that are new."""
        new = [pair for pair in pairs if (pair.source, pair.target) not in self.kept]
        self.kept.update(zip([(pair.source, pair.target) for pair in new], super().answers(new), strict=True))
        return [self.kept[pair.source, pair.target] for pair in pairs]


def main() -> None:
    """Train, score, and write one line of JSON a score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder for the model; one that is there is scored, not trained again")
    parser.add_argument("results", type=Path, help="file for the scores")
    parser.add_argument("--short-steps", type=int, default=900, help="batches of questions about short sentences")
    parser.add_argument("--steps", type=int, default=1200, help="batches of all questions")
    parser.add_argument("--dimension", type=int, default=128, help="of the states")
    parser.add_argument("--layers", type=int, default=2, help="of the transformer")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    text = open_corpus("alignments").select(split="train")
    static = static_student(text, dimension=given.dimension)
    if not given.model.exists():
        student = transformer_student(
            text,
            layers=given.layers,
            dimension=given.dimension,
            feed_forward=2 * given.dimension,
            max_length=WINDOW["max_length"],
            dropout=0.0,
            initialise_from=static,
        )
        train(student, given.model, short_steps=given.short_steps, steps=given.steps)
    aligners: list[Aligner] = [DiagonalAligner(), WordAligner(static, name="static argmax")]
    aligners += [KeptAnswers(given.model, rule=rule, **WINDOW) for rule in ("average", "sum")]
    score(aligners, given.results)


def train(student: SentenceTransformer, output: Path, *, short_steps: int, steps: int) -> None:
    """Train on questions about short sentences, then on all."""
    model, tokenizer = span_student(student, similar=True)
    silver = [pair for one in open_alignments(split="train") for pair in zip(one.pairs, one.links, strict=True)]
    short = [both for both in silver if max(len(both[0].source_words), len(both[0].target_words)) <= SHORT]
    begin = time.process_time()
    for rows, number, folder in ((short, short_steps, None), (silver, steps, output)):
        questions = SpanQuestions([pair for pair, _ in rows], [links for _, links in rows])
        log = train_span_model(
            model, tokenizer, questions, folder, steps=number, batch_size=64, learning_rate=2e-3, **WINDOW
        )
        print(f"{len(questions):,} questions, {number:,} steps: loss {log[0]['loss']:.2f} to {log[-1]['loss']:.2f}")
    print(f"trained in {time.process_time() - begin:,.0f} s of processor time")


def score(aligners: Sequence[Aligner], results: Path) -> None:
    """Score the language pairs that were trained on, and those that were not."""
    trained = {one.languages for one in open_alignments(split="train")}
    gold = open_alignments(split="dev")
    groups = {
        "words:alignments/dev": [one for one in gold if one.languages in trained],
        "words:alignments/dev, not trained on": [one for one in gold if one.languages not in trained],
    }
    with results.open("w", encoding="utf-8") as file:
        for aligner in aligners:
            for name, sets in groups.items():
                for one in score_aligner(aligner, sets, name=name):
                    file.write(json.dumps({"aligner": aligner.name, **one.as_dict()}) + "\n")
                    if one.metric in ("aer", "macro_aer"):
                        languages = "all" if one.metric.startswith("macro") else "-".join(one.languages)
                        print(f"{aligner.name:>16} {languages:>20} AER {one.value:.3f} [{one.low:.3f}, {one.high:.3f}]")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
