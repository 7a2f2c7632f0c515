"""Seconds, peak memory and disk of joining bitexts through English, as rows grow; and beside a join in a dictionary.

Bitexts of English and made-up languages, written as Parquet, which share English sentences: a fifth of the rows is
drawn from few sentences, which come again and again, the rest from twice as many as a bitext has rows. A tenth of the
translations differs from the others of its sentence. Each measurement runs
in a process of its own; memory is its peak resident size, libraries included; disk the most that was seen beside the
target, what is written included. The dictionary holds everything in memory and keeps the first text.

``python benchmarks/joining.py --bitexts 8 --rows 20000 100000 --naive``
``python benchmarks/joining.py --bitexts 36 --rows 1000000 --memory 2GB --threads 2``
"""

import argparse
import json
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from harness import conditions, in_own_process, markdown, peak_mb

from interlingua.corpus import Corpus, join_corpus
from interlingua.corpus.splits import folded

LANGUAGES = re.findall(
    "...",
    "aframharbazjbenbulcesdandeuellestfinfragujhauhinhunindita"
    "jpnkankatkazkorlitmalmarnldpolporronrusspaswhtamtelthatukvie",
)
PHRASES, BATCH = 4096, 100_000


def phrases(seed: int) -> pa.Array:
    """Runs of one to five made-up words."""
    draw = np.random.default_rng(seed)
    syllables = np.array(["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vo", "zu"])
    words = np.array(["".join(draw.choice(syllables, draw.integers(1, 5))) for _ in range(2000)])
    return pa.array([" ".join(draw.choice(words, draw.integers(1, 6))) for _ in range(PHRASES)])


def sentences(numbers: np.ndarray, some: pa.Array) -> pa.Array:
    """The sentence of every number, always the same: three phrases and the number."""
    mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    parts = [some.take(pa.array((mixed >> np.uint64(shift)) % PHRASES)) for shift in (12, 28, 44)]
    return pc.binary_join_element_wise(*parts, pa.array(numbers).cast(pa.string()), " ")


def bitext(path: Path, language: str, rows: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    english, other = phrases(0), phrases(seed)
    schema = pa.schema([("eng", pa.string()), (language, pa.string())])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, rows, BATCH):
            count = min(BATCH, rows - start)
            common = draw.integers(0, max(1, rows // 5), count)
            own = rows // 5 + draw.integers(0, 2 * rows, count)
            numbers = np.where(draw.random(count) < 0.2, common, own)
            translated = numbers + np.where(draw.random(count) < 0.1, 10**9, 0)
            columns = [sentences(numbers, english), sentences(translated, other)]
            writer.write_table(pa.table(columns, schema=schema))


def join(folder: Path, memory: str, threads: int, conflicts: str) -> dict[str, float]:
    sources = sorted((folder / "bitexts").iterdir())
    disk = Disk(folder)
    start = time.perf_counter()
    with disk:
        joined = join_corpus(
            sources, folder / "out", memory=memory, threads=threads, conflicts=conflicts, overwrite=True
        )
    return {
        "seconds": time.perf_counter() - start,
        "rows": len(joined.corpus),
        "cells": int(joined.after.together.trace()),
        "disk": disk.most / 2**20,
        "conflicts": joined.counts["cells_in_conflict"],
    }


def in_dictionary(folder: Path) -> dict[str, float]:
    start = time.perf_counter()
    made: dict[str, dict[str, str]] = {}
    for path in sorted((folder / "bitexts").iterdir()):
        for row in Corpus.open(path).rows():
            cells = made.setdefault(folded(row.texts["eng_Latn"]), {})
            for code, text in row.texts.items():
                cells.setdefault(code, text)
    cells = sum(map(len, made.values()))
    return {"seconds": time.perf_counter() - start, "rows": len(made), "cells": cells, "disk": 0.0, "conflicts": 0}


class Disk:
    """The most bytes that lay in a folder, beside the bitexts."""

    def __init__(self, folder: Path) -> None:
        self.most = 0
        self._folder = folder
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.2):
            self.most = max(self.most, sum(self._sizes()))

    def _sizes(self) -> Iterator[int]:
        for file in self._folder.rglob("*"):
            try:
                yield file.stat().st_blocks * 512 if file.is_file() and file.parent.name != "bitexts" else 0
            except FileNotFoundError:
                continue


def measure(options: argparse.Namespace) -> dict[str, float]:
    if options.measure == "dictionary":
        return in_dictionary(options.folder) | {"mb": peak_mb()}
    return join(options.folder, options.memory, options.threads, options.measure) | {"mb": peak_mb()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bitexts", type=int, default=8)
    parser.add_argument("--rows", nargs="+", type=int, default=[20_000, 100_000], help="Of each bitext.")
    parser.add_argument("--memory", default="500MB", help="What DuckDB may hold.")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--conflicts", nargs="+", default=["first", "all"])
    parser.add_argument("--naive", action="store_true", help="Join in a dictionary too.")
    parser.add_argument("--place", type=Path, help="Folder for temporary files.")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options)))
        return
    lines = []
    for rows in options.rows:
        with tempfile.TemporaryDirectory(dir=options.place) as place:
            folder = Path(place)
            (folder / "bitexts").mkdir()
            for number, language in enumerate(LANGUAGES[: options.bitexts], start=1):
                bitext(folder / "bitexts" / f"{language}.parquet", language, rows, number)
            for name in [*options.conflicts, *["dictionary"] * options.naive]:
                settings = ["--memory", options.memory, "--threads", options.threads]
                made = in_own_process(__file__, "--measure", name, "--folder", folder, *settings)
                pairs = rows * options.bitexts
                line = [name, f"{options.bitexts} x {rows:,}", f"{made['rows']:,}", f"{made['cells']:,}"]
                line += [f"{made['conflicts']:,}", f"{made['seconds']:,.1f}", f"{pairs / made['seconds']:,.0f}"]
                lines.append([*line, f"{made['mb']:,.0f}", f"{made['disk']:,.0f}"])
    print(conditions(options.threads), f"DuckDB may hold {options.memory}", "\n", sep="\n")
    header = ["conflicts", "bitexts x rows", "rows joined", "cells", "conflicts found", "seconds", "pairs/s"]
    print(markdown([*header, "peak MB", "disk, MB"], lines))


if __name__ == "__main__":
    main()
