"""Train a small span-prediction aligner on the silver links of `alignments`, and score it on the gold ones.

Nothing is downloaded. A static student of the same text is trained first, so that linked words have similar vectors; a
transformer of three layers starts from its table, with attention to neighbours and to what is alike, and learns to
answer questions, about short sentences first, where finding the translation is easiest to learn, then about all. Each
rule is scored with its usual threshold and with the one that is best on silver pairs kept back. Beside it stand
the diagonal, and the mutual argmax over the static student's word vectors before and after its training.

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
from torch.nn.functional import cross_entropy, embedding_bag, normalize

from interlingua.corpus import open_corpus
from interlingua.encoder import static_student
from interlingua.encoder.models import load
from interlingua.encoder.subwords import token_ranges
from interlingua.evaluation import link_scores, score_aligner
from interlingua.sbert import SentenceTransformer, token_ids
from interlingua.types import Aligner, Links, Spans, WordPair
from interlingua.words import DiagonalAligner, SpanAligner, WordAligner, open_alignments
from interlingua.words.span_student import matching_span_student
from interlingua.words.span_training import SpanQuestions, train_span_model

Linked = tuple[WordPair, Links]
DIMENSION = 128
KEPT_BACK = 40  # every fortieth silver pair chooses thresholds, and is not trained on
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
    parser.add_argument(
        "model", type=Path, help="folder for the models; one that is there is scored, not trained again"
    )
    parser.add_argument("results", type=Path, help="file for the scores")
    parser.add_argument("--short-steps", type=int, default=800, help="batches of questions about short sentences")
    parser.add_argument("--steps", type=int, default=3000, help="batches of all questions")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    text = open_corpus("alignments").select(split="train")
    silver = [
        (pair, links)
        for one in open_alignments(split="train")
        for pair, links in zip(one.pairs, one.links, strict=True)
    ]
    kept, silver = silver[::KEPT_BACK], [both for i, both in enumerate(silver) if i % KEPT_BACK]
    static, spans = given.model / "static", given.model / "spans"
    plain = static_student(text, dimension=DIMENSION)
    if not static.exists():
        trained = static_student(text, dimension=DIMENSION)
        train_table(trained, silver)
        trained.save(str(static))
    if not spans.exists():
        train_spans(load(static, device="cpu"), silver, spans, short_steps=given.short_steps, steps=given.steps)
    aligners: list[Aligner] = [
        DiagonalAligner(),
        WordAligner(plain, unit="word", name="static before"),
        WordAligner(load(static, device="cpu"), unit="word", name="static"),
    ]
    for rule in ("average", "sum"):
        aligners.append(KeptAnswers(spans, rule=rule, **WINDOW))
        best = best_threshold(aligners[-1], kept)
        aligners.append(KeptAnswers(spans, rule=rule, threshold=best, name=f"wspalign-{rule}>{best:g}", **WINDOW))
    score(aligners, given.results)


def train_table(static: SentenceTransformer, silver: Sequence[Linked], *, epochs: int = 4, batch: int = 512) -> None:
    """Pull the vectors of linked words together and push those of others in the batch apart."""
    table = static[0].embedding.weight
    words = [
        pieces(
            static, [getattr(pair, side) for pair, _ in silver], [getattr(pair, f"{side}_words") for pair, _ in silver]
        )
        for side in ("source", "target")
    ]
    linked = [
        (source[i], target[j])
        for source, target, (_, links) in zip(*words, silver, strict=True)
        for i, j in links.pairs.tolist()
        if len(source[i]) and len(target[j])
    ]
    optimizer = torch.optim.Adam([table], lr=3e-3)
    draw = np.random.default_rng(0)
    begin = time.process_time()
    for _ in range(epochs):
        # neighbours in the list are of one language pair, so that others in the batch are hard to tell apart
        blocks = np.array_split(np.arange(len(linked)), len(linked) // (20 * batch))
        mixed = np.concatenate([draw.permutation(block) for block in blocks])
        batches = np.array_split(mixed, len(linked) // batch)
        for k in draw.permutation(len(batches)):
            source, target = zip(*(linked[i] for i in batches[k]), strict=True)
            same = torch.from_numpy(equal(source) | equal(target))
            same.fill_diagonal_(False)
            cosines = (means(table, source) @ means(table, target).T / 0.05).masked_fill(same, -1e4)
            right = torch.arange(len(source))
            loss = cross_entropy(cosines, right) + cross_entropy(cosines.T, right)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        table.mul_(0.1 / table.square().mean().sqrt())
    print(f"static table: {time.process_time() - begin:,.0f} s of processor time")


def pieces(static: SentenceTransformer, texts: list[str], words: list[Spans]) -> list[list[NDArray[np.int32]]]:
    """Token ids of every word of every text."""
    ranges = token_ranges(static, texts, words)
    return [[ids[a:b] for a, b in some] for ids, some in zip(token_ids(static, texts), ranges, strict=True)]


def equal(words: Sequence[NDArray[np.int32]]) -> NDArray[np.bool_]:
    """Which words of a batch are the same."""
    number = np.unique([hash(word.tobytes()) for word in words], return_inverse=True)[1]
    return np.asarray(number[:, None] == number)


def means(table: torch.Tensor, words: Sequence[NDArray[np.int32]]) -> torch.Tensor:
    """Unit means of the words' token vectors."""
    begins = torch.from_numpy(np.cumsum([0, *map(len, words[:-1])]))
    ids = torch.from_numpy(np.concatenate(words).astype(np.int64))
    return normalize(embedding_bag(ids, table, begins, mode="mean"), dim=1)


def train_spans(
    static: SentenceTransformer, silver: Sequence[Linked], output: Path, *, short_steps: int, steps: int
) -> None:
    """Train on questions about short sentences, then on all."""
    model, tokenizer = matching_span_student(static, max_length=WINDOW["max_length"])
    short = [both for both in silver if max(len(both[0].source_words), len(both[0].target_words)) <= SHORT]
    begin = time.process_time()
    for rows, number, folder in ((short, short_steps, None), (silver, steps, output)):
        questions = SpanQuestions([pair for pair, _ in rows], [links for _, links in rows])
        log = train_span_model(model, tokenizer, questions, folder, steps=number, learning_rate=1.5e-3, **WINDOW)
        print(f"{len(questions):,} questions, {number:,} steps: loss {log[0]['loss']:.2f} to {log[-1]['loss']:.2f}")
    print(f"span model: {time.process_time() - begin:,.0f} s of processor time")


def best_threshold(aligner: SpanAligner, kept: Sequence[Linked]) -> float:
    """The threshold of the best F1 on silver links."""
    pairs, links = [pair for pair, _ in kept], [links for _, links in kept]
    found: dict[float, float] = {}
    for threshold in (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9):
        aligner.threshold, usual = threshold, aligner.threshold
        found[threshold] = link_scores(list(aligner.align(pairs)), links).f1.value
        aligner.threshold = usual
    return max(found, key=lambda threshold: found[threshold])


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
