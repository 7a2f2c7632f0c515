"""What is left of a command that was interrupted, in a line."""

from collections.abc import Sequence

__all__ = ["interrupted"]

_LEFT = {
    "train": "the run folder stays, and the same command with --resume goes on from its last checkpoint",
    "align": "of a folder, what was aligned stays, and the same command with --resume goes on",
    "encode": "what was encoded is kept: the same command goes on from there",
    "corpus translate": "no corpus was written, but what was translated is kept: the same command goes on from there",
    "corpus get": "what has come is kept: the same command goes on from there",
}
"""Of commands of which something is left."""


def interrupted(words: Sequence[str]) -> str:
    """Return what to say of an interrupted command line.

    Example:
        >>> interrupted(["corpus", "join", "out", "a.tmx"])
        'interrupted; nothing was written'
        >>> interrupted(["-v", "train", "mine.yaml", "--plan"])
        'interrupted; nothing was written'
    """
    verbs = [word for word in words if not word.startswith("-")]
    verb = " ".join(verbs[: 2 if verbs[:1] == ["corpus"] else 1])
    return f"interrupted; {'nothing was written' if '--plan' in words else _LEFT.get(verb, 'nothing was written')}"
