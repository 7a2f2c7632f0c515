"""``interlingua corpus overlap``: what of a corpus encoders are tested on."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from interlingua.cli.corpus.options import AsJson, Data, Languages, Rename, Split, open_data
from interlingua.cli.options import comma_separated

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

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
    from interlingua.corpus.evaluation_splits import compared_splits
    from interlingua.corpus.evaluation_texts import evaluation_sets

    corpus = open_data(data, languages, split, rename, min_cells=1)
    tests = evaluation_sets(comma_separated(sets), languages=corpus.languages)
    found = find_overlap(corpus, tests)
    mine = [split] if split else _splits(corpus)
    theirs = {one.name: list(compared_splits(one.name)) for one in tests.sets}
    if as_json:
        compared = {"data": data, "splits": mine, "with": theirs}
        typer.echo(json.dumps({"compared": compared, **found.as_dict()}, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{corpus.name}: {found}")
    others = ", ".join(_told(name, splits) for name, splits in theirs.items()) or "nothing"
    typer.echo(f"compared: {_told(data, mine)} with {others}")
    for name, cells in found.cells.items():
        told = ", ".join(f"{language} {number:,}" for language, number in cells.items())
        typer.echo(f"{name}: {told}; rows {', '.join(found.sample[name])}")
    if split is None and (own := [name for name in theirs.get(data, ()) if name in mine]):
        typer.echo(f"hint: rows of {data} are compared with themselves ({', '.join(own)}); --split train?", err=True)


def _splits(corpus: "Corpus") -> list[str]:
    """The splits of its rows; nothing where it has none."""
    return sorted({str(one) for one in corpus.values("_split") if one}) if "_split" in corpus.provenance else []


def _told(name: str, splits: list[str]) -> str:
    return name if [name.rpartition("/")[2]] == splits else f"{name} ({', '.join(splits) or 'all rows'})"
