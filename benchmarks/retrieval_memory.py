"""Seconds and peak memory of translation retrieval in both directions, beside the full similarity matrix.

Each measurement runs in a process of its own; memory is the peak resident size of that process, libraries and vectors
included. ``python benchmarks/retrieval_memory.py --rows 100000 --dense-rows 20000``
"""

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np


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


def measure(method: str, rows: int, dimension: int) -> None:
    source, target = synthetic(rows, dimension)
    start = time.perf_counter()
    accuracies = {"blocked": blocked, "dense": dense}[method](source, target)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "peak": peak, "accuracies": accuracies}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000, help="rows of the blocked search")
    parser.add_argument("--dense-rows", type=int, default=10_000, help="rows at which both ways are measured")
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--measure", choices=["blocked", "dense"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.rows, options.dimension)
        return
    print(f"{'method':8} {'rows':>8} {'seconds':>8} {'peak MB':>8}  accuracy there, back")
    for method, rows in (("dense", options.dense_rows), ("blocked", options.dense_rows), ("blocked", options.rows)):
        command = [sys.executable, __file__, "--measure", method, "--rows", str(rows)]
        command += ["--dimension", str(options.dimension)]
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        accuracies = ", ".join(f"{accuracy:.4f}" for accuracy in result["accuracies"])
        print(f"{method:8} {rows:8,} {result['seconds']:8.1f} {result['peak'] / 1024:8.0f}  {accuracies}")


if __name__ == "__main__":
    main()
