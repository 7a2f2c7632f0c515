"""A healthy encoder of phrasebook, and ways to make it ill."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from tokenizers import Tokenizer

from interlingua.corpus import Corpus, open_corpus
from interlingua.encoder import SentenceEncoder, static_student, transformer_student
from interlingua.sbert import Normalize, SentenceTransformer, StaticEmbedding
from interlingua.types import Encoder, Row

LANGUAGES = ("eng_Latn", "deu_Latn", "swh_Latn", "tel_Telu")
DIMENSION = 128


@cache
def rows(split: str = "test") -> Corpus:
    return open_corpus("phrasebook").select(LANGUAGES, split=split)


@cache
def healthy() -> SentenceEncoder:
    return SentenceEncoder(static_student(rows("train"), vocabulary=3000, dimension=DIMENSION), name="healthy")


@dataclass
class Ill:
    """An encoder whose vectors something happens to."""

    encoder: Encoder
    change: Callable[[np.ndarray, str, Sequence[str]], np.ndarray]
    name: str = "ill"
    fingerprint: str = "1111222233334444"

    def encode(self, texts, *, language=None):
        vectors = self.change(self.encoder.encode(texts, language=language), language, texts)
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def direction(seed: int) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=DIMENSION)
    return made / np.linalg.norm(made)


def changed(corpus: Corpus, change: Callable[[list[Row]], list[Row]]) -> Corpus:
    return Corpus.from_rows(change(list(corpus.rows())), name="changed")


def with_table(table: np.ndarray, *, tokenizer: Tokenizer | None = None, unit: bool = False) -> SentenceEncoder:
    """The healthy encoder with other token vectors, perhaps another tokenizer, perhaps unit vectors of its own."""
    modules = [StaticEmbedding(tokenizer or healthy().model[0].tokenizer, embedding_weights=table.astype(np.float32))]
    model = SentenceTransformer(modules=[*modules, Normalize()] if unit else modules)
    return SentenceEncoder(model, name="changed")


def table() -> np.ndarray:
    return healthy().model[0].embedding.weight.detach().numpy()


@cache
def without_telugu() -> SentenceEncoder:
    """A student whose vocabulary was made without one of the languages."""
    seen = rows("train").select(["eng", "deu", "swh"])
    return SentenceEncoder(static_student(seen, vocabulary=2500, dimension=DIMENSION), name="three languages")


def telugu_as_bytes() -> SentenceEncoder:
    """The same with a tokenizer that falls back to bytes for what it does not have."""
    student = without_telugu().model[0]
    content = json.loads(student.tokenizer.to_str())
    content["model"]["byte_fallback"] = True
    content["model"]["vocab"] += [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]
    known = student.embedding.weight.detach().numpy()
    extra = np.random.default_rng(0).normal(size=(256, DIMENSION)) * known.std()
    return with_table(np.concatenate([known, extra]), tokenizer=Tokenizer.from_str(json.dumps(content)))


def transformer(max_length: int) -> SentenceEncoder:
    """A transformer of one layer that does nearly what the healthy encoder does."""
    model = transformer_student(
        rows("train"),
        layers=1,
        dimension=DIMENSION,
        heads=2,
        feed_forward=32,
        max_length=max_length,
        initialise_from=healthy().model,
    ).to("cpu")
    body = model[0].model
    with torch.no_grad():
        body.embeddings.position_embeddings.weight.zero_()
        body.embeddings.token_type_embeddings.weight.zero_()
    return SentenceEncoder(model, name=f"at most {max_length}")
