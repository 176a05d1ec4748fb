"""Incidents as they happen to an invented shop, right now and not on a fixed night."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from connectors.pagerduty.sandbox.account import FIRST_NUMBER, SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.references import Wire
from connectors.pagerduty.sandbox.scenarios.checkout_storm import (
    AIKO,
    CHECKOUT,
    JONAS,
    LEDGER,
    LENA,
    MAIL,
    MIRA,
    PAYMENTS,
    PICTURES,
    PRIYA,
    SEARCH,
    SHOP_TEAM,
)

SERVICES = (CHECKOUT, PAYMENTS, LEDGER, SEARCH, PICTURES, MAIL)
PEOPLE = (MIRA, JONAS, AIKO, LENA, PRIYA)
TROUBLES = ("answers too late", "refuses connections", "fails half of all requests", "is down")


def now() -> datetime:
    """Give the time as PagerDuty keeps it, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def open_incident(
    account: SandboxAccount, items: Sequence[str] = (), *, urgency: str = "high"
) -> SandboxIncident:
    """Let an incident happen up to where it is about to be resolved.

    No two are alike; ``items`` are the action items that its people wrote down.
    """
    number = len(account.incidents)
    start = now() - timedelta(minutes=50 + number % 240)

    def at(minutes: float) -> datetime:
        return start + timedelta(seconds=round(60 * minutes))

    service, person = SERVICES[number % len(SERVICES)], PEOPLE[number % len(PEOPLE)]
    trouble = TROUBLES[number % len(TROUBLES)]
    title = f"{service['summary']} {trouble} (case {number})"
    incident = account.open(service, title, at=start, teams=(SHOP_TEAM,), urgency=urgency)
    incident.alert(title, at(0), key=f"case-{number}", source="lookout", details={"case": number})
    incident.assign([person], at(0.1))
    incident.notify(person, "push", at(0.2))
    incident.acknowledge(person, at(2 + number % 7))
    incident.note(f"Case {number}: looking at the logs.", at(11), person)
    for place, item in enumerate(items):
        incident.note(f"ACTION: {item}", at(20 + place), person)
    return incident


def resolve(incident: SandboxIncident, note: str | None = None) -> SandboxIncident:
    """Let somebody resolve it now."""
    incident.resolve(now(), who(incident), note)
    return incident


def who(incident: SandboxIncident) -> Wire:
    """Tell who works on an incident."""
    return PEOPLE[(incident.number - FIRST_NUMBER) % len(PEOPLE)]


def resolved_incident(
    account: SandboxAccount, items: Sequence[str] = (), *, urgency: str = "high"
) -> SandboxIncident:
    """Let an incident happen from its beginning to its end."""
    return resolve(open_incident(account, items, urgency=urgency))
