"""Texts of programs: their placeholders, mark-up and access keys, made alike or taken out."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypeAlias, get_args

import pyarrow as pa

from interlingua.errors import CorpusError
from interlingua.types import Row

__all__ = ["Placeholders", "plain_batches", "plain_text", "with_placeholders"]

Placeholders: TypeAlias = Literal["keep", "normalise", "drop"]
"""What becomes of placeholders: they stay as they are, all become ``{}``, or they go."""

_MARK = "{}"
_PLACEHOLDER = re.compile(
    r"%%"  # a per cent sign
    r"|%(?:\(\w++\)|\d++\$)?+[-+#0]*+(?:\*|\d++)?+(?:\.(?:\*|\d++))?+"  # printf, without its flag " "
    r"(?:hh?|ll?|[jztLqI])?(?:[diouxXeEfFgGaAcCsSpnr@](?![a-z])|<PRI\w+>)"
    r"|%L?\d+|%n\b"  # Qt
    r"|\{\{[^{}]*\}\}|\{%[^{}]*%\}"  # Django, Jinja
    r"|[$#]?\{[\w.\[\]]*+(?:![rsa])?(?::[^{}]*)?\}"  # Python, JavaScript, Ruby, shell
    r"|\$\d+|\$[A-Za-z_]\w*"
)
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|button|cite|code|div|em|font|h[1-6]|hr|i|img|kbd|label|li|ol|p|pre|q|s|samp|small|span|strong"
    r"|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul|var|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<(?:br|hr|/?(?:p|div|li|ol|ul|h[1-6]|table|tbody|thead|td|th|tr))\b", re.IGNORECASE)
_ADDED_KEY = re.compile(r"(?<!\s)\s*+\([_&](\w)\)")
_KEY = re.compile(r"(?<![\w&])[_&](?=[^\W_])")
_BLANKS = re.compile(r"[ \t]{2,}")


def plain_text(text: str, placeholders: Placeholders) -> str:
    """Return a text of a program as a reader sees it.

    Unless they are kept, placeholders become ``{}`` or go: ``%s``, ``%(name)s``, ``%1$d``, ``{0}``, ``{name}``,
    ``{{ name }}``, ``${name}``, ``$1`` and their kin; ``%%`` becomes a per cent sign. Tags of HTML go (those that break
    a line leave a space), and its entities become characters. So do access keys: ``_Open`` and ``&Open`` where the text
    has one only, at the beginning of a word; ``(_O)`` and ``(&O)`` behind it, as Chinese and Japanese have them.

    Args:
        text: The text.
        placeholders: ``keep`` leaves everything as it is.

    Example:
        >>> plain_text("&Save <b>%(count)d</b> files as {0} &amp; %s", "normalise")
        'Save {} files as {} & {}'
        >>> plain_text("100%% of %s", "drop"), plain_text("開く(_O)...", "normalise"), plain_text("%s", "keep")
        ('100% of', '開く...', '%s')
    """
    if placeholders == "keep":
        return text
    mark = _MARK if placeholders == "normalise" else ""
    text = _PLACEHOLDER.sub(lambda match: "%" if match[0] == "%%" else mark, text)
    text = _TAG.sub(lambda match: " " if _BREAK.match(match[0]) else "", text)
    text = _without_key(html.unescape(text) if "&" in text and ";" in text else text)
    return _BLANKS.sub(" ", text).strip(" \t")


def with_placeholders(rows: Iterable[Row], placeholders: Placeholders) -> Iterator[Row]:
    """Yield the rows with :func:`plain_text` of every cell; cells that are blank then are left out.

    Raises:
        CorpusError: ``placeholders`` is none of the words.
    """
    _check(placeholders)
    if placeholders == "keep":
        yield from rows
        return
    for row in rows:
        plain = {language: plain_text(text, placeholders) for language, text in row.texts.items()}
        yield Row({language: text for language, text in plain.items() if text.strip()}, row.meta)


def plain_batches(batches: Iterable[Any], placeholders: Placeholders) -> Iterator[Any]:
    """Yield ``pyarrow`` batches or tables likewise; cells that are blank then are null.

    Raises:
        CorpusError: ``placeholders`` is none of the words.
    """
    _check(placeholders)
    for batch in batches:
        if placeholders == "keep":
            yield batch
            continue
        columns = {name: batch.column(name) for name in batch.schema.names}
        for language in (name for name in columns if not name.startswith("_")):
            texts = (plain_text(text or "", placeholders) for text in columns[language].to_pylist())
            columns[language] = pa.array([text if text.strip() else None for text in texts], pa.string())
        yield pa.table(columns)


def _check(placeholders: str) -> None:
    if placeholders not in get_args(Placeholders):
        raise CorpusError(f"placeholders are {', '.join(get_args(Placeholders))}, not {placeholders!r}")


def _without_key(text: str) -> str:
    added = _ADDED_KEY.findall(text)
    if len(added) == 1:
        return _ADDED_KEY.sub("", text)
    return _KEY.sub("", text) if len(_KEY.findall(text)) == 1 else text
