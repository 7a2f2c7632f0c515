"""Every run ends with a full garbage collection: what was imported need not be looked through each time."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _what_is_imported_stays() -> Iterator[None]:
    import interlingua.training.run  # noqa: F401

    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
