"""VECTORS -> PAIRS: nearest neighbours in both directions, margin scores, and the pairs they make. NumPy only."""

from interlingua.mining.margin import (
    MARGINS,
    Candidates,
    MarginName,
    MinedPairs,
    margin_candidates,
    margin_scores,
    mine,
)
from interlingua.mining.neighbours import Neighbours, nearest_both_ways
from interlingua.mining.score import EncoderScorer

__all__ = [
    "MARGINS",
    "Candidates",
    "EncoderScorer",
    "MarginName",
    "MinedPairs",
    "Neighbours",
    "margin_candidates",
    "margin_scores",
    "mine",
    "nearest_both_ways",
]
