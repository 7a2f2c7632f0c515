"""Arguments and options that commands on corpora share, and what they come to."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from interlingua.cli.options import comma_separated

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

__all__ = [
    "AsJson",
    "Columns",
    "Data",
    "Languages",
    "Output",
    "Overwrite",
    "Placeholders",
    "Rename",
    "Split",
    "Strict",
    "check_place",
    "open_data",
    "renames",
    "tell_written",
]

_NAMED = 20
"""Languages that are named; of more only the number is told."""

Data = Annotated[str, typer.Argument(metavar="DATA", help="A set of the catalog, a file, or a folder.")]
Output = Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write.")]
Languages = Annotated[str | None, typer.Option("--languages", "-l", help="Only these, as eng,deu,tel.")]
Split = Annotated[str | None, typer.Option("--split", "-s", help="Only this one: train, dev or test.")]
Rename = Annotated[
    list[str] | None, typer.Option("--rename", help="COLUMN=MEANING, as id=_id or en_text=eng; may be repeated.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")]
Columns = Annotated[
    str | None, typer.Option("--columns", help="Column names of TSV or CSV without a header, as eng,deu.")
]
Strict = Annotated[bool, typer.Option("--strict", help="A bad record is an error instead of being left out.")]
Placeholders = Annotated[
    Literal["keep", "normalise", "drop"],
    typer.Option("--placeholders", help="Those in texts of programs, as %s: keep, normalise (to {}) or drop."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def open_data(
    data: str, languages: str | None, split: str | None, rename: list[str] | None, *, min_cells: int
) -> "Corpus":
    """Return the rows that a command line names."""
    from interlingua.corpus import open_corpus

    corpus = open_corpus(data, rename=renames(rename))
    return corpus.select(comma_separated(languages), split, min_cells=min_cells)


def check_place(place: Path | None, *, overwrite: bool, is_file: bool = False) -> None:
    """Make sure, before anything is read, that a result can be put where it is wanted.

    Raises:
        OutputError: Something is there.
    """
    if place is not None:
        from interlingua.atomic import check_free
        from interlingua.corpus.source import CARD

        check_free(place, overwrite=overwrite, marker=None if is_file else CARD)


def renames(words: list[str] | None) -> dict[str, str] | None:
    """Return meaning by column, of words such as ``id=_id``."""
    pairs = [word.partition("=") for word in words or ()]
    if any(not meaning for _, _, meaning in pairs):
        raise typer.BadParameter("write COLUMN=MEANING, as id=_id or en_text=eng", param_hint="--rename")
    return {column: meaning for column, _, meaning in pairs} or None


def tell_written(corpus: "Corpus", output: Path, *, as_json: bool) -> None:
    """Print what was written and where, and how to name it where its name alone means something else."""
    from interlingua.corpus.presence import is_shadowed
    from interlingua.corpus.wording import counted

    facts: dict[str, Any] = {"path": str(output), "rows": len(corpus), "languages": list(corpus.languages)}
    if as_json:
        typer.echo(json.dumps(facts | {"fingerprint": corpus.fingerprint}, ensure_ascii=False))
    else:
        many = len(corpus.languages) > _NAMED
        where = counted(len(corpus.languages), "language") if many else ", ".join(corpus.languages)
        typer.echo(f"{output}: {counted(len(corpus), 'row')} in {where}")
    if is_shadowed(str(output)):
        typer.echo(f"hint: {output} alone means the set of the catalog; ./{output} is this folder", err=True)
