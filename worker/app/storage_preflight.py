"""What `postmortem check` looks at on the disk and in the database, and changes in neither."""

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import packages_distributions
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings
from config.values import DirectoryLocation
from connectors.errors import Finding
from worker.journal.database import sqlite_path
from worker.journal.revisions import NEWEST, knows, revision
from worker.journal.sqlite_files import HELD, OWN_IT
from worker.locks import unpooled
from worker.queue.jobs_database import InFile, locate

_PROOF = 262_144
"""Bytes that are written, and taken back, to see whether there is room."""
_LITTLE = 100 * 2**20
"""Bytes left on a disk at which a warning is due."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DISTRIBUTION = "postmortem-worker"
_OWN_PACKAGES = ("config", "connectors", "worker")
_MADE_LATER = "does not exist yet; the first command that needs it makes it"
_CHECK_URL = "Check POSTMORTEM_DATABASE_URL"


def installation_findings() -> Iterator[Finding]:
    """Say where another distribution has put files into our packages: one replaces the other's."""
    claims = packages_distributions()
    for package in _OWN_PACKAGES:
        others = {one for one in claims.get(package, ()) if one.replace("_", "-") != _DISTRIBUTION}
        if others:
            yield Finding(
                f"Package {package}",
                warning=f"{' and '.join(sorted(others))} is installed here too, with a package of "
                "that name, so either may have replaced files of the other.",
                remedy=f"Install {_DISTRIBUTION} in an environment of its own, as pipx does.",
            )


def database_findings(settings: Settings) -> Iterator[Finding]:
    """Say whether the database can be used; one that does not exist is not made."""
    url = settings.sqlalchemy_url
    if not url.startswith("sqlite"):
        yield _server(url)
        return
    path = sqlite_path(url)
    if path is None:
        yield Finding("Database", "in memory, so it is gone when the process ends")
        return
    is_folder = os.path.isdir(path)  # noqa: PTH112 - its like raises where nobody may look
    others = [] if is_folder else list(_of_another_user(path))
    yield from others
    if not others:
        yield _missing_file(path) if not os.path.lexists(path) else _file(path)
    if path.parent.is_dir():
        yield from _queue(url)


def disk_findings(settings: Settings) -> Iterator[Finding]:
    """Say where a disk is full or nearly so: that of the documents, and that of the database."""
    url = settings.sqlalchemy_url
    path = sqlite_path(url) if url.startswith("sqlite") else None
    places = [("the database", path.parent)] if path is not None else []
    if isinstance(settings.documents, DirectoryLocation):
        places.append(("the documents", settings.documents.path))
    for name, folder in places:
        if folder.is_dir():
            yield from _room(f"Disk of {name}", folder)


def _room(subject: str, folder: Path) -> Iterator[Finding]:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:  # a quota shows at a write alone
            file.write(bytes(_PROOF))
            file.flush()
            os.fsync(file.fileno())
        state = os.statvfs(folder)
    except OSError as error:
        if error.errno in _FULL:
            problem = f"{folder} has no room left ({error.strerror})."
            yield Finding(subject, problem=problem, remedy="Free some space, or raise the quota.")
        return  # what else is refused is told where the place itself is looked at
    left = state.f_bavail * state.f_frsize
    if left < _LITTLE:
        yield Finding(
            subject,
            warning=f"{folder} has {left // 2**20} MiB left.",
            remedy="Free some space before it is full.",
        )


def _of_another_user(path: Path) -> Iterator[Finding]:
    """Name what lies there that this user may not write: SQLite itself tells with a write alone."""
    beside = [f"{path.name}{end}" for end in ("", "-wal", "-shm", ".lock", ".locks")]
    there = [one for one in map(path.with_name, beside) if _is_there(one)]
    foreign = [one.name for one in there if not os.access(one, os.R_OK | os.W_OK)]
    if foreign:
        yield Finding(
            "Database",
            problem=f"{' and '.join(foreign)} in {path.parent} cannot be read and written.",
            remedy=OWN_IT,
        )


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # its folder is another user's; that is told as a folder to write in
        return False


def _missing_file(path: Path) -> Finding:
    folder = path.parent
    if not folder.is_dir():
        problem = f"{path} cannot be made: there is no folder {folder}."
        return Finding("Database", problem=problem, remedy=f"Make it. {_CHECK_URL}.")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            "Database",
            problem=f"{path} cannot be made in {folder} ({error.strerror}).",
            remedy="Let the user that runs this program write there.",
        )
    return Finding("Database", f"{path} {_MADE_LATER}")


def _file(path: Path) -> Finding:
    """Open an SQLite file as it is, and begin a transaction that writes nothing."""
    if not path.is_file():
        problem = f"{path} is no file."
        return Finding("Database", problem=problem, remedy=f"{_CHECK_URL}.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
            release = _release(database)
    except (sqlite3.Error, OSError) as error:
        if "locked" in str(error):
            told = f"{path} is being written to by another process, so it was not looked at."
            return Finding("Database", warning=told, remedy=HELD)
        return Finding(
            "Database",
            problem=f"{path} cannot be used: {error}.",
            remedy=f"{_CHECK_URL}, and that the user that runs this program may write the file and "
            "its folder. A file that is damaged may be moved away: that costs look-ups, no tickets "
            "or words.",
        )
    return _told_release(str(path), release)


def _queue(url: str) -> Iterator[Finding]:
    """Say where the file of the jobs, beside the database, is none or cannot be opened."""
    place = locate(url)
    if not isinstance(place, InFile) or not os.path.lexists(place.path):
        return
    reason = "it is no file"
    if place.path.is_file():
        try:
            address = f"{place.path.resolve().as_uri()}?mode=rw"
            with closing(sqlite3.connect(address, uri=True)) as database:
                database.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall()
                return
        except (sqlite3.Error, OSError) as error:
            reason = str(error)
    if "locked" in reason:
        told = f"{place.path} is held by another process, so it was not looked at."
        yield Finding("Queue", warning=told, remedy=HELD)
        return
    yield Finding(
        "Queue",
        problem=f"Jobs are kept in {place.path}, which cannot be used: {reason}.",
        remedy="Let the user that runs this program read and write it, or move it away: a new "
        "one is made.",
    )


def _release(database: sqlite3.Connection) -> str | None:
    try:
        row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    return str(row[0]) if row else None


def _server(url: str) -> Finding:
    try:
        with unpooled(url).connect() as connection:
            read_only = connection.scalar(text("SHOW transaction_read_only")) == "on"
            release = revision(connection)
            name = str(connection.engine.url.database)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        problem = f"It does not answer: {reason}."
        return Finding("Database", problem=problem, remedy=f"{_CHECK_URL}.")
    if read_only:
        return Finding(
            "Database",
            problem=f"{name} can only be read: it may be a standby.",
            remedy="Name the primary server in POSTMORTEM_DATABASE_URL.",
        )
    return _told_release(name, release)


def _told_release(name: str, release: str | None) -> Finding:
    if release is None:
        return Finding("Database", f"{name} answers, and has no tables yet")
    if release == NEWEST:
        return Finding("Database", f"{name} answers, and its tables are up to date")
    if not knows(release):
        return Finding("Database", f"{name} answers, and its tables are of a newer release")
    return Finding("Database", f"{name} answers; the next start brings its tables up to date")
