"""Fetched files to sets: one small function a layout."""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any

from interlingua.corpus.bucc import bucc_pairs, read_bucc
from interlingua.corpus.inference import read_inference
from interlingua.corpus.readers import read_lines, tatoeba_files
from interlingua.corpus.readers.fields import named_fields
from interlingua.corpus.readers.files import lines_of
from interlingua.corpus.similarity_sets import open_similarity_sets
from interlingua.errors import CorpusError, FormatError, LanguageError
from interlingua.languages import canonical
from interlingua.types import Row

__all__ = ["FOLDERS", "ROWS"]

_NTREX = re.compile(r"newstest2019-(?:src|ref)(?P<second>-2)?\.(?P<language>[\w-]+)\.txt")
_NTREX_TRAIN, _NTREX_DEV = 800, 1200
_SPLITS = {"train": "train", "dev": "dev", "devtest": "test", "test": "test"}
_SPOKEN = re.compile(r"[a-z]{2}(-[a-z]{2})?")


def flores200(folder: Path) -> Iterator[Row]:
    """Yield the sentences of ``dev/eng_Latn.dev`` and ``devtest/eng_Latn.devtest``; the latter are the split test."""
    for part in ("dev", "devtest"):
        files = {path.stem: path for path in sorted(folder.rglob(f"*.{part}"))}
        for row in read_lines(files):
            yield Row(row.texts, {"_id": f"{part}-{row.meta['_id']}", "_split": _SPLITS[part]})


def ntrex(folder: Path) -> Iterator[Row]:
    """Yield the sentences of NTREX: 800 to train, 400 dev, the rest test, as they stand in the source."""
    from interlingua.corpus.named_sets import info

    rename = info("ntrex").rename
    documents = list(lines_of(next(folder.rglob("DOCUMENT_IDS.tsv"))))
    files = {}
    for path in sorted(folder.rglob("newstest2019-*.txt")):
        if match := _NTREX.fullmatch(path.name):
            code = match["language"] + ("-ref2" if match["second"] else "")
            files[rename.get(code, code)] = path
    for number, row in enumerate(read_lines(files)):
        split = "train" if number < _NTREX_TRAIN else "dev" if number < _NTREX_DEV else "test"
        texts = {language: text.strip() for language, text in row.texts.items()}
        yield Row(texts, {"_id": str(number), "_split": split, "_document": documents[number]})


def sib200(folder: Path) -> Iterator[Row]:
    """Yield the sentences of SIB-200 with their topic, all languages of one sentence in a row."""

    def cells() -> Iterator[tuple[Any, str, str, dict[str, Any]]]:
        for part in ("train", "dev", "test"):
            for path in sorted(folder.rglob(f"{part}.tsv")):
                for record in _quoted(path, needed=("index_id", "category", "text")):
                    known = {"_id": record["index_id"], "_split": part, "_category": record["category"]}
                    yield record["index_id"], canonical(path.parent.name), record["text"], known

    return _merged(cells())


def massive(folder: Path) -> Iterator[Row]:
    """Yield the utterances of MASSIVE with intent and scenario, all languages of one utterance in a row."""

    def cells() -> Iterator[tuple[Any, str, str, dict[str, Any]]]:
        for path in sorted(folder.rglob("*.jsonl")):
            language = canonical(path.stem if path.stem.startswith("zh") else path.stem.partition("-")[0])
            for line, record in named_fields(path, needed=(), holds="utterances"):
                missing = {"id", "partition", "intent", "scenario", "utt"} - record.keys()
                if missing:
                    raise FormatError(f"has no {', '.join(sorted(missing))}", path=path, line=line)
                split = _SPLITS.get(record["partition"], record["partition"])
                known = {"_id": str(record["id"]), "_split": split}
                known |= {"_intent": record["intent"], "_scenario": record["scenario"]}
                yield record["id"], language, record["utt"], known

    return _merged(cells())


def moses(folder: Path) -> Iterator[Row]:
    """Yield the pairs of two files of lines, ``NAME.en-te.en`` and ``NAME.en-te.te``."""
    return read_lines({path.suffix[1:]: path for path in sorted(folder.rglob("*.*-*.*"))})


