"""Search: does a query find the passages that answer it, in its language, in another, and among all languages?"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.intervals import bootstrap_mean, bootstrap_means
from interlingua.evaluation.metrics import Estimate, undefined
from interlingua.evaluation.ranking import ndcg, recall, reciprocal_rank, top_candidates
from interlingua.evaluation.search_pools import POOLS, PoolName, SearchPool, by_language, search_pools
from interlingua.evaluation.task import incomplete, score_signature, to_score
from interlingua.types import Encoder, Sample, Score, Vectors

if TYPE_CHECKING:
    from interlingua.corpus import SearchSet, SearchTexts

__all__ = ["Search"]

Ids = NDArray[np.int64]
Ranked: TypeAlias = tuple[Ids, Ids, NDArray[np.float64], NDArray[np.float64]]
"""Queries asked; the passages each found; their grades; all grades of the query from the highest down."""

_DEPTH = 100
_PREFIXES = {"same": "", "cross": "cross_", "mixed": "mixed_"}
_METRICS = {"mrr@10": reciprocal_rank, "recall@100": recall, "ndcg@10": ndcg}


class Search:
    """Rank passages by cosine with each query, and see how high those stand that answer it.

    Three kinds of pools, each with ``mrr@10``, ``recall@100`` and ``ndcg@10`` for every query language:

    - ``same``: the passages of the query's own language (``ndcg@10``);
    - ``cross``: those of another language, for every pair of two (``cross_ndcg@10``);
    - ``mixed``: those of all languages together (``mixed_ndcg@10``), where a translation of a passage that answers the
      query answers it too. Language bias shows only here: before them stands ``own_language_share@10``, the share of
      the first ten in the query's language, beside ``own_language_pool``, that language's share of the pool.

    After several of a kind ``macro_...``, their mean. The last score is the ``ndcg@10`` of the last kind asked for.

    Queries without a relevant passage in a pool are left out, and a note says how many. Equally near passages stand in
    descending order of identifier, as in trec_eval. Intervals: bootstrap over queries, those of one identifier drawn
    together in all languages.

    Args:
        data: Queries, passages and judgements.
        pools: Kinds of pools; None for those that the languages and the judgements allow.
        query_prefix: Put before every query, after what the encoder itself puts before every text.
        passage_prefix: Put before every passage.
        name: Name in scores; ``search:SET`` unless given.

    Raises:
        EvaluationError: If no query has a relevant passage, or none in a kind of pool that was asked for.

    Reference:
        Thakur, Reimers, Rücklé, Srivastava, Gurevych 2021, BEIR. https://arxiv.org/abs/2104.08663; Roy, Constant,
        Al-Rfou, Barua, Phillips, Yang 2020, LAReQA: Language-Agnostic Answer Retrieval from a Multilingual Pool.
        https://aclanthology.org/2020.emnlp-main.477
    """

    def __init__(
        self,
        data: "SearchSet",
        *,
        pools: Sequence[PoolName] | None = None,
        query_prefix: str = "",
        passage_prefix: str = "",
        name: str | None = None,
    ) -> None:
        self.data = data
        self._name = name or f"search:{data.name}"
        self.query_prefix, self.passage_prefix = query_prefix, passage_prefix
        for kind in pools or ():
            if kind not in POOLS:
                raise EvaluationError(f"{self._name}: pool {kind!r} is none of {', '.join(POOLS)}")
        if not (data.judgements[:, 2] > 0).any():
            raise EvaluationError(f"{self._name}: no query has a relevant passage; look at the judgements")
        _, self._units = np.unique(data.queries.ids, return_inverse=True)
        self.subsets = self._subsets(pools)

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield the scores of every pool, kind by kind."""
        queries = self._encode(encoder, self.data.queries, self.query_prefix)
        passages = self._encode(encoder, self.data.passages, self.passage_prefix)
        score = partial(to_score, task=self.name, signature=self._signature(encoder))
        grades = self._grades()
        for kind, pools in self.subsets.items():
            ranked = [self._rank(pool, queries, passages, grades) for pool in pools]
            if kind == "mixed":
                yield from self._bias(pools, ranked, score=score)
            for metric, measure in _METRICS.items():
                yield from self._scores(pools, ranked, measure, metric=_PREFIXES[kind] + metric, score=score)

    def _scores(
        self,
        pools: Sequence[SearchPool],
        ranked: Sequence[Ranked],
        measure: Callable[..., NDArray[np.float64]],
        *,
        metric: str,
        score: Callable[..., Score],
    ) -> Iterator[Score]:
        samples: list[Sample] = []
        for pool, (asked, _, found, judged) in zip(pools, ranked, strict=True):
            if len(pool.passages) > 1:
                items, units = measure(found, judged), self._units[asked]
                samples.append(Sample(statistic="mean", items=items, units=units, languages=pool.languages))
        measured = zip(samples, bootstrap_means(samples), strict=True)
        for pool, (asked, *_) in zip(pools, ranked, strict=True):
            if len(pool.passages) < 2:
                alone = undefined(len(asked), "undefined: a pool of one passage cannot be missed")
                yield score(alone, metric=metric, languages=pool.languages)
                continue
            sample, estimate = next(measured)
            noted = _noted(estimate, left_out=len(pool.queries) - len(asked))
            yield score(noted, metric=metric, languages=pool.languages, samples=[sample])
        if len(pools) > 1:
            yield _macro(pools, samples, metric=metric, score=score)

    def _bias(
        self, pools: Sequence[SearchPool], ranked: Sequence[Ranked], *, score: Callable[..., Score]
    ) -> Iterator[Score]:
        """Yield how much of the first ten is in the query's language, and how much of the pool."""
        spoken = np.array(self.data.passages.languages, dtype=object)
        for pool, (asked, found, _, _) in zip(pools, ranked, strict=True):
            own = spoken[pool.passages] == (pool.languages[0] if pool.languages else "")
            if not own.any():
                continue
            items = (spoken[found[:, :10]] == pool.languages[0]).mean(axis=1)
            sample = Sample(statistic="mean", items=items, units=self._units[asked], languages=pool.languages)
            whole = Estimate(value=float(own.mean()), low=np.nan, high=np.nan, n=len(own))
            for metric, estimate, samples in (
                ("own_language_pool", whole, ()),
                ("own_language_share@10", bootstrap_mean([sample]), (sample,)),
            ):
                yield score(estimate, metric=metric, languages=pool.languages, samples=samples, higher_is_better=False)

    def _rank(self, pool: SearchPool, queries: Vectors, passages: Vectors, grades: Any) -> Ranked:
        within = grades[pool.queries][:, pool.passages]
        relevant = np.asarray(within.sum(axis=1)).ravel() > 0
        asked, within = pool.queries[relevant], within[relevant]
        best = top_candidates(queries[asked], passages[pool.passages], k=_DEPTH)
        rows = np.repeat(np.arange(len(asked)), best.shape[1])
        found = np.asarray(within[rows, best.ravel()]).reshape(best.shape)
        judged = np.zeros((len(asked), int(np.diff(within.indptr).max(initial=0))))
        for i in range(len(asked)):
            own = within.data[within.indptr[i] : within.indptr[i + 1]]
            judged[i, : len(own)] = np.sort(own)[::-1]
        return asked, pool.passages[best], found, judged

    def _grades(self) -> Any:
        """Return the grades above 0 as a sparse matrix of queries and passages."""
        from scipy.sparse import csr_matrix

        rows = self.data.judgements[self.data.judgements[:, 2] > 0]
        shape = (len(self.data.queries), len(self.data.passages))
        return csr_matrix((rows[:, 2].astype(np.float64), (rows[:, 0], rows[:, 1])), shape=shape)

    def _subsets(self, pools: Sequence[PoolName] | None) -> dict[PoolName, list[SearchPool]]:
        """Return the pools of every kind."""
        found = {kind: list(search_pools(self.data, kind)) for kind in pools or POOLS}
        if pools is None:
            if len(set(self.data.passages.languages)) < 2:
                del found["mixed"]  # the same again
            return {kind: made for kind, made in found.items() if made}
        for kind, made in found.items():
            if not made:
                raise EvaluationError(
                    f"{self._name}: no query has a relevant passage in a pool of kind {kind!r}; leave it out, or take "
                    "other languages"
                )
        return found

    def _encode(self, encoder: Encoder, texts: "SearchTexts", prefix: str) -> Vectors:
        vectors: Vectors | None = None
        for language, places in by_language(texts).items():
            wanted = [prefix + texts.texts[i] for i in places]
            encoded = encode_texts(encoder, wanted, language=language, data=self.name)
            if vectors is None:
                vectors = np.empty((len(texts), encoded.vectors.shape[1]), dtype=np.float32)
            vectors[places] = encoded.vectors[encoded.ids]
        return np.empty((0, 0), dtype=np.float32) if vectors is None else vectors

    def _signature(self, encoder: Encoder) -> str:
        return score_signature(
            encoder,
            data=self.data.fingerprint,
            split=self.data.name.partition("/")[2] or None,
            ties="id",
            query_prefix=quote(self.query_prefix) or "none",
            passage_prefix=quote(self.passage_prefix) or "none",
        )


def _noted(estimate: Estimate, *, left_out: int) -> Estimate:
    if not left_out:
        return estimate
    note = f"{left_out:,} of {left_out + estimate.n:,} queries have no relevant passage in the pool and are left out"
    return Estimate(value=estimate.value, low=estimate.low, high=estimate.high, n=estimate.n, note=note)


def _macro(
    pools: Sequence[SearchPool], samples: Sequence[Sample], *, metric: str, score: Callable[..., Score]
) -> Score:
    languages = tuple(dict.fromkeys(language for pool in pools for language in pool.languages))
    if len(samples) < len(pools):
        return score(undefined(0, incomplete(len(samples), len(pools))), metric=f"macro_{metric}", languages=languages)
    return score(bootstrap_mean(samples), metric=f"macro_{metric}", languages=languages, samples=samples)
