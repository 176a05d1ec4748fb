"""Syncs in processes of their own, which can be killed at any request."""

import json
import multiprocessing
import os
import re
import signal
from dataclasses import asdict, replace
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from connectors.sandbox import Fault, Moment, Served
from tests.acceptance.world import Clock, World, usual_policy
from worker.jobs.results import IncidentResult

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.acceptance.world"])
LIMIT = 60.0
_READS = re.compile(r"GET |POST .*/(search/jql|bulkfetch)$")


def start(here: World, name: str) -> tuple[BaseProcess, Path]:
    """Start a sync of one incident in a process; its result goes into the file given."""
    answer = here.folder / "result.json"
    answer.unlink(missing_ok=True)
    work = (here.folder, _addresses(here), here.incidents[name].id, here.clock.now)
    process = CONTEXT.Process(target=_sync, args=(*work, answer))
    process.start()
    return process, answer


def sync_in_process(here: World, name: str = "quick fix") -> dict[str, Any] | None:
    """Sync one incident in a process; gives its result, or None where it was killed."""
    process, answer = start(here, name)
    here.victim = process.pid
    process.join(LIMIT)
    here.victim = None
    if process.exitcode == -signal.SIGKILL:
        return None
    assert process.exitcode == 0, f"the sync ended with {process.exitcode}"
    return json.loads(answer.read_text("utf-8"))  # type: ignore[no-any-return]  # as it was dumped


def kill_at(here: World, step: int) -> None:
    """Kill the process under way at the n-th step from now, as :func:`is_a_step` tells them."""
    left = step

    def watch(served: Served, at: Moment) -> None:
        nonlocal left
        if not is_a_step(served, at):
            return
        left -= 1
        if left == 0 and here.victim is not None:
            os.kill(here.victim, signal.SIGKILL)
            here.victim = None
            if at is Moment.BEFORE:
                here.jira.fault(Fault(at=".*"))

    here.jira.recorder.watcher = watch


def is_a_step(served: Served, moment: Moment) -> bool:
    """Tell whether a process that is killed then leaves what it would not a moment earlier.

    It does before each request; and after one that writes, for after one that reads there is what
    there was before it, and the process waits for the answer at both moments.
    """
    return moment is Moment.BEFORE or not _READS.match(str(served))


def sync_until_quiet(here: World, name: str = "quick fix") -> None:
    """Sync again and again, as a schedule does, until there is nothing left to do."""
    for _ in range(12):
        result = sync_in_process(here, name)
        here.clock.sleep(25)
        if result and not result["deeds"] and not result["again_in"] and not result["failures"]:
            return
    raise AssertionError(f"there is still something to do: {result}")


def _addresses(here: World) -> tuple[str, str, str, dict[str, str]]:
    jira = here.jira
    return here.pagerduty.url, here.pagerduty.api_key, jira.url, dict(jira.credentials)


def _sync(
    folder: Path,
    addresses: tuple[str, str, str, dict[str, str]],
    incident: str,
    now: datetime,
    answer: Path,
) -> None:
    """Run in the process: a world of addresses alone, whose sandboxes live elsewhere."""
    pagerduty_url, key, jira_url, credentials = addresses
    here = World(
        folder,
        SimpleNamespace(url=pagerduty_url, api_key=key),  # type: ignore[arg-type]  # as above
        SimpleNamespace(url=jira_url, credentials=credentials),  # type: ignore[arg-type]  # as above
        Clock(now),
        {},
        usual_policy(),
    )
    result: IncidentResult = here.run(incident, wait=0).incidents[0]
    plain = asdict(replace(result, deeds=()))
    plain["deeds"] = [f"{deed.action.value} {deed.ticket}" for deed in result.deeds]
    answer.write_text(json.dumps(plain), "utf-8")
