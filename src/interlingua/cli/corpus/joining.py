"""``interlingua corpus join``: bitexts to n-way rows."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from interlingua.cli.corpus.options import (
    AsJson,
    Columns,
    Output,
    Overwrite,
    Placeholders,
    Rename,
    Strict,
    check_place,
    renames,
    tell_written,
)

if TYPE_CHECKING:
    from interlingua.corpus import Joined

__all__ = ["join"]


def join(
    output: Output,
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE", help="Sets, files, folders, or eng=a.en deu=a.de; the earlier rank higher."),
    ],
    pivot: Annotated[str, typer.Option("--pivot", help="The language to join by.")] = "eng",
    conflicts: Annotated[
        Literal["all", "majority", "best", "first"],
        typer.Option("--conflicts", help="Several texts of a language beside one pivot text: all, or which."),
    ] = "all",
    ignore_punctuation: Annotated[
        bool,
        typer.Option("--ignore-punctuation", help="Pivot texts are one that differ in punctuation at their edges."),
    ] = False,
    pivot_only: Annotated[bool, typer.Option("--pivot-only", help="Leave out rows without pivot.")] = False,
    min_cells: Annotated[int, typer.Option("--min-cells", min=1, help="Leave out joined rows with fewer cells.")] = 2,
    most: Annotated[
        int, typer.Option("--most", min=1, help="Use so many rows of a source that share a pivot text.")
    ] = 10_000,
    licence: Annotated[
        list[str] | None, typer.Option("--licence", help="SOURCE=SPDX, as a.tmx=CC-BY-4.0; may be repeated.")
    ] = None,
    coverage: Annotated[
        Path | None, typer.Option("--coverage", help="An SVG to draw: which languages meet in how many rows.")
    ] = None,
    memory: Annotated[str, typer.Option("--memory", help="What the sort may hold; the rest is put on disk.")] = "2GB",
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help="Of the sort; one a core unless given.")
    ] = None,
    rename: Rename = None,
    columns: Columns = None,
    placeholders: Placeholders = "keep",
    overwrite: Overwrite = False,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Join rows that share a pivot text, of any number of sources, to n-way rows."""
    from interlingua.corpus import join_corpus
    from interlingua.corpus.building import grouped

    check_place(output, overwrite=overwrite)
    check_place(coverage, overwrite=overwrite, is_file=True)
    joined = join_corpus(
        grouped(sources),
        output,
        pivot=pivot,
        conflicts=conflicts,
        ignore_punctuation=ignore_punctuation,
        pivot_only=pivot_only,
        min_cells=min_cells,
        most=most,
        licences=_licences(licence),
        memory=memory,
        threads=threads,
        rename=renames(rename),
        columns=columns.split(",") if columns else None,
        placeholders=placeholders,
        strict=strict,
        overwrite=overwrite,
    )
    if coverage is not None:
        _draw(joined, coverage)
    if as_json:
        typer.echo(json.dumps({"path": str(output), **joined.as_dict()}, ensure_ascii=False))
    else:
        typer.echo(str(joined))
        tell_written(joined.corpus, output, as_json=False)
        for hint in joined.hints:
            typer.echo(f"hint: {hint}", err=True)


def _licences(words: list[str] | None) -> dict[str, str]:
    pairs = [word.rpartition("=") for word in words or ()]
    if any(not name or not licence for name, _, licence in pairs):
        raise typer.BadParameter("write SOURCE=SPDX, as a.tmx=CC-BY-4.0", param_hint="--licence")
    return {name: licence for name, _, licence in pairs}


def _draw(joined: "Joined", path: Path) -> None:
    from interlingua.atomic import write_text
    from interlingua.report.coverage import coverage_maps, standalone

    write_text(path, standalone(coverage_maps({"before": joined.before, "after": joined.after})))
