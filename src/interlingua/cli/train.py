"""``interlingua train``: recipes in, run folders out."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interlingua.cli.scores import print_scores

if TYPE_CHECKING:
    from interlingua.training import Recipe, RunResult

__all__ = ["train"]


def train(
    recipes: Annotated[
        list[str], typer.Argument(metavar="RECIPE", help="Names of shipped recipes, or YAML files.", show_default=False)
    ],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Run folder; runs/NAME unless given.", show_default=False)
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="key.key=value, as training.steps=100; may be given again.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Replaces the recipe's seed.")] = None,
    seeds: Annotated[str | None, typer.Option(help="Several runs, one a seed: 1,2,3.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Print rows, tokens, steps, time, memory and disk; train nothing.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a run that is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print scores (or the plan) as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no bar.")] = False,
) -> None:
    """Train an encoder as a recipe says, and show test scores before and after.

    Example: interlingua train quickstart --set training.steps=300 -o runs/first
    """
    from interlingua.errors import OutputError, RecipeError
    from interlingua.training.recipe import load_recipe

    if resume and overwrite:
        raise OutputError("--resume goes on with a run and --overwrite replaces it; give one of them")
    many = _seeds(seed, seeds)
    checked = [load_recipe(recipe, set_ or ()) for recipe in recipes]
    runs = [(recipe, one) for recipe in checked for one in many]
    base = output or Path("runs") / checked[0].name
    names = [f"{recipe.name}-{recipe.training.seed if one is None else one}" for recipe, one in runs]
    if len(set(names)) < len(names):
        raise RecipeError("two of the runs have the same name and seed; give the recipes names of their own")
    if plan:
        _plan(checked, as_json=as_json)
        return

    from interlingua.training import train as run

    results = {}
    for (recipe, one), name in zip(runs, names, strict=True):
        place = base if len(runs) == 1 else (output or Path("runs")) / name
        results[name] = run(recipe, output=place, seed=one, resume=resume, overwrite=overwrite, progress=not quiet)
        if not as_json and _speaks():
            _show(results[name])
    if not _speaks():
        return
    if as_json:
        _show_json(list(results.values()) if len(results) == 1 else results)
    elif len(many) > 1:
        for recipe in checked:
            _show_spread(recipe.name, [results[f"{recipe.name}-{one}"] for one in many])


def _speaks() -> bool:
    """Of several processes only the first has scores, and speaks."""
    return os.environ.get("RANK", "0") == "0"


def _seeds(seed: int | None, seeds: str | None) -> list[int | None]:
    from interlingua.errors import RecipeError

    if seeds is None:
        return [seed]
    words = [word.strip() for word in seeds.split(",") if word.strip()]
    if seed is not None or not words or not all(word.lstrip("-").isdigit() for word in words):
        raise RecipeError(f"--seeds {seeds}: write whole numbers, as --seeds 1,2,3, and leave out --seed")
    return [int(word) for word in words]


def _plan(recipes: list["Recipe"], *, as_json: bool) -> None:
    import json

    from interlingua.training.forecasting import forecast

    for recipe in recipes:
        made = forecast(recipe)
        typer.echo(json.dumps(made.as_dict()) if as_json else made.as_text())


def _show(result: "RunResult") -> None:
    from interlingua.evaluation import headline_scores

    if result.after:
        print_scores(result.after, before=result.before)
    for score in headline_scores(result.start):
        typer.echo(
            f"{score.task}: {100 * score.value:.1f} before the first step, the student's start from the rows (LSI)"
        )
    typer.echo(f"trained in {result.seconds:,.0f} s; the encoder is in {result.folder / 'model'}")


def _show_json(results: "list[RunResult] | dict[str, RunResult]") -> None:
    """Print one document: the scores of a run, or those of every run by its name."""
    import json

    from interlingua.evaluation import scores_to_json

    def document(result: "RunResult") -> str:
        return scores_to_json(before=result.before, after=result.after)

    if isinstance(results, list):
        typer.echo(document(results[0]), nl=False)
    else:
        typer.echo(json.dumps({name: json.loads(document(result)) for name, result in results.items()}, indent=2))


def _show_spread(name: str, results: "list[RunResult]") -> None:
    """Print the mean of every task's headline score over the seeds, and its standard deviation."""
    from statistics import mean, stdev

    from interlingua.evaluation import headline_scores

    values: dict[str, list[float]] = {}
    for result in results:
        for score in headline_scores(result.after):
            values.setdefault(score.task, []).append(100 * score.value)
    for task, found in values.items():
        typer.echo(f"{name}, {task}: {mean(found):.1f} over {len(found)} seeds, standard deviation {stdev(found):.1f}")
