"""The nouns that more than one folder speaks of. NumPy only: importing this loads neither torch nor a model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Encoder", "PoolingMode", "Row", "Score", "Task", "Vectors"]

Vectors: TypeAlias = NDArray[np.floating[Any]]
"""Vectors, shape ``(n, dim)``, one per text; unit rows unless it says otherwise."""

PoolingMode: TypeAlias = Literal["mean", "cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
"""How the states of a text's tokens become one vector."""


@dataclass(frozen=True, slots=True)
class Row:
    """One meaning: its cells (canonical language code to text) and what is known about where it came from.

    Args:
        texts: Text by language; a language without a text is absent, never empty.
        meta: Provenance, by column names that begin with ``_`` (``_id``, ``_split``, ``_source`` ...).

    Example:
        >>> Row({"eng_Latn": "Good morning.", "deu_Latn": "Guten Morgen."}, {"_id": "1"}).texts["deu_Latn"]
        'Guten Morgen.'
    """

    texts: Mapping[str, str]
    meta: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class Encoder(Protocol):
    """Text to vectors. Whatever has these members can be evaluated, stored and mined with."""

    @property
    def name(self) -> str:
        """How reports call it."""

    @property
    def fingerprint(self) -> str:
        """Changes when a vector could: weights, tokenizer, pooling, prefix, maximum length, dtype, normalisation."""

    def encode(self, texts: Sequence[str], *, language: str | None = None) -> Vectors:
        """Return unit vectors, shape ``(len(texts), dim)``, float32, in the order of the texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One number, with everything needed to read it a year later.

    Args:
        task: Name of the task, as ``retrieval:ntrex/dev``.
        metric: Name of the metric, as ``accuracy`` or ``spearman``.
        languages: The languages it speaks of, in order: ``(queries, candidates)`` for retrieval.
        value: The number; NaN where the metric is not defined on this data.
        n: How many items it was measured on.
        low, high: 95 % confidence interval.
        higher_is_better: False for error rates.
        signature: Conditions, ``key:value`` joined by ``|``: data fingerprint, split, settings, version.
        note: Why a value is undefined, or what else must be known.
    """

    task: str
    metric: str
    languages: tuple[str, ...]
    value: float
    n: int
    low: float
    high: float
    higher_is_better: bool = True
    signature: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary (NaN becomes None)."""
        return {key: _plain(value) for key, value in asdict(self).items()}


class Task(Protocol):
    """A question asked of an encoder. Holds its data; knows nothing of training, files or reports."""

    @property
    def name(self) -> str:
        """Name used in scores and logs."""

    def run(self, encoder: Encoder) -> Iterator[Score]:
        """Ask the question; yield one score per language pair (or language) and metric."""


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value != value:
        return None
    return list(value) if isinstance(value, tuple) else value
