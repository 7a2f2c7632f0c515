"""LINKS -> SPAN ALIGNER: training a question-answering model to find the words that translate a word."""

import logging
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import AddedToken
from torch import Tensor
from torch.utils.data import Dataset, Sampler
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerFast,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerState,
    TrainingArguments,
)
from transformers.trainer_pt_utils import LengthGroupedSampler

from interlingua.encoder.students import no_progress_bars
from interlingua.errors import AlignmentError, OutputError
from interlingua.types import Links, WordPair
from interlingua.words.questions import MARK, Question, QuestionTokenizer

__all__ = ["SpanQuestions", "train_span_model"]

logger = logging.getLogger(__name__)


class SpanQuestions(Dataset[dict[str, Any]]):
    """The questions that links answer: one for each word of either side, in both directions.

    The answer is the longest run of neighbouring words that the word is linked to, the first of equally long ones. A
    word without a link has the answer "none".

    Args:
        pairs: Sentence pairs.
        links: Their links; possible ones count like sure ones.

    Raises:
        AlignmentError: If there are not as many links as pairs, or no word at all.

    Example:
        >>> pair = WordPair("ab cd", "x y z", [(0, 2), (3, 5)], [(0, 1), (2, 3), (4, 5)])
        >>> questions = SpanQuestions([pair], [Links(pair.source_words, pair.target_words, [(0, 1), (0, 2)])])
        >>> [questions[i]["answer"] for i in range(len(questions))]
        [(2, 5), None, None, (0, 2), (0, 2)]
    """

    def __init__(self, pairs: Sequence[WordPair], links: Sequence[Links]) -> None:
        if len(pairs) != len(links):
            raise AlignmentError(f"there are {len(pairs):,} pairs and {len(links):,} links; give one of each per pair")
        self.pairs = pairs
        rows: list[tuple[int, int, int, int, int]] = []
        for i, (pair, linked) in enumerate(zip(pairs, links, strict=True)):
            sides = ((linked.pairs, pair.source_words), (linked.pairs[:, ::-1], pair.target_words))
            for backward, (ordered, words) in enumerate(sides):
                for word in range(len(words)):
                    rows.append((i, backward, word, *_longest_run(ordered[ordered[:, 0] == word, 1])))
        if not rows:
            raise AlignmentError("there are no words to ask for; give pairs of sentences that have words")
        self._rows = np.array(rows, dtype=np.int32)
        self.lengths = [len(pairs[i].source) + len(pairs[i].target) for i in self._rows[:, 0].tolist()]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Return ``question`` and ``answer``: begin and end in the context in characters, or None."""
        i, backward, word, first, last = self._rows[index].tolist()
        pair = self.pairs[i]
        text, context = (pair.target, pair.source) if backward else (pair.source, pair.target)
        words, others = (pair.target_words, pair.source_words) if backward else (pair.source_words, pair.target_words)
        answer = None if first < 0 else (int(others[first, 0]), int(others[last, 1]))
        return {"question": Question(text, context, (int(words[word, 0]), int(words[word, 1]))), "answer": answer}


def train_span_model(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    questions: SpanQuestions,
    output: str | Path | None,
    *,
    steps: int,
    batch_size: int = 32,
    learning_rate: float = 3e-5,
    warmup: int | float = 0.1,
    max_length: int = 384,
    stride: int = 64,
    log_every: int = 100,
    seed: int = 0,
) -> list[dict[str, float]]:
    """Train a question-answering model on links, in place, and save it as a transformers folder.

    The loss is the mean cross entropy of the answer's first and last token; the null token is the answer of a word
    without one, and of a window that does not hold it whole.

    Args:
        model: Any transformers model with a question-answering head.
        tokenizer: Its fast tokenizer. Where the mark is unknown to it, it becomes a token of its own, with a vector.
        questions: What to learn.
        output: Folder for model and tokenizer; it appears when it is complete. None keeps them in memory only, as where
            training goes on with other questions.
        steps: Batches.
        batch_size: Questions in a batch; questions of similar length go together.
        learning_rate: Highest, falling to 0 linearly.
        warmup: Steps that it rises for; a share of them below 1.
        max_length: Longest window in tokens.
        stride: Tokens that two windows of a context share.
        log_every: Steps between two entries of the log.
        seed: Of the order and of dropout.

    Returns:
        The log: ``step``, ``loss`` and ``learning_rate``.

    Raises:
        AlignmentError: If the tokenizer is a slow one, or a stride does not fit.
        OutputError: If the output exists.
    """
    folder = None if output is None else Path(output)
    if folder is not None and folder.exists():
        raise OutputError(f"{folder} exists already; choose another output, or remove it")
    _know_the_mark(model, tokenizer, seed=seed)
    collate = _Collator(QuestionTokenizer(tokenizer, max_length=max_length, stride=stride))
    with TemporaryDirectory() as scratch:
        settings = TrainingArguments(
            output_dir=scratch,
            max_steps=steps,
            per_device_train_batch_size=batch_size,
            learning_rate=learning_rate,
            warmup_steps=warmup,
            seed=seed,
            logging_steps=log_every,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            remove_unused_columns=False,
            use_cpu=not torch.cuda.is_available(),
        )
        trainer = _Trainer(model=model, args=settings, train_dataset=questions, data_collator=collate)
        trainer.remove_callback(PrinterCallback)
        trainer.add_callback(_Told)
        trainer.train()
    if folder is not None:
        _save(model, tokenizer, folder)
    kept = ("step", "loss", "learning_rate")
    return [{key: float(entry[key]) for key in kept} for entry in trainer.state.log_history if "loss" in entry]


def _save(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write all of a model, or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as work, no_progress_bars():
        whole = Path(work) / "model"
        model.save_pretrained(whole)
        tokenizer.save_pretrained(whole)
        whole.rename(folder)


class _Trainer(Trainer):
    """Questions of similar length in a batch."""

    def _get_train_sampler(self, train_dataset: object = None) -> Sampler[int]:
        asked = self.train_dataset if train_dataset is None else train_dataset
        generator = torch.Generator().manual_seed(self.args.seed)
        sampler: Sampler[int] = LengthGroupedSampler(
            self.args.train_batch_size, lengths=cast("SpanQuestions", asked).lengths, generator=generator
        )
        return sampler


class _Told(TrainerCallback):
    """Tells the log how training goes on."""

    def on_log(self, args: Any, state: TrainerState, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if logs and "loss" in logs:
            logger.info("step %d of %d: loss %.3f", state.global_step, state.max_steps, float(logs["loss"]))


class _Collator:
    """Questions and answers to padded windows with the positions of the answers."""

    def __init__(self, tokenizer: QuestionTokenizer) -> None:
        self.tokenizer = tokenizer

    def __call__(self, items: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        windows = self.tokenizer.windows([item["question"] for item in items])
        batch = self.tokenizer.batch(windows)
        places = [_position(window.offsets, items[window.question]["answer"], window.null) for window in windows]
        positions = torch.tensor(places, dtype=torch.int64)
        return {**batch, "start_positions": positions[:, 0], "end_positions": positions[:, 1]}


def _position(offsets: NDArray[np.int32], answer: tuple[int, int] | None, null: int) -> tuple[int, int]:
    """First and last token of the answer; the null token where the window does not hold all of it."""
    if answer is None:
        return null, null
    begin, end = answer
    real = offsets[:, 1] > offsets[:, 0]
    touched = np.flatnonzero(real & (offsets[:, 0] < end) & (offsets[:, 1] > begin))
    if not len(touched) or offsets[real, 0].min() > begin or offsets[real, 1].max() < end:
        return null, null
    return int(touched[0]), int(touched[-1])


def _longest_run(words: NDArray[np.int32]) -> tuple[int, int]:
    """First and last number of the longest run of consecutive numbers; -1 where there are none."""
    if not len(words):
        return -1, -1
    ordered = np.unique(words)
    runs = np.split(ordered, np.flatnonzero(np.diff(ordered) > 1) + 1)
    best = max(runs, key=len)
    return int(best[0]), int(best[-1])


def _know_the_mark(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, *, seed: int) -> None:
    """Give the mark a token of its own where the tokenizer takes it for an unknown character."""
    if tokenizer.unk_token_id not in tokenizer(MARK, add_special_tokens=False)["input_ids"]:
        return
    tokenizer.add_tokens([AddedToken(MARK, lstrip=True, rstrip=True, normalized=False)])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    logger.info("the tokenizer does not know %s; it is a token of its own now", MARK)
