"""The memory of what services are like: a row for each thing that one told, with its age.

Also how the last scheduled look failed, until one succeeds, and which digests were not sent.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from worker.journal.database import Database
from worker.journal.sqlite_files import JournalError
from worker.journal.tables import put, service_memory
from worker.log import Log

log = Log(__name__)


class ServiceMemory:
    """What services told, in an open database; ``clock`` gives aware UTC times.

    A database that does not answer is as one that knows nothing: then the service is asked.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def get(self, name: str, longest: float) -> str | None:
        """Give what is remembered under a name, for so many seconds at the longest."""
        oldest = self._clock() - timedelta(seconds=longest)
        table = service_memory
        query = select(table.c.value).where(table.c.name == name, table.c.at > oldest.isoformat())
        try:
            with self._database.begin() as connection:
                found: str | None = connection.scalar(query)
        except (SQLAlchemyError, JournalError) as error:
            log.info("what a service told could not be looked up", error=str(error))
            return None
        return found

    def put(self, name: str, value: str) -> None:
        """Remember what was told just now."""
        values = {"value": value, "at": self._clock().isoformat()}
        try:
            with self._database.begin() as connection:
                put(connection, service_memory, {"name": name}, values)
        except (SQLAlchemyError, JournalError) as error:
            log.info("what a service told could not be kept", error=str(error))

    def forget(self, beginning: str) -> None:
        """Forget all whose name begins so."""
        table = service_memory
        query = delete(table).where(table.c.name.startswith(beginning, autoescape=True))
        try:
            with self._database.begin() as connection:
                connection.execute(query)
        except (SQLAlchemyError, JournalError) as error:
            log.warning("What a service told could not be forgotten.", error=str(error))


_LAST_LOOK = "last scheduled look"
_LONGEST = timedelta(days=7)
"""After which nobody has looked for long, and the last failure tells nothing."""
_LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class FailedLook:
    """A scheduled look that failed: when it ended, why, and when the next one is (aware UTC)."""

    at: datetime
    failures: tuple[str, ...]
    next_at: datetime

    def sentence(self, now: datetime) -> str:
        """Tell it; where the next one should have been over by ``now``, that too."""
        at, next_at = (f"{one:%Y-%m-%d %H:%M} UTC" for one in (self.at, self.next_at))
        follows = f"The next is at {next_at}."
        if now - self.next_at > _LATE:
            follows = f"The next was due at {next_at}: is `postmortem serve` or `work` running?"
        return f"The scheduled look of {at} failed: {' '.join(self.failures)} {follows}"

    @classmethod
    def read(cls, kept: str) -> Self:
        """Read what :meth:`kept` gave."""
        at, failures, next_at = json.loads(kept)
        return cls(datetime.fromisoformat(at), tuple(failures), datetime.fromisoformat(next_at))

    def kept(self) -> str:
        """Give it as it is kept."""
        return json.dumps([self.at.isoformat(), self.failures, self.next_at.isoformat()])


class LastLook:
    """How the last scheduled look failed, in an open database; ``clock`` gives aware UTC times."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._memory = ServiceMemory(database, clock)

    def failed(self) -> FailedLook | None:
        """Give the last look, None where it did not fail or nobody has looked for long."""
        kept = self._memory.get(_LAST_LOOK, _LONGEST.total_seconds())
        return FailedLook.read(kept) if kept else None

    def keep(self, look: FailedLook) -> None:
        """Remember that the last look failed."""
        self._memory.put(_LAST_LOOK, look.kept())

    def forget(self) -> None:
        """Remember no failure: a look succeeded."""
        self._memory.forget(_LAST_LOOK)


_FAILED_DIGESTS = "failed digests"
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class FailedDigest:
    """A digest that was not sent, since when that is so, and why."""

    since: datetime
    problem: str

    @property
    def sentence(self) -> str:
        """Tell it."""
        return f"Since {self.since:%Y-%m-%d %H:%M} UTC: {self.problem}"


class FailedDigests:
    """Which digests were not sent, by the channel or address, in an open database."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._memory = ServiceMemory(database, clock)
        self._clock = clock

    def every(self) -> Mapping[str, FailedDigest]:
        """Give those that were not sent when it was last tried."""
        kept = self._memory.get(_FAILED_DIGESTS, _YEAR.total_seconds()) or "{}"
        return {
            named: FailedDigest(datetime.fromisoformat(since), problem)
            for named, (since, problem) in json.loads(kept).items()
        }

    def keep(self, problems: Mapping[str, str]) -> None:
        """Remember what failed just now, and nothing else; what failed before keeps its time."""
        before, now = self.every(), self._clock()
        since = {name: before[name].since if name in before else now for name in problems}
        told = {name: [since[name].isoformat(), one] for name, one in problems.items()}
        if told:
            self._memory.put(_FAILED_DIGESTS, json.dumps(told))
        elif before:
            self._memory.forget(_FAILED_DIGESTS)
