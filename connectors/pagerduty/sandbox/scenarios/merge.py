"""A second incident of the same outage, merged into the first."""

from datetime import UTC, datetime

from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios import storm
from connectors.pagerduty.sandbox.scenarios.shop import (
    JONAS,
    PAYMENTS,
    PLATFORM_TEAM,
    TOMASZ,
    Clock,
    contexts,
)

START = datetime(2026, 10, 14, 23, 50, 40, tzinfo=UTC)
ID = "Q2PAYMENTSLATE"


def merged(account: SandboxAccount, start: datetime = START) -> SandboxIncident:
    """Let the payments page Tomasz, and Jonas merge that into the storm, which must be there.

    Its alert is older than the storm's first one: the first signal of the outage.
    """
    at = Clock(start)
    incident = account.open(
        PAYMENTS,
        "Payments Gateway: confirmations are late",
        at=start,
        teams=(PLATFORM_TEAM,),
        urgency="low",
        id_=ID,
    )
    alert = incident.alert(
        "Payments Gateway: oldest confirmation waits for 95 s",
        at(0),
        key="payments-gateway/confirmations",
        severity="warning",
        source="payments-gateway",
        contexts=contexts(PAYMENTS, "confirmations"),
    )
    incident.assign([TOMASZ], at(0, 3))
    incident.notify(TOMASZ, "email", at(0, 5))
    incident.merge_into(account.incidents[storm.ID], at(17, 25), JONAS)
    incident.recover(alert, at(41))
    return incident
