"""``interlingua corpus export`` and ``card``: a corpus for other programs and for other people."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlingua.cli.corpus.options import AsJson, Data, Languages, Overwrite, Rename, Split, check_place, open_data

if TYPE_CHECKING:
    from interlingua.corpus.exporting import Format

__all__ = ["card", "export"]


def export(
    data: Data,
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write; the file of tsv, jsonl and tmx.")],
    to: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="datasets (Hugging Face), pairs (sentence-transformers), moses, tsv, jsonl or tmx; "
            "what OUT ends in, else datasets, unless given.",
        ),
    ] = None,
    pairs: Annotated[
        str | None,
        typer.Option(
            "--pairs", help="Of pairs and moses: en:de,en:fr; English with every other language unless given."
        ),
    ] = None,
    names: Annotated[
        str | None,
        typer.Option("--names", help="Columns of pairs: english (english, non_english) or anchor (anchor, positive)."),
    ] = None,
    languages: Languages = None,
    split: Split = None,
    rename: Rename = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Write a corpus as other programs read it.

    Example: interlingua corpus export phrasebook book --format pairs
    """
    from typing import cast, get_args

    from interlingua.corpus.exporting import FILES, FORMATS, PairNames, export_corpus, format_of
    from interlingua.corpus.wording import counted
    from interlingua.evaluation.pairs import parse_pairs

    if to is not None and to not in FORMATS:
        raise typer.BadParameter(f"one of {', '.join(FORMATS)}", param_hint="--format")
    form: Format = to if to is not None else format_of(output)
    if names is not None and names not in get_args(PairNames):
        raise typer.BadParameter(f"one of {', '.join(get_args(PairNames))}", param_hint="--names")
    asked = parse_pairs(pairs) if pairs is not None else None
    if isinstance(asked, str):
        raise typer.BadParameter("write pairs as en:de,en:fr", param_hint="--pairs")
    if (pairs or names) and form not in ("pairs", "moses"):
        option = "--pairs" if pairs else "--names"
        raise typer.BadParameter(f"{form} has no pairs; say --format pairs", param_hint=option)
    check_place(output, overwrite=overwrite, is_file=form in FILES)
    done = export_corpus(
        open_data(data, languages, split, rename, min_cells=1),
        output,
        to=form,
        pairs=asked,
        names=cast("PairNames | None", names),
        overwrite=overwrite,
    )
    if as_json:
        facts = {"path": str(output), "rows": done.rows, "changed": done.changed, "files": done.files}
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    what = "pair" if form in ("pairs", "moses") else "row"
    typer.echo(f"{output}: {counted(done.rows, what)}" + (f" in {len(done.files)} files" if done.files else ""))
    if done.changed:
        typer.echo(f"tabs or line breaks became spaces in {counted(done.changed, 'text')}; jsonl keeps them")


def card(
    data: Data,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file to write; stdout unless given.", show_default=False)
    ] = None,
    languages: Languages = None,
    split: Split = None,
    rename: Rename = None,
    overwrite: Overwrite = False,
) -> None:
    """Print the card of a corpus as the Hugging Face hub wants it: languages, licences, sources, how it was made."""
    from interlingua.atomic import write_text
    from interlingua.corpus.cards import dataset_card

    check_place(output, overwrite=overwrite, is_file=True)
    text = dataset_card(open_data(data, languages, split, rename, min_cells=1))
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_text(output, text)
