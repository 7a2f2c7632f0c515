"""Encoders made of a table, and a naive retrieval to compare with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass
class TableEncoder:
    """Looks vectors up by language and text; counts what it was asked."""

    vectors: Mapping[str, Mapping[str, np.ndarray]]
    name: str = "table"
    fingerprint: str = "0123456789abcdef"
    asked: list[tuple[str, list[str]]] = field(default_factory=list)

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> np.ndarray:
        assert language is not None
        self.asked.append((language, list(texts)))
        return np.array([self.vectors[language][text] for text in texts], dtype=np.float32)


def noisy_encoder(rows, *, seed: int = 0, dim: int = 12, noise: float = 0.5) -> TableEncoder:
    """Translations lie near each other: a row's vector plus noise of its own for every text."""
    rng = np.random.default_rng(seed)
    vectors: dict[str, dict[str, np.ndarray]] = {}
    for row in rows:
        meaning = rng.normal(size=dim)
        for language, text in row.texts.items():
            vector = meaning + noise * rng.normal(size=dim)
            vectors.setdefault(language, {}).setdefault(text, vector / np.linalg.norm(vector))
    return TableEncoder(vectors)


def naive_accuracy(encoder: TableEncoder, pairs, languages, *, match: str) -> float:
    """One Python loop a query in float64; ties share the hit. ``pairs``: texts of both languages, row by row."""
    (source, target), total = languages, 0.0
    for i, (query, gold) in enumerate(pairs):
        candidates = [text for _, text in pairs]
        if match == "text":
            candidates = list(dict.fromkeys(candidates))
        cosines = [_cosine(encoder.vectors[source][query], encoder.vectors[target][text]) for text in candidates]
        best = max(cosines)
        tied = [j for j, cosine in enumerate(cosines) if abs(cosine - best) < 1e-12]
        right = candidates.index(gold) if match == "text" else i
        total += (right in tied) / len(tied)
    return total / len(pairs)


def _cosine(a, b) -> float:
    a, b = (np.asarray(vector, dtype=np.float32).astype(np.float64) for vector in (a, b))
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
