"""A place on disk for what does not fit into memory, large enough, and gone at the end."""

import logging
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from interlingua.corpus.joining.sources import JoinSource
from interlingua.corpus.wording import human_size
from interlingua.errors import OutputError

__all__ = ["room_for"]

_DISK = 2.5
"""Bytes on disk a byte of text, while joining: what is sorted, and what is written."""

logger = logging.getLogger(__name__)


@contextmanager
def room_for(sources: Sequence[JoinSource], target: Path) -> Iterator[Path]:
    """Give a folder beside the target; say how much disk is needed, as far as the sizes of the sources tell.

    Raises:
        OutputError: There is less, or the folder cannot be made.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(target.parent).free
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.join.", dir=target.parent))
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}; choose another place") from error
    try:
        need = int(_DISK * sum(source.size for source in sources))
        told = f"needs about {human_size(need)} of disk beside {target}, of which {human_size(free)} are free"
        if need > free:
            raise OutputError(f"the join {told}; make room, or write to another disk")
        logger.info("the join %s", told)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
