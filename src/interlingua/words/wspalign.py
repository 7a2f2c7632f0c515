"""Word alignment as span prediction: a question-answering model is asked for the translation of every word."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
import torch
import xxhash
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from interlingua.errors import AlignmentError
from interlingua.sbert import hash_weights
from interlingua.types import Links, Spans, WordPair
from interlingua.words.questions import MARK, Question, QuestionTokenizer, Window
from interlingua.words.span_student import load_span_model
from interlingua.words.spans import best_spans

__all__ = ["SpanAligner", "span_scores"]

logger = logging.getLogger(__name__)

_THRESHOLDS = {"sum": 0.9, "average": 0.4}
_CHUNK = 64  # pairs whose questions are sorted by length together

Rule = Literal["sum", "average"]
Answers = NDArray[np.float64]
"""Probability of the span that a word's question found, at the words inside the span; shape ``(words, words)``."""


class SpanAligner:
    """Align words with an extractive question-answering model: one question for every word, in both directions.

    The question is the sentence with the word between two pilcrows, the context is the other sentence. A word of the
    context is found when it lies wholly inside the best span; the score of a span is the product of the probabilities
    of its start and its end. Where "no answer" is more probable than the best span, the word has no link.

    A context longer than the model can read is read in overlapping windows, and the best answer of all is taken; a
    question that is too long is shortened around its word.

    Args:
        model: Folder, or name on the hub, of a transformers model with a question-answering head; or such a model.
        tokenizer: Of a model given as such; a folder or name brings its own.
        rule: How both directions make one score; see :func:`span_scores`.
        threshold: A link is kept when its score is higher. 0.9 for ``sum``, as for word-aligned sentence embeddings,
            and 0.4 for ``average``, as in the official evaluation, unless given.
        symmetric: With ``sum``, links that the target's questions alone found count too.
        batch_size: Windows read at once.
        max_length: Longest window in tokens.
        stride: Tokens that two windows of a context share; 64, or what fits windows that are short, unless given.
        max_answer: Longest span in tokens.
        device: As for torch; None leaves a model where it is.
        name: How tables call it.

    Raises:
        AlignmentError: If the model does not load or has no such head, or a setting does not fit.

    Reference:
        Wu, Nagata, Miao, Tsuruoka 2023, WSPAlign: Word Alignment Pre-training via Large-Scale Weakly Supervised Span
        Prediction. https://aclanthology.org/2023.acl-long.621
    """

    def __init__(
        self,
        model: str | Path | PreTrainedModel,
        *,
        tokenizer: PreTrainedTokenizerFast | None = None,
        rule: Rule = "sum",
        threshold: float | None = None,
        symmetric: bool = False,
        batch_size: int = 64,
        max_length: int = 384,
        stride: int | None = None,
        max_answer: int = 32,
        device: str | torch.device | None = None,
        name: str | None = None,
    ) -> None:
        if rule not in _THRESHOLDS:
            raise AlignmentError(f"rule is {rule!r}; it must be 'sum' or 'average'")
        if batch_size < 1 or max_answer < 1:
            raise AlignmentError(f"batch_size is {batch_size} and max_answer {max_answer}; both must be 1 or more")
        if isinstance(model, PreTrainedModel):
            if tokenizer is None:
                raise AlignmentError("a model given as such needs its tokenizer; pass `tokenizer`")
        else:
            model, tokenizer = load_span_model(model)
        self.model = model if device is None else model.to(device)  # type: ignore[arg-type]
        self.questions = QuestionTokenizer(tokenizer, max_length=max_length, stride=stride)
        if tokenizer.unk_token_id in tokenizer(MARK, add_special_tokens=False)["input_ids"]:
            logger.warning(
                "the tokenizer does not know %s, which marks the word asked for; was the model trained so?", MARK
            )
        self.rule, self.symmetric, self.batch_size, self.max_answer = rule, symmetric, batch_size, max_answer
        self.threshold = _THRESHOLDS[rule] if threshold is None else threshold
        self.name = name or f"wspalign-{rule}"

    @cached_property
    def fingerprint(self) -> str:
        """Of weights, tokenizer and settings, as they are when it is first asked for."""
        digest = xxhash.xxh3_128()
        hash_weights(digest, self.model)
        asked = self.questions
        settings = (self.rule, self.threshold, self.symmetric, self.max_answer, asked.max_length, asked.stride)
        vocabulary = sorted(asked.tokenizer.get_vocab().items())
        digest.update(f"{type(self.model).__name__}|{settings}|{vocabulary}".encode())
        return digest.hexdigest()

    def align(self, pairs: Iterable[WordPair]) -> Iterator[Links]:
        """Yield the links of every pair, in order, with their scores."""
        walk = iter(pairs)
        while chunk := list(islice(walk, _CHUNK)):
            answers = self.answers([*chunk, *(pair.swapped() for pair in chunk)])
            for pair, forward, backward in zip(chunk, answers, answers[len(chunk) :], strict=False):
                scores = span_scores(forward, backward, rule=self.rule, symmetric=self.symmetric)
                kept = scores > self.threshold
                links = np.argwhere(kept).astype(np.int32)
                yield Links(pair.source_words, pair.target_words, links, scores[kept].astype(np.float32))

    def answers(self, pairs: Sequence[WordPair]) -> list[Answers]:
        """Ask for every source word of every pair.

        Returns:
            For each pair, shape ``(source words, target words)``: the probability of the span that was found, at every
            target word inside it, and 0 elsewhere.
        """
        questions = [
            Question(pair.source, pair.target, (int(begin), int(end)))
            for pair in pairs
            for begin, end in (pair.source_words if len(pair.target_words) else ())
        ]
        spans = iter(self._best(questions))
        found = []
        for pair in pairs:
            answers = np.zeros((len(pair.source_words), len(pair.target_words)))
            for row in answers if len(pair.target_words) else ():
                begin, end, probability = next(spans)
                row[_inside(pair.target_words, begin, end)] = probability
            found.append(answers)
        return found

    def _best(self, questions: Sequence[Question]) -> list[tuple[int, int, float]]:
        """Begin and end in characters, and probability, of the best answer; an empty span where there is none."""
        windows = self.questions.windows(questions)
        best = [(0, 0, 0.0)] * len(questions)
        nulls = np.ones(len(questions))
        order = sorted(range(len(windows)), key=lambda i: (len(windows[i].ids), i))
        read: dict[int, tuple[int, int, float, float]] = {}
        for first in range(0, len(order), self.batch_size):
            numbers = order[first : first + self.batch_size]
            read.update(zip(numbers, self._read([windows[i] for i in numbers]), strict=True))
        for i, window in enumerate(windows):
            begin, end, probability, null = read[i]
            nulls[window.question] = min(nulls[window.question], null)
            if probability > best[window.question][2]:
                best[window.question] = (begin, end, probability)
        return [
            span if span[2] > 0 and span[2] >= null else (0, 0, 0.0) for span, null in zip(best, nulls, strict=True)
        ]

    def _read(self, windows: Sequence[Window]) -> list[tuple[int, int, float, float]]:
        """Span in characters, its probability, and that of no answer, of every window."""
        training = self.model.training
        self.model.eval()
        try:
            with torch.inference_mode():
                output = self.model(**self.questions.batch(windows, self.model.device))
        finally:
            self.model.train(training)
        start, end = (logits.float().cpu().numpy() for logits in (output.start_logits, output.end_logits))
        allowed = np.zeros(start.shape, dtype=bool)
        for row, window in zip(allowed, windows, strict=True):
            row[: len(window.offsets)] = window.offsets[:, 1] > window.offsets[:, 0]
        null = np.array([window.null for window in windows])
        spans = best_spans(start, end, allowed, null, max_tokens=self.max_answer)
        found = zip(windows, spans.begin, spans.end, spans.probability, spans.null, strict=True)
        return [
            (int(window.offsets[first, 0]), int(window.offsets[last, 1]), float(probability), float(none))
            for window, first, last, probability, none in found
        ]


