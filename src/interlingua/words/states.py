"""TEXTS + WORDS -> STATES: what an encoder makes of the words of a text, each in its context."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from interlingua.encoder.subwords import TokenRanges, token_ranges
from interlingua.errors import EncoderError
from interlingua.sbert import (
    SentenceTransformer,
    StaticEmbedding,
    TokenIds,
    can_pretokenise,
    features,
    token_ids,
)
from interlingua.types import Spans
from interlingua.words.layers import depth, hidden_states, inference, resolve_layer, state_dimension
from interlingua.words.linking import WordStates

__all__ = ["WordEncoder", "WordUnit"]

WordUnit = Literal["word", "subword"]
"""``word``: one vector a word, the mean of its subwords' states. ``subword``: the states themselves."""


class WordEncoder:
    """The states of words inside a sentence encoder.

    Texts are encoded in batches of similar length, without dropout and gradients; the model stays where and as it is.

    Args:
        model: A static embedding, or a transformer with a fast tokenizer; it is not copied.
        layer: Whose states: 0 is the input embedding, a negative number counts from the end. None takes two thirds of
            the depth for 12 layers or more (the 8th of 12, where words of two languages are nearest in mBERT and
            XLM-R), and the last of fewer. A static embedding has layer 0 alone.
        prefix: Put before every text; None keeps the model's own default prompt.
        batch_size: Texts encoded at once.

    Raises:
        EncoderError: The model has no such layer, or is of no known kind.

    Reference:
        Jalili Sabet et al. 2020, SimAlign; Dou and Neubig 2021, awesome-align.

    Example:
        >>> from interlingua.corpus import Corpus
        >>> from interlingua.encoder import static_student
        >>> from interlingua.types import Row
        >>> rows = Corpus.from_rows([Row({"eng_Latn": "good day", "deu_Latn": "guten tag"})] * 3)
        >>> encoder = WordEncoder(static_student(rows, dimension=4))
        >>> encoder.encode(["good day"], [np.array([(0, 4), (5, 8)])]).vectors.shape
        (2, 4)
    """

    def __init__(
        self,
        model: SentenceTransformer,
        *,
        layer: int | None = None,
        prefix: str | None = None,
        batch_size: int = 32,
    ) -> None:
        self.model = model
        self.prefix = model.prompts.get(model.default_prompt_name or "") or "" if prefix is None else prefix
        self.batch_size = batch_size
        self.layers = depth(model)
        self.layer = resolve_layer(layer, self.layers)

    def encode(self, texts: Sequence[str], words: Sequence[Spans], *, unit: WordUnit = "word") -> WordStates:
        """Return the states of the words of every text, in the order of the texts.

        Args:
            texts: The texts.
            words: Their words. A subword that several words share belongs to all of them; a word that is cut off by
                the maximum length, or normalised away, has no state.
            unit: One vector a word, or one a subword.

        Raises:
            EncoderError: The model has no fast tokenizer, or its states are not finite.
        """
        tokens = token_ranges(self.model, texts, words, prefix=self.prefix)
        if not self._plain:
            raise EncoderError(
                "words have no states in this model: what it makes of a text is more than its tokens. Use a plain "
                "text encoder (BERT, XLM-R ...) or a static embedding"
            )
        used = [_covered(one) for one in tokens]
        sizes = [len(one) if unit == "subword" else _count(all_) for one, all_ in zip(used, tokens, strict=True)]
        starts = np.cumsum([0, *sizes])
        vectors = np.zeros((starts[-1], state_dimension(self.model)), dtype=np.float32)
        with inference(self.model):
            for members, ids in self._batches(texts, used):
                some = [used[member] for member in members]
                states = self._states(ids, some)
                if unit == "word":
                    states = _means(states, [tokens[member] for member in members], some)
                where = [np.arange(starts[member], starts[member + 1]) for member in members]
                vectors[np.concatenate(where)] = states
        _check_finite(vectors)
        ranges = _ranges(tokens, used, starts, unit=unit)
        return WordStates(vectors, starts, ranges, np.cumsum([0, *(len(one) for one in tokens)]))

    @cached_property
    def _plain(self) -> bool:
        return can_pretokenise(self.model)

    def _batches(
        self, texts: Sequence[str], used: Sequence[NDArray[np.int64]]
    ) -> Iterator[tuple[list[int], list[TokenIds]]]:
        """Texts that have any state, those of similar length together, as places and token ids."""
        kept = [text for text, places in enumerate(used) if len(places)]
        ids = token_ids(self.model, [self.prefix + texts[text] for text in kept])
        order = sorted(range(len(kept)), key=lambda place: -len(ids[place]))
        for first in range(0, len(order), self.batch_size):
            batch = order[first : first + self.batch_size]
            yield [kept[place] for place in batch], [ids[place] for place in batch]

    def _states(self, ids: Sequence[TokenIds], used: Sequence[NDArray[np.int64]]) -> NDArray[np.float32]:
        """The states of the tokens that words use, text after text, shape ``(tokens, dim)``."""
        first = self.model[0]
        if isinstance(first, StaticEmbedding):
            chosen = np.concatenate([one[places] for one, places in zip(ids, used, strict=True)]).astype(np.int64)
            table = first.embedding.weight
            states = table[torch.from_numpy(chosen).to(table.device)]
        else:
            batch = features(self.model, ids)
            hidden = hidden_states(self.model, batch, layer=self.layer)
            begins = batch["attention_mask"].argmax(dim=1).cpu().numpy()  # padding may stand on the left
            width = hidden.shape[1]
            places = np.concatenate([row * width + begins[row] + one for row, one in enumerate(used)])
            states = hidden.flatten(0, 1)[torch.from_numpy(places).to(hidden.device)]
        return np.asarray(states.float().cpu().numpy())


