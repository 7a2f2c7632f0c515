"""ROWS -> FEWER, BETTER ROWS: rules that say which cells are at fault, in chains, with an account of what they drop."""

from interlingua.corpus.cleaning.capping import Cap
from interlingua.corpus.cleaning.chain import Chain, Cleaned, Step, clean
from interlingua.corpus.cleaning.content import Broken, Contains, Markup, Repetition, Script
from interlingua.corpus.cleaning.copies import Identical, SharedUnits
from interlingua.corpus.cleaning.corpora import clean_corpus
from interlingua.corpus.cleaning.duplicates import Duplicates
from interlingua.corpus.cleaning.language import Language
from interlingua.corpus.cleaning.length import Length, LengthRatio
from interlingua.corpus.cleaning.making import RULES, load_chain, make_step, make_steps, preset_steps, rule_settings
from interlingua.corpus.cleaning.near import NearDuplicates
from interlingua.corpus.cleaning.overlap import EvaluationOverlap
from interlingua.corpus.cleaning.presets import PRESETS, Preset
from interlingua.corpus.cleaning.repairs import Tidy
from interlingua.corpus.cleaning.report import CleaningReport, Dropped, RuleReport
from interlingua.corpus.cleaning.rule import (
    CellRule,
    Chunk,
    Faults,
    Judge,
    PairRule,
    Repair,
    Rule,
    RuleSettings,
    Settings,
)
from interlingua.corpus.cleaning.sentences import TestSentences
from interlingua.corpus.cleaning.similarity import Similarity
from interlingua.corpus.cleaning.values import Addresses, Digits

__all__ = [
    "PRESETS",
    "RULES",
    "Addresses",
    "Broken",
    "Cap",
    "CellRule",
    "Chain",
    "Chunk",
    "Cleaned",
    "CleaningReport",
    "Contains",
    "Digits",
    "Dropped",
    "Duplicates",
    "EvaluationOverlap",
    "Faults",
    "Identical",
    "Judge",
    "Language",
    "Length",
    "LengthRatio",
    "Markup",
    "NearDuplicates",
    "PairRule",
    "Preset",
    "Repair",
    "Repetition",
    "Rule",
    "RuleReport",
    "RuleSettings",
    "Script",
    "Settings",
    "SharedUnits",
    "Similarity",
    "Step",
    "TestSentences",
    "Tidy",
    "clean",
    "clean_corpus",
    "load_chain",
    "make_step",
    "make_steps",
    "preset_steps",
    "rule_settings",
]
