"""Seconds and peak memory of a pass over a corpus on disk, and of tokenising one, as rows grow.

Rows of two languages are made of invented words and written with `write_corpus`; then each measurement runs in a
process of its own. Memory is the peak resident size of that process, libraries included.

``python benchmarks/corpus_pass.py --rows 100000 300000 1000000 --tokenise 100000 300000``
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from harness import conditions, in_own_process, markdown, peak_mb

from interlingua.corpus import Corpus, write_corpus
from interlingua.types import Row

SYLLABLES = {
    "eng_Latn": ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te"],
    "rus_Cyrl": ["ба", "де", "фи", "го", "ку", "ла", "ме", "ни", "по", "ру"],
}
WORDS = 5000


def invented(rows: int) -> Iterator[Row]:
    """Yield rows of 4 to 20 words in two made-up languages; words are as frequent as their rank says (Zipf)."""
    draw = np.random.default_rng(0)
    words = {
        language: np.array(["".join(draw.choice(parts, draw.integers(1, 5))) for _ in range(WORDS)])
        for language, parts in SYLLABLES.items()
    }
    for number in range(rows):
        chosen = draw.zipf(1.3, draw.integers(4, 21)) % WORDS
        yield Row({language: " ".join(some[chosen]) + f" {number}." for language, some in words.items()})


def make(rows: int, folder: Path) -> dict[str, float]:
    start = time.perf_counter()
    write_corpus(invented(rows), folder)
    return {"seconds": time.perf_counter() - start}


def read(folder: Path) -> dict[str, float]:
    corpus, start = Corpus.open(folder), time.perf_counter()
    characters = sum(len(text) for row in corpus.rows() for text in row.texts.values())
    return {"seconds": time.perf_counter() - start, "characters": characters}


def scan(folder: Path) -> dict[str, float]:
    corpus, start = Corpus.open(folder), time.perf_counter()
    rows = sum(batch.num_rows for batch in corpus.batches())
    return {"seconds": time.perf_counter() - start, "rows": rows}


def tokenise(folder: Path) -> dict[str, float]:
    import torch

    from interlingua.encoder import static_student
    from interlingua.training import CellTable

    torch.set_num_threads(1)
    corpus = Corpus.open(folder)
    some = Corpus.from_rows(row for row, _ in zip(corpus.rows(), range(2000), strict=False))
    student = static_student(some, vocabulary=4000, dimension=64, initialise="random")
    with tempfile.TemporaryDirectory() as work:
        start = time.perf_counter()
        table = CellTable.build(corpus, student, Path(work))
        return {"seconds": time.perf_counter() - start, "rows": len(table)}


PASSES = {"rows()": read, "batches()": scan, "CellTable.build": tokenise}


def measure(name: str, rows: int, folder: Path) -> dict[str, float]:
    return (make(rows, folder) if name == "write_corpus" else PASSES[name](folder)) | {"mb": peak_mb()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", type=int, default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--tokenise", nargs="+", type=int, default=[100_000, 300_000])
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.rows[0], options.folder)))
        return
    lines = []
    for rows in options.rows:
        names = ["write_corpus", "batches()", "rows()", *["CellTable.build"] * (rows in options.tokenise)]
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "corpus"
            for name in names:
                made = in_own_process(__file__, "--measure", name, "--rows", rows, "--folder", folder)
                size = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
                seconds = made["seconds"]
                line = [name, f"{rows:,}", f"{seconds:.1f}", f"{rows / seconds:,.0f}", f"{made['mb']:,.0f}"]
                lines.append([*line, f"{size:.0f}"])
    print(conditions(1), "\n")
    print(
        markdown(
            ["pass", "rows", "seconds", "rows/s", "peak MB", "corpus on disk, MB"],
            sorted(lines, key=lambda line: line[0]),
        )
    )


if __name__ == "__main__":
    main()
