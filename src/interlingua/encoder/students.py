"""CORPUS -> STUDENT: two kinds of encoder that need no download."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np
import torch
from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel
from transformers.utils import logging

from interlingua.encoder.lsi import lsi_table
from interlingua.encoder.rows import Rows
from interlingua.encoder.tokenizers import SPECIAL_TOKENS, as_fast_tokenizer, train_tokenizer
from interlingua.errors import EncoderError
from interlingua.sbert import Pooling, SentenceTransformer, StaticEmbedding, Transformer
from interlingua.types import PoolingMode

__all__ = ["no_progress_bars", "static_module", "static_student", "transformer_student"]


def static_student(
    corpus: Rows,
    *,
    vocabulary: int | None = None,
    dimension: int = 256,
    initialise: Literal["lsi", "random"] = "lsi",
    seed: int = 0,
) -> SentenceTransformer:
    """Make a static encoder: the vector of a text is the mean of its tokens' vectors.

    Args:
        corpus: Rows that the tokenizer and the token vectors are made from; use training rows only.
        vocabulary: Most pieces in the vocabulary; None chooses by the amount of text.
        dimension: Dimension of the vectors.
        initialise: ``lsi`` puts words that translate each other near each other before any training.
        seed: Of the random parts.

    Raises:
        EncoderError: A corpus without text, or a vocabulary too small.

    Example:
        >>> from interlingua.corpus import Corpus
        >>> from interlingua.types import Row
        >>> texts = [("red", "rot"), ("blue", "blau"), ("red blue", "rot blau"), ("green", "grün")]
        >>> rows = Corpus.from_rows([Row({"eng_Latn": a, "deu_Latn": b}) for a, b in texts])
        >>> student = static_student(rows, dimension=3)
        >>> red, rot, blau = student.encode(["red", "rot", "blau"], normalize_embeddings=True)
        >>> bool(red @ rot > red @ blau)
        True
    """
    tokenizer = train_tokenizer(corpus, vocabulary=vocabulary)
    if initialise == "lsi":
        table = lsi_table(corpus, tokenizer, dimension=dimension, seed=seed)
    else:
        shape = (tokenizer.get_vocab_size(), dimension)
        table = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    return SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=table)])


def transformer_student(
    corpus: Rows,
    *,
    layers: int = 4,
    dimension: int = 256,
    heads: int = 4,
    feed_forward: int = 1024,
    vocabulary: int | None = None,
    max_length: int = 128,
    pooling: PoolingMode = "mean",
    initialise_from: SentenceTransformer | None = None,
    dropout: float = 0.1,
    seed: int = 0,
) -> SentenceTransformer:
    """Make a transformer encoder of XLM-R's architecture with random weights and its own tokenizer.

    Args:
        corpus: Rows that the tokenizer is made from; not walked when ``initialise_from`` brings one.
        layers: How many layers.
        dimension: Of states and vectors.
        heads: Attention heads; they divide ``dimension``.
        feed_forward: Inner dimension of the feed-forward layers.
        vocabulary: Most pieces in the vocabulary; None chooses by the amount of text.
        max_length: Longest text in tokens, ``<s>`` and ``</s>`` included.
        pooling: How token states become the vector of the text.
        initialise_from: A static student whose tokenizer and token vectors are taken over.
        dropout: Of hidden states and attention.
        seed: Of the random weights.

    Raises:
        EncoderError: ``heads`` does not divide ``dimension``, or ``initialise_from`` does not fit.
    """
    if dimension % heads:
        raise EncoderError(f"{heads} heads do not divide a dimension of {dimension}; choose one that they divide")
    table = None if initialise_from is None else _token_table(initialise_from, dimension)
    if initialise_from is None:
        tokenizer = train_tokenizer(corpus, vocabulary=vocabulary)
    else:
        tokenizer = static_module(initialise_from).tokenizer
    fast = as_fast_tokenizer(tokenizer, max_length=max_length)
    config = XLMRobertaConfig(
        vocab_size=len(fast),
        hidden_size=dimension,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=feed_forward,
        max_position_embeddings=max_length + fast.pad_token_id + 1,  # positions count from pad_token_id + 1
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        pad_token_id=fast.pad_token_id,
        bos_token_id=fast.bos_token_id,
        eos_token_id=fast.eos_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        body = XLMRobertaModel(config)  # with a pooler that nothing uses, since loading would add one at random
    if table is not None:
        with torch.no_grad():
            body.embeddings.word_embeddings.weight.copy_(table)
            body.embeddings.word_embeddings.weight[fast.pad_token_id].zero_()
    return _assemble(body, fast, pooling=pooling)


def _token_table(static: SentenceTransformer, dimension: int) -> torch.Tensor:
    first = static_module(static)
    missing = [token for token in SPECIAL_TOKENS.values() if first.tokenizer.token_to_id(token) is None]
    if missing:
        raise EncoderError(
            f"the tokenizer of `initialise_from` lacks {', '.join(missing)}; take a student that `static_student` made"
        )
    if first.embedding_dim != dimension:
        raise EncoderError(
            f"`initialise_from` has vectors of dimension {first.embedding_dim}, the transformer {dimension}; "
            "make both the same"
        )
    return first.embedding.weight.detach().cpu()


def static_module(student: SentenceTransformer) -> StaticEmbedding:
    """Return the token table of a static student.

    Raises:
        EncoderError: Its first module is no token table.
    """
    first = student[0]
    if not isinstance(first, StaticEmbedding):
        raise EncoderError(f"not a static student: its first module is a {type(first).__name__}, no StaticEmbedding")
    return first


def _assemble(
    body: XLMRobertaModel, tokenizer: PreTrainedTokenizerFast, *, pooling: PoolingMode
) -> SentenceTransformer:
    with TemporaryDirectory() as folder, no_progress_bars():  # a Transformer is built from a folder only
        body.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        transformer = Transformer(folder, model_kwargs={"use_safetensors": True})
    states = Pooling(transformer.get_embedding_dimension(), pooling)
    return SentenceTransformer(modules=[transformer, states])


@contextmanager
def no_progress_bars() -> Iterator[None]:
    """Keep transformers from drawing bars while it loads and saves."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
