"""Locks that go with their holder, for whoever works beside others: none outlives a crash.

By a file, for the processes and threads of one machine. They are those of flock(2), by way of
``filelock``. Where a file system has none it is an error: the lock that would come instead is a
file that a killed process leaves behind.

By PostgreSQL, for all machines on one database: its advisory locks, and the connections they need.
Such a lock belongs to a connection and goes with it, so it wants one that is neither pooled nor in
a transaction: see :func:`connections`. A pooler in between must pool by session. A dead end of a
connection must be noticed, or the lock outlives its machine.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import (
    URL,
    BigInteger,
    BindParameter,
    Connection,
    Engine,
    Integer,
    create_engine,
    event,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from filelock import FileLock

FIRST_USE = Lock()
"""Held by a thread that loads modules at their first use: of two that load modules which load each
other, Python lets one go on with what is loaded in part (`importlib`'s way out of a deadlock)."""

_LOOK_AT_FILE = 0.01
"""Seconds between two looks whether a lock is free."""


@contextmanager
def file_held(path: Path, seconds: float) -> Iterator[int]:
    """Hold the lock meanwhile, and give its descriptor.

    A child that is given the descriptor keeps the lock if it outlives the one who started it, but
    not beyond this block. The folder is made. Raises ``TimeoutError`` where the lock is not free
    for ``seconds``.
    """
    descriptors: list[int] = []
    lock = _lock(path, descriptors.append)
    with lock.acquire(timeout=seconds, poll_interval=_LOOK_AT_FILE):
        yield descriptors[0]


def take_file(path: Path) -> "FileLock | None":
    """Take the lock until it is let go or this process ends; None where another holds it."""
    from filelock import Timeout  # noqa: PLC0415 - as below

    lock = _lock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock


def remove_file(lock: "FileLock") -> None:
    """Let go of a lock that nobody will need again, and remove its file.

    In this order, so that whoever opened the file meanwhile finds that it is no longer the one.
    """
    Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()


def _lock(path: Path, on_acquired: Callable[[int], None] | None = None) -> "FileLock":
    from filelock import FileLock  # noqa: PLC0415 - for who writes

    # Held by the object, not the thread: one thread may take a lock, and another let it go.
    return FileLock(path, thread_local=False, fallback_to_soft=False, on_acquired=on_acquired)


KEPT = 4
AT_MOST = 8
"""How many connections a process has to the journal besides one for each lock that it holds.

None is held longer than one short transaction takes, and none while another is waited for.
"""
PATIENCE = 30.0
"""Seconds to wait for one of them."""

_NOTICE_A_DEAD_SERVER = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}


def pooled(url: str, patience: float = PATIENCE) -> Engine:
    """Give an engine that keeps connections and waits ``patience`` seconds for a free one."""
    engine = create_engine(
        url,
        pool_size=KEPT,
        max_overflow=AT_MOST - KEPT,
        pool_timeout=patience,
        pool_pre_ping=True,
        connect_args=_NOTICE_A_DEAD_SERVER,
    )
    return _noticing(engine)


def unpooled(url: str | URL) -> Engine:
    """Give an engine that closes each connection after its use."""
    return _noticing(create_engine(url, poolclass=NullPool, connect_args=_NOTICE_A_DEAD_SERVER))


def _noticing(engine: Engine) -> Engine:
    event.listen(engine, "connect", _notice_a_dead_client)
    return engine


def _notice_a_dead_client(connection: DBAPIConnection, _record: object) -> None:
    """Let the server free the locks of a machine that vanished after half a minute, not two hours.

    Its own defaults are the system's (postgresql.org/docs/current/runtime-config-connection.html).
    """
    settings = (("idle", 10), ("interval", 5), ("count", 4))
    with closing(connection.cursor()) as cursor:
        cursor.execute(
            "; ".join(f"SET tcp_keepalives_{name} = {value}" for name, value in settings)
        )
    connection.commit()


_LOOK_AGAIN = 0.05
"""Seconds between two looks whether a lock is free."""

Key = tuple[int] | tuple[int, int]
"""What tells one lock from another in a database: a number of 64 bits, or a kind and a number of 32
bits each; PostgreSQL keeps the two apart. All releases must agree on them."""


def number(name: str, size: int) -> int:
    """Give a number of ``size`` bytes for a lock's name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:size], "big", signed=True)


def connections(url: str | URL) -> Engine:
    """Give an engine for connections that hold locks."""
    return unpooled(url).execution_options(isolation_level="AUTOCOMMIT")


def take(connection: Connection, key: Key) -> bool:
    """Take the lock for as long as the connection lasts; False where another holds it."""
    return bool(connection.scalar(select(func.pg_try_advisory_lock(*_numbers(key)))))


@contextmanager
def held(
    connection: Connection,
    key: Key,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[None]:
    """Hold the lock meanwhile. Raises ``TimeoutError`` where it is not free for ``seconds``."""
    until = clock() + seconds
    while not take(connection, key):
        if clock() >= until:
            raise TimeoutError
        time.sleep(_LOOK_AGAIN)
    try:
        yield
    finally:
        let_go(connection)


def let_go(connection: Connection) -> None:
    """Let go of all locks of the connection, before it is closed.

    The server notices later that it was closed; where this fails, that is how they go.
    """
    with suppress(SQLAlchemyError):
        connection.execute(select(func.pg_advisory_unlock_all()))


def take_for_transaction(connection: Connection, key: Key, seconds: float) -> None:
    """Hold the lock until the transaction ends.

    It waits for this lock, as for any other in the transaction, no longer than ``seconds``; then
    SQLAlchemy raises an error whose ``sqlstate`` is ``lock_not_available``.
    """
    connection.execute(text(f"SET LOCAL lock_timeout = {seconds * 1000:.0f}"))
    connection.execute(select(func.pg_advisory_xact_lock(*_numbers(key))))


def count(connection: Connection, kind: int) -> int:
    """Count the locks of a kind that are held in the connection's database."""
    query = text(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE l.locktype = 'advisory' AND l.classid = :kind AND l.objsubid = 2 AND l.granted"
        " AND d.datname = current_database()"
    )
    return int(connection.scalars(query, {"kind": kind}).one())


def _numbers(key: Key) -> list[BindParameter[int]]:
    return [literal(one, BigInteger if len(key) == 1 else Integer) for one in key]
