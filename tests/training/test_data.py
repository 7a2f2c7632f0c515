import numpy as np
import pytest
import torch

from interlingua.training import BatchPlan, CellBatches, CellTable, load_recipe
from interlingua.training.preparation import _count
from training.world import make_batches, toy_corpus, toy_student


def test_batches_go_on_over_epochs(tmp_path):
    batches = make_batches(toy_student("static"), tmp_path, corpus=toy_corpus(23), size=10, count=100)
    steps = len(batches.plan.epoch(0))
    assert steps == 3
    for number in (0, 2, 3, 11, 4, 0):
        assert batches.place(number) == divmod(number, steps)
        expected = batches.plan.epoch(number // steps)[number % steps]
        assert set(batches[number]["cells"].row.tolist()) == set(expected.rows.tolist())


def test_epochs_of_unequal_length(tmp_path):
    model = toy_student("static")
    cells = CellTable.build(toy_corpus(40, missing=0.5), model, tmp_path)
    plan = BatchPlan(cells.hashes, cells.languages, size=4, temperature=3.0)
    lengths = [len(plan.epoch(number)) for number in range(4)]
    batches = CellBatches(plan, cells, model, count=sum(lengths))
    places = [batches.place(number) for number in range(sum(lengths))]
    assert places == [(epoch, step) for epoch, length in enumerate(lengths) for step in range(length)]
    assert CellBatches(plan, cells, model, count=sum(lengths)).place(sum(lengths) - 1) == places[-1]


def test_an_epoch_is_planned_once(tmp_path, monkeypatch):
    batches = make_batches(toy_student("static"), tmp_path, corpus=toy_corpus(23), size=10, count=9)
    planned = []
    plan = BatchPlan.epoch
    monkeypatch.setattr(BatchPlan, "epoch", lambda self, number: planned.append(number) or plan(self, number))
    again = CellBatches(batches.plan, batches.cells, batches.model, count=9)
    for number in range(9):
        again[number]
    assert planned == [0, 1, 2]


@pytest.mark.parametrize("number", [-1, 5])
def test_there_are_no_more_batches_than_counted(number, tmp_path):
    batches = make_batches(toy_student("static"), tmp_path, count=5)
    assert len(batches) == 5
    with pytest.raises(IndexError):
        batches[number]


def test_the_loader_gives_the_batches_in_order(tmp_path):
    batches = make_batches(toy_student("static"), tmp_path, count=6)
    loaded = [item["cells"].row.tolist() for item in batches.loader()]
    assert loaded == [batches[number]["cells"].row.tolist() for number in range(6)]


@pytest.mark.parametrize("processes", [1, 2, 3, 11, 12])
def test_processes_share_a_batch(processes, tmp_path):
    model, corpus = toy_student("static"), toy_corpus(11)
    shares = [
        make_batches(model, tmp_path, corpus=corpus, count=1, size=11, rank=rank, processes=processes)[0]["cells"]
        for rank in range(processes)
    ]
    whole = make_batches(model, tmp_path, corpus=corpus, count=1)[0]["cells"]
    cells = [(int(row), int(view)) for share in shares for row, view in zip(share.row, share.view, strict=True)]
    assert sorted(cells) == sorted((int(row), int(view)) for row, view in zip(whole.row, whole.view, strict=True))
    assert sum(share.phantom for share in shares) == max(0, processes - len(set(whole.row.tolist())))


def test_a_static_encoder_takes_all_texts_at_once(tmp_path):
    batch = make_batches(toy_student("static"), tmp_path, sub_batch=2)[0]["cells"]
    assert len(batch.features) == 1
    assert len(batch.features[0]["offsets"]) == len(batch.row)


def test_the_order_says_which_cell_each_text_is(tmp_path):
    batches = make_batches(toy_student("transformer"), tmp_path, sub_batch=3)
    batch = batches[0]["cells"]
    assert sorted(batch.order.tolist()) == list(range(len(batch.row)))
    ids = [
        row[mask.bool()]
        for one in batch.features
        for row, mask in zip(one["input_ids"], one["attention_mask"], strict=True)
    ]
    for text, cell in zip(ids, batch.order.tolist(), strict=True):
        units = batches.cells.units(int(batch.row[cell]), int(batch.view[cell]))
        assert torch.equal(text, torch.from_numpy(np.asarray(units, dtype=np.int64)))


@pytest.mark.parametrize(("epochs", "expected"), [(1, 3), (2, 6), (0.5, 2), (2.34, 7)])
def test_epochs_become_batches(tmp_path, epochs, expected):
    recipe = load_recipe("quickstart", [f"training.epochs={epochs}"])
    batches = make_batches(toy_student("static"), tmp_path, corpus=toy_corpus(12), size=4, count=1)
    assert len(batches.plan.epoch(0)) == 3
    assert _count(recipe, batches) == expected
