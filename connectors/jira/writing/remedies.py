"""What helps where Jira refused a field and took the rest: in the row, the settings, or Jira."""

from collections.abc import Mapping

from connectors.jira.writing.request_bodies import is_own_label
from connectors.tickets import NewTicket, TicketChanges

_NAMES = {
    "summary": "Summary",
    "priority": "Priority",
    "duedate": "Due date",
    "components": "Components",
    "description": "Description",
}
_ROUTE = "Correct the route's {own} in postmortem.toml"
_UNFINDABLE = "let the project's screens and workflow take labels: tickets are found by them."


def with_remedies(ticket: NewTicket, refused: Mapping[str, str]) -> dict[str, str]:
    """Add to why a field of the ``ticket`` was refused, by its id in Jira, what would help."""
    return {own: f"{_ended(why)} {_of_create(ticket, own)}" for own, why in refused.items()}


def with_edit_remedies(changes: TicketChanges, refused: Mapping[str, str]) -> dict[str, str]:
    """Add to why a change of a field was refused, by its id in Jira, what would help."""
    return {own: f"{_ended(why)} {_of_edit(changes, own)}" for own, why in refused.items()}


def _ended(why: str) -> str:
    said = why.rstrip()
    return said if said.endswith(("!", "?")) else f"{said.rstrip('.')}."


def _on_screen(own: str, screen: str) -> str:
    return f"put {_NAMES.get(own, 'the field')} on the project's {screen} screen"


def _of_create(ticket: NewTicket, own: str) -> str:
    screen = _on_screen(own, "create")
    told = {
        "assignee": "Name another owner in the row, or let them be assigned (Assignable User).",
        "priority": f"Write another into the row, or {screen} and set it in the ticket.",
        "duedate": f"Write another into the row, or {screen} and set it in the ticket.",
        "components": f"{_ROUTE.format(own='components')}, or {screen}.",
        "labels": f"{_ROUTE.format(own='labels')}, or {_UNFINDABLE}",
        **dict.fromkeys(ticket.extra, f"{_ROUTE.format(own='fields')}, or {screen}."),
    }
    if all(map(is_own_label, ticket.labels)):
        told["labels"] = f"{_UNFINDABLE[0].upper()}{_UNFINDABLE[1:]}"
    if ticket.parent:
        told[ticket.parent.field] = (
            f"Name another as jira_parent in the document's front matter, or {screen}."
        )
    return told.get(own, f"If it is to be there, {screen}.")


def _of_edit(changes: TicketChanges, own: str) -> str:
    screen = f"{_on_screen(own, 'edit')} and change the row again"
    match own:
        case "assignee" if changes.clear_assignee:
            return (
                "Name an owner in the row, or allow unassigned issues in Jira's general "
                "configuration and clear the owner again."
            )
        case "assignee":
            return (
                "Name another owner in the row, or let them be assigned (Assignable User) and "
                "change the row again."
            )
        case "summary":
            return f"Reword the row, or {screen}."
    return f"Write another into the row, or {screen}."
