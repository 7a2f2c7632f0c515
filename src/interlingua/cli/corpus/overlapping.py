"""``interlingua corpus overlap``: what of a corpus encoders are tested on."""

import json
from typing import Annotated

import typer

from interlingua.cli.corpus.options import AsJson, Data, Languages, Rename, Split, open_data
from interlingua.cli.options import comma_separated

__all__ = ["overlap"]


def overlap(
    data: Data,
    sets: Annotated[
        str | None,
        typer.Option(
            "--with", help="Sets, files or folders, as ntrex,flores200/dev; every evaluation set unless given."
        ),
    ] = None,
    languages: Languages = None,
    split: Split = None,
    rename: Rename = None,
    as_json: AsJson = False,
) -> None:
    """Count the rows that share a text with sets that encoders are tested on, by set and language.

    Such rows are left out by `interlingua train`, and by the rule `overlap` of `interlingua corpus clean`.
    """
    from interlingua.corpus.decontamination import find_overlap
    from interlingua.corpus.evaluation_texts import evaluation_sets

    corpus = open_data(data, languages, split, rename, min_cells=1)
    found = find_overlap(corpus, evaluation_sets(comma_separated(sets), languages=corpus.languages))
    if as_json:
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
        return
    typer.echo(f"{corpus.name}: {found}")
    for name, cells in found.cells.items():
        told = ", ".join(f"{language} {number:,}" for language, number in cells.items())
        typer.echo(f"{name}: {told}; rows {', '.join(found.sample[name])}")
