"""Chains that come with interlingua: a careful one, and those of two papers, with what their texts leave open."""

from dataclasses import dataclass

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A chain by name.

    Args:
        about: What it is for, and where it is from.
        rules: As the command line writes them.
        readings: What is decided here because the source does not say, or what it does otherwise.
    """

    about: str
    rules: tuple[str, ...]
    readings: tuple[str, ...] = ()


PRESETS = {
    "default": Preset(
        about="Drops what is surely no translation, and leaves the rest: for languages with little text, a good pair "
        "that is lost costs more than a bad one that stays.",
        rules=(
            "tidy:entities=true",
            "length",
            "broken",
            "markup",
            "repetition",
            "script",
            "language",
            "identical",
            "ratio",
            "digits",
            "addresses",
            "duplicates:key=pair",
        ),
    ),
    "dap": Preset(
        about="The filters of DAP's training pairs (Li et al. 2023), which WACSE's are too; lengths in mBERT's tokens.",
        rules=(
            "tidy:quotes=false",
            "contains:any=@+http+N/A",
            "length:unit=tokens,min=4,max=64",
            "ratio:unit=tokens,max=2,spare=32,usual=equal",
            "identical:words=0,fold=false",
            "shared:unit=tokens,max=0.5,skip=5",
            "duplicates:key=pair",
            "cap:most=1000000,dev=10000",
        ),
        readings=(
            "Tokens are counted without [CLS] and [SEP].",
            "A token shared is one that the other side has anywhere; repeated ones count as often as they are there.",
            "Runs of white space and line breaks become one space, not only tabs: no token changes by it.",
            "Duplicates are the same pair of texts; run it once a source to do it source by source.",
            "Each source was capped too, at a number that is not given; here only the pairs of two languages are.",
            "Splits are made before: `interlingua corpus split` (DAP: a tenth, 10,000 pairs at most, for dev).",
        ),
    ),
    "imascl": Preset(
        about="The decontamination of IMASCL's Tatoeba pairs (Park et al. 2024): no pair with English contains a test "
        "sentence of either language.",
        rules=("test-sentences:sets=tatoeba", "cap:most=20000,dev=1000"),
        readings=(
            "The English cell is compared with the English test sentences of every language, the other with its own; "
            "the code crosses them for languages whose code comes before en, which is not repeated here.",
            "Pairs without English are not filtered, as there.",
            "One punctuation mark is taken off each end of a test sentence; case and spaces count.",
            "Of each pair of languages the first 20,000 stay for training, of the dev split the first 1,000.",
        ),
    ),
}
"""Presets by name."""
