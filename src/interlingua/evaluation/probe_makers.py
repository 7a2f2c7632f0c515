"""Tasks that search, and tasks that train a little before they ask, made of names and plain settings."""

from typing import TYPE_CHECKING

from interlingua.errors import EvaluationError
from interlingua.evaluation.classification import Classification
from interlingua.evaluation.search import Search
from interlingua.evaluation.search_pools import PoolName
from interlingua.evaluation.xnli import XNLI
from interlingua.types import Task

if TYPE_CHECKING:
    from interlingua.corpus import LabelledTexts

__all__ = ["make_classification", "make_search", "make_transfer", "make_xnli"]


def make_classification(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    train: str | None = None,
    train_split: str = "train",
    held_out: float | None = None,
    samples_per_label: int = 8,
    draws: int = 10,
    seed: int = 42,
) -> Task:
    """Return the task that trains and tests on each language by itself."""
    parts = _parts(data, split, languages, train=train, train_split=train_split, held_out=held_out)
    return Classification(*parts, samples_per_label=samples_per_label, draws=draws, seed=seed, name=name)


def make_transfer(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    source: str = "eng_Latn",
    train: str | None = None,
    train_split: str = "train",
    held_out: float | None = None,
    samples_per_label: int = 8,
    draws: int = 10,
    seed: int = 42,
) -> Task:
    """Return the task that trains on one language and tests on all."""
    spoken = None if languages is None else [source, *languages]
    parts = _parts(data, split, spoken, train=train, train_split=train_split, held_out=held_out)
    return Classification(*parts, source=source, name=name, samples_per_label=samples_per_label, draws=draws, seed=seed)


def make_search(
    data: str,
    *,
    name: str | None = None,
    split: str | None = None,
    languages: list[str] | None = None,
    pools: list[PoolName] | None = None,
    query_prefix: str = "",
    passage_prefix: str = "",
    parallel: bool = False,
) -> Task:
    """Return the task that searches passages with queries."""
    from interlingua.corpus import open_search_set

    found = open_search_set(data, languages=languages, split=split, parallel=parallel)
    return Search(found, pools=pools, query_prefix=query_prefix, passage_prefix=passage_prefix, name=name)


def make_xnli(
    data: str,
    *,
    train: str,
    source: str = "eng_Latn",
    name: str | None = None,
    languages: list[str] | None = None,
    language: str | None = None,
    epochs: int = 2,
    batch_size: int = 256,
    micro_batch: int = 32,
    learning_rate: float = 5e-5,
    max_length: int = 128,
    max_rows: int | None = None,
    seed: int = 42,
    keep: str | None = None,
) -> Task:
    """Return the task that fine-tunes on one language and tests on all."""
    from interlingua.corpus import catalog, read_inference

    (pairs,) = read_inference(catalog.placed(train), languages=[source], language=source)
    return XNLI(
        pairs.first(max_rows),
        read_inference(catalog.placed(data), languages=languages, language=language),
        epochs=epochs,
        batch_size=batch_size,
        micro_batch=micro_batch,
        learning_rate=learning_rate,
        max_length=max_length,
        seed=seed,
        keep=keep,
        name=name,
    )


def _parts(
    data: str,
    split: str | None,
    languages: list[str] | None,
    *,
    train: str | None,
    train_split: str,
    held_out: float | None,
) -> "tuple[LabelledTexts, LabelledTexts]":
    """Open the rows to train on and those to test on."""
    from interlingua.corpus import open_labelled

    rows = open_labelled(data, languages=languages)
    if held_out is not None:
        if split is not None or train is not None:
            raise EvaluationError(f"{data}: held_out parts its rows; leave out {'split' if split else 'train'}")
        return rows.parted(held_out)
    if train is not None:
        whole = open_labelled(train, languages=languages)
        test = rows if split is None else rows.select(split=split)
        return whole.select(split=train_split) if train_split in whole.splits else whole, test
    others = [one for one in ("test", "dev") if one in rows.splits and one != train_split]
    if train_split not in rows.splits or not (split or others):
        raise EvaluationError(
            f"{data} has no {train_split} rows to train on beside others to test on; give held_out, the share of rows "
            "to test on, as held_out=0.5, or the rows to train on, as train=FILE"
        )
    return rows.select(split=train_split), rows.select(split=split or others[0])
