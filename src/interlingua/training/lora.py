"""Low-rank updates: added before training, merged into the weights after it."""

from typing import TYPE_CHECKING

from torch import nn

from interlingua.errors import TrainingError
from interlingua.sbert import SentenceTransformer, Transformer

if TYPE_CHECKING:
    from interlingua.training.settings import LoraSettings

__all__ = ["add_lora", "merge_lora"]


def add_lora(model: SentenceTransformer, settings: "LoraSettings") -> None:
    """Freeze a model and add low-rank updates to it, in place.

    Raises:
        TrainingError: If peft is not installed, or the model is no transformer.

    Reference:
        Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models. https://arxiv.org/abs/2106.09685
    """
    try:
        from peft import LoraConfig, TaskType
    except ImportError as error:
        raise TrainingError("lora needs the package peft; install it with: pip install 'interlingua[peft]'") from error
    if not isinstance(model[0], Transformer):
        raise TrainingError(f"lora is for transformers; this student is a {type(model[0]).__name__}")
    model.add_adapter(
        LoraConfig(
            task_type=TaskType.FEATURE_EXTRACTION,
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            target_modules=settings.targets,
        )
    )


def merge_lora(model: SentenceTransformer) -> None:
    """Merge low-rank updates into the weights, in place, so that what is saved is an ordinary encoder."""
    try:
        from peft.tuners.tuners_utils import BaseTunerLayer
    except ImportError:
        return
    layers = [(name, layer) for name, layer in model.named_modules() if isinstance(layer, BaseTunerLayer)]
    for name, layer in layers:
        layer.merge()
        parent, _, last = name.rpartition(".")
        plain: nn.Module = layer.get_base_layer()
        setattr(model.get_submodule(parent), last, plain)
    if layers:
        backbone = model[0].auto_model
        backbone.__dict__.update(_hf_peft_config_loaded=False, peft_config={})
