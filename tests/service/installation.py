"""An installation of the program: its settings, its database, its documents, its processes.

PagerDuty and Jira are the sandbox servers, run by the test itself; the program is real processes.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from connectors.jira.sandbox.server import SECRET as JIRA_SECRET
from connectors.jira.sandbox.server import JiraSandbox
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.server import SECRET as PAGERDUTY_SECRET
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.pagerduty.webhook import SIGNATURE_HEADER
from connectors.sandbox import Delivery
from tests import warm
from tests.integration.queue_support import database
from tests.service.documents import Documents, Folder, Remote
from tests.service.processes import WAIT, Process

HASTY = "tests.service.hasty"
INDEX_LAG = timedelta(seconds=1)
"""How long the sandbox Jira's search goes on missing a ticket; the program reckons with more."""

SETTINGS = """
timezone = "Europe/Berlin"

[pagerduty]
calls_per_minute = 0

[jira]
calls_per_minute = 0
index_lag = "LAGs"

[drafts]
urgency = "high"

[tickets]
quiet_for = "0s"

[repeats]
most = 0  # which incidents are known by then depends on what was killed

[schedule]
every = "EVERY"
settle = "1s"
"""


@dataclass
class Installation:
    """One installation. ``processes`` are all that were started, in that order.

    ``besides`` is further environment of processes that start from now on; ``cold`` ones load all
    that they need by themselves, ``hasty`` ones soon try again what failed.
    """

    folder: Path
    pagerduty: PagerDutySandbox
    jira: JiraSandbox
    database: str
    documents: Documents
    processes: list[Process] = field(default_factory=list)
    door: Process | None = None
    besides: dict[str, str] = field(default_factory=dict)
    cold: bool = False
    hasty: bool = False

    def __post_init__(self) -> None:
        self.every("10s")

    def every(self, period: str) -> None:
        """Let the schedule of processes that start from now on run so often."""
        lag = self.jira.index_lag.seconds + 1
        text = SETTINGS.replace("EVERY", period).replace("LAG", str(lag))
        (self.folder / "postmortem.toml").write_text(text, "utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process on a machine of its own."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),  # the code that is being tested
            "HOME": str(self.folder / "machines" / str(len(self.processes))),
            "POSTMORTEM_CONFIG": str(self.folder / "postmortem.toml"),
            "PAGERDUTY_API_KEY": self.pagerduty.api_key,
            "PAGERDUTY_API_URL": self.pagerduty.url,
            "PAGERDUTY_WEBHOOK_SECRET": PAGERDUTY_SECRET,
            "JIRA_URL": self.jira.url,
            "JIRA_EMAIL": self.jira.credentials["email"],
            "JIRA_API_TOKEN": self.jira.credentials["api_token"],
            "JIRA_WEBHOOK_SECRET": JIRA_SECRET,
            "JIRA_PROJECT": "OPS",
            "POSTMORTEM_DOCUMENTS": self.documents.setting,
            "POSTMORTEM_DATABASE_URL": self.database,
            **self.besides,
        }

    def begin(self, *words: str) -> Process:
        """Start a long-running command and do not wait until it is up."""
        log = self.folder / f"{len(self.processes)}-{words[0]}"
        Path(self.environment["HOME"]).mkdir(parents=True, exist_ok=True)
        module = HASTY if self.hasty and not warm.ALL_COLD else ""
        process = Process(words, log, self.environment, module=module, cold=self.cold)
        self.processes.append(process)
        return process

    def serve(self) -> Process:
        """Start the process that takes in webhooks, and wait until it is up."""
        self.door = self.begin("serve", "--port", "0").wait_until_up()
        return self.door

    def run(self, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the program to its end, where asked for under other settings."""
        environment = {**self.environment, **settings}
        return warm.run(*words, folder=self.folder, environment=environment, cold=self.cold)

    def told(self, *words: str) -> Any:
        """Run a command for its JSON; it must succeed."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def event(self, type_: str, incident: SandboxIncident) -> Delivery:
        """Make the webhook of what has just happened to an incident."""
        return self.pagerduty.webhook(f"incident.{type_}", incident)

    def deliver(self, *deliveries: Delivery) -> None:
        """Deliver webhooks in this order; the program must take each."""
        assert self.door is not None
        for one in deliveries:
            sender = "pagerduty" if SIGNATURE_HEADER in one.headers else "jira"
            assert one.send(f"{self.door.url}/webhooks/{sender}") == requests.codes.accepted

    def ask_for(self, incident: SandboxIncident) -> str:
        """Ask for an incident's job as the button on the web page does; gives its address."""
        assert self.door is not None
        address = f"{self.door.url}/api/documents/{incident.id}/sync"
        answer = requests.post(address, timeout=WAIT)
        assert answer.status_code == requests.codes.accepted, answer.text
        return self.door.url + str(answer.headers["Location"])

    def stop(self) -> Mapping[str, int]:
        """Ask all processes to end; gives the exit status of each."""
        living = [one for one in self.processes if one.lives]
        for one in living:
            one.ask_to_stop()
        return {f"{one.words[0]} {one.pid}": one.wait() for one in living}

    def logs(self) -> str:
        """Give the end of what each process complained of, for a test that fails."""
        return "\n".join(f"--- {one.err.name}\n{one.complained[-3000:]}" for one in self.processes)


@contextmanager
def installation(
    folder: Path,
    kind: str,
    place: type[Documents] = Folder,
    index_lag: timedelta = INDEX_LAG,
    *,
    empty: bool = False,
) -> Iterator[Installation]:
    """Set up an installation; whatever still runs in the end is killed.

    ``kind`` is that of the database: ``sqlite`` or ``postgresql``; an ``empty`` one has no tables.
    """
    with (
        database(kind, folder, empty=empty) as url,
        PagerDutySandbox() as pagerduty,
        JiraSandbox(index_lag=index_lag) as jira,
    ):
        here = Installation(folder, pagerduty, jira, url, place(folder))  # type: ignore[call-arg]  # each place takes a folder
        try:
            yield here
        finally:
            for process in here.processes:
                process.kill()
            print(here.logs())  # noqa: T201 - pytest shows it where the test fails


__all__ = ["INDEX_LAG", "Installation", "Remote", "installation"]
