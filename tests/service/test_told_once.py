"""What PagerDuty tells by webhooks alone is kept when it comes, also while an incident is open."""

from datetime import timedelta

from connectors.pagerduty.sandbox import views
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.references import Wire
from connectors.pagerduty.sandbox.scenarios.checkout_storm import AIKO, LENA
from connectors.sandbox import Delivery
from tests.service.happenings import now, open_incident, resolve
from tests.service.installation import Installation
from tests.service.promise import Promise


def told(
    here: Installation,
    type_: str,
    incident: SandboxIncident,
    data: object,
    *,
    ago: float,
    by: Wire | None = None,
) -> Delivery:
    """Make the delivery of what happened some minutes ago."""
    at = now() - timedelta(minutes=ago)
    return here.pagerduty.webhook(f"incident.{type_}", incident, at=at, by=by, data=data)


def row(text: str, words: str) -> str:
    (found,) = (line for line in text.split("\n") if words in line and line.startswith("|"))
    return found


def assert_it_tells_who_did_what(text: str) -> None:
    assert "| Aiko Brandt |" in row(text, "Ask the bank")
    assert 'Lena Okafor finished the task "Empty the cache"' in row(text, "Empty the cache")
    assert "Lena Okafor became Incident Commander" in text
    assert "Aiko Brandt became Incident Commander after Lena Okafor" in text
    assert "  - Incident Commander: Lena Okafor from " in text
    assert "\ncommander: Aiko Brandt\n" in text
    assert 'The workflow "Major incident" was started; it completed at ' in text
    restarted = 'The automated action "Restart pods" was started by Lena Okafor; it failed at '
    assert restarted in text


def test_tasks_roles_and_automation_are_kept_though_they_come_while_the_incident_is_open(
    here: Installation,
) -> None:
    here.every("6h")
    here.serve()
    promise = Promise(here)
    incident = open_incident(here.pagerduty.account)
    bank, cache = (
        views.task(incident, "Ask the bank", AIKO),
        views.task(incident, "Empty the cache", LENA),
    )
    first = views.role(incident, "Incident Commander", LENA)
    flow = views.automation(incident, "workflow_instance", "Major incident")
    restart = views.automation(incident, "action_invocation", "Restart pods", "created")
    failed = {**restart, "state": "error"}
    done = {**cache, "status": "completed"}
    deliveries = [
        told(here, "task.completed", incident, done, ago=11, by=LENA),  # before it was created
        told(here, "task.created", incident, cache, ago=30, by=AIKO),
        told(here, "task.created", incident, bank, ago=28, by=AIKO),
        told(here, "role.assigned", incident, first, ago=33, by=AIKO),
        told(
            here,
            "role.assigned",
            incident,
            views.role(incident, "Incident Commander", AIKO),
            ago=12,
        ),
        told(here, "workflow.started", incident, flow, ago=32),
        told(here, "workflow.completed", incident, flow, ago=31),
        told(here, "action_invocation.created", incident, restart, ago=20, by=LENA),
        told(here, "action_invocation.terminated", incident, failed, ago=19),
    ]
    here.deliver(*deliveries, *deliveries)
    promise.left_out.append(incident)
    promise.wait()
    promise.left_out.clear()
    resolve(incident)
    here.deliver(here.event("resolved", incident))
    promise.drafted.append(incident)
    promise.wait()
    assert_it_tells_who_did_what(here.documents.text(incident.id))

    bank = {**bank, "status": "completed"}
    here.deliver(told(here, "task.completed", incident, bank, ago=0, by=AIKO))
    promise.wait()
    text = here.documents.text(incident.id)
    assert 'Aiko Brandt finished the task "Ask the bank"' in text


def test_events_of_unexpected_shape_are_taken_and_do_no_harm(here: Installation) -> None:
    here.every("6h")
    here.serve()
    promise = Promise(here)
    incident = resolve(open_incident(here.pagerduty.account))
    empty = {"type": "incident_role_assignment", "incident_role_assignments": []}
    nowhere = {**views.automation(incident, "workflow_instance", "Nightly"), "incident": None}
    here.deliver(
        told(here, "workflow.completed", incident, nowhere, ago=1),
        told(here, "role.assigned", incident, empty, ago=1),
        told(
            here,
            "task.created",
            incident,
            {**views.task(incident, "Sweep"), "incident": None},
            ago=1,
        ),
        told(
            here, "task.created", incident, {**views.task(incident, "Sweep"), "assignees": 7}, ago=1
        ),
        told(here, "of_next_year", incident, {"type": "unheard of"}, ago=1),
        told(here, "annotated", incident, [], ago=1),
        here.event("resolved", incident),
    )
    promise.drafted.append(incident)
    promise.wait()
    text = here.documents.text(incident.id)
    assert row(text, "Sweep")
