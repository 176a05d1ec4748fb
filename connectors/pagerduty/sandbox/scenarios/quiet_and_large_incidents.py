"""The shop's other incidents.

One that came back, one that was fixed quickly by hand, one that went away by itself, and one as
large as PagerDuty lets one grow, for measurements.
"""

from datetime import UTC, datetime, timedelta

from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
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
    PLATFORM_TEAM,
    PRIYA,
    SAM,
    SEARCH,
    SHOP_TEAM,
    TOMASZ,
    Clock,
    contexts,
)

REOPENED_START = datetime(2026, 10, 17, 14, 5, 30, tzinfo=UTC)
REOPENED_ID = "Q5MAILSTUCKTWC"
QUICK_FIX_START = datetime(2026, 10, 15, 9, 14, 3, tzinfo=UTC)
QUICK_FIX_ID = "Q3PICTURESGONE"
AUTO_RESOLVED_START = datetime(2026, 10, 16, 3, 2, 0, tzinfo=UTC)
AUTO_RESOLVED_ID = "Q4SEARCHLAGGED"
BIG_START = datetime(2026, 10, 20, 18, 0, 0, tzinfo=UTC)
BIG_ID = "Q9BIGINCIDENT9"
_PEOPLE = (MIRA, JONAS, AIKO, TOMASZ, LENA)
_SERVICES = (CHECKOUT, PAYMENTS, LEDGER, SEARCH)
_WAYS = ("push", "sms", "phone", "email")


def reopened(account: SandboxAccount, start: datetime = REOPENED_START) -> SandboxIncident:
    """Let the order mail get stuck twice: 25 minutes, and an hour later 68 more."""
    at = Clock(start)
    incident = account.open(
        MAIL,
        "Order Mail: messages are stuck",
        at=start,
        teams=(SHOP_TEAM, PLATFORM_TEAM),
        id_=REOPENED_ID,
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


def quick_fix(account: SandboxAccount, start: datetime = QUICK_FIX_START) -> SandboxIncident:
    """Let Priya see that pictures are missing, and Mira empty a cache."""
    at = Clock(start)
    incident = account.open(
        PICTURES,
        "Pictures are missing on product pages",
        at=start,
        by=PRIYA,
        teams=(SHOP_TEAM,),
        id_=QUICK_FIX_ID,
    )
    incident.assign([MIRA], at(0, 1), PRIYA)
    incident.notify(MIRA, "push", at(0, 3))
    incident.acknowledge(MIRA, at(1, 12))
    incident.note(
        "The cache in front of the pictures serves empty answers. Emptying it.", at(4), MIRA
    )
    incident.resolve(at(9, 2), MIRA)
    return incident


def auto_resolved(
    account: SandboxAccount, start: datetime = AUTO_RESOLVED_START
) -> SandboxIncident:
    """Let the search index fall behind and catch up within nine minutes."""
    at = Clock(start)
    incident = account.open(
        SEARCH,
        "Catalogue Search: index is 5 min behind",
        at=start,
        teams=(SHOP_TEAM,),
        urgency="low",
        id_=AUTO_RESOLVED_ID,
    )
    alert = incident.alert(
        "Catalogue Search: index is 5 min behind",
        at(0),
        key="catalogue-search/lag",
        severity="warning",
        source="indexer-2",
        contexts=contexts(SEARCH, "lag"),
        details="The index is 312 s behind. Query: https://lookout.example.com/q?expr=lag",
    )
    incident.assign([LENA], at(0, 2))
    incident.notify(LENA, "email", at(0, 4))
    incident.recover(alert, at(8, 58))
    incident.resolve(at(9))
    return incident


def big(
    account: SandboxAccount,
    alerts: int = 1000,
    log_entries: int = 5000,
    start: datetime = BIG_START,
    id_: str = BIG_ID,
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
