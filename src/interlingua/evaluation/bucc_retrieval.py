"""BUCC as MTEB has it: the translation of every gold sentence, found without a threshold."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.bucc import chosen_pairs
from interlingua.evaluation.encoding import encode_texts
from interlingua.evaluation.hits import first_nearest
from interlingua.evaluation.metrics import accuracy, f1_shares, mean_accuracy
from interlingua.evaluation.task import score_signature, to_score
from interlingua.types import Encoder, Sample, Score

if TYPE_CHECKING:
    from interlingua.corpus.bucc import Piles

__all__ = ["BuccRetrieval"]


class BuccRetrieval:
    """Find the translation of every source sentence that has one, by cosine, from source to target.

    ``version="v1"``: among all target sentences. ``"v2"``: among those that are somebody's translation, which is much
    easier. Of equally near ones the first in the file is taken. For every pair of languages ``accuracy``, then ``f1``,
    weighted by label; after the last of several their means ``macro_accuracy`` and ``macro_f1``.

    Args:
        folder: Files ``xx-en.SPLIT.xx``, ``xx-en.SPLIT.en``, ``xx-en.SPLIT.gold``; see
            :func:`interlingua.corpus.bucc.read_bucc`.
        version: ``"v1"`` or ``"v2"``.
        languages: Only pairs of these; None for all that are there.
        split: Which files; MTEB's are ``training``.
        name: Name in scores; ``bucc-mteb-VERSION:FOLDER`` unless given.

    Raises:
        CorpusError: There are no such files.
        EvaluationError: If there is no such version, or no pair of the languages.

    Reference:
        Muennighoff, Tazi, Magne, Reimers 2023, MTEB: Massive Text Embedding Benchmark.
        https://aclanthology.org/2023.eacl-main.148
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        version: Literal["v1", "v2"] = "v1",
        languages: Sequence[str] | None = None,
        split: str = "training",
        name: str | None = None,
    ) -> None:
        if version not in ("v1", "v2"):
            raise EvaluationError(f"version is {version!r}; it must be 'v1' or 'v2'")
        self.folder, self.version, self.split = Path(folder), version, split
        self._name = name or f"bucc-mteb-{version}:{self.folder.name}"
        self.pairs = chosen_pairs(self.folder, split, languages, data=self._name)

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield accuracy and F1 of every pair, then their means."""
        from interlingua.corpus.bucc import read_bucc

        fingerprints: list[str] = []
        samples: dict[str, list[Sample]] = {"accuracy": [], "f1": []}
        units = 0
        for source, target in self.pairs:
            piles = read_bucc(self.folder, source, target, self.split)
            fingerprints.append(piles.fingerprint)
            for metric, items in self._items(encoder, piles).items():
                sample = Sample(
                    statistic="mean", items=items, units=units + piles.gold[:, 0], languages=piles.languages
                )
                samples[metric].append(sample)
                yield self._score(encoder, metric, [sample], fingerprints[-1:])
            units += len(piles.source)
        if len(self.pairs) > 1:
            for metric, every in samples.items():
                yield self._score(encoder, f"macro_{metric}", every, fingerprints)

    def _items(self, encoder: Encoder, piles: "Piles") -> dict[str, NDArray[np.float64]]:
        """Return what every gold pair adds to accuracy and F1."""
        asked, labels = piles.gold.T
        pool = np.arange(len(piles.target)) if self.version == "v1" else np.unique(labels)
        queries, candidates = (
            encode_texts(encoder, [texts[i] for i in lines], language=language, data=piles.name)
            for texts, lines, language in zip((piles.source, piles.target), (asked, pool), piles.languages, strict=True)
        )
        chosen, _ = first_nearest(queries.vectors[queries.ids], candidates.vectors[candidates.ids])
        found = pool[chosen]
        return {"accuracy": (found == labels).astype(np.float64), "f1": f1_shares(labels, found)}

    def _score(self, encoder: Encoder, metric: str, samples: Sequence[Sample], fingerprints: Sequence[str]) -> Score:
        one = accuracy(samples[0].items[:, 0])
        mean = one if len(samples) == 1 else mean_accuracy([(sample.units, sample.items[:, 0]) for sample in samples])
        return to_score(
            mean,
            task=self.name,
            metric=metric,
            languages=tuple(dict.fromkeys(language for sample in samples for language in sample.languages)),
            signature=score_signature(
                encoder,
                data=xxhash.xxh3_128_hexdigest("|".join(fingerprints).encode()),
                split=self.split,
                protocol=f"mteb-{self.version}",
                match="index",
                ties="first",
                direction="source-target",
            ),
            samples=samples,
        )
