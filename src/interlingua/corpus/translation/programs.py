"""Texts through a program: written to its standard input, read from its standard output, with limits on both."""

import logging
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError

__all__ = ["ask", "ask_in_parts", "checked_timeout", "find_program"]

_LEAST_OUTPUT = 1 << 20
"""Bytes that any program may write; beyond, so many times its input."""

_GROWTH = 64
_SHOWN = 500

_HARMLESS = "1"
"""What every program that translates can answer."""

_MOST_FAILED = 20
"""Texts that a program may fail on in one call."""

logger = logging.getLogger(__name__)


class _HopelessError(CorpusError):
    """A failure that fewer texts would not mend."""


def checked_timeout(seconds: float) -> float:
    """Return how long a program may take.

    Raises:
        CorpusError: That is no time.

    Example:
        >>> checked_timeout(600)
        600
    """
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise CorpusError(f"timeout is {seconds:g}; give the seconds that a program may take, as timeout=600")
    return seconds


def find_program(name: str, *, advice: str) -> Path:
    """Return where a program lies.

    Raises:
        CorpusError: It is neither on ``PATH`` nor a file.
    """
    found = shutil.which(name)
    if found is None:
        raise CorpusError(f"there is no program {name}; {advice}")
    return Path(found)


def ask(
    command: Sequence[str],
    records: Sequence[str],
    *,
    separator: str = "\n",
    trailing: bool = False,
    timeout: float = 600,
) -> list[str]:
    """Run a program on records and return its answers, one a record; the program is ended however this ends.

    Args:
        command: Its words; no shell is involved.
        records: Texts without the separator.
        separator: What ends a record, in and out.
        trailing: Separators that stand at the end for nothing are left out.
        timeout: Seconds that the call may take.

    Raises:
        CorpusError: It is not there, fails, takes too long, writes without end, or gives more or fewer answers.

    Example:
        >>> ask(["tr", "a-z", "A-Z"], ["one", "two"])
        ['ONE', 'TWO']
    """
    if not records:
        return []
    given = "".join(record + separator for record in records).encode()
    written = _run(command, given, timeout=timeout)
    try:
        answers = written.decode("utf-8").split(separator)
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{command[0]} writes what is not UTF-8; set its options, or LC_ALL, so that it does"
        ) from error
    if answers[-1] == "":  # what stands after the last separator
        answers.pop()
    while trailing and len(answers) > len(records) and answers[-1] == "":
        answers.pop()
    if len(answers) != len(records):
        raise CorpusError(
            f"{command[0]} gave {counted(len(answers), 'answer')} to {counted(len(records), 'text')}; "
            "a translator must write as many lines as it reads"
        )
    return answers


def ask_in_parts(command: Sequence[str], records: Sequence[str], **settings: Any) -> list[str]:
    """As :func:`ask`, but where the program fails, on halves of the records, down to those that it fails on.

    These are told of, and their answers are empty. A program that cannot answer a single harmless text is at fault
    itself, and is not asked again.

    Args:
        command: Its words.
        records: Texts without the separator.
        settings: Those of :func:`ask`.

    Raises:
        CorpusError: It is not there, takes too long, or fails on many records, or on whatever it is given.
    """
    try:
        return ask(command, records, **settings)
    except _HopelessError:
        raise
    except CorpusError as error:
        _check_sane(command, error, settings)
        if len(records) > 1:
            logger.warning("%s; it is asked again with fewer texts at a time, which takes longer", error)
        return _halved(command, records, error, [], settings)


def _check_sane(command: Sequence[str], error: CorpusError, settings: Mapping[str, Any]) -> None:
    try:
        ask(command, [_HARMLESS], **settings)
    except CorpusError:
        raise error from None


def _in_parts(
    command: Sequence[str], records: Sequence[str], failed: list[CorpusError], settings: Mapping[str, Any]
) -> list[str]:
    try:
        return ask(command, records, **settings)
    except _HopelessError:
        raise
    except CorpusError as error:
        return _halved(command, records, error, failed, settings)


def _halved(
    command: Sequence[str],
    records: Sequence[str],
    error: CorpusError,
    failed: list[CorpusError],
    settings: Mapping[str, Any],
) -> list[str]:
    """The answers to records that gave this error together."""
    half = len(records) // 2
    if half == 0:
        failed.append(error)
        if len(failed) > _MOST_FAILED:
            raise error
        logger.warning("%s; it was given %r, which stays without a translation", error, records[0][:80])
        return [""]
    return [
        answer for some in (records[:half], records[half:]) for answer in _in_parts(command, some, failed, settings)
    ]


def _run(command: Sequence[str], given: bytes, *, timeout: float) -> bytes:
    limit = max(_LEAST_OUTPUT, _GROWTH * len(given))
    # Files, not pipes: a program that reads late or complains at length cannot block.
    with tempfile.TemporaryFile() as input_file, tempfile.TemporaryFile() as complaints:
        input_file.write(given)
        input_file.seek(0)
        try:
            process: Any = subprocess.Popen(
                command, stdin=input_file, stdout=subprocess.PIPE, stderr=complaints, start_new_session=True
            )
        except OSError as error:
            raise _HopelessError(f"cannot run {command[0]}: {error.strerror}; is it installed and on PATH?") from error
        late = threading.Event()
        timer = threading.Timer(timeout, _end, [process, late])
        timer.start()
        try:
            written = process.stdout.read(limit + 1)
            if len(written) <= limit:
                process.wait()
        finally:
            timer.cancel()
            _end(process)
            process.stdout.close()
            process.wait()
        if late.is_set():
            raise _HopelessError(
                f"{command[0]} took more than {timeout:g} s and was ended; give it more (timeout=SECONDS)"
            )
        if len(written) > limit:
            raise CorpusError(f"{command[0]} wrote more than {limit:,} bytes to {len(given):,} and was ended")
        if process.returncode != 0:
            raise CorpusError(f"{command[0]} failed (exit code {process.returncode}): {_tail(complaints)}")
        return bytes(written)


def _end(process: Any, late: threading.Event | None = None) -> None:
    """End a program with all that it started: they share a session of their own."""
    if late is not None:
        late.set()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _tail(complaints: IO[bytes]) -> str:
    size = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, size - _SHOWN))
    told = " ".join(complaints.read().decode("utf-8", "replace").split())
    return told or "it says nothing on stderr"
