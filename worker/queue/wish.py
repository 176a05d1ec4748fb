"""A job as it is asked for, and what is stored for it."""

import uuid
from dataclasses import dataclass, replace

from worker.jobs.results import Trigger
from worker.jobs.wanted import Wanted
from worker.queue import ids
from worker.queue.desk import Request
from worker.queue.records import Asked

_PEOPLE = frozenset({Trigger.PAGE, Trigger.COMMAND})


@dataclass(frozen=True, slots=True)
class Wish:
    """A job to ask for, as ``Queue.enqueue`` takes it.

    ``first_at`` is when the work was first asked for (seconds since 1970), None for now.
    """

    incident: str
    trigger: Trigger
    wanted: Wanted | None = None
    event_id: str = ""
    delay: float | None = None
    once: bool = False
    first_at: float | None = None


def request(wish: Wish, settle: float, pauses: int, now: float) -> Request:
    """Name the job and say what is stored for it.

    ``settle`` is how many seconds a webhook's job waits, ``pauses`` after how many failures a job
    is given up, ``now`` is the time by the clock of all machines. Raises ``PayloadError`` where the
    incident cannot be an id.
    """
    usual = settle if wish.trigger is Trigger.WEBHOOK else 0.0
    wait = usual if wish.delay is None else wish.delay
    event = wish.event_id or f"{wish.trigger}-{uuid.uuid4().hex[:12]}"
    wanted = wish.wanted or Wanted()
    asked = Asked(
        wish.incident,
        wish.trigger,
        covered_from=now + wait / 2,
        failed=pauses if wish.once else 0,
        wanted=replace(wanted, asked=wanted.asked or wish.trigger in _PEOPLE),
        first=now if wish.first_at is None else wish.first_at,
    )
    return Request(ids.first(wish.incident, event), asked, wait)
