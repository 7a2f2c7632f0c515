"""References to characters in HTML: ``&amp;``, ``&#233;``."""

import html
import re
from collections.abc import Iterator
from html.entities import html5

__all__ = ["find_entities", "unescape"]

_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")

_ROUNDS = 3
"""How often a text is taken to have been escaped at most."""


def find_entities(text: str) -> Iterator[re.Match[str]]:
    """Yield the references that HTML knows and that end in a semicolon.

    Example:
        >>> [found[0] for found in find_entities("R&D; Q&A a&lt;b &eacute;&#233; ?x=1&copy=2")]
        ['&lt;', '&eacute;', '&#233;']
    """
    if "&" in text:
        yield from (one for one in _ENTITY.finditer(text) if one[1].startswith("#") or f"{one[1]};" in html5)


def unescape(text: str) -> str:
    """Return the text with these references replaced by what they stand for; escaped twice or thrice too.

    Example:
        >>> unescape("Salt &amp;amp; bread, R&D; ?x=1&copy=2")
        'Salt & bread, R&D; ?x=1&copy=2'
    """
    for _ in range(_ROUNDS):
        found = list(find_entities(text))
        if not found:
            break
        pieces, start = [], 0
        for one in found:
            pieces += [text[start : one.start()], html.unescape(one[0])]
            start = one.end()
        text = "".join([*pieces, text[start:]])
    return text
