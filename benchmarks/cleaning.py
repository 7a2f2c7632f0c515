"""Rows a second of cleaning rules, beside OpusFilter's filters of the same kind, and what rules find of planted noise.

Pairs are English and German rows of the phrasebook, repeated. OpusFilter does not install beside everything else, so
that it runs in an interpreter of its own: ``--peer PYTHON`` names one that has it. Both take turns, rule by rule, on
the same pairs, in memory; ours makes rows of what is left, OpusFilter says yes or no.

``python benchmarks/cleaning.py --peer opusfilter-env/bin/python``
``python benchmarks/cleaning.py --noise`` plants noise in four of ten pairs of the phrasebook.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

FILTERS = {
    "length": ("length:min=1,max=1000", "LengthFilter", {"unit": "char", "max_length": 1000}),
    "ratio": ("ratio:usual=equal,spare=0", "LengthRatioFilter", {"unit": "char", "threshold": 3}),
    "script": ("script", "CharacterScoreFilter", {"scripts": ["Latin", "Latin"], "thresholds": [0.2, 0.2]}),
    "digits": ("digits:skip=0", "NonZeroNumeralsFilter", {"threshold": 0.5}),
    "markup": ("markup", "HtmlTagFilter", {}),
    "repetition": ("repetition", "RepetitionFilter", {"threshold": 4}),
}
ALONE = ("tidy", "broken", "identical", "shared", "addresses", "contains", "duplicates", "near-duplicates", "language")


def pairs(repeat: int) -> list[tuple[str, str]]:
    from interlingua.corpus import open_corpus

    english, german = open_corpus("phrasebook").pairs("eng", "deu")
    return list(zip(english, german, strict=True)) * repeat


def serve(path: Path) -> None:
    """Be the peer: read the name of a filter, apply it to the pairs, print the seconds."""
    import opusfilter.filters

    data = [tuple(pair) for pair in json.loads(path.read_text(encoding="utf-8"))]
    for line in sys.stdin:
        _, kind, settings = FILTERS[line.strip()]
        rule = getattr(opusfilter.filters, kind)(**settings)
        start = time.process_time()
        kept = sum(rule.accept(score) for score in rule.score(data))
        print(json.dumps({"seconds": time.process_time() - start, "kept": kept}), flush=True)


def speed(repeat: int, rounds: int, peer: str | None) -> None:
    from harness import conditions, markdown

    from interlingua.corpus.cleaning import clean, make_step
    from interlingua.types import Row

    data = pairs(repeat)
    rows = [Row({"eng_Latn": english, "deu_Latn": german}) for english, german in data]
    lines = []
    with _peer(peer, data) as ask:
        for name in [*FILTERS, *ALONE]:
            rule = make_step(FILTERS[name][0] if name in FILTERS else name)
            ours, theirs = [], []
            for turn in range(rounds + 1):
                start = time.process_time()
                kept = sum(1 for _ in clean(rows, [rule]))
                taken = time.process_time() - start
                told = ask(name) if ask and name in FILTERS else None
                if turn:  # the first of both is not counted: tables are made in it
                    ours.append(taken)
                    theirs += [told["seconds"]] if told else []
            beside = (
                [f"{len(rows) / statistics.median(theirs):,.0f}", f"{_ratio(theirs, ours):.1f}", f"{told['kept']:,}"]
                if theirs and told
                else ["", "", ""]
            )
            lines.append([f"`{rule.name}`", f"{len(rows) / statistics.median(ours):,.0f}", f"{kept:,}", *beside])
    print(conditions(1), "\n")
    print(f"{len(rows):,} pairs; seconds are those of the processor\n")
    print(markdown(["rule", "pairs/s", "kept", "OpusFilter, pairs/s", "ratio of medians", "kept"], lines))


class _peer:  # noqa: N801
    """The other interpreter, waiting for names of filters; None where there is none."""

    def __init__(self, python: str | None, data: list[tuple[str, str]]) -> None:
        self._python, self._data, self._process = python, data, None

    def __enter__(self) -> Callable[[str], dict[str, float]] | None:
        if self._python is None:
            return None
        self._place = Path(f"/tmp/pairs-{time.time_ns()}.json")
        self._place.write_text(json.dumps(self._data), encoding="utf-8")
        self._process = subprocess.Popen(
            [self._python, __file__, "--serve", self._place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self._ask

    def _ask(self, name: str) -> dict[str, float]:
        self._process.stdin.write(name + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.stdin.close()
            self._process.wait()
            self._place.unlink()


def _ratio(slow: list[float], fast: list[float]) -> float:
    return statistics.median(slow) / statistics.median(fast)


NOISE: dict[str, Callable[[random.Random, dict[str, str], dict[str, str], str], str]] = {
    "another row's translation": lambda draw, row, other, code: other[code],
    "another language": lambda draw, row, other, code: row[draw.choice(sorted({*row} - {"eng_Latn", code}))],
    "English copied": lambda draw, row, other, code: row["eng_Latn"],
    "English copied, case and signs changed": lambda draw, row, other, code: row["eng_Latn"].upper().rstrip(".!?"),
    "cut after a quarter": lambda draw, row, other, code: row[code][: max(1, len(row[code]) // 4)],
    "three rows in one": lambda draw, row, other, code: " ".join([row[code], other[code], row[code]]),
    "HTML tags": lambda draw, row, other, code: f"<p>{row[code]}</p>",
    "HTML entities": lambda draw, row, other, code: "".join(f"&#{ord(one)};" for one in row[code][:5]) + row[code][5:],
    "wrong encoding": lambda draw, row, other, code: row[code].encode().decode("cp1252", "replace"),
    "control characters": lambda draw, row, other, code: row[code][:3] + "\x0b\x00" + row[code][3:],
    "a word that loops": lambda draw, row, other, code: row[code] + f" {row[code][-4:].strip('.。!? ')} " * 6,
    "a web address added": lambda draw, row, other, code: f"{row[code]} https://example.org/{draw.randrange(1000)}",
    "other numbers": lambda draw, row, other, code: f"{row[code]} ({draw.randrange(1111, 9999)})",
    "signs alone": lambda draw, row, other, code: "?!...",
    "the same pair again": lambda draw, row, other, code: row[code],
}


def noise(share: float) -> None:
    from harness import markdown

    from interlingua.corpus import open_corpus
    from interlingua.corpus.cleaning import Chain, preset_steps

    corpus = open_corpus("phrasebook")
    rows = [dict(row.texts) for row in corpus.rows()]
    kinds = dict(_planted(rows, corpus.languages[1:], share))
    dropped: dict[str, str] = {}
    planted = sum(kind != "" for _, kind in kinds.values())
    chain = Chain(steps=preset_steps("default"))
    cleaned = chain.clean((row for row, _ in kinds.values()), dropped=lambda one: dropped.setdefault(one.row, one.rule))
    kept = {row.meta["_id"]: tuple(row.texts.values()) for row in cleaned}
    lines = []
    for kind in [*NOISE, ""]:
        ids = [name for name, (_, one) in kinds.items() if one == kind]
        gone = Counter(dropped[name] for name in ids if name in dropped)
        by = ", ".join(f"{rule} {count}" for rule, count in gone.most_common(3))
        right = sum(kinds[name][0].meta["_was"] == kept.get(name, ("", ""))[1] for name in ids) if kind else 0
        shares = [f"{part / len(ids):.1%}" for part in (gone.total(), right)]
        lines.append([kind or "none", f"{len(ids):,}", shares[0], shares[1] if kind else "", by])
    good = sum(name in dropped for name, (_, kind) in kinds.items() if kind)
    print(
        f"{len(kinds):,} pairs, {planted:,} with noise; {len(kinds) - len(kept):,} dropped, "
        f"{good / max(1, len(dropped)):.1%} of them with noise\n"
    )
    print(markdown(["noise", "pairs", "dropped", "put right", "by"], lines))


def _planted(rows: list[dict[str, str]], languages: tuple[str, ...], share: float) -> Iterator[tuple[str, tuple]]:
    from interlingua.types import Row

    draw = random.Random(0)
    for number, row in enumerate(rows):
        for language in languages:
            kind = draw.choice([*NOISE]) if draw.random() < share else ""
            english, other = row["eng_Latn"], rows[(number + draw.randrange(1, len(rows))) % len(rows)]
            text = NOISE[kind](draw, row, other, language) if kind else row[language]
            english += f" ({draw.randrange(1111, 9999)})" if kind == "other numbers" else ""
            kind = "" if text == row[language] and kind != "the same pair again" else kind
            for name in ("a", "b") if kind == "the same pair again" else ("a",):
                key = f"{number}{language}{name}"
                again = kind if name == "b" or kind != "the same pair again" else ""
                yield key, (Row({"eng_Latn": english, language: text}, {"_id": key, "_was": row[language]}), again)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=20, help="how often the 850 rows are repeated")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", help="a Python interpreter that has opusfilter")
    parser.add_argument("--noise", action="store_true", help="plant noise and count what is found")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
    elif options.noise:
        noise(0.4)
    else:
        speed(options.repeat, options.rounds, options.peer)


if __name__ == "__main__":
    main()
