"""WORD -> QUESTION: asking an extractive question-answering model which words translate a word.

The question is the whole sentence with the word between two marks, the context is the other sentence, and the answer is
a span of the context. Aligning and training make their inputs here, so both see the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from interlingua.errors import AlignmentError

__all__ = ["MARK", "Question", "QuestionTokenizer", "Window", "marked"]

MARK = "¶"
"""Stands before and after the word asked for, with a space on each side."""

_SLACK = 8
"""Tokens kept free in a shortened question: for the marks, and for words that are cut otherwise at a new edge."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which words of the context translate one word of the text?

    Args:
        text: The sentence with the word.
        context: The other sentence.
        word: Begin and end (exclusive) of the word in ``text``, in characters.
    """

    text: str
    context: str
    word: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """What a model reads at once: a question and as much of its context as fits.

    Args:
        question: Number of the question.
        ids: Token ids, special tokens included, shape ``(tokens,)``.
        types: Token types, shape ``(tokens,)``; None for models without.
        offsets: Where each token of the context stands in it, shape ``(tokens, 2)``; -1 for all other tokens.
        null: Position of the token that stands for "no answer".
    """

    question: int
    ids: NDArray[np.int64]
    types: NDArray[np.int64] | None
    offsets: NDArray[np.int32]
    null: int


def marked(text: str, word: tuple[int, int]) -> str:
    """Return the text with marks around a word.

    Example:
        >>> marked("the cat sat", (4, 7)), marked("猫が", (0, 1))
        ('the ¶ cat ¶ sat', '¶ 猫 ¶ が')
    """
    begin, end = word
    return " ".join(part for part in (text[:begin].rstrip(), MARK, text[begin:end], MARK, text[end:].lstrip()) if part)


class QuestionTokenizer:
    """Makes windows of questions: none is longer than the model can read, and every word of the context is in one.

    A context that does not fit beside its question is read in windows that overlap by ``stride`` tokens. A question
    that would take more than half of a window is shortened to the tokens around its word.

    Args:
        tokenizer: A fast tokenizer.
        max_length: Longest window in tokens; the tokenizer's own limit holds too.
        stride: Tokens that two windows of a context share; None for 64, or half of the room where windows are short.

    Raises:
        AlignmentError: A slow tokenizer, or a stride that leaves no room to move on.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, *, max_length: int = 384, stride: int | None = 64) -> None:
        if not isinstance(tokenizer, PreTrainedTokenizerFast):
            raise AlignmentError(
                f"{type(tokenizer).__name__} is no fast tokenizer, so it cannot tell where its tokens stand; "
                "convert the model to one with tokenizer.json"
            )
        self.tokenizer = tokenizer
        self.max_length = min(max_length, int(tokenizer.model_max_length))
        special = tokenizer.num_special_tokens_to_add(pair=True)
        self.room = (self.max_length - special) // 2
        self.stride = stride = min(64, self.room // 2) if stride is None else stride
        if not 0 <= stride < self.room - 1 or self.room <= _SLACK:
            raise AlignmentError(
                f"a stride of {stride} does not fit windows of {self.max_length} tokens, of which the context has "
                f"{max(0, self.room)} at least; take a smaller stride or a larger max_length"
            )

    def windows(self, questions: Sequence[Question]) -> list[Window]:
        """Return the windows of all questions, in order."""
        if not questions:
            return []
        made = self.tokenizer(
            self._texts(questions),
            [question.context for question in questions],
            truncation="only_second",
            max_length=self.max_length,
            stride=self.stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=False,
            verbose=False,
        )
        return [self._window(made, i) for i in range(len(made["input_ids"]))]

    def batch(self, windows: Sequence[Window], device: torch.device | str | None = None) -> dict[str, Tensor]:
        """Return padded tensors of shape ``(windows, longest)``, as models take them."""
        longest = max(len(window.ids) for window in windows)
        padding = int(self.tokenizer.pad_token_id or 0)
        mask = np.arange(longest) < np.array([len(window.ids) for window in windows])[:, None]
        features = {"input_ids": np.full(mask.shape, padding, dtype=np.int64), "attention_mask": mask.astype(np.int64)}
        features["input_ids"][mask] = np.concatenate([window.ids for window in windows])
        types = [window.types for window in windows if window.types is not None]
        if types:
            features["token_type_ids"] = np.zeros(mask.shape, dtype=np.int64)
            features["token_type_ids"][mask] = np.concatenate(types)
        return {name: torch.from_numpy(array).to(device) for name, array in features.items()}

    def _window(self, made: Any, i: int) -> Window:
        ids = np.asarray(made["input_ids"][i], dtype=np.int64)
        offsets = np.asarray(made["offset_mapping"][i], dtype=np.int32).reshape(-1, 2)
        context = np.array([number == 1 for number in made.sequence_ids(i)])
        null = np.flatnonzero(ids == self.tokenizer.cls_token_id)
        return Window(
            int(made["overflow_to_sample_mapping"][i]),
            ids,
            np.asarray(made["token_type_ids"][i], dtype=np.int64) if "token_type_ids" in made else None,
            np.where(context[:, None], offsets, -1).astype(np.int32),
            int(null[0]) if len(null) else 0,
        )

    def _texts(self, questions: Sequence[Question]) -> list[str]:
        """The marked texts; those that are too long as far as they fit around the word."""
        texts = list(dict.fromkeys(question.text for question in questions))
        made = self.tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        places = dict(zip(texts, made["offset_mapping"], strict=True))
        return [self._shortened(question, places[question.text]) for question in questions]

    def _shortened(self, question: Question, offsets: list[tuple[int, int]]) -> str:
        room = self.room - _SLACK
        begin, end = question.word
        if len(offsets) <= room:
            return marked(question.text, question.word)
        touched = [i for i, (first, last) in enumerate(offsets) if first < end and last > begin] or [0]
        low, high = touched[0], touched[-1] + 1
        if high - low > room:
            high = low + room
            end = max(begin + 1, offsets[high - 1][1])
        spare = room - (high - low)
        low, high = _widened(low, high, spare, len(offsets))
        left, right = min(begin, offsets[low][0]), max(end, offsets[high - 1][1])
        return marked(question.text[left:right], (begin - left, end - left))


def _widened(low: int, high: int, spare: int, length: int) -> tuple[int, int]:
    """Give a range ``spare`` more places, half of them on each side as far as there are any."""
    left = min(low, max(spare // 2, spare - (length - high)))
    right = min(length - high, spare - left)
    return low - left, high + right
