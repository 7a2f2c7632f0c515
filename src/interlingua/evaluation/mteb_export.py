"""Tasks of ours as tasks of the mteb package, on the data they hold."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import xxhash

from interlingua.errors import EvaluationError
from interlingua.evaluation.classification import Classification
from interlingua.evaluation.mteb_package import mteb_package
from interlingua.evaluation.random_states import random_states_kept
from interlingua.evaluation.retrieval import TranslationRetrieval
from interlingua.evaluation.search import Search
from interlingua.evaluation.similarity import SemanticSimilarity
from interlingua.evaluation.tatoeba import Tatoeba
from interlingua.types import Task

if TYPE_CHECKING:
    from mteb import AbsTask

    from interlingua.corpus import LabelledTexts
    from interlingua.evaluation.search_pools import SearchPool

__all__ = ["as_mteb_task"]

_SPLIT = "test"
"""The split that every task made here is evaluated on."""

_Subsets: TypeAlias = dict[str, tuple[tuple[str, ...], dict[str, dict[str, Any]]]]
"""Of every subset, by its name: its languages, and its columns split by split."""

_UNKNOWN = "und_Zyyy"
"""The code of a language that nobody knows."""


def as_mteb_task(task: Task) -> "AbsTask":
    """Return a task of ours as one of mteb's, whose data are those of the task: nothing is fetched.

    ``mteb.evaluate(model, tasks=[as_mteb_task(task)])`` then asks it of whatever mteb takes for a model, with mteb's
    code and metrics:

    - :class:`TranslationRetrieval` and :class:`Tatoeba` become bitext mining, a subset for each direction of each pair
      of languages (for Tatoeba as MTEB has it only the one to English), named ``deu_Latn-eng_Latn`` with the queries
      first; every row stands in the pool, as MTEB has it, and the first of several equally near candidates is taken;
      main score ``f1``. A pair that shares fewer than two rows is left out.
    - :class:`SemanticSimilarity` becomes STS, a subset for each set of pairs; main score ``cosine_spearman``.
    - :class:`Classification` becomes classification, a subset for each language tested; main score ``accuracy``.
    - :class:`Search` becomes retrieval, a subset for each pool, ``deu_Latn``, ``deu_Latn-eng_Latn`` with the queries'
      language first, or ``deu_Latn-mixed``; prefixes of the task are part of its texts; main score ``ndcg_at_10``.

    Raises:
        EvaluationError: mteb has no counterpart, or is not installed.

    Reference:
        Muennighoff, Tazi, Magne, Reimers 2023, MTEB: Massive Text Embedding Benchmark.
        https://aclanthology.org/2023.eacl-main.148
    """
    match task:
        case TranslationRetrieval() | Tatoeba():
            return _bitext(task)
        case SemanticSimilarity():
            return _similarity(task)
        case Classification():
            return _classification(task)
        case Search():
            return _search(task)
        case _:
            raise EvaluationError(
                f"{task.name}: mteb has no counterpart of {type(task).__name__}; there is one of retrieval, "
                "tatoeba, sts, classification and search"
            )


def _bitext(task: TranslationRetrieval | Tatoeba) -> "AbsTask":
    to_english = isinstance(task, Tatoeba) and task.protocol == "mteb"
    max_rows = task.max_rows if isinstance(task, TranslationRetrieval) else None
    subsets: _Subsets = {}
    for pair in task.pairs:
        sides = task.corpus.pairs(*pair)
        if len(sides[0]) < 2:
            continue
        for (source, target), (queries, pool) in ((pair, sides), (pair[::-1], sides[::-1]))[: 1 if to_english else 2]:
            columns = {"sentence1": queries[:max_rows], "sentence2": pool[:max_rows]}
            subsets[f"{source}-{target}"] = ((source, target), {_SPLIT: columns})
    return _made(task, "BitextMining", subsets, main_score="f1")


def _similarity(task: SemanticSimilarity) -> "AbsTask":
    subsets: _Subsets = {}
    for number, pairs in enumerate(task.sets):
        name = "-".join(pairs.languages)
        columns = {"sentence1": pairs.source, "sentence2": pairs.target, "score": pairs.scores.tolist()}
        subsets[f"{name}-{number}" if name in subsets else name] = (pairs.languages, {_SPLIT: columns})
    return _made(task, "STS", subsets, main_score="cosine_spearman")


def _classification(task: Classification) -> "AbsTask":
    number = {label: i for i, label in enumerate(sorted({*task.train.labels, *task.test.labels}))}

    def columns(rows: "LabelledTexts", language: str) -> dict[str, list[Any]]:
        present = [
            (text, number[label])
            for text, label in zip(rows.texts[language], rows.labels, strict=True)
            if text is not None
        ]
        return {"text": [text for text, _ in present], "label": [label for _, label in present]}

    subsets: _Subsets = {}
    for language in task.test.languages:
        source = task.source or language
        parts = {"train": columns(task.train, source), _SPLIT: columns(task.test, language)}
        languages = tuple(dict.fromkeys((source, language)))
        subsets["-".join(languages)] = (languages, parts)
    settings = {"samples_per_label": task.samples_per_label, "n_experiments": task.draws}
    return _made(task, "Classification", subsets, main_score="accuracy", seed=task.seed, **settings)


def _search(task: Search) -> "AbsTask":
    subsets: _Subsets = {}
    for kind, pools in task.subsets.items():
        for pool in pools:
            spoken = dict.fromkeys(task.data.passages.languages[i] or _UNKNOWN for i in pool.passages.tolist())
            languages = tuple(dict.fromkeys((*(pool.languages or [_UNKNOWN]), *spoken)))
            name = "-".join(pool.languages or [_UNKNOWN]) + ("-mixed" if kind == "mixed" else "")
            subsets[name] = (languages, {_SPLIT: _search_data(task, pool)})
    return _made(task, "Retrieval", subsets, main_score="ndcg_at_10")


def _search_data(task: Search, pool: "SearchPool") -> dict[str, Any]:
    """Queries, passages and judgements of a pool, each passage named by its identifier and language."""
    queries, passages = task.data.queries, task.data.passages
    asked = {i: queries.ids[i] for i in pool.queries.tolist()}
    names = {i: f"{passages.ids[i]} {passages.languages[i] or ''}".rstrip() for i in pool.passages.tolist()}
    relevant: dict[str, dict[str, int]] = {query: {} for query in asked.values()}
    for query, passage, grade in task.data.judgements.tolist():
        if grade > 0 and query in asked and passage in names:
            relevant[asked[query]][names[passage]] = grade
    return {
        "queries": {"id": list(asked.values()), "text": [task.query_prefix + queries.texts[i] for i in asked]},
        "corpus": {"id": list(names.values()), "text": [task.passage_prefix + passages.texts[i] for i in names]},
        "relevant_docs": relevant,
        "top_ranked": None,
    }


def _tables(part: Mapping[str, Any]) -> Any:
    """Columns as a table; the tables of a search among what else it needs."""
    from datasets import Dataset

    if "corpus" not in part:
        return Dataset.from_dict(dict(part))
    return {**part, **{side: Dataset.from_dict(part[side]) for side in ("queries", "corpus")}}


def _made(task: Task, kind: str, subsets: _Subsets, *, main_score: str, seed: int = 42, **settings: Any) -> "AbsTask":
    """Make the class that mteb wants, and of it the one object, with its data loaded."""
    with random_states_kept():
        mteb_package()
        from mteb import abstasks
        from mteb.abstasks.task_metadata import TaskMetadata

        data = {subset: parts for subset, (_, parts) in subsets.items()}
        name = re.sub(r"[^\w.-]+", "-", task.name)
        metadata = TaskMetadata(
            name=name,
            description=f"{type(task).__name__} of interlingua: {task.name}",
            dataset={"path": name, "revision": xxhash.xxh3_128_hexdigest(json.dumps(data).encode())},
            type=kind,
            category="t2c" if kind == "Classification" else "t2t",
            eval_splits=[_SPLIT],
            eval_langs={subset: [_mteb_code(code) for code in codes] for subset, (codes, _) in subsets.items()},
            main_score=main_score,
        )
        made = type(f"{kind}Task", (getattr(abstasks, f"AbsTask{kind}"),), {"metadata": metadata, **settings})(seed)
        made.dataset = {
            subset: {split: _tables(part) for split, part in parts.items()} for subset, parts in data.items()
        }
        made.data_loaded = True
    return made


def _mteb_code(language: str) -> str:
    """``eng-Latn`` for ``eng_Latn``; mteb does not tell variants of a language apart."""
    return language.partition("-")[0].replace("_", "-")
