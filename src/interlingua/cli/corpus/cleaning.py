"""``interlingua corpus clean``: rows through rules, with an account of what was dropped."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interlingua.cli.corpus.options import (
    AsJson,
    Data,
    Languages,
    Output,
    Overwrite,
    Rename,
    Split,
    check_place,
    open_data,
    tell_written,
)
from interlingua.cli.options import comma_separated

if TYPE_CHECKING:
    from interlingua.corpus.cleaning import Chain, Similarity

__all__ = ["clean"]


def _list(asked: bool) -> None:
    if asked:
        from interlingua.corpus.cleaning.listing import list_rules

        typer.echo(list_rules())
        raise typer.Exit


def clean(
    data: Data,
    output: Output,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", "-r", help="A rule, as length:min=3,max=200; may be given again.")
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            help="A chain that ships: default, dap, imascl; a rule replaces that of its name, others follow.",
        ),
    ] = None,
    chain: Annotated[
        Path | None, typer.Option("--chain", help="A YAML file with rules; others come after them.")
    ] = None,
    pivots: Annotated[
        str | None,
        typer.Option("--pivot", help="Pivot languages, the first that a row has: eng,fra. English if not given."),
    ] = None,
    min_cells: Annotated[
        int | None, typer.Option("--min-cells", min=1, help="Cells that a row must have left; 2 if not given.")
    ] = None,
    dropped: Annotated[
        Path | None, typer.Option("--dropped", help="A JSONL file for every dropped cell, with rule and reason.")
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", min=0, help="Dropped cells shown a rule; 3 if not given.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Draw the samples; unless given, the first are shown.")
    ] = None,
    rules: Annotated[
        bool, typer.Option("--rules", is_eager=True, callback=_list, help="List rules, settings and presets, and exit.")
    ] = False,
    languages: Languages = None,
    split: Split = None,
    rename: Rename = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Drop cells that rules find at fault, and rows with too few left; says what went by which rule.

    Example: interlingua corpus clean mine.tmx clean --preset default --rule language:sure=0.8
    """
    from interlingua.corpus.cleaning import clean_corpus
    from interlingua.corpus.wording import counted

    settings = {
        "pivots": comma_separated(pivots),
        "min_cells": min_cells,
        "samples": samples,
        "seed": seed,
    }
    check_place(output, overwrite=overwrite)
    check_place(dropped, overwrite=overwrite, is_file=True)
    made = _chain(rule, preset, chain, {key: value for key, value in settings.items() if value is not None})
    corpus = open_data(data, languages, split, rename, min_cells=0)
    written, report = clean_corpus(corpus, output, made, source=data, dropped=dropped, overwrite=overwrite)
    if as_json:
        facts = {"path": str(output), "languages": list(written.languages), "fingerprint": written.fingerprint}
        typer.echo(json.dumps(facts | report.as_dict(), ensure_ascii=False))
    else:
        typer.echo(report)
        if dropped is not None:
            typer.echo(f"{dropped}: {counted(report.dropped_cells, 'dropped cell')}")
        tell_written(written, output, as_json=False)


def _chain(rules: list[str] | None, preset: str | None, file: Path | None, settings: dict[str, Any]) -> "Chain":
    """The rules of the file, then those given one by one; or of the preset, with those given put in."""
    from dataclasses import replace

    from interlingua.corpus.cleaning import Chain, load_chain, make_steps, preset_steps
    from interlingua.corpus.cleaning.making import replaced

    if preset and file:
        raise typer.BadParameter("give a preset or a file, not both", param_hint="--chain")
    base = load_chain(file, scorers=_scorer) if file else Chain(steps=[])
    named = preset or (None if file or rules else "default")
    given = make_steps(rules or (), scorers=_scorer)
    steps = replaced(preset_steps(named), given) if named else [*base.steps, *given]
    return replace(base, steps=steps, **settings)


def _scorer(rule: "Similarity") -> Any:
    from interlingua.encoder import load_encoder
    from interlingua.mining import EncoderScorer

    if not rule.model:
        raise typer.BadParameter("similarity needs an encoder: similarity:model=NAME,min=0.5", param_hint="--rule")
    margin = None if rule.margin == "none" else rule.margin
    return EncoderScorer(load_encoder(rule.model), margin=margin, k=rule.k)
