"""Work that recurs: what runs, and how often."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from connectors.errors import ConfigurationError
from worker.queue.policy import JobOutcome

_SIXTIETHS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
_OF_A_DAY = (1, 2, 3, 4, 6, 8, 12)

_CRON: Mapping[timedelta, str] = MappingProxyType(
    {timedelta(seconds=n): f"*/{n} * * * * *" for n in _SIXTIETHS}
    | {timedelta(minutes=n): f"0 */{n} * * * *" for n in _SIXTIETHS}
    | {timedelta(hours=n): f"0 0 */{n} * * *" for n in _OF_A_DAY}
    | {timedelta(days=1): "0 0 0 * * *"}
)
"""Every interval that cron can say: those that divide a minute, an hour or a day.

The expressions have six fields: second, minute, hour, day, month, weekday.
"""


@dataclass(frozen=True, slots=True)
class Schedule:
    """``run`` is called every ``every``, by one process at a time of all on the database."""

    name: str
    every: timedelta
    run: Callable[[], JobOutcome]


def cron(every: timedelta) -> str:
    """Write an interval as a cron expression with seconds.

    Raises ``ConfigurationError`` for one that cron cannot say, naming the nearest that it can.
    """
    expression = _CRON.get(every)
    if expression is None:
        raise ConfigurationError(
            f"An interval of {every} cannot be scheduled, since it divides neither a minute, "
            "nor an hour, nor a day.",
            f"Use {nearest(every)}, for instance.",
        )
    return expression


def nearest(every: timedelta) -> timedelta:
    """Give the longest interval that can be scheduled and is no longer than ``every``."""
    return max((step for step in _CRON if step <= every), default=min(_CRON))
