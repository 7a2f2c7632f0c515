"""Options that several commands share."""

from typing import Annotated, Literal, TypeAlias

import typer

__all__ = ["AlignerName", "MatcherName", "MaxLength", "Pooling", "PoolingMode", "Prefix", "comma_separated"]

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
