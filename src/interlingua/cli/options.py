"""Options that several commands share."""

from typing import Annotated, Literal, TypeAlias

import typer

__all__ = ["MaxLength", "Pooling", "PoolingMode", "Prefix"]

PoolingMode: TypeAlias = Literal["mean", "cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
"""``interlingua.types.PoolingMode`` again: importing that one would load NumPy before ``--help``."""

Pooling = Annotated[PoolingMode | None, typer.Option(help="For a transformers folder that does not say.")]
MaxLength = Annotated[int | None, typer.Option(min=1, help="Tokens after which a text is cut.")]
Prefix = Annotated[str | None, typer.Option(help="Put before every text, as 'query: '.")]
