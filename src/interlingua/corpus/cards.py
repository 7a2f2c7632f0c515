"""The card of a data set on the Hugging Face hub: what is in it, from where, under what licence, how it was made."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interlingua.corpus.composition import UNKNOWN, Composition, composition_of
from interlingua.corpus.provenance import SourceRecord
from interlingua.corpus.source import inherited
from interlingua.corpus.wording import counted
from interlingua.languages import display_name, short_code

if TYPE_CHECKING:
    from interlingua.corpus.table import Corpus

__all__ = ["dataset_card"]

_SIZES = [(10**3, "n<1K")] + [
    (10 ** (power + 1), f"{10 ** (power % 3)}{unit}<n<{10 ** ((power + 1) % 3)}{after}")
    for power, unit, after in [
        (3, "K", "K"), (4, "K", "K"), (5, "K", "M"), (6, "M", "M"), (7, "M", "M"), (8, "M", "B"), (9, "B", "B"),
        (10, "B", "B"), (11, "B", "T"),
    ]
]  # fmt: skip
"""Up to how many rows, and what the hub calls that size."""


def dataset_card(corpus: "Corpus", *, configs: Sequence[Mapping[str, Any]] = (), note: str = "") -> str:
    """Return a card as Markdown, with the metadata that the hub reads in front.

    Args:
        corpus: The rows.
        configs: Names and files of the parts that ``datasets.load_dataset`` may load.
        note: How the columns are called, where that is not plain.

    Raises:
        CorpusError: The corpus has no rows.
    """
    from huggingface_hub import DatasetCardData

    made = composition_of(corpus)
    data = DatasetCardData(
        pretty_name=corpus.name,
        language=list(dict.fromkeys(map(short_code, corpus.languages))),
        license=_licences(made),
        multilinguality="multilingual" if len(corpus.languages) > 2 else "translation",
        size_categories=[_size(len(corpus))],
        task_categories=["translation", "sentence-similarity"],
        tags=["parallel-corpus", "interlingua", *(["synthetic"] if made.models else [])],
        configs=list(configs) or None,
    )
    parts = [
        f"---\n{data.to_yaml()}\n---",
        f"# {corpus.name}",
        f"{counted(len(corpus), 'row')} of one meaning each, in {counted(len(corpus.languages), 'language')}.",
        note,
        _table(corpus, made),
        _splits(corpus),
        _sources(made),
        _making(corpus.card),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _size(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "n>1T")


def _licences(made: Composition) -> list[str]:
    """Return licences as the hub spells them: SPDX in small letters, or ``other``."""
    known = [name if re.fullmatch(r"[A-Za-z0-9.+-]+", name) else "other" for name in made.licences]
    return list(dict.fromkeys(name.lower() for name in known)) or [UNKNOWN]


def _table(corpus: "Corpus", made: Composition) -> str:
    cells = {code: sum(some.get(code, 0) for some in made.cells.values()) for code in corpus.languages}
    lines = ["## Languages", "", "| column | language | texts |", "|---|---|--:|"]
    return "\n".join([*lines, *(f"| `{code}` | {display_name(code)} | {count:,} |" for code, count in cells.items())])


def _splits(corpus: "Corpus") -> str:
    from interlingua.corpus.statistics import split_counts

    told = ", ".join(f"{name} {rows:,}" for name, rows in split_counts(corpus).items())
    return f"## Splits\n\nRows: {told}." if told else ""


def _sources(made: Composition) -> str:
    """Say where the cells are from, which a machine wrote, and what may not be used for money."""
    lines = ["## Sources", "", "| source | licence | texts | |", "|---|---|--:|---|"]
    citations = []
    for name, cells in made.sources.items():
        record = made.records.get(name) or SourceRecord(source=name)
        link = f"[{name}]({record.homepage})" if record.homepage else name
        note = f"machine translation by {record.model}" if record.model else ""
        lines.append(f"| {link} | {record.licence or UNKNOWN} | {cells:,} | {note} |")
        citations += [f"- {record.citation}"] if record.citation else []
    if made.models:
        lines += ["", f"**Synthetic**: {made.synthetic:.1%} of the texts were written by a machine."]
    if made.non_commercial:
        lines += ["", f"**Not for commercial use**: {', '.join(made.non_commercial)}."]
    return "\n".join(lines + (["", "Please cite:", "", *citations] if citations else []))


def _making(card: Mapping[str, Any]) -> str:
    """Repeat what the commands that made the corpus have noted."""
    told = {key: value for key, value in inherited(card).items() if key != "sources"}
    if not told:
        return ""
    return f"## How it was made\n\n```json\n{json.dumps(told, ensure_ascii=False, indent=2, default=str)}\n```"
