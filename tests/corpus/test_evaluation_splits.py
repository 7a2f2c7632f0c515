import pytest

from interlingua.corpus.evaluation_splits import check_set, compared_splits
from interlingua.errors import CorpusError


@pytest.mark.parametrize(
    ("name", "splits"),
    [
        ("ntrex/train", ("train",)),
        ("phrasebook", ("dev", "test")),
        ("tatoeba", ()),
        ("a/b.tsv", ()),
        ("mafand/x", ("x",)),
    ],
)
def test_which_splits_are_compared_with(name, splits):
    assert compared_splits(name) == splits


def test_a_slip_in_the_name_of_a_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        CorpusError, match=r"'ntrx/dev' is neither a file nor a split of a set; did you mean ntrex/dev\?"
    ):
        check_set("ntrx/dev")
    (tmp_path / "ntrx").mkdir()
    check_set("ntrx/dev")
    check_set("rows/dev")
