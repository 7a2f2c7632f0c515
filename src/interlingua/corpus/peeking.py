"""What a file holds, told from its beginning."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from interlingua.corpus.naming import advice_on, meaning_of
from interlingua.corpus.readers.archives import Member, is_archive, members_of, split_member
from interlingua.corpus.readers.compression import watched
from interlingua.corpus.readers.describing import column_names_of, described, header_of, rows_stored
from interlingua.corpus.readers.dispatch import exists, is_address, open_rows
from interlingua.corpus.wording import counted, human_size
from interlingua.errors import CorpusError, InterlinguaError
from interlingua.languages import canonical, display_name, language_named
from interlingua.types import Row

__all__ = ["Column", "Peek", "can_be_peeked", "peek"]

LOOKED_AT = 10_000
"""Rows that are read, at most."""

_MEMBERS_SHOWN = 20


class Column(NamedTuple):
    """A column of a table, and what its name means: a language, provenance, or None where that cannot be told."""

    name: str
    meaning: str | None


@dataclass(frozen=True, kw_only=True)
class Peek:
    """What the beginning of a source says of it; ``str`` shows it.

    Args:
        source: What was asked for.
        form: The format, and how it was told.
        size: Bytes; None for what is no file.
        members: Of an archive.
        header: What a gettext catalog says of itself.
        columns: Of a table.
        rows: The first rows.
        looked_at: How many rows were read.
        total: How many there are: exact where ``exact`` says so, else by the bytes that the first ones took; None where
            nothing tells.
        exact: The number is no estimate.
        cells: Cells by language among the rows looked at.
        common: Provenance that is the same in all of them.
        problem: Why reading stopped, or cannot begin; empty where it did not.
        fault: The error, where it is one for every command; None where a member or a rename has to be named first.
    """

    source: str
    form: str
    size: int | None
    members: tuple[Member, ...] = ()
    header: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    looked_at: int = 0
    total: int | None = None
    exact: bool = False
    cells: Mapping[str, int] = field(default_factory=dict)
    common: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    fault: InterlinguaError | None = None

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.source}: {self.form}" + ("" if self.size is None else f", {human_size(self.size)}")
        yield from self._members()
        for name, value in self.header.items():
            yield f"header {name}: {value}"
        width = max((len(column.name) for column in self.columns), default=0)
        shown = _stand_ins(self.columns)
        for name, meaning in self.columns:
            yield f"column {name.ljust(width)}  {_in_words(name, meaning, shown.get(name, ''))}"
        if self.common:
            yield "every row  " + "  ".join(f"{name}={value}" for name, value in self.common.items())
        if self.looked_at:
            yield f"{self._counted()}  " + "  ".join(f"{language} {count:,}" for language, count in self.cells.items())
        if self.problem:
            yield f"stops: {self.problem}"

    def _members(self) -> Iterator[str]:
        shown = self.members[:_MEMBERS_SHOWN]
        width = max((len(name) for name, _ in shown), default=0)
        for name, size in shown:
            yield f"member {name.ljust(width)}  {human_size(size)}"
        if len(self.members) > len(shown):
            yield f"member ... and {len(self.members) - len(shown):,} more"

    def _counted(self) -> str:
        if self.total == self.looked_at and self.exact:
            return f"all {counted(self.looked_at, 'row')}"
        about = "" if self.total is None else f" of {'' if self.exact else 'about '}{self.total:,}"
        return f"first {counted(self.looked_at, 'row')}{about}"


def peek(
    source: str | Path,
    *,
    rename: Mapping[str, str] | None = None,
    number: int = 5,
    languages: Sequence[str] | None = None,
    split: str | None = None,
) -> Peek:
    r"""Look at the beginning of what :func:`interlingua.corpus.open_rows` reads; a name it cannot tell stops nothing.

    Args:
        source: A file, folder, archive, or one of the other sources.
        rename: Language or ``_name`` by column name.
        number: Rows to keep.
        languages: Of the rows that are kept, only these, in any spelling.
        split: Of the rows that are kept, only those of this one.

    Raises:
        CorpusError: There is nothing of this name.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "a.tsv"
        ...     _ = path.write_text("en\tswahili\nRain.\tMvua.\n")
        ...     found = peek(path)
        >>> found.columns, found.rows[0].texts, found.total
        ((Column(name='en', meaning='eng_Latn'), Column(name='swahili', meaning=None)), {'eng_Latn': 'Rain.'}, 1)
    """
    path = Path(source)
    archive = None if exists(path) else split_member(path)
    place = archive[0] if archive else path
    known: dict[str, Any] = {
        "source": str(source),
        "form": described(source),
        "size": place.stat().st_size if exists(place) and place.is_file() else None,
    }
    try:
        known["members"] = tuple(members_of(place)) if is_archive(place) else ()
        known["header"] = header_of(source)
        names = column_names_of(source, rename=rename)
    except InterlinguaError as error:
        if not (exists(place) or is_address(source)):
            raise
        return Peek(**known, problem=str(error), fault=None if _asks(error, known, rename, archive) else error)
    known["columns"] = columns = tuple(Column(name, meaning_of(name, rename)) for name in names)
    wanted = None if languages is None else [canonical(language) for language in languages]
    found = _looked(
        source, known, {**(rename or {}), **_stand_ins(columns)}, number=number, languages=wanted, split=split
    )
    return replace(found, fault=None) if found.fault and _asks(found.fault, known, rename, archive) else found


def _asks(error: InterlinguaError, known: Mapping[str, Any], rename: Mapping[str, str] | None, archive: Any) -> bool:
    """Whether an error asks for a member of an archive, or for what columns are, of a sound file."""
    several = bool(known.get("members")) and archive is None
    meanings = [column.meaning or "_" for column in known.get("columns", ())]
    unnamed = bool(meanings) and not rename and all(meaning.startswith("_") for meaning in meanings)
    return type(error) is CorpusError and (several or unnamed)


def _stand_ins(columns: Sequence[Column]) -> dict[str, str]:
    """What columns that cannot be told are shown as: provenance; languages by their names, where there is no other."""
    told = any(meaning and not meaning.startswith("_") for _, meaning in columns)
    shown: dict[str, str] = {}
    for name, meaning in columns:
        if meaning is None:
            code = None if told or name.lower() == "id" else language_named(name)
            shown[name] = f"_{name}" if code is None or code in shown.values() else code
    return shown


def _in_words(name: str, meaning: str | None, shown: str) -> str:
    if meaning is None:
        return f"unknown, here {shown}; {advice_on(name)}"
    return meaning if meaning.startswith("_") else f"{meaning} ({display_name(meaning)})"


def can_be_peeked(source: str) -> bool:
    """Return whether a source is there to be looked into; not a name, nor a folder of Parquet, which is all at hand."""
    path = Path(source)
    if exists(path):
        return not (path.is_dir() and any(path.glob("*.parquet")))
    return is_address(source) or split_member(path) is not None or "=" in source


def _looked(
    source: str | Path,
    known: dict[str, Any],
    rename: Mapping[str, str],
    *,
    number: int,
    languages: Sequence[str] | None,
    split: str | None,
) -> Peek:
    kept: list[Row] = []
    cells: Counter[str] = Counter()
    common: dict[str, Any] | None = None
    looked_at, is_whole = 0, False
    fault: InterlinguaError | None = None
    with watched() as progress:
        try:
            walk = open_rows(source, rename=rename)
            while looked_at < LOOKED_AT and not is_whole:
                row = next(walk, None)
                is_whole = row is None
                if row is None:
                    continue
                looked_at += 1
                cells.update(list(row.texts))
                common = dict(row.meta) if common is None else _shared(common, row.meta)
                shown = _narrowed(row, languages, split)
                if shown is not None and len(kept) < number:
                    kept.append(shown)
        except InterlinguaError as error:
            fault = error
        parts = [part for part in (one() for one in progress) if part]
    stored = looked_at if is_whole else rows_stored(source)
    is_one_file = not is_address(source) and not (exists(Path(source)) and Path(source).is_dir())
    share = sum(parts) / len(parts) if parts and is_one_file else 0.0
    return Peek(
        **known,
        rows=tuple(kept),
        looked_at=looked_at,
        total=stored if stored is not None else (_rounded(looked_at / share) if share and not fault else None),
        exact=stored is not None,
        cells=cells,
        common=(common or {}) if looked_at > 1 else {},
        problem="" if fault is None else str(fault),
        fault=fault,
    )


def _shared(common: dict[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in common.items() if meta.get(name) == value}


def _narrowed(row: Row, languages: Sequence[str] | None, split: str | None) -> Row | None:
    texts = row.texts if languages is None else {code: row.texts[code] for code in languages if code in row.texts}
    return Row(texts, row.meta) if texts and split in (None, row.meta.get("_split")) else None


def _rounded(number: float) -> int:
    """A number with two digits that mean something."""
    return int(round(number, 2 - len(str(int(number)))))
