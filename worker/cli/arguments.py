"""What commands are given: incidents, lengths of time, and the choice of JSON."""

import re
from datetime import timedelta
from typing import Annotated

import typer

from config.durations import parse_duration

_INCIDENT = re.compile(r"(?:https://[^\s/]+/incidents/)?(?P<id>[A-Z0-9]+)/?", re.ASCII)


def incident(text: str) -> str:
    """Give the id that a word of the command line names. Raises ``BadParameter``."""
    match = _INCIDENT.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter(
            f"'{text}' is no incident. Give its id (Q0R9EVXVKUZTX7) or its address in PagerDuty."
        )
    return match["id"]


_NAMED = typer.Argument(parser=incident, metavar="INCIDENT…", help="Ids or addresses in PagerDuty.")
Incidents = Annotated[list[str], _NAMED]
SomeIncidents = Annotated[list[str] | None, _NAMED]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def duration(text: str, option: str) -> timedelta:
    """Give the length of time that an option names. Raises ``BadParameter``."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"It {error}", param_hint=option) from error
