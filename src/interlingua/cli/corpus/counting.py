"""``interlingua corpus stats``: a corpus in numbers."""

import json
from typing import Annotated, Any

import typer

from interlingua.cli.corpus.options import AsJson, Data, Languages, Rename, Split, open_data

__all__ = ["stats"]


def stats(
    data: Data,
    identify: Annotated[
        str | None,
        typer.Option("--identify", help="Ask in what language texts are: langid, glotlid or glotlid:FILE."),
    ] = None,
    sample: Annotated[
        int, typer.Option("--sample", min=1, help="How many texts of a column it is asked about.")
    ] = 1000,
    languages: Languages = None,
    split: Split = None,
    rename: Rename = None,
    as_json: AsJson = False,
) -> None:
    """Count rows, cells, lengths, repetitions and blanks, language by language, and say where texts are from."""
    corpus = open_data(data, languages, split, rename, min_cells=0)
    statistics = corpus.stats()
    found: dict[str, Any] = {}
    lines = [str(statistics)]
    if identify is not None:
        from interlingua.corpus.identification import make_identifier
        from interlingua.corpus.identified import identified_table, identify_columns

        identifier = make_identifier(identify)
        columns = identify_columns(corpus, identifier, texts=sample)
        found = {"identified": {"by": identifier.name} | {code: one.as_dict() for code, one in columns.items()}}
        lines.append(identified_table(columns, name=identifier.name))
    typer.echo(json.dumps(statistics.as_dict() | found, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))
