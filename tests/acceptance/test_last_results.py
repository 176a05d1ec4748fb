"""What an incident's last job told is kept: by whatever command, shown by `postmortem status`."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.jira.payloads import SiteKind
from connectors.sandbox import Fault
from tests.acceptance.test_command_line import Shell
from tests.acceptance.world import World, world
from worker.app import run_or_enqueue
from worker.app.registry import load_settings
from worker.jobs.documents.document_status import DocumentStatus
from worker.jobs.job_lifecycle import JobPhase, JobState
from worker.jobs.last_results import end_look, last_results
from worker.jobs.reports.journal_report import journal_of
from worker.jobs.results import RunResult, Trigger
from worker.jobs.run_many import RunRequest
from worker.jobs.status_report import failed_look
from worker.journal.service_memory import FailedLook

NOW = datetime(2026, 11, 27, 23, 10, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, SiteKind.CLOUD) as made:
        yield made


@pytest.fixture
def shell(here: World) -> Shell:
    return Shell(here)


def last(here: World, name: str = "quick fix") -> Any:
    with here.context() as context:
        return last_results(context).get(here.id(name))


def in_journal(here: World, action: str, name: str = "quick fix") -> list[str]:
    """Give what the journal keeps besides writes: the sentences of one kind."""
    with here.context() as context:
        deeds = [one.deed for one in journal_of(context, here.id(name))]
    return [one.reason for one in deeds if one.action == action]


def test_status_holds_what_a_sync_told_word_for_word_until_it_is_mended(shell: Shell) -> None:
    here, incident = shell.here, shell.incident("quick fix")
    shell.told("draft", incident)
    here.add_rows("Count the pictures | Nobody Known | High | 2026-02-30")
    here.edit(lambda text: text.replace("9 min", "Ten minutes, more or less", 1))
    here.jira.fault(Fault("/remotelink", 400, times=1))
    (synced,) = shell.told("sync", incident)["incidents"]
    assert synced["warnings"]
    assert synced["suggestions"]
    (shown,) = shell.told("status", incident)
    kept = shown["last_result"]
    assert {name: kept[name] for name in ("warnings", "suggestions", "failures")} == {
        name: synced[name] for name in ("warnings", "suggestions", "failures")
    }
    assert (kept["trigger"], kept["next_try"]) == ("command", None)
    named = shell.run("status", incident).stdout
    assert all(sentence in named for sentence in synced["warnings"])
    assert "the facts say '9 min'" in named
    assert in_journal(here, "warned") == synced["warnings"]
    shell.told("sync", incident)
    assert len(in_journal(here, "suggested")) == 1, "what was told before is not told twice"

    here.edit(lambda text: text.replace("Nobody Known", "").replace("2026-02-30", "2030-01-02"))
    here.edit(lambda text: text.replace("Ten minutes, more or less", "9 min", 1))
    (mended,) = shell.told("sync", incident)["incidents"]
    assert (mended["warnings"], mended["suggestions"]) == ([], [])
    kept = shell.told("status", incident)[0]["last_result"]
    assert (kept["warnings"], kept["suggestions"], kept["failures"]) == ([], [], [])


def test_a_job_for_the_tickets_alone_keeps_what_was_told_of_the_facts(here: World) -> None:
    here.sync()
    here.add_rows("Count the pictures | Nobody Known | High | 2030-01-02")
    here.edit(lambda text: text.replace("9 min", "Ten minutes, more or less", 1))
    here.sync()
    both = last(here)
    assert both.suggestions
    assert [one for one in both.warnings if "Nobody Known" in one]
    here.edit(lambda text: text.replace("Nobody Known", ""))
    assert not here.job("quick fix", Trigger.WEBHOOK, pulls=False).warnings
    tickets_alone = last(here)
    assert (tickets_alone.suggestions, tickets_alone.trigger) == (both.suggestions, "webhook")
    assert not tickets_alone.warnings, "the owner was looked at again"

    here.pagerduty.fault(Fault(f"/incidents/{here.id('quick fix')}$", 500, times=None))
    failing = here.sync().failures
    assert failing
    here.job("quick fix", Trigger.WEBHOOK, pulls=False)
    assert last(here).failures == failing, "nobody has read the incident since"
    here.pagerduty.faults.clear()
    here.sync()
    assert last(here).failures == ()


def test_what_counts_down_stands_in_the_journal_once(here: World) -> None:
    here.sync()
    here.run(trigger=Trigger.SCHEDULE)
    here.clock.sleep(3600)
    here.add_rows("Count the pictures | | High | 2030-01-02")
    warned = []
    for _ in range(2):
        warned += here.job("quick fix", Trigger.SCHEDULE).warnings
        here.clock.sleep(150)
    assert len(set(warned)) == 2
    assert all("more for quiet" in one for one in warned)
    assert in_journal(here, "warned") == warned[:1]
    assert last(here).warnings == (warned[1],)


def test_a_draft_alone_keeps_what_was_told_of_the_tickets(here: World) -> None:
    here.sync()
    here.add_rows("Count the pictures | Nobody Known | High | 2030-01-02")
    warnings = here.sync().warnings
    assert warnings
    here.run("quick fix", tracks=False)
    assert last(here).warnings == warnings


def test_an_incident_whose_first_draft_failed_is_listed_until_it_has_one(shell: Shell) -> None:
    here, incident = shell.here, shell.incident("quick fix")
    here.pagerduty.fault(Fault(f"/incidents/{incident}$", 500, times=None))
    done = shell.run("sync", incident)
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    lines = shell.run("status").stdout.splitlines()
    assert lines[0] == "Needs somebody"
    assert lines[1].strip() == f"failing {incident}"
    assert lines[2].strip() == sentence
    (one,) = shell.told("status")
    assert (one["incident"], one["document"]) == (incident, "")
    assert one["last_result"]["failures"] == [sentence]
    assert shell.run("status", incident).returncode == 0

    here.pagerduty.faults.clear()
    shell.told("sync", incident)
    (one,) = shell.told("status")
    assert one["document"]
    assert one["last_result"]["failures"] == []
    assert not shell.run("status").stdout.startswith("Needs somebody")
    assert in_journal(here, "failed") == [sentence]


def test_a_sync_of_everything_is_a_look_too(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, look = load_settings(None, shell.environment), FailedLook(NOW, ("No.",), NOW)
    with shell.here.context() as context:
        last_look = context.journal.last_look

        def is_mended(request: RunRequest, *failures: str) -> bool:
            last_look.keep(look)
            done = RunResult(failures=failures)
            monkeypatch.setattr("worker.jobs.run_many.run_many", lambda *_: done)
            assert run_or_enqueue.carry_out(settings, context, request) is done
            return last_look.failed() is None

        assert is_mended(RunRequest(Trigger.COMMAND))
        assert not is_mended(RunRequest(Trigger.COMMAND), "PagerDuty refuses the key (401).")
        assert not is_mended(RunRequest(Trigger.COMMAND, tracks=False))
        assert not is_mended(RunRequest(Trigger.COMMAND, (shell.here.id("quick fix"),)))


def test_a_look_tells_nothing_that_a_document_tells_of_itself(here: World) -> None:
    with here.context() as context:
        context.journal.last_look.keep(FailedLook(NOW, ("Mine.", "Its own."), NOW))
        one = DocumentStatus("P1", "P1.md", problems=("Its own.",))
        assert " failed: Mine. The next " in failed_look(context, [one])
        context.journal.last_look.keep(FailedLook(NOW, ("Its own.",), NOW))
        assert failed_look(context, [one]) == ""


def test_a_quiet_time_mends_no_look(here: World) -> None:
    failed = JobState("@sync:9:1", "sync", "schedule", JobPhase.DONE, failures=("No.",))
    quiet = replace(failed, failures=(), summary="Nothing was looked for: it is a quiet time.")
    with here.context() as context:
        last_look = context.journal.last_look
        end_look(context, failed, NOW, looked=True)
        end_look(context, quiet, NOW, looked=False)
        assert last_look.failed() is not None
        end_look(context, quiet, NOW, looked=True)
        assert last_look.failed() is None


def test_status_tells_odd_rows_once_and_as_no_failure(shell: Shell) -> None:
    here, incident = shell.here, shell.incident("quick fix")
    shell.told("draft", incident)
    here.add_rows("TBD | | High | 2090-01-02")
    shell.told("sync", incident)
    said = shell.run("status", incident).stdout
    assert "Needs somebody" not in said, "a row that says TBD is as people meant it"
    assert said.count("there is nothing to do") == 1

    here.add_rows("Train the new ones | | High | soon")
    shell.told("sync", incident)
    shell.told("sync", incident)  # the first made its ticket, and said what that lacks
    for words in (["status"], ["status", incident]):
        said = shell.run(*words).stdout
        assert f"warned {incident}" in said
        assert "failing" not in said
        (told,) = (line for line in said.splitlines() if "deadline 'soon'" in line)
        assert here.path().name in told
        assert said.count("there is nothing to do") == 1
    for unknown in ("9999", "QNOPE"):
        for command in ("status", "lint"):
            done = shell.run(command, unknown)
            assert (done.returncode, done.stdout) == (1, "")
            assert f"Incident {unknown} has no document." in done.stderr


def test_a_mistyped_incident_is_told_once_and_not_kept(shell: Shell) -> None:
    assert shell.run("draft", "QNOSUCHINCIDENT").returncode == 1
    assert shell.told("status") == []


def test_a_dry_run_keeps_nothing(here: World) -> None:
    here.sync()
    before = last(here)
    here.add_rows("Count the pictures | Nobody Known | High | 2030-01-02")
    assert here.run("quick fix", dry_run=True).incidents[0].warnings
    assert last(here) == before


def test_overdue_and_open_items_are_shown_alone(shell: Shell) -> None:
    here, incident = shell.here, shell.incident("quick fix")
    shell.told("draft", incident)
    here.add_rows(
        "Count the pictures | | High | 2020-01-02",
        "Train the new ones | | High | 2020-01-03",
        "Write it down | | High | 2090-01-02",
    )
    shell.told("sync", incident)
    here.jira.transition(here.linked()[1], "Done")
    shell.told("sync", incident)
    (late,) = shell.told("status", "--overdue")
    assert [one["task"] for one in late["items"]] == ["Count the pictures"]
    assert late["incident"] == incident
    stands = {one["incident"]: one["items"] for one in shell.told("status", "--open")}
    assert [one["task"] for one in stands[incident]] == ["Count the pictures", "Write it down"]
    status = shell.run("status").stdout
    assert f"overdue {incident}" in status
    assert f"{here.linked()[0]}, since 2020-01-02: Count the pictures" in status
    assert status.index("Needs somebody") < status.index(here.path().name)
    assert shell.run("status", "--open", "--overdue").returncode == 2
    here.jira.transition(here.linked()[0], "Done")
    shell.told("sync", incident)
    assert shell.told("status", "--overdue") == []
    assert shell.run("status", "--overdue").stdout == "No action item is overdue.\n"


def test_without_a_queue_there_are_no_jobs(shell: Shell) -> None:
    assert shell.told("status", "--jobs") == []
    assert shell.run("status", "--jobs").stdout == "There are no jobs.\n"


def test_a_command_logs_where_a_level_is_set_and_nowhere_else(shell: Shell) -> None:
    here, incident = shell.here, shell.incident("quick fix")
    shell.told("draft", incident)
    here.add_rows("Count the pictures | Nobody Known | High | 2030-01-02")
    quiet = shell.run("sync", incident)
    assert (quiet.returncode, quiet.stderr) == (0, "")
    asked = shell.run(
        "sync", incident, POSTMORTEM_LOG_LEVEL="Warning", POSTMORTEM_LOG_FORMAT="json"
    )
    assert asked.stdout == shell.run("sync", incident).stdout
    (line,) = map(json.loads, asked.stderr.splitlines())
    assert (line["incident"], line["trigger"], line["level"]) == (incident, "command", "warning")
    assert "Nobody Known" in line["warning"]
    refused = shell.run("status", POSTMORTEM_LOG_LEVEL="loud")
    assert refused.returncode == 2
    assert "POSTMORTEM_LOG_LEVEL must be one of debug, info, warning, error." in refused.stderr
