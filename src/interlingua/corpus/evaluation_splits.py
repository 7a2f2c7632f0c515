"""Which rows of a set encoders are tested on, by the name that it is asked for."""

from difflib import get_close_matches
from pathlib import Path

from interlingua.corpus import catalog
from interlingua.errors import CorpusError

__all__ = ["check_set", "compared_splits", "set_of", "split_of"]


def split_of(name: str) -> tuple[str, str | None]:
    """Return the parts of ``SET/SPLIT``; a path is a path.

    Example:
        >>> split_of("phrasebook/dev"), split_of("my/rows")
        (('phrasebook', 'dev'), ('my/rows', None))
    """
    base, slash, split = name.rpartition("/")
    return (base, split) if slash and set_of(base) is not None else (name, None)


def set_of(base: str) -> catalog.NamedSet | None:
    """Return what the catalog knows of a set or a part of one; None for a path."""
    known = base.partition(":")[0]
    return catalog.info(known) if known in catalog.names() else None


def compared_splits(name: str) -> tuple[str, ...]:
    """Return the splits that training data is compared with of a set or file; none where it is with all rows.

    Example:
        >>> compared_splits("phrasebook"), compared_splits("phrasebook/train"), compared_splits("tatoeba:tel")
        (('dev', 'test'), ('train',), ())
    """
    base, split = split_of(name)
    entry = set_of(base)
    if split is not None or entry is None:
        return () if split is None else (split,)
    return entry.evaluation if isinstance(entry.evaluation, tuple) else ()


def check_set(name: str) -> None:
    """Make sure that ``SET/SPLIT`` with a slip in the set is not taken for a path.

    Raises:
        CorpusError: There is no folder of this name, and a set of a similar one.
    """
    word, slash, split = name.partition("/")
    near = get_close_matches(word, catalog.names(), n=1, cutoff=0.8)
    if slash and near and not Path(word).exists():
        raise CorpusError(f"{name!r} is neither a file nor a split of a set; did you mean {near[0]}/{split}?")
