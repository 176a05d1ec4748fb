"""The sandbox's projects and the workflow of their tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

SYSTEM_FIELDS: Mapping[str, str] = {
    "project": "Project",
    "issuetype": "Issue Type",
    "summary": "Summary",
    "description": "Description",
    "labels": "Labels",
    "priority": "Priority",
    "duedate": "Due date",
    "assignee": "Assignee",
    "components": "Components",
}
"""What can stand on a create screen without being anybody's invention: id → name."""
EPIC, SUBTASK = "Epic", "Sub-task"
EPIC_LINK, EPIC_NAME = "customfield_10006", "customfield_10007"
EPIC_FIELDS: Mapping[str, tuple[str, str]] = {
    "parent": ("Parent", ""),
    EPIC_LINK: ("Epic Link", "com.pyxis.greenhopper.jira:gh-epic-link"),
    EPIC_NAME: ("Epic Name", "com.pyxis.greenhopper.jira:gh-epic-label"),
}
"""The fields about epics: id → name and the kind of custom field. Cloud has the first alone."""


@dataclass(frozen=True, slots=True)
class ProjectField:
    """A field that a project's administrators made up; its values are texts."""

    id: str
    name: str
    required: bool = False
    default: bool = False


@dataclass
class Project:
    """A project; everything but its key and id may be changed while the server runs.

    ``screen`` are the system fields that a create may set, ``edit_screen`` those that an edit may,
    None where they are the same. With ``Epic`` among its types, tickets can belong to an epic.
    """

    key: str
    id: str
    name: str
    issue_types: tuple[str, ...] = ("Task", "Bug", "Story")
    priorities: tuple[str, ...] = ("Highest", "High", "Medium", "Low", "Lowest")
    components: tuple[str, ...] = ("Checkout", "Search")
    screen: frozenset[str] = frozenset(SYSTEM_FIELDS)
    edit_screen: frozenset[str] | None = None
    custom: tuple[ProjectField, ...] = ()
    archived: bool = False
    lacking: set[str] = field(default_factory=set)
    """Permissions that the sandbox's account does not have here, such as ``CREATE_ISSUES``."""
    needed: frozenset[str] = frozenset()
    """System fields without which a create is refused, besides the usual."""
    validators: dict[str, str] = field(default_factory=dict)
    """What validators of the workflow say of a field that a create gives, by its id."""
    edit_listeners: dict[str, str] = field(default_factory=dict)
    """What a plugin says of an edit that gives a field, by its id: in a sentence, of no field."""
    must_be_assigned: bool = False
    """Whether the site has unassigned issues allowed nowhere."""
    hides_new: bool = False
    """Whether a default security level hides each new ticket, also from who made it."""

    @property
    def settable(self) -> frozenset[str]:
        """The ids of the fields that a create of any type may set."""
        return self._on(self.screen)

    def epic_fields(self, issue_type: str, *, cloud: bool) -> frozenset[str]:
        """Give the ids of the fields about epics that a create of a type may set."""
        if EPIC not in self.issue_types or (cloud and issue_type == EPIC):
            return frozenset()
        if cloud:
            return frozenset({"parent"})
        return frozenset({EPIC_NAME if issue_type == EPIC else EPIC_LINK})

    @property
    def editable(self) -> frozenset[str]:
        """The ids of all fields that an edit may set."""
        return self._on(self.screen if self.edit_screen is None else self.edit_screen)

    def _on(self, screen: frozenset[str]) -> frozenset[str]:
        """Give what of a screen the account may set: an assignee takes a permission of its own."""
        barred = {"assignee"} if "ASSIGN_ISSUES" in self.lacking else set()
        return screen.union(each.id for each in self.custom) - barred

    def type_id(self, name: str) -> str:
        """Give the id of an issue type of this project."""
        return str(10100 + self.issue_types.index(name))

    def component_id(self, name: str) -> str:
        """Give the id of a component of this project."""
        return str(10200 + self.components.index(name)) if name in self.components else "0"


def operations() -> Project:
    """Make the project that tickets go to by default."""
    return Project("OPS", "10001", "Operations")


@dataclass(frozen=True, slots=True)
class Status:
    """A status and the key of its category."""

    id: str
    name: str
    category: str


@dataclass(frozen=True, slots=True)
class Move:
    """A transition: from which statuses it leads where, and the resolution that it sets.

    ``screen`` are the fields that it takes, id → name; ``required`` those that it asks for.
    """

    id: str
    name: str
    sources: frozenset[str]
    to: str
    resolution: str | None = None
    screen: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


STATUSES: Mapping[str, Status] = {
    status.name: status
    for status in (
        Status("10000", "To Do", "new"),
        Status("10001", "In Progress", "indeterminate"),
        Status("10002", "Done", "done"),
    )
}
MOVES: tuple[Move, ...] = (
    Move("11", "Start progress", frozenset({"To Do"}), "In Progress"),
    Move("21", "Stop progress", frozenset({"In Progress"}), "To Do"),
    Move("31", "Done", frozenset({"To Do", "In Progress"}), "Done", "Done"),
    Move("41", "Won't do", frozenset({"To Do", "In Progress"}), "Done", "Won't Do"),
    Move("51", "Reopen", frozenset({"Done"}), "To Do"),
)
RESOLUTIONS: Mapping[str, str] = {"Done": "10000", "Won't Do": "10001", "Duplicate": "10002"}


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
