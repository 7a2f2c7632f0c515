"""COVERAGE -> A PICTURE: which languages meet in how many rows, before and after."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from interlingua.corpus.coverage import Coverage
from interlingua.corpus.wording import counted
from interlingua.report.drawing import shade, style, to_svg

__all__ = ["coverage_maps", "standalone"]

_NUMBERED = 12
"""So many languages still have room for numbers."""

_VECTOR = 30
"""Larger maps are pictures inside the SVG."""

_NARROWEST, _USUAL, _WIDEST = 2.4, 4.2, 6.0
"""Inches a map: room for a title; for some dozen languages; for any number."""

_SMALLEST, _LARGEST = 7.0, 9.0
"""The size of names in points. Where squares are too small for it, some languages only are named."""


def coverage_maps(coverages: Mapping[str, Coverage]) -> str:
    """Return maps side by side as SVG: a square a pair of languages, the darker the more rows have both.

    Shades are of the logarithm, from one row to the most of any pair, and the same in all maps; what is left white has
    no row. The diagonal has the rows of one language. Where there is no room to name all languages, they are in the
    order of their rows in the last map, and every second is named, or every third ...

    Args:
        coverages: Coverage by title.
    """
    from matplotlib.figure import Figure

    languages = tuple(dict.fromkeys(code for coverage in coverages.values() for code in coverage.languages))
    count = max(1, len(languages))
    width = max(_NARROWEST, min(0.5 * count, max(_USUAL, min(_WIDEST, count * _side(_SMALLEST)))))
    step = math.ceil(count * _side(_SMALLEST) / width - 1e-9)
    if step > 1:
        last = list(coverages.values())[-1]
        languages = tuple(sorted(languages, key=last.rows_of, reverse=True))
    tables = {title: _together(coverage, languages) for title, coverage in coverages.items()}
    most = max(2, max(int(table.max(initial=0)) for table in tables.values()))
    names = _Names(_alike(languages), step, max(_SMALLEST, min(_LARGEST, _SMALLEST * width / count / _side(_SMALLEST))))
    gap = 0.35 + names.length
    with style("coverage"):
        figure = Figure(figsize=(width, width))
        for place, (title, table) in enumerate(tables.items()):
            axes = figure.add_axes((place * (1 + gap / width), 0, 1, 1))
            _map(axes, table, most, names)
            axes.set_title(f"{title}: {_told(coverages[title])}", loc="left", pad=8 + 72 * names.length)
        if step > 1:
            told = f"{counted(count, 'language')}, those with most rows first; 1 in {step} is named"
            figure.text(0, -0.12 / width, told, va="top", fontsize=_LARGEST)
        _scale(figure, most, left=len(tables) * (1 + gap / width) + (0.35 - gap) / width, width=0.12 / width)
        told = "; ".join(f"{title}: {_told(coverage)}" for title, coverage in coverages.items())
        return to_svg(figure, name="coverage", alt=f"Rows that have both languages of a pair. {told}")


def standalone(svg: str) -> str:
    """Return an SVG that is a file of its own: the page that it is not part of gives neither font nor ground."""
    return svg.replace('style="', 'style="font-family:sans-serif;background:white;color:black;', 1) + "\n"


class _Names(NamedTuple):
    """How languages are called, which of them are named (one of ``step``), and in what size."""

    codes: Sequence[str]
    step: int
    size: float

    @property
    def length(self) -> float:
        """The length of the longest in inches, about."""
        return 0.62 * self.size / 72 * max(map(len, self.codes), default=0)


def _map(axes: Any, table: NDArray[np.int64], most: int, names: _Names) -> None:
    shades = np.where(table > 0, (np.log(np.maximum(table, 1)) / math.log(most)), np.nan)
    codes = names.codes
    if len(codes) > _VECTOR:
        axes.imshow(np.ma.masked_invalid(shades), cmap="YlGnBu", vmin=-0.15, vmax=1, interpolation="nearest")
    else:
        from matplotlib.patches import Rectangle

        for i, j in np.argwhere(table > 0).tolist():
            axes.add_patch(Rectangle((j - 0.48, i - 0.48), 0.96, 0.96, color=_colour(shades[i, j]), lw=0))
        axes.set_xlim(-0.5, len(codes) - 0.5)
        axes.set_ylim(len(codes) - 0.5, -0.5)
    if len(codes) <= _NUMBERED:
        for (i, j), rows in np.ndenumerate(table):
            if rows:
                tint = shade(float(shades[i, j] + 0.15) / 1.15)[1]
                axes.text(j, i, _short(int(rows)), ha="center", va="center_baseline", fontsize=7, color=tint)
    places = range(0, len(codes), names.step)
    axes.set_xticks(places, codes[:: names.step], fontsize=names.size, rotation=90)
    axes.set_yticks(places, codes[:: names.step], fontsize=names.size)
    axes.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False, pad=2)
    axes.spines[:].set_visible(False)


def _scale(figure: Any, most: int, *, left: float, width: float) -> None:
    axes = figure.add_axes((left, 0.1, width, 0.8))
    steps = np.linspace(0, 1, 101)
    axes.imshow(steps[:, None], cmap="YlGnBu", vmin=-0.15, vmax=1, aspect="auto", origin="lower", extent=(0, 1, 0, 1))
    powers = [10**power for power in range(int(math.log10(most)) + 1)]
    powers = powers[:: max(1, math.ceil(len(powers) / 5))]
    axes.set_yticks([math.log(power) / math.log(most) for power in powers], [_short(power) for power in powers])
    axes.set_xticks([])
    axes.tick_params(length=0, left=False, labelleft=False, right=False, labelright=True, pad=3)
    axes.spines[:].set_visible(False)
    axes.set_title("rows", loc="left", pad=6)


def _side(size: float) -> float:
    """The side in inches of the smallest squares beside which names of a size in points have room."""
    return size / 72 / 0.8


def _alike(languages: Sequence[str]) -> list[str]:
    """The three letters of all languages, or the whole code of all where two share them."""
    letters = [code.partition("_")[0] for code in languages]
    return letters if len(set(letters)) == len(letters) else list(languages)


def _colour(value: float) -> str:
    return shade((value + 0.15) / 1.15)[0]


def _together(coverage: Coverage, languages: tuple[str, ...]) -> NDArray[np.int64]:
    """The table of a coverage in the order of other languages; what it lacks is nothing."""
    places = [coverage.languages.index(code) if code in coverage.languages else -1 for code in languages]
    wider = np.pad(coverage.together, (0, 1))
    return wider[np.ix_(places, places)]


def _told(coverage: Coverage) -> str:
    pairs = coverage.pairs
    return f"{coverage.rows:,} rows, {(pairs > 0).sum():,} of {pairs.size:,} pairs"


def _short(number: int) -> str:
    """A count in at most four characters.

    Example:
        >>> [_short(number) for number in (7, 999, 1000, 9940, 12_345, 999_499, 999_999, 36_000_000)]
        ['7', '999', '1k', '9.9k', '12k', '999k', '1M', '36M']
    """
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if number >= size or (unit == "M" and number >= 999_500):
            scaled = f"{number / size:.1f}".removesuffix(".0")
            return f"{scaled if len(scaled) < 4 else round(number / size)}{unit}"
    return str(number)
