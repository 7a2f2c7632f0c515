"""The one door for whatever a user names: sets of the catalog, corpora of OPUS that were fetched, files."""

import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from itertools import chain, islice
from pathlib import Path

from interlingua.corpus.getting.downloads import OPUS
from interlingua.corpus.named_sets import (
    VARIABLE,
    NamedSet,
    data_folder,
    info,
    is_named,
    locate,
    locate_opus,
    names,
    placed,
    source_record,
)
from interlingua.corpus.origins import told_sources
from interlingua.corpus.presence import check_there
from interlingua.corpus.readers import open_rows, read_delimited, read_tatoeba
from interlingua.corpus.readers.dispatch import exists, is_address
from interlingua.corpus.readers.pairs import read_pairs
from interlingua.corpus.scored import ScoredPairs, read_scored_file, read_scored_pairs, scored_rows
from interlingua.corpus.source import CARD
from interlingua.corpus.table import Corpus
from interlingua.corpus.task_rows import bucc_rows, inference_rows, similarity_rows
from interlingua.corpus.writing import write_corpus
from interlingua.errors import CorpusError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = [
    "VARIABLE",
    "NamedSet",
    "ScoredPairs",
    "data_folder",
    "info",
    "is_named",
    "locate",
    "locate_opus",
    "names",
    "open_corpus",
    "open_scored_pairs",
    "open_with_splits",
    "placed",
    "source_record",
]

_IN_MEMORY_ROWS = 100_000

logger = logging.getLogger(__name__)


def open_corpus(name_or_path: str | Path, *, rename: Mapping[str, str] | None = None, strict: bool = False) -> Corpus:
    """Open whatever a user names as data.

    Args:
        name_or_path: A set of the catalog (``ntrex``; one language or pair of it as ``tatoeba:tel``,
            ``mafand:eng-swa``), a corpus of OPUS that was fetched (``opus:Tanzil@v1/en-te``), a Parquet file or folder,
            any source that :func:`interlingua.corpus.open_rows` reads.
            A large file that is not Parquet is first copied to a temporary folder.
        rename: Language or ``_name`` by column name, for files.
        strict: A bad record is an error; otherwise it is left out and reported.

    Raises:
        CorpusError: Nothing of this name, or it cannot be read.

    Example:
        >>> open_corpus("nusaks")
        Traceback (most recent call last):
        interlingua.errors.CorpusError: 'nusaks' is neither a file nor a set of the catalog; did you mean nusax?
    """
    written = str(name_or_path)
    name, colon, part = written.partition(":")
    check_there(name_or_path)
    if name in names():
        return _open_named(info(name), part)
    if name == OPUS and colon:
        return Corpus.open(locate_opus(part), name=written)
    path = Path(name_or_path)
    if exists(path) and (path.suffix == ".parquet" or (path.is_dir() and any(path.glob("*.parquet")))):
        return Corpus.open(path, rename=rename)
    title = written if is_address(written) else _stem(path)
    told = told_sources(name_or_path)
    rows = open_rows(name_or_path, rename=rename, strict=strict)
    return _kept(rows, name=title, card={"sources": told} if told else {})


def open_with_splits(
    name_or_path: str | Path,
    *,
    split: str | None,
    languages: Sequence[str] | None = None,
    among: Sequence[str] | None = None,
    dev: float = 0.0,
    test: float = 0.0,
) -> Corpus:
    """Open data as :func:`open_corpus` does, and make sure that it has the split that is going to be asked for.

    Args:
        name_or_path: As for :func:`open_corpus`.
        split: ``train``, ``dev`` or ``test``; None where all rows are wanted. The corpus is not narrowed to it.
        languages: Only these, all of which it must have; None for all.
        among: Where ``languages`` is None: only those of these that it has.
        dev: Share of the rows for data without splits, as for :meth:`Corpus.with_splits`.
        test: Likewise.

    Raises:
        CorpusError: As for :func:`open_corpus`; or there is no such split.
    """
    corpus = open_corpus(name_or_path)
    if languages is None and among is not None:
        languages = [code for code in map(canonical, among) if code in corpus.languages]
    if languages is not None:
        corpus = corpus.select(languages)
    if dev or test:
        corpus = corpus.with_splits(dev=dev, test=test)
    if split not in (None, "train") and not corpus.has_splits:
        raise CorpusError(
            f"{name_or_path} has no {split} split; give its share, as {split}: 0.05, for training and evaluation "
            "alike, or take all rows: `split: null` in a recipe, no --split on the command line"
        )
    return corpus


