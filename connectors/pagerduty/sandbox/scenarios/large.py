"""An incident as large as PagerDuty lets one grow, for measurements."""

from datetime import UTC, datetime, timedelta

from connectors.pagerduty.sandbox import json_shapes as wire
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.shop import (
    AIKO,
    CHECKOUT,
    JONAS,
    LEDGER,
    LENA,
    MIRA,
    PAYMENTS,
    SEARCH,
    TOMASZ,
    contexts,
)

START = datetime(2026, 10, 20, 18, 0, 0, tzinfo=UTC)
ID = "Q9BIGINCIDENT9"
_PEOPLE = (MIRA, JONAS, AIKO, TOMASZ, LENA)
_SERVICES = (CHECKOUT, PAYMENTS, LEDGER, SEARCH)
_WAYS = ("push", "sms", "phone", "email")


def big(
    account: SandboxAccount,
    alerts: int = 1000,
    log_entries: int = 5000,
    start: datetime = START,
    id_: str = ID,
) -> SandboxIncident:
    """Let an incident have exactly so many alerts and log entries, over twelve hours.

    Every alert has a log entry, so that there are at least as many of those, and a dozen more.
    Most entries page somebody; every 20th is an assignment, every 50th a note, every 400th an
    escalation by timeout.
    """
    length = timedelta(hours=12)
    incident = account.open(CHECKOUT, "Everything is on fire", at=start, id_=id_)
    for number in range(alerts):
        at = start + length * number / max(alerts, 1)
        service = _SERVICES[number % len(_SERVICES)]
        raised = incident.alert(
            f"{service['summary']}: error budget burns, case {number}",
            at,
            key=f"burn-{number % 40}",
            severity=("critical", "error", "warning")[number % 3],
            source=f"pod-{number % 60}",
            contexts=contexts(service, f"burn-{number % 40}"),
            details={"case": number, "logs": f"https://logs.example.com/case/{number}"},
            service=service,
        )
        incident.recover(raised, at + timedelta(minutes=4))
    incident.acknowledge(MIRA, start + timedelta(minutes=3))
    incident.set_priority(wire.priority("P1"), start + timedelta(minutes=5), MIRA)
    end = start + length + timedelta(minutes=1)
    remaining = log_entries - len(incident.log) - 1
    for number in range(remaining):
        _further(incident, number, start + length * number / max(remaining, 1))
    incident.resolve(end, JONAS)
    return incident


def _further(incident: SandboxIncident, number: int, at: datetime) -> None:
    """Add exactly one log entry."""
    person = _PEOPLE[number % len(_PEOPLE)]
    if number % 400 == 399:  # noqa: PLR2004 - one in 400, as the docstring of big() says
        channel = {"type": "timeout"}
        text = f"Escalated to {person['summary']} through the API"
        incident.entry("escalate", at, text, CHECKOUT, channel, assignees=[person])
    elif number % 50 == 49:  # noqa: PLR2004 - one in 50
        incident.note(f"Looked at case {number}: the same again.", at, person)
    elif number % 20 == 19:  # noqa: PLR2004 - one in 20
        incident.assign([person], at)
    else:
        incident.notify(person, _WAYS[number % len(_WAYS)], at)
