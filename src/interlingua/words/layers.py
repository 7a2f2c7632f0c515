"""TOKENS -> STATES of one layer of a transformer, without computing the layers above."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from interlingua.errors import EncoderError
from interlingua.sbert import SentenceTransformer, StaticEmbedding, Transformer

__all__ = ["depth", "hidden_states", "inference", "resolve_layer", "state_dimension"]


def depth(model: SentenceTransformer) -> int:
    """Return how many layers a model has above its input embedding: 0 for a static embedding.

    Raises:
        EncoderError: It is neither a transformer nor a static embedding.
    """
    first = model[0]
    if isinstance(first, StaticEmbedding):
        return 0
    layers = getattr(first.auto_model.config, "num_hidden_layers", None) if isinstance(first, Transformer) else None
    if layers is None:
        raise EncoderError(
            f"words have no states in this model ({type(first).__name__}); use a transformer or a static embedding"
        )
    return int(layers)


def resolve_layer(layer: int | None, layers: int) -> int:
    """Return the number of a layer from 0, the input embedding.

    Args:
        layer: A negative number counts from the end; None is two thirds of a depth of 12 or more, else the last.
        layers: How many there are above the embedding.

    Raises:
        EncoderError: There is no such layer.

    Example:
        >>> resolve_layer(None, 12), resolve_layer(None, 6), resolve_layer(-2, 12)
        (8, 6, 11)
    """
    if layer is None:
        return round(layers * 2 / 3) if layers >= 12 else layers
    if not -layers - 1 <= layer <= layers:
        raise EncoderError(f"there is no layer {layer}; this model has layers 0 (the embedding) to {layers}")
    return layer % (layers + 1)


def state_dimension(model: SentenceTransformer) -> int:
    """Return the dimension of the states of a model that ``depth`` is known of."""
    first = model[0]
    if isinstance(first, StaticEmbedding):
        return int(first.embedding.weight.shape[1])
    return int(_body(model).config.hidden_size)


def hidden_states(model: SentenceTransformer, batch: dict[str, torch.Tensor], *, layer: int) -> torch.Tensor:
    """Return the states of a layer of a transformer, shape ``(texts, longest, dim)``.

    Args:
        model: A model whose first module is a transformer.
        batch: As ``sbert.features`` makes it.
        layer: The number of the layer, 0 for the input embedding.

    Raises:
        EncoderError: The model does not give the states of this layer.
    """
    body, layers = _body(model), depth(model)
    if layer == layers:
        found = body(**batch).last_hidden_state
    else:
        found = _run_until(_next_block(body, layer, layers), body, batch)
        if found is None:
            found = body(**batch, output_hidden_states=True).hidden_states[layer]
    if not isinstance(found, torch.Tensor) or found.dim() != 3:
        raise EncoderError(f"this model does not give the states of its layer {layer}; take another `layer`")
    return found


@contextmanager
def inference(model: SentenceTransformer) -> Iterator[None]:
    """Run without dropout and gradients; afterwards every module is in training, or not, as it was."""
    trained = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        for module in trained:
            module.training = True


def _body(model: SentenceTransformer) -> Any:
    first = model[0]
    if not isinstance(first, Transformer):
        raise EncoderError(f"a {type(first).__name__} has no layers; take layer 0 or leave out `layer`")
    return first.auto_model


class _Reached(Exception):  # noqa: N818
    """Ends a forward pass of which the rest is not needed."""

    def __init__(self, states: torch.Tensor) -> None:
        self.states = states


def _run_until(
    block: torch.nn.Module | None, body: torch.nn.Module, batch: dict[str, torch.Tensor]
) -> torch.Tensor | None:
    """What a layer is given; None where it is not known, or is no padded batch."""
    if block is None:
        return None
    handle = block.register_forward_pre_hook(_stop, with_kwargs=True)
    try:
        body(**batch)
    except _Reached as reached:
        return reached.states if reached.states.dim() == 3 else None
    finally:
        handle.remove()
    return None


def _stop(module: torch.nn.Module, arguments: tuple[torch.Tensor, ...], named: dict[str, torch.Tensor]) -> None:
    raise _Reached(arguments[0] if arguments else named["hidden_states"])


def _next_block(body: torch.nn.Module, layer: int, layers: int) -> torch.nn.Module | None:
    """The layer that the wanted states are the input of, where the model has one plain list of layers."""
    lists = [module for module in body.modules() if isinstance(module, torch.nn.ModuleList) and len(module) == layers]
    return lists[0][layer] if len(lists) == 1 else None
