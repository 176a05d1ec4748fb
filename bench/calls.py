"""API calls for one draft, for tickets, and for a sync in which little or nothing changed.

Beside ours, counted on the same sandbox in the same run, the usual loop on the plain ``jira``
package: one create with its read-back, and one read, for each ticket.

    python -m bench.calls
"""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import jira

from connectors.jira.payloads import SiteKind
from tests.acceptance.world import World, world
from worker.jobs.results import Trigger

OWNERS = ("Aiko Brandt", "Jonas Thorvald", "Lena Okafor")
MANY = 1500
CHANGED = 7


def row(number: int) -> str:
    """Give a row whose owner is one of three."""
    return f"Task number {number} | {OWNERS[number % len(OWNERS)]} | High | 2026-12-24"


def usual_loop(here: World, count: int) -> int:
    """Create tickets and read each back with the plain package; give the calls it took."""
    here.jira.forget()
    credentials = here.jira.credentials
    auth = (
        {"basic_auth": (credentials["email"], credentials["api_token"])}
        if here.jira.kind is SiteKind.CLOUD
        else {"token_auth": credentials["personal_token"]}
    )
    version = "3" if here.jira.kind is SiteKind.CLOUD else "2"
    client = jira.JIRA(here.jira.url, {"rest_api_version": version}, **auth, max_retries=0)
    for number in range(count):
        fields = {
            "project": {"key": "OPS"},
            "summary": f"Plain {number}",
            "issuetype": {"name": "Task"},
        }
        made = client.create_issue(fields=fields)
        client.issue(made.id)
    return len(here.jira.served)


def kinds(calls: list[str]) -> str:
    """Sum calls up by what they are for."""
    names = Counter(call.rstrip("0123456789/").rsplit("/", 1)[-1] for call in calls)
    return ", ".join(f"{count} {name}" for name, count in names.most_common())


def draft(here: World) -> None:
    """Print the calls of one draft."""
    here.pagerduty.forget()
    here.run("checkout storm", tracks=False)
    print(f"one draft (41 alerts, 72 log entries): {len(here.pagerduty.calls())} calls")


def tickets(kind: SiteKind, count: int) -> None:
    """Print the calls by which one document gets ``count`` tickets."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), kind) as here:
        here.sync()
        here.add_rows(*(row(number) for number in range(count)))
        here.jira.forget()
        assert not here.sync().failures
        ours = here.jira.calls()
        links = sum("remotelink" in call for call in ours)
        usual = usual_loop(here, count)
        each = len(ours) / count
        print(
            f"{kind.value:11} {count:4} tickets: {len(ours):4} calls ({each:.2f} a ticket; "
            f"{len(ours) - links} without the {links} links back), usual loop {usual}"
        )
        if count == 10:
            print(f"{'':12}{kinds(ours)}")


def sync(kind: SiteKind) -> None:
    """Print the calls of a sync over many tickets, with none and some of them changed."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), kind) as here:
        here.sync()
        here.add_rows(*(row(number) for number in range(MANY)))
        assert not here.sync().failures
        for _ in range(2):
            here.run()
            here.clock.sleep(timedelta(minutes=15).total_seconds())
        for changed in (0, CHANGED):
            here.clock.sleep(timedelta(minutes=15).total_seconds())
            for key in here.linked()[:changed]:
                here.jira.transition(key, "Done")
            here.jira.forget()
            here.pagerduty.forget()
            result = here.run()
            assert not result.failed
            calls = [call for call in here.jira.calls() if "serverInfo" not in call]
            print(
                f"{kind.value:11} sync of {MANY} tickets, {changed} changed: {len(calls)} calls of "
                f"Jira ({kinds(calls)}), {len(here.pagerduty.calls())} of PagerDuty; "
                f"usual loop {MANY}"
            )
        here.clock.sleep(timedelta(minutes=15).total_seconds())
        here.jira.forget()
        here.pagerduty.forget()
        assert not here.run(trigger=Trigger.SCHEDULE).failed
        calls = [call for call in here.jira.calls() if "serverInfo" not in call]
        print(
            f"{kind.value:11} scheduled look at {MANY} tickets, 0 changed: {len(calls)} calls of "
            f"Jira ({kinds(calls)}), {len(here.pagerduty.calls())} of PagerDuty"
        )


def main() -> None:
    """Print everything."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as here:
        draft(here)
    for kind in SiteKind:
        for count in (1, 10, 100):
            tickets(kind, count)
    for kind in SiteKind:
        sync(kind)


if __name__ == "__main__":
    main()
