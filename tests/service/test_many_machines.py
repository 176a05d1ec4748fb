"""Three workers and a web process on PostgreSQL and one Git remote, in bad weather."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.world import with_rows
from tests.service.documents import Edit, Remote
from tests.service.happenings import now, open_incident, resolved_incident, who
from tests.service.installation import Installation, installation
from tests.service.processes import until
from tests.service.promise import Promise, with_words
from tests.service.weather import bad_weather

INCIDENTS = 60
"""Enough for three machines to meet at the same incidents, documents and pushes all the time: it is
when they meet that breaks something, not how much there is."""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, "postgresql", Remote) as made:
        made.hasty = True
        made.every("15s")  # each look meets the weather, too
        yield made


@pytest.mark.slow
def test_many_machines_lose_nothing_and_do_nothing_twice(here: Installation) -> None:
    account, promise = here.pagerduty.account, Promise(here, killed=True, compared=10)
    bad_weather(here)
    workers = [here.begin("work") for _ in range(3)]
    here.serve()
    for worker in workers:
        worker.wait_until_up()

    target = None
    for number in range(INCIDENTS):
        items = [f"Repair number {number}-{place}" for place in range(number % 3)]
        if number % 20 == 7 and target is not None:
            merged = open_incident(account, items[:1])
            merged.merge_into(target, now(), who(target))
            promise.left_out.append(merged)
            here.deliver(here.event("resolved", merged))
            continue
        one = resolved_incident(account, items, urgency="low" if number % 20 == 3 else "high")
        (promise.left_out if one.urgency == "low" else promise.drafted).append(one)
        target = one if number % 20 == 5 else target
        if number % 3:  # the others' webhooks are lost
            here.deliver(*[here.event("resolved", one)] * (number % 3))

    until(lambda: len(here.documents.documents()) > INCIDENTS // 5, "a good part of the documents")
    workers[0].kill()
    _write(promise, "early")
    until(lambda: len(here.documents.documents()) > INCIDENTS // 2, "most of the documents")
    assert workers[1].stop() in {0, 1}
    here.begin("work").wait_until_up()
    _write(promise, "late")
    promise.hold()


def _write(promise: Promise, when: str) -> None:
    """Let people work on some of the documents that there are."""
    there = [one for one in promise.drafted if promise.here.documents.of(one.id)]
    for one in there[::12]:
        promise.edit(one, _thoughts(f"{when}, about {one.number}"))


def _thoughts(on: str) -> Edit:
    row, words = f"What was planned {on} |  | High", f"What was thought {on}."
    return lambda text: with_words(with_rows(text, (row,)), words)
