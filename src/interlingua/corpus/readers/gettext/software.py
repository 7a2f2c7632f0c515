"""Catalogs of software that is installed: of a Python distribution, or of a domain under ``share/locale``."""

import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from interlingua.corpus.provenance import SourceRecord
from interlingua.corpus.readers.gettext.reading import read_catalogs
from interlingua.corpus.readers.gettext.trees import is_catalog
from interlingua.errors import CorpusError
from interlingua.types import Row

__all__ = ["SOFTWARE", "read_software", "software_record"]

SOFTWARE = "software:"
"""What the names of such sources begin with, as ``software:django``."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_LICENCE = "License :: OSI Approved :: "


def read_software(name: str, *, rename: Mapping[str, str] | None = None, strict: bool = False) -> Iterator[Row]:
    """Yield the rows of the catalogs of installed software.

    Args:
        name: A distribution in the environment of this Python, as ``django``; else a domain that programs of the
            system have under ``share/locale``, as ``tar``.
        rename: As for :func:`read_gettext`.
        strict: As for :func:`read_gettext`.

    Raises:
        CorpusError: There is neither, or it has no catalogs; and what :func:`read_gettext` raises.
    """
    if not _NAME.fullmatch(name):
        raise CorpusError(f"{name!r} is no name of software; write it as software:django")
    found = _distribution(name)
    files = [] if found is None else [Path(str(file.locate())) for file in found.files or () if is_catalog(Path(file))]
    if found is not None and files:
        return read_catalogs(Path(str(found.locate_file(""))), files, rename=rename, strict=strict)
    for root in _locale_folders():
        installed = sorted(root.glob(f"*/LC_MESSAGES/{name}.mo"))
        if installed:
            return read_catalogs(root, installed, rename=rename, strict=strict)
    what = "is installed but has no catalogs (.po, .mo)" if found else "is not installed beside this Python"
    raise CorpusError(
        f"{name} {what}, and {' and '.join(map(str, _locale_folders()))} have no domain {name}; install it, or give "
        "the folder of its catalogs instead"
    )


def software_record(name: str) -> SourceRecord:
    """Return what the card says of it: version, licence and homepage, as its metadata has them."""
    found = _distribution(name) if _NAME.fullmatch(name) else None
    if found is None:
        return SourceRecord(source=f"{SOFTWARE}{name}")
    classified = [one.removeprefix(_LICENCE) for one in _fields(found, "Classifier") if one.startswith(_LICENCE)]
    licence = next(iter([*_fields(found, "License-Expression"), *classified, *_fields(found, "License")]), "")
    return SourceRecord(
        source=f"{SOFTWARE}{name}",
        licence=licence.strip().partition("\n")[0],
        citation=f"{found.name} {found.version}, its translators.",
        homepage=_homepage(found),
    )


def _distribution(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _fields(found: Distribution, name: str) -> list[str]:
    """The values of a field of its metadata that may come several times."""
    return [str(value) for value in found.metadata.get_all(name) or () if value]


def _homepage(found: Distribution) -> str:
    urls = [url.partition(", ") for url in _fields(found, "Project-URL")]
    named = [url for label, _, url in urls if label.lower() == "homepage"] + [url for _, _, url in urls]
    return next(iter([*_fields(found, "Home-page"), *named]), "")


def _locale_folders() -> list[Path]:
    """Where programs of this system keep their catalogs."""
    folders = [Path(sys.base_prefix, "share", "locale"), Path("/usr/share/locale")]
    return list(dict.fromkeys(folder for folder in folders if folder.is_dir()))
