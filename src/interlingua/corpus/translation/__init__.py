"""CELLS -> MORE CELLS: missing translations made by machines, each marked as such.

Names are loaded when they are first used; models and programs when the first text comes.
"""

from typing import TYPE_CHECKING

from interlingua.lazy import lazy_exports

if TYPE_CHECKING:
    from interlingua.corpus.translation.apertium import Apertium
    from interlingua.corpus.translation.command import Command
    from interlingua.corpus.translation.ctranslate import CTranslate2
    from interlingua.corpus.translation.filling import Filler, translate_corpus
    from interlingua.corpus.translation.gates import USUAL_GATES, make_gates
    from interlingua.corpus.translation.making import make_translator
    from interlingua.corpus.translation.memory import TranslationMemory
    from interlingua.corpus.translation.planning import TranslationPlan, plan_translation
    from interlingua.corpus.translation.seq2seq import Seq2Seq

__all__ = [
    "USUAL_GATES",
    "Apertium",
    "CTranslate2",
    "Command",
    "Filler",
    "Seq2Seq",
    "TranslationMemory",
    "TranslationPlan",
    "make_gates",
    "make_translator",
    "plan_translation",
    "translate_corpus",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "USUAL_GATES": "gates",
        "Apertium": "apertium",
        "CTranslate2": "ctranslate",
        "Command": "command",
        "Filler": "filling",
        "Seq2Seq": "seq2seq",
        "TranslationMemory": "memory",
        "TranslationPlan": "planning",
        "make_gates": "gates",
        "make_translator": "making",
        "plan_translation": "planning",
        "translate_corpus": "filling",
    },
)
