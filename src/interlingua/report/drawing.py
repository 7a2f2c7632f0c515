"""MATPLOTLIB -> SVG that can be part of a page: colours of the page, text as text, the same bytes for equal input."""

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BETTER", "FAINT", "INK", "SAME", "WORSE", "marker", "shade", "style", "to_svg", "unlike"]

INK, FAINT, BETTER, WORSE, SAME = "#010203", "#040506", "#070809", "#0a0b0c", "#0d0e0f"
"""Stand for colours of the page, which differ on screen, in the dark and on paper."""

_OF_PAGE = {
    INK: "currentColor",
    FAINT: "var(--line)",
    BETTER: "var(--better)",
    WORSE: "var(--worse)",
    SAME: "var(--same)",
}

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#4b3f9e", "#56a0d3", "#7a7a7a", "#a3333d")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")

_DIGITS = 1

_LARGEST = 1.6
"""Pixels a point at most: a drawing fills its column, but letters do not outgrow the text."""

_REFERENCE = re.compile(r'(?:url\(#|href="#)([^)"]+)')


@contextmanager
def style(name: str) -> Iterator[None]:
    """Draw in the manner of the page; ``name`` makes ids of this drawing unlike those of others.

    Text stays text (``svg.fonttype: none``), so that the reader's fonts write every script and small files stay small.
    """
    import matplotlib as mpl

    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "text.parse_math": False,
        "font.size": 9,
        "axes.titlesize": 9,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "lines.linewidth": 1.6,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        "legend.frameon": False,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.edgecolor": INK,
        "axes.titlecolor": INK,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the reader's fonts have it
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")  # nor need it shape scripts
        yield


def to_svg(figure: "Figure", *, name: str, alt: str) -> str:
    """Return a figure as an SVG element that scales with its place.

    Args:
        figure: Drawn under :func:`style`.
        name: Unlike that of every other figure of the page; letters, digits and hyphens.
        alt: What it shows, for those who do not see it.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    FigureCanvasSVG(figure)
    made = StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(made, format="svg", bbox_inches="tight", pad_inches=0.04, metadata=nothing)
    return _element(made.getvalue(), name=name, alt=alt)


def marker(number: int) -> tuple[str, str]:
    """Return colour and shape of the n-th of several groups; 63 groups are unlike each other.

    Example:
        >>> len({marker(number) for number in range(63)})
        63
    """
    return _COLOURS[number % len(_COLOURS)], _MARKERS[number % len(_MARKERS)]


def shade(value: float) -> tuple[str, str]:
    """Return the colour of a value between 0 and 1, and a colour for text on it (contrast 4.5 or more).

    Example:
        >>> shade(0.0), shade(1.0)
        (('#ffffd9', '#000000'), ('#081d58', '#ffffff'))
    """
    return _shades()[round(100 * min(1.0, max(0.0, value)))]


@cache
def _shades() -> list[tuple[str, str]]:
    """The colours of 0, 0.01 ... 1."""
    import matplotlib as mpl

    made = []
    for parts in mpl.colormaps["YlGnBu"]([step / 100 for step in range(101)])[:, :3].tolist():
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        colour = "#" + "".join(f"{round(255 * part):02x}" for part in parts)
        made.append((colour, "#000000" if luminance + 0.05 > (0.05 * 1.05) ** 0.5 else "#ffffff"))
    return made


def unlike(number: int) -> Any:
    """Return how the n-th of several lines is dashed."""
    return ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)))[number % 5]


def _element(document: str, *, name: str, alt: str) -> str:
    body = re.sub(r"<!--.*?-->\s*", "", document[document.index("<svg") :], flags=re.DOTALL)
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", body, flags=re.DOTALL)  # would rule the whole page
    body = re.sub(r"<g>\s*<path[^>]*fill: none\"/>\s*</g>\s*", "", re.sub(r"\n\s*", "\n", body), count=1)  # background
    head, _, rest = body.partition(">")
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)
    width, height = (1.0, 1.0) if box is None else (float(one) for one in box.groups())
    own = {found: f"{name}-{number}" for number, found in enumerate(dict.fromkeys(_REFERENCE.findall(rest)))}
    rest = re.sub(r"<[^>]*>", lambda tag: _tag(tag[0], own), rest).strip()  # texts hold no < or >: they are escaped
    told = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    size = f'viewBox="0 0 {width:g} {height:g}" style="max-width:{width * _LARGEST:.0f}px"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {told}>{rest}'


def _tag(tag: str, own: Mapping[str, str]) -> str:
    """Shorten a tag: colours of the page, ids of this figure alone and only where they are used, short numbers."""
    for colour, of_page in _OF_PAGE.items():
        tag = tag.replace(colour, of_page)
    tag = re.sub(r' id="([^"]+)"', lambda one: f' id="{own[one[1]]}"' if one[1] in own else "", tag)
    tag = re.sub(r'(url\(#|href="#)([^)"]+)', lambda one: one[1] + own[one[2]], tag.replace("xlink:href=", "href="))
    tag = re.sub(r" ?font-family: [^;\"]*;?| transform=\"rotate\(-?0 [^)]*\)\"", "", tag)
    return re.sub(r'(\s(?:d|x|y|transform|width|height)=")([^"]*)"', _short_numbers, tag)


def _short_numbers(attribute: re.Match[str]) -> str:
    def shorter(number: re.Match[str]) -> str:
        return f"{float(number[0]):.{_DIGITS}f}".rstrip("0").rstrip(".")

    return attribute[1] + " ".join(re.sub(r"-?\d+\.\d+", shorter, attribute[2]).split()) + '"'
