"""What a job does that a webhook or the schedule asked for: hints about incidents, not orders."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.incidents import IncidentId
from connectors.jira.payloads import SiteKind
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.checkout_storm import CHECKOUT, LENA
from connectors.sandbox import Fault
from tests.acceptance.world import World, world
from worker.drafting.draft_filter import DraftFilter
from worker.jobs.catalogue import look
from worker.jobs.incident_job import run_incident
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.reports.journal_report import skipped_incidents
from worker.jobs.results import IncidentResult, Trigger
from worker.jobs.run_many import RunRequest, run_many
from worker.jobs.run_state import FoundAccounts, RunCache


@pytest.fixture
def here(tmp_path):
    with world(tmp_path, SiteKind.CLOUD) as made:
        yield made


def under_way(here: World) -> SandboxIncident:
    at = here.clock.now - timedelta(hours=1)
    return here.pagerduty.account.open(CHECKOUT, "Carts are empty", at=at, by=LENA)


def hint(here: World, incident: str, **wanted: object) -> IncidentResult:
    return here.job(incident, Trigger.WEBHOOK, **wanted)


def test_a_note_on_an_incident_under_way_costs_one_call_and_fails_nothing(here: World) -> None:
    incident = under_way(here)
    here.pagerduty.forget()
    result = hint(here, incident.id)
    assert (result.failures, result.again_in) == ((), None)
    assert "still triggered" in result.skipped
    assert here.pagerduty.calls() == [f"GET /incidents/{incident.id}"]


def test_a_note_on_a_resolved_incident_whose_webhook_was_lost_brings_its_draft(here: World) -> None:
    assert hint(here, "quick fix").document


def test_an_incident_said_to_be_resolved_is_looked_at_again_until_it_is(here: World) -> None:
    incident = under_way(here)
    told = here.clock.now
    first = hint(here, incident.id, resolved_at=told)
    assert (first.failures, first.again_in) == ((), 30.0)
    incident.resolve(here.clock.now, by=LENA)
    assert hint(here, incident.id, resolved_at=told).document


def test_an_incident_said_to_be_resolved_that_is_not_there_yet_is_looked_at_again(
    here: World,
) -> None:
    incident = under_way(here)
    incident.resolve(here.clock.now, by=LENA)
    told = here.clock.now
    here.pagerduty.fault(Fault(rf"/incidents/{incident.id}$", 404, times=2))
    first = hint(here, incident.id, resolved_at=told)
    assert (first.hopeless, first.again_in) == (False, 30.0)
    assert "404" in first.failures[0]
    here.clock.sleep(301)
    assert hint(here, incident.id, resolved_at=told).hopeless
    assert hint(here, incident.id, resolved_at=told).document


def test_an_incident_that_was_reopened_meanwhile_is_left_to_its_next_resolution(
    here: World,
) -> None:
    incident = under_way(here)
    told = here.clock.now
    here.clock.sleep(301)
    result = hint(here, incident.id, resolved_at=told)
    assert (result.failures, result.again_in) == ((), None)
    assert not here.documents.exists()


def test_a_command_says_that_an_incident_is_still_open(here: World) -> None:
    incident = under_way(here)
    assert "still triggered" in here.run(incident.id).incidents[0].failures[0]


def test_a_draft_that_appears_by_itself_has_its_tickets_at_once(here: World) -> None:
    assert hint(here, "checkout storm").document
    assert len(here.tickets()) == 3


def test_what_was_only_drafted_gets_its_tickets_with_the_next_sync(here: World) -> None:
    here.sync("checkout storm", tracks=False)
    assert here.tickets() == {}
    with here.context(tracker=None) as context:
        run_many(context, RunRequest(Trigger.COMMAND))
    assert here.tickets() == {}
    here.run()
    assert len(here.tickets()) == 3
    assert here.run().incidents == ()


def test_a_change_of_a_ticket_asks_pagerduty_nothing(here: World) -> None:
    here.sync()
    here.add_rows("Add monitoring | Lena | High | ")
    here.sync()
    (key,) = here.tickets()
    here.jira.transition(key, "Done")
    here.pagerduty.forget()
    assert not hint(here, "quick fix", pulls=False).failures
    assert here.statuses() == ["Done"]
    assert here.pagerduty.calls() == []


def test_an_incident_without_a_person_gets_no_draft_where_that_is_configured(here: World) -> None:
    here.policy = replace(here.policy, only=DraftFilter(had_person=True))
    assert "nobody acknowledged it" in hint(here, "auto-resolved").skipped
    assert hint(here, "quick fix").document


def told_skipped(here: World) -> dict[str, str]:
    with here.context() as context:
        return {one.incident: one.reason for one in skipped_incidents(context)}


def test_what_was_skipped_is_told_with_its_reason_until_it_has_a_draft(here: World) -> None:
    here.policy = replace(here.policy, only=DraftFilter(urgency="low"))
    hint(here, "quick fix")
    hint(here, "merged")
    quick_fix, merged = here.incidents["quick fix"].id, here.incidents["merged"].id
    found = told_skipped(here)
    assert found[quick_fix] == "its urgency (high) gets no draft"
    assert found[merged].startswith(f"merged into {here.incidents['checkout storm'].id}")
    here.sync("quick fix")
    assert quick_fix not in told_skipped(here)
    assert merged in told_skipped(here)


def test_the_schedule_reads_a_skipped_incident_once_until_it_or_the_rule_changes(
    here: World,
) -> None:
    incident = here.incidents["auto-resolved"].id
    here.policy = replace(here.policy, only=DraftFilter(had_person=True))
    look = {"trigger": Trigger.SCHEDULE, "since": timedelta(days=90)}
    here.run(**look)
    assert incident in told_skipped(here)
    here.pagerduty.forget()
    here.run(**look)
    assert not any(incident in call for call in here.pagerduty.calls())
    here.policy = replace(here.policy, only=DraftFilter())
    here.run(**look)
    assert incident not in told_skipped(here)
    assert here.path("auto-resolved").exists()


def test_the_watermark_stays_until_everything_before_it_is_done(here: World) -> None:
    here.policy = replace(here.policy, look_back=timedelta(days=90))
    incident = IncidentId(here.incidents["quick fix"].id)
    here.pagerduty.fault(Fault(rf"/incidents/{incident}$", 500, times=None))
    assert here.run().failed
    here.policy = replace(here.policy, look_back=timedelta(0))
    assert here.run().failed, "it is looked for again, though nothing looks back that far by itself"
    here.pagerduty.faults.clear()
    here.run()
    assert here.path("quick fix").exists()


def test_an_incident_that_is_not_there_fails_for_good(here: World) -> None:
    result = here.run("QNOSUCH").incidents[0]
    assert result.hopeless
    assert "QNOSUCH" in result.failures[0]


def test_an_incident_that_is_named_by_its_number_is_told_its_name(here: World) -> None:
    incident = here.incidents["quick fix"]
    result = here.run(str(incident.number)).incidents[0]
    assert result.hopeless
    assert f"is incident {incident.id}" in result.failures[0]
    assert not here.documents.exists()


def test_a_document_that_another_process_drafts_meanwhile_under_another_name_is_found(
    here: World,
) -> None:
    with here.context() as slow:
        cache = RunCache(look(slow), FoundAccounts())
        here.sync()
        old = here.path()
        old.rename(old.with_name("2026-10-15-moved-by-a-person.md"))
        here.run()
        result = run_incident(slow, JobRequest(here.id("quick fix"), Trigger.COMMAND), cache)
        assert result.document == "2026-10-15-moved-by-a-person.md"
    assert len(list(here.documents.rglob("*.md"))) == 1


def test_what_was_read_of_a_ticket_before_another_process_changed_it_is_not_believed(
    here: World,
) -> None:
    here.sync()
    here.add_rows("Add monitoring | Lena Okafor | High | 2027-01-08")
    here.sync()
    incident = here.id("quick fix")
    with here.context() as slow:
        assert slow.tracker is not None
        tickets = slow.journal.tickets(incident)
        cache = RunCache(look(slow), FoundAccounts(), remembered={incident: tickets})
        cache.tickets.read(slow.tracker, [one.id for one in tickets])
        here.edit(lambda text: text.replace("2027-01-08", "2027-02-26"))
        here.sync()
        cache.catalogue = look(slow)
        run_incident(slow, JobRequest(incident, Trigger.COMMAND), cache)
    assert "2027-02-26" in here.text()
    (record,) = here.jira.site.records.values()
    assert str(record.now.due) == "2027-02-26"
