"""What is stored with a job, as JSON: its arguments and its result."""

from dataclasses import dataclass, field, replace
from typing import Self

from pydantic import TypeAdapter

from worker.jobs.wanted import Wanted
from worker.queue.policy import JobOutcome

_MOMENT = 0.001


@dataclass(frozen=True, slots=True)
class Asked:
    """One attempt as it was asked for.

    ``covered_from`` is a time (seconds since 1970, UTC): a run for the same incident that began
    at or after it has seen all that this attempt would see. ``failed`` counts the failed attempts
    before this one. ``first`` is when the work was first asked for, ``tried`` when the attempt
    before this one began (times as above; 0 where unknown).
    """

    incident: str
    trigger: str
    covered_from: float
    failed: int = 0
    wanted: Wanted = field(default_factory=Wanted)
    first: float = 0.0
    tried: float = 0.0

    def again(self, began: float, now: float, failed: int) -> Self:
        """Give the attempt that follows on a run which ``began`` then and has ended ``now``.

        That run does not cover it, though the clock was set back meanwhile.
        """
        since = max(now, began + _MOMENT)
        return replace(self, covered_from=since, failed=failed, tried=began)


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the function that was given to the queue; ``began`` is a time as above."""

    began: float
    outcome: JobOutcome
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True, slots=True)
class Ended:
    """How one attempt ended.

    ``ran`` is None where another job, ``covered_by``, had already done it. ``successor`` names
    the next attempt, "" where none follows.
    """

    ran: Ran | None = None
    covered_by: str = ""
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """How the last attempt ended, where none follows; ``began`` as above."""

    failures: tuple[str, ...] = ()
    began: float = 0.0


ASKED = TypeAdapter(Asked)
RAN = TypeAdapter(Ran)
ENDED = TypeAdapter(Ended)
FAILED = TypeAdapter(Failed)
