"""Reminding people while the program serves: a look at what is late, again and again.

Each process on the database looks by itself, at once when it starts; that a channel is told at
most once in a period, whoever looks, the journal sees to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from config.settings import Settings
from worker.jobs.context import JobContext
from worker.jobs.reminding.digests import may_be_due, send_digests
from worker.jobs.reminding.reminders import ChannelDigest, DigestState, KnownTexts
from worker.journal.incident_locks import BusyElsewhere
from worker.log import Log
from worker.queue.schedule import Rounds

LOOK_EVERY = 15.0
"""Seconds between looks at whether a digest is due, which cost one query."""
log = Log(__name__)


@contextmanager
def reminding(context: JobContext, settings: Settings) -> Iterator[None]:
    """Remind people, in a thread of its own, for as long as the block lasts.

    Nobody is, where no period, or neither a channel nor an address, is set.
    """
    asked = context.policy.reminders
    if asked.every is None or not (context.announces or asked.notify):
        yield
        return
    rounds = Rounds("reminders", _Reminding(context, settings).look)
    rounds.start()
    try:
        yield
    finally:
        rounds.stop()


class _Reminding:
    """The looks of one process."""

    def __init__(self, context: JobContext, settings: Settings) -> None:
        self._context = context
        self._settings = settings
        self._known = KnownTexts()
        self._looked: datetime | None = None

    def look(self) -> float:
        """Post what is due, unless it is quiet; give in how many seconds to look again.

        Documents are gone through no more often than the schedule looks for work.
        """
        every = self._context.policy.reminders.every or timedelta(days=1)
        pause = min(LOOK_EVERY, every.total_seconds())
        now = self._context.clock()
        if self._settings.is_quiet(now) or not may_be_due(self._context):
            return pause
        between = min(self._settings.schedule.every, every)
        if self._looked is not None and now - self._looked < between:
            return pause
        self._looked = now
        try:
            found = send_digests(self._context, self._known)
        except BusyElsewhere:
            return pause
        if any(one.state is DigestState.UNKNOWN for one in found):
            self._looked = None  # it is looked for again as soon as it may be told
        for one in found:
            _log_digest(one)
        return pause


def _log_digest(digest: ChannelDigest) -> None:
    if digest.problem:
        log.warning("A digest was not posted.", failure=digest.problem)
    elif digest.state is DigestState.POSTED:
        log.info("A digest was posted.", channel=digest.channel, next_at=digest.next_at)
