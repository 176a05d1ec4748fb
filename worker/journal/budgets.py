"""Budgets of requests that all processes on one database share.

What ``connectors.rate_limit`` keeps in memory is a row here. A permit is one statement: it reserves
the next turn, and whoever took it waits afterwards, without a connection or a lock. A process that
ends while it waits wastes that one turn.
"""

import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine, TextClause, text

from connectors.rate_limit import Rate
from worker.journal.database import connected

_SERVER_CLOCK = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS double precision)"
_TAKE = """
INSERT INTO budgets (name, next_at) VALUES (:name, {now} + :spacing)
ON CONFLICT (name) DO UPDATE SET next_at = :spacing + CASE
    WHEN budgets.next_at BETWEEN {now} AND {now} + :furthest THEN budgets.next_at ELSE {now} END
WHERE budgets.next_at - :head_start - {now} <= :longest_wait
    OR budgets.next_at > {now} + :furthest
RETURNING next_at - :spacing - :head_start - {now}
"""
_LOOK = "SELECT next_at - :head_start - {now} FROM budgets WHERE name = :name"


class SharedPace:
    """A budget by the rule of ``connectors.rate_limit.Rate``, kept in the table ``budgets``.

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
        now = _SERVER_CLOCK if asks_server else "CAST(:now AS double precision)"
        self._take, self._look = text(_TAKE.format(now=now)), text(_LOOK.format(now=now))

    def take(self) -> None:
        """Wait for a permit. Raises ``OverBudget``, with ``again_in``, where that takes long."""
        wait = self._ask(self._take)
        if wait is None:
            raise self._rate.over_budget(self._name, max(0.0, self._ask(self._look) or 0.0))
        if wait > 0:
            self._sleep(wait)

    def _ask(self, question: TextClause) -> float | None:
        rate = self._rate
        with self._one_by_one, connected(self._engine) as connection:
            values: dict[str, str | float] = {
                "name": self._name,
                "now": self._clock(),
                "spacing": rate.spacing,
                "head_start": rate.head_start,
                "furthest": rate.furthest,
                "longest_wait": rate.longest_wait,
            }
            answer: float | None = connection.scalar(question, values)
        return answer
