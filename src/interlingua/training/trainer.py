"""The stock trainer, fed with batches of cells."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.utils.data import DataLoader
from transformers.trainer_utils import TrainOutput

from interlingua.errors import TrainingError
from interlingua.sbert import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
    StaticEmbedding,
)
from interlingua.training.beside import load_beside, save_beside, save_weights
from interlingua.training.data import CellBatches
from interlingua.training.evaluator import TaskEvaluator
from interlingua.training.loss import EncoderLoss

__all__ = ["MultiwayTrainer"]

logger = logging.getLogger(__name__)

HEADS = "beside.safetensors"
UPDATES = "updates.safetensors"


class MultiwayTrainer(SentenceTransformerTrainer):
    """Train an encoder on batches of cells.

    What it adds to the stock trainer: batches come planned and tokenised and are already this process's share;
    parameters of the objective are kept in checkpoints and shared between processes; checkpoints of low-rank updates
    hold the updates alone; the embedding table of a static encoder gets sparse gradients; a loss that is no number
    stops the run.

    Args:
        model: The encoder.
        args: As for sentence-transformers; ``max_steps`` is set from the batches.
        batches: What to train on.
        loss: An `EncoderLoss` around the model.
        evaluator: Tasks that choose the best checkpoint.
        callbacks: As for transformers.
    """

    def __init__(
        self,
        model: SentenceTransformer,
        args: SentenceTransformerTrainingArguments,
        batches: CellBatches,
        loss: EncoderLoss,
        *,
        evaluator: TaskEvaluator | None = None,
        callbacks: list[Any] | None = None,
    ) -> None:
        self.batches = batches
        self.sparse = isinstance(model[0], StaticEmbedding)
        args.max_steps = -(-len(batches) // args.gradient_accumulation_steps)
        super().__init__(
            model=model, args=args, train_dataset=batches, loss=loss, evaluator=evaluator, callbacks=callbacks
        )
        self.diagnostics: dict[str, Tensor] = {}
        if args.world_size > 1:
            for parameter in self._parameters_beside():
                dist.broadcast(parameter.detach(), src=0)

    @property
    def encoder_loss(self) -> EncoderLoss:
        """The loss."""
        if not isinstance(self.loss, EncoderLoss):
            raise TrainingError(
                f"batches of cells need an EncoderLoss, not a {type(self.loss).__name__}: other losses take the third "
                "column of a row for a wrong answer"
            )
        return self.loss

    def _parameters_beside(self) -> Iterator[nn.Parameter]:
        """Yield what is trained beside the model: parameters of the objective and of heads."""
        for module in self.encoder_loss.beside().values():
            yield from module.parameters()

    def train(self, *given: Any, **settings: Any) -> TrainOutput:
        """Train; see transformers. While it lasts, lookups of tokens have sparse gradients where that saves work."""
        worth_it = self.sparse or (self.args.device.type == "cpu" and self.args.world_size == 1)
        with _sparse_gradients(self.model, keep=self.sparse) if worth_it else nullcontext():
            return super().train(*given, **settings)

    # what the stock trainer does to datasets of text columns does not apply to batches of cells

    def preprocess_dataset(self, dataset: Any = None, dataset_name: str | None = None) -> Any:
        """Return the batches as they are."""
        return dataset

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """Add nothing: the run writes the card."""

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Return a loader of this process's shares, which no one may shard again."""
        return self.batches.loader()

    def floating_point_ops(self, inputs: Mapping[str, Any]) -> int:
        """Return 0: sub-batches have no single shape to count by."""
        return 0

    def _prepare_inputs(self, inputs: dict[str, Any]) -> dict[str, Any]:
        return {name: _moved(value, self.args.device) for name, value in inputs.items()}

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return the sum of the objective's terms.

        Raises:
            TrainingError: If it is no finite number.
        """
        loss = self.encoder_loss
        if model is self.model_wrapped and loss.model is not model:
            loss.add_module("model", model)  # wrapped for several processes, or compiled
        terms: dict[str, Tensor] = loss(inputs["cells"])
        total = torch.stack(list(terms.values())).sum()
        if not bool(torch.isfinite(total)):
            parts = ", ".join(f"{name} {value.item():g}" for name, value in terms.items())
            raise TrainingError(
                f"the loss at step {self.state.global_step + 1:,} is not a finite number ({parts}). Lower the learning "
                "rate, raise the temperature, or check the teacher's vectors, and begin anew with --overwrite; "
                f"checkpoints in {self.args.output_dir} are as they were"
            )
        self.track_loss_components(terms)
        self.diagnostics = {name: value.detach() for name, value in loss.objective.diagnostics.items()}
        return (total, {}) if return_outputs else total

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log loss, its parts, and the objective's diagnostics."""
        # the stock trainer takes all batches of the run for one epoch
        done = self.state.global_step * self.args.gradient_accumulation_steps
        self.state.epoch = round(self.batches.passes(min(done, len(self.batches))), 4)
        if "loss" in logs:
            logs |= {name: round(float(value), 6) for name, value in self.diagnostics.items()}
        super().log(logs, start_time)

    def training_step(self, model: nn.Module, inputs: dict[str, Any], num_items_in_batch: Any = None) -> Tensor:
        """Do one forward and backward pass; then share the gradients of the objective's own parameters."""
        loss = super().training_step(model, inputs, num_items_in_batch)
        if self.accelerator.sync_gradients and self.args.world_size > 1:
            for parameter in self._parameters_beside():
                if parameter.requires_grad:
                    gradient = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
                    dist.all_reduce(gradient)
                    parameter.grad = gradient / self.args.world_size
        return loss

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Return the stock optimizer, or Adam on the touched rows only for a static encoder."""
        if not self.sparse:
            return super().create_optimizer(model)
        if self.optimizer is None:
            table = [p for p in self.model.parameters() if p.requires_grad]
            others = [p for p in self._parameters_beside() if p.requires_grad]
            if others or len(table) != 1:
                raise TrainingError(
                    "a static encoder is trained by its table of token vectors alone; this objective or model has "
                    "other parameters too (a projection?). Choose a student whose dimension is the teacher's"
                )
            self.optimizer = torch.optim.SparseAdam(
                table, lr=self.args.learning_rate, betas=(self.args.adam_beta1, self.args.adam_beta2)
            )
        return self.optimizer

    def _clip_grad_norm(self, model: nn.Module) -> Any:
        """Clip; but not sparse gradients, whose length the steps of Adam do not depend on."""
        return None if self.sparse else super()._clip_grad_norm(model)  # type: ignore[no-untyped-call]

    def _get_grad_norm(self, model: nn.Module, grad_norm: Any = None) -> Any:
        return None if self.sparse else super()._get_grad_norm(model, grad_norm=grad_norm)  # type: ignore[no-untyped-call]

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        folder = Path(output_dir or str(self.args.output_dir))
        folder.mkdir(parents=True, exist_ok=True)
        updates = self._updates()
        if updates:  # peft would keep a reference to the frozen model, by a name that may be gone
            save_weights(updates, folder / UPDATES)
        else:
            self.model.save_pretrained(str(folder), create_model_card=False)
        save_beside(self.encoder_loss, folder / HEADS)
        settings = self.args.to_dict()  # type: ignore[no-untyped-call]
        (folder / "training_args.json").write_text(json.dumps(settings, default=str, indent=1), encoding="utf-8")

    def _updates(self) -> dict[str, Tensor]:
        """Return the low-rank updates of a model that is trained by them alone, by name."""
        return {name: value for name, value in self.model.named_parameters() if "lora_" in name}

    def _load_from_checkpoint(self, checkpoint_path: str, model: Any = None) -> None:
        if self._updates():
            self.model.load_state_dict(load_file(Path(checkpoint_path) / UPDATES), strict=False)
        else:
            super()._load_from_checkpoint(checkpoint_path)
        load_beside(self.encoder_loss, Path(checkpoint_path) / HEADS)


@contextmanager
def _sparse_gradients(model: nn.Module, *, keep: bool) -> Iterator[None]:
    """Let tables give sparse gradients: adding up those of several sub-batches then touches the rows in use alone.

    Args:
        model: Whose tables.
        keep: Leave the sums sparse; else each is made dense once it is complete.
    """
    tables = [one for one in model.modules() if isinstance(one, nn.Embedding | nn.EmbeddingBag)]
    tables = [one for one in tables if one.weight.requires_grad and not one.sparse]
    weights = [] if keep else [one.weight for one in tables]
    hooks = [weight.register_post_accumulate_grad_hook(_make_dense) for weight in weights]  # type: ignore[no-untyped-call]
    for table in tables:
        table.sparse = True
    try:
        yield
    finally:
        for table in tables:
            table.sparse = False
        for hook in hooks:
            hook.remove()


def _make_dense(weight: Tensor) -> None:
    if weight.grad is not None and weight.grad.is_sparse:
        weight.grad = weight.grad.to_dense()


def _moved(value: Any, device: torch.device) -> Any:
    """Return the same structure with every tensor on the device."""
    if isinstance(value, Tensor):
        return value.to(device, non_blocking=True)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _moved(getattr(value, one.name), device) for one in fields(value)})
    if isinstance(value, dict):
        return {name: _moved(one, device) for name, one in value.items()}
    if isinstance(value, list):
        return [_moved(one, device) for one in value]
    return value
