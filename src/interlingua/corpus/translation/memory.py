"""Translations that were made once and are kept: one SQLite file, looked up by what they depend on."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import xxhash

from interlingua.cache import cache_folder
from interlingua.errors import OutputError

__all__ = ["TranslationMemory"]

_NAME = "translations.sqlite"
_AT_A_TIME = 500


class TranslationMemory:
    """Translations by translator, languages and text.

    What is added is there after a crash, or none of it is. Several processes may use one file.

    Args:
        folder: Where; None takes ``$INTERLINGUA_CACHE`` or the platform's cache folder.

    Raises:
        OutputError: The file cannot be written, or is damaged.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     memory = TranslationMemory(folder)
        ...     memory.add("m1", ("eng_Latn", "deu_Latn"), {"Yes.": "Ja."})
        ...     memory.get("m1", ("eng_Latn", "deu_Latn"), ["Yes.", "No."]), memory.get("m2", ("eng", "deu"), ["Yes."])
        ({'Yes.': 'Ja.'}, {})
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.path = (cache_folder() if folder is None else Path(folder)) / _NAME

    def get(self, fingerprint: str, languages: tuple[str, str], texts: Sequence[str]) -> dict[str, str]:
        """Return the translations that there are, by text.

        Args:
            fingerprint: Of the translator.
            languages: Source and target.
            texts: In the source language.
        """
        if not self.path.is_file():
            return {}
        text_of = {_key(fingerprint, languages, text): text for text in texts}
        keys = list(text_of)
        found: dict[str, str] = {}
        with closing(self._open()) as connection:
            for start in range(0, len(keys), _AT_A_TIME):
                some = keys[start : start + _AT_A_TIME]
                marks = ",".join("?" * len(some))
                found |= {
                    text_of[key]: translation
                    for key, translation in self._ask(
                        connection, f"SELECT key, translation FROM translations WHERE key IN ({marks})", some
                    )
                }
        return found

    def add(self, fingerprint: str, languages: tuple[str, str], translations: Mapping[str, str]) -> None:
        """Keep translations, by text."""
        records = [(_key(fingerprint, languages, text), translation) for text, translation in translations.items()]
        with closing(self._open()) as connection:
            try:
                with connection:
                    connection.executemany("INSERT OR REPLACE INTO translations VALUES (?, ?)", records)
            except sqlite3.Error as error:
                raise self._failure(error) from error

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=60)
            connection.execute(
                "CREATE TABLE IF NOT EXISTS translations "
                "(key BLOB PRIMARY KEY, translation TEXT NOT NULL) WITHOUT ROWID"
            )
        except (sqlite3.Error, OSError) as error:
            raise self._failure(error) from error
        return connection

    def _ask(self, connection: sqlite3.Connection, query: str, keys: Sequence[bytes]) -> list[tuple[bytes, str]]:
        try:
            return connection.execute(query, keys).fetchall()
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> OutputError:
        return OutputError(
            f"{self.path} cannot be used as a memory of translations: {error}; "
            "choose another folder (cache=, --cache), or delete the file if it is damaged"
        )


def _key(fingerprint: str, languages: tuple[str, str], text: str) -> bytes:
    return xxhash.xxh3_128_digest("\x1f".join((fingerprint, *languages, text)).encode())
