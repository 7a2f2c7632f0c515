"""Is there anything of the name that a user gave?"""

from difflib import get_close_matches
from pathlib import Path

from interlingua.corpus.named_sets import is_named, names
from interlingua.corpus.readers.absent import no_such_file
from interlingua.corpus.readers.archives import split_member
from interlingua.corpus.readers.dispatch import exists, is_address
from interlingua.errors import CorpusError

__all__ = ["check_there"]


def check_there(source: str | Path) -> None:
    """Make sure that a word names a set of the catalog, a file, a folder, or is an address.

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
    known = is_named(written) or is_address(written) or "=" in written or split_member(written) is not None
    if known or exists(path):
        return
    if len(path.parts) > 1 or path.suffix:
        raise no_such_file(path)
    close = get_close_matches(written.partition(":")[0], names(), n=1)
    hint = f"did you mean {close[0]}?" if close else f"sets are {', '.join(names())}"
    raise CorpusError(f"{written!r} is neither a file nor a set of the catalog; {hint}")
