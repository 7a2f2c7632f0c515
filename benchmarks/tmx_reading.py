"""Seconds and peak memory of reading a TMX file, beside translate-toolkit.

A file of invented sentences is written, and each reader goes through all its units in a process of its own, in turns.
One unit in five has mark-up or entities in its segments (`--marked`). translate-toolkit is no dependency of
this project, and is under another licence: give the Python of an environment that has it.

``python benchmarks/tmx_reading.py --toolkit /some/environment/bin/python``
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import conditions, markdown, peak_mb

WORDS = {
    "en": ["the", "old", "river", "house", "garden", "little", "wind", "tree", "stone", "morning", "window", "letter"],
    "de": ["der", "alte", "Fluss", "Häuser", "Garten", "kleine", "Wind", "Baum", "Stein", "Morgen", "Tür", "Brief"],
}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n<header srclang="en" creationtool="x"/>\n<body>\n'

TOOLKIT = """
import json, resource, sys, time
from translate.storage.tmx import tmxfile
start = time.process_time()
with open(sys.argv[1], "rb") as file:
    units = tmxfile(file).units
characters = sum(len(unit.source) + len(unit.target) for unit in units)
seconds = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"units": len(units), "characters": characters, "seconds": seconds, "mb": peak}))
"""


def sentence(language: str, number: int) -> str:
    words = WORDS[language]
    return " ".join(words[(number * 7 + place * place) % len(words)] for place in range(8 + number % 5)) + f" {number}."


def make(path: Path, units: int, marked: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for number in range(units):
            texts = {language: sentence(language, number) for language in WORDS}
            if marked and number % marked == 0:
                mark = "<hi>Now</hi> <ph/>" if number % (2 * marked) else "&quot;Now&quot; "
                texts = {language: mark + text for language, text in texts.items()}
            variants = "".join(
                f'    <tuv xml:lang="{language}"><seg>{text}</seg></tuv>\n' for language, text in texts.items()
            )
            file.write(f'  <tu tuid="{number}">\n{variants}  </tu>\n')
        file.write("</body>\n</tmx>\n")


def read(path: Path) -> dict[str, float]:
    from interlingua.corpus.readers import read_tmx

    start = time.process_time()
    units = characters = 0
    for row in read_tmx(path):
        units += 1
        characters += sum(map(len, row.texts.values()))
    return {"units": units, "characters": characters, "seconds": time.process_time() - start, "mb": peak_mb()}


def child(command: list[str]) -> dict[str, float]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stderr}")
    answer: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--toolkit", help="Python of an environment with translate-toolkit.")
    parser.add_argument("--units", nargs="+", type=int, default=[300_000])
    parser.add_argument("--marked", type=int, default=5, help="One unit in how many has mark-up; 0 for none.")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        print(json.dumps(read(options.read)))
        return
    lines = []
    for units in options.units:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.tmx"
            make(path, units, options.marked)
            commands = {"interlingua": [sys.executable, __file__, "--read", str(path)]}
            if options.toolkit:
                commands["translate-toolkit"] = [options.toolkit, "-c", TOOLKIT, str(path)]
            runs: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
            for _ in range(options.turns):
                for name, command in commands.items():
                    runs[name].append(child(command))
            medians = {
                name: {key: statistics.median(run[key] for run in found) for key in found[0]}
                for name, found in runs.items()
            }
            for name, found in medians.items():
                peer = medians.get("translate-toolkit", found)
                ratios = [f"{peer['seconds'] / found['seconds']:.2f}", f"{peer['mb'] / found['mb']:.1f}"]
                size = f"{path.stat().st_size / 2**20:,.0f}"
                counts = [f"{units:,}", size, f"{int(found['characters']):,}"]
                lines.append([name, *counts, f"{found['seconds']:.2f}", ratios[0], f"{found['mb']:,.0f}", ratios[1]])
    print(conditions(1), "\n")
    head = ["reader", "units", "file, MB", "characters read", "CPU seconds", "times as fast", "peak MB", "memory ratio"]
    print(markdown(head, lines))


if __name__ == "__main__":
    main()
