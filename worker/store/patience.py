"""How long a store waits for what is not in its hands."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, and the clock, the pause and the chance by which they are counted.

    ``command`` is for one git command, ``push`` for one that waits for the remote's hooks,
    ``fetch`` for one that may bring a whole repository; ``turn`` is for others on this machine who
    use the same cache, ``race`` for others who push to the same branch. Between two attempts of a
    race lies a pause that grows from ``first`` to ``longest``, and of which chance takes away a
    part, so that two do not collide again and again.
    """

    command: float = 60.0
    push: float = 120.0
    fetch: float = 300.0
    turn: float = 300.0
    race: float = 120.0
    first: float = 0.05
    longest: float = 2.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def attempts(self) -> Iterator[int]:
        """Count attempts of a race, with pauses between them, until its time is over."""
        until = self.clock() + self.race
        number = 0
        while True:
            yield number
            pause = self.chance() * min(self.longest, self.first * 2**number)
            if self.clock() + pause >= until:
                return
            self.sleep(pause)
            number = min(number + 1, 20)
