"""xSIM++: the search of xSIM among targets that were changed just enough to be wrong."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.errors import EvaluationError, MiningError
from interlingua.evaluation.columns import Column, Ids, PairedColumns
from interlingua.evaluation.encoding import EncodedTexts, encode_texts
from interlingua.evaluation.metrics import accuracy, undefined
from interlingua.evaluation.pairs import Pair, language_pairs
from interlingua.evaluation.task import score_signature, to_score
from interlingua.evaluation.xsim import check_margin, mean_error
from interlingua.languages import canonical
from interlingua.mining import MarginName, margin_candidates
from interlingua.types import Encoder, Sample, Score

if TYPE_CHECKING:
    from interlingua.corpus import Corpus
    from interlingua.corpus.negatives import Negative

__all__ = ["MISALIGNED", "XSimPlusPlus"]

MISALIGNED = "Misaligned"
"""The kind of an error that is no changed copy of the translation: another sentence, or a copy of another sentence."""


class XSimPlusPlus:
    """Search every sentence's translation with a margin among all targets and changed copies of them.

    A changed copy differs from its original in a number, a name or a negation, so it is no translation although it is
    almost the same text. What is found is compared as text. Scores, lower being better, from 0 to 1, for every pair:
    an error rate for each kind of copy, as ``number_error_rate``, the share of sentences for which a copy of that kind
    of their own translation was found; ``misaligned_error_rate``; then ``error_rate``, their sum, and after the last of
    several pairs ``macro_error_rate``, its mean.

    Args:
        corpus: The rows.
        negatives: The changed copies, of one language:
            :func:`interlingua.corpus.negatives.read_negatives` reads LASER's for FLORES,
            :func:`interlingua.corpus.negatives.english_negatives` makes some by rules. A copy of a text that a pair
            does not have is left out of the pair's pool.
        target: The language of the copies.
        margin: ``"ratio"``, ``"distance"``, or ``"absolute"``.
        k: Neighbours that are scored, and that the margin looks at.
        split: Part of the corpus; None takes all of it.
        max_rows: Use the first so many rows of every pair.
        name: Name in scores; ``xsim++:CORPUS/SPLIT`` unless given.

    Raises:
        EvaluationError: If there are no copies of the corpus's texts, a setting is unknown, or no pair shares two rows.

    Reference:
        Chen, Heffernan, Çelebi, Mourachko and Schwenk 2023, xSIM++: An Improved Proxy to Bitext Mining Performance for
        Low-Resource Languages. https://aclanthology.org/2023.acl-short.10
    """

    def __init__(
        self,
        corpus: "Corpus",
        negatives: "Sequence[Negative]",
        *,
        target: str = "eng_Latn",
        margin: MarginName = "ratio",
        k: int = 4,
        split: str | None = None,
        max_rows: int | None = None,
        name: str | None = None,
    ) -> None:
        check_margin(margin, k)
        self.corpus = corpus if split is None else corpus.select(split=split)
        self._name = name or f"xsim++:{self.corpus.name}"
        self.target = canonical(target)
        toward = language_pairs(f"{self.target}-xx", self.corpus.languages, data=self._name)
        self._columns = PairedColumns(self.corpus, [(b, a) for a, b in toward], max_rows=max_rows, data=self._name)
        self._columns.check()
        known = set(self._columns.texts[self.target])
        self.negatives = [one for one in negatives if one.original is None or one.original in known]
        if not any(one.original for one in self.negatives):
            raise EvaluationError(
                f"{self._name}: none of {len(negatives):,} changed copies belongs to a {self.target} text of "
                f"{self.corpus.name}; give those made from it"
            )
        self.margin: MarginName = margin
        self.k, self.split, self.max_rows = k, split, max_rows

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield the scores of every pair, then the mean."""
        signature = score_signature(
            encoder,
            data=self.corpus.fingerprint,
            split=self.split,
            negatives=_fingerprint(self.negatives),
            margin=self.margin,
            k=str(self.k),
            match="text",
            rows=str(self.max_rows or "all"),
        )
        copies = encode_texts(encoder, [one.text for one in self.negatives], language=self.target, data=self.name)
        kinds = [*dict.fromkeys(one.kind for one in self.negatives if one.original), MISALIGNED]
        totals = []
        for pair, (source, target) in self._columns.encoded(encoder):
            rows = self._columns.rows[pair]
            found = self._kinds(source, target, copies, rows)
            for kind in kinds:
                yield self._score(found, f"{_slug(kind)}_error_rate", {kind}, pair, signature)
            totals.append(self._score(found, "error_rate", set(kinds), pair, signature))
            yield totals[-1]
        if len(totals) > 1:
            languages = self._columns.languages
            yield mean_error(totals, "macro_error_rate", task=self.name, languages=languages, signature=signature)

    def _kinds(self, source: Column, target: Column, copies: EncodedTexts, rows: Ids) -> "tuple[Ids, list[str]] | str":
        """Return what kind of error each row makes, "" where it makes none; or why that is not defined."""
        if len(rows) < 2:
            return f"undefined: the pair shares {len(rows)} row{'' if len(rows) == 1 else 's'}"
        texts = [self._columns.texts[self.target][row] for row in rows]
        here = set(texts)
        pool = np.array([i for i, one in enumerate(self.negatives) if one.original is None or one.original in here])
        vectors = np.concatenate([target.rows(rows), copies.vectors[copies.ids[pool.astype(np.int64)]]])
        try:
            found, _ = margin_candidates(source.rows(rows), vectors, k=self.k, margin=self.margin)
        except MiningError as error:
            return f"undefined: {error}"
        kinds = []
        for text, place in zip(texts, found.best()[0].tolist(), strict=True):
            chosen = None if place < len(rows) else self.negatives[pool[place - len(rows)]]
            kinds.append(_kind(text, texts[place] if chosen is None else chosen.text, chosen))
        return rows, kinds

    def _score(
        self, found: "tuple[Ids, list[str]] | str", metric: str, kinds: set[str], pair: Pair, signature: str
    ) -> Score:
        samples: list[Sample] = []
        if isinstance(found, str):
            estimate = undefined(len(self._columns.rows[pair]), found)
        else:
            errors: NDArray[np.float64] = np.array([kind in kinds for kind in found[1]], dtype=np.float64)
            estimate = accuracy(errors)
            samples = [Sample(statistic="mean", items=errors, units=found[0], languages=pair)]
        return to_score(
            estimate,
            task=self.name,
            metric=metric,
            languages=pair,
            signature=signature,
            higher_is_better=False,
            samples=samples,
        )


def _kind(gold: str | None, chosen: str | None, copy: "Negative | None") -> str:
    if chosen == gold:
        return ""
    return copy.kind if copy is not None and copy.original == gold else MISALIGNED


def _slug(kind: str) -> str:
    return re.sub(r"\W+", "_", kind.lower()).strip("_")


def _fingerprint(negatives: "Sequence[Negative]") -> str:
    digest = xxhash.xxh3_128()
    for one in negatives:
        digest.update("\0".join([one.text, one.original or "", one.kind, ""]).encode())
    counts = Counter(one.kind for one in negatives)
    return f"{sum(counts.values())}/{digest.hexdigest()[:12]}"
