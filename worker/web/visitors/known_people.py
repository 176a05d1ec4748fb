"""Who people are: by the file that lists them, and by what a proxy says to which they sign in."""

import threading
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request

from config.page_users import PageUser, People, PeopleSettings, read_people
from config.problems import ConfigurationProblems
from worker.log import Log
from worker.web.visitors.origins import Malformed

_LONGEST_NAME = 200
_log = Log(__name__)


class PeopleFile:
    """The people of a file, which is read again when it changes.

    Where it cannot be read then, those stay who were in it, and the log says why: somebody is in
    the middle of changing it.
    """

    def __init__(self, path: Path) -> None:
        """Read it. Raises ``ConfigurationProblems``."""
        self._path = path
        self._lock = threading.Lock()
        self._state = self._stat()
        self._people = read_people(path)

    def __call__(self) -> People:
        """Give the people as they are listed now."""
        with self._lock:
            state = self._stat()
            if state != self._state:
                self._state = state
                self._read_again()
            return self._people

    def _read_again(self) -> None:
        try:
            self._people = read_people(self._path)
        except ConfigurationProblems as error:
            for problem in error.problems:
                _log.error("The people stay as they were.", why=problem)
        else:
            _log.info("Read who may come in.", people=len(self._people.listed))

    def _stat(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


class ProxiedPeople:
    """Whom a trusted proxy lets in, by the header in which it says so."""

    def __init__(self, settings: PeopleSettings, people: Callable[[], People]) -> None:
        """``people`` says what each may do; of others the settings say it."""
        self._settings = settings
        self._people = people

    def __call__(self, request: Request) -> PageUser | None:
        """Give who a request is from, None where no trusted proxy says so.

        Raises ``Malformed`` where it says so twice: then one of the two came from outside.
        """
        said = request.headers.getlist(self._settings.header or "")
        address = request.client.host if request.client else ""
        if not said or not self._settings.trusts(address):
            return None
        if len(said) > 1:
            raise Malformed("The request says twice who it is from.")
        name = _as_utf8(said[0]).strip()
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            return None
        known = self._people().called(name)
        email = name if "@" in name else ""
        return known or PageUser(name=name, email=email, role=self._settings.role)


def _as_utf8(value: str) -> str:
    """Read what a proxy wrote as UTF-8, which a header's bytes are not taken for."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
