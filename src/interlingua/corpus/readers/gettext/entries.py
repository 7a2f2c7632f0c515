"""What a catalog holds, whichever file it lies in: entries, and the header that the first of them is."""

import codecs
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

__all__ = ["MAX_ENTRY", "MAX_LINE", "Entry", "Header", "charset_of"]

MAX_LINE = 1 << 20
"""Bytes of a line, and of a text in a ``.mo``; a longer one is no message of a program and is left out."""

MAX_ENTRY = 4 * MAX_LINE

# The encodings that gettext's manual calls portable, as far as Python has them: all have ASCII's characters where ASCII
# has them, which is what the parser needs.
_CHARSET = re.compile(
    r"ascii|utf-8|iso8859-\d+|koi8-[rut]|cp(?:850|866|874|932|949|950|125[0-8])|gb2312|gbk|gb18030|euc_jp|euc_kr|big5"
    r"|big5hkscs|shift_jis|tis-620"
)
_NAME = re.compile(
    r'^[ \t"]*Content-Type:[^\n]*?\bcharset\s*=\s*([\w.:+-]{1,40})', re.ASCII | re.IGNORECASE | re.MULTILINE
)
_TEMPLATE = "CHARSET"


class Entry(NamedTuple):
    """One message as it is written.

    Args:
        context: ``msgctxt``; None where there is none.
        singular: ``msgid``; empty for the header.
        plural: ``msgid_plural``; None for a message without.
        forms: Translations by the number of the plural form; 0 where there is no plural.
        line: Where it begins, from 1; None in ``.mo``.
        references: Where programs use it, as ``src/main.c:12``, separated by spaces.
        fuzzy: Its translation is a guess that waits for a translator.
    """

    context: str | None
    singular: str
    plural: str | None
    forms: dict[int, str]
    line: int | None = None
    references: str = ""
    fuzzy: bool = False

    @property
    def is_header(self) -> bool:
        """Whether it says what the catalog is, and translates nothing."""
        return self.singular == "" and self.context is None


@dataclass(frozen=True)
class Header:
    r"""What a catalog says of itself.

    Args:
        text: ``Name: value`` in every line; empty for a catalog without.

    Example:
        >>> header = Header("Language: pt_BR\nPlural-Forms: nplurals=2; plural=(n > 1);\n")
        >>> header.language, header.get("plural-forms")
        ('pt_BR', 'nplurals=2; plural=(n > 1);')
    """

    text: str = field(repr=False, default="")

    @cached_property
    def _fields(self) -> dict[str, str]:
        pairs = [line.partition(":") for line in self.text.split("\n")]
        return {name.strip().lower(): value.strip() for name, _, value in pairs}

    def get(self, name: str) -> str:
        """Return a field, by its name in any case; empty where it is missing."""
        return self._fields.get(name.lower(), "")

    @property
    def language(self) -> str:
        """The language as it is written; empty where it is missing."""
        return self.get("Language")


def charset_of(header: str) -> str:
    """Return Python's name for the encoding that a header names; UTF-8 where it names none.

    Args:
        header: Its text; or its lines as they stand in the file, with bytes for characters.

    Raises:
        LookupError: It names one that is unknown, or in which ASCII does not mean ASCII.

    Example:
        >>> charset_of("Content-Type: text/plain; charset=KOI8-R"), charset_of("Content-Type: text/plain")
        ('koi8-r', 'utf-8')
    """
    match = _NAME.search(header)
    if match is None or match[1] == _TEMPLATE:
        return "utf-8"
    try:
        name = codecs.lookup(match[1]).name
    except LookupError:
        name = ""
    if not _CHARSET.fullmatch(name):
        raise LookupError(
            f"the header names the encoding {match[1]!r}, which is no encoding of catalogs that Python knows; "
            "correct it, or convert the file to UTF-8 (msgconv -t UTF-8)"
        )
    return "utf-8" if name == "ascii" else name
