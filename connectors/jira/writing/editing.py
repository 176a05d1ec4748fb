"""Changing a ticket that is there: what Jira refuses of it, it refuses with all the rest."""

from collections.abc import Collection, Mapping

from connectors.errors import AccessDenied, NotFound, Rejected
from connectors.jira.connection import JiraConnection
from connectors.jira.payloads import JIRA, Site
from connectors.jira.writing import request_bodies
from connectors.jira.writing.remedies import with_edit_remedies
from connectors.json_fields import JsonValue
from connectors.tickets import Json, TicketChanges, TicketId

_EDITED = frozenset({"summary", "priority", "duedate", "assignee", "labels"})


def change(
    connection: JiraConnection, site: Site, ticket: TicketId, changes: TicketChanges
) -> Mapping[str, str]:
    """Send the other fields once more where Jira refuses some, for then it changes none.

    Where it names none of them each goes by itself. An assignee whom an edit does not take goes by
    a call of its own, which needs no permission to edit. Raises ``Rejected`` where Jira takes
    nothing and names no field of ours.
    """
    refused: dict[str, str] = {}
    while sent := _fields(request_bodies.edit(changes, site.kind, refused)):
        try:
            _edit(connection, site, ticket, changes, refused)
        except AccessDenied:
            if sent != {"assignee"} or _assigned(connection, site, ticket, changes, ""):
                raise
            break
        except Rejected as error:
            ours = {name: why for name, why in error.fields.items() if name in sent}
            if not ours:
                refused |= _one_by_one(connection, site, ticket, changes, sent, error)
                break
            refused |= ours
        else:
            break
    if "assignee" in refused:
        refused |= _assigned(connection, site, ticket, changes, refused.pop("assignee"))
    return request_bodies.as_shared(with_edit_remedies(changes, refused))


def _one_by_one(
    connection: JiraConnection,
    site: Site,
    ticket: TicketId,
    changes: TicketChanges,
    sent: Collection[str],
    whole: Rejected,
) -> Mapping[str, str]:
    """Send each field by itself, and give why some were refused. Raises ``whole`` for all."""
    refused: dict[str, str] = {}
    for own in sorted(sent) if len(sent) > 1 else ():
        try:
            _edit(connection, site, ticket, changes, _EDITED - {own})
        except Rejected as error:
            refused[own] = error.fields.get(own) or error.said or error.what
    if refused.keys() == set(sent) or len(sent) == 1:
        raise whole
    return refused


def _edit(
    connection: JiraConnection,
    site: Site,
    ticket: TicketId,
    changes: TicketChanges,
    without: Collection[str],
) -> None:
    body = request_bodies.edit(changes, site.kind, without)
    connection.ask("change the ticket", "PUT", f"issue/{ticket}", body=body, repeatable=True)


def _fields(body: Json) -> frozenset[str]:
    """Give the ids of the fields that the body of an edit changes."""
    whole = JsonValue(body, JIRA)
    return frozenset((*whole["fields"].members(), *whole["update"].members()))


def _assigned(
    connection: JiraConnection, site: Site, ticket: TicketId, changes: TicketChanges, refused: str
) -> Mapping[str, str]:
    """Give the ticket its assignee by the call for that; {} where Jira took it."""
    path, body = f"issue/{ticket}/assignee", request_bodies.assignee(changes, site.kind)
    try:
        connection.ask("assign the ticket", "PUT", path, body=body, repeatable=True)
    except AccessDenied:
        return {"assignee": f"{refused} The account may not assign it (Assign Issues) either."}
    except (NotFound, Rejected) as error:
        said = error.what
        if isinstance(error, Rejected):
            said = error.fields.get("assignee") or error.said or error.what
        return {"assignee": refused if said in refused else f"{refused} {said}"}
    return {}
