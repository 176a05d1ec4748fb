"""A scheduled look that failed is told where people look, until one succeeds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from connectors.sandbox import Fault
from tests.service.installation import Installation, installation
from tests.service.processes import WAIT, until
from worker.app.registry import load_settings as load
from worker.app.service import Service
from worker.journal.service_memory import FailedLook

FAILED = "The scheduled look of "


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, "sqlite") as made:
        yield made


def test_a_look_that_failed_is_told_first_until_one_succeeds(here: Installation) -> None:
    here.pagerduty.fault(Fault(".*", 401, times=None))
    service = Service(load(None, here.environment), port=0)
    service.start()

    def is_on_page() -> bool:
        return FAILED in requests.get(service.url, timeout=WAIT).text

    try:
        until(is_on_page, "the page tells of the look")
        page = requests.get(service.url, timeout=WAIT).text
        assert "401" in page
        assert "The next is at " in page
        lines = here.run("status").stdout.splitlines()
        assert lines[0] == "Needs somebody"
        assert lines[1].startswith(f"  failing {FAILED}")
        here.pagerduty.faults.clear()
        until(lambda: not is_on_page(), "the page tells nothing more")
    finally:
        service.stop()
    assert FAILED not in here.run("status").stdout


@pytest.mark.parametrize(
    ("late", "follows"),
    [
        (-4, "The next is at 2026-11-27 23:15 UTC."),
        (4, "The next is at 2026-11-27 23:15 UTC."),
        (6, "The next was due at 2026-11-27 23:15 UTC: is `postmortem serve` or `work` running?"),
    ],
)
def test_a_look_that_has_not_come_is_told(late: int, follows: str) -> None:
    next_at = datetime(2026, 11, 27, 23, 15, tzinfo=UTC)
    look = FailedLook(next_at - timedelta(minutes=5), ("No.", "Nor that."), next_at)
    assert FailedLook.read(look.kept()) == look
    told = f"The scheduled look of 2026-11-27 23:10 UTC failed: No. Nor that. {follows}"
    assert look.sentence(next_at + timedelta(minutes=late)) == told
