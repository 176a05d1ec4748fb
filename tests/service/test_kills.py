"""The process loses its power: at every step of a job, and at any moment at all."""

import itertools
import os
import random
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from tests.integration.queue_support import KINDS
from tests.service.happenings import resolved_incident
from tests.service.installation import Installation, installation
from tests.service.killing import Trap, trap
from tests.service.processes import WAIT, until
from tests.service.promise import Promise

pytestmark = pytest.mark.slow
ITEMS = ("Add an alert on the queue", "Write down how to restart it")
MOST_KILLS = 6
"""A job is given up when its seventh process ends under it."""
LAG = timedelta(seconds=3)
"""Longer than a process takes to start, so that its first search misses what was just created."""


@pytest.fixture(params=KINDS)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """Give an installation whose Jira finds nothing by search for a while."""
    with installation(tmp_path, request.param, index_lag=LAG) as made:
        yield made


def test_a_process_killed_at_any_step_of_a_job_leaves_nothing_undone_and_nothing_twice(
    here: Installation,
) -> None:
    promise = Promise(here, killed=True)
    here.every("6h")
    here.serve()
    steps = []
    for number in itertools.count(1):
        incident = resolved_incident(here.pagerduty.account, ITEMS)
        promise.drafted.append(incident)
        with trap(here, incident, number) as set_trap:
            job = here.ask_for(incident)
            until(lambda: _is_over(set_trap, job), f"step {number} of a job")  # noqa: B023 - called at once
        if not set_trap.sprung:
            break
        steps.append(set_trap.sprung.replace(incident.id, "…"))
        here.serve()
    assert any(step.startswith("after POST") and step.endswith("/issue/bulk") for step in steps)
    assert len(steps) > len(ITEMS) * 2 + 8, steps
    promise.hold()


def _is_over(set_trap: Trap, job: str) -> bool:
    if set_trap.sprung:
        return True
    try:
        told = requests.get(job, timeout=WAIT).json()
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        return bool(set_trap.sprung)  # it ended before or within its answer
    return bool(told["phase"] in {"done", "parked"})


def test_a_process_killed_at_random_moments_leaves_nothing_undone_and_nothing_twice(
    here: Installation,
) -> None:
    seed = int(os.environ.get("POSTMORTEM_TEST_SEED") or secrets.randbelow(10**6))
    print(f"POSTMORTEM_TEST_SEED={seed}")  # noqa: T201 - shown with a failure
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    promise = Promise(here, killed=True)
    here.hasty = True
    waiting = iter(range(30))
    for _ in range(MOST_KILLS):
        here.serve()
        ends = time.monotonic() + chance.uniform(0.2, 2.0)
        for number in itertools.islice(waiting, 30 // MOST_KILLS):
            _something_happens(promise, chance, number)
        until(lambda: time.monotonic() >= ends, "its end")  # noqa: B023 - called at once
        assert here.door is not None
        here.door.kill()
    here.serve()
    promise.hold()


def _something_happens(promise: Promise, chance: random.Random, number: int) -> None:
    """Resolve an incident, told of or not; and let somebody write into a document there is."""
    here = promise.here
    items = [f"{ITEMS[place]} ({number})" for place in range(chance.randrange(3))]
    incident = resolved_incident(here.pagerduty.account, items)
    promise.drafted.append(incident)
    if chance.random() < 0.7:
        here.deliver(*[here.event("resolved", incident)] * chance.randint(1, 2))
    there = [one for one in promise.drafted if here.documents.of(one.id)]
    for one in chance.sample(there, min(2, len(there))):
        if chance.random() < 0.5:
            promise.write(one, f"What somebody thought, number {number}.")
        else:
            promise.add_row(one, f"What somebody planned, number {number} |  | High")
