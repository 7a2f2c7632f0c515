"""Seconds and peak memory of Contrast in tiles, beside the formula that holds every similarity at once.

Value and gradient of InfoNCE over N random pairs, one direction (source to target) or both. Each measurement runs in a
process of its own, method after method; the second of two is timed. Seconds are of the processor, so that other work
on the machine counts for little; memory is the peak resident size of that process above what it had with the vectors
made. The dense formula shares one matrix of similarities between the two directions too.

``python benchmarks/contrast_memory.py --sizes 4096 16384 --dimension 384 --threads 1``
"""

import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F
from harness import conditions, in_own_process, markdown, peak_mb
from torch import Tensor

from interlingua.objectives import Contrast, EncodedCells, both_ways, one_way

TEMPERATURE = 0.05


def dense(source: Tensor, target: Tensor, *, both: bool) -> Tensor:
    logits = source @ target.T / TEMPERATURE
    truth = torch.arange(len(logits))
    there = F.cross_entropy(logits, truth)
    return (there + F.cross_entropy(logits.T, truth)) / 2 if both else there


def tiled(source: Tensor, target: Tensor, *, both: bool) -> Tensor:
    graph = both_ways("source", "target") if both else one_way("source", "target")
    cells = EncodedCells.from_columns({"source": source, "target": target})
    return Contrast(graph, temperature=TEMPERATURE)(cells)["contrast"]


METHODS = {"dense": dense, "tiled": tiled}


def measure(method: str, size: int, dimension: int, *, both: bool, threads: int) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    source = F.normalize(torch.randn(size, dimension), dim=1)
    target = F.normalize(source + torch.randn(size, dimension) / dimension**0.5, dim=1)
    for side in (source, target):
        side.requires_grad_()
    tiled(source[:128], target[:128], both=both).backward()  # loads what is loaded late
    before = peak_mb()
    for _ in range(2):
        source.grad = target.grad = None
        start = time.process_time()
        value = METHODS[method](source, target, both=both)
        value.backward()
        seconds = time.process_time() - start
    gradient = float(torch.cat([source.grad, target.grad]).norm())
    print(json.dumps({"seconds": seconds, "mb": peak_mb() - before, "value": value.item(), "gradient": gradient}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[4096, 16384])
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--both", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure", choices=METHODS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        size, dimension = options.sizes[0], options.dimension
        measure(options.measure, size, dimension, both=options.both, threads=options.threads)
        return
    lines = []
    for size in options.sizes:
        for both in (False, True):
            given = ["--sizes", size, "--dimension", options.dimension, "--threads", options.threads]
            given += ["--both"] * both
            made: dict[str, list[dict[str, float]]] = {method: [] for method in METHODS}
            for _ in range(options.repeats):
                for method in METHODS:
                    made[method].append(in_own_process(__file__, "--measure", method, *given))
            median = {
                method: {key: statistics.median(one[key] for one in results) for key in results[0]}
                for method, results in made.items()
            }
            for method, own in median.items():
                lines.append(
                    [
                        f"{size:,}",
                        "both" if both else "one",
                        method,
                        f"{own['seconds']:.2f}",
                        f"{own['seconds'] / median['dense']['seconds']:.2f}",
                        f"{own['mb']:,.0f}",
                        f"{own['value']:.6f}",
                        f"{own['gradient']:.6f}",
                        options.repeats,
                    ]
                )
    print(conditions(options.threads), f"; D = {options.dimension}, float32\n")
    header = ["N", "directions", "method", "CPU seconds", "of dense", "extra MB", "loss", "norm of gradient", "runs"]
    print(markdown(header, lines))


if __name__ == "__main__":
    main()
