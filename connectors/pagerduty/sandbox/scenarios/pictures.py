"""A quick fix: opened by hand, without an alert, mended in nine minutes."""

from datetime import UTC, datetime

from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.shop import MIRA, PICTURES, PRIYA, SHOP_TEAM, Clock

START = datetime(2026, 10, 15, 9, 14, 3, tzinfo=UTC)
ID = "Q3PICTURESGONE"


def quick_fix(account: SandboxAccount, start: datetime = START) -> SandboxIncident:
    """Let Priya see that pictures are missing, and Mira empty a cache."""
    at = Clock(start)
    incident = account.open(
        PICTURES,
        "Pictures are missing on product pages",
        at=start,
        by=PRIYA,
        teams=(SHOP_TEAM,),
        id_=ID,
    )
    incident.assign([MIRA], at(0, 1), PRIYA)
    incident.notify(MIRA, "push", at(0, 3))
    incident.acknowledge(MIRA, at(1, 12))
    incident.note(
        "The cache in front of the pictures serves empty answers. Emptying it.", at(4), MIRA
    )
    incident.resolve(at(9, 2), MIRA)
    return incident
