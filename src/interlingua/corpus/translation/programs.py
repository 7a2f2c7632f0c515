"""Texts through a program: written to its standard input, read from its standard output, with limits on both."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError

__all__ = ["ask", "find_program"]

_LEAST_OUTPUT = 1 << 20
"""Bytes that any program may write; beyond, so many times its input."""

_GROWTH = 64
_SHOWN = 500


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


def _run(command: Sequence[str], given: bytes, *, timeout: float) -> bytes:
    limit = max(_LEAST_OUTPUT, _GROWTH * len(given))
    # Files, not pipes: a program that reads late or complains at length cannot block.
    with tempfile.TemporaryFile() as input_file, tempfile.TemporaryFile() as complaints:
        input_file.write(given)
        input_file.seek(0)
        try:
            process = subprocess.Popen(
                command, stdin=input_file, stdout=subprocess.PIPE, stderr=complaints, start_new_session=True
            )
        except OSError as error:
            raise CorpusError(f"cannot run {command[0]}: {error.strerror}; is it installed and on PATH?") from error
        late = threading.Event()
        timer = threading.Timer(timeout, _end, [process, late])
        timer.start()
        try:
            assert process.stdout is not None
            written = process.stdout.read(limit + 1)
            if len(written) <= limit:
                process.wait()
        finally:
            timer.cancel()
            _end(process)
            process.stdout.close()  # type: ignore[union-attr]
            process.wait()
        if late.is_set():
            raise CorpusError(f"{command[0]} took more than {timeout:g} s and was ended; raise timeout=, or batch less")
        if len(written) > limit:
            raise CorpusError(f"{command[0]} wrote more than {limit:,} bytes to {len(given):,} and was ended")
        if process.returncode != 0:
            raise CorpusError(f"{command[0]} failed (exit code {process.returncode}): {_tail(complaints)}")
        return written


def _end(process: "subprocess.Popen[bytes]", late: threading.Event | None = None) -> None:
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
