"""What a new ticket says: its fields and its description, from a row and its incident."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

from connectors.incidents import IncidentId
from connectors.ticket_fields import (
    Bullets,
    CreateFields,
    FieldChoice,
    Paragraph,
    Preformatted,
    RichText,
    Span,
    TicketField,
    called,
)
from connectors.tickets import (
    COMMON_LABEL,
    INCIDENT_LABEL_PREFIX,
    MARK_LABEL_PREFIX,
    Account,
    Mark,
    NewTicket,
    NoAccount,
    RemoteLink,
)
from worker.content.read_dates import read_date
from worker.document.action_items import ActionItem
from worker.tracking.destinations import Route
from worker.tracking.ticket_actions import CreateTicket
from worker.tracking.tracked_tickets import Values

SUMMARY_LIMIT = 255
"""How long a summary may be, in UTF-16 units: the strictest tracker refuses a longer one."""
_PARTS = re.compile(r"[()\[\]|;]|(?:^|\s)[-\u2013\u2014](?=\s)")
_NO_WORDS = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True)
class Origin:
    """The incident and the document that a ticket comes from; URLs may be "".

    ``number`` is None where the incident was not read in this run. ``source_name`` is what people
    call the service that the incident is from, ``source_key`` the word for it in keys. ``page_url``
    is where the document's page is in ``page_service``, as far as there is one yet.
    """

    incident: IncidentId
    number: int | None
    title: str
    url: str
    document: str
    document_url: str = ""
    what_happened: str = ""
    source_name: str = ""
    source_key: str = ""
    page_url: str = ""
    page_service: str = ""

    @property
    def incident_name(self) -> str:
        """What people call the incident, by its number where that is known, else by its id."""
        name = self.incident if self.number is None else f"#{self.number}"
        called = f"{self.source_name} incident {name}".lstrip()
        return f"{called}: {self.title}" if self.title else called


def summary_line(task: str) -> str:
    """Give the task as a summary: one line of at most :data:`SUMMARY_LIMIT` UTF-16 units."""
    line = " ".join(task.split())
    if _units(line) <= SUMMARY_LIMIT:
        return line
    kept = line[: SUMMARY_LIMIT - 1]
    while _units(kept) > SUMMARY_LIMIT - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def incident_label(incident: IncidentId) -> str:
    """Give the label that all tickets of one incident carry."""
    return f"{INCIDENT_LABEL_PREFIX}{incident}"


def mark_label(mark: Mark) -> str:
    """Give the label by which the one create with this mark is found."""
    return f"{MARK_LABEL_PREFIX}{mark}"


def priority_choice(
    word: str, priorities: Mapping[str, str], allowed: tuple[FieldChoice, ...]
) -> FieldChoice | None:
    """Give the project's priority for the document's word, or None where it has none.

    The map is asked first, by the word without regard to case, then the allowed names themselves.
    Pictures around it are nothing, and of words with others in parentheses or behind a dash
    (``P1 - High``) those count that name one priority alone.
    """

    def named(name: str) -> tuple[FieldChoice, ...]:
        return called(allowed, mapped_word(name, priorities))[:1]

    if found := named(word):
        return found[0]
    parts = (_NO_WORDS.sub("", one) for one in (word, *_PARTS.split(word)))
    choices = {found for part in parts if part for found in named(part)}
    return choices.pop() if len(choices) == 1 else None


def mapped_word(word: str, priorities: Mapping[str, str]) -> str:
    """Give what the map makes of a word without regard to case, else the word."""
    return {key.casefold(): value for key, value in priorities.items()}.get(word.casefold(), word)


def unusable_deadline(written: str) -> str:
    """Say of a deadline that is no date, or no clear one, what is wrong with it."""
    _, wrong = read_date(written)
    return f"The deadline '{written}' cannot be used: {wrong}. Use YYYY-MM-DD."


def prepare(
    item: ActionItem,
    reason: str,
    mark: Mark,
    origin: Origin,
    route: Route,
    fields: CreateFields,
    priorities: Mapping[str, str],
    owner: Account | NoAccount | None,
) -> CreateTicket:
    """Build the ticket for a row; ``owner`` is who its owner was found to be, None for nobody.

    What cannot be used (an owner nobody answers to, a date that is none, a priority the project
    lacks) is left out, told in ``problems`` and said in the description.
    """
    problems = [owner.reason] if isinstance(owner, NoAccount) else []
    priority = None
    if item.priority:
        priority = priority_choice(item.priority, priorities, fields.priorities)
        if priority is None and not (
            fields.settable or fields.priorities
        ):  # nobody knows which there are
            priority = FieldChoice(mapped_word(item.priority, priorities))
        if priority is None:
            problems.append(_no_priority(item.priority, route.project, fields.priorities))
    if item.deadline_text and item.deadline is None:
        problems.append(unusable_deadline(item.deadline_text))
    components = {name: called(fields.components, name)[:1] for name in route.components}
    unknown = [name for name, found in components.items() if not found]
    problems += [f"Project {route.project} has no component '{name}'." for name in unknown]
    extra = dict(route.fields)
    if fields.title:
        extra.setdefault(fields.title, summary_line(item.task))
    ticket = NewTicket(
        project=route.project,
        issue_type=(fields.issue_type and fields.issue_type.id) or route.issue_type,
        summary=summary_line(item.task),
        mark=mark,
        incident=origin.incident,
        description=describe(item, origin, tuple(problems)),
        labels=(COMMON_LABEL, incident_label(origin.incident), mark_label(mark), *route.labels),
        components=tuple(one for found in components.values() for one in found),
        priority=priority,
        due=item.deadline,
        assignee=owner.id if isinstance(owner, Account) else None,
        extra=extra,
    )
    return CreateTicket(item, reason, ticket, tuple(problems))


def describe(item: ActionItem, origin: Origin, problems: tuple[str, ...]) -> RichText:
    """Write the description: the task, its origin, the row as written, what was left out."""
    incident = origin.incident_name
    came = [
        Span("Action item of the postmortem of "),
        Span(incident, origin.url or None),
        Span("."),
    ]
    parts: list[Paragraph | Bullets | Preformatted] = [
        Paragraph((Span(item.task),)),
        Paragraph(tuple(came)),
    ]
    if origin.what_happened:
        parts.append(Paragraph((Span(origin.what_happened),)))
    document = Span(origin.document, origin.document_url or None)
    where = [Span("Postmortem: "), document]
    if origin.page_url:
        where += [Span(", and as a page: "), Span(origin.page_service, origin.page_url)]
    parts.append(Paragraph(tuple(where)))
    parts.append(Paragraph((Span("The row as it was written:"),)))
    parts.append(Preformatted(item.source))
    if problems:
        parts.append(Paragraph((Span("Not used from the row:", strong=True),)))
        parts.append(Bullets(tuple((Span(problem),) for problem in problems)))
    return tuple(parts)


def sent_values(ticket: NewTicket, dropped: Container[str]) -> Values:
    """Give what a ticket was made with, "" where its row says nothing that it could be given.

    ``dropped`` are the fields that the tracker refused; a task that was cut says less than its row.
    """
    sent = {
        TicketField.SUMMARY: "" if ticket.summary.endswith("…") else ticket.summary,
        TicketField.ASSIGNEE: ticket.assignee or "",
        TicketField.PRIORITY: ticket.priority.name if ticket.priority else "",
        TicketField.DUE: ticket.due.isoformat() if ticket.due else "",
    }
    return Values(*("" if name in dropped else value for name, value in sent.items()))


def field_name(name: str, one: CreateTicket) -> str:
    """Name a field of a new ticket for a sentence, with what it was to say."""
    if one.ticket.parent and name == one.ticket.parent.field:
        return f"parent '{one.ticket.parent.key}'"
    values = {
        TicketField.DUE: one.ticket.due,
        TicketField.PRIORITY: one.ticket.priority and one.ticket.priority.name,
        TicketField.ASSIGNEE: one.ticket.assignee,
        "components": ", ".join(each.name for each in one.ticket.components),
    }
    if name not in values:
        return f"field '{name}'"
    return f"{name} '{values[name]}'" if values[name] else name


def remote_links(origin: Origin) -> tuple[RemoteLink, ...]:
    """Give the links that the ticket shows: the incident, and the document where it has an URL."""
    links = []
    if origin.url:
        name = origin.incident_name[:255]
        links.append(
            RemoteLink(f"{origin.source_key}-incident={origin.incident}", origin.url, name)
        )
    if origin.document_url:
        title = f"Postmortem: {origin.title}"
        links.append(RemoteLink(f"postmortem={origin.incident}", origin.document_url, title[:255]))
    return tuple(links)


def _no_priority(word: str, project: str, allowed: tuple[FieldChoice, ...]) -> str:
    if not allowed:
        return f"Project {project} takes no priority, so '{word}' was left out."
    names = ", ".join(one.name for one in allowed)
    told = f"Project {project} has no priority '{word}'; it has {names}."
    return f"{told} `[priorities]` can map the word."


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
