"""ROWS -> TOKEN VECTORS: cross-lingual latent semantic indexing."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import svds
from tokenizers import Tokenizer

from interlingua.encoder.rows import Rows

__all__ = ["lsi_table"]


def lsi_table(corpus: Rows, tokenizer: Tokenizer, *, dimension: int, seed: int = 0) -> NDArray[np.float32]:
    counts = _count(corpus, tokenizer)
    n_terms, n_rows = counts.shape
    rank = min(dimension, min(counts.shape) - 1)
    weighted = counts.astype(np.float64)
    weighted.data = 1 + np.log(weighted.data)
    frequency = np.diff(counts.indptr)
    idf = np.log(n_rows / np.maximum(frequency, 1))
    weighted = sp.diags_array(idf) @ weighted
    norms = np.sqrt(np.asarray(weighted.power(2).sum(axis=0)).ravel())
    weighted = weighted @ sp.diags_array(1 / np.maximum(norms, 1e-12))
    start = np.random.default_rng(seed).standard_normal(min(counts.shape))
    left, values, _ = svds(weighted.tocsc(), k=rank, v0=start)
    order = np.argsort(-values)
    left, values = left[:, order], values[order]
    left *= np.sign(left[np.abs(left).argmax(axis=0), np.arange(rank)])
    table = np.random.default_rng(seed).normal(scale=1e-3, size=(n_terms, dimension))
    table[:, :rank] = left * np.sqrt(values)
    return table.astype(np.float32)


def _count(corpus: Rows, tokenizer: Tokenizer) -> sp.csr_array:
    terms: list[NDArray[np.int64]] = []
    rows: list[NDArray[np.int64]] = []
    first = 0
    for batch in corpus.batches():
        for language in corpus.languages:
            texts = batch.column(language).to_pylist()
            for position, encoding in enumerate(tokenizer.encode_batch_fast([text or "" for text in texts])):
                ids = np.asarray(encoding.ids, dtype=np.int64)
                terms.append(ids)
                rows.append(np.full(len(ids), first + position))
        first += batch.num_rows
    flat = np.concatenate(terms), np.concatenate(rows)
    shape = (tokenizer.get_vocab_size(), first)
    return sp.coo_array((np.ones(len(flat[0])), flat), shape=shape).tocsr()
