"""ENCODER AND ROWS -> ADVICE: what is wrong, how one knows, and what to do."""

from interlingua.evaluation.doctor.advice import Advice
from interlingua.evaluation.doctor.diagnosis import Diagnosis
from interlingua.evaluation.doctor.examination import examine
from interlingua.evaluation.doctor.thresholds import THRESHOLDS, Threshold

__all__ = ["THRESHOLDS", "Advice", "Diagnosis", "Threshold", "examine"]
