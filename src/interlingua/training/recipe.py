"""A run as data: read from YAML, checked before anything heavy loads."""

import copy
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from interlingua.errors import RecipeError
from interlingua.explaining import explained, nearest
from interlingua.training.settings import Recipe

__all__ = ["load_recipe", "shipped_recipe", "shipped_recipes"]

_RIVALS = {"training.steps": "epochs", "training.epochs": "steps", "student.model": "kind", "student.kind": "model"}
"""Of two keys that exclude each other, the one that an override replaces."""


def shipped_recipes() -> dict[str, Path]:
    """Return the recipes that come with the package, by name."""
    folder = resources.files("interlingua") / "recipes"
    return {path.stem: path for path in sorted(Path(str(folder)).glob("*.yaml"))}


def shipped_recipe(name: str) -> Path:
    """Return the file of a recipe that comes with the package.

    Raises:
        RecipeError: There is none of this name; with the nearest that there is.
    """
    known = shipped_recipes()
    if name not in known:
        hint = nearest(name, known, "known are")
        raise RecipeError(f"there is no recipe called {name}; {hint}; a file of your own must end in .yaml")
    return known[name]


def load_recipe(source: str | Path | Mapping[str, Any], overrides: Sequence[str] = ()) -> Recipe:
    """Read a recipe and check it.

    Args:
        source: Name of a shipped recipe, path of a YAML file, or the content itself.
        overrides: ``key.key=value``, the value as YAML.

    Raises:
        RecipeError: An unknown recipe or key (with the nearest known one), or a value that does not fit.

    Example:
        >>> load_recipe("quickstart", ["training.seed=7"]).training.seed
        7
    """
    name, content = _read(source)
    for override in overrides:
        _set(content, override)
    try:
        return Recipe.model_validate(content)
    except ValidationError as error:
        raise RecipeError(f"{name}: {explained(error, Recipe)}") from error


def _read(source: str | Path | Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(source, Mapping):
        return str(source.get("name", "recipe")), copy.deepcopy(dict(source))
    name, path = str(source), Path(source)
    if not path.suffix and not path.exists():
        path = shipped_recipe(name)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(
            f"{path} cannot be read: {error.strerror}; `interlingua recipes list` names those that ship"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise RecipeError(f"{path} holds no recipe: name, student, corpus, objective and training are needed")
    return name, content


def _set(content: dict[str, Any], override: str) -> None:
    key, equals, value = override.partition("=")
    if not equals or not re.fullmatch(r"[\w-]+(\.[\w-]+)*", key):
        raise RecipeError(f"--set {override}: write key.key=value, as --set training.seed=7")
    try:
        parsed = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise RecipeError(f"--set {override}: {value} is not YAML") from error
    *path, last = key.split(".")
    place: Any = content
    for step in path:
        place = _inside(place, step, override)
    if isinstance(place, list):
        place[_position(place, last, override)] = parsed
    else:
        place.pop(_RIVALS.get(key), None)
        place[last] = parsed


def _inside(place: Any, step: str, override: str) -> Any:
    inner = place[_position(place, step, override)] if isinstance(place, list) else place.get(step)
    if inner is None:
        inner = place[step] = {}
    if not isinstance(inner, dict | list):
        raise RecipeError(f"--set {override}: {step} is a single value, it has no parts")
    return inner


def _position(place: Sequence[Any], step: str, override: str) -> int:
    if not step.isdigit() or int(step) >= len(place):
        raise RecipeError(f"--set {override}: {step} is no place in a list of {len(place)}; count from 0")
    return int(step)
