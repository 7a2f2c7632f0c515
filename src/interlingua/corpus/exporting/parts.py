"""What all exports have in common: one file a split and pair, opened when its first row comes."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from interlingua.corpus.table import Corpus
from interlingua.errors import CorpusError
from interlingua.languages import short_code

__all__ = ["Exported", "Parts", "SplitNames", "by_split", "pair_labels", "rows_with_both"]

_SPLITS = {"train": "train", "dev": "validation", "test": "test", None: "train"}
"""What the hub calls the splits; rows without one are for training."""

_OTHER = re.compile("[-. ]")
"""What becomes ``_`` in names of splits, which the hub does not have there."""

_RESERVED = ("all",)
"""Means something else to ``load_dataset``."""


@dataclass
class Exported:
    """What was written.

    Args:
        rows: Lines, records or pairs, over all files.
        changed: Texts in which tabs or line breaks became spaces, where the format cannot hold them.
        files: Names of the files, below the target; empty where the target is the file.
    """

    rows: int = 0
    changed: int = 0
    files: list[str] | None = None


class Parts:
    """Files that are opened when the first row comes: one for each name."""

    def __init__(self, open_part: Callable[[str], Any], stack: ExitStack) -> None:
        self._open, self._stack = open_part, stack
        self._parts: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._parts:
            self._parts[name] = self._stack.enter_context(self._open(name))
        return self._parts[name]


def by_split(corpus: Corpus, provenance: Sequence[str] = ()) -> Iterator[tuple[str, Any]]:
    """Yield record batches of one split each, with its name at the hub.

    Raises:
        CorpusError: A split cannot be called so there, or two would have one name.
    """
    known, splits_called = "_split" in corpus.provenance, SplitNames()
    for batch in corpus.batches(provenance=[*provenance, *(["_split"] if known else [])]):
        if not known:
            yield "train", batch
            continue
        splits = batch.column("_split")
        for split in splits.unique().to_pylist():
            here = pc.is_null(splits) if split is None else pc.equal(splits, split)
            yield splits_called[split], batch.filter(pc.fill_null(here, False)).drop_columns(["_split"])


class SplitNames:
    """What the hub calls each split, which becomes part of names of files: no two alike."""

    def __init__(self) -> None:
        self._called: dict[str | None, str] = {}

    def __getitem__(self, split: str | None) -> str:
        if split not in self._called:
            name = _SPLITS.get(split) or _OTHER.sub("_", str(split))
            if not re.fullmatch(r"[A-Za-z0-9_]+", name) or name.lower() in _RESERVED:
                raise CorpusError(
                    f"the split {split!r} cannot be called so at the hub and in names of files; "
                    "let its name in _split be of letters, digits and _, or take another with --split"
                )
            for other, taken in self._called.items():
                if taken.lower() == name.lower() and {split, other} != {None, "train"}:
                    raise CorpusError(
                        f"the splits {other!r} and {split!r} would both be called {name}; "
                        "rename one in _split, or take one with --split"
                    )
            self._called[split] = name
        return self._called[split]


def pair_labels(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return ``en-de`` for every pair; canonical codes where two columns would have one short code."""
    short = {code: short_code(code) for pair in pairs for code in pair}
    taken = list(short.values())
    called = {code: name if taken.count(name) == 1 else code.replace("-", "_") for code, name in short.items()}
    return {(a, b): f"{called[a]}-{called[b]}" for a, b in pairs}


def rows_with_both(batch: Any, pair: tuple[str, str]) -> Any:
    """Return the rows of a record batch that have both languages."""
    return batch.filter(pc.and_(*(batch.column(code).is_valid() for code in pair)))
