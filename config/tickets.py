"""Settings of tickets: when one is created, and in which project."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from config.values import Label
from connectors.settings import Duration, SettingsGroup, Text


class CreateWhen(StrEnum):
    """When action items become tickets.

    ``reviewed``: once the document's status is no longer ``draft``.
    """

    ALWAYS = "always"
    REVIEWED = "reviewed"
    NEVER = "never"


class TicketSettings(SettingsGroup):
    """When tickets are created and brought up to date.

    The scheduled job waits until a document has been quiet for ``quiet_for``; the manual command
    does not. ``close_from_document`` lets a person close a ticket by its row. ``full_pass`` is how
    often every ticket is read again, changed or not.
    """

    create: CreateWhen = CreateWhen.ALWAYS
    quiet_for: Duration = timedelta(minutes=10)
    close_from_document: bool = False
    full_pass: Duration = timedelta(hours=6)


class RouteSettings(SettingsGroup):
    """Where the tickets of some incidents go.

    It takes the incidents that name one of its ``services`` or ``teams`` (names or ids), or every
    incident where it names neither. What it leaves out is as the tracker's own settings
    say. ``fields`` are further fields of the ticket, by the tracker's ids, as its API takes them.
    """

    services: tuple[Text, ...] = ()
    teams: tuple[Text, ...] = ()
    project: Text | None = None
    issue_type: Text | None = None
    labels: tuple[Label, ...] = ()
    components: tuple[Text, ...] = ()
    fields: Mapping[Text, object] = {}


def reachable(routes: Sequence[RouteSettings]) -> Sequence[RouteSettings]:
    """Give ``routes`` once each can be reached: the first that takes an incident is its route."""
    for place, route in enumerate(routes[:-1], start=1):
        if not route.services and not route.teams:
            raise ValueError(
                f"number {place} names neither services nor teams, so it takes every incident and "
                "those after it are never reached. Put it last."
            )
    return routes
