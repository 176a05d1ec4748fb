"""The one retry layer: what is repeated, how long it waits, when it gives up on a site."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import ConnectorError, NotFound, OutOfQuota, Rejected, Unreachable
from connectors.pacing.rate_limit import NoPace
from connectors.retry import Circuit, Retrier, Retryable, RetryPolicy, seconds_to_wait

NOW = datetime(2026, 10, 14, 12, 0, 0, tzinfo=UTC)
DOWN = Unreachable("The site is down.", "Look at the network.")


class Script:
    """An attempt that does one thing after another, and counts."""

    def __init__(self, *steps: Exception | str) -> None:
        self._steps = list(steps)
        self.made = 0

    def __call__(self) -> str:
        step = self._steps[min(self.made, len(self._steps) - 1)]
        self.made += 1
        if isinstance(step, Exception):
            raise step
        return step


class Run:
    """Runs scripts with a clock that only waits advance; ``waits`` are its sleeps."""

    def __init__(self, **policy: float) -> None:
        self.waits: list[float] = []
        self.now = 1000.0
        self.policy = RetryPolicy(
            sleep=self._sleep,
            random=lambda: 0.0,
            **policy,  # type: ignore[arg-type]  # numbers by the names of the policy's fields
        )
        self.circuit = Circuit(limit=2, rest=60.0, clock=lambda: self.now)

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def __call__(self, attempt: Callable[[], str], *, repeatable: bool = True) -> str:
        retrier = Retrier("Jira", self.policy, self.circuit, NoPace())
        return retrier.run(attempt, repeatable=repeatable)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e9", None),
        ("1_000", None),
        ("\u0661\u0662", None),
        ("9" * 400, None),
        ("Wed, 14 Oct 2026 12:00:30 GMT", 30.0),
        ("Wed, 14 Oct 2026 14:00:30 +0200", 30.0),
        ("Wed, 14 Oct 2026 12:00:30 -0000", 30.0),
        ("Wednesday, 14-Oct-26 12:00:30 GMT", 30.0),
        ("Wed, 14 Oct 2026 11:00:00 GMT", 0.0),
        ("Wed, 99 Oct 2026 12:00:30 GMT", None),
        ("2026-10-14T12:00:30Z", None),
    ],
)
def test_retry_after_is_read_as_seconds(header: str | None, seconds: float | None) -> None:
    assert seconds_to_wait(header, NOW) == seconds


@given(st.text(max_size=60))
def test_no_retry_after_header_breaks_the_reading(header: str) -> None:
    seconds = seconds_to_wait(header, NOW)
    assert seconds is None or 0 <= seconds < float("inf")


def test_a_good_attempt_is_made_once() -> None:
    run, script = Run(), Script("answer")
    assert run(script) == "answer"
    assert (script.made, run.waits) == (1, [])


def test_a_read_is_repeated_with_growing_pauses() -> None:
    run, script = (
        Run(first_wait=0.5),
        Script(Retryable(DOWN), Retryable(DOWN), Retryable(DOWN), "answer"),
    )
    assert run(script) == "answer"
    assert run.waits == [0.5, 1.0, 2.0]


def test_the_last_error_is_raised_when_no_attempt_is_left() -> None:
    run, script = Run(attempts=3), Script(Retryable(DOWN))
    with pytest.raises(Unreachable, match="The site is down"):
        run(script)
    assert script.made == 3


def test_one_attempt_means_no_repetition() -> None:
    run, script = Run(attempts=1), Script(Retryable(DOWN))
    with pytest.raises(Unreachable):
        run(script)
    assert (script.made, run.waits) == (1, [])


@pytest.mark.parametrize(
    ("asked", "waited"), [(None, 0.5), (0.0, 0.5), (0.1, 0.5), (7.0, 7.0), (60.0, 60.0)]
)
def test_what_the_service_asks_for_is_waited_but_never_less_than_the_back_off(
    asked: float | None, waited: float
) -> None:
    run = Run()
    run(Script(Retryable(DOWN, wait=asked), "answer"))
    assert run.waits == [waited]


def test_pauses_grow_no_further_than_the_longest_wait() -> None:
    policy = RetryPolicy(first_wait=1.0, longest_wait=5.0, random=lambda: 0.0)
    assert [policy.pause(attempt, None) for attempt in (1, 2, 3, 4, 40)] == [1, 2, 4, 5, 5]


@given(st.floats(0, 1), st.integers(1, 20), st.one_of(st.none(), st.floats(0, 60)))
def test_jitter_only_lengthens_a_pause_and_at_most_by_its_share(
    chance: float, attempt: int, asked: float | None
) -> None:
    plain = RetryPolicy(jitter=0.0).pause(attempt, asked)
    jittered = RetryPolicy(jitter=0.25, random=lambda: chance).pause(attempt, asked)
    assert plain <= jittered <= plain * 1.25


def test_too_long_a_wait_ends_the_call_at_once_and_says_when_to_come_back() -> None:
    run, script = Run(longest_wait=60.0), Script(Retryable(DOWN, wait=3599.2))
    with pytest.raises(OutOfQuota, match=r"The site is down\. Try again in 3600 s\."):
        run(script)
    assert (script.made, run.waits) == (1, [])


def test_out_of_quota_carries_the_seconds() -> None:
    with pytest.raises(OutOfQuota) as caught:
        Run()(Script(Retryable(DOWN, wait=3599.2, maybe_done=False)), repeatable=False)
    assert caught.value.again_in == 3599.2


@pytest.mark.parametrize("wait", [None, 1.0, 3600.0])
def test_a_create_that_may_have_happened_is_never_repeated_nor_called_out_of_quota(
    wait: float | None,
) -> None:
    run, script = Run(), Script(Retryable(DOWN, wait=wait, maybe_done=True), "second ticket")
    with pytest.raises(Unreachable):
        run(script, repeatable=False)
    assert script.made == 1


def test_a_create_that_surely_did_not_happen_is_repeated() -> None:
    run, script = Run(), Script(Retryable(DOWN, wait=2.0, maybe_done=False), "ticket")
    assert run(script, repeatable=False) == "ticket"
    assert run.waits == [2.0]


def test_a_create_is_given_up_once_it_may_have_happened() -> None:
    run = Run()
    script = Script(
        Retryable(DOWN, maybe_done=False), Retryable(DOWN, maybe_done=True), "second ticket"
    )
    with pytest.raises(Unreachable):
        run(script, repeatable=False)
    assert script.made == 2


@pytest.mark.parametrize("error", [NotFound("No such thing."), KeyError("a bug")])
def test_every_other_error_passes_at_once(error: Exception) -> None:
    run, script = Run(), Script(error)
    with pytest.raises(type(error)):
        run(script)
    assert script.made == 1


def test_the_raised_error_holds_the_attempt_as_its_cause() -> None:
    with pytest.raises(Unreachable) as caught:
        Run(attempts=1)(Script(Retryable(DOWN)))
    assert isinstance(caught.value.__cause__, Retryable)


def fail(run: Run, error: ConnectorError = DOWN) -> None:
    with pytest.raises(type(error)):
        run(Script(Retryable(error)))


def test_the_circuit_opens_after_calls_in_a_row_that_ended_unreachable() -> None:
    run = Run(attempts=1)
    fail(run)
    fail(run)
    script = Script("answer")
    with pytest.raises(Unreachable, match="Jira did not answer 2 times in a row") as caught:
        run(script)
    assert script.made == 0
    assert caught.value.remedy == "Try again in 60 s."


def test_an_open_circuit_tells_the_seconds_that_are_left() -> None:
    run = Run(attempts=1)
    fail(run)
    fail(run)
    run.now += 49.5
    with pytest.raises(Unreachable, match="again in 11 s"):
        run(Script("answer"))


def test_after_its_rest_the_circuit_lets_one_call_try_and_closes_when_it_succeeds() -> None:
    run = Run(attempts=1)
    fail(run)
    fail(run)
    run.now += 60
    assert run(Script("answer")) == "answer"
    fail(run)
    assert run(Script("answer")) == "answer"


def test_after_its_rest_the_circuit_opens_again_when_the_one_call_fails() -> None:
    run = Run(attempts=1)
    fail(run)
    fail(run)
    run.now += 60
    fail(run)
    with pytest.raises(Unreachable, match="3 times in a row"):
        run(Script("answer"))


@pytest.mark.parametrize(
    "between",
    [
        Script("answer"),
        Script(NotFound("No such thing.")),
        Script(Retryable(Rejected("No."))),
        Script(Retryable(OutOfQuota("Too many."), maybe_done=False)),
    ],
)
def test_any_answer_shows_that_the_site_is_up(between: Script) -> None:
    run = Run(attempts=1)
    fail(run)
    with contextlib.suppress(ConnectorError):
        run(between)
    fail(run)
    assert run(Script("answer")) == "answer"


def test_a_call_that_is_unreachable_without_asking_to_be_repeated_counts_too() -> None:
    run = Run(attempts=1)
    for _ in range(2):
        with pytest.raises(Unreachable, match="The site is down"):
            run(Script(DOWN))
    with pytest.raises(Unreachable, match="in a row"):
        run(Script("answer"))


LIMITED = OutOfQuota("Too many requests.", "Later.")


def held(wait: float) -> Retryable:
    return Retryable(LIMITED, wait=wait, holds=True, maybe_done=False)


def test_a_wait_that_was_named_to_one_call_holds_for_every_other_until_it_is_over() -> None:
    run, other = Run(), Script("answer")
    with pytest.raises(OutOfQuota):
        run(Script(held(3600.0)))
    with pytest.raises(OutOfQuota, match=r"Jira asked for no more .* again in 3600 s") as caught:
        run(other)
    assert (other.made, caught.value.again_in) == (0, 3600.0)
    run.now += 3550
    assert run(other) == "answer"
    assert run.waits == [50.0]
    assert run(other) == "answer"
    assert run.waits == [50.0]


def test_a_wait_that_was_waited_out_holds_nobody_up_afterwards() -> None:
    run = Run()
    assert run(Script(held(7.0), "answer")) == "answer"
    assert run(Script("another")) == "another"
    assert run.waits == [7.0]


def test_a_quota_by_the_hour_holds_for_every_call_too() -> None:
    run = Run()
    with pytest.raises(OutOfQuota):
        run(Script(OutOfQuota("Used up.", again_in=900.0)))
    with pytest.raises(OutOfQuota, match="again in 900 s"):
        run(Script("answer"))


def test_the_wait_of_one_call_that_failed_alone_is_its_own() -> None:
    run = Run()
    with pytest.raises(OutOfQuota):
        run(Script(Retryable(DOWN, wait=3600.0)))
    assert run(Script("answer")) == "answer"


def test_no_wait_holds_for_longer_than_a_day() -> None:
    run = Run()
    with pytest.raises(OutOfQuota):
        run(Script(held(1e11)))
    run.now += 86_400
    assert run(Script("answer")) == "answer"


def test_an_outage_is_told_soon_though_each_answer_asks_for_a_little_patience() -> None:
    run, script = Run(), Script(Retryable(DOWN, wait=5.0))
    with pytest.raises(Unreachable):
        run(script)
    assert (script.made, run.waits) == (2, [5.0])


def test_a_limit_is_waited_for_longer_than_an_outage() -> None:
    run, script = Run(), Script(held(5.0))
    with pytest.raises(OutOfQuota):
        run(script)
    assert (script.made, run.waits) == (4, [5.0, 5.0, 5.0])
