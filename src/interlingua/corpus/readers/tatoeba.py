"""The Tatoeba test sets as LASER ships them: ``tatoeba.tel-eng.tel`` beside ``tatoeba.tel-eng.eng``."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from interlingua.corpus.naming import languages_renamed
from interlingua.corpus.readers.lines import read_lines
from interlingua.errors import CorpusError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["read_tatoeba", "tatoeba_files"]

_NAME = re.compile(r"tatoeba\.(?P<code>[a-z]{3})-eng\.eng")


def tatoeba_files(folder: str | Path, *, rename: Mapping[str, str] | None = None) -> dict[str, tuple[Path, Path]]:
    """Return the two files, other language and English, by canonical language.

    Args:
        folder: Where the files lie.
        rename: Language by file code, where the code alone says another script.

    Raises:
        CorpusError: The folder holds no such files.
    """
    folder = Path(folder)
    names = sorted(folder.glob("tatoeba.*-eng.eng")) if folder.is_dir() else []
    codes = {match["code"]: path for path in names if (match := _NAME.fullmatch(path.name))}
    if not codes:
        raise CorpusError(f"{folder} holds no files tatoeba.xxx-eng.eng; is this the tatoeba/v1 folder of LASER?")
    rename = languages_renamed(rename, where=folder)
    languages = {canonical(rename.get(code, code)): (code, path) for code, path in codes.items()}
    return {language: (path.with_suffix(f".{code}"), path) for language, (code, path) in languages.items()}


def read_tatoeba(folder: str | Path, language: str, *, rename: Mapping[str, str] | None = None) -> Iterator[Row]:
    """Yield the pairs of one language and English.

    Args:
        folder: Where the files lie.
        language: In any spelling.
        rename: Language by file code.

    Raises:
        CorpusError: There are no pairs of this language; the message lists those there are.
    """
    files = tatoeba_files(folder, rename=rename)
    code = canonical((rename or {}).get(language, language))
    if code not in files:
        raise CorpusError(f"{folder} has no pairs of {code} and English, only of {', '.join(files)}")
    other, english = files[code]
    return read_lines({code: other, "eng_Latn": english})
