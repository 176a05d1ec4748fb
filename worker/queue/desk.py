"""Where jobs are asked for and looked at: what fails at once while the database is gone.

The engine itself waits for its database for as long as it takes, which is right for a job under
way and wrong for a webhook: PagerDuty must be told within five seconds that an event was not
stored, and the thread that tells it must be free again for the next one.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus, error

from connectors.errors import Unreachable
from worker.queue.engine import APPLICATION, file_engine
from worker.queue.location import InFile, Location
from worker.queue.names import INCIDENT_JOB, INCIDENTS
from worker.queue.records import ASKED, Asked

PATIENCE = 3
"""Seconds to wait for a connection, a lock or a statement."""

_CONNECTIONS = 4
_AT_ONCE = 500
_COLUMNS = (
    "workflow_uuid",
    "name",
    "status",
    "queue_partition_key",
    "created_at",
    "started_at_epoch_ms",
    "delay_until_epoch_ms",
)


@dataclass(frozen=True, slots=True)
class Request:
    """One job to store under its name; ``delay`` is in how many seconds it may begin."""

    job: str
    asked: Asked
    delay: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """The jobs that wait, and for how many seconds the first of them could have begun."""

    waiting: int = 0
    oldest: float = 0.0


class Desk:
    """Connections of its own to the queue's database. All methods may raise ``Unreachable``."""

    def __init__(self, location: Location) -> None:
        self._rows = sa.table(
            "workflow_status",
            *map(sa.column, _COLUMNS),
            schema=None if isinstance(location, InFile) else "dbos",
        )
        self._engine = _engine(location)
        self._client = DBOSClient(
            system_database_engine=self._engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def put(self, requests: Sequence[Request]) -> None:
        """Store jobs, all or none; a name that is there already stays as it is."""
        if not requests:
            return
        with self._told(), self._engine.begin() as connection:
            for one in requests:
                stored = ASKED.dump_python(one.asked, mode="json")
                self._client.enqueue_in_transaction(connection, options(one), stored)

    def list(self, **which: object) -> Sequence[WorkflowStatus]:
        """List jobs, as the engine's ``list_workflows`` does."""
        with self._told():
            return self._client.list_workflows(**which)  # type: ignore[arg-type]  # passed on

    def ended_well(self, incidents: Sequence[str], since: datetime) -> Sequence[str]:
        """Name the jobs of these incidents that began since then and ended in no error."""
        rows = self._rows
        query = sa.select(rows.c.workflow_uuid).where(
            rows.c.name == INCIDENT_JOB,
            rows.c.status == "SUCCESS",
            rows.c.started_at_epoch_ms >= since.timestamp() * 1000,
        )
        with self._told(), self._engine.connect() as connection:
            parts = [incidents[at : at + _AT_ONCE] for at in range(0, len(incidents), _AT_ONCE)]
            found = [query.where(rows.c.queue_partition_key.in_(part)) for part in parts]
            return [job for one in found for job in connection.execute(one).scalars()]

    def backlog(self) -> Backlog:
        """Count the incidents' jobs that wait."""
        rows = self._rows
        due = sa.func.coalesce(rows.c.delay_until_epoch_ms, rows.c.created_at)
        query = sa.select(sa.func.count(), sa.func.min(due)).where(
            rows.c.name == INCIDENT_JOB, rows.c.status.in_(("ENQUEUED", "DELAYED"))
        )
        with self._told(), self._engine.connect() as connection:
            waiting, first = connection.execute(query).one()
        late = 0.0 if first is None else time.time() - first / 1000
        return Backlog(waiting, max(0.0, late))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in a sentence what went wrong, and begin anew with the connections.

        One that was opened while a file could only be read never writes to it.
        """
        try:
            yield
        except (sa.exc.SQLAlchemyError, error.DBOSException) as why:
            self._engine.dispose()
            first_line = str(getattr(why, "orig", None) or why).strip().partition("\n")[0]
            raise Unreachable(
                f"The queue's database cannot be used: {first_line}.",
                "Check POSTMORTEM_DATABASE_URL, and that the place has room and can be written.",
            ) from why

    def close(self) -> None:
        """Let go of the connections."""
        self._client.destroy()
        self._engine.dispose()


def options(request: Request) -> EnqueueOptions:
    """Say to the engine what is asked for."""
    told: EnqueueOptions = {
        "workflow_name": INCIDENT_JOB,
        "queue_name": INCIDENTS,
        "workflow_id": request.job,
        "queue_partition_key": request.asked.incident,
    }
    if request.delay > 0:
        told["delay_seconds"] = request.delay
    return told


def _engine(location: Location) -> sa.Engine:
    pool = {"pool_size": _CONNECTIONS, "max_overflow": 0, "pool_timeout": PATIENCE}
    if isinstance(location, InFile):
        return file_engine(location, PATIENCE, **pool)
    return sa.create_engine(
        sa.make_url(location.url).set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": PATIENCE,
            "tcp_user_timeout": PATIENCE * 1000,
            "options": f"-c statement_timeout={PATIENCE * 1000}",
        },
        **pool,
    )
