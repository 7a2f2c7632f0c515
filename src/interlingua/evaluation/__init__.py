"""Encoder to scores: tasks, metrics, and how scores are kept and shown. Importing this loads no model library."""

from interlingua.evaluation.bucc import BuccMining
from interlingua.evaluation.bucc_retrieval import BuccRetrieval
from interlingua.evaluation.classification import Classification
from interlingua.evaluation.comparison import Comparison
from interlingua.evaluation.doctor import Diagnosis, examine
from interlingua.evaluation.hits import first_nearest, translation_hits
from interlingua.evaluation.link_scores import LinkScores, link_scores
from interlingua.evaluation.making import TASKS, check_task, make_task, task_settings
from interlingua.evaluation.metrics import Estimate, accuracy, mean_accuracy, spearman, weighted_f1, wilson_interval
from interlingua.evaluation.mteb_encoder import MtebEncoder
from interlingua.evaluation.mteb_export import as_mteb_task
from interlingua.evaluation.mteb_task import MtebTask
from interlingua.evaluation.pairs import language_pairs
from interlingua.evaluation.retrieval import TranslationRetrieval
from interlingua.evaluation.samples import load_samples, save_samples
from interlingua.evaluation.scores import load_scores, scores_to_json
from interlingua.evaluation.search import Search
from interlingua.evaluation.significance import compare
from interlingua.evaluation.similarity import SemanticSimilarity
from interlingua.evaluation.suite_run import SuiteResult, run_suite
from interlingua.evaluation.suite_table import suite_table
from interlingua.evaluation.suites import SUITES, Suite, load_suite
from interlingua.evaluation.table import comparison_table, score_table
from interlingua.evaluation.task import evaluate, headline_scores, mean_score, score_signature
from interlingua.evaluation.tatoeba import Tatoeba
from interlingua.evaluation.word_retrieval import WordRetrieval
from interlingua.evaluation.words import WordAlignment, score_aligner
from interlingua.evaluation.xnli import XNLI
from interlingua.evaluation.xsim import XSim
from interlingua.evaluation.xsim_plus_plus import XSimPlusPlus

__all__ = [
    "SUITES",
    "TASKS",
    "XNLI",
    "BuccMining",
    "BuccRetrieval",
    "Classification",
    "Comparison",
    "Diagnosis",
    "Estimate",
    "LinkScores",
    "MtebEncoder",
    "MtebTask",
    "Search",
    "SemanticSimilarity",
    "Suite",
    "SuiteResult",
    "Tatoeba",
    "TranslationRetrieval",
    "WordAlignment",
    "WordRetrieval",
    "XSim",
    "XSimPlusPlus",
    "accuracy",
    "as_mteb_task",
    "check_task",
    "compare",
    "comparison_table",
    "evaluate",
    "examine",
    "first_nearest",
    "headline_scores",
    "language_pairs",
    "link_scores",
    "load_samples",
    "load_scores",
    "load_suite",
    "make_task",
    "mean_accuracy",
    "mean_score",
    "run_suite",
    "save_samples",
    "score_aligner",
    "score_signature",
    "score_table",
    "scores_to_json",
    "spearman",
    "suite_table",
    "task_settings",
    "translation_hits",
    "weighted_f1",
    "wilson_interval",
]