def span_scores(forward: Answers, backward: Answers, *, rule: Rule = "sum", symmetric: bool = False) -> Answers:
    r"""Make the answers of both directions into one score a link.

    With F the probability of the span that the question of source word i found, at the target words j inside it, and
    B the same for questions of target words,

    .. math:: \mathrm{sum}: \frac{F_{ij}}{|\mathrm{words\ in\ the\ span\ of\ } i|}
              + \frac{B_{ji}}{|\mathrm{words\ in\ the\ span\ of\ } j|},
              \qquad \mathrm{average}: \frac{F_{ij} + B_{ji}}{2}

    The sum lies between 0 and 2. Target words' questions only add to links that a source word's question found, so
    swapping the sentences gives other links; ``symmetric`` lets both directions propose. The average is symmetric.

    Args:
        forward: F, shape ``(source words, target words)``; 0 where nothing was found.
        backward: B, shape ``(target words, source words)``.
        rule: ``sum`` or ``average``.
        symmetric: With ``sum``, keep what only B found.

    Example:
        >>> forward, backward = np.array([[0.9, 0.9], [0, 0.95]]), np.array([[0.8, 0], [0, 0.6]])
        >>> span_scores(forward, backward).round(3).tolist()
        [[1.25, 0.45], [0.0, 1.55]]
        >>> span_scores(forward, backward, rule="average").round(3).tolist()
        [[0.85, 0.45], [0.0, 0.775]]
    """
    if rule == "average":
        return np.asarray((forward + backward.T) / 2)
    shares = [side / np.maximum((side > 0).sum(axis=1, keepdims=True), 1) for side in (forward, backward)]
    total = shares[0] + shares[1].T
    return total if symmetric else np.where(forward > 0, total, 0.0)


def _inside(words: Spans, begin: int, end: int) -> NDArray[np.bool_]:
    return np.asarray((words[:, 0] >= begin) & (words[:, 1] <= end))
