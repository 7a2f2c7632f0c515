"""Links of the toy rows: the k-th word of every language translates the k-th word of every other."""

from itertools import combinations
from pathlib import Path

import numpy as np

from interlingua.corpus import Corpus
from interlingua.corpus.hashing import text_hash
from interlingua.objectives import Objective
from interlingua.sbert import SentenceTransformer
from interlingua.training import BatchPlan, CellBatches, CellTable
from interlingua.training.token_links import TokenLinks
from interlingua.types import Links
from training.world import toy_corpus


def spans(text: str) -> np.ndarray:
    found, place = [], 0
    for word in text.split(" "):
        found.append((place, place + len(word)))
        place += len(word) + 1
    return np.array(found, dtype=np.int32)


def toy_links(corpus: Corpus, *, every: int = 1):
    """Links of every ``every``-th row, for all pairs of languages, as `TokenLinks.build` takes them."""

    def of(a, b):
        def walk():
            for number, row in enumerate(corpus.rows()):
                if a in row.texts and b in row.texts and number % every == 0:
                    source, target = text_hash([row.texts[a], row.texts[b]]).tolist()
                    one, other = spans(row.texts[a]), spans(row.texts[b])
                    yield source, target, Links(one, other, [(k, k) for k in range(len(one))])

        return walk

    return {(a, b): of(a, b) for a, b in combinations(corpus.languages, 2)}


def linked_batches(
    model: SentenceTransformer,
    folder: Path,
    objective: Objective,
    *,
    corpus: Corpus | None = None,
    size: int = 11,
    count: int = 10,
    every: int = 1,
    sets: list[tuple[str, ...]] | None = None,
    **settings: int,
) -> CellBatches:
    corpus = corpus or toy_corpus(missing=0.2)
    cells = CellTable.build(corpus, model, folder / "cells")
    links = TokenLinks.build(corpus, model, toy_links(corpus, every=every), folder / f"links-{every}")
    plan = BatchPlan(cells.hashes, cells.languages, size=size, sets=sets, mixed=sets is not None)
    return CellBatches(
        plan, cells, model, count=count, links=links, objective=objective, **{"sub_batch": 8, **settings}
    )
