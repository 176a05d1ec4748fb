"""What a running server could not do, or did in part, is told in every place where people look."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.sandbox import Fault
from tests.service.happenings import open_incident, resolved_incident
from tests.service.installation import Installation, installation
from tests.service.processes import WAIT, Process, until

LOG = 'log_format = "json"\nlog_level = "INFO"\n'
OF_A_JOB = ("A job ", "Done in part.", "The facts say ", "Not done.")
"""With what the lines begin that an incident's job writes."""


@dataclass
class Aftermath:
    """A server whose jobs ended in each of the ways, and what was told of it meanwhile."""

    here: Installation
    door: Process
    good: SandboxIncident
    in_part: SandboxIncident
    failing: SandboxIncident
    unknown: SandboxIncident

    def lines(self) -> list[dict[str, Any]]:
        """Give the lines of the log; each must be JSON."""
        return [json.loads(line) for line in self.door.complained.splitlines()]

    def get(self, path: str) -> Any:
        answer = requests.get(f"{self.door.url}{path}", timeout=WAIT)
        assert answer.status_code == requests.codes.ok, answer.text
        return answer.json()

    def last(self, incident: SandboxIncident) -> Any:
        return self.get(f"/api/documents/{incident.id}")["last_result"]


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    with installation(tmp_path_factory.mktemp("told"), "sqlite") as here:
        here.every("6h")
        file = here.folder / "postmortem.toml"
        file.write_text(LOG + file.read_text("utf-8"), "utf-8")
        door = here.serve()
        looked = 'postmortem_job_attempts_total{phase="done",trigger="schedule"} 1.0'
        address = f"{door.url}/metrics"  # what the first look finds would be told as its own
        until(lambda: looked in requests.get(address, timeout=WAIT).text, "the first look is over")
        account = here.pagerduty.account
        good, in_part, failing, unknown = (resolved_incident(account) for _ in range(4))
        here.pagerduty.fault(Fault(f"/incidents/{in_part.id}/notes", 403, times=None))
        here.pagerduty.fault(Fault(f"/incidents/{failing.id}$", 500, times=None))
        here.pagerduty.fault(Fault(f"/incidents/{unknown.id}$", 404, times=None))
        made = Aftermath(here, door, good, in_part, failing, unknown)
        here.deliver(*(here.event("resolved", one) for one in (good, in_part, failing)))
        long_ago = datetime.now(UTC) - timedelta(hours=1)  # by now it would be there
        here.deliver(here.pagerduty.webhook("incident.resolved", unknown, at=long_ago))
        ends = ("A job is done.", "A job failed and is tried again.", "A job was given up.")
        until(
            lambda: (
                sorted(
                    event
                    for _, event in {
                        (one.get("incident"), one["event"])  # what failed may be tried again by now
                        for one in made.lines()
                        if one["event"] in ends and one.get("incident")
                    }
                )
                == sorted([ends[0], *ends])
            ),
            "all four jobs end",
        )
        yield made


def test_every_place_has_the_warnings_of_a_webhooks_job_word_for_word(aftermath: Aftermath) -> None:
    here, incident = aftermath.here, aftermath.in_part.id
    (warning,) = aftermath.last(aftermath.in_part)["warnings"]
    (shown,) = here.told("status", incident)
    assert shown["last_result"] == aftermath.last(aftermath.in_part)
    assert shown["last_result"]["trigger"] == "webhook"
    listed = {one["incident"]: one for one in aftermath.get("/api/documents")["documents"]}
    assert listed[incident]["last_result"] == shown["last_result"]
    assert warning in here.run("status", incident).stdout
    journal = aftermath.get(f"/api/documents/{incident}/journal")
    assert [one["deed"]["reason"] for one in journal if one["deed"]["action"] == "warned"] == [
        warning
    ]
    assert [one["incident"] for one in aftermath.lines() if one.get("warning") == warning] == [
        incident
    ]
    for page in ("/", f"/postmortems/{incident}"):
        assert "1 warning" in requests.get(aftermath.door.url + page, timeout=WAIT).text
    assert aftermath.last(aftermath.good) == {
        **shown["last_result"],
        "at": aftermath.last(aftermath.good)["at"],
        "warnings": [],
    }


