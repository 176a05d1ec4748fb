"""An incident's parts are read side by side, and all that is told of them is as it was."""

import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from connectors.incidents import IncidentId, Reference
from connectors.pacing.rate_limit import NoPace
from connectors.pacing.side_by_side import AT_A_TIME, Begun, in_order
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.reading.merged_incidents import notes_of
from connectors.pagerduty.reading.missing_parts import MissingParts, PlanLimits
from connectors.pagerduty.sandbox import scenarios
from connectors.pagerduty.sandbox.scenarios.checkout_storm import (
    CHECKOUT,
    MIRA,
    STORM_ID,
    STORM_START,
)
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.pagerduty.transport import PagerDutyTransport
from connectors.retry import RetryPolicy
from connectors.sandbox import Fault

STORM = IncidentId(STORM_ID)
BIG = IncidentId("Q9BIGINCIDENT9")
BIG_LOG = f"GET /incidents/{BIG}/log_entries"
AWAY = 0.3


@pytest.fixture(scope="module")
def sandbox() -> Iterator[PagerDutySandbox]:
    with PagerDutySandbox() as server:
        scenarios.load(server.account)
        scenarios.big(server.account, alerts=250, log_entries=1_150)
        yield server


@pytest.fixture
def pagerduty(sandbox: PagerDutySandbox) -> Iterator[PagerDuty]:
    sandbox.forget()
    sandbox.faults.clear()
    sandbox.recorder.latency, sandbox.recorder.most_at_once = 0.0, None
    sandbox.recorder.busiest = 0
    client = PagerDuty(sandbox.api_key, sandbox.url, policy=RetryPolicy(first_wait=0.05))
    yield client
    client.close()


