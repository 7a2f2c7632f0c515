"""Settings to tasks on words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from interlingua.evaluation.pairs import Pair
from interlingua.evaluation.word_retrieval import WordRetrieval
from interlingua.evaluation.words import WordAlignment
from interlingua.languages import canonical
from interlingua.types import Task
from interlingua.words.making import MatcherName

if TYPE_CHECKING:
    from interlingua.words.gold import AlignedPairs

__all__ = ["make_lexicon", "make_word_retrieval", "make_words"]


def _linked(
    data: str, *, split: str | None, languages: Sequence[str] | None, pairs: Sequence[Pair] | None
) -> "list[AlignedPairs]":
    from interlingua.words import open_alignments

    linked = open_alignments(data, pairs=pairs, split=split)
    if languages is None:
        return linked
    known = {canonical(language) for language in languages}
    return [one for one in linked if known.issuperset(one.languages)]


def make_words(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pairs: list[Pair] | None = None,
    matcher: MatcherName = "argmax",
    layer: int | None = None,
    unit: Literal["word", "subword"] = "subword",
) -> Task:
    """Return the task that compares links with gold links."""
    linked = _linked(data, split=split, languages=languages, pairs=pairs)
    return WordAlignment(linked, match=matcher, layer=layer, unit=unit, name=name)


def make_word_retrieval(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pairs: list[Pair] | None = None,
    layer: int | None = None,
    max_rows: int = 500,
) -> Task:
    """Return the task that looks for linked words."""
    linked = _linked(data, split=split, languages=languages, pairs=pairs)
    return WordRetrieval(linked, layer=layer, max_pairs=max_rows, name=name)


def make_lexicon(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pairs: list[Pair] | None = None,
) -> Task:
    """Return the task that looks for translations of forms."""
    return WordRetrieval(_linked(data, split=split, languages=languages, pairs=pairs), by="type", name=name)
