"""The drawings of a report: plain data in, SVG out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interlingua.report.drawing import BETTER, FAINT, INK, SAME, WORSE, marker, shade, style, to_svg, unlike

__all__ = ["curves", "differences", "heatmap", "legend", "scatter"]

_ANNOTATED = 12
"""So many columns still have room for numbers."""

_VECTOR = 30
"""Larger heatmaps are pictures inside the SVG."""

_MARKS = {"better": "^", "same": "o", "worse": "v", "undefined": "x"}
_TINTS = {"better": BETTER, "same": SAME, "worse": WORSE, "undefined": SAME}


def heatmap(
    values: Sequence[Sequence[float | None]],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    name: str,
    alt: str,
    labels: tuple[str, str] = ("", ""),
    smallest: float = 0.0,
    tilted: bool = False,
) -> str:
    """Return a matrix as a map of shades, with numbers, times 100, where there is room.

    Args:
        values: Between 0 and 1, row by row; None is left empty.
        rows: Their names, in any script.
        columns: Their names.
        name: As for ``to_svg``.
        alt: As for ``to_svg``.
        labels: What rows and columns are.
        smallest: Smaller values are shades without a number.
        tilted: Write the names of columns upwards.
    """
    from matplotlib.figure import Figure

    matrix = np.array([[np.nan if value is None else value for value in row] for row in values], dtype=np.float64)
    small = max(matrix.shape) <= _ANNOTATED
    side = 0.36 if small else max(0.14, 5.0 / max(matrix.shape))
    with style(name):
        figure = Figure(figsize=(side * matrix.shape[1], side * matrix.shape[0]))
        axes = figure.add_axes((0, 0, 1, 1))
        _shades(axes, matrix)
        size = 9 if side >= 0.2 else 7
        upwards: dict[str, Any] = {"rotation": 90, "rotation_mode": "anchor", "ha": "left", "va": "center"}
        axes.set_xticks(np.arange(len(columns)), columns, fontsize=size, **(upwards if tilted or not small else {}))
        axes.set_yticks(np.arange(len(rows)), rows, fontsize=size)
        axes.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False, pad=3)
        axes.spines[:].set_visible(False)
        axes.set_ylabel(labels[0])
        axes.set_xlabel(labels[1])
        axes.xaxis.set_label_position("top")
        if small:
            _numbers(axes, matrix, smallest=smallest)
        return to_svg(figure, name=name, alt=alt)


def _shades(axes: Any, matrix: NDArray[np.float64]) -> None:
    rows, columns = matrix.shape
    if max(matrix.shape) > _VECTOR:
        axes.imshow(np.ma.masked_invalid(matrix), cmap="YlGnBu", vmin=0, vmax=1, interpolation="nearest")
        return
    from matplotlib.collections import PolyCollection

    corners = np.array([(-0.48, -0.48), (0.48, -0.48), (0.48, 0.48), (-0.48, 0.48)])
    cells = np.argwhere(np.isfinite(matrix))
    squares: Any = corners + cells[:, None, ::-1]
    colours = [shade(float(matrix[i, j]))[0] for i, j in cells]
    axes.add_collection(PolyCollection(squares, facecolors=colours, linewidths=0, clip_on=False), autolim=False)
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)


def _numbers(axes: Any, matrix: NDArray[np.float64], *, smallest: float) -> None:
    for (i, j), value in np.ndenumerate(matrix):
        if np.isfinite(value) and value >= smallest:
            text = axes.text(j, i, f"{100 * value:.0f}", ha="center", va="center_baseline", fontsize=8)
            text.set_color(shade(float(value))[1])
            text.set_in_layout(False)


def differences(lines: Sequence[Mapping[str, Any]], *, name: str, alt: str) -> str:
    """Return differences with their intervals, one below the other, beside a line at zero.

    Args:
        lines: ``label``, ``difference``, ``low``, ``high`` (NaN where unknown) and ``verdict``.
        name: As for ``to_svg``.
        alt: As for ``to_svg``.
    """
    from matplotlib.figure import Figure

    with style(name):
        figure = Figure(figsize=(3.6, 0.45 + 0.22 * len(lines)))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.axvline(0, color=INK, lw=1)
        for place, line in enumerate(lines):
            if not np.isfinite(line["difference"]):
                continue
            tint = _TINTS[line["verdict"]]
            if np.isfinite(line["low"]):
                axes.plot(
                    [100 * line["low"], 100 * line["high"]], [place, place], color=tint, lw=2, solid_capstyle="butt"
                )
            axes.plot([100 * line["difference"]], [place], _MARKS[line["verdict"]], color=tint, ms=6)
        axes.set_yticks(range(len(lines)), [line["label"] for line in lines])
        axes.set_ylim(len(lines) - 0.4, -0.6)
        axes.grid(axis="x", color=FAINT, lw=0.8)
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.set_xlabel("difference in points, with its 95 % interval")
        return to_svg(figure, name=name, alt=alt)


def curves(lines: Mapping[str, tuple[Sequence[float], Sequence[float]]], *, name: str, alt: str, y: str) -> str:
    """Return one or several lines over the steps of training.

    Args:
        lines: Steps and values by name.
        name: As for ``to_svg``.
        alt: As for ``to_svg``.
        y: What the values are.
    """
    from matplotlib.figure import Figure

    with style(name):
        figure = Figure(figsize=(3.6, 2.0))
        axes = figure.add_axes((0, 0, 1, 1))
        for number, (label, (steps, values)) in enumerate(lines.items()):
            dots: dict[str, Any] = {"marker": marker(number)[1], "markersize": 3.5} if len(steps) <= 12 else {}
            axes.plot(steps, values, color=marker(number)[0], ls=unlike(number), label=label.lstrip("_"), **dots)
        axes.grid(color=FAINT, lw=0.8)
        axes.set_axisbelow(True)
        axes.set_xlabel("step")
        axes.set_ylabel(y)
        if len(lines) > 1:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncol=2, handlelength=2.6)
        return to_svg(figure, name=name, alt=alt)


def scatter(
    points: Sequence[Sequence[float]],
    groups: Sequence[int],
    *,
    name: str,
    alt: str,
    joined: Sequence[Sequence[int]] = (),
    labels: Mapping[int, str] | None = None,
    limits: tuple[tuple[float, float], tuple[float, float]] | None = None,
) -> str:
    """Return points, those of a group in one colour and shape.

    Args:
        points: Shape ``(n, 2)``.
        groups: The group of every point.
        name: As for ``to_svg``.
        alt: As for ``to_svg``.
        joined: Points that belong together: each is joined with their middle.
        labels: Text of some points.
        limits: Of both axes, so that maps can be laid side by side.
    """
    from matplotlib.figure import Figure

    places = np.asarray(points, dtype=np.float64)
    numbers = np.asarray(groups)
    with style(name):
        figure = Figure(figsize=(3.6, 3.2))
        axes = figure.add_axes((0, 0, 1, 1))
        if limits is not None:
            axes.set_xlim(limits[0])
            axes.set_ylim(limits[1])
        for members in joined:
            middle = places[list(members)].mean(axis=0)
            for member in members:
                axes.plot(*zip(middle, places[member], strict=True), color=INK, lw=0.7, alpha=0.6, clip_on=False)
        for group in np.unique(numbers):
            colour, shape = marker(int(group))
            axes.plot(*places[numbers == group].T, shape, color=colour, ms=4, mec="none", alpha=0.75, ls="none")
        for place, text in (labels or {}).items():
            axes.annotate(text, places[place], xytext=(3, 2), textcoords="offset points", fontsize=8)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(True)
        axes.spines[:].set_color(FAINT)
        return to_svg(figure, name=name, alt=alt)


def legend(names: Sequence[str], *, name: str) -> list[dict[str, str]]:
    """Return for every group its name and its mark, as a small SVG that refers to nothing: it may be used twice."""
    from matplotlib.figure import Figure
    from matplotlib.markers import MarkerStyle
    from matplotlib.patches import PathPatch
    from matplotlib.transforms import Affine2D

    made = []
    for number, text in enumerate(names):
        colour, shape = marker(number)
        with style(f"{name}-{number}"):
            figure = Figure(figsize=(0.12, 0.12))
            form = MarkerStyle(shape)
            path = form.get_path().transformed(form.get_transform() + Affine2D().scale(8).translate(4.5, 4.5))
            figure.add_artist(PathPatch(path, facecolor=colour, lw=0, transform=None, clip_on=False))
            made.append({"name": text, "mark": to_svg(figure, name=f"{name}-{number}", alt="")})
    return made