def test_parts_are_read_at_once(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    near = pagerduty.record(STORM)
    sandbox.recorder.latency = AWAY
    begun = time.monotonic()
    assert pagerduty.record(STORM) == near
    assert (time.monotonic() - begun) / AWAY < 6  # two, and what a busy machine takes; ten in a row
    assert sandbox.recorder.busiest >= 3


def test_pages_are_read_four_at_a_time_and_none_beyond_the_last(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.recorder.latency = AWAY
    record = pagerduty.record(BIG)
    assert record.missing == ()
    times = [one.created_at for one in record.log_entries]
    assert len(times) == 1_150
    assert times == sorted(times)
    asked = [dict(one.query) for one in sandbox.served if str(one) == BIG_LOG]
    assert sorted(int(one["offset"]) for one in asked) == list(range(0, 1_150, 100))
    assert [one["total"] for one in asked if "total" in one] == ["true"]
    assert sum("/alerts" in call for call in sandbox.calls()) == 3
    assert sandbox.recorder.busiest <= 6 + 2 * AT_A_TIME


def test_pages_that_fail_side_by_side_are_told_once_and_those_before_them_kept(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.recorder.latency = 0.05
    sandbox.fault(Fault(rf"/incidents/{BIG}/log_entries", 500, times=None, skip=3))
    record = pagerduty.record(BIG)
    (missing,) = record.missing
    assert missing.reason.startswith(
        f"Some log entries are missing: PagerDuty answered {BIG_LOG} with 500"
    )
    assert 100 <= len(record.log_entries) <= 300
    assert pagerduty.record(STORM).missing == ()  # nor is the site taken to be down


def test_pages_that_are_shorter_than_thought_skip_nothing(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    def halve(answer: dict[str, list[object]]) -> object:
        return {**answer, "log_entries": answer["log_entries"][:50], "more": True}

    sandbox.fault(Fault(rf"/incidents/{BIG}/log_entries", change=halve, skip=2, times=3))
    assert len(pagerduty.record(BIG).log_entries) == 1_150


def test_a_service_that_takes_few_requests_at_once_is_asked_again(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.recorder.latency, sandbox.recorder.most_at_once = 0.02, 5
    record = pagerduty.record(STORM)
    assert record.missing == ()
    assert len(record.log_entries) == 72


def test_what_was_merged_is_found_beside_the_rest(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    (merged,) = pagerduty.record(STORM).merged_incidents
    assert merged.name.startswith("#")
    asked = [dict(one.query) for one in sandbox.served if one.path == "/incidents"]
    since = (STORM_START - timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {one["since"] for one in asked} == {since}


def test_what_people_wrote_on_merged_incidents_is_read_at_once() -> None:
    with PagerDutySandbox() as server:
        target = server.account.open(CHECKOUT, "All is slow", at=STORM_START, by=MIRA)
        sources = []
        for number in range(4):
            source = server.account.open(CHECKOUT, f"No {number}", at=STORM_START, by=MIRA)
            source.note(f"Seen {number}", STORM_START + timedelta(minutes=number + 1), MIRA)
            source.merge_into(target, STORM_START + timedelta(minutes=9), MIRA)
            sources.append(Reference(source.id, f"No {number}"))
        transport = PagerDutyTransport(server.api_key, server.url, 30, RetryPolicy(), NoPace())
        server.recorder.latency = AWAY
        server.fault(Fault(rf"/incidents/{sources[2].id}/notes", 400))
        gaps = MissingParts(transport, PlanLimits())
        notes = notes_of(transport, gaps, sources)
        assert [note.content for note in notes] == ["Seen 0", "Seen 1", "Seen 3"]
        assert [one.part for one in gaps.missing] == ["notes of merged incidents"]
        assert server.recorder.busiest >= 6  # of eight requests; one by one it is one
        transport.close()


def test_results_come_in_order_and_an_error_in_its_turn_once_all_have_ended() -> None:
    begun, ended = [], []

    def work(number: int) -> int:
        begun.append(number)
        time.sleep(0.05 if number % 2 else 0.01)
        ended.append(number)
        if number == 5:
            raise ValueError("five")
        return number

    taken: list[int] = []
    with pytest.raises(ValueError, match="five"):
        taken.extend(in_order(partial(work, number) for number in range(50)))
    assert taken == [0, 1, 2, 3, 4]
    assert sorted(begun) == sorted(ended)
    assert max(begun) < 15


def test_no_more_is_begun_where_nobody_wants_more() -> None:
    begun: list[int] = []
    results = in_order(partial(begun.append, number) for number in range(1_000_000))
    next(results)
    results.close()  # type: ignore[attr-defined]  # a generator's
    count = len(begun)
    time.sleep(0.02)
    assert len(begun) <= count + AT_A_TIME < 1_000_000


def test_a_result_that_was_taken_is_not_kept() -> None:
    class Page:
        pass

    made: list[weakref.ref[Page]] = []

    def page() -> Page:
        page = Page()
        made.append(weakref.ref(page))
        return page

    results = in_order([page] * 4, at_a_time=1)
    for number, result in enumerate(results):
        assert result is made[number]()
        assert all(one() is None for one in made[: max(number - 1, 0)])
        del result
    assert len(made) == 4


def test_an_error_goes_to_whoever_wants_the_result() -> None:
    def fails() -> None:
        raise ValueError("no")

    one = Begun(fails)
    with pytest.raises(ValueError, match="no"):
        one.result()
    assert threading.current_thread() is threading.main_thread()


ASKING = """
import sys
from connectors.incidents import IncidentId, Reference
from connectors.pacing.rate_limit import NoPace
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.reading.merged_incidents import notes_of
from connectors.pagerduty.reading.missing_parts import MissingParts, PlanLimits
client = PagerDuty(sys.argv[1], sys.argv[2])
print("asking", flush=True)
client.record(IncidentId(sys.argv[3]))
"""


def test_ctrl_c_ends_it_at_once(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    sandbox.recorder.latency = 20
    words = [sys.executable, "-c", ASKING, sandbox.api_key, sandbox.url, STORM]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        process.stdout.readline()
        while not sandbox.recorder.busiest:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.wait(15)  # the answers take longer
    assert pagerduty is not None
