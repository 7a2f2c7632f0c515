"""Several processes with unequal shards train as one does."""

import pytest
import torch

from training.processes import SCENARIOS, fit, make_student, projected, train_in_processes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    return train_in_processes(2, tmp_path_factory.mktemp("two"))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_two_processes_end_with_the_same_weights(scenario, two):
    first, second = (found[scenario] for found in two)
    for name, value in first.items():
        assert torch.equal(value, second[name]), name


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_two_processes_train_as_one(scenario, two, tmp_path):
    alone = fit(make_student(SCENARIOS[scenario]["kind"]), tmp_path, **SCENARIOS[scenario])
    for name, value in two[0][scenario].items():
        torch.testing.assert_close(
            value, alone[name], rtol=1e-3, atol=2e-4, msg=lambda told, name=name: f"{name}: {told}"
        )


@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if "projection" in name])
def test_the_projection_of_the_first_process_was_trained(scenario, two):
    for name, start in projected().state_dict().items():
        moved = (two[0][scenario][f"objective.{name}"] - start).abs().max()
        assert 1e-4 < moved < 0.1, name
