"""The texts that a task asks of, whatever its kind: what training on would spoil its scores."""

from collections.abc import Iterator, Sequence

from interlingua.corpus.bucc import read_bucc
from interlingua.evaluation.bucc import BuccMining
from interlingua.evaluation.bucc_retrieval import BuccRetrieval
from interlingua.evaluation.classification import Classification
from interlingua.evaluation.retrieval import TranslationRetrieval
from interlingua.evaluation.search import Search
from interlingua.evaluation.similarity import SemanticSimilarity
from interlingua.evaluation.tatoeba import Tatoeba
from interlingua.evaluation.word_retrieval import WordRetrieval
from interlingua.evaluation.words import WordAlignment
from interlingua.evaluation.xnli import XNLI
from interlingua.evaluation.xsim import XSim
from interlingua.evaluation.xsim_plus_plus import XSimPlusPlus
from interlingua.types import Task, WordPair

__all__ = ["task_texts"]

Column = tuple[str, Sequence[str | None]]
"""A language, and texts in it."""


def task_texts(task: Task) -> Iterator[Column] | None:
    """Return the texts of a task by language, in pieces; None for a task of another kind, whose texts nobody knows.

    Texts that a task trains on before it asks (classification, XNLI) are not among them, nor are those whose language
    nobody knows.

    Example:
        >>> from interlingua.evaluation import make_task
        >>> task = make_task("retrieval", "phrasebook", split="test", languages=["eng", "deu"])
        >>> [(language, len(texts)) for language, texts in task_texts(task)]
        [('eng_Latn', 170), ('deu_Latn', 170)]
    """
    match task:
        case TranslationRetrieval() | XSim() | XSimPlusPlus() | Tatoeba():
            return _corpus(task)
        case SemanticSimilarity(sets=sets):
            return (piece for one in sets for piece in zip(one.languages, (one.source, one.target), strict=True))
        case Classification(test=test):
            return iter(test.texts.items())
        case XNLI(test=several):
            return ((one.language, [*one.premises, *one.hypotheses]) for one in several)
        case WordAlignment(sets=sets) | WordRetrieval(sets=sets):
            return (piece for one in sets for piece in _sides(one.languages, one.pairs))
        case Search():
            return _search(task)
        case BuccMining() | BuccRetrieval():
            return _piles(task)
        case _:
            return None


def _corpus(task: TranslationRetrieval | XSim | XSimPlusPlus | Tatoeba) -> Iterator[Column]:
    for batch in task.corpus.batches():
        for language in task.corpus.languages:
            yield language, batch.column(language).to_pylist()


def _sides(languages: tuple[str, str], pairs: Sequence[WordPair]) -> Iterator[Column]:
    yield languages[0], [pair.source for pair in pairs]
    yield languages[1], [pair.target for pair in pairs]


def _search(task: Search) -> Iterator[Column]:
    for side in (task.data.queries, task.data.passages):
        by_language: dict[str, list[str]] = {}
        for language, text in zip(side.languages, side.texts, strict=True):
            if language is not None:
                by_language.setdefault(language, []).append(text)
        yield from by_language.items()


def _piles(task: BuccMining | BuccRetrieval) -> Iterator[Column]:
    split = task.splits.report if isinstance(task, BuccMining) else task.split
    for source, target in task.pairs:
        piles = read_bucc(task.folder, source, target, split)
        yield piles.languages[0], piles.source
        yield piles.languages[1], piles.target
