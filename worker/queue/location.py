"""Where the queue keeps its jobs, told from where the program keeps its memory."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from connectors.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class InFile:
    """A SQLite file of the queue's own, beside the program's."""

    path: Path

    @property
    def url(self) -> str:
        """The address under which the engine opens it."""
        return f"sqlite:///{self.path}"


@dataclass(frozen=True, slots=True)
class OnServer:
    """PostgreSQL: the engine keeps its tables in a schema of its own, ``dbos``."""

    url: str


Location = InFile | OnServer


def exists(database_url: str) -> bool:
    """Tell whether a queue may have been kept there: a file is made by its first process."""
    place = locate(database_url)
    return isinstance(place, OnServer) or place.path.exists()


def locate(database_url: str) -> Location:
    """Read ``POSTMORTEM_DATABASE_URL``.

    For ``sqlite:///postmortem.db`` the jobs are in ``postmortem.queue.db``: SQLite has one writer
    at a time, and a webhook must not wait for a long write of the journal. Raises
    ``ConfigurationError`` for what is neither SQLite nor PostgreSQL, without repeating a password.
    """
    try:
        url = sa.make_url(database_url)
    except sa.exc.ArgumentError:
        raise ConfigurationError(
            "The database address cannot be read.",
            "Write it as sqlite:///file or postgresql://user:password@host/database.",
        ) from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ConfigurationError(
                "The queue cannot be kept in memory: jobs must survive the process.",
                "Name a file: sqlite:///postmortem.db.",
            )
        path = Path(url.database).absolute()
        if not path.parent.is_dir():
            raise ConfigurationError(
                f"There is no directory {path.parent} to keep the queue in.",
                "Create it, or name another file in POSTMORTEM_DATABASE_URL.",
            )
        return InFile(path.with_suffix(f".queue{path.suffix}"))
    if backend == "postgresql":
        plain = url.set(drivername="postgresql")
        return OnServer(plain.render_as_string(hide_password=False))
    raise ConfigurationError(
        f"The queue cannot be kept in {backend}.",
        "Use sqlite:///file or postgresql://user:password@host/database.",
    )
