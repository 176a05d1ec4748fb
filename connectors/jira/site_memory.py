"""What a Jira site is and takes, kept with its age, so that a command need not ask anew each time.

Kept is what seldom changes: the kind of site and who we are to it for a day, people who were found
for an hour, the fields of a create for ten minutes, as long as a process keeps them. Nobody who was
*not* found is kept, for that is what people mend between two commands.
"""

import hashlib
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from connectors.connector import Memory
from connectors.jira.connection import JiraAccess
from connectors.jira.payloads import Site
from connectors.ticket_fields import CreateFields
from connectors.tickets import Account

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
DAY = 86_400.0
HOUR = 3_600.0
TEN_MINUTES = 600.0
_SITE, _FIELDS, _PEOPLE = TypeAdapter(Site), TypeAdapter(CreateFields), TypeAdapter(Account)


class SiteMemory:
    """What is remembered of one site, as seen with these credentials."""

    def __init__(self, memory: Memory | None, access: JiraAccess) -> None:
        """Remember nothing where there is no ``memory``.

        Credentials are told apart by a digest, for what is seen turns on them.
        """
        self._memory = memory
        secret = access.api_token or access.personal_token
        told = "\n".join((access.url, access.email, secret))
        self._own = f"jira {hashlib.sha256(told.encode()).hexdigest()[:24]}"

    def site(self) -> Site | None:
        """Give the site as it presented itself within a day."""
        return self._get(_SITE, "site", DAY)

    def keep_site(self, site: Site) -> None:
        """Remember a site that presented itself just now."""
        self._put(_SITE, "site", site)

    def fields(self, project: str, issue_type: str) -> CreateFields | None:
        """Give what a create took within ten minutes."""
        return self._get(_FIELDS, f"fields {project} {issue_type}", TEN_MINUTES)

    def keep_fields(self, project: str, issue_type: str, fields: CreateFields) -> None:
        """Remember what a create takes now."""
        self._put(_FIELDS, f"fields {project} {issue_type}", fields)

    def person(self, name: tuple[str, str, tuple[str, ...]]) -> Account | None:
        """Give the account that a name meant within an hour."""
        return self._get(_PEOPLE, f"person {name!r}", HOUR)

    def keep_person(self, name: tuple[str, str, tuple[str, ...]], account: Account) -> None:
        """Remember the account that a name means now."""
        self._put(_PEOPLE, f"person {name!r}", account)

    def forget(self) -> None:
        """Forget all of it: the site refused what should be good by it."""
        if self._memory is not None:
            self._memory.forget(f"{self._own} ")

    def _get(self, kind: TypeAdapter[T], name: str, longest: float) -> T | None:
        told = self._memory.get(f"{self._own} {name}", longest) if self._memory else None
        try:
            return kind.validate_json(told) if told else None
        except ValidationError:
            return None  # another release's

    def _put(self, kind: TypeAdapter[T], name: str, value: T) -> None:
        if self._memory is not None:
            self._memory.put(f"{self._own} {name}", kind.dump_json(value).decode())


class ExpiringCache(Generic[K, V]):
    """Keeps what was asked for ``seconds``, so that many rows cost one request.

    Not for longer: people join, and projects change, while the program runs.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Keep nothing yet; ``clock`` gives seconds."""
        self._seconds = seconds
        self._clock = clock
        self._kept: dict[K, tuple[float, V]] = {}

    def get(self, key: K, ask: Callable[[], V]) -> V:
        """Give what is kept under the key, else ask for it. Errors are not kept."""
        now = self._clock()
        kept = self._kept.get(key)
        if kept is not None and now - kept[0] < self._seconds:
            return kept[1]
        value = ask()
        self._kept[key] = (now, value)
        return value
