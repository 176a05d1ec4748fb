"""What commands are given: incidents, lengths of time, and the choice of JSON."""

from datetime import timedelta
from typing import Annotated

import typer

from connectors.incidents import IncidentId
from connectors.settings import parse_duration
from worker.app.registry import incident_named, named, source_kinds

_SOURCES = named(source_kinds())


def incident(text: str) -> IncidentId:
    """Give the id that a word of the command line names. Raises ``BadParameter``."""
    found = incident_named(text.strip())
    if found is None:
        examples = " or ".join(kind.example for kind in source_kinds())
        raise typer.BadParameter(
            f"'{text}' is no incident. Give its id ({examples}) or its address in {_SOURCES}."
        )
    return found


_NAMED = typer.Argument(
    parser=incident, metavar="INCIDENT…", help=f"Ids or addresses in {_SOURCES}."
)
Incidents = Annotated[list[IncidentId], _NAMED]
SomeIncidents = Annotated[list[IncidentId] | None, _NAMED]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def duration(text: str, option: str) -> timedelta:
    """Give the length of time that an option names. Raises ``BadParameter``."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"It {error}", param_hint=option) from error
