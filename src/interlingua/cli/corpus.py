"""``interlingua corpus``: build, count, split and look at rows."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interlingua.cli.options import comma_separated

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

__all__ = ["app"]

app = typer.Typer(
    name="corpus",
    help="Build, count, split and look at corpora: rows of one meaning, a column per language.",
    epilog="A DATA argument is a set of the catalog (phrasebook, ntrex, tatoeba:tel), a file, or a folder.",
    no_args_is_help=True,
)

Data = Annotated[str, typer.Argument(metavar="DATA", help="A set of the catalog, a file, or a folder.")]
Output = Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write.")]
Languages = Annotated[str | None, typer.Option("--languages", "-l", help="Only these, as eng,deu,tel.")]
Split = Annotated[str | None, typer.Option("--split", "-s", help="Only this one: train, dev or test.")]
Rename = Annotated[
    list[str] | None, typer.Option("--rename", help="COLUMN=MEANING, as id=_id or en_text=eng; may be repeated.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a corpus that is there.")]
Strict = Annotated[bool, typer.Option("--strict", help="A bad record is an error instead of being left out.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def build(
    output: Output,
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE", help="Sets, files, folders, or eng=a.en deu=a.de for aligned lines."),
    ],
    rename: Rename = None,
    columns: Annotated[
        str | None, typer.Option("--columns", help="Column names of TSV or CSV without a header, as eng,deu.")
    ] = None,
    overwrite: Overwrite = False,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Read sources of any format into one corpus folder."""
    from interlingua.corpus.building import build_corpus, grouped

    corpus = build_corpus(
        grouped(sources),
        output,
        rename=_renames(rename),
        columns=columns.split(",") if columns else None,
        strict=strict,
        overwrite=overwrite,
    )
    _tell_written(corpus, output, as_json=as_json)


@app.command()
def stats(
    data: Data, languages: Languages = None, split: Split = None, rename: Rename = None, as_json: AsJson = False
) -> None:
    """Count rows, cells, lengths, repetitions and blanks, language by language."""
    statistics = _open(data, languages, split, rename, min_cells=0).stats()
    typer.echo(json.dumps(statistics.as_dict(), ensure_ascii=False, indent=2) if as_json else str(statistics))


@app.command("split")
def split_rows(
    data: Data,
    output: Output,
    dev: Annotated[float, typer.Option("--dev", help="Share of the rows for dev, 0 to 1.")] = 0.05,
    test: Annotated[float, typer.Option("--test", help="Share of the rows for test, 0 to 1.")] = 0.05,
    seed: Annotated[int, typer.Option("--seed", help="Another seed gives other splits.")] = 0,
    rename: Rename = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Write a corpus with a _split column: by a hash of the English text, so a sentence always lands in one split."""
    from interlingua.corpus import write_corpus

    rule = {"dev": dev, "test": test, "seed": seed}
    corpus = _open(data, None, None, rename, min_cells=0).with_splits(dev=dev, test=test, seed=seed)
    written = write_corpus(
        corpus.rows(),
        output,
        card={"sources": corpus.card.get("sources", [{"source": data}]), "splits": rule},
        overwrite=overwrite,
    )
    _tell_written(written, output, as_json=as_json)


@app.command()
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

    for row in islice(_open(data, languages, split, rename, min_cells=1).rows(), number):
        if as_json:
            typer.echo(json.dumps({**row.meta, **row.texts}, ensure_ascii=False))
            continue
        typer.echo("  ".join(f"{name}={value}" for name, value in row.meta.items()))
        width = max(map(len, row.texts), default=0)
        for language, text in row.texts.items():
            typer.echo(f"  {language.ljust(width)}  {text}")


def _open(data: str, languages: str | None, split: str | None, rename: list[str] | None, *, min_cells: int) -> "Corpus":
    from interlingua.corpus import open_corpus

    corpus = open_corpus(data, rename=_renames(rename))
    return corpus.select(comma_separated(languages), split, min_cells=min_cells)


def _renames(words: list[str] | None) -> dict[str, str] | None:
    pairs = [word.partition("=") for word in words or ()]
    if any(not meaning for _, _, meaning in pairs):
        raise typer.BadParameter("write COLUMN=MEANING, as id=_id or en_text=eng", param_hint="--rename")
    return {column: meaning for column, _, meaning in pairs} or None


def _tell_written(corpus: "Corpus", output: Path, *, as_json: bool) -> None:
    from interlingua.corpus.wording import counted

    facts: dict[str, Any] = {"path": str(output), "rows": len(corpus), "languages": list(corpus.languages)}
    if as_json:
        typer.echo(json.dumps(facts | {"fingerprint": corpus.fingerprint}, ensure_ascii=False))
    else:
        typer.echo(f"{output}: {counted(len(corpus), 'row')} in {', '.join(corpus.languages)}")
