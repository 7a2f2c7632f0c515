"""``interlingua corpus translate``: missing cells filled by a machine."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from interlingua.cli.corpus.options import (
    AsJson,
    Data,
    Languages,
    Overwrite,
    Rename,
    Split,
    check_place,
    open_data,
    tell_written,
)
from interlingua.cli.options import comma_separated, read_settings

__all__ = ["translate"]


def translate(
    data: Data,
    output: Annotated[Path | None, typer.Argument(metavar="OUT", help="The folder to write; none with --plan.")] = None,
    into: Annotated[str, typer.Option("--into", help="Languages to fill, as spa,cat,glg. Needed.")] = "",
    by: Annotated[
        str,
        typer.Option(
            "--with",
            help="apertium, command:PROGRAM, seq2seq:MODEL, ctranslate2:FOLDER, or a family before the model: "
            "nllb, madlad400, opus-mt, m2m100, mbart-50.",
        ),
    ] = "apertium",
    source: Annotated[
        str, typer.Option("--from", help="Language to translate from; several in order of preference, as eng,spa.")
    ] = "eng",
    licence: Annotated[
        str | None, typer.Option("--licence", help="Under what the translations may be used, as CC-BY-4.0.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of the translator: key=value; may be given again.")
    ] = None,
    gates: Annotated[
        list[str] | None,
        typer.Option(
            "--gate",
            help="A rule of cleaning that translations must pass, as ratio:max=2; the usual ones unless given.",
        ),
    ] = None,
    no_gates: Annotated[bool, typer.Option("--no-gates", help="Take every translation that is not empty.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Translate cells that are there too, people's among them.")
    ] = False,
    cache: Annotated[
        Path | None,
        typer.Option("--cache", help="Folder of kept translations; that of INTERLINGUA_CACHE unless given."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Print cells, characters and time by a small probe; write nothing.")
    ] = False,
    languages: Languages = None,
    split: Split = None,
    rename: Rename = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Fill missing cells by machine translation; every cell that is filled says so."""
    from interlingua.corpus.translation.filling import Filler, translate_corpus
    from interlingua.corpus.translation.gates import USUAL_GATES, make_gates
    from interlingua.corpus.translation.making import make_translator
    from interlingua.corpus.translation.planning import plan_translation

    if not into:
        raise typer.BadParameter("name the languages to fill, as --into spa,cat", param_hint="--into")
    if output is None and not plan:
        raise typer.BadParameter("name the folder to write, or give --plan", param_hint="OUT")
    if not plan:
        check_place(output, overwrite=overwrite)
    asked = read_settings(settings, example="beam=1") | ({"licence": licence} if licence else {})
    translator = make_translator(by, **asked)
    corpus = open_data(data, languages, split, rename, min_cells=0)
    job: dict[str, Any] = {
        "translator": translator,
        "into": comma_separated(into) or [],
        "source": comma_separated(source) or [],
        "gates": () if no_gates else make_gates(gates or USUAL_GATES),
        "cache": cache,
        "replace": replace,
    }
    if plan or output is None:
        found = plan_translation(Filler(corpus, **job), translator)
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2) if as_json else str(found))
        return
    written = translate_corpus(corpus, output, **job, overwrite=overwrite)
    tell_written(written, output, as_json=as_json)