def tatoeba(folder: Path, target: Path) -> None:
    """Put LASER's files of Tatoeba into one folder."""
    _flat(folder.rglob("tatoeba.*-eng.*"), target)
    tatoeba_files(target)


def bucc(folder: Path, target: Path) -> None:
    """Put the files of BUCC into one folder."""
    _flat((path for path in folder.rglob("*-en.*") if path.is_file()), target)
    for split in ("sample", "training"):
        for source, other in bucc_pairs(target, split):
            read_bucc(target, source, other, split)


def similarity(folder: Path, target: Path) -> None:
    """Put sets of scored pairs into a folder for each pair of languages.

    The languages stand in the path of a file, or in a column ``lang``.
    """
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        spoken = _spoken(path.relative_to(folder))
        if spoken:
            place = target / spoken / ("test" + "".join(path.suffixes))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        else:
            _by_language(path, target)
    open_similarity_sets(target, split="test")


def inference(folder: Path, target: Path) -> None:
    """Put the tables of XNLI into one folder."""
    _flat(folder.rglob("*.tsv"), target)
    for path in target.glob("*.tsv"):
        read_inference(path, language="eng")


ROWS: Mapping[str, Callable[[Path], Iterator[Row]]] = {
    "flores200": flores200,
    "massive": massive,
    "moses": moses,
    "ntrex": ntrex,
    "sib200": sib200,
}
"""What becomes a corpus."""

FOLDERS: Mapping[str, Callable[[Path, Path], None]] = {
    "bucc": bucc,
    "inference": inference,
    "similarity": similarity,
    "tatoeba": tatoeba,
}
"""What stays files, which a task reads."""


def _merged(cells: Iterable[tuple[Any, str, str, dict[str, Any]]]) -> Iterator[Row]:
    """Rows of cells with one key; what else is known of a row must be the same in every language."""
    rows: dict[Any, tuple[dict[str, str], dict[str, Any]]] = {}
    for key, language, text, known in cells:
        texts, first = rows.setdefault(key, ({}, known))
        if first != known:
            raise CorpusError(f"{language} says of row {key} {known}, others say {first}; has the set changed?")
        if language in texts:
            raise CorpusError(f"{language} has row {key} twice; has the set changed?")
        if text.strip():
            texts[language] = text
    for texts, known in rows.values():
        yield Row(texts, known)


def _quoted(path: Path, *, needed: Sequence[str]) -> Iterator[dict[str, str]]:
    """Records between tabs, quoted as in CSV, which pandas writes so."""
    reader = csv.DictReader((line + "\n" for line in lines_of(path)), delimiter="\t", strict=True)
    try:
        for record in reader:
            if not all(isinstance(record.get(column), str) for column in needed):
                raise FormatError(f"has not all of {', '.join(needed)}", path=path, line=reader.line_num)
            yield record
    except csv.Error as error:
        raise FormatError(f"is not quoted as CSV is ({error})", path=path, line=reader.line_num) from error


def _flat(paths: Iterable[Path], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(paths):
        if (target / path.name).exists():
            raise FormatError(f"two files are called {path.name}", path=path)
        shutil.copyfile(path, target / path.name)


def _spoken(path: Path) -> str | None:
    for part in reversed(path.parts):
        word = part.partition(".")[0]
        with suppress(LanguageError):
            if _SPOKEN.fullmatch(word) and all(canonical(code) for code in word.split("-")):
                return word
    return None


def _by_language(path: Path, target: Path) -> None:
    records = [record for _, record in named_fields(path, needed=("lang",), holds="scored pairs")]
    if not all(_SPOKEN.fullmatch(str(record.get("lang"))) for record in records):
        raise FormatError("its languages stand neither in its path nor in a column lang", path=path)
    records.sort(key=lambda record: str(record["lang"]))
    for language, some in groupby(records, key=lambda record: str(record["lang"])):
        place = target / language / "test.jsonl"
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("a", encoding="utf-8") as out:
            for record in some:
                fields = {key: value for key, value in record.items() if key != "lang"}
                out.write(json.dumps(fields, ensure_ascii=False) + "\n")
