"""``interlingua corpus stats`` and ``peek``: what there is."""

import json
from typing import Annotated

import typer

from interlingua.cli.corpus.options import AsJson, Data, Languages, Rename, Split, open_data

__all__ = ["peek", "stats"]


def stats(
    data: Data, languages: Languages = None, split: Split = None, rename: Rename = None, as_json: AsJson = False
) -> None:
    """Count rows, cells, lengths, repetitions and blanks, language by language."""
    statistics = open_data(data, languages, split, rename, min_cells=0).stats()
    typer.echo(json.dumps(statistics.as_dict(), ensure_ascii=False, indent=2) if as_json else str(statistics))


def peek(
    data: Data,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many rows.")] = 5,
    languages: Languages = None,
    split: Split = None,
    rename: Rename = None,
    as_json: AsJson = False,
) -> None:
    """Print the first rows."""
    from itertools import islice

    for row in islice(open_data(data, languages, split, rename, min_cells=1).rows(), number):
        if as_json:
            typer.echo(json.dumps({**row.meta, **row.texts}, ensure_ascii=False))
            continue
        typer.echo("  ".join(f"{name}={value}" for name, value in row.meta.items()))
        width = max(map(len, row.texts), default=0)
        for language, text in row.texts.items():
            typer.echo(f"  {language.ljust(width)}  {text}")
