"""Histories of one document each, at random: two on the page, one in the file, the program beside.

    python -m bench.histories, or python -m bench.histories COUNT SEED

After each step every word that somebody wrote must be in the document, until somebody takes it out
who has seen it. Prints how many histories held, and how often two changed one place.
"""

import logging
import random
import secrets
import sys
import tempfile
import time
from pathlib import Path

import structlog

from tests.acceptance.world import world
from tests.property.page_histories import History

COUNT, STEPS, IN_ONE_WORLD = 10_000, 16, 200


def main(count: int = COUNT, seed: int | None = None) -> None:
    """Live through so many; ends at the first that loses a word."""
    seed = secrets.randbelow(10**6) if seed is None else seed
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    words = clashes = 0
    began = time.monotonic()
    for first in range(0, count, IN_ONE_WORLD):
        with (
            tempfile.TemporaryDirectory() as folder,
            world(Path(folder)) as here,
            here.context() as context,
        ):
            for number in range(first, min(first + IN_ONE_WORLD, count)):
                chance = random.Random(f"{seed}-{number}")  # noqa: S311 - not for secrets
                history = History(here, context, chance)
                history.live(STEPS)
                words, clashes = words + history.made, clashes + history.clashes
    spent = time.monotonic() - began
    print(f"{count} histories of {STEPS} steps held, seed {seed}: {words} words, {clashes} clashes")
    print(f"{spent / count:.2f} s a history")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
