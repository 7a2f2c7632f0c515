"""What is wrong with settings, in the words of recipes and of the command line."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

__all__ = ["checked_settings", "explained", "nearest"]

_WANTED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text",
    "path": "a path",
    "sequence": "a list, as [a, b]",
    "list": "a list, as [a, b]",
    "tuple": "a list, as [a, b]",
    "dict": "keys with their values",
    "model": "keys with their values",
    "none": "nothing",
    "finite": "a finite number",
    "literal": "{expected}",
    "greater_than": "greater than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
}
"""What a setting must be, by the kind of pydantic's error or the beginning of that."""

_BRANCH = re.compile(
    r"(str|int|float|bool|none|path)$|(list|dict|tuple|sequence|literal|lax-or-strict|json-or-python|chain|function-[\w-]+)\["
)
"""What pydantic puts into a place for the alternatives of a type, which nobody wrote."""

_LONGEST = 60


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return the question whether the known word that is most like this one was meant, or else all that are known.

    Example:
        >>> nearest("lenght", ["length", "ratio"], "there are"), nearest("xyz", ["length", "ratio"], "there are")
        ('did you mean length?', 'there are length, ratio')
    """
    words = list(known)
    near = get_close_matches(word, words, n=1)
    return f"did you mean {near[0]}?" if near else f"{otherwise} {', '.join(words)}"


def explained(
    error: "ValidationError",
    model: "type[BaseModel] | None" = None,
    *,
    at: str = "",
    wanted: Mapping[str, str] | None = None,
) -> str:
    """Say what pydantic found, setting by setting, without its words.

    Args:
        error: What it found.
        model: What was to be made: says which keys there are where one is unknown.
        at: The setting, where a single value was checked.
        wanted: What settings must be, by name, where it takes more words than their type.

    Example:
        >>> from pydantic import BaseModel, ValidationError
        >>> class Shape(BaseModel, extra="forbid"):
        ...     sides: int
        ...     names: str | list[str] = "none"
        >>> try:
        ...     Shape.model_validate({"sides": "few", "names": 5, "nmes": 1})
        ... except ValidationError as error:
        ...     print(explained(error, Shape))
        sides must be a whole number, not 'few'; names must be text, or a list, as [a, b], not 5; \
unknown key nmes; did you mean names?
    """
    found: dict[tuple[str, ...], list[Any]] = {}
    alternatives = set()
    for one in error.errors():
        parts = [str(part) for part in one["loc"] if not (isinstance(part, str) and _BRANCH.match(part))]
        place = (*filter(None, [at]), *parts)
        found.setdefault(place, []).append(one)
        if len(parts) < len(one["loc"]):
            alternatives.add(place)
    for place in alternatives:  # of two alternatives, the one that is nearer to what was written
        if any(other != place and other[: len(place)] == place for other in found):
            del found[place]
    return "; ".join(dict.fromkeys(_said(place, some, model, wanted or {}) for place, some in found.items()))


def checked_settings(
    make: Callable[..., Any], settings: Mapping[str, Any], *, wanted: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return settings as the annotations of a function's parameters have them.

    Args:
        make: The function, or a class; it has these parameters.
        settings: Values by name.
        wanted: As for :func:`explained`.

    Raises:
        ValueError: Values are of another kind; says which, and what they must be.

    Example:
        >>> def make(name: str, *, size: int = 3) -> None: ...
        >>> checked_settings(make, {"size": "4"})
        {'size': 4}
    """
    from pydantic import TypeAdapter, ValidationError

    parameters = inspect.signature(make).parameters
    checked, told = {}, []
    for key, value in settings.items():
        try:
            checked[key] = TypeAdapter(parameters[key].annotation).validate_python(value)
        except ValidationError as error:
            told.append(explained(error, at=key, wanted=wanted))
    if told:
        raise ValueError("; ".join(told))
    return checked


def _said(place: tuple[str, ...], errors: list[Any], model: "type[BaseModel] | None", wanted: Mapping[str, str]) -> str:
    where, first = ".".join(place), errors[0]
    if first["type"] == "extra_forbidden" and model is not None:
        return f"unknown key {where}; {nearest(place[-1], _keys_at(place[:-1], model), 'known are')}"
    if place and place[0] in wanted:
        return f"{place[0]} must be {wanted[place[0]]}" + (_shown(first["input"]) if len(place) == 1 else "")
    if first["type"] == "missing":
        return f"{where} is missing"
    kinds = [_kind(one) for one in errors]
    if None in kinds:
        told = "; ".join(dict.fromkeys(str(one["msg"]).removeprefix("Value error, ") for one in errors))
        return f"{where}: {told}" if where else told
    return f"{where or 'it'} must be {', or '.join(dict.fromkeys(map(str, kinds)))}{_shown(first['input'])}"


def _kind(error: Mapping[str, Any]) -> str | None:
    """Return what a setting must be; None where the error says it itself."""
    kind = str(error["type"])
    limits = {
        name: f"{limit:g}" if isinstance(limit, float) else str(limit).replace("'", "")
        for name, limit in error.get("ctx", {}).items()
    }
    return next((_WANTED[one].format(**limits) for one in (kind, kind.partition("_")[0]) if one in _WANTED), None)


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return f", not {'nothing' if value is None else str(value).lower()}"
    told = repr(value)
    return f", not {told}" if len(told) <= _LONGEST else ""


def _keys_at(place: tuple[str, ...], model: "type[BaseModel]") -> list[str]:
    for step in place:
        if step in model.model_fields:
            model = next(iter(_models(model.model_fields[step].annotation)), model)
    return list(model.model_fields)


def _models(annotation: Any) -> "list[type[BaseModel]]":
    from pydantic import BaseModel

    parts = getattr(annotation, "__args__", ())
    if isinstance(annotation, type) and not parts:
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [one for part in parts for one in _models(part)]
