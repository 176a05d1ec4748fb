"""People on the page, in the file, and the program: in any order, nobody's word is lost.

``python -m bench.histories`` lives through as many as one asks for.
"""

import os
import random
import secrets
from pathlib import Path

from tests.acceptance.world import world
from tests.property.page_histories import History

HISTORIES, STEPS = 6, 16


def test_nobodys_word_is_lost_in_any_order_of_edits(tmp_path: Path) -> None:
    seed = int(os.environ.get("POSTMORTEM_TEST_SEED") or secrets.randbelow(10**6))
    print(f"POSTMORTEM_TEST_SEED={seed}")  # noqa: T201 - shown with a failure
    made = 0
    with world(tmp_path) as here, here.context() as context:
        for number in range(HISTORIES):
            chance = random.Random(f"{seed}-{number}")  # noqa: S311 - not for secrets
            history = History(here, context, chance)
            history.live(STEPS)
            made += history.made
    assert made >= HISTORIES
