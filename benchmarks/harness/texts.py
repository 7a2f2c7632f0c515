"""Rows to measure on: the phrasebook, or real sets where `$INTERLINGUA_DATA` names a folder that has them."""

import os
from collections.abc import Iterator
from itertools import cycle, islice, zip_longest

from interlingua.corpus import Corpus, open_corpus
from interlingua.types import Row

LANGUAGES = ["eng_Latn", "deu_Latn", "fra_Latn", "rus_Cyrl", "jpn_Jpan", "kor_Hang", "swh_Latn", "tel_Telu"]

SENTENCES = (1, 2, 1, 3, 1, 5, 2, 1, 4, 8)
"""How many rows of the phrasebook in turn make one row of mixed length."""


def read_rows(split: str, *, limit: int | None = None, mixed: bool = False) -> tuple[str, Corpus]:
    """Return name and rows of a split (train or dev) of the bible and NTREX, or of the phrasebook.

    Args:
        split: ``train`` or ``dev`` (of NTREX alone).
        limit: Most rows.
        mixed: Put rows of the phrasebook together, so that texts are one to eight sentences long. Verses and news
            differ enough by themselves.
    """
    if os.environ.get("INTERLINGUA_DATA"):
        news = open_corpus("ntrex").select(LANGUAGES, split).rows()
        if split == "dev":
            return "ntrex", Corpus.from_rows(islice(news, limit))
        verses = open_corpus("bible").select(LANGUAGES).rows()
        return "bible, ntrex", Corpus.from_rows(islice(_alternating(news, verses), limit))
    rows = open_corpus("phrasebook").select(LANGUAGES, split).rows()
    return "phrasebook", Corpus.from_rows(islice(_joined(rows) if mixed else rows, limit))


def _joined(rows: Iterator[Row]) -> Iterator[Row]:
    for count in cycle(SENTENCES):
        some = list(islice(rows, count))
        if not some:
            return
        yield Row({language: " ".join(row.texts[language] for row in some) for language in LANGUAGES})


def _alternating(*sources: Iterator[Row]) -> Iterator[Row]:
    for rows in zip_longest(*sources):
        yield from (Row(row.texts) for row in rows if row is not None)
