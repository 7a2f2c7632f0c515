"""A naive writer of gettext catalogs, for tests: messages in, bytes of ``.po`` and ``.mo`` out."""

import struct
from dataclasses import dataclass, field


@dataclass
class Message:
    text: str
    forms: list[str]
    context: str | None = None
    plural: str | None = None
    comments: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.forms = [self.forms] if isinstance(self.forms, str) else self.forms


def header(language="", plurals="nplurals=2; plural=(n != 1);", charset="UTF-8") -> Message:
    lines = [f"Content-Type: text/plain; charset={charset}", f"Plural-Forms: {plurals}"]
    return Message("", "".join(f"{line}\n" for line in lines + ([f"Language: {language}"] if language else [])))


def quoted(text: str) -> str:
    """The text in quotes, a line of it a line."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\t", "\\t"), ("\r", "\\r")):
        text = text.replace(plain, escaped)
    lines = text.split("\n")
    parts = [line + "\\n" for line in lines[:-1]] + [lines[-1]]
    return "\n".join(f'"{part}"' for part in parts)


def po(*messages: Message, charset="utf-8", end="\n") -> bytes:
    lines: list[str] = []
    for one in messages:
        lines += one.comments
        lines += [f"msgctxt {quoted(one.context)}"] if one.context is not None else []
        lines += [f"msgid {quoted(one.text)}"]
        if one.plural is None:
            lines += [f"msgstr {quoted(one.forms[0])}"]
        else:
            lines += [f"msgid_plural {quoted(one.plural)}"]
            lines += [f"msgstr[{number}] {quoted(form)}" for number, form in enumerate(one.forms)]
        lines += [""]
    return end.join("\n".join(lines).split("\n")).encode(charset)


def mo(*messages: Message, charset="utf-8", order="<", revision=0) -> bytes:
    pairs = []
    for one in messages:
        key = (f"{one.context}\4" if one.context is not None else "") + one.text
        key += f"\0{one.plural}" if one.plural is not None else ""
        pairs.append((key.encode(charset), "\0".join(one.forms).encode(charset)))
    pairs.sort()
    texts = [key for key, _ in pairs] + [value for _, value in pairs]
    offset = 28 + 8 * len(texts)
    table, pool = b"", b""
    for text in texts:
        table += struct.pack(f"{order}II", len(text), offset + len(pool))
        pool += text + b"\0"
    head = struct.pack(f"{order}7I", 0x950412DE, revision, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + table + pool
