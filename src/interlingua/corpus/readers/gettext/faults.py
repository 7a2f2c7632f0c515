"""Where the faults of one catalog are counted: by themselves, or among those of a tree."""

from pathlib import Path
from typing import Protocol

from interlingua.corpus.readers.files import Faults
from interlingua.errors import FormatError

__all__ = ["FaultCounter", "FaultsOfOne", "Uncounted"]


class FaultCounter(Protocol):
    """What counts bad records: :class:`interlingua.corpus.readers.files.Faults`, or one file's share of it."""

    count: int

    def add(self, message: str, *, line: int | None) -> None:
        """Count one bad record; an error if the reader is strict."""


class FaultsOfOne:
    """The faults of one catalog among many, which are told of together.

    Args:
        of_all: Where they are counted.
        path: The catalog.
        shown: Its path as the message has it.
        strict: The first fault is an error.
    """

    def __init__(self, of_all: Faults, path: Path, *, shown: str, strict: bool) -> None:
        self._of_all = of_all
        self._path = path
        self._shown = shown
        self._strict = strict
        self.count = 0

    def add(self, message: str, *, line: int | None) -> None:
        """Count one bad record.

        Raises:
            FormatError: With ``strict``.
        """
        if self._strict:
            raise FormatError(message, path=self._path, line=line)
        self.count += 1
        where = self._shown if line is None else f"{self._shown}, line {line:,}"
        self._of_all.add(f"{where}: {message}", line=None)


class Uncounted:
    """Faults that a second reading of the same entries is going to tell of."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, message: str, *, line: int | None) -> None:
        """Count it, and tell nobody."""
        self.count += 1
