"""Which split a row belongs to, told by its content alone."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import xxhash

from interlingua.errors import CorpusError

__all__ = ["PIVOT", "SplitRule", "folded", "split_of"]

PIVOT = "eng_Latn"


def folded(text: str) -> str:
    """Return what is compared of a pivot text: NFKC, case folded, white space collapsed.

    Example:
        >>> folded("  Good\u00a0 Morning. ")
        'good morning.'
    """
    return " ".join((text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRule:
    """How much of a corpus goes to dev and to test; the rest is train.

    Args:
        dev, test: Shares of the rows, from 0 to 1, less than 1 together.
        seed: Another seed gives other splits.

    Raises:
        CorpusError: The shares leave nothing to train on.
    """

    dev: float
    test: float
    seed: int = 0

    def __post_init__(self) -> None:
        if self.dev < 0 or self.test < 0 or self.dev + self.test >= 1:
            raise CorpusError(
                f"shares of dev {self.dev} and test {self.test} do not make splits; "
                "both must be at least 0 and their sum below 1, as 0.05 and 0.05"
            )

    def split_of(self, texts: Mapping[str, str]) -> str:
        """Return ``train``, ``dev`` or ``test`` for the cells of one row."""
        text = texts.get(PIVOT) or next((texts[language] for language in sorted(texts)), "")
        place = xxhash.xxh3_64_intdigest(f"{self.seed}\x1f{folded(text)}".encode()) / 2**64
        if place < self.test:
            return "test"
        return "dev" if place < self.test + self.dev else "train"


def split_of(texts: Mapping[str, str], *, dev: float, test: float, seed: int = 0) -> str:
    """Return the split of a row: a hash of its normalised pivot text, so that order and neighbours do not matter.

    The pivot is the English text, or that of the first language in sorted order where English is missing; it is
    compared after NFKC, case folding and collapsing of white space. Rows that share a pivot share a split.

    Args:
        texts: Text by canonical language code.
        dev: Share of the rows that goes to dev, 0 to 1.
        test: Share of the rows that goes to test, 0 to 1.
        seed: Another seed gives other splits.

    Example:
        >>> split_of({"eng_Latn": "Good  morning."}, dev=0.1, test=0.1) == split_of(
        ...     {"eng_Latn": "good morning.", "deu_Latn": "Guten Morgen."}, dev=0.1, test=0.1
        ... )
        True
    """
    return SplitRule(dev=dev, test=test, seed=seed).split_of(texts)
