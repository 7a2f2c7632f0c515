"""Random states that someone else sets, as they were before."""

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

__all__ = ["random_states_kept"]


@contextmanager
def random_states_kept() -> Iterator[None]:
    """Undo what happens in here to the random states of Python, NumPy and torch.

    mteb sets them when it is imported, and again for every task and evaluation, and fine-tuning sets them too; a
    training that asks a task in between must not notice.

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
