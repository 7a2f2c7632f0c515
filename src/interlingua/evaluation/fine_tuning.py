"""ENCODER -> CLASSIFIER OF PAIRS: a new head on a copy of its transformer, both trained."""

import copy
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils.data import Dataset
from transformers import (
    AutoModelForSequenceClassification,
    DataCollatorWithPadding,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    Trainer,
    TrainingArguments,
)

from interlingua.encoder.embedded import padding_position
from interlingua.encoder.students import no_progress_bars
from interlingua.errors import EvaluationError, OutputError

__all__ = ["FineTuning", "PairClassifier", "fine_tune"]

logger = logging.getLogger(__name__)

Pairs = tuple[Sequence[str], Sequence[str]]
"""First and second texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuning:
    """How a classifier of pairs is trained.

    Args:
        epochs: Passes over the pairs.
        batch_size: Pairs a step.
        micro_batch: Pairs in memory at once; a step adds up the gradients of several.
        learning_rate: Highest, at the start, falling to 0 linearly.
        max_length: Longest pair in tokens; less where the transformer has fewer positions.
        seed: Of the head, the order and dropout.
    """

    epochs: int = 2
    batch_size: int = 256
    micro_batch: int = 32
    learning_rate: float = 5e-5
    max_length: int = 128
    seed: int = 42


class PairClassifier:
    """A transformer with a head over labels.

    Args:
        model: With a classification head.
        tokenizer: Its tokenizer.
        settings: Micro batch and longest pair.
    """

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, settings: FineTuning) -> None:
        self.model, self.tokenizer, self.settings = model, tokenizer, settings

    @torch.no_grad()
    def predict(self, pairs: Pairs) -> NDArray[np.int64]:
        """Return the number of the likeliest label of every pair, shape ``(pairs,)``."""
        self.model.train(False)
        data = _TokenisedPairs(self.tokenizer, pairs, max_length=_longest(self.model, self.settings))
        collate, size = DataCollatorWithPadding(self.tokenizer), self.settings.micro_batch
        order = sorted(range(len(data)), key=lambda i: len(data[i]["input_ids"]))
        found = np.empty(len(data), dtype=np.int64)
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            batch = {name: value.to(self.model.device) for name, value in collate([data[i] for i in rows]).items()}
            found[rows] = self.model(**batch).logits.argmax(dim=-1).cpu().numpy()
        return found

    def save(self, folder: Path) -> None:
        """Write model and tokenizer as a transformers folder, all of it or nothing.

        Raises:
            OutputError: If the folder exists.
        """
        if folder.exists():
            raise OutputError(f"{folder} exists already; choose another place to keep the model, or remove it")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as work, no_progress_bars():
            whole = Path(work) / "model"
            self.model.save_pretrained(whole)
            self.tokenizer.save_pretrained(whole)
            whole.rename(folder)


def fine_tune(
    transformer: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    pairs: Pairs,
    labels: Sequence[int],
    *,
    names: Sequence[str],
    settings: FineTuning,
) -> PairClassifier:
    """Train a classifier of pairs that starts from a transformer; the transformer itself stays as it is.

    Random states are set; keep them if that matters.

    Args:
        transformer: What to start from, without a head.
        tokenizer: Its tokenizer.
        pairs: First and second texts.
        labels: The label of every pair, as a position in ``names``.
        names: The labels.
        settings: How.

    Raises:
        EvaluationError: If the transformer has no counterpart with a head, training diverges, or this is one of
            several processes, which would wait for the others for ever.
    """
    if (
        torch.distributed.is_available()
        and torch.distributed.is_initialized()
        and torch.distributed.get_world_size() > 1
    ):
        raise EvaluationError(
            "fine-tuning on pairs runs in one process, and this is one of several; leave the task out of the recipe, "
            "and ask it of the trained model with `interlingua evaluate`"
        )
    torch.manual_seed(settings.seed)
    model = _with_head(transformer, names)
    tokenizer = copy.deepcopy(tokenizer)
    data = _TokenisedPairs(tokenizer, pairs, labels=labels, max_length=_longest(model, settings))
    micro = min(settings.micro_batch, settings.batch_size)
    with TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=scratch,
            num_train_epochs=settings.epochs,
            per_device_train_batch_size=micro,
            gradient_accumulation_steps=max(1, round(settings.batch_size / micro)),
            learning_rate=settings.learning_rate,
            lr_scheduler_type="linear",
            weight_decay=0.0,
            seed=settings.seed,
            save_strategy="no",
            logging_strategy="no",
            logging_nan_inf_filter=False,
            report_to="none",
            disable_tqdm=True,
            remove_unused_columns=False,
            use_cpu=not torch.cuda.is_available(),
        )
        trainer = Trainer(
            model=model, args=arguments, train_dataset=data, data_collator=DataCollatorWithPadding(tokenizer)
        )
        trainer.remove_callback(PrinterCallback)
        loss = trainer.train().training_loss
    if not np.isfinite(loss):
        raise EvaluationError(f"fine-tuning diverged: its loss is {loss}; try a lower learning rate")
    logger.info("fine-tuned on %d pairs, mean loss %.3f", len(data), loss)
    return PairClassifier(model, tokenizer, settings=settings)


def _with_head(transformer: PreTrainedModel, names: Sequence[str]) -> PreTrainedModel:
    """Return a copy with a new head, in float32."""
    config: Any = copy.deepcopy(transformer.config)
    config.id2label, config.label2id = dict(enumerate(names)), {name: i for i, name in enumerate(names)}
    try:
        model: Any = AutoModelForSequenceClassification.from_config(config)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise EvaluationError(
            f"transformers has no {config.model_type} with a head over labels, so it cannot be fine-tuned on pairs"
        ) from error
    body: nn.Module = getattr(model.float(), model.base_model_prefix)
    missing, unexpected = body.load_state_dict(transformer.state_dict(), strict=False)
    if strange := [name for name in (*missing, *unexpected) if not name.startswith("pooler.")]:
        raise EvaluationError(
            f"the weights of this {config.model_type} are not those of its plain kind (first: {strange[0]}), so they "
            "cannot be fine-tuned on pairs; merge adapters, or give the plain model"
        )
    made: PreTrainedModel = model
    return made


def _longest(model: PreTrainedModel, settings: FineTuning) -> int:
    config: Any = model.config
    positions = getattr(config, "max_position_embeddings", None)
    if not isinstance(positions, int) or positions < 1:
        return settings.max_length
    padding = padding_position(model)
    return min(settings.max_length, positions - (0 if padding is None else padding + 1))


class _TokenisedPairs(Dataset[dict[str, Any]]):
    """Pairs as token ids, the longer text cut first, with labels where there are some."""

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        pairs: Pairs,
        *,
        max_length: int,
        labels: Sequence[int] | None = None,
    ) -> None:
        self.fields: dict[str, Any] = dict(
            tokenizer(list(pairs[0]), list(pairs[1]), truncation="longest_first", max_length=max_length)
        )
        if labels is not None:
            self.fields["labels"] = list(labels)

    def __len__(self) -> int:
        return len(self.fields["input_ids"])

    def __getitem__(self, index: int) -> dict[str, Any]:
        return {name: values[index] for name, values in self.fields.items()}
