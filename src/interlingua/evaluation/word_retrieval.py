"""Word translation retrieval: is the nearest word of the other language a translation?"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from interlingua.errors import EvaluationError
from interlingua.evaluation.both_ways import both_ways_scores, macro_accuracy_score
from interlingua.evaluation.metrics import Estimate, mean_accuracy, undefined
from interlingua.evaluation.nearest_words import Wanted, word_hits
from interlingua.evaluation.task import score_signature
from interlingua.evaluation.words import aligned_sets, fingerprint_of, sentence_units, word_encoder
from interlingua.types import Encoder, Sample, Score, Vectors

if TYPE_CHECKING:
    from interlingua.words.gold import AlignedPairs

__all__ = ["WordRetrieval"]

_Side = tuple[Vectors, NDArray[np.bool_]]
"""A vector for every word, shape ``(words, dim)``, and which words have one; the others' are zero."""

_Group = tuple[NDArray[np.int64], NDArray[np.float64]]
"""For every query the unit it is drawn with, and its hit."""


class WordRetrieval:
    """Find the translation of each linked word among all words of the other language, in both directions, by cosine.

    ``by="context"``: a query is a word where it stands, the pool is every word of the other side's sentences, and a hit
    is a word that the query is linked to. The vector of a word is the mean of its subwords' states in a layer.

    ``by="type"``: a query is a form of which a lexicon knows the translation, the pool is every form of the other side,
    and a hit is the form that the query's is linked with most often, at least ``min_count`` times. Only forms with a
    letter are asked for. The vector of a form is the mean of its subwords' rows in the input embedding table, so
    nothing depends on context.

    Scores, in this order: for each language pair ``accuracy`` from the first language to the second, from the second to
    the first, and ``mean_accuracy`` of the two; after the last of several pairs ``macro_accuracy``. Words that share
    the highest cosine share the hit. A word without a vector (cut off by the maximum length, or normalised away) is
    missed, as a query and as a translation.

    Intervals: Wilson at the effective number of trials (:func:`interlingua.evaluation.metrics.mean_accuracy`). Words
    of one sentence are drawn together in context, forms one by one; ``n`` counts what is drawn: sentences, or forms.

    Args:
        links: Sentence pairs with links, gold or silver; of one language pair or of several.
        by: ``context`` or ``type``.
        layer: In context, whose states, as for :class:`interlingua.words.WordEncoder`.
        max_pairs: In context, use the first so many sentence pairs of every language pair.
        min_count: By type, how often a translation must be linked to be in the lexicon.
        name: Name in scores; ``word-retrieval:LINKS`` or ``lexicon:LINKS`` unless given.

    Raises:
        EvaluationError: If there are no pairs, or a setting does not fit.

    Reference:
        Cao, Kitaev, Klein 2020, Multilingual Alignment of Contextual Word Representations.
        https://arxiv.org/abs/2002.03518. Conneau, Lample, Ranzato, Denoyer, Jégou 2018, Word Translation Without
        Parallel Data. https://arxiv.org/abs/1710.04087
    """

    def __init__(
        self,
        links: "AlignedPairs | Sequence[AlignedPairs]",
        *,
        by: Literal["context", "type"] = "context",
        layer: int | None = None,
        max_pairs: int = 500,
        min_count: int = 2,
        name: str | None = None,
    ) -> None:
        if by not in ("context", "type"):
            raise EvaluationError(f"by is {by!r}; it must be 'context' or 'type'")
        if by == "type" and layer is not None:
            raise EvaluationError("by type, vectors come from the input embedding table; leave out `layer`")
        if max_pairs < 1 or min_count < 1:
            raise EvaluationError(f"max_pairs is {max_pairs} and min_count {min_count}; both must be 1 or more")
        self.sets = aligned_sets(links)
        kind = "word-retrieval" if by == "context" else "lexicon"
        self._name = name or f"{kind}:" + "+".join(dict.fromkeys(one.name for one in self.sets))
        self.by, self.layer, self.max_pairs, self.min_count = by, layer, max_pairs, min_count

    @property
    def name(self) -> str:
        """Name used in scores and logs."""
        return self._name

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Yield the scores of every language pair, then their mean.

        Raises:
            EvaluationError: If the encoder has no word states.
        """
        model, prefix = word_encoder(encoder, task=self.name)
        signature = score_signature(
            encoder, data=fingerprint_of(self.sets), split=self.sets[0].name.partition("/")[2] or None, **self._settings
        )
        units = sentence_units(self.sets)
        samples: list[Sample] = []
        for number, one in enumerate(self.sets):
            groups = self._groups(one, units[number], model, prefix)
            estimates = _estimates(groups)
            apart = 0 if self.by == "context" else number << 32  # forms of two pairs are not drawn together
            both = _samples(one.languages, groups, apart) if np.isfinite(estimates[0].value) else []
            samples += both
            yield from both_ways_scores(one.languages, estimates, both, task=self.name, signature=signature)
        if len(self.sets) > 1:
            yield macro_accuracy_score(
                samples,
                wanted=len(self.sets),
                task=self.name,
                languages=tuple(dict.fromkeys(language for one in self.sets for language in one.languages)),
                signature=signature,
            )

    @property
    def _settings(self) -> dict[str, str]:
        if self.by == "type":
            return {"by": "type", "min_count": str(self.min_count), "ties": "shared"}
        layer = "default" if self.layer is None else str(self.layer)
        return {"by": "context", "layer": layer, "pairs": str(self.max_pairs), "ties": "shared"}

    def _groups(
        self, one: "AlignedPairs", units: NDArray[np.int64], model: Any, prefix: str | None
    ) -> tuple[_Group, _Group]:
        """Queries' units and hits, in both directions."""
        if self.by == "type":
            return self._by_type(one, model)
        links = one.links[: self.max_pairs]
        begins = [np.cumsum([0, *map(len, words)]) for words in ([x.source for x in links], [x.target for x in links])]
        linked = np.concatenate(
            [x.pairs + np.array([a, b]) for x, a, b in zip(links, *(b[:-1] for b in begins), strict=True)]
        )
        sides = self._states(one, model, prefix)
        found = []
        for way in (1, -1):
            wanted = Wanted.of(linked[:, ::way])
            sentences = np.searchsorted(begins[::way][0], wanted.queries, side="right") - 1
            (queries, _), (pool, known) = sides[::way]
            found.append((units[sentences], word_hits(queries, pool, known, wanted)))
        return found[0], found[1]

    def _states(self, one: "AlignedPairs", model: Any, prefix: str | None) -> list[_Side]:
        from interlingua.words import WordEncoder

        encoder = WordEncoder(model, layer=self.layer, prefix=prefix)
        pairs = one.pairs[: self.max_pairs]
        sides: list[_Side] = []
        for texts, words in (
            ([pair.source for pair in pairs], [pair.source_words for pair in pairs]),
            ([pair.target for pair in pairs], [pair.target_words for pair in pairs]),
        ):
            states = encoder.encode(texts, words)
            known = states.known
            vectors = np.zeros((len(known), states.vectors.shape[1]), dtype=np.float32)
            vectors[known] = states.vectors[states.ranges[known, 0]]
            sides.append((vectors, known))
        return sides

    def _by_type(self, one: "AlignedPairs", model: Any) -> tuple[_Group, _Group]:
        from interlingua.words.lexicon import form_vectors, lexicon

        found = lexicon(one, min_count=self.min_count)
        source, target = form_vectors(model, found.source), form_vectors(model, found.target)
        forward, backward = Wanted.of(found.forward), Wanted.of(found.backward)
        places = np.arange(len(forward.queries) + len(backward.queries), dtype=np.int64)
        return (
            (places[: len(forward.queries)], word_hits(source[0], *target, forward)),
            (places[len(forward.queries) :], word_hits(target[0], *source, backward)),
        )


def _estimates(both: tuple[_Group, _Group]) -> list[Estimate]:
    """Of both directions, and of their mean."""
    if not all(len(hits) for _, hits in both):
        return [undefined(0, "undefined: no word has a translation to look for")] * 3
    return [*(mean_accuracy([one]) for one in both), mean_accuracy(both)]


def _samples(languages: tuple[str, str], both: tuple[_Group, _Group], apart: int) -> list[Sample]:
    return [
        Sample(statistic="mean", items=hits[:, None], units=units + apart, languages=spoken)
        for (units, hits), spoken in zip(both, (languages, languages[::-1]), strict=True)
    ]
