"""Every cell of a corpus, tokenised once, as flat files that are memory-mapped and never read whole."""

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.corpus import Corpus
from interlingua.corpus.hashing import TextHash, text_hash
from interlingua.sbert import SentenceTransformer, can_pretokenise, fingerprint, token_ids

__all__ = ["CellTable"]

logger = logging.getLogger(__name__)

_ROWS_AT_ONCE = 65_536

_LEAST_SAMPLE = 64
"""Cells of a batch and language that are tokenised where a sample would have fewer."""


@dataclass(frozen=True, eq=False)
class CellTable:
    """N rows in L languages: for every cell the hash of its text, and its tokens.

    Args:
        folder: Holds ``hashes.npy`` and ``spans.npy``, and ``units.bin`` with the token ids, or the UTF-8 bytes of the
            texts where the model must tokenise every batch itself.
        languages: The columns.
        tokenised: Whether the units are token ids; else they are UTF-8 bytes.
    """

    folder: Path
    languages: tuple[str, ...]
    tokenised: bool

    @cached_property
    def hashes(self) -> TextHash:
        """Hash of every text, shape ``(N, L)``; 0 where there is none."""
        return np.asarray(np.load(self.folder / "hashes.npy", mmap_mode="r"))  # slices of a plain view cost less

    @cached_property
    def spans(self) -> NDArray[np.int64]:
        """Begin and length of every cell in the units, shape ``(N, L, 2)``."""
        return np.asarray(np.load(self.folder / "spans.npy", mmap_mode="r"))

    @cached_property
    def _units(self) -> NDArray[np.int32]:
        kind = np.int32 if self.tokenised else np.uint8
        path = self.folder / "units.bin"
        return np.asarray(np.memmap(path, dtype=kind, mode="r") if path.stat().st_size else np.zeros(0, kind))

    def __len__(self) -> int:
        return len(self.hashes)

    def units(self, row: int, language: int) -> NDArray[np.int32]:
        """Return the token ids of a cell (or the bytes of its text)."""
        start, length = self.spans[row, language]
        return self._units[start : start + length]

    def vocabulary(self, language: int) -> NDArray[np.int32]:
        """Return every token id that occurs in a language, in order."""
        found = np.zeros(0, dtype=np.int32)
        for start in range(0, len(self), _ROWS_AT_ONCE):
            rows = range(start, min(start + _ROWS_AT_ONCE, len(self)))
            found = np.union1d(found, np.concatenate([self.units(row, language) for row in rows]))
        return found

    def text(self, row: int, language: int) -> str:
        """Return the text of a cell, where the table holds texts."""
        return self.units(row, language).tobytes().decode()

    @classmethod
    def build(
        cls,
        corpus: Corpus,
        model: SentenceTransformer,
        folder: Path,
        *,
        prefix: str | Mapping[str, str] = "",
        sample: int | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> "CellTable":
        """Tokenise a corpus in one pass, or open what an earlier pass has left.

        Args:
            corpus: The training rows.
            model: Whose tokenizer is used.
            folder: Where tables are kept; each in a folder of its own, named by corpus, tokenizer and prefix.
            prefix: Put before every text, or before the texts of each language.
            sample: About so many rows are tokenised, and every other cell gets the tokens of one of its language that
                is about as long: enough to count tokens and to time batches, not to train. None tokenises all.
            progress: Called with the number of rows of every batch that is done.

        Raises:
            CorpusError: If the corpus has no rows.
        """
        tokenised = can_pretokenise(model)
        prefixes = {
            language: prefix if isinstance(prefix, str) else prefix.get(language, "") for language in corpus.languages
        }
        every = 1 if sample is None or not tokenised else max(1, len(corpus) // sample)
        facts = [corpus.fingerprint, _tokenizer_key(model), prefixes, tokenised, *([every] if every > 1 else [])]
        key = xxhash.xxh3_64_hexdigest(json.dumps(facts).encode())
        place = folder / key
        table = cls(place, tuple(corpus.languages), tokenised)
        if (place / "units.bin").is_file():
            return table
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder, prefix=".building-"))
        try:
            _write(work, corpus, model if tokenised else None, prefixes, every, progress)
            try:
                work.rename(place)
            except OSError:  # another process was faster
                if not (place / "units.bin").is_file():
                    raise
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return table


def _write(
    work: Path,
    corpus: Corpus,
    model: SentenceTransformer | None,
    prefixes: Mapping[str, str],
    every: int,
    progress: Callable[[int], object] | None,
) -> None:
    width, begin, rows = len(corpus.languages), 0, 0
    with (
        (work / "units.bin").open("wb") as units,
        (work / "hashes.raw").open("wb") as hashes,
        (work / "spans.raw").open("wb") as spans,
    ):
        for batch in corpus.batches():
            block = np.zeros((batch.num_rows, width), dtype=np.int64)
            span = np.zeros((batch.num_rows, width, 2), dtype=np.int64)
            for column, language in enumerate(corpus.languages):
                texts = batch.column(language).to_pylist()
                block[:, column] = text_hash(texts)
                present = np.flatnonzero(block[:, column])
                given = [prefixes[language] + texts[row] for row in present]
                chosen, like = _sampled(given, every)
                made = _units(model, [given[one] for one in chosen])
                lengths = np.fromiter((len(one) for one in made), dtype=np.int64, count=len(made))
                starts = begin + np.concatenate([[0], np.cumsum(lengths)[:-1]])[: len(made)]
                span[present, column, 0], span[present, column, 1] = starts[like], lengths[like]
                begin += int(lengths.sum())
                units.write(b"".join(one.tobytes() for one in made))
            hashes.write(block.tobytes())
            spans.write(span.tobytes())
            rows += batch.num_rows
            if progress is not None:
                progress(batch.num_rows)
    _as_npy(work / "hashes.raw", (rows, width))
    _as_npy(work / "spans.raw", (rows, width, 2))


def _sampled(texts: Sequence[str], every: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of the texts that are tokenised, one of every so many in the order of their length.

    And for each text which of these stands for it.
    """
    step = max(1, min(every, len(texts) // _LEAST_SAMPLE))
    if step == 1:
        return np.arange(len(texts)), np.arange(len(texts))
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    order = np.argsort(sizes, kind="stable")
    chosen = order[step // 2 :: step]
    like = np.empty_like(order)
    like[order] = np.minimum(np.arange(len(order)) // step, len(chosen) - 1)
    return chosen, like


def _units(model: SentenceTransformer | None, texts: list[str]) -> Sequence[NDArray[np.generic]]:
    if model is None:
        return [np.frombuffer(text.encode(), dtype=np.uint8) for text in texts]
    return token_ids(model, texts)


def _as_npy(raw: Path, shape: tuple[int, ...]) -> None:
    """Give a raw int64 file the header of a ``.npy`` file, copying in pieces."""
    target = np.lib.format.open_memmap(raw.with_suffix(".npy"), mode="w+", dtype=np.int64, shape=shape)
    flat, start = target.reshape(-1), 0
    with raw.open("rb") as file:
        while piece := file.read(1 << 24):
            values = np.frombuffer(piece, dtype=np.int64)
            flat[start : start + len(values)] = values
            start += len(values)
    target.flush()
    os.remove(raw)  # noqa: PTH107


def _tokenizer_key(model: SentenceTransformer) -> str:
    """Return what token ids depend on; weights do not, but a wrong reuse would be worse than one more pass."""
    return f"{fingerprint(model)}|{model.max_seq_length}"
