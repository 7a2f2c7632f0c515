"""A suite asked of an encoder: the columns that a paper reports, on the data that is at hand."""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

import numpy as np

from interlingua.errors import CorpusError, EvaluationError
from interlingua.evaluation.making import make_task
from interlingua.evaluation.pairs import Pair
from interlingua.evaluation.suites import Column, Suite, SuiteTask, load_suite
from interlingua.evaluation.task import evaluate, incomplete
from interlingua.types import Encoder, Sample, Score, Task

__all__ = ["SuiteResult", "run_suite"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    """The columns of an encoder.

    Args:
        suite: What was asked.
        encoder: Its name.
        columns: One score a column, ``suite:NAME`` being its task and the heading its metric; NaN, with a note that
            counts and names what is missing, where a member is.
        scores: All scores behind them.
    """

    suite: Suite
    encoder: str
    columns: tuple[Score, ...]
    scores: tuple[Score, ...]


def run_suite(encoder: Encoder, suite: str | Suite, *, tasks: Mapping[str, Task] | None = None) -> SuiteResult:
    """Ask the tasks of a suite of an encoder, as far as their data is at hand, and make its columns.

    Args:
        encoder: Any encoder.
        suite: Its name, or a suite of one's own.
        tasks: Tasks to take in place of those that the suite would make, by their name in the suite.

    Raises:
        EvaluationError: There is no such suite, or none of its data is at hand.
    """
    suite = load_suite(suite) if isinstance(suite, str) else suite
    asked, missing = _tasks(suite, tasks or {})
    if not asked:
        raise EvaluationError(f"suite {suite.name}: none of its data is at hand; {'; '.join(missing.values())}")
    found = evaluate(encoder, asked.values())
    by_task = {key: [score for score in found if score.task == task.name] for key, task in asked.items()}
    apart = {key: number << 48 for number, key in enumerate(asked)}
    columns: dict[str, Score] = {}
    for column in suite.columns:
        wanted = _wanted(column, by_task, columns)
        members = {name: _apart(score, apart.get(column.task, 0)) for name, score in wanted.items() if score}
        lacking = [name for name in wanted if name not in members or not isfinite(members[name].value)]
        why = missing.get(column.task) or (f"lacks {', '.join(lacking)}" if lacking else "")
        columns[column.name] = _mean(f"suite:{suite.name}", column, list(members.values()), wanted=len(wanted), why=why)
    return SuiteResult(suite=suite, encoder=encoder.name, columns=tuple(columns.values()), scores=tuple(found))


def _tasks(suite: Suite, given: Mapping[str, Task]) -> tuple[dict[str, Task], dict[str, str]]:
    """Return the tasks whose data is at hand, and why the others are not."""
    asked: dict[str, Task] = {}
    missing: dict[str, str] = {}
    for key, one in suite.tasks.items():
        if key in given:
            asked[key] = given[key]
            continue
        spoken = [column.pairs for column in suite.columns if column.task == key]
        pairs = [pair for some in spoken if some is not None for pair in some]
        try:
            asked[key] = _task(one, pairs if all(some is not None for some in spoken) else None, name=key)
        except (CorpusError, EvaluationError) as error:
            missing[key] = f"{error}{f' (from {one.source})' if one.source else ''}"
            logger.debug("%s: %s is left out: %s", suite.name, key, error)
    return asked, missing


def _task(one: SuiteTask, pairs: Sequence[Pair] | None, *, name: str) -> Task:
    """Make a task on those of the languages that its data has."""
    from interlingua.corpus import catalog, open_corpus

    check = {**one.settings, "name": f"{one.task}:{name}"}
    named = one.data in catalog.names()
    data = catalog.placed(one.data) if named else str(_located(one.data))
    if pairs is not None:
        languages = list(dict.fromkeys(language for pair in pairs for language in pair))
        if data in catalog.names() or Path(data).is_file():
            known = open_corpus(data).languages
            languages = [language for language in languages if language in known]
        check["languages"] = languages
    return make_task(one.task, data, **check)


def _located(data: str) -> Path:
    from interlingua.corpus import catalog

    root = os.environ.get(catalog.VARIABLE)
    if not root:
        raise CorpusError(f"{data} is looked for below {catalog.VARIABLE}, which is not set")
    path = Path(root) / data
    if not path.exists():
        raise CorpusError(f"{path} is not there")
    return path


def _wanted(
    column: Column, by_task: Mapping[str, Sequence[Score]], columns: Mapping[str, Score]
) -> dict[str, Score | None]:
    """The members of a column by name; None where one is missing."""
    if column.of:
        return {name: columns[name] for name in column.of}
    scores = {score.languages: score for score in by_task.get(column.task, ()) if score.metric == column.metric}
    if column.pairs is None:
        return {"-".join(languages): score for languages, score in scores.items()} or {column.task: None}
    if column.metric == "spearman":  # a set of pairs has no direction
        scores = {**{languages[::-1]: score for languages, score in scores.items()}, **scores}
    return {"-".join(pair): scores.get(pair) for pair in column.pairs}


def _apart(score: Score, number: int) -> Score:
    """The score with units that no other task of the suite has."""
    samples = tuple(replace(sample, units=sample.units + number) for sample in score.samples)
    return replace(score, samples=samples)


def _mean(task: str, column: Column, members: Sequence[Score], *, wanted: int, why: str) -> Score:
    present = sum(isfinite(score.value) for score in members)
    complete = present == wanted
    known = complete and len({len(score.samples) for score in members}) == 1
    samples: list[Sample] = [sample for score in members for sample in score.samples] if known else []
    note = "" if complete else f"{incomplete(present, wanted)}: {why}"
    spoken: list[tuple[str, ...]] = [*(column.pairs or ())] or [score.languages for score in members]
    signatures = dict.fromkeys(score.signature for score in members)
    return Score(
        task=task,
        metric=column.name,
        languages=tuple(dict.fromkeys(language for languages in spoken for language in languages)),
        value=float(np.mean([score.value for score in members])) if complete else np.nan,
        n=sum(score.n for score in members),
        low=members[0].low if complete and wanted == 1 else np.nan,
        high=members[0].high if complete and wanted == 1 else np.nan,
        higher_is_better=all(score.higher_is_better for score in members),
        signature=next(iter(signatures)) if len(signatures) == 1 else "",
        note=note,
        samples=tuple(samples),
    )
