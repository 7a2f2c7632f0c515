"""PAIRS -> LINKS by a program of its own, which learns from the pairs that it aligns."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import ClassVar

import numpy as np
import xxhash
from numpy.typing import NDArray

from interlingua.corpus.hashing import hash_files
from interlingua.corpus.wording import counted
from interlingua.errors import AlignmentError, FormatError
from interlingua.types import Links, Spans, WordPair
from interlingua.words.pharaoh import ParsedLinks, read_link_lines
from interlingua.words.spool import Spool
from interlingua.words.symmetrise import Free, Symmetrisation, symmetrise_links

__all__ = ["StatisticalAligner"]

logger = logging.getLogger(__name__)

_TAIL = 12


class StatisticalAligner(ABC):
    """A program that learns which words translate each other from all pairs it is given, then links them.

    Pairs are written to a temporary file, the program runs once in each direction, and the two answers are made one.
    Nothing is held in memory. A pair with a side without words, or longer than the program reads, has no links.

    A score is the share of the two directions that found the link: 1 or 0.5.

    Args:
        program: The program; None looks for it on PATH and beside the Python that runs.
        symmetrise: How two directions become one; see :func:`interlingua.words.symmetrise_links`.
        free: Reading of a free word in that.
        extra: Pairs to learn from besides those to align. They are walked again for every run, so no iterator.
        folder: Where temporary files go, up to three times the size of the text; None for the system's place.

    Raises:
        AlignmentError: The program is not there; the message says how to get it.
    """

    learns: ClassVar[bool] = True
    """Links of a pair depend on the other pairs: align a corpus in one call."""

    longest: ClassVar[int | None] = None
    """Words of a side that the program reads."""

    _command: ClassVar[str]
    _title: ClassVar[str]
    _advice: ClassVar[str]

    def __init__(
        self,
        *,
        program: str | Path | None = None,
        symmetrise: Symmetrisation = "grow-diag-final-and",
        free: Free = "either",
        extra: Iterable[WordPair] = (),
        folder: str | Path | None = None,
    ) -> None:
        if isinstance(extra, Iterator):
            raise AlignmentError("extra pairs are walked more than once; give a list instead of an iterator")
        if folder is not None and not Path(folder).is_dir():
            raise AlignmentError(f"there is no folder {folder} for temporary files; make it, or name another one")
        self.program = self._find(program)
        self.symmetrise = symmetrise
        self.free = free
        self.extra = extra
        self.folder = None if folder is None else Path(folder)
        symmetrise_links([], [], method=symmetrise, free=free)  # a wrong word is told of before hours of work

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"{self._title}:{self.symmetrise}"

    @property
    def fingerprint(self) -> str:
        """Hash of the program's version, the settings and the extra pairs."""
        digest = xxhash.xxh3_128()
        for word in (self._title, self._version(), *self._options(), self.symmetrise, self.free):
            digest.update(word.encode() + b"\0")
        for pair in self.extra:
            for text, words in ((pair.source, pair.source_words), (pair.target, pair.target_words)):
                digest.update(text.encode("utf-8", "surrogatepass") + b"\0" + np.ascontiguousarray(words).tobytes())
        return f"{self._title}-{digest.hexdigest()}"

    def align(self, pairs: Iterable[WordPair]) -> Iterator[Links]:
        """Yield the links of every pair, in order, when all pairs are read and the program is done.

        Raises:
            AlignmentError: The program fails, or does not answer with a line of links for every pair.
        """
        with tempfile.TemporaryDirectory(prefix="interlingua-", dir=self.folder) as name:
            folder = Path(name)
            with Spool(folder, longest=self.longest) as spool:
                spool.add_extra(self.extra)
                for pair in pairs:
                    spool.add(pair)
            if spool.too_long:
                logger.warning(
                    "%s: %s with more than %s words a side are not aligned",
                    self._title,
                    counted(spool.too_long, "pair"),
                    f"{self.longest:,}",
                )
            wanted = spool.lines - spool.extra
            answers = self._answers(spool, folder) if wanted else (iter(()), iter(()))
            yield from self._links(spool, *answers)

    @abstractmethod
    def _run(self, text: Path, folder: Path) -> tuple[Path, Path]:
        """Run the program on a file; return the files of its forward and reverse links, both source word first."""

    @abstractmethod
    def _options(self) -> Sequence[str]:
        """What the program is told besides its files."""

    def _version(self) -> str:
        return hash_files([self.program])

    def _answers(self, spool: Spool, folder: Path) -> tuple[Iterator[ParsedLinks], Iterator[ParsedLinks]]:
        answers = self._run(spool.text, folder)
        for path in answers:
            lines = _count_lines(path)
            if lines != spool.lines:
                raise AlignmentError(
                    f"{self.program} answered {counted(lines, 'line')} to {counted(spool.lines, 'pair')}; is it "
                    f"{self._title}, and is the disk full?"
                )
        forward, reverse = (islice(read_link_lines(path), spool.extra, None) for path in answers)
        return forward, reverse

    def _links(self, spool: Spool, forward: Iterator[ParsedLinks], reverse: Iterator[ParsedLinks]) -> Iterator[Links]:
        nothing = np.zeros((0, 2), dtype=np.int32)
        for number, (usable, source, target) in enumerate(spool.words(), start=1):
            if not usable:
                yield Links(source, target, nothing)
                continue
            try:
                links = self._joined(source, target, next(forward).pairs, next(reverse).pairs)
            except (FormatError, AlignmentError) as error:
                raise AlignmentError(
                    f"what {self.program} answered to pair {number:,} is of no use: {error}"
                ) from error
            yield links

    def _joined(self, source: Spans, target: Spans, forward: NDArray[np.int32], reverse: NDArray[np.int32]) -> Links:
        pairs = symmetrise_links(forward, reverse, method=self.symmetrise, free=self.free)
        twice = {*map(tuple, forward.tolist())} & {*map(tuple, reverse.tolist())}
        scores = np.array([1.0 if (i, j) in twice else 0.5 for i, j in pairs.tolist()], dtype=np.float32)
        return Links(source, target, pairs, scores)

    def _find(self, given: str | Path | None) -> Path:
        beside = Path(sys.executable).parent
        search = os.pathsep.join([os.environ.get("PATH", os.defpath), str(beside)])
        found = shutil.which(str(given or self._command), path=search)
        if found is None:
            what = f"{given} is no program" if given else f"{self._command} is not on PATH"
            raise AlignmentError(f"{self._title} is not installed: {what}. {self._advice}")
        return Path(found).absolute()

    def _call(self, words: Sequence[str], *, folder: Path, output: Path) -> None:
        """Run the program with these words; what it prints goes to a file."""
        errors = folder / "errors"
        with output.open("wb") as stdout, errors.open("wb") as stderr:
            try:
                result = subprocess.run(
                    [str(self.program), *words],
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    cwd=folder,
                    check=False,
                )
            except OSError as error:
                raise AlignmentError(f"{self.program} cannot be run: {error.strerror or error}") from error
        if result.returncode:
            raise AlignmentError(
                f"{self.program} ended with exit code {result.returncode}; what it said last:\n{_tail(errors)}"
            )


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


def _tail(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-_TAIL:]) or "(nothing)"
