"""VECTORS -> A NUMBER: objectives over an encoded batch. They import torch; they know no model, tokenizer or data."""

from interlingua.objectives.base import EncodedCells, Objective, Sum
from interlingua.objectives.contrast import Contrast
from interlingua.objectives.distillation import SimilarityDistillation, VectorDistillation
from interlingua.objectives.graphs import Edge, Graph, all_pairs, both_ways, every_view, loops, one_way, star, toward
from interlingua.objectives.labels import Average, Priority, SoftLabels
from interlingua.objectives.masked import (
    AlignedWordPrediction,
    MaskedLanguageModelling,
    TranslationLanguageModelling,
)
from interlingua.objectives.masks import Mask, Tile, any_of, own_negatives, same_text, teacher_above
from interlingua.objectives.reconstruction import RepresentationTranslation
from interlingua.objectives.words import WordTranslationRanking

__all__ = [
    "AlignedWordPrediction",
    "Average",
    "Contrast",
    "Edge",
    "EncodedCells",
    "Graph",
    "Mask",
    "MaskedLanguageModelling",
    "Objective",
    "Priority",
    "RepresentationTranslation",
    "SimilarityDistillation",
    "SoftLabels",
    "Sum",
    "Tile",
    "TranslationLanguageModelling",
    "VectorDistillation",
    "WordTranslationRanking",
    "all_pairs",
    "any_of",
    "both_ways",
    "every_view",
    "loops",
    "one_way",
    "own_negatives",
    "same_text",
    "star",
    "teacher_above",
    "toward",
]
