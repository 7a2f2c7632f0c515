"""Numbers in messages."""

__all__ = ["counted", "human_size"]


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one.

    Example:
        >>> counted(1, "row"), counted(1200, "row")
        ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def human_size(size: int | None) -> str:
    """Return a size for people.

    Example:
        >>> human_size(25_585_843), human_size(700), human_size(None)
        ('26 MB', '700 B', 'unknown size')
    """
    if size is None:
        return "unknown size"
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}" if size < 10 * factor else f"{size / factor:,.0f} {unit}"
    return f"{size} B"
