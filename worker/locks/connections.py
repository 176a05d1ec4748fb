"""Connections to a PostgreSQL database: how many, and how a dead end of one is noticed."""

from contextlib import closing

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool

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
