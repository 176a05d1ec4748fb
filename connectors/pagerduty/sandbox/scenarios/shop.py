"""Who works in the shop, and what they run."""

from datetime import datetime, timedelta

from connectors.pagerduty.sandbox import json_shapes as wire
from connectors.pagerduty.sandbox.json_shapes import Wire

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
