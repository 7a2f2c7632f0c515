"""Settings to tasks on translations: retrieval, xSIM, Tatoeba, BUCC."""

from typing import Literal

from interlingua.errors import EvaluationError
from interlingua.evaluation.bucc import BuccMining
from interlingua.evaluation.bucc_retrieval import BuccRetrieval
from interlingua.evaluation.pairs import Pairs
from interlingua.evaluation.retrieval import TranslationRetrieval
from interlingua.evaluation.tatoeba import GROUPS, Tatoeba
from interlingua.evaluation.xsim import XSim
from interlingua.evaluation.xsim_plus_plus import XSimPlusPlus
from interlingua.languages import canonical
from interlingua.mining import MarginName
from interlingua.types import Task

__all__ = ["make_bucc", "make_retrieval", "make_tatoeba", "make_xsim", "make_xsim_plus_plus"]


def make_retrieval(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    among: list[str] | None = None,
    pairs: Pairs = "en-xx",
    match: Literal["text", "index"] = "text",
    max_rows: int | None = None,
    dev: float = 0.0,
    test: float = 0.0,
) -> Task:
    """Return the task that looks for translations."""
    from interlingua.corpus import open_with_splits

    corpus = open_with_splits(data, languages=languages, among=among, split=split, dev=dev, test=test)
    return TranslationRetrieval(corpus, pairs=pairs, match=match, split=split, max_rows=max_rows, name=name)


def make_xsim(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    among: list[str] | None = None,
    pairs: Pairs = "en-xx",
    margin: MarginName = "ratio",
    k: int = 4,
    match: Literal["text", "index"] = "text",
    max_rows: int | None = None,
    dev: float = 0.0,
    test: float = 0.0,
) -> Task:
    """Return the task that looks for translations by margin."""
    from interlingua.corpus import open_with_splits

    corpus = open_with_splits(data, languages=languages, among=among, split=split, dev=dev, test=test)
    return XSim(corpus, pairs=pairs, margin=margin, k=k, match=match, split=split, max_rows=max_rows, name=name)


def make_xsim_plus_plus(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    among: list[str] | None = None,
    negatives: str | None = None,
    target: str = "eng_Latn",
    margin: MarginName = "ratio",
    k: int = 4,
    max_rows: int | None = None,
    dev: float = 0.0,
    test: float = 0.0,
) -> Task:
    """Return the same among changed copies."""
    from interlingua.corpus import open_with_splits

    corpus = open_with_splits(data, languages=languages, among=among, split=split, dev=dev, test=test)
    if negatives is None and canonical(target) != "eng_Latn":
        raise EvaluationError(f"xsim++ makes changed copies of English only; give negatives, a file of {target} ones")
    chosen = corpus if split is None else corpus.select(split=split)
    from interlingua.corpus.negatives import english_negatives, read_negatives

    copies = english_negatives(chosen.texts(target)) if negatives is None else read_negatives(negatives)
    return XSimPlusPlus(corpus, copies, target=target, margin=margin, k=k, split=split, max_rows=max_rows, name=name)


def make_tatoeba(
    data: str = "tatoeba",
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    among: list[str] | None = None,
    protocol: Literal["laser", "mteb"] = "laser",
    groups: list[str] | None = None,
    dev: float = 0.0,
    test: float = 0.0,
) -> Task:
    """Return the task that follows Tatoeba's protocols."""
    from interlingua.corpus import open_with_splits

    corpus = open_with_splits(data, languages=languages, among=among, split=split, dev=dev, test=test)
    wanted = tuple(GROUPS) if groups is None else groups
    return Tatoeba(corpus, protocol=protocol, groups=wanted, split=split, name=name)


def make_bucc(
    data: str,
    *,
    name: str | None = None,
    languages: list[str] | None = None,
    protocol: Literal["laser", "xtreme", "oracle", "mteb-v1", "mteb-v2"] = "xtreme",
    margin: MarginName = "ratio",
    k: int = 4,
) -> Task:
    """Return the task that looks for hidden pairs."""
    from interlingua.corpus import catalog

    data = catalog.placed(data)
    if protocol == "mteb-v1" or protocol == "mteb-v2":
        return BuccRetrieval(data, version="v1" if protocol == "mteb-v1" else "v2", languages=languages, name=name)
    return BuccMining(data, protocol=protocol, languages=languages, margin=margin, k=k, name=name)
