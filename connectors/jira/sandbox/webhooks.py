"""The webhooks that the sandbox Jira sends: signed as Jira signs them."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

import requests

from connectors.jira.sandbox.site import SandboxSite, TicketRecord
from connectors.jira.sandbox.views import Views


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """A field that went from one value to another, as people see the values."""

    field: str
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver an event; the same again is a second attempt."""

    body: bytes
    headers: Mapping[str, str]

    def send(self, url: str) -> int:
        """Post it; gives the status that came back."""
        answer = requests.post(url, data=self.body, headers=dict(self.headers), timeout=10)
        return answer.status_code


def delivery(
    site: SandboxSite,
    views: Views,
    record: TicketRecord,
    event: str,
    changes: Sequence[FieldEdit],
    secret: str,
) -> Delivery:
    """Make the delivery of an event about a ticket."""
    at = int(site.clock().timestamp() * 1000)
    named = {"created": "issue_created", "deleted": "issue_deleted"}.get(event, "issue_generic")
    body: dict[str, object] = {
        "timestamp": at,
        "webhookEvent": f"jira:issue_{event}",
        "issue_event_type_name": named,
        "user": views.person(site.myself),
        "issue": views.ticket(record, record.now, ["*all"], ()),
    }
    if changes:
        items = [_item(site, change) for change in changes]
        body["changelog"] = {"id": str(at), "items": items}
    raw = json.dumps(body).encode()
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature": f"sha256={digest}"}
    if site.is_cloud:
        own = uuid5(NAMESPACE_URL, f"{record.now.id}/{event}/{at}")
        headers["X-Atlassian-Webhook-Identifier"] = str(own)
    return Delivery(raw, headers)


def _item(site: SandboxSite, change: FieldEdit) -> dict[str, str | None]:
    """Show a change; Data Center leaves out ``fieldId``."""
    item = {"field": change.field, "fieldtype": "jira"}
    ends = {"from": None, "fromString": change.old, "to": None, "toString": change.new}
    return {**item, **({"fieldId": change.field} if site.is_cloud else {}), **ends}
