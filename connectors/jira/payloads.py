"""What Jira says of tickets, people, itself, and of what went wrong: JSON in, records out.

Cloud (v3) and Data Center (v2) differ in how they name people and page results; each function says
where. Every function raises ``PayloadError`` naming the field that is not as documented.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

from connectors.errors import PayloadError
from connectors.json_fields import JsonValue, Sender
from connectors.ticket_fields import FieldChoice, ScreenField
from connectors.tickets import (
    MARK_LABEL_PREFIX,
    MARK_PROPERTY,
    Account,
    AccountId,
    Category,
    Mark,
    Ticket,
    TicketId,
    TicketKey,
    Transition,
)

JIRA = Sender("Jira")
TICKET_FIELDS = (
    "summary",
    "status",
    "resolution",
    "labels",
    "assignee",
    "priority",
    "duedate",
    "project",
    "created",
    "updated",
    "archiveddate",
    "resolutiondate",
    "statuscategorychangedate",
)
"""The fields that :func:`ticket` reads: only these are asked for."""


class SiteKind(Enum):
    """Which Jira this is: they differ in API version, markup and search."""

    CLOUD = "Cloud"
    DATA_CENTER = "Data Center"


@dataclass(frozen=True, slots=True)
class Site:
    """A Jira as it presents itself, and as whom it knows us."""

    kind: SiteKind
    url: str
    version: str
    account: AccountId
    account_name: str


@dataclass(frozen=True, slots=True)
class Server:
    """What ``serverInfo`` says, which it says to anybody; ``url`` is where people open the site."""

    kind: SiteKind
    version: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom a search for people found."""

    account: Account
    usable: bool = True


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A page of tickets; ``token`` (Cloud) or ``total`` (Data Center) tells whether more follow.

    ``failed`` are the ids of tickets that are there but that Jira could not give this time.
    """

    tickets: tuple[Ticket, ...]
    token: str | None = None
    total: int | None = None
    failed: tuple[str, ...] = ()


def server(answer: object) -> Server:
    """Read ``serverInfo``; ``deploymentType`` is ``Cloud``, ``Data Center`` or ``Server``.

    A custom domain (``displayUrl``) goes before ``baseUrl``: it is the address that people know.
    """
    top = JsonValue(answer, JIRA)
    cloud = top["deploymentType"].text_or_none() == "Cloud"
    url = top["displayUrl"].text_or_none() or top["baseUrl"].text_or_none()
    return Server(
        SiteKind.CLOUD if cloud else SiteKind.DATA_CENTER,
        top["version"].text(),
        url.rstrip("/") if url and url.startswith(("https://", "http://")) else None,
    )


def account(part: JsonValue, kind: SiteKind) -> Account:
    """Read a person: known by ``accountId`` on Cloud, by ``name`` on Data Center.

    Cloud hides e-mail addresses as each person's profile says, and knows no user names.
    """
    cloud = kind is SiteKind.CLOUD
    own = part["accountId" if cloud else "name"].text()
    return Account(
        AccountId(own),
        part["displayName"].text_or_none() or own,
        part["emailAddress"].text_or_none(),
        None if cloud else own,
    )


def candidates(answer: object, kind: SiteKind) -> tuple[Candidate, ...]:
    """Read a search for people; one who left, or an app, is not usable as an owner.

    Somebody without an id can be named by nothing, and is passed over.
    """
    own = "accountId" if kind is SiteKind.CLOUD else "name"
    return tuple(
        Candidate(
            account(part, kind),
            part["active"].flag(default=True) and part["accountType"].text_or_none() != "app",
        )
        for part in JsonValue(answer, JIRA).each()
        if isinstance(part.value, dict) and isinstance(part.value.get(own), str)
    )


def ticket(part: JsonValue, kind: SiteKind, site: str) -> Ticket:
    """Read an issue with :data:`TICKET_FIELDS`; ``site`` is the address that links begin with."""
    fields = part["fields"]
    own = numeric_id(part["id"])
    key = part["key"].text()
    labels = fields["labels"].texts()
    assignee = fields["assignee"]
    return Ticket(
        id=own,
        key=TicketKey(key),
        url=browse_url(site, key),
        summary=fields["summary"].text(),
        status=fields["status"]["name"].text(),
        category=category(fields["status"]),
        created=fields["created"].time(),
        updated=fields["updated"].time(),
        resolution=fields["resolution"]["name"].text_or_none(),
        labels=labels,
        assignee=account(assignee, kind) if assignee else None,
        priority=fields["priority"]["name"].text_or_none(),
        due=fields["duedate"].day_or_none(),
        project=fields["project"]["key"].text(),
        archived=fields["archiveddate"].text_or_none() is not None,
        mark=_mark(part["properties"][MARK_PROPERTY], labels),
        # a workflow may set no resolution; then Cloud tells since when the status is a done one
        closed_at=fields["resolutiondate"].time_or_none()
        or fields["statuscategorychangedate"].time_or_none(),
    )


def category(status: JsonValue) -> Category:
    """Read what a status means by its category's key: names are the team's and localised."""
    key = status["statusCategory"]["key"].text_or_none()
    known = {known.value: known for known in Category}
    return known.get(key or "", Category.UNDEFINED)


def browse_url(site: str, key: str) -> str:
    """Give the address at which people open a ticket."""
    return f"{site}/browse/{quote(key, safe='')}"


def found(
    answer: object, kind: SiteKind, site: str, odd: dict[str, str] | None = None
) -> TicketPage:
    """Read a search or a bulk fetch.

    A bulk fetch leaves out what cannot be seen; ``issueErrors`` names what is there all the same.
    A ticket that cannot be read goes among the ``odd``, by id with the reason; without these it is
    an error.
    """
    top = JsonValue(answer, JIRA)
    if not top["issues"]:
        raise top["issues"].wrong("a list")
    tickets = []
    for part in top["issues"].each():
        try:
            tickets.append(ticket(part, kind, site))
        except PayloadError as error:
            if odd is None:
                raise
            odd[part["id"].identifier()] = oddity(part, error)
    return TicketPage(
        tuple(tickets),
        top["nextPageToken"].text_or_none(),
        top["total"].number_or_none(),
        tuple(part["id"].identifier() for part in top["issueErrors"].each()),
    )


def oddity(part: JsonValue, error: PayloadError) -> str:
    """Say why a ticket cannot be read: Jira takes a day of the year 20216, and hides fields."""
    named = part["key"].value or part["id"].identifier()
    fields = part["fields"].value
    due = fields.get("duedate") if isinstance(fields, dict) else None
    try:
        JsonValue(due, JIRA).day_or_none()
    except PayloadError:
        return f"{named} has the due date '{due}', which cannot be read: correct it in Jira."
    return (
        f"{named} cannot be read. {error.what} Look at it in Jira as this account: something of it "
        "may be wrong, or hidden."
    )


def choice(part: JsonValue) -> FieldChoice:
    """Read a value that a field takes, with its id and both its names as far as they are told."""
    return FieldChoice(
        part["name"].text(),
        part["id"].identifier() if part["id"] else "",
        part["untranslatedName"].text_or_none() or "",
    )


def named_choices(parts: Iterable[JsonValue]) -> tuple[FieldChoice, ...]:
    """Read the values to choose from that have a name; the others cannot be meant."""
    return tuple(
        choice(one)
        for one in parts
        if isinstance(one.value, dict) and isinstance(one.value.get("name"), str)
    )


def transitions(answer: object) -> tuple[Transition, ...]:
    """Read the moves that a ticket's workflow allows now, with the fields of their screens.

    One that does not say where it leads can be asked for by nobody, and is passed over.
    """
    return tuple(
        Transition(
            part["id"].identifier(),
            part["name"].text(),
            part["to"]["name"].text(),
            category(part["to"]),
            _screen(part["fields"]) if isinstance(part["fields"].value, dict) else None,
        )
        for part in JsonValue(answer, JIRA)["transitions"].each()
        if isinstance(part.value, dict) and isinstance(part.value.get("to"), dict)
    )


def _screen(fields: JsonValue) -> Mapping[str, ScreenField]:
    return {
        own: ScreenField(
            fields[own]["name"].text_or_none() or own,
            fields[own]["required"].flag() and not fields[own]["hasDefaultValue"].flag(),
            named_choices(fields[own]["allowedValues"].each()),
        )
        for own in fields.members()
    }


def permissions(answer: object) -> Mapping[str, bool]:
    """Read which permissions the credentials have, by key (``CREATE_ISSUES``)."""
    found_ = JsonValue(answer, JIRA)["permissions"]
    return {key: found_[key]["havePermission"].flag() for key in found_.members()}


def numeric_id(part: JsonValue) -> TicketId:
    """Read an issue's id: digits, since it becomes part of paths and queries."""
    own = part.identifier()
    if not (own.isascii() and own.isdigit()):
        raise part.wrong("an id of digits")
    return TicketId(own)


def _mark(value: JsonValue, labels: tuple[str, ...]) -> Mark | None:
    """Read the mark from the property, else from the label.

    Data Center's search gives no properties.
    """
    if isinstance(value.value, dict):
        own = value["mark"].text_or_none()
        if own is not None:
            return Mark(own)
    for label in labels:
        if label.startswith(MARK_LABEL_PREFIX):
            return Mark(label.removeprefix(MARK_LABEL_PREFIX))
    return None
