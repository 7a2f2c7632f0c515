"""A task by its name: the one place where the command line and recipes have their tasks made."""

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from interlingua.errors import EvaluationError
from interlingua.evaluation.bucc import BuccMining
from interlingua.evaluation.bucc_retrieval import BuccRetrieval
from interlingua.evaluation.mteb_task import MtebTask
from interlingua.evaluation.pairs import Pair, language_pairs, parse_pairs
from interlingua.evaluation.probe_makers import make_classification, make_search, make_transfer, make_xnli
from interlingua.evaluation.retrieval import TranslationRetrieval
from interlingua.evaluation.similarity import SemanticSimilarity
from interlingua.evaluation.tatoeba import GROUPS, Tatoeba
from interlingua.evaluation.word_retrieval import WordRetrieval
from interlingua.evaluation.words import WordAlignment
from interlingua.evaluation.xsim import XSim
from interlingua.evaluation.xsim_plus_plus import XSimPlusPlus
from interlingua.languages import canonical
from interlingua.mining import MarginName
from interlingua.types import Task

if TYPE_CHECKING:
    from interlingua.corpus import Corpus, ScoredPairs
    from interlingua.words.gold import AlignedPairs

__all__ = ["TASKS", "check_task", "make_task", "task_settings"]

Pairs: TypeAlias = str | list[Pair]
"""``en-xx``, ``all-pairs``, or a list of pairs of languages."""

MatcherName: TypeAlias = Literal["argmax", "itermax", "max-weight", "softmax", "forward", "reverse"]


def make_task(task: str, data: str | None = None, **settings: Any) -> Task:
    """Return the task of a name on the data of a name.

    Args:
        task: One of :data:`TASKS`, or with the data behind a colon, as ``mteb:STS17``.
        data: A set of the catalog, a file or a folder; None where the task has data of its own.
        settings: Those of :func:`task_settings`; what is None is left to the task.

    Raises:
        EvaluationError: There is no such task or setting, or a setting has a value of the wrong kind.
        CorpusError: The data is not there, or is not what the task needs.

    Example:
        >>> make_task("retrieval", "phrasebook", split="test", languages=["eng", "deu"]).name
        'retrieval:phrasebook/test'
        >>> make_task("retreival", "phrasebook")
        Traceback (most recent call last):
        interlingua.errors.EvaluationError: there is no task 'retreival'; did you mean retrieval?
    """
    checked = check_task(task, {key: value for key, value in settings.items() if value is not None})
    name, _, part = task.partition(":")
    maker = TASKS[name]
    if needed := [key for key, default in task_settings(task).items() if default is ... and key not in checked]:
        raise EvaluationError(f"{name} needs {' and '.join(needed)}; give it as a setting")
    data = part or data
    if data is None:
        if inspect.signature(maker).parameters["data"].default is inspect.Parameter.empty:
            raise EvaluationError(f"{name} needs data: a set of the catalog, a file or a folder")
        return maker(**checked)
    return maker(data, **checked)


