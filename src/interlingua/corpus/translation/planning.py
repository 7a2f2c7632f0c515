"""What a translation of a corpus would take, before it is begun."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from interlingua.corpus.translation.filling import Filler
from interlingua.corpus.translation.protocols import route_of
from interlingua.corpus.wording import counted
from interlingua.types import Translator

__all__ = ["LanguagePlan", "TranslationPlan", "plan_translation"]

_PROBE = 48
"""Texts that are translated to know the speed."""

_FEW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguagePlan:
    """What is to be done for one language.

    Args:
        route: The languages that most translations pass, from source to target.
        cells: Cells to fill.
        known: Of these, such as were translated before and are kept.
        characters: Of the texts that are not.
        seconds: What their translation should take, by a small probe; the machine's other work counts.
    """

    route: tuple[str, ...]
    cells: int
    known: int
    characters: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationPlan:
    """A plan in numbers; ``str()`` is a table.

    Args:
        rows: Of the corpus.
        translator: Its name.
        licence: Under what its translations may be used.
        languages: By language to fill.
    """

    rows: int
    translator: str
    licence: str
    languages: Mapping[str, LanguagePlan]

    @property
    def seconds(self) -> float:
        """Of all languages."""
        return sum(one.seconds for one in self.languages.values())

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary."""
        return asdict(self) | {"seconds": self.seconds}

    def __str__(self) -> str:
        lines = [("language", "by way of", "cells", "known", "characters", "time")]
        lines += [
            (
                code,
                ", ".join(one.route[1:-1]) or "-",
                f"{one.cells:,}",
                f"{one.known:,}",
                f"{one.characters:,}",
                duration(one.seconds),
            )
            for code, one in self.languages.items()
        ]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        table = [
            "  ".join(
                word.ljust(width) if i < 2 else word.rjust(width)
                for i, (word, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in lines
        ]
        top = (
            f"{counted(self.rows, 'row')}, {self.translator} (licence: {self.licence}), {duration(self.seconds)} in all"
        )
        return "\n".join([top, *table])


def plan_translation(filler: Filler, translator: Translator) -> TranslationPlan:
    """Count what is to be translated, and translate a few texts to know how fast that goes.

    The time is that of starting, for each chunk of rows, and of the characters; it knows nothing of texts that come
    again, which are translated once. What the probe translates is not kept.

    Args:
        filler: Knows the corpus and the languages.
        translator: That of the filler.
    """
    counts: dict[str, list[int]] = {language: [0, 0, 0, 0] for language in filler.into}
    samples: dict[str, dict[str, list[str]]] = {language: {} for language in filler.into}
    rows = 0
    for chunk in filler.chunks():
        rows += len(chunk)
        for language in filler.into:
            for source, gaps in filler.gaps(chunk, language).items():
                known = filler.known(gaps.values(), source, language)
                new = [gap.text for gap in gaps.values() if gap.text not in known]
                for place, number in enumerate((len(gaps), len(gaps) - len(new), sum(map(len, new)), bool(new))):
                    counts[language][place] += number
                some = samples[language].setdefault(source, [])
                some += new[: max(0, _PROBE - len(some))]
    plans = {}
    for language, (cells, known_cells, characters, calls) in counts.items():
        source = max(samples[language], key=lambda code: len(samples[language][code]), default=filler.sources[0])
        start, rate = _speed(translator, samples[language].get(source, []), source, language)
        plans[language] = LanguagePlan(
            route=route_of(translator, source, language),
            cells=cells,
            known=known_cells,
            characters=characters,
            seconds=start * calls + rate * characters,
        )
    return TranslationPlan(rows=rows, translator=translator.name, licence=translator.licence, languages=plans)


def duration(seconds: float) -> str:
    """Return a time in words.

    Example:
        >>> duration(3.2), duration(400), duration(10_000)
        ('3 s', '7 min', '2.8 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _speed(translator: Translator, texts: Sequence[str], source: str, target: str) -> tuple[float, float]:
    """Seconds that a call takes to start, and seconds a character."""
    if not texts:
        return 0.0, 0.0
    few, more = list(texts[:_FEW]), list(texts[_FEW:])
    translator.translate(few[:1], source=source, target=target)  # a model is loaded once
    first = _seconds(translator, few, source, target)
    if not more:
        return 0.0, first / sum(map(len, few))
    second = _seconds(translator, [*few, *more], source, target)
    rate = max(second - first, 0.0) / sum(map(len, more))
    return max(first - rate * sum(map(len, few)), 0.0), rate


def _seconds(translator: Translator, texts: Sequence[str], source: str, target: str) -> float:
    start = time.perf_counter()
    translator.translate(texts, source=source, target=target)
    return time.perf_counter() - start
