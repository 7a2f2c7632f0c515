"""A corpus as lines of text: aligned files, a table, objects."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from interlingua.corpus.exporting.parts import Exported, Parts, by_split, pair_labels, rows_with_both
from interlingua.corpus.table import Corpus

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
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("\t".join(names) + "\n")
        for batch in corpus.batches(provenance=[name for name in corpus.provenance if name != "_id"]):
            columns = [_one_line(batch.column(name).cast(pa.string()), done) for name in names]
            stream.writelines("\t".join(text or "" for text in line) + "\n" for line in zip(*columns, strict=True))
            done.rows += batch.num_rows
    return done


def write_jsonl(corpus: Corpus, path: Path) -> Exported:
    """Write an object a row."""
    done = Exported()
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in corpus.rows():
            stream.write(json.dumps({**row.meta, **row.texts}, ensure_ascii=False, default=str) + "\n")
            done.rows += 1
    return done


def _one_line(column: Any, done: Exported) -> list[str | None]:
    """Return texts without what would begin another line or column, and count those that had it."""
    plain = pc.replace_substring_regex(column, _BREAKS, " ")
    done.changed += pc.sum(pc.not_equal(plain, column)).as_py() or 0
    texts: list[str | None] = plain.to_pylist()
    return texts
