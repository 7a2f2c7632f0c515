"""Measurements on the texts of a pool: tokens, copies, and what was trained on."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from interlingua.evaluation.doctor.chart import Chart, exactly, ratio
from interlingua.evaluation.doctor.copies import Seen, hashed_columns, pair_hashes, repeated
from interlingua.evaluation.doctor.pool import Pool
from interlingua.evaluation.doctor.tokens import TokenReader, Tokens
from interlingua.evaluation.metrics import accuracy

if TYPE_CHECKING:
    from interlingua.corpus import Corpus

__all__ = ["measure_copies", "measure_seen", "measure_tokens"]


def measure_tokens(reader: TokenReader, pool: Pool, chart: Chart) -> None:
    """Add for every language tokens a word and a character, unknown ones, texts that are cut, and the premium.

    The premium is how many tokens the same rows take in this language for one in the pivot.

    Reference:
        Rust, Pfeiffer, Vulić, Ruder, Gurevych 2021, How Good is Your Tokenizer? https://aclanthology.org/2021.acl-long.243;
        Petrov, La Malfa, Torr, Bibi 2023, Language Model Tokenizers Introduce Unfairness Between Languages.
        https://arxiv.org/abs/2305.15425
    """
    from interlingua.words.segment import segment

    counts = {language: reader.count(texts) for language, texts in pool.texts.items()}
    for language, texts in pool.texts.items():
        found = counts[language]
        words = [len(segment(text, language)) for text in texts]
        chart.add("tokens_per_word", ratio(found.tokens, words), [language], task="tokens")
        chart.add("tokens_per_character", ratio(found.tokens, [len(t) for t in texts]), [language], task="tokens")
        chart.add("unknown", ratio(found.unknown, found.tokens), [language], task="tokens")
        chart.add("cut", accuracy(found.lost > 0), [language], task="tokens")
        if language != pool.pivot:
            _add_premium(chart, pool, counts, language)


def _add_premium(chart: Chart, pool: Pool, counts: dict[str, Tokens], language: str) -> None:
    rows = pool.shared(language, pool.pivot)
    if len(rows):
        here, there = (counts[k].tokens[pool.ids[k][rows]] for k in (language, pool.pivot))
        chart.add("premium", ratio(here, there), [language], task="tokens")


def measure_copies(corpus: "Corpus", pool: Pool, chart: Chart) -> None:
    """Add how many rows and texts of the whole corpus repeat an earlier one.

    A row repeats another one if both its sides do, in any of the pool's pairs of languages.
    """
    columns = hashed_columns(corpus)
    again = np.zeros(len(corpus), dtype=bool)
    for a, b in pool.pairs:
        again |= repeated(pair_hashes(columns[a], columns[b]))
    chart.add("duplicate_rows", accuracy(again), task="copies")
    for language in pool.languages:
        present = columns[language] != 0
        share = float(np.mean(repeated(columns[language])[present]))
        chart.add("duplicate_texts", exactly(share, n=int(present.sum())), [language], task="copies")


def measure_seen(corpus: "Corpus", pool: Pool, train: Sequence["Corpus"], chart: Chart) -> list[str]:
    """Add how much of the whole corpus was trained on, with both its sides and with one; return what could not be told.

    Texts are compared by their letters (:func:`interlingua.corpus.letters.letters_of`).
    """
    columns = hashed_columns(corpus)
    seen = Seen(train, pairs=pool.pairs)
    anywhere = np.zeros(len(corpus), dtype=bool)
    compared = False
    for (a, b), hits in seen.pairs(columns):
        both = (columns[a] != 0) & (columns[b] != 0)
        if both.any():
            compared = True
            chart.add("seen_pairs", accuracy(hits), [a, b], task="train")
            anywhere[both] |= hits
    if compared:
        chart.add("seen_pairs", accuracy(anywhere), task="train")
    texts = [(language, hits) for language, hits in seen.texts(columns) if len(hits)]
    for language, hits in texts:
        chart.add("seen_texts", accuracy(hits), [language], task="train")
    names = ", ".join(dict.fromkeys(one.name for one in train))
    return [] if texts else [f"train/test contamination: {names} has none of the languages"]
