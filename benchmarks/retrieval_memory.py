"""Seconds and peak memory of translation retrieval in both directions, beside the full similarity matrix.

``dense`` holds the whole matrix, ``blocked`` is the search alone, ``task`` all of it as ``interlingua evaluate
vectors:FOLDER --data ROWS`` runs it: rows of two languages from Parquet, stored vectors looked up, searched both ways
and scored. Each measurement runs in a process of its own; memory is the peak resident size of that process, libraries
and vectors included. ``python benchmarks/retrieval_memory.py --rows 100000 --dense-rows 20000``
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

LANGUAGES = ("eng_Latn", "deu_Latn")


def synthetic(rows: int, dimension: int) -> tuple[np.ndarray, np.ndarray]:
    """Unit rows and noisy copies; a tenth of the copies is too noisy to be found."""
    draw = np.random.default_rng(0)
    source = draw.standard_normal((rows, dimension), dtype=np.float32)
    target = draw.standard_normal((rows, dimension), dtype=np.float32)
    target *= np.where(np.arange(rows) % 10 == 0, 8, 1).astype(np.float32)[:, None]
    target += source
    for side in (source, target):
        side /= np.linalg.norm(side, axis=1, keepdims=True)
    return source, target


def blocked(source: np.ndarray, target: np.ndarray) -> tuple[float, float]:
    from interlingua.evaluation import translation_hits

    forward, backward = translation_hits(source, target)
    return float(forward.mean()), float(backward.mean())


def dense(source: np.ndarray, target: np.ndarray) -> tuple[float, float]:
    cosines = source @ target.T
    rows = np.arange(len(source))
    return float((cosines.argmax(1) == rows).mean()), float((cosines.argmax(0) == rows).mean())


def store(folder: Path, rows: int, dimension: int) -> None:
    """Write the rows and the vectors of their texts, each a number in one of two languages."""
    from interlingua.corpus import write_corpus
    from interlingua.encoder import FunctionEncoder, VectorStore
    from interlingua.types import Row

    sides = dict(zip(LANGUAGES, synthetic(rows, dimension), strict=True))

    def look_up(texts: list[str]) -> np.ndarray:
        return np.stack([sides[text[:8]][int(text[9:])] for text in texts])

    write_corpus((Row({one: f"{one} {i}" for one in LANGUAGES}) for i in range(rows)), folder / "rows")
    encoder = FunctionEncoder(look_up, name="synthetic", fingerprint="1")
    for language in LANGUAGES:
        VectorStore(folder / "vectors").encode(encoder, [f"{language} {i}" for i in range(rows)])


def whole_task(folder: Path) -> tuple[float, float]:
    from interlingua import evaluate, load_encoder, open_corpus
    from interlingua.evaluation import TranslationRetrieval

    (stored,) = (folder / "vectors").iterdir()
    there, back, _ = evaluate(
        load_encoder(f"vectors:{stored}"), [TranslationRetrieval(open_corpus(str(folder / "rows")), pairs=[LANGUAGES])]
    )
    return there.value, back.value


def measure(method: str, rows: int, dimension: int, folder: Path) -> None:
    vectors = synthetic(rows, dimension) if method in ("blocked", "dense") else None
    start = time.perf_counter()
    match method:
        case "store":
            store(folder, rows, dimension)
            accuracies = (0.0, 0.0)
        case "task":
            accuracies = whole_task(folder)
        case _:
            accuracies = {"blocked": blocked, "dense": dense}[method](*vectors)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "peak": peak, "accuracies": accuracies}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000, help="rows of the blocked search and of the task")
    parser.add_argument("--dense-rows", type=int, default=10_000, help="rows at which both ways are measured")
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--measure", choices=["blocked", "dense", "store", "task"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.rows, options.dimension, options.folder)
        return
    print(f"{'method':8} {'rows':>8} {'seconds':>8} {'peak MB':>8}  accuracy there, back")
    runs = [("dense", options.dense_rows), ("blocked", options.dense_rows)]
    runs += [(method, options.rows) for method in ("blocked", "store", "task")]
    with tempfile.TemporaryDirectory() as folder:
        for method, rows in runs:
            command = [sys.executable, __file__, "--measure", method, "--rows", str(rows)]
            command += ["--dimension", str(options.dimension), "--folder", folder]
            result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            if method != "store":
                accuracies = ", ".join(f"{accuracy:.4f}" for accuracy in result["accuracies"])
                megabytes = result["peak"] / 1024
                print(f"{method:8} {rows:8,} {result['seconds']:8.1f} {megabytes:8.0f}  {accuracies}", flush=True)


if __name__ == "__main__":
    main()
