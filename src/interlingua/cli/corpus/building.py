"""``interlingua corpus build``: files to one corpus."""

from typing import Annotated

import typer

from interlingua.cli.corpus.options import (
    AsJson,
    Columns,
    Output,
    Overwrite,
    Placeholders,
    Rename,
    Strict,
    renames,
    tell_written,
)

__all__ = ["build"]


def build(
    output: Output,
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE", help="Sets, files, folders, or eng=a.en deu=a.de for aligned lines."),
    ],
    rename: Rename = None,
    columns: Columns = None,
    placeholders: Placeholders = "keep",
    overwrite: Overwrite = False,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Read sources of any format into one corpus folder."""
    from interlingua.corpus.building import build_corpus, grouped

    corpus = build_corpus(
        grouped(sources),
        output,
        rename=renames(rename),
        columns=columns.split(",") if columns else None,
        placeholders=placeholders,
        strict=strict,
        overwrite=overwrite,
    )
    tell_written(corpus, output, as_json=as_json)
