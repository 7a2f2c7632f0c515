"""Batches of words and links, invented, and the losses on them loop by loop in float64."""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from interlingua.objectives import EncodedCells
from interlingua.objectives.tokens import LinkedWords, TokenStates

WIDTH = 5


@dataclass(frozen=True)
class Sentences:
    """Pairs of sentences: words as ranges of tokens, links, and one leaf that holds the states of all tokens."""

    states: torch.Tensor
    cells: EncodedCells
    words: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]
    links: list[list[tuple[int, int]]]
    first: list[int]

    def subwords(self, pair: int, side: int, word: int) -> torch.Tensor:
        begin, end = self.words[pair][side][word]
        start = self.first[2 * pair + side]
        return self.states[start + begin : start + end]


def sentences(
    seed: int = 0,
    *,
    pairs: int = 4,
    shared: bool = False,
    links: str = "some",
    states: torch.Tensor | None = None,
) -> Sentences:
    """Make pairs of sentences of one to six words of one to three tokens between two special tokens.

    Args:
        seed: Of everything random.
        pairs: How many; the last but one has no link.
        shared: Neighbouring words share a token here and there.
        links: ``some``: a word may have several links or none; ``none``: no pair has any.
        states: Of all tokens; random ones unless given.
    """
    draw = np.random.default_rng(seed)
    words, found, lengths = [], [], []
    for pair in range(pairs):
        sides = []
        for _ in range(2):
            ranges, place = [], 1
            for _ in range(draw.integers(1, 7)):
                size = int(draw.integers(1, 4))
                begin = place - 1 if shared and ranges and draw.random() < 0.3 else place
                ranges.append((begin, begin + size))
                place = begin + size
            sides.append(ranges)
            lengths.append(place + 1)
        possible = [(i, j) for i in range(len(sides[0])) for j in range(len(sides[1]))]
        chosen = [link for link in possible if draw.random() < 0.3] or possible[:1]
        empty = links == "none" or pair == pairs - 2
        words.append((sides[0], sides[1]))
        found.append([] if empty else chosen)
    first = np.concatenate([[0], np.cumsum(lengths)]).tolist()
    if states is None:
        generator = torch.Generator().manual_seed(seed)
        states = torch.randn(first[-1], WIDTH, generator=generator, dtype=torch.float64, requires_grad=True)
    return Sentences(states, _cells(states, words, found, first, lengths), words, found, first)


def _cells(states, words, links, first, lengths) -> EncodedCells:
    flat, sides, linked = [], [], []
    for pair, (source, target) in enumerate(words):
        start = len(flat)
        for side, ranges in enumerate((source, target)):
            flat += ranges
            sides += [2 * pair + side] * len(ranges)
        linked += [(start + i, start + len(source) + j) for i, j in links[pair]]
    pairs = len(words)
    return EncodedCells(
        vectors=torch.zeros(2 * pairs, 1, dtype=states.dtype),
        row=torch.arange(pairs).repeat_interleave(2),
        view=torch.arange(2).repeat(pairs),
        views=("tel_Telu", "eng_Latn"),
        tokens=TokenStates(
            states=states,
            ids=torch.arange(len(states)) % 7 + 5,
            first=torch.tensor(first[:-1]),
            length=torch.tensor(lengths),
        ),
        words=LinkedWords(
            source=torch.arange(0, 2 * pairs, 2),
            target=torch.arange(1, 2 * pairs, 2),
            side=torch.tensor(sides),
            first=torch.tensor([begin for begin, _ in flat]),
            last=torch.tensor([end for _, end in flat]),
            links=torch.tensor(linked, dtype=torch.long).reshape(-1, 2),
        ),
    )


def similarity(kind: str, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Of two words, given as the states of their subwords."""
    if kind == "pooled":
        return F.cosine_similarity(x.mean(0), y.mean(0), dim=0)
    cosines = [[F.cosine_similarity(a, b, dim=0) for b in y] for a in x]
    if kind == "mean":
        return sum(value for row in cosines for value in row) / (len(x) * len(y))
    if kind == "max":
        return torch.stack([value for row in cosines for value in row]).max()
    both = min(len(x), len(y))
    return sum(cosines[k][k] for k in range(both)) / both


def word_ranking(made: Sentences, *, temperature: float, kind: str, other_links: str) -> torch.Tensor:
    """Equations 6 to 8 to the letter."""
    total = torch.zeros((), dtype=torch.float64)
    for pair, links in enumerate(made.links):
        for i, j in links:
            for side, anchor, true in ((0, i, j), (1, j, i)):
                partners = {b if side == 0 else a for a, b in links if (a if side == 0 else b) == anchor}
                others = [n for n in range(len(made.words[pair][1 - side])) if n != true]
                if other_links == "out":
                    others = [n for n in others if n not in partners]
                x = made.subwords(pair, side, anchor)
                own = similarity(kind, x, made.subwords(pair, 1 - side, true)) / temperature
                rest = [similarity(kind, x, made.subwords(pair, 1 - side, n)) / temperature for n in others]
                total = total - own + torch.logsumexp(torch.stack([own, *rest]), dim=0)
    return total / (2 * len(made.links))


def directions(*degrees: float) -> list[list[float]]:
    return [[math.cos(math.radians(angle)), math.sin(math.radians(angle))] for angle in degrees]
