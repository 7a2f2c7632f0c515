"""Tables of Markdown."""

from collections.abc import Iterable, Sequence

__all__ = ["markdown_table", "plain_cell"]


def markdown_table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""Return a table; whole numbers stand to the right.

    Example:
        >>> print(markdown_table(["a|b", "n"], [["x", 1200]]))
        | a\|b | n |
        |---|--:|
        | x | 1,200 |
    """
    lines = [list(row) for row in rows]
    right = [bool(lines) and all(isinstance(line[i], int) for line in lines) for i in range(len(names))]
    shown = [[f"{one:,}" if isinstance(one, int) else plain_cell(one) for one in line] for line in lines]
    head = [[plain_cell(name) for name in names], ["--:" if number else "---" for number in right]]
    ruled = "|" + "|".join(head[1]) + "|"
    return "\n".join(["| " + " | ".join(head[0]) + " |", ruled, *("| " + " | ".join(line) + " |" for line in shown)])


def plain_cell(value: object) -> str:
    """Return words as one cell of a table."""
    return " ".join(str(value).split()).replace("|", "\\|")
