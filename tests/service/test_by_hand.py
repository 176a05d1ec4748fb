"""Commands that a person runs beside the processes that run, and interrupts."""

import json
import subprocess

import requests

from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.sandbox import Fault
from tests.service.happenings import open_incident, resolve, resolved_incident
from tests.service.installation import Installation
from tests.service.processes import WAIT, until
from tests.service.promise import Promise

ITEM = "Add an alert on the queue"
THROUGH = "The work was done by a process that runs on the same database."


def deeds(done: "subprocess.CompletedProcess[str]") -> dict[str, list[str]]:
    told = json.loads(done.stdout)
    return {one["incident"]: [deed["action"] for deed in one["deeds"]] for one in told["incidents"]}


def serve_and_look(here: Installation) -> None:
    """Start a process, and wait until its first look for work is over; the next is hours away."""
    here.every("6h")
    address = f"{here.serve().url}/metrics"
    looked = 'postmortem_job_attempts_total{phase="done",trigger="schedule"} 1.0'
    until(lambda: looked in requests.get(address, timeout=WAIT).text, "the first look is over")


def interrupted(
    here: Installation, incidents: list[SandboxIncident], call: str, documents: int = 0
) -> str:
    """Sync incidents, press Ctrl-C at a call of PagerDuty, and give what the command complains of.

    At least so many documents have been written by then. Its status must be 1.
    """
    command = here.begin("sync", *(one.id for one in incidents))
    until(lambda: call in here.pagerduty.calls(), f"it comes to {call}")
    until(lambda: len(here.documents.documents()) >= documents, "some are written")
    command.interrupt()
    assert command.wait() == 1
    return command.complained


def test_commands_go_through_the_queue_of_a_process_that_runs(here: Installation) -> None:
    serve_and_look(here)
    promise = Promise(here)
    first, second = (resolved_incident(here.pagerduty.account, [ITEM]) for _ in range(2))
    promise.drafted += [first, second]

    drafted = here.run("draft", first.id, "--json")
    assert (drafted.returncode, deeds(drafted)) == (0, {first.id: ["drafted"]})
    assert json.loads(drafted.stdout)["notices"] == [THROUGH]
    assert promise.tickets() == {}

    synced = here.run("sync", "--json")
    assert synced.returncode == 0, synced.stderr
    assert {"created", "status"} <= set(deeds(synced)[first.id])
    assert {"drafted", "created", "status"} <= set(deeds(synced)[second.id])
    promise.hold()

    again = here.run("sync", first.id)
    assert (again.returncode, again.stderr) == (0, "")
    assert "nothing to do" in again.stdout
    assert here.run("sync", "--dry-run").returncode == 0


def test_what_a_process_could_not_do_is_told_and_when_it_is_tried_again(
    here: Installation,
) -> None:
    serve_and_look(here)
    good, bad = (resolved_incident(here.pagerduty.account) for _ in range(2))
    here.pagerduty.fault(Fault(rf"/incidents/{bad.id}$", 500, times=None))
    done = here.run("draft", bad.id, good.id)
    assert done.returncode == 1
    assert f"Incident {bad.id} is tried again in 1 min by itself." in done.stderr
    assert f"{good.id} " in done.stdout
    assert here.documents.of(good.id)
    assert not here.documents.of(bad.id)

    waiting = open_incident(here.pagerduty.account)
    refused = here.run("draft", waiting.id)
    assert refused.returncode == 1
    assert "still acknowledged" in refused.stderr


def test_a_misspelt_incident_is_told_at_once_and_not_tried_for_hours(here: Installation) -> None:
    serve_and_look(here)
    done = here.run("sync", "QNOSUCH")
    assert done.returncode == 1
    assert "QNOSUCH" in done.stderr
    assert "tried again" not in done.stderr
    parked = here.run("status", "--parked")
    assert (parked.returncode, parked.stdout) == (0, "No job was given up.\n")


def test_what_was_left_out_is_told_and_who_asks_gets_it_all_the_same(here: Installation) -> None:
    serve_and_look(here)
    minor = resolved_incident(here.pagerduty.account, urgency="low")
    here.deliver(here.event("resolved", minor))
    until(lambda: here.told("status", "--skipped"), "it is skipped")
    (told,) = here.told("status", "--skipped")
    assert (told["incident"], told["reason"]) == (minor.id, "its urgency (low) gets no draft")
    assert here.documents.of(minor.id) == []
    assert here.run("draft", minor.id).returncode == 0
    assert here.documents.of(minor.id)
    assert here.run("status", "--skipped").stdout == "No incident was skipped.\n"


def test_an_interrupted_command_leaves_what_the_next_one_goes_on_with(here: Installation) -> None:
    promise = Promise(here)
    incidents = [resolved_incident(here.pagerduty.account, [ITEM]) for _ in range(6)]
    promise.drafted += incidents
    here.pagerduty.fault(Fault(rf"/incidents/{incidents[3].id}$", delay=WAIT))
    told = interrupted(here, incidents, f"GET /incidents/{incidents[3].id}", documents=1)
    assert "What was done stays done; run the command again to go on." in told
    assert 0 < len(here.documents.documents()) < len(incidents)
    assert here.run("sync", *(one.id for one in incidents)).returncode == 0
    promise.hold()


def test_a_command_that_is_interrupted_while_it_waits_leaves_the_work_to_the_process(
    here: Installation,
) -> None:
    serve_and_look(here)
    promise = Promise(here)
    incident = open_incident(here.pagerduty.account, [ITEM])
    resolve(incident)
    promise.drafted.append(incident)
    here.pagerduty.fault(Fault(rf"/incidents/{incident.id}/notes", delay=5))
    told = interrupted(here, [incident], f"GET /incidents/{incident.id}/notes")
    assert "Jobs that a server was asked for are still done by it." in told
    promise.wait()
