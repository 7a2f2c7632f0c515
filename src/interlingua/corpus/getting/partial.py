"""A file on its way: what is there of it, and which file of the server's it is a part of."""

import json
import re
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from interlingua.corpus.getting.web import TemporaryError

__all__ = ["Partial"]

_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(slots=True)
class Partial:
    """The bytes of a file that have come, beside a note that says of which version.

    Args:
        path: Where they are kept, ``NAME.partial``; the note is ``NAME.partial.json``.
        url: Where they come from.
        total: Bytes of the whole, where the server says so.
        validator: What tells versions apart: a strong ETag, or the time of change; empty where the server has neither.
    """

    path: Path
    url: str
    total: int | None = None
    validator: str = ""

    @classmethod
    def resume(cls, path: Path, url: str) -> "Partial":
        """Return what an earlier attempt left, or nothing of the file yet."""
        try:
            note = json.loads(_note(path).read_text(encoding="utf-8"))
            if note["url"] == url and path.is_file():
                return cls(path, url, note["total"], note["validator"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # without a note, nobody knows what the bytes are
        partial = cls(path, url)
        partial.discard()
        return partial

    @property
    def size(self) -> int:
        """Bytes there are."""
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def complete(self) -> bool:
        """Whether all bytes that were announced are there."""
        return self.total is not None and self.size == self.total

    def discard(self) -> None:
        """Delete the bytes and the note."""
        self.path.unlink(missing_ok=True)
        _note(self.path).unlink(missing_ok=True)
        self.total, self.validator = None, ""

    def headers(self) -> dict[str, str]:
        """Return what to ask for: the rest, if the file is still the same; else all of it."""
        if not (self.size and self.validator):
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": self.validator}

    def begin(self, status: int, headers: Message) -> None:
        """Make ready for what a server is about to send: the rest, or all of it anew.

        Raises:
            TemporaryError: It sends another part than the one that was asked for, or of another version.
        """
        length = headers.get("Content-Length", "")
        if status != 206:
            self.discard()
            self.total = int(length) if length.isdigit() else None
        else:
            match = _RANGE.fullmatch(headers.get("Content-Range", ""))
            total = int(match[2]) if match and match[2] != "*" else self.total
            another = self.total not in (None, total) or _validator(headers) != self.validator
            if not match or int(match[1]) != self.size or another:
                self.discard()
                raise TemporaryError("the server sent another part than the one asked for")
            self.total = total
        self.validator = _validator(headers)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        note = {"url": self.url, "total": self.total, "validator": self.validator}
        _note(self.path).write_text(json.dumps(note), encoding="utf-8")

    def finish(self, target: Path) -> None:
        """Give the file its name."""
        self.path.replace(target)
        _note(self.path).unlink(missing_ok=True)


def _note(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _validator(headers: Message) -> str:
    tag = str(headers.get("ETag", ""))
    return tag if tag and not tag.startswith("W/") else str(headers.get("Last-Modified", ""))