def open_scored_pairs(name: str, *, source: str, target: str, split: str | None = None) -> ScoredPairs:
    """Open sentence pairs with similarity scores.

    Args:
        name: ``stsb`` or ``jsts``, or a file with the columns ``sentence1``, ``sentence2`` and ``score``.
        source: Language of the first sentence, in any spelling.
        target: Language of the second sentence; the same or another.
        split: ``train`` or ``dev``; None for all.

    Raises:
        CorpusError: No such set, language or split, or its file is not there.
    """
    path = Path(name)
    if name not in names() and path.is_file():
        if split is not None:
            raise CorpusError(f"{name} is a file without splits; leave out {split}")
        return read_scored_file(path, source=source, target=target)
    entry = info(name)
    if entry.layout != "scored":
        scored = [other for other in names() if info(other).layout == "scored"]
        raise CorpusError(f"{name} has no scored pairs; {', '.join(scored)} have")
    return read_scored_pairs(
        locate(name), source=source, target=target, split=split, name=name, languages=entry.languages
    )


def _open_named(entry: NamedSet, part: str) -> Corpus:
    title = f"{entry.name}:{part}" if part else entry.name
    if part and entry.layout not in ("pairs", "tatoeba"):
        raise CorpusError(f"set {entry.name} has no parts, so {title} means nothing; use --languages or --split")
    path = Path() if entry.layout == "shipped" else locate(entry.name)
    if (path / CARD).is_file():
        return Corpus.open(path, name=title)
    match entry.layout:
        case "rows":
            return Corpus.open(path, rename=entry.rename, name=entry.name)
        case "pairs":
            rows = read_pairs(path, rename=entry.rename, only=_pair(part, title) if part else None)
        case "tatoeba" if part:
            rows = read_tatoeba(path, part, rename=entry.rename)
        case "tatoeba":
            rows = open_rows(path, rename=entry.rename)
        case "scored":
            rows = scored_rows(path, languages=entry.languages)
        case "bucc":
            rows = bucc_rows(path)
        case "similarity":
            rows = similarity_rows(path)
        case "inference":
            rows = inference_rows(path)
        case _:
            rows = _shipped_rows(entry.path)
    return _kept(rows, name=title)


def _shipped_rows(path: str) -> Iterator[Row]:
    with as_file(files("interlingua.corpus").joinpath(path)) as file:
        yield from read_delimited(file, strict=True)


def _pair(part: str, title: str) -> tuple[str, str]:
    first, _, second = part.partition("-")
    if not second:
        raise CorpusError(f"{title!r} names no pair of languages; write it as {title.split(':')[0]}:eng-deu")
    return first, second


def _kept(rows: Iterable[Row], *, name: str, card: Mapping[str, object] | None = None) -> Corpus:
    """The rows in memory, or on disk for as long as the process lives where they are many."""
    walk = iter(rows)
    first = list(islice(walk, _IN_MEMORY_ROWS))
    if len(first) < _IN_MEMORY_ROWS:
        return Corpus.from_rows(first, name=name, card=card)
    folder = Path(tempfile.mkdtemp(dir=_temporary().name)) / "corpus"
    logger.info("%s is large; copying it to %s (`interlingua corpus build` does so for good)", name, folder)
    write_corpus(chain(first, walk), folder, card=card)
    return Corpus.open(folder, name=name)


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="interlingua-")


def _stem(path: Path) -> str:
    return path.name.split(".")[0] or path.name
