"""WORDS -> TOKENS: which tokens of an encoder stand for which word of a text."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from interlingua.errors import EncoderError
from interlingua.sbert import SentenceTransformer, StaticEmbedding, Transformer
from interlingua.types import Spans

__all__ = ["TokenRanges", "overlapping", "token_ranges"]

TokenRanges = NDArray[np.int32]
"""First and last (exclusive) token of every word, shape ``(words, 2)``; ``(0, 0)`` for a word without a token."""

_MARKS = "▁Ġ "
"""What tokenizers write for a space; a piece of nothing else belongs to no word."""


def token_ranges(
    model: SentenceTransformer, texts: Sequence[str], words: Sequence[Spans], *, prefix: str = ""
) -> list[TokenRanges]:
    """Find the tokens of every word, as positions in what ``sbert.token_ids`` gives for the text.

    A token belongs to every word that it overlaps: where words share a token, both have it. A word that is cut off by
    the model's maximum length, wholly or in part, or that the tokenizer normalises away, has none.

    Args:
        model: A static embedding, or a transformer with a fast tokenizer.
        texts: The texts.
        words: Their words, as spans of the text (without the prefix).
        prefix: What stands before every text when it is encoded.

    Raises:
        EncoderError: The model has no fast tokenizer, so it cannot tell where its tokens stand.

    Example:
        >>> from interlingua.corpus import Corpus
        >>> from interlingua.encoder import static_student
        >>> from interlingua.types import Row
        >>> rows = Corpus.from_rows([Row({"eng_Latn": "good day", "deu_Latn": "guten tag"})] * 3)
        >>> (ranges,) = token_ranges(static_student(rows, dimension=4), ["good day"], [np.array([(0, 4), (5, 8)])])
        >>> bool((ranges[:, 0] < ranges[:, 1]).all())
        True
    """
    given = [prefix + text for text in texts]
    shift = len(prefix)
    first = model[0]
    if isinstance(first, StaticEmbedding):
        encodings = first.tokenizer.encode_batch(given, add_special_tokens=False)
        blank, limit = _blank(first.tokenizer), None
        found = [(encoding.ids, encoding.offsets, [0] * len(encoding.ids)) for encoding in encodings]
    elif isinstance(first, Transformer) and isinstance(first.tokenizer, PreTrainedTokenizerFast):
        if not given:
            return []
        made = first.tokenizer(
            given,
            truncation=False,
            padding=False,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            verbose=False,
        )
        blank, limit = _blank(first.tokenizer.backend_tokenizer), model.max_seq_length
        found = list(zip(made["input_ids"], made["offset_mapping"], made["special_tokens_mask"], strict=True))
    else:
        raise EncoderError(
            f"words cannot be found among the tokens of this model ({type(first).__name__}): it has no fast tokenizer. "
            "Load the model with its fast tokenizer (tokenizer.json), or convert it with transformers"
        )
    return [
        _ranges(ids, offsets, special, spans + shift, blank, limit)
        for (ids, offsets, special), spans in zip(found, words, strict=True)
    ]


def overlapping(offsets: NDArray[np.int32], words: Spans) -> TokenRanges:
    """Return the range of tokens that overlap each word.

    Args:
        offsets: Begin and end of every token in characters, in order, shape ``(tokens, 2)``; empty ones touch nothing.
        words: Spans in the same text.

    Example:
        >>> overlapping(np.array([(0, 0), (0, 3), (3, 5), (6, 9)]), np.array([(0, 5), (6, 9), (10, 12)])).tolist()
        [[1, 3], [3, 4], [0, 0]]
    """
    real = np.flatnonzero(offsets[:, 1] > offsets[:, 0]) if len(offsets) else np.zeros(0, dtype=np.int64)
    ranges = np.zeros((len(words), 2), dtype=np.int32)
    if not len(real) or not len(words):
        return ranges
    first = np.searchsorted(offsets[real, 1], words[:, 0], side="right")
    last = np.searchsorted(offsets[real, 0], words[:, 1], side="left")
    some = first < last
    ranges[some, 0] = real[first[some]]
    ranges[some, 1] = real[last[some] - 1] + 1
    return ranges


def _ranges(
    ids: Sequence[int],
    offsets: Sequence[tuple[int, int]],
    special: Sequence[int],
    words: Spans,
    blank: NDArray[np.bool_],
    limit: int | None,
) -> TokenRanges:
    places = np.asarray(offsets, dtype=np.int32).reshape(-1, 2)
    if not len(places):
        return np.zeros((len(words), 2), dtype=np.int32)
    without = np.asarray(special, dtype=bool) | blank[np.asarray(ids, dtype=np.int64)]
    ranges = overlapping(np.where(without[:, None], 0, places), words)
    if limit is not None and len(ids) > limit:
        trailing = int(np.argmin(np.asarray(special)[::-1]))  # special tokens that end every text, cut or not
        ranges[ranges[:, 1] > limit - trailing] = 0
    return ranges


@lru_cache(maxsize=8)
def _blank(tokenizer: object) -> NDArray[np.bool_]:
    """Which pieces of the vocabulary are nothing but a mark for a space."""
    vocabulary: dict[str, int] = tokenizer.get_vocab(with_added_tokens=True)  # type: ignore[attr-defined]
    blank = np.zeros(max(vocabulary.values(), default=0) + 1, dtype=bool)
    for piece, number in vocabulary.items():
        blank[number] = not piece.strip(_MARKS)
    return blank
