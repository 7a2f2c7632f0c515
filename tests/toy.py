"""A toy world for every test folder: invented rows in three made-up languages, and encoders built from them at once."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from interlingua.encoder.students import static_student, transformer_student
from interlingua.sbert import SentenceTransformer

LANGUAGES = ("eng_Latn", "deu_Latn", "tel_Telu")
CONCEPTS = 40


@dataclass(frozen=True)
class ToyRows:
    """An in-memory stand-in for a corpus."""

    table: pa.Table

    @property
    def languages(self) -> Sequence[str]:
        return [name for name in self.table.column_names if not name.startswith("_")]

    def batches(self, size: int = 4096) -> Iterator[pa.RecordBatch]:
        yield from self.table.to_batches(max_chunksize=size)


def toy_corpus_table(rows: int = 50, *, seed: int = 0, missing: float = 0.0) -> pa.Table:
    """Invented rows: every language has its own word for each of forty concepts; a row is four to nine concepts.

    Args:
        rows: How many.
        seed: Other rows of the same languages.
        missing: Share of cells outside English that are null.
    """
    draw = random.Random(seed)
    words = {language: _words(language) for language in LANGUAGES}
    meanings = [[draw.randrange(CONCEPTS) for _ in range(draw.randint(4, 9))] for _ in range(rows)]
    columns: dict[str, list[str | None]] = {"_id": [str(row) for row in range(rows)]}
    for language in LANGUAGES:
        texts = [" ".join(words[language][concept] for concept in meaning) for meaning in meanings]
        gaps = [language != "eng_Latn" and draw.random() < missing for _ in meanings]
        columns[language] = [None if gap else text for text, gap in zip(texts, gaps, strict=True)]
    return pa.table(columns)


def toy_rows(rows: int = 50, *, seed: int = 0, missing: float = 0.0) -> ToyRows:
    return ToyRows(toy_corpus_table(rows, seed=seed, missing=missing))


def toy_static(*, vocabulary: int = 200, dimension: int = 16, seed: int = 0) -> SentenceTransformer:
    """A static student of the toy world."""
    return static_student(toy_rows(), vocabulary=vocabulary, dimension=dimension, seed=seed).to("cpu")


def toy_transformer(
    *, vocabulary: int = 200, dimension: int = 16, max_length: int = 32, seed: int = 0
) -> SentenceTransformer:
    """A transformer student of two layers of the toy world."""
    return transformer_student(
        toy_rows(),
        layers=2,
        dimension=dimension,
        heads=2,
        feed_forward=32,
        vocabulary=vocabulary,
        max_length=max_length,
        seed=seed,
    ).to("cpu")


def _words(language: str) -> list[str]:
    letters = {"eng_Latn": "abcdelmnost", "deu_Latn": "fghijkpqruvwz", "tel_Telu": "కగచజటడతదనపబమయరలవసహ"}[language]
    draw = random.Random(language)
    words: list[str] = []
    while len(words) < CONCEPTS:
        word = "".join(draw.choices(letters, k=draw.randint(3, 6)))
        if word not in words:
            words.append(word)
    return words
