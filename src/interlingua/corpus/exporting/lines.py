"""A corpus as lines of text: aligned files, a table, objects."""

import json
import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from interlingua.corpus.exporting.parts import Exported, Parts, by_split, pair_labels, rows_with_both
from interlingua.corpus.table import Corpus
from interlingua.errors import CorpusError

__all__ = ["write_jsonl", "write_moses", "write_tsv"]

_BREAKS = r"[\t\r\n\x0b\x0c\x1c-\x1e\x85\x{2028}\x{2029}]+"
"""What would begin another line or column, in one program or another."""


def write_moses(corpus: Corpus, folder: Path, pairs: Sequence[tuple[str, str]]) -> Exported:
    """Write two aligned files and the identifiers for every split and pair."""
    done = Exported()
    with ExitStack() as stack:
        parts = Parts(lambda name: (folder / name).open("w", encoding="utf-8", newline="\n"), stack)
        for split, batch in by_split(corpus):
            for pair, label in pair_labels(pairs).items():
                both = rows_with_both(batch, pair)
                if not both.num_rows:
                    continue
                columns = {**dict(zip(label.split("-", 1), pair, strict=True)), "ids": "_id"}
                for ending, column in columns.items():
                    parts[f"{split}.{label}.{ending}"].writelines(
                        f"{text}\n" for text in _one_line(both.column(column), done)
                    )
                done.rows += both.num_rows
    return done


def write_tsv(corpus: Corpus, path: Path) -> Exported:
    """Write one table with a header."""
    done = Exported()
    names = [*corpus.provenance, *corpus.languages]
    if odd := next((name for name in names if re.search(r"[\t\r\n]", name)), None):
        raise CorpusError(f"the column {odd!r} has a tab or line break in its name, which no table can; take jsonl")
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("\t".join(names) + "\n")
        for batch in corpus.batches(provenance=[name for name in corpus.provenance if name != "_id"]):
            columns = [_one_line(_as_text(batch.column(name)), done) for name in names]
            stream.writelines("\t".join(text or "" for text in line) + "\n" for line in zip(*columns, strict=True))
            done.rows += batch.num_rows
    return done


def write_jsonl(corpus: Corpus, path: Path) -> Exported:
    """Write an object a row."""
    done = Exported()
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in corpus.rows():
            stream.write(_json({**row.meta, **row.texts}) + "\n")
            done.rows += 1
    return done


def _as_text(column: Any) -> Any:
    """Return values as text: lists and objects as JSON, dates as Python writes them."""
    if pa.types.is_nested(column.type):
        return pa.array([None if one is None else _json(one) for one in column.to_pylist()], pa.string())
    return column.cast(pa.string())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _one_line(column: Any, done: Exported) -> list[str | None]:
    """Return texts without what would begin another line or column, and count those that had it."""
    plain = pc.replace_substring_regex(column, _BREAKS, " ")
    done.changed += pc.sum(pc.not_equal(plain, column)).as_py() or 0
    texts: list[str | None] = plain.to_pylist()
    return texts