def _covered(ranges: TokenRanges) -> NDArray[np.int64]:
    """The tokens that belong to any word, in order."""
    if not len(ranges):
        return np.zeros(0, dtype=np.int64)
    steps = np.zeros(int(ranges.max()) + 1, dtype=np.int64)
    np.add.at(steps, ranges[:, 0], 1)
    np.add.at(steps, ranges[:, 1], -1)
    return np.flatnonzero(np.cumsum(steps))


def _count(ranges: TokenRanges) -> int:
    """How many words have a token."""
    return int((ranges[:, 0] < ranges[:, 1]).sum())


def _means(
    states: NDArray[np.float32], tokens: Sequence[TokenRanges], used: Sequence[NDArray[np.int64]]
) -> NDArray[np.float32]:
    """The mean over the tokens of every word that has some, text after text."""
    starts = np.cumsum([0, *(len(one) for one in used)])
    ranges = np.concatenate(
        [
            np.searchsorted(places, one[one[:, 0] < one[:, 1]]) + start
            for one, places, start in zip(tokens, used, starts, strict=False)
        ]
    )
    padded = np.concatenate([states, np.zeros_like(states[:1])])  # so that every end is a place
    totals = np.add.reduceat(padded, ranges.reshape(-1), axis=0)[::2]
    return np.asarray(totals / (ranges[:, 1] - ranges[:, 0]).astype(np.float32)[:, None])


def _ranges(
    tokens: Sequence[TokenRanges], used: Sequence[NDArray[np.int64]], starts: NDArray[np.int64], *, unit: WordUnit
) -> NDArray[np.int64]:
    """The vectors of every word among those of all texts."""
    ranges = [np.zeros((0, 2), dtype=np.int64)]
    for one, places, start in zip(tokens, used, starts, strict=False):
        some = one[:, 0] < one[:, 1]
        found = np.zeros((len(one), 2), dtype=np.int64)
        if unit == "subword":
            found[some] = np.searchsorted(places, one[some]) + start
        else:
            found[some, 0] = np.arange(some.sum()) + start
            found[some, 1] = found[some, 0] + 1
        ranges.append(found)
    return np.concatenate(ranges)


def _check_finite(vectors: NDArray[np.float32]) -> None:
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise EncoderError(
            f"{int((~finite).sum()):,} of {len(vectors):,} states are not finite; did the training of this model "
            "diverge, or does its precision overflow?"
        )
