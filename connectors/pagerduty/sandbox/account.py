"""A PagerDuty account in memory: its incidents and its webhook subscriptions.

What is kept is what PagerDuty would send, with ``datetime`` where JSON has text: the routes write
it in the zone that the real API would use.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.references import Wire

FIRST_NUMBER = 4101
INCIDENT_TYPES = {"incident_default": "Base Incident", "security_incident": "Security Incident"}
"""The types of incidents, by the name that programs use, as they are shown."""


@dataclass
class SandboxAccount:
    """The account. Its methods, and its incidents', may be called from any thread."""

    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("America/Denver"))
    read_only: bool = False
    """Whether its keys may only read."""
    user: Wire | None = None
    """Whose key it is; None for an account's key, which is nobody's."""
    incidents: dict[str, SandboxIncident] = field(default_factory=dict)
    subscriptions: list[Wire] = field(default_factory=list)
    incident_types: dict[str, str] = field(default_factory=lambda: dict(INCIDENT_TYPES))
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def open(
        self,
        service: Wire,
        title: str,
        *,
        at: datetime,
        by: Wire | None = None,
        policy: Wire | None = None,
        teams: Sequence[Wire] = (),
        urgency: str = "high",
        id_: str | None = None,
        details: str = "",
    ) -> SandboxIncident:
        """Open an incident: by a person, or, without one, by what the first alert comes from."""
        with self.lock:
            number = FIRST_NUMBER + len(self.incidents)
            incident = SandboxIncident(
                lock=self.lock,
                id=id_ or wire.made_id("Q", "incident", number),
                number=number,
                title=title,
                service=service,
                created_at=at,
                changed_at=at,
                changed_by=by or service,
                policy=policy or wire.policy(f"{service['summary']} on call"),
                teams=list(teams),
                urgency=urgency,
            )
            self.incidents[incident.id] = incident
            if by:
                incident.trigger_by_hand(at, by, details)
            return incident

    def subscribe(
        self,
        url: str,
        events: Sequence[str],
        *,
        active: bool = True,
        disabled: bool = False,
        only: Wire | None = None,
    ) -> Wire:
        """Add a webhook subscription; ``disabled`` is PagerDuty's doing, after failures.

        ``only`` is a service or team: of others nothing is sent.
        """
        with self.lock:
            id_ = wire.made_id("P", "subscription", len(self.subscriptions), length=6)
            subscription: Wire = {
                "id": id_,
                "type": "webhook_subscription",
                "active": active,
                "delivery_method": {
                    "id": wire.made_id("P", "delivery", id_, length=6),
                    "secret": None,
                    "temporarily_disabled": disabled,
                    "type": "http_delivery_method",
                    "url": url,
                    "custom_headers": [],
                },
                "description": "Drafts of postmortems",
                "events": list(events),
                "filter": {"id": only["id"], "type": only["type"]}
                if only
                else {"type": "account_reference"},
            }
            self.subscriptions.append(subscription)
            return subscription

    def unsubscribe(self, id_: str) -> bool:
        """Take a subscription away; give whether it was there."""
        with self.lock:
            left = [one for one in self.subscriptions if one["id"] != id_]
            was_there = len(left) < len(self.subscriptions)
            self.subscriptions[:] = left
            return was_there
