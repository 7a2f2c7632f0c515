"""``interlingua corpus peek``: what there is."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from interlingua.cli.corpus.options import AsJson, Data, Languages, Rename, Split, open_data, renames
from interlingua.cli.options import comma_separated

if TYPE_CHECKING:
    from interlingua.types import Row

__all__ = ["peek"]


def peek(
    data: Data,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many rows.")] = 5,
    languages: Languages = None,
    split: Split = None,
    rename: Rename = None,
    as_json: AsJson = False,
) -> None:
    """Show what a file holds, told from its beginning, and the first rows."""
    from dataclasses import replace
    from itertools import islice

    from interlingua.corpus.named_sets import is_named
    from interlingua.corpus.peeking import can_be_peeked
    from interlingua.corpus.peeking import peek as look

    if is_named(data) or not can_be_peeked(data):
        _show(islice(open_data(data, languages, split, rename, min_cells=1).rows(), number), as_json=as_json)
        return
    found = look(data, rename=renames(rename), number=number, languages=comma_separated(languages), split=split)
    shown = replace(found, problem="") if found.fault else found
    typer.echo(f"{shown}\n", err=as_json)
    _show(found.rows, as_json=as_json)
    if found.fault:
        raise found.fault


def _show(rows: "Iterable[Row]", *, as_json: bool) -> None:
    for row in rows:
        if as_json:
            typer.echo(json.dumps({**row.meta, **row.texts}, ensure_ascii=False))
            continue
        typer.echo("  ".join(f"{name}={value}" for name, value in row.meta.items()))
        width = max(map(len, row.texts), default=0)
        for language, text in row.texts.items():
            typer.echo(f"  {language.ljust(width)}  {text}")
