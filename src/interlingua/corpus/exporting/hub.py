"""A corpus as a data set of the Hugging Face hub: n-way, or as plain pairs."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from interlingua.corpus.cards import dataset_card
from interlingua.corpus.exporting.parts import Exported, Parts, by_split, pair_labels, rows_with_both
from interlingua.corpus.table import Corpus

__all__ = ["PairNames", "write_dataset", "write_pairs"]

PairNames = Literal["english", "anchor"]

_NAMES: dict[PairNames, tuple[str, str]] = {"english": ("english", "non_english"), "anchor": ("anchor", "positive")}


def write_dataset(corpus: Corpus, folder: Path, name: str) -> Exported:
    """Write a file a split, and a card."""
    provenance = [column for column in corpus.provenance if column not in ("_id", "_split")]
    done = Exported()

    def open_split(split: str) -> Any:
        place = folder / "data" / f"{split}-00000-of-00001.parquet"
        place.parent.mkdir(exist_ok=True)
        return pq.ParquetWriter(place, schema, compression="zstd")

    with ExitStack() as stack:
        parts = Parts(open_split, stack)
        for split, batch in by_split(corpus, provenance):
            if done.rows == 0:
                schema = batch.schema
            parts[split].write_batch(batch.cast(schema))
            done.rows += batch.num_rows
    splits = sorted((part.name.partition("-")[0] for part in (folder / "data").iterdir()), key=_order)
    files = [{"split": split, "path": f"data/{split}-*"} for split in splits]
    _write_card(
        corpus, folder, [{"config_name": "default", "data_files": files}], note=_loading(name, splits, provenance)
    )
    return done


def write_pairs(corpus: Corpus, folder: Path, pairs: Sequence[tuple[str, str]], called: PairNames) -> Exported:
    """Write a configuration a pair of languages, each with a file a split, and a card."""
    schema = pa.schema([(column, pa.string()) for column in _NAMES[called]])
    done = Exported()

    def open_part(name: str) -> Any:
        config, _, split = name.partition("/")
        (folder / config).mkdir(exist_ok=True)
        return pq.ParquetWriter(folder / config / f"{split}-00000-of-00001.parquet", schema, compression="zstd")

    labels = pair_labels(pairs)
    with ExitStack() as stack:
        parts = Parts(open_part, stack)
        for split, batch in by_split(corpus):
            for pair, config in labels.items():
                both = rows_with_both(batch, pair)
                if both.num_rows:
                    arrays = [both.column(code) for code in pair]
                    parts[f"{config}/{split}"].write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
                    done.rows += both.num_rows
    configs = [
        {
            "config_name": config,
            "data_files": [
                {"split": part.name.partition("-")[0], "path": f"{config}/{part.name}"}
                for part in sorted((folder / config).iterdir(), key=lambda part: _order(part.name.partition("-")[0]))
            ],
        }
        for config in dict.fromkeys(labels.values())
        if (folder / config).is_dir()
    ]
    first, second = _NAMES[called]
    note = f"One configuration a language pair, with the columns `{first}` and `{second}`."
    _write_card(corpus, folder, configs, note=note)
    return done


def _write_card(corpus: Corpus, folder: Path, configs: Sequence[Mapping[str, Any]], *, note: str) -> None:
    (folder / "README.md").write_text(dataset_card(corpus, configs=configs, note=note), encoding="utf-8")


def _order(split: str) -> tuple[int, str]:
    known = ["train", "validation", "test"]
    return (known.index(split) if split in known else len(known), split)


def _loading(name: str, splits: Sequence[str], provenance: Sequence[str]) -> str:
    """Say how the data set is loaded, and what its columns are."""
    kinds = dict.fromkeys(column.partition(":")[0] for column in provenance)
    known = [(kind, words) for kind, words in _COLUMNS.items() if kind in kinds or kind == "_id"]
    others = [f"`{kind}`" for kind in kinds if kind not in _COLUMNS]
    told = "\n".join(
        [f"- {words}" for _, words in known] + ([f"- {', '.join(others)}: as in the sources"] if others else [])
    )
    return _LOADING.format(name=name, split=splits[0]) + told


_COLUMNS = {
    "_id": "`_id`: the identifier of the row",
    "_source": "`_source`: where the row is from; `_source:LANGUAGE`: where the text of this language is from, if "
    "elsewhere",
    "_score": "`_score`: how good the sources say that the row is; `_score:LANGUAGE`: the same of one text",
    "_document": "`_document`: the document that the row is from",
}

_LOADING = """\
```python
from datasets import load_dataset

rows = load_dataset("{name}", split="{split}")
```

A column is a language. Others begin with `_`:

"""
