"""Shared by all tests: one thread, fixed seeds, no network; where the real data lives."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _one_thread_and_a_seed() -> None:
    import random

    import numpy as np
    import torch

    torch.set_num_threads(1)
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def _no_log_of_another_test() -> Iterator[None]:
    """A command line logs to the stderr that it found, at a level of its own: not beyond its test."""
    yield
    logger = logging.getLogger("interlingua")
    logger.handlers = []
    logger.setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of real multilingual sets; tests that ask for it are skipped where there is none."""
    root = os.environ.get("INTERLINGUA_DATA", "")
    if not root or not Path(root).is_dir():
        pytest.skip("INTERLINGUA_DATA does not name a folder")
    return Path(root)
