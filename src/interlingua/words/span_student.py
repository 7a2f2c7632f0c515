"""Models that answer questions with spans: one that is saved, and one made from an encoder with a fresh head."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from interlingua.errors import AlignmentError
from interlingua.sbert import SentenceTransformer, Transformer

__all__ = ["load_span_model", "span_student"]

_POSITION = 0.07
"""Root mean square of position vectors: somewhat less than that of the token vectors of a static student, 0.1."""


def load_span_model(name: str | Path) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Load a question-answering model and its tokenizer from a folder or from the hub; safetensors only.

    Raises:
        AlignmentError: If it does not load, or its answering head is not among its weights.
    """
    try:
        model, told = AutoModelForQuestionAnswering.from_pretrained(
            str(name), use_safetensors=True, output_loading_info=True
        )
        tokenizer = AutoTokenizer.from_pretrained(str(name))
    except (OSError, ValueError, RuntimeError, ImportError, KeyError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise AlignmentError(
            f"{name}: the question-answering model does not load: {reason}. Is it a complete transformers folder or a "
            "name on the hub, and are its weights safetensors?"
        ) from error
    fresh = sorted(key for key in told["missing_keys"] if key.startswith("qa_outputs"))
    if fresh:
        raise AlignmentError(
            f"{name} has no question-answering head ({', '.join(fresh)} are not among its weights); take a model that "
            "was trained to answer with spans, or train one with `train_span_model`"
        )
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise AlignmentError(
            f"{name} has a slow tokenizer, which cannot tell where tokens stand; convert it to a fast one"
        )
    return model, tokenizer


def span_student(
    student: SentenceTransformer, *, similar: bool = False, seed: int = 0
) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Make a transformer encoder into an untrained question-answering model: its body, and a fresh head.

    An encoder without any training learns slowly to find a translation. With ``similar`` its attention starts at what
    is alike: queries and keys are the identity but for some noise, and positions are sines and cosines. A token then
    looks at tokens near it, and at those whose vectors are alike, which translations have in a static student.

    Args:
        student: Any encoder whose first module is a text transformer with a fast tokenizer; it is copied.
        similar: Start attention at what is alike; for students of ``transformer_student`` that nothing trained yet.
        seed: Of the head's weights.

    Raises:
        AlignmentError: The encoder has no transformer or no fast tokenizer, or ``similar`` does not fit it.

    Reference:
        Trockman and Kolter 2023, Mimetic Initialization of Self-Attention Layers. https://arxiv.org/abs/2305.09828
    """
    first = student[0]
    if not isinstance(first, Transformer) or not isinstance(first.tokenizer, PreTrainedTokenizerFast):
        raise AlignmentError(
            f"{type(first).__name__} cannot answer questions; take an encoder that is a transformer with a fast "
            "tokenizer, as `transformer_student` makes it"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: PreTrainedModel = AutoModelForQuestionAnswering.from_config(deepcopy(first.auto_model.config))  # type: ignore[no-untyped-call]
    body = getattr(model, model.base_model_prefix)
    body.load_state_dict(first.auto_model.state_dict(), strict=False)
    if similar:
        _look_at_similar(body)
    return model, deepcopy(first.tokenizer)


def _look_at_similar(body: Any) -> None:
    try:
        attentions = [layer.attention.self for layer in body.encoder.layer]
        positions = body.embeddings.position_embeddings.weight
    except AttributeError as error:
        raise AlignmentError(
            f"{type(body).__name__} is not built like BERT, so its attention cannot be started at what is alike; leave "
            "out `similar`"
        ) from error
    with torch.no_grad():
        for attention in attentions:
            near = attention.query.weight + torch.eye(attention.query.weight.shape[0])
            attention.query.weight.copy_(near)
            attention.key.weight.copy_(near)
        positions.copy_(_waves(*positions.shape))


def _waves(places: int, dimension: int) -> torch.Tensor:
    """Sines and cosines of falling frequency, mixed over the dimensions so that every head has all of them."""
    rates = np.exp(-np.log(1000.0) * np.arange(0, dimension, 2) / dimension)
    angles = np.arange(places)[:, None] * rates
    waves = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(places, -1)[:, :dimension]
    mixed = np.random.default_rng(0).permutation(dimension)
    return torch.from_numpy((_POSITION * np.sqrt(2) * waves[:, mixed]).astype(np.float32))
