"""Options that several commands share."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeAlias

import typer

__all__ = [
    "AlignerName",
    "MatcherName",
    "MaxLength",
    "Pooling",
    "PoolingMode",
    "Prefix",
    "comma_separated",
    "read_settings",
]

PoolingMode: TypeAlias = Literal["mean", "cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
"""``interlingua.types.PoolingMode`` again: importing that one would load NumPy before ``--help``."""

AlignerName: TypeAlias = Literal["encoder", "wspalign", "eflomal", "fast-align", "diagonal"]
MatcherName: TypeAlias = Literal["argmax", "itermax", "max-weight", "softmax", "forward", "reverse"]
"""Those of ``interlingua.words.making`` again, for the same reason."""

Pooling = Annotated[PoolingMode | None, typer.Option(help="For a transformers folder that does not say.")]
MaxLength = Annotated[int | None, typer.Option(min=1, help="Tokens after which a text is cut.")]
Prefix = Annotated[str | None, typer.Option(help="Put before every text, as 'query: '.")]


def comma_separated(words: str | None) -> list[str] | None:
    """Return the words of an option such as ``en,de,te``; None where it was not given.

    Example:
        >>> comma_separated("en, de,"), comma_separated(None)
        (['en', 'de'], None)
    """
    return None if words is None else [word.strip() for word in words.split(",") if word.strip()]


def read_settings(words: Iterable[str] | None, *, example: str) -> dict[str, Any]:
    """Read ``key=value`` of ``--set``, values as YAML reads them.

    Raises:
        typer.BadParameter: One is written otherwise.

    Example:
        >>> read_settings(["beam=1", "pair=[eng, deu]"], example="beam=1")
        {'beam': 1, 'pair': ['eng', 'deu']}
    """
    import yaml

    found = {}
    for word in words or ():
        key, sign, value = word.partition("=")
        if not sign or not key.strip():
            raise typer.BadParameter(f"{word} is not key=value; write for instance {example}", param_hint="--set")
        try:
            found[key.strip()] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise typer.BadParameter(f"{word}: the value is not YAML; quote it", param_hint="--set") from error
    return found
