"""Sets that tasks read in shapes of their own, as rows: to look at them, and to keep their texts out of training."""

from collections.abc import Iterator
from pathlib import Path

from interlingua.corpus.bucc import bucc_pairs, read_bucc
from interlingua.corpus.inference import read_inference
from interlingua.corpus.similarity_sets import open_similarity_sets
from interlingua.errors import CorpusError
from interlingua.types import Row

__all__ = ["bucc_rows", "inference_rows", "similarity_rows"]


def bucc_rows(folder: Path) -> Iterator[Row]:
    """Yield the true pairs of every pair of files as rows of two cells, and all other sentences as rows of one.

    Raises:
        CorpusError: The folder has no such files.
        FormatError: A file is not what it should be.
    """
    found = False
    for split in ("sample", "training"):
        try:
            pairs = bucc_pairs(folder, split)
        except CorpusError:
            continue
        for first, second in pairs:
            found = True
            piles = read_bucc(folder, first, second, split)
            a, b = piles.languages
            for number, (i, j) in enumerate(piles.gold.tolist()):
                yield Row({a: piles.source[i], b: piles.target[j]}, {"_id": f"{piles.name}:{number}", "_part": split})
            for side, language, place in ((piles.source, a, 0), (piles.target, b, 1)):
                paired = set(piles.gold[:, place].tolist())
                for number, text in enumerate(side):
                    if number not in paired:
                        yield Row({language: text}, {"_id": f"{piles.name}:{language}:{number}", "_part": split})
    if not found:
        raise CorpusError(
            f"{folder} holds no files xx-en.training.gold or xx-en.sample.gold with those of two languages"
        )


def similarity_rows(folder: Path) -> Iterator[Row]:
    """Yield every sentence of a folder of similarity sets as a row of one cell.

    Raises:
        CorpusError: The folder has no such files.
        FormatError: A file is not what it should be.
    """
    for pairs in open_similarity_sets(folder):
        for place, language, texts in zip("12", pairs.languages, (pairs.source, pairs.target), strict=True):
            for number, text in enumerate(texts):
                if text.strip():
                    yield Row({language: text}, {"_id": f"{pairs.name}:{number}-{place}"})


def inference_rows(path: Path) -> Iterator[Row]:
    """Yield premises and hypotheses; those of one pair in several languages translate each other and are one row.

    Raises:
        CorpusError: There is no such file.
        FormatError: It is not what it should be.
    """
    rows: dict[str, dict[str, str]] = {}
    for pairs in read_inference(path, language="eng"):
        for place, texts in (("premise", pairs.premises), ("hypothesis", pairs.hypotheses)):
            for identifier, text in zip(pairs.ids, texts, strict=True):
                rows.setdefault(f"{identifier}:{place}", {})[pairs.language] = text
    for identifier, cells in rows.items():
        yield Row(cells, {"_id": identifier})
