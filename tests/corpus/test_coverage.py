import json
from itertools import combinations

import numpy as np
import pytest

from interlingua.corpus import Corpus, coverage_of
from interlingua.corpus.coverage import CoverageCounter, compared


def test_equals_a_count_row_by_row(rows):
    found = coverage_of(Corpus.from_rows(rows))
    assert found.languages == ("deu_Latn", "eng_Latn", "swh_Latn", "tel_Telu")
    for i, first in enumerate(found.languages):
        for j, second in enumerate(found.languages):
            assert found.together[i, j] == sum(first in row.texts and second in row.texts for row in rows)
    assert found.cells_per_row == {1: 1, 2: 3, 3: 2}
    pairs = {f"{a}-{b}" for row in rows for a, b in combinations(sorted(row.texts), 2)}
    answer = json.loads(json.dumps(found.as_dict()))
    assert set(answer["pairs"]) == pairs
    assert answer["rows"] == 6
    assert answer["languages"]["eng_Latn"] == 4


def test_languages_may_appear_late_and_in_any_order():
    chance = np.random.default_rng(3)
    batches = [
        (
            chance.choice(["a", "b", "c", "d", "e"], 1 + i % 4, replace=False).tolist(),
            chance.random((7, 1 + i % 4)) < 0.6,
        )
        for i in range(9)
    ]
    counter = CoverageCounter()
    for names, present in batches:
        counter.add(names, present)
    found = counter.coverage(first="c")
    assert found.languages == ("c", "a", "b", "d", "e")
    assert found.rows == 63
    together = {
        (a, b): sum(int((p[:, n.index(a)] & p[:, n.index(b)]).sum()) for n, p in batches if a in n and b in n)
        for a in found.languages
        for b in found.languages
    }
    assert found.together.tolist() == [[together[a, b] for b in found.languages] for a in found.languages]
    assert sum(found.cells_per_row.values()) == 63


def test_before_and_after_side_by_side(rows):
    before, after = coverage_of(Corpus.from_rows(rows)), coverage_of(Corpus.from_rows(rows[:1]))
    table = [line.split() for line in compared(before, after).splitlines()]
    assert table[0] == ["before", "after"]
    assert ["rows", "6", "1"] in table
    assert ["rows", "with", "3", "cells", "2", "1"] in table
    assert ["tel_Telu", "Telugu", "2", "0"] in table
    assert ["pairs", "of", "languages", "with", "rows", "6", "of", "6", "3", "of", "3"] in table


@pytest.mark.parametrize(
    ("most", "count", "last"), [(6, 6, "6 cells"), (7, 4, "6 to 7 cells"), (40, 6, "21 to 40 cells")]
)
def test_many_numbers_of_cells_are_told_in_ranges(most, count, last):
    present = np.tri(most, dtype=bool)  # a row of every number of cells
    counter = CoverageCounter()
    counter.add([f"deu_Latn-{i + 1}" for i in range(most)], present)
    lines = [line for line in str(counter.coverage()).splitlines() if line.startswith("rows with")]
    assert len(lines) == count
    assert sum(int(line.split()[-1]) for line in lines) == most
    assert lines[0].startswith("rows with 1 cell ")
    assert lines[-1].startswith(f"rows with {last} ")


def test_of_many_languages_those_with_most_rows_are_shown():
    codes = [f"deu_Latn-{i + 1}" for i in range(45)]
    counter = CoverageCounter()
    counter.add(codes, np.tri(45, dtype=bool)[:, ::-1])  # the last language has most
    before, after = counter.coverage(first=codes[7]), counter.coverage(first=codes[7])
    lines = compared(before, after).splitlines()
    shown = [line.split()[0] for line in lines if "_Latn" in line]
    assert shown == codes[:-21:-1]
    assert lines[-1].strip() == "and 25 more (--json has all)"
