"""Files of sentence pairs with similarity scores, in the shapes in which the usual sets are published."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from interlingua.corpus.readers.fields import SUFFIXES, column_names, named_fields
from interlingua.corpus.readers.files import Faults, bare_suffix, lines_of
from interlingua.errors import FormatError

__all__ = ["ScoredRecord", "paired_files", "score_number", "scored_records"]

_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("sentence1", "sentence2", "score"),
    ("sentence1", "sentence2", "label"),  # JGLUE
    ("sentence_A", "sentence_B", "relatedness_score"),  # SICK
    ("text1", "text2", "Overall"),  # SemEval 2022, where 1 is the most similar
)

_HEADERLESS = 7
"""Fields of the STS benchmark: genre, file, year, number, score and the two sentences; sources may follow."""


class ScoredRecord(NamedTuple):
    """A line of a file: two texts, either of which may be blank, and how similar they are; higher is more."""

    line: int
    source: str
    target: str
    score: float


def scored_records(path: Path) -> Iterator[ScoredRecord]:
    """Yield every pair of a file; all of it, or an error.

    Read are tables with the columns ``sentence1``, ``sentence2`` and ``score`` (or ``label``, as in JGLUE; also
    ``sentence_A``, ``sentence_B`` and ``relatedness_score`` of SICK; ``text1``, ``text2`` and ``Overall`` of SemEval
    2022, whose scale is turned round, ``5 - Overall``), and the STS benchmark's own files without a header, which are
    tab-separated whatever their name says.

    Raises:
        CorpusError: The file cannot be opened.
        FormatError: No such columns, or a line that is wrong.
    """
    if _is_headerless(path):
        yield from _benchmark(path)
        return
    names = _names(path)
    known = [shape for shape in _SHAPES if set(shape) <= set(names)]
    if not known and bare_suffix(path) in _OTHERS:
        raise FormatError(
            "scored pairs are read from .tsv, .csv, .jsonl or .parquet, and from .txt and .json where the columns are "
            "those of SICK and JGLUE",
            path=path,
        )
    shape = known[0] if known else _SHAPES[0]
    turned = shape[2] == "Overall"
    for line, record in _records(path, shape):
        texts = [record.get(column) for column in shape[:2]]
        if not all(text is None or isinstance(text, str) for text in texts):
            raise FormatError(f"a sentence is missing: {shape[0]} or {shape[1]} is no text", path=path, line=line)
        score = score_number(record.get(shape[2]), path=path, line=line)
        yield ScoredRecord(line, texts[0] or "", texts[1] or "", 5 - score if turned else score)


def paired_files(texts: Path, gold: Path) -> Iterator[ScoredRecord]:
    """Yield the pairs of SemEval's two files: two tab-separated sentences a line, and the scores line by line.

    Pairs whose line of scores is blank were not scored, and are left out.

    Raises:
        FormatError: The files have different lengths, or a line is wrong.
    """
    scores = list(lines_of(gold))
    number = 0
    for number, line in enumerate(lines_of(texts), start=1):
        fields = line.split("\t")
        if len(fields) < 2:
            raise FormatError("one sentence instead of two, separated by a tab", path=texts, line=number)
        if number > len(scores):
            raise FormatError(f"has more lines than {gold.name}, which has {len(scores)}", path=texts, line=number)
        if scores[number - 1].strip():
            score = score_number(scores[number - 1].strip(), path=gold, line=number)
            yield ScoredRecord(number, fields[0], fields[1], score)
    if number < len(scores):
        raise FormatError(f"goes on after {texts.name} ends with line {number:,}", path=gold, line=number + 1)


def score_number(score: object, *, path: Path, line: int) -> float:
    """Return a score.

    Raises:
        FormatError: It is no finite number.
    """
    try:
        value = math.nan if isinstance(score, bool) else float(score)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise FormatError(f"the score {score!r} is no number", path=path, line=line)
    return value


def _records(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    read = _OTHERS.get(bare_suffix(path))
    if read is None:
        yield from named_fields(path, needed=needed, holds="scored pairs")
    else:
        yield from read(path)


def _names(path: Path) -> list[str]:
    read = _OTHERS.get(bare_suffix(path))
    if read is None:
        return column_names(path) if bare_suffix(path) in SUFFIXES else []
    return list(next(read(path), (0, {}))[1])


def _tab_separated(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """A table whose name ends in ``.txt``, as SICK's."""
    lines = lines_of(path)
    columns = next(lines, "").split("\t")
    for number, line in enumerate(lines, start=2):
        fields = line.split("\t")
        if len(fields) != len(columns):
            raise FormatError(f"{len(fields)} fields instead of {len(columns)}", path=path, line=number)
        yield number, dict(zip(columns, fields, strict=True))


def _json_lines(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Objects, one a line, in a file whose name ends in ``.json``, as JGLUE's."""
    with Faults(path, strict=True) as faults:
        for number, line in enumerate(lines_of(path), start=1):
            try:
                record = json.loads(line)
            except ValueError:
                record = None
            if isinstance(record, dict):
                yield number, record
            elif line.strip():
                faults.add("no object of JSON; one is expected in every line", line=number)


_OTHERS: Mapping[str, Callable[[Path], Iterator[tuple[int, Mapping[str, Any]]]]] = {
    ".txt": _tab_separated,
    ".json": _json_lines,
}


def _is_headerless(path: Path) -> bool:
    if bare_suffix(path) not in (".csv", ".tsv", ".txt"):
        return False
    fields = next(lines_of(path), "").split("\t")
    return len(fields) >= _HEADERLESS and fields[4].replace(".", "", 1).strip().isdigit()


def _benchmark(path: Path) -> Iterator[ScoredRecord]:
    for number, line in enumerate(lines_of(path), start=1):
        fields = line.split("\t")
        if len(fields) < _HEADERLESS:
            raise FormatError(f"{len(fields)} fields instead of {_HEADERLESS} or more", path=path, line=number)
        yield ScoredRecord(number, fields[5], fields[6], score_number(fields[4], path=path, line=number))
