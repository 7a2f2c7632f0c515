"""Files that appear whole or not at all: a temporary name beside the target, then a rename."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interlingua.errors import OutputError

__all__ = ["whole_file", "write_text"]


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
