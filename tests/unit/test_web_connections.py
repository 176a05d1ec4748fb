"""Which connections the web server lets go of, and when, with a clock of the test's own."""

from dataclasses import dataclass, field

import pytest

from worker.web.limits.idle_connections import LONGEST, ConnectionPhase, ConnectionRegister


@dataclass(eq=False)
class Standing:
    """A connection that stands in a phase since some second."""

    phase: ConnectionPhase
    since: float
    gone: bool = field(default=False)

    def look(self) -> ConnectionPhase:
        return self.phase

    def let_go(self) -> None:
        self.gone = True


def register(*connections: Standing, most: int = 100, now: float = 0.0) -> ConnectionRegister:
    made = ConnectionRegister(most, lambda: now)
    made._all = dict.fromkeys(connections)
    made._sweeping = object()
    return made


@pytest.mark.parametrize("phase", LONGEST)
def test_who_takes_too_long_in_a_phase_is_let_go(phase: ConnectionPhase) -> None:
    late, early = Standing(phase, -LONGEST[phase] - 1), Standing(phase, -LONGEST[phase] + 1)
    register(late, early).sweep()
    assert (late.gone, early.gone) == (True, False)


def test_work_has_no_limit_here() -> None:
    working = Standing(ConnectionPhase.WORKING, -1e6)
    register(working).sweep()
    assert not working.gone


@pytest.mark.parametrize("phase", LONGEST)
def test_for_a_new_one_goes_who_lets_us_wait_for_longest(phase: ConnectionPhase) -> None:
    old, new = Standing(phase, 1), Standing(ConnectionPhase.HEAD, 2)
    working = Standing(ConnectionPhase.WORKING, 0)
    made = register(working, old, most=3)
    made.add(new)
    assert not old.gone
    newer = Standing(ConnectionPhase.HEAD, 3)
    made.add(newer)
    assert [one.gone for one in (old, new, newer, working)] == [True, *[False] * 3]


def test_where_requests_are_too_many_one_that_lags_goes_and_no_idle_connection() -> None:
    idle, working = Standing(ConnectionPhase.HEAD, 0), Standing(ConnectionPhase.WORKING, 0)
    body, unread = Standing(ConnectionPhase.BODY, 5), Standing(ConnectionPhase.UNREAD, 1)
    made = register(idle, unread, body, working)
    assert made.make_room()
    assert unread.gone
    assert made.make_room()
    assert body.gone
    assert not made.make_room()
    assert (idle.gone, working.gone) == (False, False)
