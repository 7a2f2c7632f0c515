"""A task by its name: the one place where the command line and recipes have their tasks made."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from interlingua.errors import EvaluationError
from interlingua.evaluation.bitext_makers import (
    make_bucc,
    make_retrieval,
    make_tatoeba,
    make_xsim,
    make_xsim_plus_plus,
)
from interlingua.evaluation.mteb_task import MtebTask
from interlingua.evaluation.pairs import parse_pairs
from interlingua.evaluation.probe_makers import make_classification, make_search, make_transfer, make_xnli
from interlingua.evaluation.similarity_makers import make_similarity
from interlingua.evaluation.word_makers import make_lexicon, make_word_retrieval, make_words
from interlingua.explaining import checked_settings, nearest
from interlingua.types import Task

__all__ = ["TASKS", "check_task", "make_task", "task_settings"]

_WANTED = {"pairs": "a list of pairs, as en:de or [[en, de]]"}


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
    name = task.partition(":")[0]
    accepted = task_settings(task)
    for key in settings:
        if key not in accepted:
            raise EvaluationError(_unknown(name, key, accepted))
    settings = {**settings, **({"pairs": parse_pairs(settings["pairs"])} if "pairs" in settings else {})}
    try:
        return checked_settings(TASKS[name], settings, wanted=_WANTED)
    except ValueError as error:
        raise EvaluationError(f"{name}: {error}") from error


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
        raise EvaluationError(f"there is no task {name!r}; {nearest(name, TASKS, 'there are')}")
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
    return f"{task} has no setting {key!r}; {nearest(key, accepted, 'its settings are')}"


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
    "retrieval": make_retrieval,
    "xsim": make_xsim,
    "xsim++": make_xsim_plus_plus,
    "tatoeba": make_tatoeba,
    "bucc": make_bucc,
    "sts": make_similarity,
    "classification": make_classification,
    "transfer": make_transfer,
    "search": make_search,
    "xnli": make_xnli,
    "words": make_words,
    "word-retrieval": make_word_retrieval,
    "lexicon": make_lexicon,
    "mteb": _mteb,
}
"""What makes a task, by its name: a function of ``data`` and of keyword settings, whose annotations are checked."""
