"""The one retry layer: what is repeated, how long it waits, and when it gives up on a site.

The client libraries' own retries are off. An attempt that is worth repeating raises
:class:`Retryable`; everything else passes through untouched.
"""

import math
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import tenacity

from connectors.errors import ConnectorError, OutOfQuota, Unreachable
from connectors.pacing.rate_limit import LONGEST_HOLD, OnHold, OverBudget, Pace, on_hold

T = TypeVar("T")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]*)?")


class Retryable(Exception):
    """One attempt failed in a way that may pass.

    ``error`` is what to raise when no attempt is left. ``wait`` is how many seconds the service
    asked for; where it ``holds``, for every request, as with a 429. ``maybe_done`` says that the
    request may have taken effect all the same (a timeout, a lost connection, a 5xx): only a read is
    repeated after that.
    """

    def __init__(
        self,
        error: ConnectorError,
        *,
        wait: float | None = None,
        holds: bool = False,
        maybe_done: bool = True,
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait
        self.holds = holds
        self.maybe_done = maybe_done


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long: seconds throughout.

    A service that asks for more than ``longest_wait`` is out of quota: the call ends at once and
    says when to come back, so that nobody's terminal hangs for an hour. One that is down is told as
    such before the pauses between attempts come to more than ``longest_outage``; a wait that it
    names is kept once all the same. No attempt begins when ``last_repeat`` is over.
    """

    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 60.0
    longest_outage: float = 8.0
    last_repeat: float = math.inf
    jitter: float = 0.25
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random

    def pause(self, attempt: int, asked: float | None) -> float:
        """Seconds before the next attempt: the larger of back-off and what was asked, jittered."""
        backoff = min(self.first_wait * 2.0 ** (attempt - 1), self.longest_wait)
        wait = max(backoff, asked or 0.0)
        return wait * (1 + self.jitter * self.random())


@dataclass(slots=True)
class Circuit:
    """Stops asking a site that is down, or that wants to be left alone.

    After ``limit`` calls in a row that ended unreachable, every further call fails at once until
    ``rest`` seconds have passed; then one call may try. So one run does not spend an hour on
    timeouts. A wait that the site named holds for every call, whichever it was named to.
    """

    limit: int = 3
    rest: float = 60.0
    clock: Callable[[], float] = time.monotonic
    _failures: int = field(default=0, init=False)
    _opened: float = field(default=0.0, init=False)
    _held_until: float = field(default=-math.inf, init=False)

    def before(self, service: str) -> None:
        """Raise ``Unreachable`` while the circuit is open."""
        left = self._opened + self.rest - self.clock()
        if self._failures >= self.limit and left > 0:
            raise Unreachable(
                f"{service} did not answer {self._failures} times in a row, "
                "so it is not asked again for now.",
                f"Try again in {math.ceil(left)} s.",
            )

    @property
    def held(self) -> float:
        """For how many seconds to come nothing may be asked."""
        return max(0.0, self._held_until - self.clock())

    def hold(self, seconds: float) -> None:
        """Ask nothing for so long, a day at most."""
        self._held_until = max(self._held_until, self.clock() + min(seconds, LONGEST_HOLD))

    def wait(self, seconds: float, sleep: Callable[[float], None]) -> None:
        """Sleep for so long; a hold that was to end meanwhile has ended then."""
        until, held = self._held_until, self.held
        sleep(seconds)
        if held <= seconds and self._held_until == until:
            self._held_until = -math.inf

    def succeeded(self) -> None:
        """Count an answer, of whatever kind: the site is up."""
        self._failures = 0

    def failed(self) -> None:
        """Count a call that ended unreachable."""
        self._failures += 1
        self._opened = self.clock()


@dataclass(frozen=True, slots=True)
class Retrier:
    """Runs attempts against one service, as often as ``policy``, ``circuit`` and ``pace`` let it.

    ``service`` names it in sentences. ``holds`` keeps the waits that it names, where they are
    another's than those of all that ``circuit`` is for: a service may count by method.
    """

    service: str
    policy: RetryPolicy
    circuit: Circuit
    pace: Pace
    holds: Circuit | None = None

    @property
    def _holding(self) -> Circuit:
        return self.holds or self.circuit

    def run(self, attempt: Callable[[], T], *, repeatable: bool) -> T:
        """Run ``attempt``, repeating it while it raises :class:`Retryable` and may be repeated.

        Every attempt takes a permit of ``pace`` first: one attempt, one request.
        ``repeatable`` is True for reads and for writes that are the same done twice. With False
        only an attempt that surely did nothing (``maybe_done=False``, such as a 429) is repeated.
        Raises the last attempt's error, or ``OutOfQuota`` where only too long a wait stands in the
        way, be it named to another call; an attempt that may have taken effect is never called out
        of quota.
        """

        def may_repeat(again: Retryable) -> bool:
            return repeatable or not again.maybe_done

        def worthwhile(error: BaseException) -> bool:
            return (
                isinstance(error, Retryable) and may_repeat(error) and not self._is_too_long(error)
            )

        self.circuit.before(self.service)
        retrying = tenacity.Retrying(
            before=lambda _: self._take_turn(),
            stop=self._is_over,
            wait=self._pause,
            retry=tenacity.retry_if_exception(worthwhile),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            result = retrying(lambda: self._attempted(attempt))
        except Retryable as again:
            self._count(again.error)
            if may_repeat(again) and again.wait is not None and self._is_too_long(again):
                raise OutOfQuota(
                    again.error.what,
                    f"Try again in {math.ceil(again.wait)} s.",
                    again_in=again.wait,
                ) from again
            raise again.error from again
        except (OverBudget, OnHold):
            raise
        except ConnectorError as error:
            self._count(error)
            raise
        self.circuit.succeeded()
        return result

    def run_once(self, attempt: Callable[[], T]) -> T | ConnectorError:
        """Run what must not be done twice; give the error where it may be done all the same.

        Raises as :meth:`run` does where surely nothing was done.
        """
        try:
            return self.run(attempt, repeatable=False)
        except ConnectorError as error:
            if isinstance(error.__cause__, Retryable) and error.__cause__.maybe_done:
                return error
            raise

    def _take_turn(self) -> None:
        """Wait until a request may be sent. Raises ``OutOfQuota`` where that takes long."""
        held = self._holding.held
        if held > self.policy.longest_wait:
            raise on_hold(self.service, held)
        if held:
            self._sleep(held)
        self.pace.take()

    def _attempted(self, attempt: Callable[[], T]) -> T:
        """Make an attempt, and keep for all requests the wait that is named to it."""
        try:
            return attempt()
        except Retryable as again:
            self._hold(again.wait if again.holds else None)
            raise
        except OutOfQuota as error:
            self._hold(error.again_in)
            raise

    def _hold(self, seconds: float | None) -> None:
        if seconds:
            self._holding.hold(seconds)
            if seconds > self.policy.longest_wait:
                self.pace.hold(seconds)

    def _sleep(self, seconds: float) -> None:
        self._holding.wait(seconds, self.policy.sleep)

    def _is_over(self, state: tenacity.RetryCallState) -> bool:
        """Tell whether no attempt is left, or a site is down for longer than a call waits."""
        if state.attempt_number >= self.policy.attempts:
            return True
        error = state.outcome.exception() if state.outcome else None
        limited = isinstance(error, Retryable) and isinstance(error.error, OutOfQuota)
        waited = state.idle_for + state.upcoming_sleep
        if not limited and (state.seconds_since_start or 0) >= self.policy.last_repeat:
            return True
        return not limited and state.attempt_number > 1 and waited > self.policy.longest_outage

    def _is_too_long(self, again: Retryable) -> bool:
        return again.wait is not None and again.wait > self.policy.longest_wait

    def _pause(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, Retryable) else None
        return self.policy.pause(state.attempt_number, asked)

    def _count(self, error: ConnectorError) -> None:
        if isinstance(error, Unreachable):
            self.circuit.failed()
        else:
            self.circuit.succeeded()


def seconds_to_wait(header: str | None, now: datetime | None = None) -> float | None:
    """Read a ``Retry-After`` value (RFC 9110, 10.2.3: seconds or an HTTP date) as seconds.

    Gives None where it is missing or cannot be read, never less than 0; fractions, which some
    servers send, are understood.
    """
    if header is None:
        return None
    text = header.strip()
    if _NUMBER.fullmatch(text):
        return max(0.0, float(text))
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())