def test_what_fails_is_told_with_its_next_try_before_there_is_a_document(
    aftermath: Aftermath,
) -> None:
    here, incident = aftermath.here, aftermath.failing.id
    last = aftermath.last(aftermath.failing)
    (line,) = [
        one for one in aftermath.lines() if one["event"] == "A job failed and is tried again."
    ]
    assert (line["incident"], line["trigger"]) == (incident, "webhook")
    assert (line["why"], line["next_try"]) == (last["failures"], last["next_try"])
    (job,) = here.told("status", "--jobs", incident)
    assert (job["phase"], job["attempt"], job["failures"]) == ("retrying", 2, last["failures"])
    assert job["next_at"][:16].replace(" ", "T") == last["next_try"][:16]
    told = here.run("status").stdout
    assert told.startswith("Needs somebody\n")
    for word in (f"failing {incident}", f"parked {aftermath.unknown.id}", *last["failures"]):
        assert word in told
    assert told.index(incident) < told.index(f"{aftermath.good.id} Postmortem:")
    assert last["failures"][0] in here.run("status", "--jobs").stdout
    page = requests.get(f"{aftermath.door.url}/postmortems/{incident}", timeout=WAIT).text
    assert "There is no draft yet" in page


def test_what_no_repetition_mends_is_parked_at_its_first_attempt(aftermath: Aftermath) -> None:
    here, incident = aftermath.here, aftermath.unknown.id
    metrics = f"{aftermath.door.url}/metrics"  # a reading is given again for some seconds
    until(
        lambda: "postmortem_jobs_parked 1.0" in requests.get(metrics, timeout=WAIT).text,
        "the metrics tell of it",
    )
    (parked,) = aftermath.get("/api/parked")
    assert (parked["subject"], parked["phase"], parked["attempt"]) == (incident, "parked", 1)
    assert parked["failures"] == aftermath.last(aftermath.unknown)["failures"]
    (listed,) = here.told("status", "--parked")
    assert (listed["subject"], listed["failures"]) == (incident, parked["failures"])


def test_each_line_of_the_log_is_json_and_names_the_job_that_wrote_it(aftermath: Aftermath) -> None:
    lines = aftermath.lines()
    (started,) = [one for one in lines if one["event"] == "Started."]
    assert (started["level"], started["command"]) == ("info", "serve")
    assert started["settings"]["timezone"] == "Europe/Berlin"
    secrets = (aftermath.here.pagerduty.api_key, aftermath.here.jira.credentials["api_token"])
    assert not any(secret in aftermath.door.complained for secret in secrets)
    ours = [one for one in lines if one["event"].startswith(OF_A_JOB)]
    assert {one["incident"] for one in ours} == {
        one.id for one in (aftermath.good, aftermath.in_part, aftermath.failing, aftermath.unknown)
    }
    for one in ours:
        assert one["job"].startswith(f"{one['incident']}:"), one
        assert one["trigger"] == "webhook", one
    until(
        lambda: any(one["event"] == "A scheduled look is done." for one in aftermath.lines()),
        "the first look is told",
    )


def test_a_person_who_asks_is_told_and_it_is_listed_no_longer(aftermath: Aftermath) -> None:
    here = aftermath.here
    done = here.run("sync", aftermath.unknown.id)
    assert done.returncode == 1
    assert not [line for line in done.stderr.splitlines() if "timestamp" in line]
    assert aftermath.get("/api/parked") == []
    assert aftermath.unknown.id not in here.run("status").stdout


def test_start_and_stop_are_told_in_text_as_well(tmp_path: Path) -> None:
    with installation(tmp_path, "sqlite") as here:
        waiting = open_incident(here.pagerduty.account)
        worker = here.begin("work").wait_until_up()
        assert worker.stop() == 0
        lines = worker.complained.splitlines()
        assert waiting.id not in worker.complained
    assert "event='Started.'" in lines[0]
    assert [line.split("event=")[1].split(" logger=")[0] for line in lines[-2:]] == [
        "'Stopping.'",
        "'Stopped.'",
    ]
