"""Files and folders that appear whole or not at all: a temporary name beside the target, then a rename."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interlingua.errors import OutputError

__all__ = ["check_free", "whole_file", "whole_folder", "write_text"]


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give the name to write to; at the end the file is at its place, or, if something went wrong, nothing is.

    Raises:
        OutputError: It cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     with whole_file(Path(folder) / "a.txt") as place:
        ...         _ = place.write_text("all of it")
        ...     [file.name for file in Path(folder).iterdir()]
        ['a.txt']
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}; choose another place") from error
    finally:
        if partial.parent.is_dir():
            partial.unlink(missing_ok=True)


def write_text(path: Path, content: str) -> None:
    """Write a text, UTF-8, whole or not at all.

    Raises:
        OutputError: It cannot be written.
    """
    with whole_file(path) as partial:
        partial.write_text(content, encoding="utf-8")


@contextmanager
def whole_folder(target: Path, *, overwrite: bool, marker: str) -> Iterator[Path]:
    """Give a temporary folder beside the target that takes its place when the block ends well and vanishes otherwise.

    Args:
        target: The folder; its parent is made where missing.
        overwrite: Replace a folder that is there.
        marker: A file that says that a folder was made by interlingua; others are not replaced.

    Raises:
        OutputError: The target holds something, or cannot be written.
    """
    check_free(target, overwrite=overwrite, marker=marker)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}; choose another place") from error
    try:
        yield folder
        folder.chmod(0o777 & ~_umask())
        if target.exists():
            aside = folder.with_name(folder.name + ".old")
            target.rename(aside)
            folder.rename(target)
            shutil.rmtree(aside)
        else:
            folder.rename(target)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}; is the disk full?") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_free(target: Path, *, overwrite: bool, marker: str | None = None) -> None:
    """Make sure that a place may be written, before work begins whose result is to be there.

    Args:
        target: A file, or with ``marker`` a folder.
        overwrite: What is there may be replaced.
        marker: A file that says that a folder was made by interlingua; others are not replaced.

    Raises:
        OutputError: It holds something.
    """
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not overwrite:
        raise OutputError(f"{target} exists already; choose another place, or overwrite it (--overwrite)")
    if marker is not None and not (target / marker).is_file():
        raise OutputError(f"{target} is no corpus written by interlingua and is not overwritten; choose another place")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
