"""PAIRS -> A TEXT FILE: what a statistical aligner reads, written as it comes, with the words kept beside it."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np

from interlingua.errors import AlignmentError
from interlingua.types import Spans, WordPair

__all__ = ["Spool"]

_SPACE = re.compile(r"\s+")
_BAR = "|||"


class Spool:
    """Sentence pairs on disk: a line ``source ||| target`` for the program, the words for who reads its answer.

    Words are separated by spaces. White space inside a word becomes ``▁`` and ``|||`` becomes ``¦¦¦``, so that a line
    has the words that the pair has. Pairs with a side without words, or with more words than the program reads, are
    not in the file but have their place: :meth:`words` says so.

    Args:
        folder: An empty folder, in which files are made.
        longest: Words of a side that the program reads; None for any number.
    """

    def __init__(self, folder: Path, *, longest: int | None = None) -> None:
        self.text = folder / "text"
        self._words_path = folder / "words"
        self._longest = longest
        self.extra = 0
        self.lines = 0
        self.too_long = 0
        self._files: list[IO[bytes]] = []

    def __enter__(self) -> "Spool":
        self._files = [path.open("wb") for path in (self.text, self._words_path)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files:
            file.close()

    def add_extra(self, pairs: Iterable[WordPair]) -> None:
        """Write pairs that are only learned from; they come before all others.

        Raises:
            AlignmentError: Pairs to align were written before.
        """
        if self.lines != self.extra:
            raise AlignmentError("extra pairs must be written before the pairs to align; the last lines are read")
        for pair in pairs:
            self.extra += self._write_text(pair)

    def add(self, pair: WordPair) -> None:
        """Write a pair whose links are wanted."""
        sides = (pair.source_words, pair.target_words)
        usable = self._write_text(pair)
        head = np.array([usable, *map(len, sides)], dtype=np.int32)
        self._write(1, head.tobytes() + b"".join(np.ascontiguousarray(side).tobytes() for side in sides))

    def words(self) -> Iterator[tuple[bool, Spans, Spans]]:
        """Yield for every pair whether it has a line, and its words."""
        with self._words_path.open("rb") as file:
            while head := file.read(12):
                usable, m, n = np.frombuffer(head, dtype=np.int32).tolist()
                spans = np.frombuffer(file.read(8 * (m + n)), dtype=np.int32).reshape(-1, 2)
                yield bool(usable), spans[:m], spans[m:]

    def _write_text(self, pair: WordPair) -> bool:
        sizes = (len(pair.source_words), len(pair.target_words))
        if min(sizes) == 0:
            return False
        if self._longest is not None and max(sizes) > self._longest:
            self.too_long += 1
            return False
        source = _joined(pair.source, pair.source_words)
        target = _joined(pair.target, pair.target_words)
        self._write(0, f"{source} {_BAR} {target}\n".encode("utf-8", "replace"))
        self.lines += 1
        return True

    def _write(self, file: int, content: bytes) -> None:
        try:
            self._files[file].write(content)
        except OSError as error:
            raise AlignmentError(
                f"temporary files cannot be written in {self.text.parent} ({error.strerror or error}); name a folder "
                "with more space in the environment variable TMPDIR"
            ) from error


def _joined(text: str, words: Spans) -> str:
    cut = [text[begin:end] for begin, end in words.tolist()]
    line = " ".join(cut)
    if line.split() == cut and _BAR not in line and "\0" not in line:
        return line
    return " ".join(map(_safe, cut))


def _safe(word: str) -> str:
    return _SPACE.sub("▁", word).replace(_BAR, "¦¦¦").replace("\0", "␀")
