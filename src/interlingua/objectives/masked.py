"""Predicting hidden tokens: of the text itself (MLM), of a text and its translation (TLM), of a linked word (AWP)."""

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from interlingua.errors import ObjectiveError
from interlingua.objectives.base import EncodedCells, Objective, one_of
from interlingua.objectives.corruption import BatchTokens, Corrupted, Ids, PairLinks, Vocabulary
from interlingua.objectives.pool import process_count, sum_over_processes
from interlingua.objectives.tokens import prediction_losses

__all__ = [
    "AlignedWordPrediction",
    "MaskedLanguageModelling",
    "Predictor",
    "TranslationLanguageModelling",
    "predictors",
]


class Predictor(Objective):
    """An objective that hides tokens, has the texts encoded once more, and predicts what was hidden.

    `corrupt` runs where batches are made and says what to hide; the loss sees the states at those places.

    Attributes:
        name: Of the loss.
        key: Name of its predictions in a batch; two predictors of one sum have two.
    """

    needs: ClassVar[frozenset[str]] = frozenset({"predictions", "head"})
    uses_vectors = False
    name: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.key = self.name

    @abstractmethod
    def corrupt(self, tokens: BatchTokens) -> Corrupted:
        """Say what is hidden, and what is to be predicted in its place."""

    def forward(self, cells: EncodedCells) -> dict[str, Tensor]:
        """Return the weighted cross-entropies divided by their total, under the objective's name."""
        made = None if cells.predictions is None else cells.predictions.get(self.key)
        if made is None or cells.head is None:
            raise ObjectiveError(
                f"{type(self).__name__} needs texts with hidden tokens and a head to predict them with, and the batch "
                "has none: train with `MultiwayTrainer` or a recipe"
            )
        losses = prediction_losses(cells.head, made.states, made.labels)
        total = sum_over_processes(losses.new_tensor(made.total)).clamp(min=1e-12)
        loss = (losses * made.weights.to(losses)).sum() / total * process_count()
        return {self.name: loss if made.anchor is None else loss + made.anchor}


class MaskedLanguageModelling(Predictor):
    r"""Predict tokens that are hidden in the text.

    A share of the tokens is chosen; 80 % of them are masked, 10 % become another token, 10 % stay. The loss is the mean
    over chosen tokens of all processes.

    Args:
        fraction: Share of tokens that are chosen; special tokens never are.

    Raises:
        ObjectiveError: For a share that is not between 0 and 1.

    Reference:
        Devlin et al. 2019, https://arxiv.org/abs/1810.04805

    Example:
        >>> tokens = BatchTokens([np.arange(2, 42)], np.zeros(1, int), np.zeros(1, int), ("eng_Latn",),
        ...                      Vocabulary(50, mask=1, special=frozenset({0, 1})))
        >>> text, position, label, weight = MaskedLanguageModelling(0.5).corrupt(tokens).flat()
        >>> 8 < len(label) < 32 and bool((label == position + 2).all())
        True
    """

    name = "mlm"

    def __init__(self, fraction: float = 0.15) -> None:
        super().__init__()
        self.fraction = _share("fraction", fraction)

    def corrupt(self, tokens: BatchTokens) -> Corrupted:
        """Hide tokens in every cell."""
        made = Corrupted()
        for cell, ids in enumerate(tokens.ids):
            _hide(made, ids, cell, self.fraction, tokens.random(cell, 1), tokens.vocabulary)
        return made


