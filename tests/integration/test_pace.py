"""How requests are spaced, and that each request a connector sends has its permit."""

from collections.abc import Callable
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreachable
from connectors.incidents import IncidentId
from connectors.jira.client import Jira
from connectors.jira.sandbox import API_TOKEN, EMAIL, JiraSandbox
from connectors.pacing.rate_limit import BURST, LocalPace, OnHold, OverBudget, Rate
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.sandbox import scenarios
from connectors.pagerduty.sandbox.scenarios.checkout_storm import STORM_ID
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.retry import Circuit, Retrier, Retryable, RetryPolicy
from connectors.sandbox import Fault

AT_ONCE = RetryPolicy(sleep=lambda _: None)


class Takers:
    """Takes permits at given times; ``granted`` are the times from which each was good."""

    def __init__(self, rate: Rate) -> None:
        self.now = 5_000.0
        self.granted: list[float] = []
        self.pace = LocalPace("Jira", rate, clock=lambda: self.now, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.granted[-1] += seconds

    def take(self) -> None:
        self.granted.append(self.now)
        try:
            self.pace.take()
        except OverBudget:
            self.granted.pop()
            raise


class Counted:
    """A pace that never waits, and counts."""

    def __init__(self) -> None:
        self.taken = 0

    def take(self) -> None:
        self.taken += 1


gaps = st.lists(st.one_of(st.just(0.0), st.floats(0, 0.5), st.floats(0, 90)), max_size=150)
"""How many seconds lie between one taker's coming and the next one's."""


@given(gaps, st.integers(1, 120))
def test_no_minute_holds_more_permits_than_the_limit_and_the_burst(
    schedule: list[float], limit: int
) -> None:
    takers = Takers(Rate(limit, longest_wait=1e6))
    for gap in schedule:
        takers.now += gap
        takers.take()
    granted = takers.granted
    assert granted == sorted(granted)
    for start in granted:
        within = [time for time in granted if start <= time < start + 60]
        assert len(within) <= limit + takers.pace.rate.burst


@given(gaps, st.integers(1, 120))
def test_no_permit_comes_later_than_the_limit_demands(schedule: list[float], limit: int) -> None:
    takers = Takers(Rate(limit, longest_wait=1e6))
    for gap in schedule:
        takers.now += gap
        takers.take()
    came = list(accumulate(schedule, initial=5_000.0))[1:]
    for number, granted in enumerate(takers.granted):
        if granted <= came[number] + 1e-6:
            continue
        burst = takers.pace.rate.burst
        assert number >= burst
        assert granted - takers.granted[number - burst] <= 60 / limit * burst + 1e-6


def test_after_a_pause_a_burst_goes_at_once_and_the_rest_evenly() -> None:
    takers = Takers(Rate(60))
    for _ in range(BURST + 3):
        takers.take()
    waits = [round(time - takers.now, 6) for time in takers.granted]
    assert waits == [0] * BURST + [1, 2, 3]


def test_a_small_limit_has_a_small_burst() -> None:
    assert Rate(3).burst == 3
    assert Rate(900).burst == BURST


def test_a_limit_below_one_call_a_minute_is_refused() -> None:
    with pytest.raises(ValueError, match="one permit a minute at least"):
        Rate(0)


def test_a_wait_that_is_too_long_is_told_and_takes_no_permit() -> None:
    takers = Takers(Rate(1, longest_wait=60))
    takers.take()
    takers.take()
    with pytest.raises(
        OverBudget, match=r"1 requests .* Jira .* for 120 s.*again in 120 s"
    ) as told:
        takers.take()
    assert told.value.again_in == 120
    takers.now += 60
    takers.take()
    assert [time - 5_000 for time in takers.granted] == [0, 60, 120]


def test_a_clock_that_is_set_back_stops_nobody() -> None:
    takers = Takers(Rate(1))
    takers.take()
    takers.now -= 86_400
    takers.take()
    takers.take()
    assert [time - takers.now for time in takers.granted[1:]] == [0, 60]


def attempts(*errors: Exception) -> Callable[[], str]:
    left = list(errors)

    def attempt() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return attempt


def test_every_attempt_takes_a_permit() -> None:
    pace = Counted()
    again = Retryable(Unreachable("The site is down."))
    retrier = Retrier("Jira", AT_ONCE, Circuit(), pace)
    assert retrier.run(attempts(again, again), repeatable=True) == "done"
    assert pace.taken == 3


def test_a_budget_that_is_used_up_sends_nothing_and_says_nothing_of_the_site() -> None:
    """The circuit goes on counting: a site that is down is not up because nobody asked it."""
    circuit = Circuit(limit=2)
    used_up = LocalPace("Jira", Rate(1, longest_wait=0))
    used_up.take()
    down = Retryable(Unreachable("The site is down."))

    def ask(pace: Counted | LocalPace, *errors: Exception) -> None:
        once = RetryPolicy(attempts=1)
        Retrier("Jira", once, circuit, pace).run(attempts(*errors), repeatable=True)

    with pytest.raises(Unreachable, match="is down"):
        ask(Counted(), down)
    with pytest.raises(OverBudget):
        ask(used_up, AssertionError("it was sent"))
    with pytest.raises(Unreachable, match="is down"):
        ask(Counted(), down)
    with pytest.raises(Unreachable, match="2 times in a row"):
        ask(Counted())


def test_every_request_to_pagerduty_has_a_permit() -> None:
    pace = Counted()
    with PagerDutySandbox() as sandbox:
        scenarios.load(sandbox.account)
        sandbox.fault(Fault(".*/notes", 429, {"ratelimit-reset": "1"}))
        client = PagerDuty(sandbox.api_key, sandbox.url, policy=AT_ONCE, pace=pace)
        client.record(IncidentId(STORM_ID))
        client.check()
        client.close()
        assert pace.taken == len(sandbox.calls()) > 10


def test_every_request_to_jira_has_a_permit() -> None:
    pace = Counted()
    with JiraSandbox() as sandbox:
        sandbox.fault(Fault("myself", 429))
        client = Jira(sandbox.url, email=EMAIL, api_token=API_TOKEN, policy=AT_ONCE, pace=pace)
        client.labelled("postmortem")
        client.check("OPS", "Task")
        client.close()
        assert pace.taken == len(sandbox.calls()) > 5


def test_a_hold_from_before_is_waited_out_where_it_is_short_and_told_where_it_is_long() -> None:
    now, slept = 5_000.0, [0.0]
    short = LocalPace("Jira", Rate(60), lambda: now + sum(slept), slept.append, held_for=20)
    short.take()
    short.take()
    assert slept == [0.0, 20.0]
    long = LocalPace("Jira", Rate(60), lambda: now, slept.append, held_for=61)
    with pytest.raises(OnHold) as told:
        long.take()
    assert told.value.again_in == 61
    now += 61
    long.take()
    assert slept == [0.0, 20.0]
