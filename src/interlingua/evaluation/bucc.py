"""BUCC: finding the pairs hidden in two piles of sentences, by the protocols that papers report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.errors import EvaluationError, MiningError
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.metrics import mean_ratio, ratio, undefined
from interlingua.evaluation.task import incomplete, score_signature, to_score
from interlingua.evaluation.xsim import check_margin
from interlingua.languages import canonical
from interlingua.mining import MarginName, mine
from interlingua.types import Encoder, Sample, Score

if TYPE_CHECKING:
    from interlingua.corpus.bucc import Piles

__all__ = ["BuccMining", "MiningProtocol", "best_threshold", "chosen_pairs"]

MiningProtocol: TypeAlias = Literal["laser", "xtreme", "oracle"]

Numbers = NDArray[np.float64]


class _Splits(NamedTuple):
    """Where the threshold is chosen, where it is used, and whether equal lines are merged."""

    tune: str
    report: str
    unify: bool


_PROTOCOLS: dict[str, _Splits] = {
    "laser": _Splits("training", "training", unify=True),
    "xtreme": _Splits("sample", "training", unify=False),
    "oracle": _Splits("sample", "sample", unify=False),
}


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Mined pairs, highest score first: their source line, their score, and whether they are true."""

    source: NDArray[np.int64]
    score: Numbers
    right: NDArray[np.bool_]


class BuccMining:
    """Mine pairs out of two piles by margin, keep those above a threshold, and compare them with the true ones.

    The protocols differ in where the threshold comes from, and must not be compared with each other. ``"laser"``:
    chosen and used on the training files; equal lines are merged, and a sentence that occurs more than once is never
    extracted. ``"xtreme"``: chosen on the sample files, used on the training files. ``"oracle"``: chosen and used on
    the sample files, so the number is an upper bound; WACSE and mSimCSE report it. For MTEB's, which has no threshold,
    see :class:`interlingua.evaluation.BuccRetrieval`.

    For every pair of languages ``precision``, ``recall`` and ``f1`` of the extracted pairs, with the threshold in the
    note; after the last of several ``macro_f1``, the mean. Where no mined pair of the tuning files is true, everything
    is extracted. Undefined, with a note, where the margin is not.

    Args:
        folder: Files ``xx-en.training.xx``, ``xx-en.training.en``, ``xx-en.training.gold`` and the same of ``sample``;
            see :func:`interlingua.corpus.bucc.read_bucc`.
        protocol: ``"laser"``, ``"xtreme"`` or ``"oracle"``.
        languages: Only pairs of these; None for all that are there.
        margin: ``"ratio"``, ``"distance"``, or ``"absolute"``.
        k: Neighbours that are scored, and that the margin looks at.
        name: Name in scores; ``bucc-PROTOCOL:FOLDER`` unless given.

    Raises:
        CorpusError: There are no such files.
        EvaluationError: If there is no such protocol or margin, or no pair of the languages.

    Reference:
        Zweigenbaum, Sharoff and Rapp 2018, Overview of the Third BUCC Shared Task,
        http://lrec-conf.org/workshops/lrec2018/W8/pdf/12_W8.pdf; Artetxe and Schwenk 2019, Margin-based Parallel Corpus
        Mining with Multilingual Sentence Embeddings. https://aclanthology.org/P19-1309
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        protocol: MiningProtocol = "xtreme",
        languages: Sequence[str] | None = None,
        margin: MarginName = "ratio",
        k: int = 4,
        name: str | None = None,
    ) -> None:
        if protocol not in get_args(MiningProtocol):
            raise EvaluationError(f"protocol is {protocol!r}; it must be 'laser', 'xtreme' or 'oracle'")
        check_margin(margin, k)
        self.folder, self.protocol, self.k = Path(folder), protocol, k
        self.margin: MarginName = margin
        self._name = name or f"bucc-{protocol}:{self.folder.name}"
        self.splits = _PROTOCOLS[protocol]
        self.pairs = chosen_pairs(self.folder, self.splits.report, languages, data=self._name)
        if self.splits.tune != self.splits.report:
            chosen_pairs(self.folder, self.splits.tune, languages, data=self._name)

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield precision, recall and F1 of every pair, then the mean of F1."""
        totals: list[Score] = []
        fingerprints: list[str] = []
        units = 0
        for pair in self.pairs:
            tune, report = self._piles(*pair)
            fingerprints.append(report.fingerprint if tune is report else tune.fingerprint + report.fingerprint)
            signature = self._signature(encoder, fingerprints[-1:])
            scores = list(self._pair(encoder, tune, report, signature=signature, first_unit=units))
            yield from scores
            totals.append(scores[-1])
            units += len(report.source)
        if len(totals) > 1:
            yield self._mean(totals, signature=self._signature(encoder, fingerprints))

    def _piles(self, source: str, target: str) -> "tuple[Piles, Piles]":
        from interlingua.corpus.bucc import read_bucc

        report = read_bucc(self.folder, source, target, self.splits.report)
        if self.splits.tune == self.splits.report:
            return report, report
        return read_bucc(self.folder, source, target, self.splits.tune), report

    def _pair(
        self, encoder: Encoder, tune: "Piles", report: "Piles", *, signature: str, first_unit: int
    ) -> Iterator[Score]:
        items: dict[str, Numbers | None] = dict.fromkeys(("precision", "recall", "f1"))
        try:
            tuned = self._mined(encoder, tune)
            threshold = best_threshold(tuned.score, tuned.right, gold=len(tune.gold))
            items |= _items(tuned if tune is report else self._mined(encoder, report), report, threshold)
            note = f"threshold {threshold:.4f}, chosen on {tune.name}"
            note = note if np.isfinite(threshold) else f"no threshold: no mined pair of {tune.name} is true"
        except MiningError as error:
            note = f"undefined: {error}"
        for metric, counts in items.items():
            estimate = undefined(0, note) if counts is None else ratio(counts)
            samples = []
            if counts is not None and np.isfinite(estimate.value):
                estimate = replace(estimate, note=note)
                units = first_unit + np.arange(len(counts))
                samples = [Sample(statistic="ratio", items=counts, units=units, languages=report.languages)]
            yield to_score(
                estimate,
                task=self.name,
                metric=metric,
                languages=report.languages,
                signature=signature,
                samples=samples,
            )

    def _mined(self, encoder: Encoder, piles: "Piles") -> _Candidates:
        pools, lines = [], []
        for texts, language in zip((piles.source, piles.target), piles.languages, strict=True):
            encoded = encode_texts(encoder, texts, language=language, data=piles.name)
            pools.append(encoded.vectors if self.splits.unify else encoded.vectors[encoded.ids])
            lines.append(_only_line(encoded.ids) if self.splits.unify else np.arange(len(texts)))
        mined = mine(*pools, k=self.k, margin=self.margin)
        source, target = lines[0][mined.source], lines[1][mined.target]
        known = (source >= 0) & (target >= 0)
        source, target = source[known], target[known]
        width = len(piles.target)
        right = np.isin(source * width + target, piles.gold[:, 0] * width + piles.gold[:, 1])
        return _Candidates(source=source, score=mined.score[known], right=right)

    def _mean(self, totals: Sequence[Score], *, signature: str) -> Score:
        samples = [sample for score in totals for sample in score.samples]
        estimate = undefined(0, incomplete(len(samples), len(totals)))
        if len(samples) == len(totals):
            estimate = mean_ratio([(sample.units, sample.items) for sample in samples])
        return to_score(
            estimate,
            task=self.name,
            metric="macro_f1",
            languages=tuple(dict.fromkeys(language for score in totals for language in score.languages)),
            signature=signature,
            samples=samples if np.isfinite(estimate.value) else [],
        )

    def _signature(self, encoder: Encoder, fingerprints: Sequence[str]) -> str:
        tune, report, unify = self.splits
        return score_signature(
            encoder,
            data=xxhash.xxh3_128_hexdigest("|".join(fingerprints).encode()),
            split=report,
            protocol=self.protocol,
            threshold=tune,
            margin=self.margin,
            k=str(self.k),
            retrieval="max",
            equal_lines="merged" if unify else "kept",
        )


