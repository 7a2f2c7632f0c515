"""Any program that translates lines."""

import re
import shlex
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from string import Formatter

import xxhash

from interlingua.corpus.hashing import hash_files
from interlingua.corpus.translation.programs import ask_in_parts, checked_timeout, find_program
from interlingua.errors import CorpusError
from interlingua.languages import MACRO_MEMBERS, canonical

__all__ = ["Command"]

_FIELDS = ("source", "target")
_BREAKS = re.compile("[\0\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


class Command:
    """A program that reads lines and writes a translation of each as a line.

    It is started once a call of :meth:`translate`; line breaks within a text become spaces.

    Args:
        command: Its words. ``{source}`` and ``{target}`` become languages as ``eng_Latn``, ``{source3}`` as ``eng``
            (ISO 639-3), ``{source2}`` as ``en`` (the shortest tag that BCP 47 has).
        name: How cards call it; the words unless given.
        licence: Under what its translations may be used.
        timeout: Seconds that one call may take.
        lines: Texts that :func:`translate_corpus` gives it at a time: many where it is slow to start, few where it is
            slow to translate, as a killed run loses those.

    Raises:
        CorpusError: The command is empty, or has another field; or the time or the number is none.

    Example:
        >>> Command("sed 's/^/{target2}: /'").translate(["One", ""], source="eng", target="deu")
        ['de: One', '']
    """

    def __init__(
        self,
        command: str,
        *,
        name: str | None = None,
        licence: str = "unknown",
        timeout: float = 600,
        lines: int = 1024,
    ) -> None:
        if lines < 1:
            raise CorpusError(f"lines is at least 1, not {lines}")
        self._words = _words(command)
        self._licence = licence
        self._timeout = checked_timeout(timeout)
        self._served: tuple[str, str] | None = None
        self.name = name or command
        self.at_once = lines
        self._fields = _fields(self._words)
        known = {side + form for side in _FIELDS for form in ("", "2", "3")}
        if not self._words or self._fields - known:
            raise CorpusError(
                f"{command!r} is no command for translating; "
                f"write a program and its words, where {', '.join(sorted(known))} in braces become languages, "
                "and other braces twice"
            )

    @cached_property
    def fingerprint(self) -> str:
        """The words, the content of the program's file and of files that the words name (not of what these read)."""
        program = find_program(self._words[0], advice="is it installed and on PATH?")
        named = [Path(word) for word in self._words[1:] if Path(word).is_file()]
        return xxhash.xxh3_128_hexdigest(f"command|{self._words}|{hash_files([program, *named])}".encode())

    @property
    def licence(self) -> str:
        """As it was given."""
        return self._licence

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Return a translation of every text; empty for empty ones, which the program does not see.

        Raises:
            CorpusError: The program fails, or the command names no languages and has served another pair.
        """
        self._check(source, target)
        codes = {
            side + form: write(canonical(code))
            for side, code in zip(_FIELDS, (source, target), strict=True)
            for form, write in (("", str), ("2", _shortest), ("3", _three_letters))
        }
        lines = [_BREAKS.sub(" ", text).strip() for text in texts]
        answers = iter(
            ask_in_parts(
                [word.format(**codes) for word in self._words], [line for line in lines if line], timeout=self._timeout
            )
        )
        return [next(answers).strip() if line else "" for line in lines]

    def _check(self, source: str, target: str) -> None:
        """A command without fields translates one pair, whichever it is asked for: let it not be asked for two."""
        pair = (canonical(source), canonical(target))
        self._served = self._served or pair
        for side, asked, served in zip(_FIELDS, pair, self._served, strict=True):
            if asked != served and not any(field.startswith(side) for field in self._fields):
                raise CorpusError(
                    f"the command {self.name!r} has no {{{side}}} and was asked for {served} before {asked}; "
                    f"write where the language goes, as {{{side}3}}, or call it once a language"
                )


def _words(command: str) -> list[str]:
    """As a shell cuts them; none where a quotation does not end."""
    try:
        return shlex.split(command)
    except ValueError:
        return []


def _fields(words: Sequence[str]) -> set[str]:
    """The names in braces; a lone brace stands as it is, and is none that is known."""
    try:
        return {field for word in words for _, field, _, _ in Formatter().parse(word) if field is not None}
    except ValueError:
        return {"{"}


def _three_letters(code: str) -> str:
    return code.partition("_")[0]


def _shortest(code: str) -> str:
    """The shortest tag: ``en``, ``zh`` for Mandarin, ``ceb``."""
    from langcodes import Language

    language = _three_letters(code)
    macros = [macro for macro, member in MACRO_MEMBERS.items() if member == language]
    return min((str(Language.get(one).to_tag()) for one in (language, *macros)), key=len)
