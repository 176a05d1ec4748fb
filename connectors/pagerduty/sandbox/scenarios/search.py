"""An alert that went away by itself: nobody acknowledged, the monitoring resolved it."""

from datetime import UTC, datetime

from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.shop import LENA, SEARCH, SHOP_TEAM, Clock, contexts

START = datetime(2026, 10, 16, 3, 2, 0, tzinfo=UTC)
ID = "Q4SEARCHLAGGED"


def auto_resolved(account: SandboxAccount, start: datetime = START) -> SandboxIncident:
    """Let the search index fall behind and catch up within nine minutes."""
    at = Clock(start)
    incident = account.open(
        SEARCH,
        "Catalogue Search: index is 5 min behind",
        at=start,
        teams=(SHOP_TEAM,),
        urgency="low",
        id_=ID,
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
