import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_log_of_another_test() -> Iterator[None]:
    """A command line logs to the stderr that it found, at a level of its own: not beyond its test."""
    yield
    logger = logging.getLogger("interlingua")
    logger.handlers = []
    logger.setLevel(logging.NOTSET)
