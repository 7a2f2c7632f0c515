"""The one rule for mark-up inside segments, of TMX and XLIFF alike.

- Text that mark-up encloses is kept: ``hi``, ``g``, ``pc``, ``mrk``, and elements that nobody knows.
- Codes of the document are left out with what they hold: ``bpt``, ``ept``, ``it``, ``ph``, ``ut``, ``x``, ``bx``,
  ``ex``, ``sc``, ``ec``, ``cp``.
- White space that stands on both sides of what is left out is that before it alone, so that none is doubled.
- A code that stands for a break of the line, page or column becomes one space, so that words do not run together.
- ``sub`` (a footnote or an alternative text inside a code) is another text, which cuts the sentence in two and has no
  partner that could be told for sure: left out. So is text that an editor has marked as deleted.
"""

from collections.abc import Callable, Mapping

__all__ = ["SegmentText"]

_CODES = frozenset({"bpt", "ept", "it", "ph", "ut", "sub", "x", "bx", "ex", "sc", "ec", "cp"})
_BREAKS = frozenset({"lb", "pb", "cb", "xlf:lb", "xlf:pb"})
_DELETED = "x-sdl-deleted"


class SegmentText:
    """Collects the text of one segment at a time, while its elements go by.

    Args:
        listen: Called with the function that should get the characters, or None when nobody wants them.

    Example:
        >>> text = SegmentText(lambda taker: None)
        >>> text.begin(room=100)
        >>> text.pieces.append("One"); text.start("ph", {"type": "lb"}); text.end(); text.pieces.append("two.")
        >>> text.finish()
        'One two.'
    """

    def __init__(self, listen: Callable[[Callable[[str], object] | None], None]) -> None:
        self._listen = listen
        self.pieces: list[str] = []
        self.fault = ""
        self.parts: dict[str, str] = {}
        self._room = 0
        self._counted = 0
        self._skipped = 0
        self._marks: list[tuple[str, int] | None] = []
        self._cuts: list[int] = []

    def begin(self, *, room: int) -> None:
        """Forget the last segment; the next one may have ``room`` characters."""
        self.pieces.clear()
        self.fault = ""
        self.parts = {}
        self._room = room
        self._counted = 0
        self._skipped = 0
        self._marks.clear()
        self._cuts.clear()
        self._listen(self.pieces.append)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note that an element inside the segment begins."""
        if self._skipped:
            self._skipped += 1
        elif name in _CODES or attributes.get("mtype") == _DELETED:
            self._skipped = 1
            self._listen(None)
            kind = attributes.get("type") or attributes.get("ctype")
            breaks = kind in _BREAKS or attributes.get("subType") in _BREAKS
            if breaks and self.pieces and not self.pieces[-1][-1:].isspace():
                self.pieces.append(" ")
            if self._cuts[-1:] != [len(self.pieces)]:
                self._cuts.append(len(self.pieces))
        else:
            is_part = name == "mrk" and attributes.get("mtype") == "seg"
            self._marks.append((attributes.get("mid", ""), len(self.pieces)) if is_part else None)

    def end(self) -> None:
        """Note that an element inside the segment ends; what an ``mrk`` of a segment enclosed goes to ``parts``."""
        if self._skipped:
            self._skipped -= 1
            if not (self._skipped or self.fault):
                self._listen(self.pieces.append)
        elif mark := self._marks.pop():
            name, begin = mark
            self._room -= len(name) + 1
            self.parts[name] = self._joined(begin)

    def spoil(self, fault: str) -> None:
        """Note why the text of this segment cannot be used."""
        if not self._skipped:
            self.fault = self.fault or fault

    def check(self) -> None:
        """Give the segment up if it is longer than it may be; called now and then, so that memory is bounded."""
        self._room -= sum(map(len, self.pieces[self._counted :]))
        self._counted = len(self.pieces)
        if self._room < 0:
            self.fault = "a text of more than a million characters"
            self._listen(None)
            self.pieces.clear()
            self.parts.clear()
            self._counted = 0

    def finish(self) -> str:
        """Return the text; empty where ``fault`` says why it cannot be used."""
        self.check()
        self._listen(None)
        text = "" if self.fault else self._joined()
        self.pieces.clear()
        return text

    def _joined(self, begin: int = 0) -> str:
        """The pieces from one on, as one text, without the white space that something left out would double."""
        if not self._cuts or self._cuts[-1] < begin:
            return "".join(self.pieces[begin:])
        cuts, kept = set(self._cuts), list[str]()
        ends_in_space = trims = False
        for place, piece in enumerate(self.pieces[begin:], begin):
            trims = trims or (ends_in_space and place in cuts)
            left = piece.lstrip() if trims else piece
            if left:
                kept.append(left)
                trims, ends_in_space = False, left[-1].isspace()
        return "".join(kept)
