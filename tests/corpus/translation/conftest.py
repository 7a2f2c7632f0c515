import sys
from pathlib import Path

import pytest

from interlingua.corpus import Corpus
from interlingua.errors import CorpusError
from interlingua.types import Row

WORDS = {
    "the": "el",
    "cat": "gato",
    "sees": "ve",
    "boat": "barco",
    "red": "rojo",
    "old": "viejo",
    "river": "río",
    "near": "cerca",
}


class Dictionary:
    """A translator that replaces words, counts what it is asked, and can be told to fail."""

    name = "dictionary 1"
    licence = "CC0-1.0"

    def __init__(self, *, fingerprint="d1", answers=None, fail_after=None):
        self.fingerprint = fingerprint
        self.asked: list[tuple[str, str, list[str]]] = []
        self._answers = answers or {}
        self._fail_after = fail_after

    def translate(self, texts, *, source, target):
        if self._fail_after is not None and len(self.asked) >= self._fail_after:
            raise CorpusError("the translator was killed")
        self.asked.append((source, target, list(texts)))
        return [self._answers.get(text, self._word_by_word(text, target)) for text in texts]

    @property
    def texts(self):
        return [text for _, _, texts in self.asked for text in texts]

    def _word_by_word(self, text, target):
        ending = {"spa_Latn": "", "glg_Latn": "iño"}[target]
        return " ".join(WORDS.get(word, word) + ending for word in text.lower().strip(".").split()) + "."


@pytest.fixture
def corpus():
    """Five rows: one has Spanish by people, one has no English, two share a text."""
    rows = [
        Row({"eng_Latn": "The cat sees the boat."}, {"_id": "a", "_source": "one.tmx"}),
        Row({"eng_Latn": "The old boat.", "spa_Latn": "Aquel barco antiguo."}, {"_id": "b", "_source": "one.tmx"}),
        Row({"deu_Latn": "Nur Deutsch."}, {"_id": "c", "_source": "two.tmx"}),
        Row({"eng_Latn": "The cat sees the boat."}, {"_id": "d", "_source": "two.tmx"}),
        Row({"eng_Latn": "The red cat.", "deu_Latn": "Die rote Katze."}, {"_id": "e", "_source": "two.tmx"}),
    ]
    return Corpus.from_rows(rows, name="mine")


@pytest.fixture
def program(tmp_path):
    """Write a Python program and return the command that runs it."""

    def write(body: str) -> str:
        path = tmp_path / "program.py"
        path.write_text(body, encoding="utf-8")
        return f"{sys.executable} {Path(path)}"

    return write