def check_task(task: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Check the name of a task, and names and kinds of its settings, before any data is opened; return the settings.

    Raises:
        EvaluationError: There is no such task or setting, or a setting has a value of the wrong kind.

    Example:
        >>> check_task("sts", {"unit": "word"})
        Traceback (most recent call last):
        interlingua.errors.EvaluationError: unit is for words, not for sts; leave it out
    """
    from pydantic import ValidationError, create_model

    name = task.partition(":")[0]
    accepted = task_settings(task)
    for key in settings:
        if key not in accepted:
            raise EvaluationError(_unknown(name, key, accepted))
    settings = {**settings, **({"pairs": parse_pairs(settings["pairs"])} if "pairs" in settings else {})}
    parameters = inspect.signature(TASKS[name]).parameters
    fields: dict[str, Any] = {key: (parameters[key].annotation, accepted[key]) for key in settings}
    try:
        checked = create_model(name, **fields)(**settings)
    except ValidationError as error:
        said = {"list_type": "write a list of pairs, as en:de or [[en, de]]"}
        told = "; ".join(
            f"{one['loc'][0]}: {said.get(one['type'] if one['loc'][0] == 'pairs' else '', one['msg'])}, "
            f"not {one['input']!r}"
            for one in error.errors()
        )
        raise EvaluationError(f"{name}: {told}") from error
    return {key: getattr(checked, key) for key in settings}


def task_settings(task: str) -> dict[str, Any]:
    """Return the settings of a task with their defaults; those that must be given have ``...``.

    Raises:
        EvaluationError: There is no such task.

    Example:
        >>> task_settings("lexicon")
        {'name': None, 'split': None, 'languages': None, 'pairs': None}
    """
    name = task.partition(":")[0]
    if name not in TASKS:
        near = difflib.get_close_matches(name, TASKS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(TASKS)}"
        raise EvaluationError(f"there is no task {name!r}; {hint}")
    parameters = inspect.signature(TASKS[name]).parameters
    return {
        key: ... if one.default is inspect.Parameter.empty else one.default
        for key, one in parameters.items()
        if key != "data"
    }


def _unknown(task: str, key: str, accepted: Mapping[str, Any]) -> str:
    owners = [name for name in TASKS if key in task_settings(name)]
    if owners:
        named = " and ".join([", ".join(owners[:-1]), owners[-1]] if len(owners) > 1 else owners)
        return f"{key} is for {named}, not for {task}; leave it out"
    near = difflib.get_close_matches(key, accepted, n=1)
    hint = f"did you mean {near[0]}?" if near else f"its settings are {', '.join(accepted)}"
    return f"{task} has no setting {key!r}; {hint}"


def _rows(data: str, *, split: str | None, languages: Sequence[str] | None, dev: float, test: float) -> "Corpus":
    """The rows of a task, not yet narrowed to their split."""
    from interlingua.corpus import open_with_splits

    return open_with_splits(data, languages=languages, split=split, dev=dev, test=test)


def _retrieval(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pairs: Pairs = "en-xx",
    match: Literal["text", "index"] = "text",
    max_rows: int | None = None,
    dev: float = 0.0,
    test: float = 0.0,
) -> Task:
    corpus = _rows(data, split=split, languages=languages, dev=dev, test=test)
    return TranslationRetrieval(corpus, pairs=pairs, match=match, split=split, max_rows=max_rows, name=name)


def _xsim(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pairs: Pairs = "en-xx",
    margin: MarginName = "ratio",
    k: int = 4,
    match: Literal["text", "index"] = "text",
    max_rows: int | None = None,
    dev: float = 0.0,
    test: float = 0.0,
) -> Task:
    corpus = _rows(data, split=split, languages=languages, dev=dev, test=test)
    return XSim(corpus, pairs=pairs, margin=margin, k=k, match=match, split=split, max_rows=max_rows, name=name)


def _xsim_plus_plus(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    negatives: str | None = None,
    target: str = "eng_Latn",
    margin: MarginName = "ratio",
    k: int = 4,
    max_rows: int | None = None,
    dev: float = 0.0,
    test: float = 0.0,
) -> Task:
    from interlingua.corpus.negatives import english_negatives, read_negatives

    corpus = _rows(data, split=split, languages=languages, dev=dev, test=test)
    if negatives is None and canonical(target) != "eng_Latn":
        raise EvaluationError(f"xsim++ makes changed copies of English only; give negatives, a file of {target} ones")
    chosen = corpus if split is None else corpus.select(split=split)
    copies = english_negatives(chosen.texts(target)) if negatives is None else read_negatives(negatives)
    return XSimPlusPlus(corpus, copies, target=target, margin=margin, k=k, split=split, max_rows=max_rows, name=name)


def _tatoeba(
    data: str = "tatoeba",
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    protocol: Literal["laser", "mteb"] = "laser",
    groups: list[str] | None = None,
    dev: float = 0.0,
    test: float = 0.0,
) -> Task:
    corpus = _rows(data, split=split, languages=languages, dev=dev, test=test)
    wanted = tuple(GROUPS) if groups is None else groups
    return Tatoeba(corpus, protocol=protocol, groups=wanted, split=split, name=name)


def _bucc(
    data: str,
    *,
    name: str | None = None,
    languages: list[str] | None = None,
    protocol: Literal["laser", "xtreme", "oracle", "mteb-v1", "mteb-v2"] = "xtreme",
    margin: MarginName = "ratio",
    k: int = 4,
) -> Task:
    if protocol == "mteb-v1" or protocol == "mteb-v2":
        return BuccRetrieval(data, version="v1" if protocol == "mteb-v1" else "v2", languages=languages, name=name)
    return BuccMining(data, protocol=protocol, languages=languages, margin=margin, k=k, name=name)


def _similarity(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pairs: Pairs | None = None,
) -> Task:
    from interlingua.corpus import catalog, open_corpus, open_scored_pairs

    if data not in catalog.names() and Path(data).is_file():
        if not isinstance(pairs, list):
            raise EvaluationError(
                f"{data}: say which languages its two sentences are in, as pairs en:de or en:en, not {pairs!r}"
            )
        return SemanticSimilarity(
            [open_scored_pairs(data, source=a, target=b, split=split) for a, b in pairs], name=name
        )
    if data not in catalog.names() and Path(data).is_dir():
        return SemanticSimilarity(_similarity_folder(data, split=split, languages=languages, pairs=pairs), name=name)
    corpus = open_corpus(data)
    known = (corpus if languages is None else corpus.select(languages=languages)).languages
    wanted = [(code, code) for code in known] if pairs is None else language_pairs(pairs, known, data=data)
    return SemanticSimilarity(
        [open_scored_pairs(data, source=source, target=target, split=split) for source, target in wanted], name=name
    )


def _similarity_folder(
    data: str, *, split: str | None, languages: Sequence[str] | None, pairs: Pairs | None
) -> "list[ScoredPairs]":
    from interlingua.corpus import open_similarity_sets

    if isinstance(pairs, str):
        raise EvaluationError(f"{data}: pairs {pairs} is not for a folder of similarity sets; write pairs as en:de")
    alone = languages[0] if languages is not None and len(languages) == 1 else "eng"
    sets = open_similarity_sets(data, split=split or "test", language=alone, pairs=pairs)
    if languages is None:
        return sets
    known = {canonical(language) for language in languages}
    return [one for one in sets if known.issuperset(one.languages)]


def _linked(
    data: str, *, split: str | None, languages: Sequence[str] | None, pairs: Sequence[Pair] | None
) -> "list[AlignedPairs]":
    from interlingua.words import open_alignments

    linked = open_alignments(data, pairs=pairs, split=split)
    if languages is None:
        return linked
    known = {canonical(language) for language in languages}
    return [one for one in linked if known.issuperset(one.languages)]


def _words(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pairs: list[Pair] | None = None,
    matcher: MatcherName = "argmax",
    layer: int | None = None,
    unit: Literal["word", "subword"] = "subword",
) -> Task:
    linked = _linked(data, split=split, languages=languages, pairs=pairs)
    return WordAlignment(linked, match=matcher, layer=layer, unit=unit, name=name)


def _word_retrieval(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pairs: list[Pair] | None = None,
    layer: int | None = None,
    max_rows: int = 500,
) -> Task:
    linked = _linked(data, split=split, languages=languages, pairs=pairs)
    return WordRetrieval(linked, layer=layer, max_pairs=max_rows, name=name)


def _lexicon(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pairs: list[Pair] | None = None,
) -> Task:
    return WordRetrieval(_linked(data, split=split, languages=languages, pairs=pairs), by="type", name=name)


def _mteb(
    data: str | None = None,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    subsets: list[str] | None = None,
    prompts: dict[str, str] | None = None,
) -> Task:
    if data is None:
        raise EvaluationError("say which task of the mteb package, as mteb:STS17")
    return MtebTask(data, split=split, languages=languages, subsets=subsets, prompts=prompts, name=name)


TASKS: dict[str, Callable[..., Task]] = {
    "retrieval": _retrieval,
    "xsim": _xsim,
    "xsim++": _xsim_plus_plus,
    "tatoeba": _tatoeba,
    "bucc": _bucc,
    "sts": _similarity,
    "classification": make_classification,
    "transfer": make_transfer,
    "search": make_search,
    "xnli": make_xnli,
    "words": _words,
    "word-retrieval": _word_retrieval,
    "lexicon": _lexicon,
    "mteb": _mteb,
}
"""What makes a task, by its name: a function of ``data`` and of keyword settings, whose annotations are checked."""
