"""Encoder to scores: tasks, metrics, and how scores are kept and shown. Importing this loads no model library."""

from interlingua.evaluation.hits import first_nearest, translation_hits
from interlingua.evaluation.link_scores import LinkScores, link_scores
from interlingua.evaluation.making import TASKS, check_task, make_task, task_settings
from interlingua.evaluation.metrics import Estimate, accuracy, mean_accuracy, spearman, weighted_f1, wilson_interval
from interlingua.evaluation.pairs import language_pairs
from interlingua.evaluation.retrieval import TranslationRetrieval
from interlingua.evaluation.scores import load_scores, scores_to_json
from interlingua.evaluation.similarity import SemanticSimilarity
from interlingua.evaluation.table import score_table
from interlingua.evaluation.task import evaluate, headline_scores, mean_score, score_signature
from interlingua.evaluation.word_retrieval import WordRetrieval
from interlingua.evaluation.words import WordAlignment, score_aligner

__all__ = [
    "TASKS",
    "Estimate",
    "LinkScores",
    "SemanticSimilarity",
    "TranslationRetrieval",
    "WordAlignment",
    "WordRetrieval",
    "accuracy",
    "check_task",
    "evaluate",
    "first_nearest",
    "headline_scores",
    "language_pairs",
    "link_scores",
    "load_scores",
    "make_task",
    "mean_accuracy",
    "mean_score",
    "score_aligner",
    "score_signature",
    "score_table",
    "scores_to_json",
    "spearman",
    "task_settings",
    "translation_hits",
    "weighted_f1",
    "wilson_interval",
]
