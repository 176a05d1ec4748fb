"""An incident that came back: resolved too early, opened again, resolved for good."""

from datetime import UTC, datetime, timedelta

from connectors.pagerduty.sandbox import json_shapes as wire
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.shop import (
    LENA,
    MAIL,
    MIRA,
    PLATFORM_TEAM,
    PRIYA,
    SAM,
    SHOP_TEAM,
    Clock,
    contexts,
)

START = datetime(2026, 10, 17, 14, 5, 30, tzinfo=UTC)
ID = "Q5MAILSTUCKTWC"


def reopened(account: SandboxAccount, start: datetime = START) -> SandboxIncident:
    """Let the order mail get stuck twice: 25 minutes, and an hour later 68 more."""
    at = Clock(start)
    incident = account.open(
        MAIL, "Order Mail: messages are stuck", at=start, teams=(SHOP_TEAM, PLATFORM_TEAM), id_=ID
    )
    first = incident.alert(
        "Order Mail: 4,000 messages wait",
        at(0),
        key="order-mail/queue",
        severity="error",
        source="mail-queue",
        contexts=contexts(MAIL, "queue"),
    )
    incident.assign([MIRA], at(0, 2))
    incident.notify(MIRA, "push", at(0, 4))
    incident.acknowledge(MIRA, at(2, 20))
    incident.note("One message with a broken address blocks the queue. Removed it.", at(15), SAM)
    incident.recover(first, at(24))
    incident.resolve(at(25), MIRA, "Removed the message that blocked the queue.")
    incident.reopen(at(57), PRIYA, [MIRA])
    second = incident.alert(
        "Order Mail: 2,600 messages wait",
        at(57, 30),
        key="order-mail/queue",
        severity="error",
        source="mail-queue",
        contexts=contexts(MAIL, "queue"),
    )
    incident.notify(MIRA, "push", at(58))
    incident.acknowledge(MIRA, at(60), channel="sms")
    incident.snooze(timedelta(minutes=20), at(62), MIRA)
    incident.delegate(wire.policy("Platform on call"), [LENA], at(70), MIRA)
    incident.acknowledge(LENA, at(72))
    incident.set_urgency("low", at(100), LENA)
    incident.recover(second, at(123))
    incident.resolve(at(125), LENA, "The queue now sets broken messages aside.")
    return incident
