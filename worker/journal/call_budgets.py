"""Budgets of requests that all processes on one database share.

What ``connectors.pacing.rate_limit`` keeps in memory is a row here. A permit is one statement: it
reserves the next turn, and whoever took it waits afterwards, without a connection or a lock. A
process that ends while it waits wastes that one turn.
"""

import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine, TextClause, text

from connectors.pacing.rate_limit import LONGEST_HOLD, Rate, on_hold
from worker.journal.database import Database, connected

_SERVER_CLOCK = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS double precision)"
_GIVEN_CLOCK = "CAST(:now AS double precision)"
_HELD = """
SELECT next_at - {now} FROM budgets
WHERE name = :hold AND next_at > {now} AND next_at <= {now} + :longest_hold
"""
_HOLD = """
INSERT INTO budgets (name, next_at) VALUES (:hold, {now} + :seconds)
ON CONFLICT (name) DO UPDATE SET next_at = {now} + :seconds
WHERE budgets.next_at < {now} + :seconds OR budgets.next_at > {now} + :longest_hold
"""
_TAKE = """
INSERT INTO budgets (name, next_at) SELECT :name, {now} + :spacing
WHERE NOT EXISTS ({held})
ON CONFLICT (name) DO UPDATE SET next_at = :spacing + CASE
    WHEN budgets.next_at BETWEEN {now} AND {now} + :furthest THEN budgets.next_at ELSE {now} END
WHERE budgets.next_at - :head_start - {now} <= :longest_wait
    OR budgets.next_at > {now} + :furthest
RETURNING next_at - :spacing - :head_start - {now}
"""
_HOLDS = """
SELECT name, next_at - {now} FROM budgets
WHERE name LIKE :holds AND next_at > {now} AND next_at <= {now} + :longest_hold
"""
_ON_HOLD = ": on hold"
_LOOK = "SELECT next_at - :head_start - {now} FROM budgets WHERE name = :name"


def holds(database: Database) -> dict[str, float]:
    """Give for how many seconds services still want to be left alone, by name.

    A dry run heeds them: it shares no budget, for that would be written.
    """
    with database.begin() as connection:
        asks_server = connection.dialect.name == "postgresql"
        question = _HOLDS.format(now=_SERVER_CLOCK if asks_server else _GIVEN_CLOCK)
        values = {"holds": f"%{_ON_HOLD}", "longest_hold": LONGEST_HOLD}
        values |= {} if asks_server else {"now": time.time()}
        found = connection.execute(text(question), values).all()
    return {name.removesuffix(_ON_HOLD): seconds for name, seconds in found}


class SharedPace:
    """A budget by the rule of ``connectors.pacing.rate_limit.Rate``, kept in the table ``budgets``.

    ``name`` is the service's; processes that give the same one share the budget. ``clock`` gives
    seconds, and is the database's own on PostgreSQL unless one is given.
    """

    def __init__(
        self,
        engine: Engine,
        name: str,
        rate: Rate,
        *,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Touch nothing yet; the database's tables are up to date."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._name = name
        self._rate = rate
        self._clock = clock or time.time
        self._sleep = sleep
        self._one_by_one = threading.Lock()
        asks_server = clock is None and engine.dialect.name == "postgresql"
        now = _SERVER_CLOCK if asks_server else _GIVEN_CLOCK
        held = _HELD.format(now=now)
        self._held, self._hold = text(held), text(_HOLD.format(now=now))
        self._take = text(_TAKE.format(now=now, held=held))
        self._look = text(_LOOK.format(now=now))

    def take(self) -> None:
        """Wait for a permit.

        Raises ``OutOfQuota``, with ``again_in``, where that takes long, or where the service asked
        one of the processes to be left alone for now.
        """
        wait = self._ask(self._take)
        if wait is None and (held := self._ask(self._held)):
            if held > self._rate.longest_wait:
                raise on_hold(self._name, held)
            self._sleep(held)
            wait = self._ask(self._take)
        if wait is None:
            raise self._rate.over_budget(self._name, max(0.0, self._ask(self._look) or 0.0))
        if wait > 0:
            self._sleep(wait)

    def hold(self, seconds: float) -> None:
        """Give nobody a permit for so long."""
        with self._one_by_one, connected(self._engine) as connection:
            connection.execute(self._hold, self._values(min(seconds, LONGEST_HOLD)))

    def _ask(self, question: TextClause) -> float | None:
        with self._one_by_one, connected(self._engine) as connection:
            answer: float | None = connection.scalar(question, self._values())
        return answer

    def _values(self, seconds: float = 0.0) -> dict[str, str | float]:
        rate = self._rate
        return {
            "name": self._name,
            "hold": f"{self._name}{_ON_HOLD}",
            "seconds": seconds,
            "longest_hold": LONGEST_HOLD,
            "now": self._clock(),
            "spacing": rate.spacing,
            "head_start": rate.head_start,
            "furthest": rate.furthest,
            "longest_wait": rate.longest_wait,
        }
