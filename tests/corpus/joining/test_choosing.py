from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlingua.corpus.joining.choosing import CONFLICTS, Cells, chosen
from interlingua.corpus.joining.keys import keys_of, keys_without_pivot
from interlingua.corpus.joining.layout import laid_out

ROW = st.dictionaries(st.integers(0, 3), st.integers(0, 2), min_size=1, max_size=3)


def cells_of(groups):
    """Return cells of groups; a group is a list of ``(source, cells, score)`` in order of the sources."""
    flat = [
        (number, language, source, place, 10 * language + text, score)
        for number, group in enumerate(groups)
        for place, (source, row, score) in enumerate(group)
        for language, text in sorted(row.items())
    ]
    columns = [np.array(column) for column in zip(*flat, strict=True)]
    names = ("group", "language", "source", "place", "text", "score")
    return Cells(**dict(zip(names, columns, strict=True)))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(0, 2), ROW, st.sampled_from([float("nan"), 0.0, 1.0])), min_size=1, max_size=8
        ).map(lambda rows: sorted(rows, key=lambda row: row[0])),
        min_size=1,
        max_size=4,
    )
)
@pytest.mark.parametrize("conflicts", CONFLICTS)
def test_what_holds_of_every_choice(conflicts, groups):
    cells = cells_of(groups)
    kept, rows, found = chosen(cells, conflicts)
    assert kept.tolist() == sorted(set(kept.tolist()))
    texts = defaultdict(set)
    for group, language, text in zip(cells.group, cells.language, cells.text, strict=True):
        texts[group, language].add(text)
    assert sorted(found.tolist()) == sorted(language for (_, language), some in texts.items() if len(some) > 1)
    slots = list(zip(cells.group[kept], rows, cells.language[kept], strict=True))
    assert len(set(slots)) == len(slots)
    assert {(group, language) for group, _, language in slots} == set(texts)
    if conflicts == "all":
        every = {(group, text) for (group, _), some in texts.items() for text in some}
        assert set(zip(cells.group[kept], cells.text[kept], strict=True)) == every
        assert_together(cells, kept, rows, groups)
    else:
        assert not rows.any()


def assert_together(cells, kept, rows, groups):
    """The cells of every row of a source stand in one row of the result."""
    made = defaultdict(set)
    for i, row in zip(kept, rows, strict=True):
        made[cells.group[i], row].add(cells.text[i])
    for number, group in enumerate(groups):
        numbers = [row for some, row in made if some == number]
        assert sorted(numbers) == list(range(len(numbers)))
        for _, row, _ in group:
            texts = {10 * language + text for language, text in row.items()}
            assert any(texts <= have for (some, _), have in made.items() if some == number)


def test_many_texts_of_one_group_take_no_longer_than_they_are_many():
    places = list(range(21_000))
    kept, rows = laid_out(places, [place % 3 for place in places], places)
    assert len(kept) == 21_000
    assert max(rows) == 6_999
    doubled = [place // 2 for place in places]
    kept, rows = laid_out(doubled, [place % 2 for place in places], [-1 if place % 2 else place for place in places])
    assert max(rows) == 10_499


def test_no_cells():
    nothing = np.zeros(0, np.int64)
    cells = Cells(group=nothing, language=nothing, source=nothing, place=nothing, text=nothing, score=np.zeros(0))
    kept, rows, found = chosen(cells, "all")
    assert (len(kept), len(rows), len(found)) == (0, 0, 0)


def test_keys():
    same = keys_of(["Straße  10", "STRASSE 10", "strasse\u00a010", "\uff53trasse 10"])
    assert (same == same[0]).all()
    assert same.shape == (4, 2)
    assert (keys_of(["a."]) != keys_of(["a"])).any()
    assert (keys_of(["¿A.", " a?!"], ignore_punctuation=True) == keys_of(["a"])).all()
    assert len(np.unique(keys_of(["?", "!", ""], ignore_punctuation=True), axis=0)) == 3
    rows = [{"fra_Latn": "Oui.", "swh_Latn": "Ndiyo."}, {"swh_Latn": "ndiyo.", "fra_Latn": "oui."}]
    first, second = keys_without_pivot(rows)
    assert (first == second).all()
    assert not (keys_of(["fra_latn\x1foui.\x1eswh_latn\x1fndiyo."]) == first).all()
