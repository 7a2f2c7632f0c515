"""The card of a data set on the Hugging Face hub: what is in it, from where, under what licence, how it was made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interlingua.corpus.chronicle import chronicle
from interlingua.corpus.composition import UNKNOWN, Composition, composition_of
from interlingua.corpus.hub_licences import hub_licence
from interlingua.corpus.markdown import markdown_table, plain_cell
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

_MANY = {1: "monolingual", 2: "translation"}
"""What the hub calls a number of languages."""

_USUAL = ("train", "dev", "test")
"""Splits that come first."""


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
    licence: dict[str, Any] = dict(hub_licence(made.licences))
    data = DatasetCardData(
        pretty_name=corpus.name,
        language=list(dict.fromkeys(map(short_code, corpus.languages))),
        **licence,
        multilinguality=_MANY.get(len(corpus.languages), "multilingual"),
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
        _splits(corpus, as_loaded=bool(configs)),
        _sources(made),
        _machines(made),
        _making(corpus),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _size(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "n>1T")


def _table(corpus: "Corpus", made: Composition) -> str:
    machines = {name: cells for name, cells in made.cells.items() if name in made.records and made.records[name].model}
    parts = (made.cells, machines) if machines else (made.cells,)
    rows = [
        [f"`{code}`", display_name(code), *(sum(one.get(code, 0) for one in cells.values()) for cells in parts)]
        for code in corpus.languages
    ]
    names = ["column", "language", "texts", *(["by a machine"] if machines else [])]
    return "## Languages\n\n" + markdown_table(names, rows)


def _splits(corpus: "Corpus", *, as_loaded: bool) -> str:
    """Count rows by split, as the corpus calls them or as they are loaded from the hub."""
    from interlingua.corpus.exporting.parts import SplitNames

    if "_split" not in corpus.provenance:
        return ""
    names, counts = SplitNames(), Counter(corpus.values("_split"))
    rows: Counter[str] = Counter()
    for split in (*_USUAL, *sorted(filter(None, counts)), None):
        if found := counts.pop(split, 0):
            rows[names[split] if as_loaded else split or "none"] += found
    return "## Splits\n\n" + markdown_table(["split", "rows"], list(rows.items())) if rows else ""


def _sources(made: Composition) -> str:
    """Say where the cells are from, and what may not be used for money or is not known."""
    records = {name: made.records.get(name) or SourceRecord(source=name) for name in made.cells}
    written = {name: record for name, record in records.items() if not record.synthetic}
    rows = [[_linked(record), record.licence or UNKNOWN, made.sources[name]] for name, record in written.items()]
    parts = ["## Sources", markdown_table(["source", "licence", "texts"], rows) if rows else ""]
    if unknown := [record for record in records.values() if record.licence in ("", UNKNOWN)]:
        parts.append(f"**Licence unknown**: {_listed(unknown)}. Ask before you pass these texts on.")
    if forbidding := [records[name] for name in made.non_commercial]:
        parts.append(f"**Not for commercial use**: {_listed(forbidding)}.")
    if citations := list(dict.fromkeys(record.citation for record in records.values() if record.citation)):
        parts += ["Please cite:", "\n".join(f"- {citation}" for citation in citations)]
    return "\n\n".join(part for part in parts if part)


def _machines(made: Composition) -> str:
    """Say which texts a machine wrote, by language, and under what licence."""
    rows = [
        [display_name(code), record.model, record.licence or UNKNOWN, _way(record), count]
        for name, record in made.records.items()
        if record.synthetic
        for code, count in made.cells.get(name, {}).items()
    ]
    if not rows:
        return ""
    table = markdown_table(["language", "model", "licence", "translated", "texts"], rows)
    told = f"**Synthetic**: {made.synthetic:.1%} of the texts were written by a machine."
    return f"## Machine translations\n\n{told}\n\n{table}"


def _way(record: SourceRecord) -> str:
    """From which language to which, by way of which: what the name of the source says behind that of the model."""
    codes = record.source.removeprefix(record.model).strip().split(">")
    return " → ".join(f"`{code}`" for code in codes) if len(codes) > 1 else ""


def _linked(record: SourceRecord) -> str:
    return f"[{record.source}]({record.homepage})" if record.homepage else record.source


def _listed(records: Sequence[SourceRecord], shown: int = 10) -> str:
    """Names of sources; of the translations of a model, its own."""
    names = list(dict.fromkeys(record.model or record.source for record in records))
    more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
    return ", ".join(map(plain_cell, names[:shown])) + more


def _making(corpus: "Corpus") -> str:
    """Tell what the commands that made the corpus have noted."""
    told = chronicle(inherited(corpus.card), languages=corpus.languages)
    return "\n\n".join(["## How it was made", *told]) if told else ""
