"""STATES -> PREDICTIONS: heads that an encoder is trained with and that do not go into the trained model.

None of them owns the encoder: they ask it for its embeddings when they are called, and hold parameters of their own
only. Copy a head together with its encoder (as in a copy of the loss that owns both), and the copies belong together.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers.activations import ACT2FN

from interlingua.encoder.checkpoints import head_of_checkpoint, read_head
from interlingua.encoder.embedded import transformer_of
from interlingua.errors import EncoderError
from interlingua.sbert import SentenceTransformer

__all__ = ["DenseTanh", "LanguageModelHead", "language_model_head"]

logger = logging.getLogger(__name__)


class LanguageModelHead(nn.Module):
    """Predict tokens from states: ``logits = norm(gelu(dense(state))) @ E.T + bias``, E the encoder's own embeddings.

    E is no parameter of the head. It is fetched from the encoder at every call, so it follows the encoder to another
    device or size, and it receives gradients from both.

    Args:
        encoder: The encoder, a transformers model with ``get_input_embeddings``.
        std: Standard deviation of the dense layer's weights at the start.

    Reference:
        Devlin et al. 2019, BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding.
        https://arxiv.org/abs/1810.04805
    """

    encoder: Any

    def __init__(self, encoder: Any, *, std: float = 0.02) -> None:
        super().__init__()
        object.__setattr__(self, "encoder", encoder)  # not registered: its weights are not the head's
        config = encoder.config
        words = self.embeddings
        size, inner = config.hidden_size, words.shape[1]  # these differ where embeddings are factorised
        self.dense = nn.Linear(size, inner)
        self.norm = nn.LayerNorm(inner, eps=_epsilon(config))
        self.bias = nn.Parameter(torch.zeros(len(words)))
        self.activation = ACT2FN[_activation(config)]
        with torch.no_grad():
            self.dense.weight.normal_(std=std)
            self.dense.bias.zero_()
        self.to(dtype=words.dtype, device=words.device)

    @property
    def embeddings(self) -> Tensor:
        """The encoder's input embeddings as they are now, shape ``(V, E)``."""
        words: Tensor = self.encoder.get_input_embeddings().weight
        return words

    def forward(self, states: Tensor, vocabulary: Tensor | None = None) -> Tensor:
        """Return logits, shape ``(P, V)``, or ``(P, len(vocabulary))``.

        Args:
            states: Last states of the tokens to predict from, shape ``(P, D)``.
            vocabulary: The only tokens that may be predicted, as in a softmax over English pieces; shape ``(v,)``.
                Labels must be positions in it.

        Raises:
            EncoderError: The encoder's vocabulary has another size than the head's.
        """
        words = self.embeddings
        bias: Tensor = self.bias
        if len(words) != len(bias):
            raise EncoderError(
                f"the encoder has embeddings of {len(words)} tokens, the head was made for {len(bias)}; make the head "
                "after the vocabulary is changed"
            )
        if vocabulary is not None:
            words, bias = words[vocabulary], bias[vocabulary]
        hidden = self.norm(self.activation(self.dense(states)))
        return F.linear(hidden, words, bias)


class DenseTanh(nn.Module):
    """The projection of sentence vectors that DAP and mSimCSE train with and evaluate without: ``tanh(dense(vector))``.

    Args:
        dimension: Of the vectors, before and after.
        std: Standard deviation of the weights at the start.

    Reference:
        Gao et al. 2021, SimCSE: Simple Contrastive Learning of Sentence Embeddings. https://arxiv.org/abs/2104.08821

    Example:
        >>> DenseTanh(4)(torch.zeros(2, 4)).tolist()
        [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    """

    def __init__(self, dimension: int, *, std: float = 0.02) -> None:
        super().__init__()
        self.dense = nn.Linear(dimension, dimension)
        with torch.no_grad():
            self.dense.weight.normal_(std=std)
            self.dense.bias.zero_()

    def forward(self, vectors: Tensor) -> Tensor:
        """Return projected vectors, shape ``(texts, dimension)``, not of unit length."""
        return torch.tanh(self.dense(vectors))


def language_model_head(model: SentenceTransformer, *, file: str | Path | None = None) -> LanguageModelHead:
    """Make the head that predicts tokens for an encoder: its own pretrained one wherever that is to be had.

    It is looked for in ``file``, then in the checkpoint that the encoder was loaded from (its safetensors alone are
    read, no second model); where there is none a new one is made from torch's current generator, and the log says so.

    Args:
        model: The encoder.
        file: Safetensors with a head: the state of a `LanguageModelHead` that a run kept, or a checkpoint of a masked
            language model.

    Raises:
        EncoderError: A static encoder, a file without a head, or a head for another vocabulary or dimension.

    Example:
        >>> from interlingua.corpus import Corpus
        >>> from interlingua.encoder import transformer_student
        >>> from interlingua.types import Row
        >>> rows = Corpus.from_rows([Row({"eng_Latn": "good day", "deu_Latn": "guten tag"})] * 3)
        >>> student = transformer_student(rows, layers=1, dimension=4, heads=1, feed_forward=4)
        >>> head = language_model_head(student)
        >>> head(torch.zeros(3, 4)).shape == (3, len(student.tokenizer)), sorted(head.state_dict())
        (True, ['bias', 'dense.bias', 'dense.weight', 'norm.bias', 'norm.weight'])
    """
    encoder = transformer_of(model).auto_model
    head = LanguageModelHead(encoder, std=getattr(encoder.config, "initializer_range", 0.02))
    found = head_of_checkpoint(encoder) if file is None else read_head(file)
    place = str(encoder.name_or_path if file is None else file)
    if found is None:
        logger.warning(
            "no pretrained head for predicting tokens is with the encoder (%s), so a new one is made at random; where "
            "the encoder comes from a masked language model, the head of that one is better",
            place if Path(place).is_dir() or not Path(place).is_absolute() else "made here",
        )
        return head
    _fill(head, found, place)
    logger.info("%s: the head for predicting tokens is the pretrained one", place)
    if getattr(encoder.config, "tie_word_embeddings", True) is False:
        logger.warning(
            "%s: its output embeddings differ from its input embeddings, which are used in their place", place
        )
    return head


def _fill(head: LanguageModelHead, weights: Mapping[str, Tensor], place: str) -> None:
    """Copy weights into a head; the bias that a checkpoint's head does without is zero."""
    for name, parameter in head.named_parameters():
        given = weights.get(name, torch.zeros_like(parameter) if name.endswith("bias") else None)
        if given is None or given.shape != parameter.shape:
            shape = "missing" if given is None else f"of shape {tuple(given.shape)}"
            raise EncoderError(
                f"{place}: {name} of the head is {shape}, and this encoder needs {tuple(parameter.shape)}; the head "
                "belongs to another encoder or vocabulary"
            )
        with torch.no_grad():
            parameter.copy_(given)


def _activation(config: Any) -> str:
    kind = config.model_type
    if kind == "distilbert":
        return str(config.activation)
    if kind == "modernbert":
        return str(config.classifier_activation)
    return str(config.hidden_act) if kind in ("bert", "albert") else "gelu"


def _epsilon(config: Any) -> float:
    if config.model_type == "distilbert":
        return 1e-12
    return float(getattr(config, "layer_norm_eps", None) or getattr(config, "norm_eps", None) or 1e-12)