def best_threshold(scores: Numbers, right: NDArray[np.bool_], *, gold: int) -> float:
    r"""Return the score from which on extracting gives the highest F1.

    .. math:: F_1 = \frac{2 \, correct}{extracted + gold}

    It lies halfway between the last score that is extracted and the next; where all are, at the last. Equal scores are
    extracted together; of equally good thresholds the highest is taken.

    Args:
        scores: Of the candidates, highest first, shape ``(n,)``.
        right: Whether each is a true pair, shape ``(n,)``.
        gold: How many true pairs there are.

    Returns:
        The threshold; minus infinity where no candidate is a true pair.

    Example:
        >>> best_threshold(np.array([1.3, 1.2, 1.1, 1.0]), np.array([True, True, False, False]), gold=2)
        1.15
    """
    if not right.any():
        return -np.inf
    ends = np.flatnonzero(np.append(scores[1:] < scores[:-1], True))
    f1 = 2 * np.cumsum(right)[ends] / (ends + 1 + gold)
    last = int(ends[f1.argmax()])
    return float(scores[last] if last + 1 == len(scores) else (scores[last] + scores[last + 1]) / 2)


def chosen_pairs(folder: Path, split: str, languages: Sequence[str] | None, *, data: str) -> list[tuple[str, str]]:
    """Return the pairs of a split, as the files write them, of which both languages are wanted.

    Raises:
        CorpusError: There are no such files.
        EvaluationError: If none is left.
    """
    from interlingua.corpus.bucc import bucc_pairs

    there = bucc_pairs(folder, split)
    if languages is None:
        return there
    wanted = {canonical(language) for language in languages}
    pairs = [pair for pair in there if wanted.issuperset(map(canonical, pair))]
    if not pairs:
        raise EvaluationError(
            f"{data} has no pair of {', '.join(languages)} in its {split} files, only "
            f"{', '.join('-'.join(pair) for pair in there)}"
        )
    return pairs


def _items(candidates: _Candidates, piles: "Piles", threshold: float) -> dict[str, Numbers]:
    """Return what every source sentence adds to precision, recall and F1: above the line, and below."""
    kept = candidates.score >= threshold
    extracted, right = (
        np.bincount(candidates.source[chosen], minlength=len(piles.source)).astype(np.float64)
        for chosen in (kept, kept & candidates.right)
    )
    gold = np.bincount(piles.gold[:, 0], minlength=len(piles.source)).astype(np.float64)
    return {
        "precision": np.stack([right, extracted], axis=1),
        "recall": np.stack([right, gold], axis=1),
        "f1": np.stack([2 * right, extracted + gold], axis=1),
    }


def _only_line(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the line of every distinct text; -1 where there are several."""
    _, first, times = np.unique(ids, return_index=True, return_counts=True)
    return np.where(times == 1, first, -1)
