"""Options that several commands share."""

from typing import Annotated, Literal, TypeAlias

import typer

__all__ = ["AlignerName", "MatcherName", "MaxLength", "Pooling", "PoolingMode", "Prefix"]

PoolingMode: TypeAlias = Literal["mean", "cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
"""``interlingua.types.PoolingMode`` again: importing that one would load NumPy before ``--help``."""

AlignerName: TypeAlias = Literal["encoder", "wspalign", "eflomal", "fast-align", "diagonal"]
MatcherName: TypeAlias = Literal["argmax", "itermax", "max-weight", "softmax", "forward", "reverse"]
"""Those of ``interlingua.words.making`` again, for the same reason."""

Pooling = Annotated[PoolingMode | None, typer.Option(help="For a transformers folder that does not say.")]
MaxLength = Annotated[int | None, typer.Option(min=1, help="Tokens after which a text is cut.")]
Prefix = Annotated[str | None, typer.Option(help="Put before every text, as 'query: '.")]
