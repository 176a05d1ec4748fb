"""An SQLite file of the program's: made for its user alone, and brought up to date in one step.

Python's driver begins no transaction before a statement that makes a table, so each would last by
itself, and a process that ended between two left tables that no start could go on from. Here the
transaction is begun by hand, which SQLite itself keeps whole (sqlite.org/lang_transaction.html).
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, event, func, inspect, select, table, text
from sqlalchemy.engine.interfaces import Dialect

from connectors.errors import PostmortemError
from worker.journal.revisions import NEWEST, bring_up_to_date, knows, revision
from worker.journal.tables import metadata

VERSIONS = "alembic_version"
"""The table in which the revision of the others stands."""
_SHOWN = 3
START_ANEW = (
    "Move the file away, and a new one is made: that costs look-ups, neither tickets nor words. "
    "A copy from a backup does as well."
)


OWN_IT = "Let the user that runs this program own it; whoever ran it first may own it now."
HELD = "Another process holds it: wait until that is done, or end it. Then run this again."
_JUNK = ("not a database", "malformed", "already exists", "no such")


class JournalError(PostmortemError):
    """The journal's database cannot be used."""


def first_line(error: Exception) -> str:
    """Give why a database failed; the statement, and what was in it, is left out."""
    told = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return told.rstrip(".") or type(error).__name__


def remedy_for(reason: str) -> str:
    """Say what to do where a database failed for that reason."""
    if "locked" in reason:
        return HELD
    if any(one in reason for one in _JUNK):
        return f"Check POSTMORTEM_DATABASE_URL. {START_ANEW}"
    return "Check POSTMORTEM_DATABASE_URL, and that the place has room and can be written."


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A database's file as it was when it was opened: who has it open still writes into it."""

    path: Path
    place: tuple[int, int]

    @classmethod
    def of(cls, engine: Engine) -> "OpenedFile | None":
        """Take in the file; None in memory, on a server, and for what is named in another way."""
        path = Path(engine.url.database or "").absolute()
        if engine.dialect.name != "sqlite" or not path.is_file():
            return None
        found = path.stat()
        return cls(path, (found.st_dev, found.st_ino))

    def must_be_there(self) -> None:
        """Raise ``JournalError`` where it was removed, or another took its place."""
        with suppress(OSError):
            found = self.path.stat()
            if (found.st_dev, found.st_ino) == self.place:
                return
        raise JournalError(
            f"The database file {self.path} was removed or replaced while this process has it "
            "open: what it remembers from now on is lost once it ends.",
            "Start the process again, on the file that shall stay.",
        )


def make_private(path: Path) -> None:
    """Make the file for its user alone, where there is none: documents' words will be in it.

    What SQLite puts beside it later (``-wal``, ``-shm``) gets the same mode. That it cannot be
    made is for SQLite to tell.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def keep_private(engine: Engine) -> Engine:
    """See to it that the file which the engine opens is made by :func:`make_private`."""

    @event.listens_for(engine, "do_connect")
    def make(_: Dialect, __: object, ___: Sequence[object], ____: dict[str, object]) -> None:
        if engine.url.database:
            make_private(Path(engine.url.database))

    return engine


def bring_file_up_to_date(engine: Engine) -> None:
    """Make the tables those of this release, all steps or none.

    Raises ``JournalError`` where they are another program's, and what SQLAlchemy does.
    """
    with engine.connect() as connection:
        if revision(connection) != NEWEST:
            connection.rollback()
            _take_steps_or_none(connection)
        else:
            refuse_others(connection)
        connection.rollback()
        # Once it is known to be ours; readers and the one writer then work at the same time.
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")


def _take_steps_or_none(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - it is connected
    driver.isolation_level = None  # the driver begins nothing by itself
    try:
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            take_steps(connection)
    finally:
        driver.isolation_level = ""


def take_steps(connection: Connection) -> None:
    """Make the tables those of this release, in the transaction that there is.

    Raises ``JournalError`` where there are others, or some are missing in the end.
    """
    if revision(connection) is None:
        _clear_what_was_begun(connection)
        _refuse_other_tables(connection)
    bring_up_to_date(connection)
    refuse_others(connection)


def refuse_others(connection: Connection) -> None:
    """Raise ``JournalError`` where tables lack what this release works with.

    Those of a newer release hold all of it, since tables only grow (ADR 6).
    """
    missing = _missing(connection)
    if not missing:
        return
    found = revision(connection) or ""
    if knows(found):
        raise JournalError(f"The database lacks {missing}.", START_ANEW)
    raise JournalError(
        f"The database has tables of revision {found[:40]!r}, which this release does not know, "
        f"and lacks {missing}: it is another program's, or of a much newer release.",
        "Name another database in POSTMORTEM_DATABASE_URL, or install the release that it is of.",
    )


def _missing(connection: Connection) -> str:
    """Name the first table or column that is not there, "" where all are."""
    there = _columns(connection)
    for name, wanted in metadata.tables.items():
        if name not in there:
            return f"the table {name}"
        for column in wanted.columns:
            if column.name not in there[name]:
                return f"the column {name}.{column.name}"
    return ""


def _columns(connection: Connection) -> Mapping[str, set[str]]:
    """Give each table's columns, with one statement: each command asks, of many tables."""
    if connection.dialect.name != "sqlite":
        found = inspect(connection).get_multi_columns()
        return {name: {one["name"] for one in columns} for (_, name), columns in found.items()}
    there: dict[str, set[str]] = {}
    for name, column in connection.exec_driver_sql(_EVERY_COLUMN):
        there.setdefault(name, set()).add(column)
    return there


_EVERY_COLUMN = (
    "SELECT t.name, c.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c "
    "WHERE t.type = 'table'"
)


def _refuse_other_tables(connection: Connection) -> None:
    others = sorted(set(inspect(connection).get_table_names()) - {VERSIONS})
    if not others:
        return
    named = ", ".join(others[:_SHOWN]) + (", …" if len(others) > _SHOWN else "")
    raise JournalError(
        f"The database holds tables that are not this program's, or not as it left them: {named}.",
        "Name another file in POSTMORTEM_DATABASE_URL. Where it was this program's own, move it "
        "away: a new one costs look-ups, neither tickets nor words.",
    )


def _clear_what_was_begun(connection: Connection) -> None:
    """Remove the empty tables of a first start that an earlier release left half done."""
    own = {*metadata.tables, VERSIONS}
    found = [one for one in inspect(connection).get_table_names() if one in own]
    rows = select(func.count())
    if not any(connection.scalar(rows.select_from(table(one))) for one in found):
        for name in found:
            connection.execute(text(f'DROP TABLE "{name}"'))
