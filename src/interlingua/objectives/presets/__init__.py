"""The objectives of the papers, by name: what a recipe calls a ``preset``."""

from interlingua.objectives.presets.sentences import (
    cosine_distillation,
    en_x,
    hard,
    hard_negatives,
    imascl,
    labse,
    mse_distillation,
    multiway,
    similarity_mse,
    soft_multiway,
    translation_ranking,
)
from interlingua.objectives.presets.words import (
    aligned_word_prediction,
    dap,
    masked_language_modelling,
    msimcse,
    representation_translation,
    tr_tlm,
    translation_language_modelling,
    wacse,
    word_translation_ranking,
)

__all__ = [
    "aligned_word_prediction",
    "cosine_distillation",
    "dap",
    "en_x",
    "hard",
    "hard_negatives",
    "imascl",
    "labse",
    "masked_language_modelling",
    "mse_distillation",
    "msimcse",
    "multiway",
    "representation_translation",
    "similarity_mse",
    "soft_multiway",
    "tr_tlm",
    "translation_language_modelling",
    "translation_ranking",
    "wacse",
    "word_translation_ranking",
]
