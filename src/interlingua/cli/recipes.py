"""``interlingua recipes``: the runs that ship, to list, read and copy."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="List the recipes that ship, show one, or copy it to change it.", no_args_is_help=True)


@app.command("list")
def list_(*, as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List names and what they are about."""
    import json

    from interlingua.training.recipe import load_recipe, shipped_recipes

    about = {name: load_recipe(path).about for name, path in shipped_recipes().items()}
    if as_json:
        typer.echo(json.dumps(about))
        return
    width = max(map(len, about))
    for name, line in about.items():
        typer.echo(f"{name:{width}}  {line}")


@app.command()
def show(name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the recipe.", show_default=False)]) -> None:
    """Print a recipe, to read it or to begin one's own: interlingua recipes show quickstart > mine.yaml."""
    from interlingua.training.recipe import shipped_recipe

    typer.echo(shipped_recipe(name).read_text(encoding="utf-8"), nl=False)


@app.command()
def copy(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the recipe.", show_default=False)],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The new file.", show_default=False)],
) -> None:
    """Copy a recipe to a new file."""
    from interlingua.errors import OutputError
    from interlingua.training.recipe import shipped_recipe

    content = shipped_recipe(name).read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError as error:
        raise OutputError(f"{path} exists already; choose another name") from error
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}; choose another place") from error
    typer.echo(f"{path}: change it, then run `interlingua train {path}`", err=True)
