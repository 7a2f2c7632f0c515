"""Tasks of the mteb package, asked of any encoder."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from interlingua.errors import EvaluationError, LanguageError
from interlingua.evaluation.metrics import Estimate, undefined
from interlingua.evaluation.mteb_encoder import MtebEncoder
from interlingua.evaluation.mteb_package import mteb_package
from interlingua.evaluation.random_states import random_states_kept
from interlingua.evaluation.task import incomplete, score_signature, to_score
from interlingua.languages import canonical
from interlingua.types import Encoder, Score

if TYPE_CHECKING:
    from mteb import AbsTask

__all__ = ["MtebTask"]


@dataclass(frozen=True, slots=True)
class _Result:
    """What mteb found on one subset of one split."""

    split: str
    subset: str
    languages: tuple[str, ...]
    value: float
    n: int


class MtebTask:
    """A task of the mteb package, run by that package: its data, its code, its main score.

    Yields the main score of every subset under mteb's name for it, then, after the last of several, ``macro_`` with
    that name: their unweighted mean. mteb tells no interval, so there is none. The random states of Python, NumPy and
    torch, which mteb sets, are as before afterwards.

    mteb fetches its data from the Hugging Face hub, or takes them from the cache of ``datasets``.

    Args:
        task: Name, as ``STS17`` or ``Tatoeba``, or a task object of mteb, as :func:`as_mteb_task` makes.
        split: One of its splits; None for those that it is evaluated on.
        languages: Only subsets all of whose languages are among these, in any spelling.
        subsets: Only these, as mteb names them.
        prompts: Put before texts, by name (see :class:`interlingua.evaluation.MtebEncoder`).
        name: Name in scores; ``mteb:NAME`` unless given.

    Raises:
        EvaluationError: mteb is not installed, it has no such task, split or subset, or the task is not about text.

    Reference:
        Muennighoff, Tazi, Magne, Reimers 2023, MTEB: Massive Text Embedding Benchmark.
        https://aclanthology.org/2023.eacl-main.148
    """

    def __init__(
        self,
        task: "str | AbsTask",
        *,
        split: str | None = None,
        languages: Sequence[str] | None = None,
        subsets: Sequence[str] | None = None,
        prompts: Mapping[str, str] | None = None,
        name: str | None = None,
    ) -> None:
        with random_states_kept():
            self.task: Any = _task(task) if isinstance(task, str) else task
            _check_prompts(self.task.metadata.name, prompts or {})
        metadata = self.task.metadata
        self._name = name or f"mteb:{metadata.name}"
        self.prompts = dict(prompts or {})
        if list(metadata.modalities) != ["text"]:
            raise EvaluationError(f"{self._name} is about {', '.join(metadata.modalities)}; choose a task about text")
        if split is not None:
            if split not in metadata.eval_splits:
                raise EvaluationError(f"{self._name} has no split {split}; it has {', '.join(metadata.eval_splits)}")
            self.task.filter_eval_splits([split])
        self._choose(languages, subsets)

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield the main score of every subset, then the mean of several.

        Raises:
            EvaluationError: The data cannot be loaded.
        """
        with random_states_kept():
            results = self._results(encoder)
        metric = self.task.metadata.main_score
        ambiguous = len({one.languages for one in results}) < len(results)
        for one in results:
            name = f"{metric}:{one.subset}/{one.split}" if ambiguous else metric
            yield self._score(encoder, metric=name, languages=one.languages, split=one.split, results=[one])
        if len(results) > 1:
            languages = tuple(dict.fromkeys(language for one in results for language in one.languages))
            split = "+".join(dict.fromkeys(one.split for one in results))
            yield self._score(encoder, metric=f"macro_{metric}", languages=languages, split=split, results=results)

    def _score(
        self, encoder: Encoder, *, metric: str, languages: tuple[str, ...], split: str, results: Sequence[_Result]
    ) -> Score:
        n, values = sum(one.n for one in results), np.array([one.value for one in results])
        present = int(np.isfinite(values).sum())
        if present == len(values):
            estimate = Estimate(value=float(values.mean()), low=np.nan, high=np.nan, n=n)
        else:
            estimate = undefined(n, incomplete(present, len(values)) if len(values) > 1 else "undefined, says mteb")
        prompts = ",".join(f"{key}={text}" for key, text in sorted(self.prompts.items()))
        signature = score_signature(
            encoder,
            data=str(self.task.metadata.revision),
            split=split,
            mteb=version("mteb"),
            prompts=prompts.replace("|", "/").replace("\n", " ") or "none",
        )
        return to_score(estimate, task=self.name, metric=metric, languages=languages, signature=signature)

    def _results(self, encoder: Encoder) -> list[_Result]:
        for part in _parts(self.task):
            self._load(part)
        answer = mteb_package().evaluate(
            MtebEncoder(encoder, prompts=self.prompts),
            self.task,
            co2_tracker=False,
            cache=None,
            encode_kwargs={"batch_size": 256, "show_progress_bar": False},
            show_progress_bar=False,
        )
        return [
            _Result(
                split=split,
                subset=one["hf_subset"],
                languages=_codes(one["languages"]),
                value=float(one["main_score"]),
                n=sum(_items(part, one["hf_subset"], split) for part in _parts(self.task)),
            )
            for result in answer.task_results
            for split, found in result.scores.items()
            for one in found
        ]

    def _load(self, part: Any) -> None:
        try:
            part.load_data()
        except Exception as error:  # whatever datasets, the hub or the network raise
            raise EvaluationError(
                f"{self.name}: mteb cannot load the data of {part.metadata.name} ({type(error).__name__}: "
                f"{str(error).splitlines()[0] if str(error) else 'no message'}); it fetches "
                f"{part.metadata.dataset['path']} from the Hugging Face hub, so run it once with a network, or copy "
                "the cache of `datasets` here"
            ) from error

    def _choose(self, languages: Sequence[str] | None, subsets: Sequence[str] | None) -> None:
        known = self.task.metadata.hf_subsets_to_langscripts
        for subset in subsets or []:
            if subset not in known:
                raise EvaluationError(f"{self.name} has no subset {subset}; it has {', '.join(known)}")
        kept = [subset for subset in self.task.hf_subsets if subsets is None or subset in subsets]
        if languages is not None:
            wanted = {canonical(language) for language in languages}
            kept = [subset for subset in kept if wanted.issuperset(_codes(known[subset]))]
            if not kept:
                there = sorted({code for codes in known.values() for code in _codes(codes)})
                raise EvaluationError(f"{self.name} has no subset of these languages alone; it has {', '.join(there)}")
        self.task.hf_subsets = kept


