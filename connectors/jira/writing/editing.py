"""Changing a ticket that is there: what Jira refuses of it, it refuses with all the rest."""

from collections.abc import Mapping

from connectors.errors import AccessDenied, NotFound, Rejected
from connectors.jira.connection import JiraConnection
from connectors.jira.payloads import JIRA, Site
from connectors.jira.writing import request_bodies
from connectors.json_fields import JsonValue
from connectors.tickets import TicketChanges, TicketId


def change(
    connection: JiraConnection, site: Site, ticket: TicketId, changes: TicketChanges
) -> Mapping[str, str]:
    """Send the other fields once more where Jira refuses some, for then it changes none.

    An assignee whom an edit does not take goes by a call of its own, which needs no permission
    to edit. Raises ``Rejected`` where Jira names no field of ours.
    """
    refused: dict[str, str] = {}
    while body := request_bodies.edit(changes, site.kind, refused):
        whole = JsonValue(body, JIRA)
        sent = {*whole["fields"].members(), *whole["update"].members()}
        try:
            connection.ask(
                "change the ticket", "PUT", f"issue/{ticket}", body=body, repeatable=True
            )
        except AccessDenied:
            if sent != {"assignee"} or _assigned(connection, site, ticket, changes, ""):
                raise
            break
        except Rejected as error:
            ours = {name: why for name, why in error.fields.items() if name in sent}
            if not ours:
                raise
            refused |= ours
        else:
            break
    if "assignee" in refused:
        refused |= _assigned(connection, site, ticket, changes, refused.pop("assignee"))
    return request_bodies.as_shared(refused)


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
        said = (error.fields if isinstance(error, Rejected) else {}).get("assignee", error.what)
        return {"assignee": refused if said in refused else f"{refused} {said}"}
    return {}
