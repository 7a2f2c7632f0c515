"""A NAME -> AN ALIGNER: what commands and recipes call it."""

from typing import Any, Literal, TypeAlias, get_args

from interlingua.errors import AlignmentError
from interlingua.types import Aligner

__all__ = ["AlignerName", "MatcherName", "make_aligner"]

AlignerName: TypeAlias = Literal["encoder", "wspalign", "eflomal", "fast-align", "diagonal"]
"""An encoder's states, a span model, a program that is installed, or places alone."""

MatcherName: TypeAlias = Literal["argmax", "itermax", "max-weight", "softmax", "forward", "reverse"]
"""The kinds of `interlingua.words.MATCHERS`."""


def make_aligner(name: AlignerName, *, model: str | None = None, **settings: Any) -> Aligner:
    """Make an aligner by its name; nothing that it does not need is loaded.

    Args:
        name: Which one.
        model: Folder or hub name, for ``encoder`` and ``wspalign``.
        settings: The aligner's own: ``matcher``, ``layer`` and ``unit`` for ``encoder``, ``symmetrise`` for programs.

    Raises:
        AlignmentError: There is no such aligner, or it lacks its model.
        EncoderError: The model cannot be loaded.

    Example:
        >>> make_aligner("diagonal").name
        'diagonal'
    """
    if name not in get_args(AlignerName):
        raise AlignmentError(f"there is no aligner {name!r}; choose one of {', '.join(get_args(AlignerName))}")
    if name in ("encoder", "wspalign"):
        if model is None:
            raise AlignmentError(f"the aligner {name} needs a model: a folder, or a name on the hub")
        if name == "encoder":
            from interlingua.words.aligner import WordAligner, load_word_encoder

            encoder = load_word_encoder(model, max_length=settings.pop("max_length", None))
            return WordAligner(encoder, match=settings.pop("matcher", "argmax"), **settings)
        from interlingua.words.wspalign import SpanAligner

        return SpanAligner(model, **settings)
    if name == "diagonal":
        from interlingua.words.aligner import DiagonalAligner

        return DiagonalAligner(**settings)
    from interlingua.words.external import Eflomal, FastAlign

    return Eflomal(**settings) if name == "eflomal" else FastAlign(**settings)
