"""What is trained beside the model (heads, decoder, the objective's own weights), as a file."""

from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor

from interlingua.atomic import whole_file
from interlingua.errors import TrainingError
from interlingua.training.loss import EncoderLoss

__all__ = ["load_beside", "save_beside", "save_weights"]


def save_beside(loss: EncoderLoss, path: Path) -> None:
    """Write the weights of everything beside the model, if there are any; names begin with that of their part."""
    parts = loss.beside().items()
    weights = {f"{part}.{name}": value for part, module in parts for name, value in module.state_dict().items()}
    if weights:
        save_weights(weights, path)


def save_weights(weights: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors to a safetensors file, whole or not at all."""
    with whole_file(path) as partial:
        save_file({name: value.detach().contiguous() for name, value in weights.items()}, partial)


def load_beside(loss: EncoderLoss, path: Path) -> None:
    """Read what `save_beside` has written, in place.

    Raises:
        TrainingError: The file is not there, or holds other parts.
    """
    parts = {name: module for name, module in loss.beside().items() if module.state_dict()}
    if not parts and not path.is_file():
        return
    weights = load_file(path) if path.is_file() else {}
    found = {name.partition(".")[0] for name in weights}
    if found != set(parts):
        raise TrainingError(
            f"{path.parent} holds weights of {', '.join(sorted(found)) or 'nothing'} beside the model, and this recipe "
            f"trains {', '.join(sorted(parts)) or 'nothing'}; the checkpoint belongs to another recipe"
        )
    for part, module in parts.items():
        module.load_state_dict(
            {name.removeprefix(f"{part}."): value for name, value in weights.items() if name.startswith(f"{part}.")}
        )
