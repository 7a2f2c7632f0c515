"""``interlingua evaluate``: ask tasks of an encoder, on named sets or one's own files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from interlingua.atomic import write_text
from interlingua.cli.options import MatcherName, MaxLength, Pooling, Prefix, comma_separated, read_settings
from interlingua.cli.scores import print_comparison, print_scores
from interlingua.errors import EvaluationError

if TYPE_CHECKING:
    from interlingua.types import Aligner, Score

__all__ = ["evaluate"]


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A SentenceTransformer folder or name, vectors:FOLDER, module:factory, or a transformers folder. For "
            "words also an aligner: wspalign:FOLDER, eflomal, fast-align or diagonal.",
        ),
    ],
    *,
    data: Annotated[
        list[str] | None, typer.Option("--data", "-d", help="A named set, file or folder; may be given again.")
    ] = None,
    task: Annotated[
        str,
        typer.Option(
            "--task",
            "-t",
            help="What is asked: retrieval, tatoeba, xsim, xsim++, bucc, sts, classification, transfer, xnli, search, "
            "words, word-retrieval, lexicon, or mteb:NAME.",
        ),
    ] = "retrieval",
    languages: Annotated[
        str | None, typer.Option("--languages", "-l", help="Only these, separated by commas: en,de,te.")
    ] = None,
    pairs: Annotated[
        str | None, typer.Option(help="en-xx, all-pairs, or pairs such as en:de,fr:te; the task's own unless given.")
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", "-s", help="train, dev or test; all rows unless given.")
    ] = None,
    match: Annotated[
        Literal["text", "index"] | None, typer.Option(help="Found is an equal text, or the same row.")
    ] = None,
    max_rows: Annotated[int | None, typer.Option(min=2, help="Use the first rows of every pair only.")] = None,
    matcher: Annotated[
        MatcherName | None, typer.Option(help="For words: how similarities become links; argmax unless given.")
    ] = None,
    layer: Annotated[
        int | None,
        typer.Option(help="For words and word-retrieval: the layer whose states are used, from the end if negative."),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Any other setting of the task: key=value; may be given again.")
    ] = None,
    suite: Annotated[
        str | None,
        typer.Option(
            help="Instead of a task: the columns that a paper reports, beside its numbers: imascl, multiway, wacse."
        ),
    ] = None,
    against: Annotated[
        str | None, typer.Option(metavar="OTHER", help="Another encoder: is MODEL better than it, or is it chance?")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Keep the scores in this file too, as JSON.")
    ] = None,
    pooling: Pooling = None,
    max_length: MaxLength = None,
    prefix: Prefix = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Measure an encoder: does it find translations, rank similar texts as people do, link words, and so on.

    Example: interlingua evaluate runs/first/model -d ntrex --split dev -l en,de,te
    """
    asked = {
        "languages": comma_separated(languages),
        "pairs": pairs,
        "split": split,
        "match": match,
        "max_rows": max_rows,
        "matcher": matcher,
        "layer": layer,
        **read_settings(settings, example="k=4"),
    }

    options = {"pooling": pooling, "max_length": max_length, "prefix": prefix}
    if suite is not None:
        if given := [key for key, value in {**asked, "data": data}.items() if value is not None]:
            raise EvaluationError(f"--suite {suite} brings its own data and settings; leave out {given[0]}")
        _suite(suite, [model, *([] if against is None else [against])], options, output=output, as_json=as_json)
        return

    from interlingua.evaluation import evaluate, make_task

    tasks = [make_task(task, one, **asked) for one in data] if data else [make_task(task, **asked)]
    typer.echo(f"{model}: {', '.join(one.name for one in tasks)}", err=True)
    options |= {"matcher": matcher, "layer": layer}
    groups = {"scores": evaluate(_measured(model, task, options), tasks)}
    if against is not None:
        typer.echo(f"{against}: the same", err=True)
        groups["against"] = evaluate(_measured(against, task, options), tasks)
    if _kept(groups, output=output, as_json=as_json):
        return
    if against is None:
        print_scores(groups["scores"])
    else:
        print_comparison(groups["scores"], groups["against"], name=model, other=against)


def _suite(suite: str, models: list[str], options: dict[str, Any], *, output: Path | None, as_json: bool) -> None:
    import rich

    from interlingua.encoder import load_encoder
    from interlingua.evaluation import load_suite, run_suite, suite_table

    asked = load_suite(suite)
    results = []
    for model in models:
        typer.echo(f"{model}: {asked.title}", err=True)
        results.append(run_suite(load_encoder(model, **options), asked))
    groups = {
        f"{name}{one or ''}": list(getattr(result, name))
        for one, result in enumerate(results)
        for name in ("columns", "scores")
    }
    if not _kept(groups, output=output, as_json=as_json):
        rich.get_console().print(suite_table(results), soft_wrap=True)


def _kept(groups: "dict[str, list[Score]]", *, output: Path | None, as_json: bool) -> bool:
    """Write scores to the file and to stdout where that is asked for; return whether stdout has them."""
    from interlingua.evaluation import scores_to_json

    if output is not None:
        write_text(output, scores_to_json(**groups))
    if as_json:
        typer.echo(scores_to_json(**groups), nl=False)
    return as_json


def _measured(model: str, task: str, settings: dict[str, Any]) -> Any:
    """The encoder that MODEL names, or for links of words an aligner."""
    from interlingua.encoder import load_encoder

    if task == "words" and (aligner := _aligner(model)):
        if given := [name for name, value in settings.items() if value is not None]:
            option = f"--{given[0].replace('_', '-')}"
            raise EvaluationError(f"{model} is an aligner, and {option} is for encoders; leave it out")
        return aligner
    return load_encoder(model, **{key: settings[key] for key in ("pooling", "max_length", "prefix")})


def _aligner(model: str) -> "Aligner | None":
    """The aligner that MODEL names, unless it names a folder."""
    from interlingua.words import make_aligner

    name, _, folder = model.partition(":")
    match name:
        case "wspalign":
            return make_aligner("wspalign", model=folder or None)
        case "diagonal" | "eflomal" | "fast-align" if not folder and not Path(name).exists():
            return make_aligner(name)
        case _:
            return None
