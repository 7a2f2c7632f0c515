"""Folders of similarity sets: one set for every language or pair of languages that the names of files tell of."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from interlingua.corpus.readers.files import COMPRESSED
from interlingua.corpus.readers.similarity import ScoredRecord, paired_files, scored_records
from interlingua.corpus.scored import ScoredPairs
from interlingua.errors import CorpusError, LanguageError
from interlingua.languages import canonical

__all__ = ["open_similarity_sets"]

_INPUT = re.compile(r"STS\.input\.(?P<part>.+)\.txt")
_TABLES = (".tsv", ".csv", ".jsonl", ".json", ".parquet", ".txt")

Pair = tuple[str, str]


def open_similarity_sets(
    folder: str | Path, *, split: str = "test", language: str = "eng", pairs: Sequence[Pair] | None = None
) -> list[ScoredPairs]:
    """Open a folder of similarity sets as SemEval or MTEB lay it out.

    ``STS.input.NAME.txt`` beside ``STS.gs.NAME.txt``: SemEval 2012 to 2017. The languages stand in NAME
    (``track4a.es-en``), and are those of ``language`` where they do not; files of the same languages are one set, as in
    MTEB. Pairs without a score are left out.

    ``en/test.jsonl.gz``, ``de-en/test.parquet`` and so on: MTEB, for sets of several languages; any table that
    :func:`interlingua.corpus.open_scored_pairs` reads will do. ``test.jsonl.gz`` in the folder itself: a set of
    ``language``. Pairs with an empty text stay, as they do in the published numbers.

    Args:
        folder: The folder.
        split: The word in the names of files, for the second layout.
        language: Of files whose name tells none, in any spelling.
        pairs: Only these languages, in any spelling and either order; None for all that are there.

    Returns:
        A set for every pair of languages, monolingual ones first, in the order of their codes.

    Raises:
        CorpusError: There are no such files, or none of the languages.
        FormatError: A file is not what it should be, with the line.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CorpusError(f"{folder} is no folder of similarity sets; is the path right?")
    found: dict[Pair, list[ScoredRecord]] = {}
    for spoken, records in _parts(folder, split=split, other=(canonical(language),) * 2):
        if pairs is None or _wanted(spoken, pairs):
            found.setdefault(spoken, []).extend(records)
    if not any(found.values()):
        raise CorpusError(
            f"{folder} holds no scored pairs{'' if pairs is None else ' of these languages'}; it should hold "
            f"STS.input.NAME.txt beside STS.gs.NAME.txt, or {split}.jsonl (or .tsv, .parquet, ...) in folders that are "
            "called as the languages, en or de-en"
        )
    ordered = sorted(found, key=lambda spoken: (spoken[0] != spoken[1], spoken))
    return [_pairs(found[spoken], spoken, folder.name) for spoken in ordered]


def _wanted(spoken: Pair, pairs: Sequence[Pair]) -> bool:
    return any({canonical(a), canonical(b)} == set(spoken) for a, b in pairs)


def _pairs(records: Sequence[ScoredRecord], spoken: Pair, name: str) -> ScoredPairs:
    return ScoredPairs(
        source=[record.source for record in records],
        target=[record.target for record in records],
        scores=np.array([record.score for record in records], dtype=np.float64),
        languages=spoken,
        name=name if spoken[0] == spoken[1] == "eng_Latn" else f"{name}:{_short(spoken)}",
    )


def _short(spoken: Pair) -> str:
    codes = [code.partition("_")[0] for code in dict.fromkeys(spoken)]
    return "-".join(codes)


def _parts(folder: Path, *, split: str, other: Pair) -> Iterator[tuple[Pair, Iterator[ScoredRecord]]]:
    """Yield languages and records of every file."""
    for path in sorted(folder.iterdir()):
        if match := _INPUT.fullmatch(path.name):
            gold = path.with_name(f"STS.gs.{match['part']}.txt")
            if not gold.is_file():
                raise CorpusError(f"{path} has no scores beside it: {gold.name} is missing")
            yield _languages(match["part"].rpartition(".")[2]) or other, paired_files(path, gold)
        elif path.is_dir() and (spoken := _languages(path.name)):
            for table in sorted(path.iterdir()):
                if _is_table(table, split):
                    yield spoken, scored_records(table)
        elif _is_table(path, split):
            yield other, scored_records(path)


def _is_table(path: Path, split: str) -> bool:
    stem = path.name.removesuffix(path.suffix) if path.suffix in COMPRESSED else path.name
    return stem.endswith(_TABLES) and split in re.split(r"[-_.]", path.name) and path.is_file()


def _languages(part: str) -> Pair | None:
    """The languages of ``en``, ``de-en`` or ``es-es``; None where they are none."""
    codes = part.split("-")
    if len(codes) > 2 or not all(re.fullmatch("[a-z]{2,3}", code) for code in codes):
        return None
    with suppress(LanguageError):
        return canonical(codes[0]), canonical(codes[-1])
    return None
