"""Contestants that take turns, a few steps at a time, so that whatever else the machine does hurts all alike."""

import threading
import time
from collections.abc import Callable


class Turns:
    """Run several loops side by side in threads, of which exactly one works at any time.

    Args:
        names: The contestants, in the order of their turns.
        steps: Steps a turn.
        threads: Of torch, for each contestant while it works.
    """

    def __init__(self, names: list[str], *, steps: int, threads: int) -> None:
        self.names = names
        self.steps = steps
        self.threads = threads
        self.seconds: dict[str, list[float]] = {name: [] for name in names}
        self._changed = threading.Condition()
        self._turn = names[0]
        self._running = set(names)
        self._started = 0.0
        self._failure: BaseException | None = None

    def run(self, loops: dict[str, Callable[[], object]]) -> None:
        """Run one loop a contestant; each must call `step` with its name at the end of every step."""
        workers = [threading.Thread(target=self._guarded, args=item, daemon=True) for item in loops.items()]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if self._failure is not None:
            raise self._failure

    def step(self, name: str) -> None:
        """Note how long a step took; after the last step of a turn wait for the next turn."""
        self.seconds[name].append(time.perf_counter() - self._started)
        if len(self.seconds[name]) % self.steps == 0:
            self._pass_on(name)
            self._wait(name)
        self._started = time.perf_counter()

    def of_turns(self, name: str, *, warm_up: int) -> list[float]:
        """Return the mean seconds a step of every turn, without the first turns."""
        taken = self.seconds[name]
        whole = [taken[start : start + self.steps] for start in range(0, len(taken), self.steps)]
        return [sum(turn) / len(turn) for turn in whole[warm_up:] if len(turn) == self.steps]

    def _guarded(self, name: str, loop: Callable[[], object]) -> None:
        import torch

        torch.set_num_threads(self.threads)
        try:
            self._wait(name)
            self._started = time.perf_counter()
            loop()
        except BaseException as failure:
            self._failure = failure
        finally:
            self._running.discard(name)
            self._pass_on(name)

    def _pass_on(self, name: str) -> None:
        with self._changed:
            place = self.names.index(name)
            after = [*self.names[place + 1 :], *self.names[: place + 1]]
            self._turn = next((other for other in after if other in self._running), name)
            self._changed.notify_all()

    def _wait(self, name: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._turn == name)
