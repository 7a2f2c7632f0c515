"""Pairs of a premise and a hypothesis, labelled with what follows: XNLI's files, and one's own."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xxhash

from interlingua.corpus.readers.fields import column_names, named_fields
from interlingua.corpus.readers.files import Faults
from interlingua.corpus.wording import counted
from interlingua.errors import CorpusError, FormatError
from interlingua.languages import canonical

__all__ = ["InferencePairs", "read_inference"]

logger = logging.getLogger(__name__)

_COLUMNS = {
    "premise": ("premise", "sentence1"),
    "hypothesis": ("hypothesis", "hypo", "sentence2"),
    "label": ("label", "gold_label"),
    "language": ("language", "lang"),
    "id": ("pairID", "_id", "id"),
}
"""What columns are called: in files of one's own, in XNLI, in its machine-translated training part."""

_NEEDED = ("premise", "hypothesis", "label")

_LABELS = {"contradictory": "contradiction", "0": "entailment", "1": "neutral", "2": "contradiction"}
"""Other words for the three labels: in XNLI's training part, and the numbers of its copies as data sets."""

_NO_GOLD = "-"


@dataclass(frozen=True, kw_only=True)
class InferencePairs:
    """Premises and hypotheses of one language with a label each.

    Args:
        premises: The premises.
        hypotheses: The hypotheses, in the same order.
        labels: ``entailment``, ``neutral`` and ``contradiction``, or others.
        ids: Pairs of one identifier in several languages translate each other.
        language: Of both.
        name: Of the file.
    """

    language: str
    name: str
    premises: list[str] = field(default_factory=list)
    hypotheses: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def fingerprint(self) -> str:
        """Hash of texts and labels."""
        digest = xxhash.xxh3_128(self.language.encode())
        for column in (self.premises, self.hypotheses, self.labels):
            for value in column:
                digest.update(value.encode() + b"\x00")
        return digest.hexdigest()

    def first(self, pairs: int | None) -> "InferencePairs":
        """Return the first so many pairs; None for all."""
        cut = {name: getattr(self, name)[:pairs] for name in ("premises", "hypotheses", "labels", "ids")}
        return InferencePairs(language=self.language, name=self.name, **cut)


def read_inference(
    path: str | Path, *, languages: Sequence[str] | None = None, language: str | None = None
) -> list[InferencePairs]:
    """Read pairs, language by language: ``xnli.test.tsv``, ``multinli.train.en.tsv``, or a file of one's own.

    Args:
        path: ``.tsv`` or ``.csv`` with a header, ``.jsonl`` or ``.parquet``, with the columns ``premise`` or
            ``sentence1``, ``hypothesis``, ``hypo`` or ``sentence2``, and ``label`` or ``gold_label``; ``language``
            where there are several, ``pairID`` where pairs translate each other. Pairs labelled ``-`` have no gold
            label and are left out. A bad line is left out and reported.
        languages: Only these, in this order; None for all.
        language: Of a file that does not say any.

    Raises:
        CorpusError: The file cannot be opened, or has none of a language.
        FormatError: A column is missing, or no pair is left.
    """
    path = Path(path)
    columns = _columns(path, language)
    found: dict[str, InferencePairs] = {}
    without_gold = 0
    with Faults(path, strict=False) as faults:
        for line, record in named_fields(path, needed=(), holds="pairs with labels", faults=faults):
            fields = {name: _text(record, column) for name, column in columns.items()}
            missing = next((name for name in _NEEDED if not fields[name]), None)
            if missing:
                faults.add(f"the {missing} is missing", line=line)
            elif fields["label"] == _NO_GOLD:
                without_gold += 1
            else:
                _add(found, fields, language, path)
    if without_gold:
        logger.info("%s: %s without a gold label left out", path, counted(without_gold, "pair"))
    if not found:
        raise FormatError("holds no pairs", path=path)
    for code in map(canonical, languages or ()):
        if code not in found:
            raise CorpusError(f"{path} has no {code}; its languages are {', '.join(found)}")
    return [found[code] for code in (found if languages is None else dict.fromkeys(map(canonical, languages)))]


def _add(found: dict[str, InferencePairs], fields: Mapping[str, str], language: str | None, path: Path) -> None:
    code = canonical(fields.get("language") or language or "")
    pairs = found.setdefault(code, InferencePairs(language=code, name=path.name.removesuffix(path.suffix)))
    pairs.premises.append(fields["premise"])
    pairs.hypotheses.append(fields["hypothesis"])
    pairs.labels.append(_LABELS.get(fields["label"], fields["label"]))
    pairs.ids.append(fields.get("id") or str(len(pairs.ids)))


def _columns(path: Path, language: str | None) -> dict[str, str]:
    """The column that holds each thing."""
    given = column_names(path)
    columns = {
        name: next(one for one in known if one in given)
        for name, known in _COLUMNS.items()
        if any(one in given for one in known)
    }
    for name in _NEEDED:
        if name not in columns:
            known = " or ".join(_COLUMNS[name])
            raise FormatError(f"has no column {known}; its columns are {', '.join(given) or 'none'}", path=path)
    if "language" not in columns and language is None:
        raise CorpusError(f"{path} does not say its language; give it, as language=eng")
    return columns


def _text(record: Mapping[str, Any], column: str) -> str:
    value = record.get(column)
    return "" if value is None else str(value).strip()
