"""An incident of the sandbox: what can happen to it, and what each happening leaves behind.

Every step writes the log entries that PagerDuty would, with the wordings that it uses, and changes
the incident. Times are given, never taken from a clock. Entry types that PagerDuty does not
document have the shapes seen in captured payloads.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.incident_record import Conversation, step
from connectors.pagerduty.sandbox.references import Wire

_WAYS = {"sms": "SMS", "phone": "phone", "push": "push notification", "email": "email"}


class SandboxIncident(Conversation):
    """One incident, from its first alert to its resolution, and perhaps on from there."""

    @step
    def trigger_by_hand(self, at: datetime, by: Wire, details: str = "") -> None:
        """Write the entry of somebody opening it on the web page, perhaps with a description."""
        channel = {"type": "web_trigger", "summary": self.title, "subject": self.title}
        if details:
            channel["details"] = details
        self.entry("trigger", at, "Triggered through the website", by, channel)

    @step
    def alert(
        self,
        summary: str,
        at: datetime,
        *,
        key: str,
        severity: str = "critical",
        source: str = "",
        client: str = "Lookout",
        client_url: str | None = None,
        details: Wire | str | None = None,
        contexts: Sequence[Wire] = (),
        service: Wire | None = None,
    ) -> Wire:
        """Raise an alert: the first one triggers the incident, a later one joins it."""
        event = {
            "client": client,
            "client_url": client_url,
            "contexts": list(contexts) or None,
            "dedup_key": key,
            "description": summary,
            "message": summary,
            "details": details or {},
            "severity": severity,
            "source_origin": source,
            "version": "1.0",
        }
        raised = self._raised(event, at, service or self.service)
        self.alerts.append(raised)
        if any(entry["type"] == "trigger_log_entry" for entry in self.log):
            linked = wire.reference("alert", raised["id"], summary, "alerts")
            text = f"{summary} was added to this incident"
            self.entry("link", at, text, self.service, {"type": "auto"}, linked_incident=linked)
        else:
            self._triggered_by(raised, at)
        return raised

    def _raised(self, event: Wire, at: datetime, service: Wire) -> Wire:
        """Give the alert that an event raises."""
        id_ = wire.made_id("Q", self.id, "alert", len(self.alerts))
        return {
            **wire.reference("alert", id_, event["description"], "alerts"),
            "type": "alert",
            "created_at": at,
            "status": "triggered",
            "resolved_at": None,
            "alert_key": event["dedup_key"],
            "suppressed": False,
            "service": service,
            "severity": event["severity"],
            "incident": self.reference(),
            "integration": wire.integration(event["client"], service),
            "body": {
                "type": "alert_body",
                "contexts": event["contexts"] or [],
                "details": event["details"],
                "cef_details": event,
            },
            "privilege": None,
        }

    def _triggered_by(self, alert: Wire, at: datetime) -> None:
        """Write the entry of the first alert, which opens the incident."""
        told, body = alert["summary"], alert["body"]
        channel = {
            "type": "api",
            "summary": told,
            "description": told,
            "incident_key": alert["alert_key"],
            "details": body["details"],
            "cef_details": body["cef_details"],
        }
        self.entry(
            "trigger",
            at,
            "Triggered through the API.",
            alert["integration"],
            channel,
            contexts=body["contexts"],
            event_details={"description": told},
        )

    @step
    def recover(self, alert: Wire, at: datetime) -> None:
        """Let the monitoring take an alert back."""
        alert["status"], alert["resolved_at"] = "resolved", at

    @step
    def fire_again(self, alert: Wire, at: datetime) -> None:
        """Let the monitoring send an open alert's event again: a further trigger, no alert."""
        common = alert["body"]["cef_details"]
        key, told = alert["alert_key"], alert["summary"]
        channel = {"type": "api", "summary": told, "incident_key": key, "cef_details": common}
        self.entry("trigger", at, "Triggered through the API.", alert["integration"], channel)

    @step
    def notify(self, user: Wire, via: str, at: datetime, status: str = "success") -> None:
        """Page somebody: ``sms``, ``phone``, ``push`` or ``email``; perhaps in vain."""
        notification = {
            "type": f"{via}_notification",
            "address": "+1-555-0100" if via in ("sms", "phone") else "pager@example.com",
            "status": status,
        }
        channel = {"type": "auto", "notification": notification}
        told = "Notified" if status == "success" else "Failed to notify"
        text = f"{told} {user['summary']} by {_WAYS[via]}"
        self.entry("notify", at, text, self.service, channel, user=user)

    @step
    def assign(self, users: Sequence[Wire], at: datetime, by: Wire | None = None) -> None:
        """Assign the incident: one entry for each person, as PagerDuty writes them."""
        self.assigned = [{"at": at, "assignee": user} for user in users]
        for user in users:
            text = f"Assigned to {user['summary']}" + (f" by {by['summary']}" if by else "")
            self.entry("assign", at, text, by or self.service, assignees=[user])

    @step
    def escalate(self, users: Sequence[Wire], at: datetime, by: Wire | None = None) -> None:
        """Escalate: by a person, or because nobody acknowledged in time.

        A timeout's summary says "through the API" all the same: only the channel tells it.
        """
        names = " and ".join(user["summary"] for user in users)
        text = f"Escalated to {names} " + (f"by {by['summary']}" if by else "through the API")
        channel = {"type": "website" if by else "timeout"}
        self.entry("escalate", at, text, by or self.service, channel, assignees=list(users))
        self.assign(users, at, by)

    @step
    def delegate(self, policy: Wire, users: Sequence[Wire], at: datetime, by: Wire) -> None:
        """Hand the incident to another escalation policy, which assigns it to ``users``."""
        self.policy = policy
        text = f"Delegated to {policy['summary']} by {by['summary']}"
        self.entry("delegate", at, text, by, assignees=list(users))
        self.assign(users, at, by)

    @step
    def acknowledge(self, by: Wire, at: datetime, channel: str = "website") -> None:
        """Let somebody take it on."""
        self.status, self.changed_at, self.changed_by = "acknowledged", at, by
        self.acknowledgements.append({"at": at, "acknowledger": by})
        text = f"Acknowledged by {by['summary']}"
        way = {"type": channel}
        self.entry("acknowledge", at, text, by, way, acknowledgement_timeout=1800)

    @step
    def unacknowledge(self, at: datetime) -> None:
        """Let the acknowledgement time out."""
        self.status, self.changed_at, self.changed_by = "triggered", at, self.service
        self.acknowledgements.clear()
        text = "Unacknowledged due to timeout"
        self.entry("unacknowledge", at, text, self.service, {"type": "timeout"})

    @step
    def exhaust(self, at: datetime) -> None:
        """Reach the end of the escalation policy."""
        text = "Escalation path exhausted: nobody acknowledged"
        self.entry("exhaust_escalation_path", at, text, self.service, {"type": "timeout"})

    @step
    def snooze(
        self, duration: timedelta, at: datetime, by: Wire, *, with_duration: bool = True
    ) -> None:
        """Put it off; the end always stands in the changed actions, the duration not always."""
        seconds = int(duration.total_seconds())
        channel = {"type": "website", **({"duration": seconds} if with_duration else {})}
        until = {"type": "unacknowledge", "at": at + duration}
        text = f"Snoozed by {by['summary']}"
        self.entry("snooze", at, text, by, channel, changed_actions=[until])

    @step
    def resolve(self, at: datetime, by: Wire | None = None, note: str | None = None) -> None:
        """Resolve it: by a person, with or without a resolution note, or by the monitoring.

        The note is a note of its own, prefixed; its entry stands a second before the resolution,
        as in one of two captured cases.
        """
        if by and note:
            self.note(f"Resolution Note: {note}", at - timedelta(seconds=1), by)
        agent = by or wire.integration("Lookout", self.service)
        how = f"by {by['summary']}" if by else "through the API."
        channel = {"type": "website" if by else "api"}
        self.entry("resolve", at, f"Resolved {how}", agent, channel)
        self._end(at, by or self.service)
        for alert in self.alerts:
            if alert["status"] != "resolved":
                self.recover(alert, at)

    @step
    def reopen(self, at: datetime, by: Wire, users: Sequence[Wire]) -> None:
        """Open it again. The documents name no log entry for it; it is assigned anew."""
        self.status, self.reopened_at, self.resolved_at = "triggered", at, None
        self.changed_at, self.changed_by = at, by
        self.assign(users, at, by)

    @step
    def merge_into(self, target: "SandboxIncident", at: datetime, by: Wire) -> None:
        """Merge it into another: it is resolved, its alerts move."""
        self.merged_into = target
        for alert in self.alerts:
            alert["incident"] = target.reference()
            linked = wire.reference("alert", alert["id"], alert["summary"], "alerts")
            text = f"{alert['summary']} was added to this incident"
            target.entry("link", at, text, by, linked_incident=linked)
        target.alerts += self.alerts
        self.alerts = []
        self.entry("resolve", at, f"Resolved by {by['summary']}", by)
        self._end(at, by)

    @step
    def start_review(self, title: str, at: datetime, by: Wire) -> Wire:
        """Open the incident's one review."""
        self.review = {
            "id": wire.made_id("R", self.id, "review"),
            "incident_id": self.id,
            "title": title,
            "status": "in_review",
            "sections": [],
            "generation_status": "idle",
            "ai_generated": False,
            "created_by": by["id"],
            "created_at": at,
        }
        return self.review

    @step
    def write_section(self, title: str, content: Wire | str | None) -> None:
        """Add a section to the review: a document of its editor, or nothing yet."""
        sections: list[Wire] = self.review["sections"] if self.review else []
        sections.append(
            {"title": title, "priority": len(sections), "required": False, "content": content}
        )

    @step
    def review_item(self, /, name: str, at: datetime, **more: Any) -> Wire:
        """Add an action item to the review; ``more`` are its fields as they go over the wire."""
        item = {
            "id": wire.made_id("A", self.id, "item", len(self.review_items)),
            "incident_id": self.id,
            "name": name,
            "description": "",
            "status": "incomplete",
            "priority": None,
            "assignee": None,
            "due_at": None,
            "external_type": None,
            "external_url": None,
            "created_at": at,
            "completed_at": None,
            **more,
        }
        self.review_items.append(item)
        return item

    @step
    def resembles(self, /, title: str, at: datetime, score: float, **more: Any) -> None:
        """Let an earlier incident be like this one."""
        id_ = wire.made_id("Q", "past", title, at)
        earlier = {
            "id": id_,
            "created_at": at,
            "self": f"{wire.API}/incidents/{id_}",
            "title": title,
            **more,
        }
        self.past.append({"incident": earlier, "score": score})

    def _end(self, at: datetime, by: Wire) -> None:
        self.status, self.resolved_at, self.changed_at, self.changed_by = "resolved", at, at, by
        self.assigned, self.acknowledgements = [], []
