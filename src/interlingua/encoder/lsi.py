"""ROWS -> TOKEN VECTORS: cross-lingual latent semantic indexing."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.utils.extmath import randomized_svd
from tokenizers import Tokenizer

from interlingua.encoder.rows import Rows

__all__ = ["lsi_table"]

_SPREAD = 0.1  # root mean square of the entries: a step of Adam at 0.003 is small against it
_NOISE = 0.1  # of tokens that occur nowhere, relative to the others


def lsi_table(
    corpus: Rows, tokenizer: Tokenizer, *, dimension: int, rows: int = 20_000, seed: int = 0
) -> NDArray[np.float32]:
    r"""Give every token a vector such that tokens of translations lie near each other, without any training.

    A row is one document, whatever its languages. With ``B_l`` the binary token x row matrix of language l and
    ``w = log(1 + rows / cells with the token)``,

    .. math:: X = \sum_l \mathrm{unit\_columns}(\mathrm{diag}(w)\, B_l) \approx U S V^\top,
              \qquad \mathrm{table} = \mathrm{diag}(w)^2\, U

    Every cell weighs the same, so that neither long texts nor languages of many pieces rule. Leaving out S (all
    directions count the same) and weighing by ``w`` twice found most translations of unseen text.

    Args:
        corpus: Training rows.
        tokenizer: Gives the tokens.
        dimension: Of the vectors; directions beyond what the rows can tell are small noise.
        rows: Most rows used, taken at an even stride.
        seed: Of the randomised singular value decomposition and the noise.

    Returns:
        Shape ``(vocabulary, dimension)``.

    Reference:
        Dumais, Letsche, Littman and Landauer 1997, Automatic Cross-Language Retrieval Using Latent Semantic Indexing.
        https://aaai.org/papers/0003-ss97-05-003/
    """
    cells = _binary_cells(corpus, tokenizer, rows=rows)
    frequency = np.sum([np.diff(matrix.indptr) for matrix in cells], axis=0)
    weight = np.log1p(cells[0].shape[1] / np.maximum(frequency, 1))
    documents = sp.csr_array(cells[0].shape)
    for matrix in cells:
        documents = documents + _unit_columns(sp.diags_array(weight) @ matrix)
    rank = min(dimension, min(documents.shape) - 1)
    left, _, _ = randomized_svd(documents, n_components=rank, n_oversamples=32, n_iter=2, random_state=seed)
    known = frequency > 0
    table = np.zeros((len(weight), dimension))
    table[:, :rank] = left * weight[:, None] ** 2
    table[~known] = 0
    table *= _SPREAD / max(np.sqrt(np.square(table[known, :rank]).mean()), 1e-12)
    noise = np.random.default_rng(seed).normal(scale=_SPREAD * _NOISE, size=table.shape)
    return np.where(table == 0, noise, table).astype(np.float32)


def _binary_cells(corpus: Rows, tokenizer: Tokenizer, *, rows: int) -> list[sp.csr_array]:
    total = sum(batch.num_rows for batch in corpus.batches())
    stride = max(1.0, total / rows)
    tokens: dict[str, list[list[int]]] = {language: [] for language in corpus.languages}
    first = 0
    for batch in corpus.batches():
        taken = [place for place in range(batch.num_rows) if (first + place) % stride < 1]
        for language, lists in tokens.items():
            texts = batch.column(language).take(taken).to_pylist()
            encodings = tokenizer.encode_batch_fast([text or "" for text in texts], add_special_tokens=False)
            lists += [encoding.ids for encoding in encodings]
        first += batch.num_rows
    return [_binary(lists, tokenizer.get_vocab_size()) for lists in tokens.values()]


def _binary(lists: list[list[int]], vocabulary: int) -> sp.csr_array:
    lengths = [len(ids) for ids in lists]
    flat = np.fromiter((token for ids in lists for token in ids), dtype=np.int64, count=sum(lengths))
    places = (flat, np.repeat(np.arange(len(lists)), lengths))
    matrix = sp.coo_array((np.ones(len(flat)), places), shape=(vocabulary, len(lists))).tocsr()
    matrix.data[:] = 1
    return matrix


def _unit_columns(matrix: sp.csr_array) -> sp.csr_array:
    norms = np.sqrt(matrix.power(2).sum(axis=0))
    return matrix @ sp.diags_array(1 / np.maximum(norms, 1e-12))
