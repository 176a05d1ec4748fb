"""A run works on several incidents at a time, and what comes of it is as if one by one."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.incidents import IncidentId
from connectors.jira.payloads import SiteKind
from connectors.sandbox import Fault
from tests.acceptance.test_command_line import Shell
from tests.acceptance.world import World, world
from worker.cli.run_progress import summary
from worker.jobs.results import Action, Deed, IncidentResult, RunResult
from worker.journal.journal import Journal
from worker.journal.sqlite_files import JournalError

AGES = timedelta(days=365)


def texts(here: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(here.documents.rglob("*"))}


def test_results_and_documents_are_those_of_a_run_one_by_one(tmp_path: Path) -> None:
    with world(tmp_path / "one") as one, world(tmp_path / "four") as four:
        singly = one.run(since=AGES, tracks=False)
        together = four.run(since=AGES, tracks=False, at_a_time=4)
        assert [one.incident for one in together.incidents] == [
            one.incident for one in singly.incidents
        ]
        assert together == singly
        assert texts(four) == texts(one)
        assert len(texts(one)) > 5


def test_each_row_gets_one_ticket_and_a_failing_incident_stops_no_other(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.run(since=AGES, tracks=False, at_a_time=4)
        for name in ("quick fix", "checkout storm"):
            here.add_rows("Add monitoring | | High | 2026-12-24", "Write it down", name=name)
        here.pagerduty.fault(
            Fault(rf"/incidents/{here.incidents['reopened'].id}$", 500, times=None)
        )
        result = here.run(*here.incidents, at_a_time=4)
        failed = [one.incident for one in result.incidents if one.failures]
        assert failed == [here.incidents["reopened"].id]
        summaries = Counter(here.tickets().values())
        assert summaries["Add monitoring"] == summaries["Write it down"] == 2
        again = here.run(*here.incidents, at_a_time=4)
        assert not any(
            deed.action is Action.CREATED for one in again.incidents for deed in one.deeds
        )


def test_piped_a_run_tells_each_incident_and_a_summary(tmp_path: Path) -> None:
    with world(tmp_path, SiteKind.CLOUD) as here:
        shell = Shell(here)
        done = shell.run("sync", "--since", "900d")
        told = re.findall(r"^(\d+) of (\d+): [A-Z0-9]+ \w+", done.stderr, re.MULTILINE)
        assert [int(at) for at, _ in told] == list(range(1, int(told[-1][1]) + 1)), done.stderr
        last = done.stdout.splitlines()[-1]
        assert re.fullmatch(
            r"\d+ drafted, (\d+ skipped, )?0 unchanged, \d+ tickets?, \d+ warnings?, 0 failed in "
            r"\d+ s",
            last,
        )
        assert done.returncode == 0


def test_a_summary_counts_each_incident_once() -> None:
    def result(name: str, *actions: Action, **more: object) -> IncidentResult:
        deeds = tuple(Deed(action, "it", "why") for action in actions)
        return IncidentResult(IncidentId(name), deeds=deeds, **more)  # type: ignore[arg-type]  # by name

    run = RunResult(
        (
            result("A", Action.DRAFTED, Action.CREATED, Action.CREATED, warnings=("w",)),
            result("B", Action.STATUS),
            result("C"),
            result("D", skipped="still open"),
            result("E", Action.DRAFTED, failures=("no", "nor this")),
        ),
        unchanged=30,
        failures=("Jira is down.",),
    )
    assert summary(run, 81.4) == (
        "1 drafted, 1 updated, 1 skipped, 31 unchanged, 2 tickets, 1 warning, 2 failed in 81 s"
    )


def test_a_run_whose_memory_fails_ends_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise JournalError("The disk is full.", "Make room.")

    with world(tmp_path) as here:
        monkeypatch.setattr(Journal, "unsettle", fails)
        here.pagerduty.fault(Fault("incidents/Q", 404, times=None))
        monkeypatch.setattr(Journal, "documents_of", fails)
        with pytest.raises(JournalError, match="full"):
            here.run(*here.incidents, at_a_time=4)
