"""Units of TMX in the shape that most have, read without a parser, several times as fast.

What is recognised here is well-formed wherever it stands in the body: one or two variants, the attributes and inline
elements that TMX names, one level deep, and entities that are XML's own. Everything else is for the parser.
"""

import re
from collections.abc import Mapping

__all__ = ["plain_unit"]

_VALUE = r'"[^<&"\t\r\n]*+"'
_ATTRIBUTES = (
    r"(?:\s++(?:o-encoding|datatype|usagecount|lastusagedate|creationtool|creationtoolversion|creationdate|creationid|"
    rf"changedate|changeid|o-tmf|segtype|srclang|tuid)={_VALUE})*+"
)
_SEGMENT = r"<seg>([^<]*+(?:<(?!/seg)[^<>]*+>[^<]*+)*+)</seg>"
_VARIANT = rf'<tuv xml:lang="([\w-]++)"({_ATTRIBUTES})>\s*+{_SEGMENT}\s*+</tuv>\s*+'
_UNIT = re.compile(
    rf'\s*+<tu(?: tuid="([^<&"\t\r\n]++)")?+({_ATTRIBUTES})\s*+>\s*+{_VARIANT}(?:{_VARIANT})?+</tu>', re.ASCII
)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')

# Left out with what they hold; those that stand for a break are not among them.
_CODE = re.compile(
    rf"<(bpt|ept|it|ph|ut)(?:\s++assoc={_VALUE})?+(?:\s++pos={_VALUE})?+(?:\s++i={_VALUE})?+(?:\s++x={_VALUE})?+"
    r'(?:\s++type="(?!(?:lb|pb|cb)")[^<&"\t\r\n]*+")?+\s*+(?:/>|>[^<]*+</\1\s*+>)',
    re.ASCII,
)
_MARKED = re.compile(rf"<hi(?:\s++x={_VALUE})?+(?:\s++type={_VALUE})?+\s*+>([^<]*+)</hi\s*+>", re.ASCII)
_CUT = "\0"  # where a code was: no XML has it
_DOUBLED = re.compile(rf"{_CUT}(?<=\s{_CUT})[\s{_CUT}]*+")
_OTHER_ENTITY = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_CHARACTERS = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


def plain_unit(text: str, start: int, known: Mapping[str, str]) -> tuple[Mapping[str, str], dict[str, str], int] | None:
    """Return attributes, texts by language, and the end of the unit at ``start``.

    None where there is none, or where the parser should say: a language is not known or comes twice, a text is empty.

    Args:
        text: Has no character that XML forbids, and no ``]]>``.
        start: Content of the body begins here.
        known: Canonical language by language as written.

    Example:
        >>> unit = '<tu tuid="k"><tuv xml:lang="en"><seg>One &amp; <ph/>two.</seg></tuv></tu>'
        >>> plain_unit(unit, 0, {"en": "eng_Latn"})
        ({'tuid': 'k'}, {'eng_Latn': 'One & two.'}, 73)
        >>> plain_unit(unit, 0, {})
    """
    found = _UNIT.match(text, start)
    if found is None:
        return None
    name, written, first, first_written, first_segment, second, second_written, second_segment = found.groups()
    texts = {known.get(first, ""): _plain_text(first_segment)}
    if second is not None:
        texts[known.get(second, "")] = _plain_text(second_segment)
        if len(texts) == 1:
            return None
    if "" in texts or "" in texts.values():
        return None
    if not (written or first_written or second_written):
        return {"tuid": name} if name else {}, texts, found.end()
    attributes = _attributes(written, name)
    if attributes is None or _attributes(first_written) is None or _attributes(second_written) is None:
        return None
    return attributes, texts, found.end()


def _plain_text(segment: str) -> str:
    """The text of a segment; empty where it has none, or the parser should say."""
    if "&" in segment or "<" in segment:
        segment = _without_codes(segment)
    return "" if "\r" in segment or segment.isspace() else segment


def _without_codes(segment: str) -> str:
    has_entities = "&" in segment
    if has_entities and _OTHER_ENTITY.search(segment):
        return ""
    if "<" in segment:
        segment = "".join(_MARKED.split(_CODE.sub(_CUT, segment)))
        segment = _DOUBLED.sub("", segment).replace(_CUT, "")
        if "<" in segment:
            return ""
    if has_entities:
        for entity, character in _CHARACTERS:
            segment = segment.replace(entity, character)
    return segment


def _attributes(written: str | None, name: str | None = None) -> dict[str, str] | None:
    """Attributes by name; None where one comes twice."""
    found = {"tuid": name} if name else {}
    for kind, value in _ATTRIBUTE.findall(written) if written else ():
        if kind in found:
            return None
        found[kind] = value
    return found
