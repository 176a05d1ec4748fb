"""The people that the sandbox Jira knows, all of them invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. ``handle`` is the user name on Data Center; Cloud has none.

    ``email_hidden`` is the person's wish, which Cloud heeds.
    """

    name: str
    handle: str
    email: str
    email_hidden: bool = False
    active: bool = True
    assignable: bool = True
    account_type: str = "atlassian"

    @property
    def account_id(self) -> str:
        """Give the Cloud account id, always the same for the same handle."""
        digest = sha256(self.handle.encode()).digest()
        return f"712020:{UUID(bytes=digest[:16])}"


def person(name: str, *, hidden: bool = False) -> Person:
    """Invent a person who can be assigned, with handle and e-mail after the name."""
    handle = name.lower().replace(" ", ".")
    return Person(name, handle, f"{handle}@example.com", email_hidden=hidden)


PEOPLE: Sequence[Person] = (
    person("Mira Castellan"),
    person("Jonas Thorvald"),
    person("Aiko Brandt"),
    person("Tomasz Wieczorek", hidden=True),
    person("Lena Okafor"),
    person("Lena Okafor-Lind"),
    person("Priya Ramaswamy"),
    Person("Sam Whitlock", "sam.whitlock", "sam.whitlock@example.com", active=False),
    Person("Postmortem Robot", "postmortem.robot", "postmortem@example.com", account_type="app"),
)
"""The people of the invented shop; one left, one hides her address, two begin alike."""
ROBOT = PEOPLE[-1]
"""Whose credentials the sandbox accepts."""
