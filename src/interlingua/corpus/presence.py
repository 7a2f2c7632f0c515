"""Is there anything of the name that a user gave?"""

import logging
from functools import cache
from pathlib import Path

from interlingua.corpus.getting.downloads import OPUS, parse_opus
from interlingua.corpus.named_sets import data_folders, is_named, names
from interlingua.corpus.readers.absent import no_such_file
from interlingua.corpus.readers.archives import split_member
from interlingua.corpus.readers.dispatch import exists, is_address
from interlingua.errors import CorpusError
from interlingua.explaining import nearest

__all__ = ["check_there", "is_shadowed"]

logger = logging.getLogger(__name__)


def check_there(source: str | Path) -> None:
    """Make sure that a word names a set of the catalog, a file, a folder, or is an address.

    Where it names a set and a file or folder here, the set is taken, and a warning says so, once.

    Raises:
        CorpusError: It does not; similar files are offered for what looks like a path, sets for a bare word.

    Example:
        >>> check_there("nusaks")
        Traceback (most recent call last):
        interlingua.errors.CorpusError: 'nusaks' is neither a file nor a set of the catalog; did you mean nusax?
        >>> check_there("nusaks.tsv")
        Traceback (most recent call last):
        interlingua.errors.CorpusError: there is no file or folder nusaks.tsv
    """
    written, path = str(source), Path(source)
    if is_shadowed(written):
        _tell_shadowed(written, Path.cwd())
    known = is_named(written) or is_address(written) or "=" in written or split_member(written) is not None
    if known or exists(path):
        return
    if len(path.parts) > 1 or path.suffix:
        raise no_such_file(path)
    if written == OPUS:
        parse_opus("")  # says how its corpora are named
    hint = nearest(written.partition(":")[0], names(), "sets are")
    raise CorpusError(f"{written!r} is neither a file nor a set of the catalog; {hint}")


def is_shadowed(word: str) -> bool:
    """Return whether a bare word names a set of the catalog and, beside that, a file or folder here.

    Example:
        >>> is_shadowed("phrasebook"), is_shadowed("./phrasebook")
        (False, False)
    """
    if word not in names() or not exists(Path(word)):
        return False
    return Path(word).resolve() not in [(root / word).resolve() for root in data_folders()]


@cache
def _tell_shadowed(word: str, _: Path) -> None:
    kind = "folder" if Path(word).is_dir() else "file"
    logger.warning("%s is a set of the catalog and a %s here; the set is taken, ./%s is the %s", word, kind, word, kind)
