"""A document after a formatter, through the whole program: facts arrive, and nothing is made of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from connectors.pagerduty.sandbox.scenarios.checkout_storm import LENA
from tests.acceptance.world import World, world
from tests.integration.formatters import FORMATTERS


def reopened_and_resolved(here: World) -> None:
    """Let something happen that changes facts in nearly every section."""
    incident = here.incidents["quick fix"]
    here.clock.sleep(timedelta(minutes=5).total_seconds())
    incident.reopen(here.clock.now, LENA, [LENA])
    here.clock.sleep(timedelta(minutes=5).total_seconds())
    incident.note("Root cause: the *cache* was_too_small", here.clock.now, LENA)
    here.clock.sleep(timedelta(minutes=5).total_seconds())
    incident.resolve(here.clock.now, by=LENA)


@pytest.mark.parametrize("name", FORMATTERS)
def test_a_formatted_document_goes_on_as_if_it_were_not(name: str, tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.sync()

        def reformat() -> None:
            folder = tmp_path / f"formatted-{len(list(tmp_path.iterdir()))}"
            text = FORMATTERS[name].run(folder, {"it": here.text()})["it"]
            here.path().write_bytes(text.encode("utf-8"))

        reformat()
        before = here.text()
        result = here.sync()
        assert (result.failures, result.warnings, result.suggestions) == ((), (), ())
        assert here.tickets() == {}
        assert here.text() == before

        reopened_and_resolved(here)
        result = here.sync()
        assert (result.failures, result.suggestions) == ((), ())
        assert "too" in here.text()
        assert "too" not in before
        duration = next(line for line in before.splitlines() if "**Duration:**" in line)
        assert duration not in here.text()

        here.add_rows("Raise the limit | Aiko Brandt | High | 2026-12-24")
        reformat()
        assert not here.sync().failures
        (key,) = here.tickets()
        reformat()
        here.jira.transition(key, "Done")
        result = here.sync()
        assert (result.failures, result.suggestions) == ((), ())
        assert here.linked() == [key]
        assert here.statuses() == ["Done"]
        assert here.sync().deeds == ()
