"""Samples as a file beside the scores, so that two runs can be compared item by item later."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isclose, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from interlingua.atomic import whole_file
from interlingua.errors import FormatError
from interlingua.evaluation.resampling import sample_statistic
from interlingua.types import Sample, Score

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["load_samples", "save_samples"]

Use: TypeAlias = dict[str, Any]
"""Which score a sample belongs to, and as its how manieth."""

_COLUMNS = ("statistic", "languages", "units", "first", "second", "uses")


def save_samples(path: str | Path, **groups: Sequence[Score]) -> None:
    """Write the samples of named lists of scores to a Parquet file; a sample that several scores share, once.

    Args:
        path: The file; written whole or not at all.
        groups: As for :func:`interlingua.evaluation.scores_to_json`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = Path(path)
    samples: dict[tuple[str, tuple[str, ...], bytes, bytes], tuple[Sample, list[Use]]] = {}
    for group, scores in groups.items():
        for score in scores:
            for place, sample in enumerate(score.samples):
                key = (sample.statistic, sample.languages, sample.units.tobytes(), sample.items.tobytes())
                samples.setdefault(key, (sample, []))[1].append(_use(group, score, place))
    rows = [
        {
            "statistic": sample.statistic,
            "languages": list(sample.languages),
            "units": sample.units,
            "first": sample.items[:, 0],
            "second": sample.items[:, 1] if sample.statistic != "mean" else np.zeros(0),
            "uses": uses,
        }
        for sample, uses in samples.values()
    ]
    with whole_file(path) as partial:
        pq.write_table(
            pa.Table.from_pylist(rows, schema=_schema()),
            partial,
            compression="zstd",
            use_dictionary=["statistic", "languages", "first", "second", "uses"],
            column_encoding={"units.list.element": "DELTA_BINARY_PACKED"},
        )


def load_samples(path: str | Path, **groups: Sequence[Score]) -> dict[str, list[Score]]:
    """Return scores with the samples that :func:`save_samples` wrote for them; scores that had none stay as they are.

    Args:
        path: The file.
        groups: The same lists of scores, as :func:`interlingua.evaluation.load_scores` gives them; some will do.

    Raises:
        FormatError: If the file is not such a file, or belongs to other scores: a value is not what its samples say.
    """
    path = Path(path)
    found: dict[tuple[str, str, str, tuple[str, ...]], dict[int, Sample]] = {}
    for sample, uses in _read(path):
        for use in uses:
            key = (use["group"], use["task"], use["metric"], tuple(use["score"]))
            found.setdefault(key, {})[use["place"]] = sample
    loaded: dict[str, list[Score]] = {}
    for group, scores in groups.items():
        loaded[group] = []
        for score in scores:
            own = found.get((group, score.task, score.metric, score.languages), {})
            samples = tuple(own[place] for place in sorted(own))
            _check(score, samples, where=group, path=path)
            loaded[group].append(replace(score, samples=samples))
    return loaded


def _use(group: str, score: Score, place: int) -> Use:
    return {
        "group": group,
        "task": score.task,
        "metric": score.metric,
        "score": list(score.languages),
        "place": place,
    }


def _schema() -> "pa.Schema":
    import pyarrow as pa

    words, numbers = pa.list_(pa.string()), pa.list_(pa.float64())
    use = pa.struct(
        {"group": pa.string(), "task": pa.string(), "metric": pa.string(), "score": words, "place": pa.int32()}
    )
    kinds = (pa.string(), words, pa.list_(pa.int64()), numbers, numbers, pa.list_(use))
    return pa.schema(dict(zip(_COLUMNS, kinds, strict=True)))


def _read(path: Path) -> Iterator[tuple[Sample, list[Use]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise FormatError(f"cannot be read as samples ({error})", path=path) from error
    if table.schema.remove_metadata() != _schema():
        raise FormatError(
            f"is not a file of samples: its columns are {', '.join(table.schema.names) or 'none'}", path=path
        )
    for number in range(table.num_rows):
        row = {name: table.column(name)[number] for name in _COLUMNS}
        arrays = [row[name].values.to_numpy() for name in ("units", "first", "second")]
        statistic = row["statistic"].as_py()
        try:
            sample = Sample(
                statistic=statistic,
                items=arrays[1][:, None] if statistic == "mean" else np.stack(arrays[1:], axis=1),
                units=arrays[0],
                languages=tuple(row["languages"].as_py()),
            )
        except ValueError as error:
            raise FormatError(f"sample {number} is damaged ({error})", path=path) from error
        yield sample, cast("list[Use]", row["uses"].as_py())


def _check(score: Score, samples: Sequence[Sample], *, where: str, path: Path) -> None:
    if not samples:
        return
    value = float(np.mean([sample_statistic(sample) for sample in samples]))
    if not isclose(value, score.value, abs_tol=1e-6) and (isfinite(value) or isfinite(score.value)):
        raise FormatError(
            f"belongs to other scores: {where} says that {score.task} {score.metric} {' '.join(score.languages)} is "
            f"{score.value:.6f}, the samples say {value:.6f}; evaluate again",
            path=path,
        )
