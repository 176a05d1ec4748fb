"""An open incident may have its document: begun by command, kept current until it is over."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.jira.payloads import SiteKind
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.checkout_storm import CHECKOUT, LENA, MIRA
from tests.acceptance.world import World, world
from tests.service.installation import Folder, Installation, installation
from tests.service.processes import until
from worker.jobs.results import Trigger

BEGAN = timedelta(hours=1)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, SiteKind.CLOUD) as made:
        yield made


def under_way(here: World) -> SandboxIncident:
    at = here.clock.now - BEGAN
    incident = here.pagerduty.account.open(CHECKOUT, "Carts are empty", at=at, by=LENA)
    incident.acknowledge(MIRA, at + timedelta(minutes=4))
    here.incidents["open"] = incident
    return incident


def begin(here: World) -> SandboxIncident:
    incident = under_way(here)
    result = here.run("open", while_open=True)
    assert not result.failed
    return incident


def line(here: World, label: str) -> str:
    (found,) = [one for one in here.text("open").splitlines() if one.startswith(f"- **{label}:**")]
    return found.removeprefix(f"- **{label}:** ")


def look(here: World) -> None:
    """Look for work as the schedule does."""
    here.clock.sleep(300)
    assert not here.run(trigger=Trigger.SCHEDULE).failed


def test_it_says_plainly_what_is_not_known_yet(here: World) -> None:
    begin(here)
    assert "still open" in line(here, "Date/Time")
    assert line(here, "Duration") == "Still open"
    assert "acknowledged" in here.text("open")
    assert here.run("open").incidents[0].deeds == ()


def test_without_being_asked_nothing_is_drafted_while_it_is_open(here: World) -> None:
    under_way(here)
    assert "--open" in here.run("open").incidents[0].failures[0]
    look(here)
    assert not here.job("open", Trigger.WEBHOOK).document
    assert not list(here.documents.glob(f"*-{here.incidents['open'].id}-*"))


def test_the_schedule_keeps_it_current_at_a_call_each_until_it_is_over(here: World) -> None:
    incident = begin(here)
    here.pagerduty.forget()
    look(here)
    assert [one for one in here.pagerduty.calls() if incident.id in one] == [
        f"GET /incidents/{incident.id}"
    ]
    incident.note("The cache was cold.", here.clock.now, MIRA)
    here.edit(lambda text: text.replace("[Point 1]", "We were quick.", 1), "open")
    look(here)
    assert "The cache was cold." in here.text("open")
    assert line(here, "Duration") == "Still open"
    incident.resolve(here.clock.now, by=MIRA, note="Warmed it.")
    look(here)
    assert "1 h" in line(here, "Duration")
    assert "open" not in line(here, "Date/Time")
    assert "Warmed it." in here.text("open")
    assert "We were quick." in here.text("open")
    incident.note("It was Tuesday's deploy.", here.clock.now, MIRA)
    look(here)
    assert "Tuesday's deploy" in here.text("open")
    here.pagerduty.forget()
    look(here)
    assert not [one for one in here.pagerduty.calls() if incident.id in one]


def test_it_is_over_also_where_the_schedule_looked_away_for_longer(here: World) -> None:
    incident = begin(here)
    incident.resolve(here.clock.now, by=MIRA)
    here.clock.sleep(timedelta(days=9).total_seconds())
    look(here)
    assert line(here, "Duration") == "1 h"


def test_what_a_person_made_of_it_stays_and_the_end_is_a_suggestion(here: World) -> None:
    incident = begin(here)
    here.edit(lambda text: text.replace("Still open", "Too long already"), "open")
    incident.resolve(here.clock.now, by=MIRA)
    (result,) = here.run("open").incidents
    assert line(here, "Duration") == "Too long already"
    assert ("Duration", "1 h") in [(one.place, one.fresh) for one in result.suggestions]


def test_a_document_follows_its_incident_through_a_reopening(here: World) -> None:
    incident = begin(here)
    incident.resolve(here.clock.now, by=MIRA)
    here.run("open")
    here.clock.sleep(600)
    incident.reopen(here.clock.now, LENA, [LENA])
    assert not here.job("open", Trigger.WEBHOOK).failures
    assert line(here, "Duration") == "Still open"
    here.clock.sleep(600)
    incident.resolve(here.clock.now, by=MIRA)
    look(here)
    assert "open" not in line(here, "Date/Time")


def test_a_resolution_that_does_not_show_yet_is_looked_at_again(here: World) -> None:
    incident = begin(here)
    result = here.job("open", Trigger.WEBHOOK, resolved_at=here.clock.now)
    assert result.again_in == 30.0
    incident.resolve(here.clock.now, by=MIRA)
    assert here.job("open", Trigger.WEBHOOK, resolved_at=here.clock.now).again_in is None
    assert line(here, "Duration") == "1 h"


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, "sqlite", Folder) as made:
        yield made


def test_webhooks_keep_it_current_and_leave_other_open_incidents_alone(
    there: Installation,
) -> None:
    there.every("6h")
    now = datetime.now(UTC).replace(microsecond=0)
    account = there.pagerduty.account
    mine, other = (
        account.open(CHECKOUT, title, at=now - BEGAN, by=LENA) for title in ("Mine", "Other")
    )
    refused = there.run("draft", mine.id)
    assert refused.returncode == 1
    assert "is still triggered: a draft is written once it is resolved" in refused.stderr
    assert not there.documents.documents()
    begun = there.run("draft", "--open", mine.id)
    assert begun.returncode == 0, begun.stderr
    assert "**Duration:** Still open" in there.documents.text(mine.id)

    there.serve()
    there.pagerduty.forget()
    for one in (mine, other):
        one.acknowledge(MIRA, now)
        there.deliver(there.event("acknowledged", one))
    until(lambda: "Mira Castellan acknowledged" in there.documents.text(mine.id), "the refresh")
    mine.resolve(now, by=MIRA)
    there.deliver(there.event("resolved", mine))
    until(lambda: "**Duration:** 1 h" in there.documents.text(mine.id), "the end")
    assert not [one for one in there.pagerduty.calls() if other.id in one]
    assert not there.documents.of(other.id)
    assert set(there.stop().values()) == {0}
