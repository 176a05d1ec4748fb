"""What stands in a line of the log: words and numbers, as people read them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from worker.cli.log_lines import plain_values
from worker.jobs.results import Trigger


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (Trigger.COMMAND, Trigger.COMMAND.value),
        (("The key is refused.", "Ask for another."), "The key is refused. | Ask for another."),
        ([Trigger.COMMAND, 2], f"{Trigger.COMMAND.value} | 2"),
        ((), ""),
        (timedelta(minutes=1), "0:01:00"),
        (datetime(2026, 10, 14, 9, tzinfo=UTC), "2026-10-14 09:00:00+00:00"),
        (Path("postmortems"), "postmortems"),
        (ValueError("no date"), "no date"),
        ("a\nb", "a\nb"),
        (3, 3),
        (True, True),
        (None, None),
    ],
)
def test_values_are_read_as_words_and_numbers(value: object, read: object) -> None:
    assert plain_values(None, "info", {"event": "It is told.", "why": value}) == {
        "event": "It is told.",
        "why": read,
    }
    assert type(plain_values(None, "info", {"why": value})["why"]) in (str, int, bool, type(None))
