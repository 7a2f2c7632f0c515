"""Languages that a recipe asks for, against those that there are."""

from collections.abc import Sequence
from difflib import get_close_matches

from interlingua.errors import CorpusError
from interlingua.languages import display_name

__all__ = ["check_languages", "similar_language"]

_SHOWN = 40


def check_languages(wanted: Sequence[str], found: Sequence[str], *, recipe: str) -> None:
    """Make sure that every language that a recipe asks for is in one of its corpora.

    Raises:
        CorpusError: One is in none; the message has those there are, and the one that is most like it.

    Example:
        >>> check_languages(["eng_Latn", "srp_Latn"], ["eng_Latn", "deu_Latn", "srp_Cyrl"], recipe="mine")
        Traceback (most recent call last):
        interlingua.errors.CorpusError: mine asks for srp_Latn (did you mean srp_Cyrl, Serbian?), which none of its \
corpora has; they have eng_Latn, deu_Latn, srp_Cyrl
    """
    missing = [code for code in wanted if code not in found]
    if not missing:
        return
    near = {code: similar_language(code, found) for code in missing}
    told = ", ".join(
        f"{code} (did you mean {other}, {display_name(other)}?)" if other else code for code, other in near.items()
    )
    more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
    raise CorpusError(
        f"{recipe} asks for {told}, which none of its corpora has; they have {', '.join(found[:_SHOWN])}{more}"
    )


def similar_language(code: str, languages: Sequence[str]) -> str | None:
    """Return the language that was likely meant: the same in another script or variant, else one of a similar code.

    Example:
        >>> similar_language("eng_Latn-US", ["deu_Latn", "eng_Latn"]), similar_language("dsu_Latn", ["deu_Latn"])
        ('eng_Latn', 'deu_Latn')
        >>> similar_language("gle_Latn", ["deu_Latn", "eng_Latn"]) is None
        True
    """
    first = {other.partition("_")[0]: other for other in reversed(languages)}
    near = get_close_matches(code.partition("_")[0], first, n=1)
    same = [other for other in languages if near and other.partition("_")[0] == near[0]]
    return next(iter(get_close_matches(code, same, n=1, cutoff=0.0)), None)