class TranslationLanguageModelling(Predictor):
    """Predict tokens that are hidden in a text and its translation, which are read as one sequence.

    Both keep their special tokens, and positions begin anew with the second.

    Args:
        fraction: Share of tokens that are chosen, as in `MaskedLanguageModelling`.
        center: View of the second text; every other cell of the row makes a pair with it. The last view of the batch
            where it has no such view.

    Raises:
        ObjectiveError: For a share that is not between 0 and 1.

    Reference:
        Conneau and Lample 2019, Cross-lingual Language Model Pretraining. https://arxiv.org/abs/1901.07291

    Example:
        >>> tokens = BatchTokens([np.arange(2, 9)] * 2, np.zeros(2, int), np.arange(2), ("tel_Telu", "eng_Latn"),
        ...                      Vocabulary(50, mask=1, special=frozenset({0, 1})))
        >>> made = TranslationLanguageModelling().corrupt(tokens)
        >>> [len(ids) for ids in made.ids], made.restart
        ([14], [7])
    """

    name = "tlm"

    def __init__(self, fraction: float = 0.15, *, center: str | None = "eng_Latn") -> None:
        super().__init__()
        self.fraction = _share("fraction", fraction)
        self.center = center

    def corrupt(self, tokens: BatchTokens) -> Corrupted:
        """Hide tokens in every pair."""
        made = Corrupted(restart=[])
        for source, target in tokens.translations(self.center):
            joined = np.concatenate([tokens.ids[source], tokens.ids[target]])
            _hide(
                made,
                joined,
                source,
                self.fraction,
                tokens.random(source, 2),
                tokens.vocabulary,
                restart=len(tokens.ids[source]),
            )
        return made


class AlignedWordPrediction(Predictor):
    r"""Hide a word, and predict in its place the word of the other language that it is linked to.

    Over N pairs of sentences and the set A of links (j, k) of each,

    .. math:: -\frac{1}{2N} \sum_i \sum_{(j,k) \in A_i} \log P(y_k \mid X_i \setminus x_j) + \text{the same from Y to X}

    Where a word has more subwords than the other, the longer list is cut to the length of the shorter one.

    Args:
        masking: Which linked words are hidden in a pass: ``some``, a random share of them (at least one), weighted by
            (linked words) / (hidden words), so that each counts as often as in the formula; ``all`` at once;
            or ``each``, with one pass for every linked word (the formula to the letter, and expensive).
        fraction: The share that ``some`` hides.
        subwords: ``mean``: the loss of a word is the mean over its subwords, and words add up. ``tokens``: the mean
            over all predicted tokens, with no regard to words or pairs.
        clip: ``all``: all subwords of the hidden word are masked. ``first``: only as many as carry labels.
        awp_fraction: Share of the pairs that are taken in a step, drawn anew every time and weighted by its inverse:
            the expected loss is the same, the cost is less.

    Raises:
        ObjectiveError: For a setting without meaning.

    Reference:
        Miao et al. 2024, eq. 4-5. https://arxiv.org/abs/2404.02490

    Example:
        >>> words = np.array([(0, 1), (1, 3)])
        >>> ids = [np.array([5, 6, 7]), np.array([8, 9, 10])]
        >>> tokens = BatchTokens(ids, np.zeros(2, int), np.arange(2), ("tel_Telu", "eng_Latn"),
        ...                      Vocabulary(20, mask=1, special=frozenset({0, 1})),
        ...                      [PairLinks(0, 1, words, words, np.array([(1, 1)]))])
        >>> made = AlignedWordPrediction().corrupt(tokens)
        >>> [ids.tolist() for ids in made.ids], made.label[0].tolist()
        ([[5, 1, 1], [8, 1, 1]], [9, 10])
    """

    name = "aligned_word"
    needs: ClassVar[frozenset[str]] = frozenset({"predictions", "head", "words"})

    def __init__(
        self,
        *,
        masking: Literal["some", "all", "each"] = "some",
        fraction: float = 0.15,
        subwords: Literal["mean", "tokens"] = "mean",
        clip: Literal["all", "first"] = "all",
        awp_fraction: float = 1.0,
    ) -> None:
        super().__init__()
        one_of("masking", masking, ("some", "all", "each"))
        one_of("subwords", subwords, ("mean", "tokens"))
        one_of("clip", clip, ("all", "first"))
        self.masking = masking
        self.fraction = _share("fraction", fraction)
        self.subwords = subwords
        self.clip = clip
        self.awp_fraction = _share("awp_fraction", awp_fraction)

    def corrupt(self, tokens: BatchTokens) -> Corrupted:
        """Hide linked words on both sides of every pair that is taken."""
        made = Corrupted(total=2.0 * len(tokens.pairs))
        for pair in tokens.pairs:
            if not len(pair.links):
                continue
            random = tokens.random(pair.source, 3 + 2 * int(tokens.view[pair.target]))
            if random.random() >= self.awp_fraction:
                continue
            for one in (pair, _turned(pair)):
                for hidden, weight in self._choices(one, random):
                    self._mask(made, tokens, one, hidden, weight / self.awp_fraction)
        if self.subwords == "tokens":
            made.weight = [np.ones(len(weight)) / self.awp_fraction for weight in made.weight]
            made.total = float(sum(len(weight) for weight in made.weight))
        return made

    def _choices(self, pair: PairLinks, random: np.random.Generator) -> list[tuple[NDArray[np.int32], float]]:
        """Return which source words each pass hides, and what its words weigh."""
        linked = np.unique(pair.links[:, 0])
        if self.masking == "each":
            return [(linked[place : place + 1], 1.0) for place in range(len(linked))]
        if self.masking == "all":
            return [(linked, 1.0)]
        count = max(1, round(self.fraction * len(linked)))
        return [(random.choice(linked, count, replace=False), len(linked) / count)]

    def _mask(
        self, made: Corrupted, tokens: BatchTokens, pair: PairLinks, hidden: NDArray[np.int32], weight: float
    ) -> None:
        ids = np.array(tokens.ids[pair.source])
        text = made.add(ids, pair.source)
        for word, other in pair.links[np.isin(pair.links[:, 0], hidden)]:
            first, last = pair.source_words[word]
            begin, end = pair.target_words[other]
            both = min(last - first, end - begin)
            ids[first : last if self.clip == "all" else first + both] = tokens.vocabulary.mask
            positions = np.arange(first, first + both)
            made.predict(text, positions, tokens.ids[pair.target][begin : begin + both], weight / both)


