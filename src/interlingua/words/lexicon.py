"""LINKS -> LEXICON: which form of the other language a form is linked with most; and vectors of forms alone."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from interlingua.types import Spans

if TYPE_CHECKING:
    from torch import Tensor

    from interlingua.sbert import SentenceTransformer
    from interlingua.words.gold import AlignedPairs

__all__ = ["Lexicon", "form_vectors", "lexicon"]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Translations of word forms in both directions.

    Args:
        source: Every form with a letter of the source side, in the order of their first place.
        target: Every form with a letter of the target side.
        forward: Source forms and their translations, as places in both lists, shape ``(k, 2)``.
        backward: Target forms and their translations, shape ``(l, 2)``.
    """

    source: list[str]
    target: list[str]
    forward: NDArray[np.int64]
    backward: NDArray[np.int64]


def lexicon(aligned: "AlignedPairs", *, min_count: int = 2) -> Lexicon:
    """Take from links the most frequent partner of every form; all of them where several are equally frequent.

    Forms are words as they are written, case included; those without a letter are left out.

    Args:
        aligned: Sentence pairs with links; possible ones count like sure ones.
        min_count: How often a form and its translation must be linked.

    Example:
        >>> from interlingua.types import Links, WordPair
        >>> from interlingua.words.gold import AlignedPairs
        >>> pair = WordPair("a day .", "ein Tag .", [(0, 1), (2, 5), (6, 7)], [(0, 3), (4, 7), (8, 9)])
        >>> links = Links(pair.source_words, pair.target_words, [(0, 0), (1, 1), (2, 2)])
        >>> twice = AlignedPairs(pairs=[pair] * 2, links=[links] * 2, languages=("eng_Latn", "deu_Latn"), name="x")
        >>> found = lexicon(twice)
        >>> [(found.source[i], found.target[j]) for i, j in found.forward]
        [('a', 'ein'), ('day', 'Tag')]
    """
    forms: tuple[dict[str, int], dict[str, int]] = ({}, {})
    counts: Counter[tuple[int, int]] = Counter()
    for pair, links in zip(aligned.pairs, aligned.links, strict=True):
        sides = [
            [_number(text[begin:end], known) for begin, end in words.tolist()]
            for text, words, known in zip(
                (pair.source, pair.target), (pair.source_words, pair.target_words), forms, strict=True
            )
        ]
        linked = ((sides[0][i], sides[1][j]) for i, j in links.pairs.tolist())
        counts.update((i, j) for i, j in linked if i >= 0 and j >= 0)
    forward = _most_frequent(counts, min_count)
    backward = _most_frequent(Counter({(j, i): count for (i, j), count in counts.items()}), min_count)
    return Lexicon(list(forms[0]), list(forms[1]), forward, backward)


def form_vectors(model: "SentenceTransformer", forms: list[str]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the mean of the rows that a form's subwords have in the input embedding table.

    Args:
        model: A static embedding, or a transformer with a fast tokenizer.
        forms: Words, each tokenised alone.

    Returns:
        Vectors of shape ``(forms, dim)``, zero for a form without a token, and which forms have one.

    Raises:
        EncoderError: The model has no fast tokenizer.
    """
    import torch

    from interlingua.encoder.subwords import token_ranges
    from interlingua.sbert import StaticEmbedding, token_ids

    first: Any = model[0]
    body = first.embedding if isinstance(first, StaticEmbedding) else first.auto_model.get_input_embeddings()
    table: Tensor = body.weight
    words: list[Spans] = [np.array([(0, len(form))], dtype=np.int32) for form in forms]
    ranges = [one[0] for one in token_ranges(model, forms, words)]
    pieces = [ids[begin:end] for ids, (begin, end) in zip(token_ids(model, forms), ranges, strict=True)]
    sizes = np.array([len(one) for one in pieces], dtype=np.int64)
    flat = torch.from_numpy(np.concatenate([np.zeros(0, dtype=np.int64), *pieces]).astype(np.int64))
    rows = table.detach()[flat.to(table.device)].float().cpu().numpy()
    vectors = np.zeros((len(forms), table.shape[1]), dtype=np.float32)
    np.add.at(vectors, np.repeat(np.arange(len(forms)), sizes), rows)
    vectors /= np.maximum(sizes, 1)[:, None]
    return vectors, sizes > 0


def _number(form: str, known: dict[str, int]) -> int:
    return known.setdefault(form, len(known)) if any(character.isalpha() for character in form) else -1


def _most_frequent(counts: Counter[tuple[int, int]], min_count: int) -> NDArray[np.int64]:
    best: dict[int, int] = {}
    for (form, _), count in counts.items():
        best[form] = max(best.get(form, min_count), count)
    kept = sorted(pair for pair, count in counts.items() if count >= min_count and count == best[pair[0]])
    return np.array(kept, dtype=np.int64).reshape(-1, 2)
