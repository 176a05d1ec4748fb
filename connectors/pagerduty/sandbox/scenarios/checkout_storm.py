"""An alert storm at night in the invented shop, whose people and services stand here too.

A release uses up the ledger's connections, and the checkout fails.
"""

from datetime import UTC, datetime, timedelta

from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.references import Wire

MIRA = wire.person("Mira Castellan")
JONAS = wire.person("Jonas Thorvald")
AIKO = wire.person("Aiko Brandt")
TOMASZ = wire.person("Tomasz Wieczorek")
LENA = wire.person("Lena Okafor")
PRIYA = wire.person("Priya Ramaswamy")
SAM = wire.deleted_person("Sam Whitlock")
"""Sam has left the shop, and the account."""
ROBOT = {**wire.person("Paging rules"), "type": "bot_user_reference"}

CHECKOUT = wire.service("Checkout API")
PAYMENTS = wire.service("Payments Gateway")
LEDGER = wire.service("Ledger DB")
SEARCH = wire.service("Catalogue Search")
PICTURES = wire.service("Product Pictures")
MAIL = wire.service("Order Mail")

SHOP_TEAM = wire.team("Shop")
PLATFORM_TEAM = wire.team("Platform")


class Clock:
    """Counts from the start of a script, so that its steps read like a log."""

    def __init__(self, start: datetime) -> None:
        self._start = start

    def __call__(self, minutes: int, seconds: int = 0) -> datetime:
        """Give the time so many minutes and seconds after the start."""
        return self._start + timedelta(minutes=minutes, seconds=seconds)


def contexts(service: Wire, chart: str) -> list[Wire]:
    """Give what the shop's monitoring attaches to an alert: runbook, dashboard, graph."""
    name = str(service["summary"]).lower().replace(" ", "-")
    dashboard = f"https://dashboards.example.com/d/{name}/{chart}"
    return [
        wire.link(f"https://wiki.example.com/runbooks/{name}", "Runbook"),
        wire.link(dashboard, "Dashboard"),
        wire.image(f"https://dashboards.example.com/render/{name}/{chart}.png", chart, dashboard),
    ]


STORM_START = datetime(2026, 10, 14, 23, 52, 10, tzinfo=UTC)
STORM_ID = "Q1CHECKOUTSTRM"
MERGED_START = datetime(2026, 10, 14, 23, 50, 40, tzinfo=UTC)
MERGED_ID = "Q2PAYMENTSLATE"
_TITLE = "Checkout API: payments fail with 503"


