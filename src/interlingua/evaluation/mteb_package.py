"""The one door to the mteb package: an extra, which sets random states wherever it is touched."""

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from interlingua.errors import EvaluationError

__all__ = ["mteb_package", "random_states_kept"]


def mteb_package() -> Any:
    """Return the mteb package, imported; call it under :func:`random_states_kept`.

    Raises:
        EvaluationError: It is not installed.
    """
    try:
        import mteb
    except ImportError as error:
        raise EvaluationError(
            f"this needs the mteb package, which cannot be imported ({error}); pip install 'interlingua[mteb]'"
        ) from error
    return mteb


@contextmanager
def random_states_kept() -> Iterator[None]:
    """Undo what happens in here to the random states of Python, NumPy and torch.

    mteb sets them when it is imported, and again for every task and evaluation; a training that asks a task in between
    must not notice.

    Example:
        >>> random.seed(1)
        >>> with random_states_kept():
        ...     random.seed(2)
        >>> random.random() == random.Random(1).random()
        True
    """
    torch = sys.modules.get("torch")
    states = random.getstate(), np.random.get_state(), torch and torch.get_rng_state()
    cuda = torch.cuda.get_rng_state_all() if torch and torch.cuda.is_initialized() else None
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        if torch:
            torch.set_rng_state(states[2])
            if cuda is not None:
                torch.cuda.set_rng_state_all(cuda)
