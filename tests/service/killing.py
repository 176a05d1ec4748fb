"""Taking a process's power away at an exact step: at a request that it makes about one incident."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.sandbox import Fault, Moment, Served
from tests.acceptance.processes import is_a_step
from tests.service.installation import Installation
from tests.service.processes import Process
from worker.tracking.new_ticket import incident_label


@dataclass
class Trap:
    """Kills a process at the ``left``-th step from now of one incident's job.

    A step is a request about the incident, before it takes effect; and after it, for one that
    writes. ``sprung`` names the step once it has happened.
    """

    here: Installation
    incident: SandboxIncident
    victim: Process
    left: int
    sprung: str = ""

    def step(self, name: str) -> bool:
        """Count a step; tells whether it was the last one of the victim."""
        self.left -= 1
        if self.left != 0:
            return False
        self.sprung = name
        self.victim.kill()
        return True

    def watch(self, served: Served, moment: Moment) -> None:
        """Look at a request to Jira."""
        if not self._is_about(served) or not is_a_step(served, moment):
            return
        if self.step(f"{moment.value} {served}") and moment is Moment.BEFORE:
            self.here.jira.fault(Fault(at=f"^{re.escape(str(served))}$"))

    def _is_about(self, served: Served) -> bool:
        label = incident_label(self.incident.id)
        with self.here.jira.site.lock:
            records = [one.now for one in self.here.jira.site.records.values()]
        names = [label, *(one.id for one in records if label in one.labels)]
        asked = f"{served.path} {served.body.decode()} "
        return any(re.search(rf"\b{re.escape(name)}\b", asked) for name in names)


@dataclass
class _Tripwire(Fault):
    """A fault of the sandbox PagerDuty that spoils nothing but tells a trap of each request."""

    trap: Trap | None = None

    def strikes(self, request: str, moment: Moment) -> bool:
        if (
            self.trap is not None
            and moment is Moment.BEFORE
            and f"/{self.trap.incident.id}" in request
        ):
            self.trap.step(f"before {request}")
        return False


@contextmanager
def trap(here: Installation, incident: SandboxIncident, step: int) -> Iterator[Trap]:
    """Set a trap for the process that serves, at that step of the incident's job, from 1."""
    assert here.door is not None
    made = Trap(here, incident, here.door, step)
    wire = _Tripwire(".*", trap=made)
    here.jira.recorder.watcher = made.watch
    here.pagerduty.fault(wire)
    try:
        yield made
    finally:
        here.jira.recorder.watcher = None
        here.pagerduty.faults.remove(wire)
