"""Objectives on words and tokens, and the methods that are sums of them and a sentence-level one."""

from typing import Literal

from interlingua.objectives.base import Objective
from interlingua.objectives.contrast import Contrast
from interlingua.objectives.graphs import one_way
from interlingua.objectives.masked import (
    AlignedWordPrediction,
    MaskedLanguageModelling,
    TranslationLanguageModelling,
)
from interlingua.objectives.masks import Mask, same_text
from interlingua.objectives.presets.sentences import hard_negatives, translation_ranking
from interlingua.objectives.reconstruction import RepresentationTranslation
from interlingua.objectives.words import WordTranslationRanking

__all__ = [
    "aligned_word_prediction",
    "dap",
    "masked_language_modelling",
    "msimcse",
    "representation_translation",
    "tr_tlm",
    "translation_language_modelling",
    "wacse",
    "word_translation_ranking",
]


def word_translation_ranking(
    *,
    temperature: float = 0.05,
    similarity: Literal["mean", "pooled", "max", "clip"] = "mean",
    other_links: Literal["out", "in"] = "out",
) -> Objective:
    """A word's translation before the other words of its sentence (WTR); see `WordTranslationRanking`.

    Example:
        >>> sorted(word_translation_ranking().requirements())
        ['tokens', 'words']
    """
    return WordTranslationRanking(temperature=temperature, similarity=similarity, other_links=other_links)


def aligned_word_prediction(
    *,
    masking: Literal["some", "all", "each"] = "some",
    fraction: float = 0.15,
    subwords: Literal["mean", "tokens"] = "mean",
    clip: Literal["all", "first"] = "all",
    awp_fraction: float = 1.0,
) -> Objective:
    """A hidden word's translation predicted in its place (AWP); see `AlignedWordPrediction`.

    Example:
        >>> sorted(aligned_word_prediction().requirements())
        ['head', 'predictions', 'words']
    """
    return AlignedWordPrediction(
        masking=masking, fraction=fraction, subwords=subwords, clip=clip, awp_fraction=awp_fraction
    )


def masked_language_modelling(*, fraction: float = 0.15) -> Objective:
    """Hidden tokens of a text predicted from the rest of it (MLM); see `MaskedLanguageModelling`.

    Example:
        >>> masked_language_modelling().uses_vectors
        False
    """
    return MaskedLanguageModelling(fraction)


def translation_language_modelling(*, fraction: float = 0.15, center: str | None = "eng_Latn") -> Objective:
    """Hidden tokens of a text and its translation, read as one (TLM); see `TranslationLanguageModelling`.

    Example:
        >>> sorted(translation_language_modelling().requirements())
        ['head', 'predictions']
    """
    return TranslationLanguageModelling(fraction, center=center)


def representation_translation(*, target: str = "eng_Latn", own_vocabulary: bool = False) -> Objective:
    """The whole translation predicted from the states of a text (RTL); see `RepresentationTranslation`.

    Example:
        >>> sorted(representation_translation().requirements())
        ['decoder', 'head', 'tokens']
    """
    return RepresentationTranslation(target=target, own_vocabulary=own_vocabulary)


def wacse(
    *,
    ranking: float = 0.8,
    prediction: float = 0.1,
    words: float = 0.1,
    target: str = "eng_Latn",
    temperature: float = 0.05,
    awp_fraction: float = 1.0,
) -> Objective:
    """Translation ranking, aligned word prediction and word translation ranking: WACSE.

    Args:
        ranking: Weight of translation ranking; in the paper's ablation .8 too.
        prediction: Weight of aligned word prediction; in the ablation .02.
        words: Weight of word translation ranking; in the ablation .18.
        target: View that holds the candidates of translation ranking.
        temperature: Of both rankings.
        awp_fraction: Share of pairs that words are predicted in, in a step.

    Reference:
        Miao et al. 2024, eq. 11. https://arxiv.org/abs/2404.02490

    Example:
        >>> sorted(wacse().requirements())
        ['head', 'predictions', 'text', 'tokens', 'words']
    """
    return (
        ranking * translation_ranking(target=target, temperature=temperature)
        + prediction * AlignedWordPrediction(awp_fraction=awp_fraction)
        + words * WordTranslationRanking(temperature=temperature)
    )


def dap(
    *, weight: float = 0.1, target: str = "eng_Latn", temperature: float = 0.05, own_vocabulary: bool = False
) -> Objective:
    """Translation ranking and representation translation: DAP.

    Args:
        weight: Of representation translation.
        target: View that is ranked and predicted.
        temperature: Of the ranking.
        own_vocabulary: Predict among the tokens of the target language alone.

    Reference:
        Li et al. 2023, https://arxiv.org/abs/2305.09148

    Example:
        >>> sorted(dap().requirements())
        ['decoder', 'head', 'text', 'tokens']
    """
    return translation_ranking(target=target, temperature=temperature) + weight * RepresentationTranslation(
        target=target, own_vocabulary=own_vocabulary
    )


def tr_tlm(
    *, weight: float = 0.1, fraction: float = 0.2, target: str = "eng_Latn", temperature: float = 0.05
) -> Objective:
    """Translation ranking and translation language modelling, as DAP compares with: 20 % of the tokens, weight 0.1.

    Example:
        >>> sorted(tr_tlm().requirements())
        ['head', 'predictions', 'text']
    """
    return translation_ranking(target=target, temperature=temperature) + weight * TranslationLanguageModelling(
        fraction, center=target
    )


def msimcse(*, supervised: bool = False, temperature: float = 0.05, mask: Mask | None = same_text) -> Contrast:
    """Contrast a text with itself under another dropout, or with what it entails: mSimCSE.

    Args:
        supervised: A premise finds its entailed hypothesis before those of others and all contradictions, which are
            given as negatives (see `EncoderLoss`); else views are ``text`` and ``twin``, as batches of ``twins`` have.
        temperature: Of the softmax.
        mask: False negatives to leave out.

    Reference:
        Wang et al. 2022, English Contrastive Learning Can Learn Universal Cross-lingual Sentence Embeddings.
        https://arxiv.org/abs/2211.06127

    Example:
        >>> [(edge.anchor, *edge.candidates) for edge in msimcse().graph(("text", "twin"))]
        [('text', 'twin')]
    """
    if supervised:
        return hard_negatives(temperature=temperature, mask=mask)
    return Contrast(one_way("text", "twin"), temperature=temperature, mask=mask)