def predictors(objective: Objective) -> dict[str, Predictor]:
    """Return the predictors of an objective or a sum by their keys, which are made distinct.

    Example:
        >>> list(predictors(MaskedLanguageModelling() + 0.5 * MaskedLanguageModelling(0.3)))
        ['mlm', 'mlm_2']
    """
    found: dict[str, Predictor] = {}
    for part in objective.modules():
        if isinstance(part, Predictor):
            same = sum(one.name == part.name for one in found.values())
            part.key = part.name if not same else f"{part.name}_{same + 1}"
            found[part.key] = part
    return found


def _turned(pair: PairLinks) -> PairLinks:
    return PairLinks(pair.target, pair.source, pair.target_words, pair.source_words, pair.links[:, ::-1])


def _hide(
    made: Corrupted,
    ids: Ids,
    cell: int,
    fraction: float,
    random: np.random.Generator,
    vocabulary: Vocabulary,
    *,
    restart: int | None = None,
) -> None:
    """Choose a share of the tokens: 80 % are masked, 10 % become another token, 10 % stay."""
    special = np.isin(ids, list(vocabulary.special))
    chosen = np.flatnonzero((random.random(len(ids)) < fraction) & ~special)
    if not len(chosen):
        return
    changed = np.array(ids)
    fate = random.random(len(chosen))
    changed[chosen[fate < 0.8]] = vocabulary.mask
    others = chosen[(fate >= 0.8) & (fate < 0.9)]
    drawn = random.integers(vocabulary.size, size=len(others))
    ordinary = ~np.isin(drawn, list(vocabulary.special))
    changed[others[ordinary]] = drawn[ordinary]
    made.predict(made.add(changed, cell, restart=restart), chosen, ids[chosen], 1.0)
    made.total += len(chosen)


def _share(setting: str, value: float) -> float:
    if not 0 < value <= 1:
        raise ObjectiveError(f"{setting} is {value}; it must be greater than 0 and at most 1")
    return value
