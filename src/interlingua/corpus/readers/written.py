"""Names of languages and elements as one file writes them."""

from collections.abc import Mapping
from pathlib import Path

from interlingua.corpus.naming import languages_renamed
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical

__all__ = ["LocalNames", "WrittenLanguages"]

_MOST = 1000


class WrittenLanguages:
    """Looks every spelling up once, whether it is known or not.

    Args:
        rename: Language by language as written.
        where: The file, for messages.

    Raises:
        CorpusError: A language is to be renamed to provenance.

    Example:
        >>> languages = WrittenLanguages({"en-US": "eng"})
        >>> languages["en-US"], languages["DE"]
        ('eng_Latn', 'deu_Latn')
    """

    def __init__(self, rename: Mapping[str, str] | None = None, *, where: str | Path = "the file") -> None:
        self._rename = languages_renamed(rename, where=where)
        self._unknown: dict[str, str] = {}
        self.known: dict[str, str] = {}

    @property
    def never_asked(self) -> str:
        """Spellings that were to be renamed and did not come, in a line."""
        return ", ".join(sorted(self._rename.keys() - self.known.keys() - self._unknown.keys()))

    def __getitem__(self, written: str) -> str:
        """Return the canonical code.

        Raises:
            LanguageError: Nobody knows it.
            CorpusError: There have been a thousand others, which no sound file has.
        """
        found = self.known.get(written)
        if found is not None:
            return found
        if written in self._unknown:
            raise LanguageError(self._unknown[written])
        if len(self.known) + len(self._unknown) >= _MOST:
            raise CorpusError(f"more than {_MOST:,} different languages; name them as BCP-47 does")
        try:
            code = self.known[written] = canonical(self._rename.get(written, written))
        except LanguageError as error:
            self._unknown[written] = str(error)
            raise
        return code


class LocalNames(dict[str, str]):
    """Names of elements without the prefix that the first of them, the root, has.

    Example:
        >>> names = LocalNames()
        >>> names["xlf:xliff"], names["xlf:file"], names["sdl:seg"], names["file"]
        ('xliff', 'file', 'sdl:seg', ':file')
    """

    prefix = ""

    def __missing__(self, name: str) -> str:
        if not self and ":" in name:
            self.prefix = name.rpartition(":")[0] + ":"
        local = ":" + name if self.prefix and ":" not in name else name.removeprefix(self.prefix)
        self[name] = local
        return local
