import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.corpus.joining.cells import PLACE_BITS
from interlingua.corpus.joining.groups import Limit, whole_groups


def in_batches(records, size):
    table = pa.table(
        {
            "high": pa.array([key // 2 for key, _, _ in records], pa.uint64()),
            "low": pa.array([key % 2 for key, _, _ in records], pa.uint64()),
            "place": pa.array([(source << PLACE_BITS) + row for _, source, row in records], pa.uint64()),
        }
    )
    return table.to_batches(max_chunksize=size)


def read(tables):
    return [
        [
            (2 * high + low, place >> PLACE_BITS, place % (1 << PLACE_BITS))
            for high, low, place in zip(
                *(table.column(name).to_pylist() for name in ("high", "low", "place")), strict=True
            )
        ]
        for table in tables
    ]


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 5))).map(sorted),
    st.integers(1, 7),
    st.integers(1, 4),
)
def test_groups_are_whole_and_limited_wherever_batches_end(records, size, most):
    limit = Limit(most)
    tables = read(whole_groups(limit(in_batches(records, size))))
    kept, rows = [], {}
    for key, source, row in records:
        ranks = rows.setdefault((key, source), [])
        if row not in ranks:
            ranks.append(row)
        if ranks.index(row) < most:
            kept.append((key, source, row))
    assert [record for table in tables for record in table] == kept
    assert limit.dropped == sum(max(0, len(ranks) - most) for ranks in rows.values())
    keys = [{key for key, _, _ in table} for table in tables]
    assert sum(map(len, keys)) == len(set().union(*keys))


@pytest.mark.parametrize("size", [1, 3, 100])
def test_one_key_without_end_is_one_table(size):
    assert len(read(whole_groups(in_batches([(3, 0, row) for row in range(20)], size)))) == 1
