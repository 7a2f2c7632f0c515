"""Two encoders on one corpus: the same task object, the same rows, side by side in one table.

python examples/compare_encoders.py
python examples/compare_encoders.py runs/first/model runs/second/model
"""

import argparse

import rich
import torch

from interlingua import evaluate, load_encoder, open_corpus
from interlingua.encoder import SentenceEncoder, static_student
from interlingua.evaluation import TranslationRetrieval, score_table
from interlingua.types import Encoder, Score


def made_here() -> list[Encoder]:
    """Return two untrained static encoders: random token vectors, and cross-lingual LSI."""
    corpus = open_corpus("phrasebook").select(split="train")
    return [
        SentenceEncoder(static_student(corpus, vocabulary=4000, dimension=128, initialise=how), name=how)
        for how in ("random", "lsi")
    ]


def main(names: list[str] | None = None) -> list[list[Score]]:
    """Print the second encoder's scores beside the first's, and return both."""
    torch.set_num_threads(1)
    encoders = [load_encoder(name) for name in names] if names else made_here()
    task = TranslationRetrieval(open_corpus("phrasebook").select(split="test"), pairs="en-xx")
    first, second = (evaluate(encoder, [task]) for encoder in encoders)
    rich.print(f"before: {encoders[0].name}; score: {encoders[1].name}")
    rich.print(score_table(second, before=first))
    return [first, second]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="*", help="two encoders, as `interlingua evaluate` takes them")
    arguments = parser.parse_args()
    if len(arguments.model) not in (0, 2):
        parser.error("give two encoders, or none")
    main(arguments.model)
