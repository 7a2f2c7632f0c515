"""Rows to TMX, which every translation tool reads."""

import gzip
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from interlingua.atomic import whole_file
from interlingua.corpus.readers.tmx_properties import NO_XML, property_of, source_property
from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError
from interlingua.languages import MACRO_MEMBERS, canonical
from interlingua.types import Row

__all__ = ["language_tag", "write_tmx"]

_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_ESCAPES = {"\r": "&#13;"}

logger = logging.getLogger(__name__)


def write_tmx(
    rows: Iterable[Row],
    path: str | Path,
    *,
    source: str | None = None,
    sources: Iterable[Mapping[str, Any]] = (),
) -> int:
    """Write rows as translation units of TMX 1.4, in constant memory, whole or not at all; return how many.

    ``_id`` becomes the ``tuid``, ``_date`` (as TMX writes it) the ``changedate``, other provenance properties (that of
    a cell, as ``_document:eng_Latn``, of its variant). :func:`interlingua.corpus.readers.read_tmx` reads the same texts
    and provenance back. Characters of texts that XML cannot hold are left out and counted in the log; so are rows
    without a cell.

    Args:
        rows: Any iterable; walked once.
        path: The file; compressed if it ends in ``.gz``.
        source: Source language of the whole; any (``*all*``) where it is None.
        sources: What is known of the sources of the rows, as in ``corpus.json``; goes into the header.

    Raises:
        CorpusError: There are no rows with a cell.
        LanguageError: Nobody knows a language.
        OutputError: The file cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from interlingua.corpus.readers import read_tmx
        >>> with TemporaryDirectory() as folder:
        ...     write_tmx([Row({"eng_Latn": "Yes & no.", "cmn_Hant": "是與否。"})], f"{folder}/a.tmx", source="eng")
        ...     next(read_tmx(f"{folder}/a.tmx")).texts
        1
        {'eng_Latn': 'Yes & no.', 'cmn_Hant': '是與否。'}
    """
    target = Path(path)
    writer = _UnitWriter()
    with whole_file(target) as partial:
        open_text = gzip.open if target.suffix == ".gz" else open
        with open_text(partial, "wt", encoding="utf-8", newline="\n") as file:
            file.write(_header(source, sources))
            file.writelines(writer.units(rows))
            file.write("</body>\n</tmx>\n")
        if not writer.written:
            raise CorpusError(f"nothing to write to {target}: there are no rows with a cell")
    if writer.dropped:
        logger.warning("%s: %s that XML cannot hold left out", target, counted(writer.dropped, "character"))
    if writer.empty:
        logger.warning("%s: %s without a cell left out", target, counted(writer.empty, "row"))
    return writer.written


@lru_cache(maxsize=4096)
def language_tag(code: str) -> str:
    """Return the shortest BCP-47 tag that means a language, as translation tools write it.

    Raises:
        LanguageError: Nobody knows it.

    Example:
        >>> [language_tag(code) for code in ("eng_Latn", "por_Latn-BR", "cmn_Hant", "srp_Latn", "swh_Latn", "tel_Telu")]
        ['en', 'pt-BR', 'zh-Hant', 'sr-Latn', 'sw', 'te']
    """
    from langcodes import Language

    code = canonical(code)
    language, _, rest = code.partition("_")
    script, hyphen, suffix = rest.partition("-")
    macros = [macro for macro, member in MACRO_MEMBERS.items() if member == language]
    names = [*(str(Language.get(name).to_tag()) for name in (*macros, language)), language]
    tags = [name + middle + hyphen + suffix for middle in ("", f"-{script}") for name in sorted(names, key=len)]
    return next((tag for tag in tags if canonical(tag) == code), code)


class _UnitWriter:
    def __init__(self) -> None:
        self.written = 0
        self.empty = 0
        self.dropped = 0

    def units(self, rows: Iterable[Row]) -> Iterator[str]:
        for row in rows:
            texts = {canonical(language): text for language, text in row.texts.items() if text.strip()}
            if texts:
                self.written += 1
                yield self._unit(texts, row.meta)
            else:
                self.empty += 1

    def _unit(self, texts: Mapping[str, str], meta: Mapping[str, Any]) -> str:
        attributes = [f" tuid={self._quoted(meta.get('_id', self.written))}"]
        properties: dict[str, list[str]] = {"": []}
        for name, value in meta.items():
            if name == "_id" or value is None:
                continue
            if name == "_source_language" and isinstance(value, str) and value.lower() not in ("", "*all*"):
                attributes.append(f" srclang={self._quoted(value)}")
            elif name == "_date" and isinstance(value, str) and _DATE.fullmatch(value):
                attributes.append(f" changedate={self._quoted(value)}")
            else:
                column, _, language = name.rpartition(":")
                column, language = (column, language) if language in texts else (name, "")
                properties.setdefault(language, []).append(_property(*property_of(column, value)))
        variants = "".join(
            f'<tuv xml:lang="{language_tag(language)}">{"".join(properties.get(language, ()))}'
            f"<seg>{self._escaped(text)}</seg></tuv>\n"
            for language, text in texts.items()
        )
        return f"<tu{''.join(attributes)}>{''.join(properties[''])}\n{variants}</tu>\n"

    def _escaped(self, text: str) -> str:
        return escape(self._clean(text), _ESCAPES)

    def _quoted(self, value: object) -> str:
        return quoteattr(self._clean(value))

    def _clean(self, value: object) -> str:
        text, dropped = NO_XML.subn("", str(value))
        self.dropped += dropped
        return text


def _property(kind: str, text: str) -> str:
    return f"<prop type={quoteattr(NO_XML.sub('', kind))}>{escape(text, _ESCAPES)}</prop>"


def _header(source: str | None, sources: Iterable[Mapping[str, Any]]) -> str:
    language = "*all*" if source is None else language_tag(source)
    made_by = version("interlingua")
    told = "".join(_property(*source_property(one)) + "\n" for one in sources)
    end = f">\n{told}</header>" if told else "/>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f'<header creationtool="interlingua" creationtoolversion="{made_by}" segtype="sentence" '
        f'o-tmf="interlingua" adminlang="en" srclang="{language}" datatype="plaintext"{end}\n<body>\n'
    )
