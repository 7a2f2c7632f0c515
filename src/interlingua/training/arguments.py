"""A recipe's settings in the words of sentence-transformers."""

import torch

from interlingua.sbert import SentenceTransformer, SentenceTransformerTrainingArguments, StaticEmbedding
from interlingua.training.folder import RunFolder
from interlingua.training.settings import Recipe

__all__ = ["training_arguments"]


def training_arguments(
    recipe: Recipe, folder: RunFolder, model: SentenceTransformer, *, steps: int, choose_best: bool
) -> SentenceTransformerTrainingArguments:
    """Return the arguments of the trainer; gradient checkpointing is switched on in the model itself."""
    training = recipe.training
    on_gpu = torch.cuda.is_available()
    save_every = training.evaluate_every or training.save_every
    if training.gradient_checkpointing:
        model.gradient_checkpointing_enable()
    return SentenceTransformerTrainingArguments(
        output_dir=str(folder.checkpoints),
        seed=training.seed,
        learning_rate=training.learning_rate,
        lr_scheduler_type=training.schedule,
        warmup_steps=training.warmup,
        weight_decay=training.weight_decay,
        max_grad_norm=training.clip,
        gradient_accumulation_steps=training.accumulation,
        bf16=_bf16(training.precision, model),
        optim="adamw_torch_fused",
        use_cpu=not on_gpu,
        logging_steps=min(training.log_every, max(1, steps // 4)),  # short runs have a curve too
        eval_strategy="steps" if choose_best else "no",
        eval_steps=training.evaluate_every,
        save_strategy="steps" if save_every else "no",
        save_steps=save_every or 500,
        save_total_limit=training.keep,
        load_best_model_at_end=choose_best,
        metric_for_best_model="eval_dev_mean" if choose_best else None,
        greater_is_better=True if choose_best else None,
        report_to=training.report_to or "none",
        disable_tqdm=True,
        ddp_broadcast_buffers=False,
        remove_unused_columns=False,
    )


def _bf16(precision: str, model: SentenceTransformer) -> bool:
    """Return whether to compute in bf16: asked for, or worth it on this processor."""
    if precision != "auto":
        return precision == "bf16"
    if isinstance(model[0], StaticEmbedding):
        return False
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
