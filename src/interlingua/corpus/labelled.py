"""Texts with a label each, in one language or in many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, compress
from pathlib import Path
from typing import Any

import xxhash

from interlingua.corpus.catalog import info, names, open_corpus
from interlingua.corpus.naming import canonical_names
from interlingua.corpus.readers.fields import column_names, named_fields
from interlingua.corpus.splits import split_of
from interlingua.corpus.table import Corpus
from interlingua.errors import CorpusError, FormatError
from interlingua.languages import canonical, variant_hint

__all__ = ["LabelledTexts", "open_labelled"]

_LABEL, _SPLIT, _TEXT = "label", "split", "text"


@dataclass(frozen=True, kw_only=True)
class LabelledTexts:
    """Rows with one label each: the texts of a row mean the same, so its label holds in every language.

    Args:
        texts: A column a language; None where a row has no text in it.
        labels: One a row.
        splits: The part that every row belongs to; None where nothing says so.
        name: Set and split, as ``sib200/dev``.

    Example:
        >>> rows = LabelledTexts(
        ...     texts={"eng_Latn": ["It rains.", "Goal!"], "deu_Latn": ["Es regnet.", None]},
        ...     labels=["weather", "sports"],
        ...     splits=["train", "dev"],
        ...     name="invented",
        ... )
        >>> rows.select(["de"]).texts, rows.select(split="dev").labels
        ({'deu_Latn': ['Es regnet.', None]}, ['sports'])
    """

    texts: Mapping[str, list[str | None]]
    labels: list[str]
    splits: list[str | None]
    name: str

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in order."""
        return tuple(self.texts)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of texts and labels."""
        digest = xxhash.xxh3_128()
        for value in chain(self.labels, *([language, *texts] for language, texts in self.texts.items())):
            digest.update(b"\x01" if value is None else value.encode() + b"\x00")
        return digest.hexdigest()

    def select(self, languages: Sequence[str] | None = None, split: str | None = None) -> "LabelledTexts":
        """Return the rows of a split, with the texts of some languages.

        Raises:
            CorpusError: There is no such language or split.
        """
        chosen = self.languages if languages is None else tuple(dict.fromkeys(map(canonical, languages)))
        for language in chosen:
            if language not in self.texts:
                known = ", ".join(self.languages)
                hint = variant_hint(language, self.languages)
                raise CorpusError(f"{self.name} has no {language}; its languages are {known}{hint}")
        narrowed = replace(self, texts={language: self.texts[language] for language in chosen})
        if split is None:
            return narrowed
        if split not in self.splits:
            known = ", ".join(sorted({one for one in self.splits if one is not None})) or "none"
            raise CorpusError(f"{self.name} has no split {split}; its splits: {known}")
        return narrowed._kept([one == split for one in self.splits], name=f"{self.name}/{split}")

    def parted(self, held_out: float, *, seed: int = 0) -> tuple["LabelledTexts", "LabelledTexts"]:
        """Return two parts, by a hash of the texts: equal rows are in one part, whatever their order or languages.

        See :func:`interlingua.corpus.split_of`.

        Args:
            held_out: Share of the rows in the second part.
            seed: Another seed parts otherwise.

        Raises:
            CorpusError: The share is not between 0 and 1, or leaves one part without rows.
        """
        if not 0 < held_out < 1:
            raise CorpusError(f"a share of {held_out} holds out all rows or none; give one between 0 and 1, as 0.5")
        rows = (
            {language: text for language, text in zip(self.texts, row, strict=True) if text}
            for row in zip(*self.texts.values(), strict=True)
        )
        held = [split_of(row, dev=0, test=held_out, seed=seed) == "test" for row in rows]
        if all(held) or not any(held):
            raise CorpusError(f"{self.name} has {len(self)} rows; holding out {held_out} leaves one part without any")
        return (
            self._kept([not one for one in held], name=f"{self.name}/{1 - held_out:g}"),
            self._kept(held, name=f"{self.name}/{held_out:g}"),
        )

    def _kept(self, keep: Sequence[bool], *, name: str) -> "LabelledTexts":
        return LabelledTexts(
            texts={language: list(compress(column, keep)) for language, column in self.texts.items()},
            labels=list(compress(self.labels, keep)),
            splits=list(compress(self.splits, keep)),
            name=name,
        )


def open_labelled(name: str, *, languages: Sequence[str] | None = None, split: str | None = None) -> LabelledTexts:
    """Open texts with labels.

    Args:
        name: ``sib200``, ``nusax`` or ``xsid``; a corpus folder with a column ``_label``; or a file of one's own,
            ``.tsv`` or ``.csv`` with a header, ``.jsonl`` or ``.parquet``. It has a column ``label``, and either
            ``text`` (other columns are not looked at) or a column a language; a column ``split`` or
            ``_split`` if there are parts.
        languages: Only these; for a file with ``text``, the one language that it is in.
        split: ``train``, ``dev`` or ``test``; None for all rows.

    Raises:
        CorpusError: No such set, language or split, or its file is not there.
        FormatError: A file lacks a column, or a line a label or a text; with the line.
    """
    path = Path(name)
    if name not in names() and path.is_file():
        rows = _read(path, languages)
        chosen = None if _TEXT in column_names(path) else languages
        return rows.select(chosen, split)
    label = info(name).label if name in names() else "_label"
    if not label:
        labelled = [other for other in names() if info(other).label]
        raise CorpusError(f"{name} has no labels; {', '.join(labelled)} have")
    return _of_corpus(open_corpus(name), label).select(languages, split)


def _of_corpus(corpus: Corpus, label: str) -> LabelledTexts:
    labels = corpus.values(label)
    if None in labels:
        raise CorpusError(f"{corpus.name}: row {labels.index(None):,} (from 0) has no {label}; give it one")
    return LabelledTexts(
        texts={language: corpus.texts(language) for language in corpus.languages},
        labels=[str(one) for one in labels],
        splits=corpus.values("_split") if "_split" in corpus.provenance else [None] * len(labels),
        name=corpus.name,
    )


def _read(path: Path, languages: Sequence[str] | None) -> LabelledTexts:
    columns = _columns(path, languages)
    texts: dict[str, list[str | None]] = {language: [] for language in columns}
    labels: list[str] = []
    splits: list[str | None] = []
    for line, record in _records(path):
        cells = {language: record.get(given) for language, given in columns.items()}
        for language, cell in cells.items():
            if not isinstance(cell, str | None):
                raise FormatError(f"{columns[language]!r} holds {type(cell).__name__}, not text", path=path, line=line)
            texts[language].append(cell if cell and cell.strip() else None)
        if not any(column[-1] for column in texts.values()):
            raise FormatError("the text is missing", path=path, line=line)
        labels.append(_label(record.get(_LABEL), path=path, line=line))
        splits.append(record.get(_SPLIT) or record.get(f"_{_SPLIT}") or None)
    if not labels:
        raise FormatError("holds no texts", path=path)
    return LabelledTexts(texts=texts, labels=labels, splits=splits, name=path.stem)


def _records(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return named_fields(path, needed=(_LABEL,), holds="texts with labels")


def _columns(path: Path, languages: Sequence[str] | None) -> dict[str, str]:
    """The column of every language."""
    given = column_names(path)
    if _TEXT not in given:
        return {
            code: column
            for code, column in canonical_names(
                [column for column in given if column not in (_LABEL, _SPLIT)], where=str(path)
            ).items()
            if not code.startswith("_")
        }
    if languages is None or len(languages) != 1:
        raise CorpusError(f"{path}: say which one language the column 'text' is in, as --languages eng")
    return {canonical(languages[0]): _TEXT}


def _label(value: object, *, path: Path, line: int) -> str:
    label = "" if value is None else str(value).strip()
    if not label:
        raise FormatError("the label is missing", path=path, line=line)
    return label
