"""All texts of one group in as few rows as keep the cells of a source's row together."""

from collections.abc import Iterator, Sequence

__all__ = ["laid_out"]


def laid_out(places: Sequence[int], languages: Sequence[int], texts: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return which cells of a group are kept, and the row that each belongs to.

    The rows of the sources are taken in order. One goes, with all of its cells,

    1. nowhere, if it came before (a single cell: if its text did);
    2. else into the earliest row that was the first to hold one of its texts, if no other cell contradicts;
    3. else into the first row in which all its languages are free, a new one if there is none.

    So the k-th texts of bilingual sources stand together, cells of one row are never torn apart, and there is no cross
    product.

    Args:
        places: The row of the input that a cell is from, in order.
        languages: Its language; no row has one twice.
        texts: Equal for equal texts.

    Example:
        Two German texts, three French ones, and a row that has both.

        >>> laid_out([0, 1, 2, 3, 4, 5, 5], ["de", "de", "fr", "fr", "fr", "de", "fr"], [1, 2, 7, 8, 9, 2, 6])
        ([0, 1, 2, 3, 4, 5, 6], [0, 1, 0, 1, 2, 3, 3])
    """
    layout = _Layout()
    kept: list[int] = []
    rows: list[int] = []
    for start, end in _runs(places):
        cells = dict(zip(languages[start:end], texts[start:end], strict=True))
        row = layout.place(cells)
        if row is None:
            continue
        new = layout.add(row, cells)
        kept.extend(i for i in range(start, end) if languages[i] in new)
        rows.extend([row] * len(new))
    return kept, rows


class _Layout:
    """Rows so far, and what finds a place in them without walking them again."""

    def __init__(self) -> None:
        self._rows: list[dict[int, int]] = []
        self._first: dict[tuple[int, int], int] = {}
        self._seen: set[tuple[tuple[int, int], ...]] = set()
        self._free: dict[tuple[int, ...], int] = {}

    def place(self, cells: dict[int, int]) -> int | None:
        """The row for cells, which may be the next new one; None where they came before."""
        came = tuple(cells.items())
        if came in self._seen or (len(came) == 1 and came[0] in self._first):
            return None
        self._seen.add(came)
        for row in sorted({self._first[cell] for cell in came if cell in self._first}):
            if all(self._rows[row].get(code, text) == text for code, text in came):
                return row
        # A language that is taken stays taken: the search goes on where it ended.
        languages = tuple(cells)
        row = self._free.get(languages, 0)
        while row < len(self._rows) and any(code in self._rows[row] for code in languages):
            row += 1
        self._free[languages] = row
        return row

    def add(self, row: int, cells: dict[int, int]) -> set[int]:
        """Put cells into a row; return the languages that are new in it."""
        if row == len(self._rows):
            self._rows.append({})
        new = {code for code in cells if code not in self._rows[row]}
        self._rows[row].update(cells)
        for cell in cells.items():
            self._first.setdefault(cell, row)
        return new


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for end in range(1, len(places) + 1):
        if end == len(places) or places[end] != places[start]:
            yield start, end
            start = end
