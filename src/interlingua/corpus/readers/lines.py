"""Line-aligned text: one file a language, line i of each says the same."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

from interlingua.corpus.readers.files import lines_of
from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError, FormatError
from interlingua.languages import canonical_columns
from interlingua.types import Row

__all__ = ["read_lines"]


def read_lines(files: Mapping[str, str | Path]) -> Iterator[Row]:
    """Yield a row a line; ``_id`` is the line number from 1.

    Args:
        files: File by language, in any spelling; plain, ``.gz``, ``.xz`` or ``.zst``.

    Raises:
        CorpusError: A file is missing.
        LanguageError: A language is unknown, or given twice.
        FormatError: A line is not UTF-8, or the files have unequally many lines.
    """
    if not files:
        raise CorpusError("line-aligned text needs at least one file, as eng=a.en")
    languages = [(code, Path(files[given])) for code, given in canonical_columns(files).items()]
    aligned = zip_longest(*(lines_of(path) for _, path in languages))
    for number, cells in enumerate(aligned, start=1):
        if None in cells:
            _refuse(number, [(path, cell is None) for (_, path), cell in zip(languages, cells, strict=True)])
        texts = {language: text for (language, _), text in zip(languages, cells, strict=True) if text.strip()}
        yield Row(texts, {"_id": str(number)})


def _refuse(number: int, files: list[tuple[Path, bool]]) -> None:
    ended = next(path for path, at_end in files if at_end)
    longer = next(path for path, at_end in files if not at_end)
    raise FormatError(
        f"ends after {counted(number - 1, 'line')} but {longer} has at least {number:,}; line-aligned files must "
        "have equally many lines: were they cut or filtered apart from each other?",
        path=ended,
        line=number - 1,
    )