def checkout_storm(account: SandboxAccount, start: datetime = STORM_START) -> SandboxIncident:
    """Let the storm happen, from the first alert to the resolution 63 minutes later."""
    at = Clock(start)
    incident = account.open(
        CHECKOUT, _TITLE, at=start, teams=(SHOP_TEAM, PLATFORM_TEAM), id_=STORM_ID
    )
    _before(incident, at)
    first = _first_alert(incident, at)
    _paging(incident, at)
    bursts = _bursts(incident, at)
    _getting_together(incident, at)
    _search(incident, at)
    _repair(incident, at)
    for number, alert in enumerate([first, *bursts]):
        incident.recover(alert, at(36 + number // 4, 7 * number % 60))
    incident.resolve(
        at(63),
        JONAS,
        "Rolled checkout-api back to 2026.41.2. Connections on ledger-db are back to 120.",
    )
    return incident


def _before(incident: SandboxIncident, at: Clock) -> None:
    incident.change(
        "Deploy checkout-api 2026.41.3: 48 workers a pod",
        at(-31),
        source="deploys",
        url="https://deploys.example.com/checkout-api/2026.41.3",
    )
    incident.change(
        "Flag express-pay on for 25 % of customers",
        at(-72),
        source="flags",
        url="https://flags.example.com/express-pay/history/19",
        reason="related_service",
    )
    incident.subscribe(PRIYA, LENA, TOMASZ, AIKO, MIRA, JONAS, wire.person("Support desk"))
    incident.hit("Online shop")


def _first_alert(incident: SandboxIncident, at: Clock) -> Wire:
    return incident.alert(
        "Checkout API: more than 5 % of requests fail",
        at(0),
        key="checkout-api/5xx",
        source="checkout-api",
        client_url="https://lookout.example.com/alerts/checkout-api-5xx",
        contexts=contexts(CHECKOUT, "errors"),
        details={
            "value": "11.4 %",
            "threshold": "5 %",
            "logs": "https://logs.example.com/search?q=service:checkout-api+status:503",
            "labels": {"cluster": "prod-eu-1", "release": "2026.41.3"},
        },
    )


def _paging(incident: SandboxIncident, at: Clock) -> None:
    """Mira does not wake up; five minutes later it is Jonas's turn."""
    incident.assign([MIRA], at(0, 2))
    incident.notify(MIRA, "push", at(0, 4))
    incident.notify(MIRA, "sms", at(1, 4))
    incident.notify(MIRA, "phone", at(3, 4))
    incident.escalate([JONAS], at(5, 2))
    incident.notify(JONAS, "push", at(5, 4))
    incident.notify(JONAS, "phone", at(6, 4))
    incident.acknowledge(JONAS, at(6, 41), channel="mobile")


def _bursts(incident: SandboxIncident, at: Clock) -> list[Wire]:
    """Raise the 39 further alerts: pods of the checkout, then the payments, then the ledger."""
    plan = (
        (18, 0, 27, CHECKOUT, "pod", "does not become ready", "error"),
        (16, 21, 36, PAYMENTS, "route", "answers after 30 s", "critical"),
        (5, 39, 20, LEDGER, "replica", "refuses connections", "critical"),
    )
    return [
        incident.alert(
            f"{service['summary']}: {thing} {number + 1} {trouble}",
            at(minute, 15 + number * step),
            key=f"{service['summary']}/{thing}-{number % 6}".lower().replace(" ", "-"),
            severity=severity,
            source=f"{thing}-{number + 1}",
            contexts=contexts(service, thing),
            details={"count": number + 1},
            service=service,
        )
        for count, minute, step, service, thing, trouble, severity in plan
        for number in range(count)
    ]


def _getting_together(incident: SandboxIncident, at: Clock) -> None:
    incident.chat("#inc-checkout-payments", "https://shop.slack.com/archives/C0CHECKOUT", at(7, 30))
    incident.set_conference("+1-555-0142,,7788#", "https://meet.example.com/checkout-payments")
    incident.entry("workflow_start", at(7, 40), "Workflow Major incident was started", ROBOT)
    incident.set_priority(wire.priority("P2"), at(9), JONAS)
    incident.note("Ledger DB is at its limit: 400 of 400 connections in use.", at(10, 15), JONAS)
    incident.request(
        [AIKO, TOMASZ], "Ledger DB has no free connections, please join", at(11), JONAS
    )
    incident.set_priority(wire.priority("P1"), at(12, 30), JONAS)
    incident.respond(AIKO, "joined", at(13, 5))
    incident.update(
        "We are looking into failing payments in the shop. Next update within 20 minutes.",
        at(14, 20),
        JONAS,
    )
    incident.respond(TOMASZ, "declined", at(16, 40))
    incident.request([LENA], "Payments route to the ledger: can you look?", at(17, 10), JONAS)
    incident.respond(LENA, "joined", at(19, 55))


def _search(incident: SandboxIncident, at: Clock) -> None:
    incident.entry("event_rule_action", at(20, 5), "Rule Night shift set the urgency to high", None)
    incident.note(
        "Root cause: release 2026.41.3 runs 48 workers a pod, each with a pool of its own, "
        "so ledger-db ran out of connections.",
        at(22, 45),
        AIKO,
    )
    incident.set_field(
        "affected_customers", "Affected customers", "18 % of checkouts", at(24), LENA
    )
    incident.set_field("regions", "Regions", ["eu-west", "eu-north"], at(24, 30), LENA)
    incident.note("See https://dashboards.example.com/d/ledger-db/pool", at(25, 10), ROBOT)


def _repair(incident: SandboxIncident, at: Clock) -> None:
    incident.note("Rolling checkout-api back to 2026.41.2.", at(26, 50), JONAS)
    incident.note("Roll-back done on all pods, connections are falling.", at(33, 20), JONAS)
    incident.update(
        "A fix is in place and payments are going through again. We keep watching.",
        at(35, 40),
        JONAS,
    )
    incident.note(
        "ACTION: Alert on ledger-db connections at 80 % @Aiko Brandt by 2026-10-23", at(52), JONAS
    )
    incident.note(
        "ACTION: Cap the pool of a pod in the checkout-api chart @Jonas Thorvald by 2026-10-30",
        at(53),
        JONAS,
    )
    incident.note("FOLLOW-UP: Test releases with the number of workers of production", at(54), LENA)
    incident.update("Payments work. We will publish what we learnt.", at(62, 10), JONAS)


def merged(account: SandboxAccount, start: datetime = MERGED_START) -> SandboxIncident:
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
        id_=MERGED_ID,
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
    incident.merge_into(account.incidents[STORM_ID], at(17, 25), JONAS)
    incident.recover(alert, at(41))
    return incident