def _task(name: str) -> Any:
    mteb = mteb_package()
    try:
        return mteb.get_task(name)
    except KeyError as error:
        raise EvaluationError(f"mteb {version('mteb')}: {str(error.args[0]).removeprefix('KeyError: ')}") from error


def _check_prompts(task: str, prompts: Mapping[str, str]) -> None:
    from mteb.abstasks.task_metadata import TaskType

    known = {task, *get_args(TaskType)}
    for name in prompts:
        if name not in ("query", "document") and re.sub("-(query|document)$", "", name) not in known:
            raise EvaluationError(
                f"mteb:{task} has no use for a prompt {name!r}; its names are query, document, {task}, a type of tasks "
                f"such as STS or Retrieval, or one of these two with -query or -document"
            )


def _parts(task: Any) -> list[Any]:
    """The tasks that a task is the mean of, or the task."""
    return list(task.metadata.tasks) if hasattr(task.metadata, "tasks") else [task]


def _items(task: Any, subset: str, split: str) -> int:
    """How many items mteb measured on: rows, or queries of a search; 0 where the data do not say."""
    data = task.dataset or {}
    rows = data.get(subset, data if subset == "default" else {}).get(split, data.get(split, ()))
    return len(rows["queries"]) if isinstance(rows, dict) and "queries" in rows else len(rows)


def _codes(codes: Sequence[str]) -> tuple[str, ...]:
    """Our codes; mteb's own where we know none, as for programming languages."""
    found = []
    for code in codes:
        try:
            found.append(canonical(code))
        except LanguageError:
            found.append(code)
    return tuple(found)
