"""What to say of a file that is not there."""

from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from interlingua.errors import CorpusError

__all__ = ["no_such_file"]

_MOST = 10_000
"""Names of a folder that are compared."""


def no_such_file(path: str | Path) -> CorpusError:
    """Return the error for a path that leads nowhere: it offers similar names, where the path goes astray.

    Example:
        >>> str(no_such_file("nowhere.tmx"))
        'there is no file or folder nowhere.tmx'
    """
    path = Path(path)
    astray = path
    while not _is_folder(astray.parent) and astray.parent != astray:
        astray = astray.parent
    told = f"there is no file or folder {path}" + ("" if astray == path else f", as there is no folder {astray}")
    near = get_close_matches(astray.name, [name for name in _names(astray.parent) if name != astray.name], n=3)
    offered = " or ".join(str(astray.parent / name) for name in near)
    return CorpusError(f"{told}; did you mean {offered}?" if near else told)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _names(folder: Path) -> list[str]:
    try:
        return [one.name for one in islice(folder.iterdir(), _MOST)]
    except OSError:
        return []
