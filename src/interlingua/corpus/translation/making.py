"""A translator by name, as the command line and recipes write it."""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from interlingua.corpus.translation.apertium import Apertium
from interlingua.corpus.translation.command import Command
from interlingua.corpus.translation.ctranslate import CTranslate2
from interlingua.corpus.translation.licences import FAMILIES, licence_of
from interlingua.corpus.translation.seq2seq import Seq2Seq
from interlingua.errors import CorpusError
from interlingua.explaining import checked_settings, nearest
from interlingua.types import Translator

__all__ = ["make_translator"]

_KINDS: Mapping[str, Callable[..., Translator]] = {
    "seq2seq": Seq2Seq,
    "ctranslate2": CTranslate2,
    "command": Command,
    "apertium": Apertium,
}

_WANTED = {"pair": "two languages, as eng-deu", "via": "languages, as [spa, cat]"}


def make_translator(name: str, /, **settings: Any) -> Translator:
    """Return a translator.

    Args:
        name: ``apertium``; ``command:PROGRAM AND WORDS``; ``seq2seq:MODEL`` (a folder or a name of the Hugging Face
            hub); ``ctranslate2:FOLDER``; or a family instead of ``seq2seq``, which makes its licence known: ``nllb``,
            ``madlad400``, ``opus-mt``, ``m2m100``, ``mbart-50``.
        settings: Arguments of the class by the name: :class:`Apertium`, :class:`Command`, :class:`Seq2Seq` or
            :class:`CTranslate2`.

    Raises:
        CorpusError: There is no such translator, it has no such setting, or a value does not fit.

    Example:
        >>> make_translator("nllb:facebook/nllb-200-distilled-600M").licence
        'CC-BY-NC-4.0'
    """
    kind, _, what = name.partition(":")
    if kind in FAMILIES:
        settings = {"licence": licence_of(kind)} | settings
    make = Seq2Seq if kind in FAMILIES else _KINDS.get(kind)
    if make is None or bool(what) != (kind != "apertium"):
        raise CorpusError(
            f"there is no translator {name!r}; write apertium, command:PROGRAM AND WORDS, seq2seq:MODEL, "
            f"ctranslate2:FOLDER, or a family before the model: {', '.join(FAMILIES)}"
        )
    known = [key for key, one in signature(make).parameters.items() if one.kind is one.KEYWORD_ONLY]
    for key in settings:
        if key not in known:
            raise CorpusError(f"{kind} has no setting {key}; {nearest(key, known, 'its settings are')}")
    try:
        checked = checked_settings(make, settings, wanted=_WANTED)
    except ValueError as error:
        raise CorpusError(f"{kind}: {error}") from error
    return make(what, **checked) if what else make(**checked)
