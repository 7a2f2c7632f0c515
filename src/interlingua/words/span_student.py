"""Models that answer questions with spans: one that is saved, and one made from an encoder with a fresh head."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    MPNetConfig,
    MPNetForQuestionAnswering,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from interlingua.encoder.students import static_module
from interlingua.encoder.tokenizers import as_fast_tokenizer
from interlingua.errors import AlignmentError
from interlingua.sbert import SentenceTransformer, Transformer

__all__ = ["load_span_model", "matching_span_student", "span_student"]

_NEIGHBOUR = 5.0
"""What is added to the logit of the neighbour: about 0.8 of the attention among forty tokens."""

_NOISE, _VALUE = 0.02, 0.06
"""Standard deviations: of what breaks the symmetry of queries and keys, and of values and outputs."""


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


def span_student(student: SentenceTransformer, *, seed: int = 0) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Make a transformer encoder into an untrained question-answering model: its body, and a fresh head.

    Args:
        student: Any encoder whose first module is a text transformer with a fast tokenizer; it is copied.
        seed: Of the head's weights.

    Raises:
        AlignmentError: The encoder has no transformer or no fast tokenizer.
    """
    first = student[0]
    if not isinstance(first, Transformer) or not isinstance(first.tokenizer, PreTrainedTokenizerFast):
        raise AlignmentError(
            f"{type(first).__name__} cannot answer questions; take an encoder that is a transformer with a fast "
            "tokenizer, or make a static one into a model with `matching_span_student`"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: PreTrainedModel = AutoModelForQuestionAnswering.from_config(deepcopy(first.auto_model.config))  # type: ignore[no-untyped-call]
    body = getattr(model, model.base_model_prefix)
    body.load_state_dict(first.auto_model.state_dict(), strict=False)
    return model, deepcopy(first.tokenizer)


def matching_span_student(
    static: SentenceTransformer, *, layers: int = 3, heads: int = 4, max_length: int = 256, seed: int = 0
) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Make a static student into a question-answering model that looks for similar words before it is trained.

    To answer, a model must notice which word stands between the marks, and find a word like it in the context. A
    transformer with random weights learns neither in minutes. This one, of MPNet's architecture, whose attention knows
    how far two tokens are apart, starts with a head that looks at the token before, one that looks at the token after,
    and others with the identity for queries and keys: they look at what is alike, as translations are in the student.

    Args:
        static: A student as ``static_student`` makes it, whose table gives linked words similar vectors.
        layers: How many layers.
        heads: Attention heads, 3 at least; they divide the dimension of the student.
        max_length: Longest window in tokens.
        seed: Of the random weights.

    Raises:
        EncoderError: It is no static student.
        AlignmentError: ``heads`` does not fit.

    Reference:
        Trockman and Kolter 2023, Mimetic Initialization of Self-Attention Layers. https://arxiv.org/abs/2305.09828.
        Song, Tan, Qin, Lu, Liu 2020, MPNet: Masked and Permuted Pre-training for Language Understanding.
        https://arxiv.org/abs/2004.09297
    """
    table = static_module(static)
    dimension = table.embedding_dim
    if heads < 3 or dimension % heads:
        raise AlignmentError(f"{heads} heads do not fit a dimension of {dimension}; take 3 or more that divide it")
    tokenizer = as_fast_tokenizer(table.tokenizer, max_length=max_length)
    config = MPNetConfig(
        vocab_size=len(tokenizer),
        hidden_size=dimension,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=2 * dimension,
        max_position_embeddings=max_length + tokenizer.pad_token_id + 1,  # positions count from pad_token_id + 1
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        model = MPNetForQuestionAnswering(config)
        model.mpnet.embeddings.word_embeddings.weight.copy_(table.embedding.weight)
        _look_around_and_at_similar(model.mpnet)
    return model, tokenizer


def _look_around_and_at_similar(body: Any) -> None:
    body.embeddings.position_embeddings.weight.zero_()
    encoder = body.encoder
    distances = encoder.relative_attention_bias.weight
    distances.zero_()
    for head, distance in enumerate((-1, 1)):
        buckets = distances.shape[0]
        bucket = encoder.relative_position_bucket(torch.tensor([distance]), num_buckets=buckets)
        distances[bucket, head] = _NEIGHBOUR
    for layer in encoder.layer:
        attention = layer.attention.attn
        alike = torch.eye(attention.q.weight.shape[0])
        alike[: 2 * attention.attention_head_size] = 0.0
        noisy = alike + _NOISE * torch.randn_like(alike)
        attention.q.weight.copy_(noisy)
        attention.k.weight.copy_(noisy)
        attention.v.weight.normal_(0, _VALUE)
        attention.o.weight.normal_(0, _VALUE)
