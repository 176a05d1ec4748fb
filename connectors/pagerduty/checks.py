"""What ``postmortem check`` looks at in PagerDuty."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from connectors.connector import NameKind
from connectors.errors import AccessDenied, ConnectorError, Finding, NotFound
from connectors.incidents import IncidentId, Reference
from connectors.json_fields import JsonValue
from connectors.pagerduty import resolved_incidents
from connectors.pagerduty.common_payloads import read_incident_id, reference_or_none
from connectors.pagerduty.refusals import Withheld
from connectors.pagerduty.transport import ListPages, Query, Transport
from connectors.pagerduty.webhook import WANTED_EVENTS

NEEDED_EVENTS = ("incident.resolved", "incident.annotated", "incident.reopened")
"""Without these a draft comes late, or goes without the resolution note or a second outage."""
_PARTS: Sequence[tuple[str, str, Query]] = (
    ("log entries", "log_entries", {"limit": 1}),
    ("alerts", "alerts", {"limit": 1}),
    ("notes", "notes", {}),
    ("change events", "related_change_events", {}),
    ("business services", "business_services/impacts", {}),
    ("subscribers", "status_updates/subscribers", {}),
)
_LISTS: Mapping[NameKind, str] = {
    NameKind.SERVICE: "services",
    NameKind.TEAM: "teams",
    NameKind.PRIORITY: "priorities",
}


def listed(transport: Transport, kind: NameKind) -> Iterator[Reference]:
    """Give what PagerDuty lists of a kind. Raises ``ConnectorError``."""
    name = _LISTS[kind]
    for page in ListPages(transport, f"/{name}", name, reference_or_none):
        yield from (one for one in page if one is not None)


def findings(transport: Transport, webhook_url: str | None) -> list[Finding]:
    """Look at the key, at what it may read, and at the webhook subscription; never raises.

    The subscription is looked for where ``webhook_url`` says to which address it should send.
    """
    subject = f"PagerDuty {transport.url}"
    try:
        newest = _newest_incident(transport)
    except ConnectorError as error:
        return [Finding.of(subject, error)]
    found = [Finding(subject, "the key is good and may read incidents")]
    found += _readable(transport, newest)
    if webhook_url:
        found += _webhooks(transport, webhook_url)
    return found


def _newest_incident(transport: Transport) -> IncidentId | None:
    now = datetime.now(UTC)
    query: Query = {
        **resolved_incidents.period_query(now - resolved_incidents.LONGEST_PERIOD, now),
        "statuses[]": ["resolved"],
        "sort_by": "created_at:desc",
        "limit": 1,
    }
    for incident in transport.get("/incidents", query)["incidents"].required_list():
        return read_incident_id(incident["id"])
    return None


def _readable(transport: Transport, incident: IncidentId | None) -> Iterator[Finding]:
    """Try each part on an incident; parts that the plan lacks are no problem, only a loss."""
    if incident is None:
        yield Finding("PagerDuty's parts of an incident", "no resolved incident to try them on")
        return
    for part, name, query in _PARTS:
        subject = f"PagerDuty's {part}"
        try:
            transport.get(f"/incidents/{incident}/{name}", query)
        except (Withheld, NotFound) as missing:
            if isinstance(missing, Withheld) and not missing.lasting:
                yield Finding.of(subject, missing)
            else:
                yield Finding(subject, f"not to be had, so drafts go without: {missing.what}")
        except ConnectorError as error:
            yield Finding.of(subject, error)
        else:
            yield Finding(subject, "readable")


def _webhooks(transport: Transport, url: str) -> list[Finding]:
    subject = f"PagerDuty webhook to {url}"
    pages = ListPages(transport, "/webhook_subscriptions", "webhook_subscriptions", lambda one: one)
    try:
        ours = [one for page in pages for one in page if _target(one) == url.rstrip("/")]
        if ours:
            return [_subscription(subject, one) for one in ours]
    except AccessDenied as denied:
        remedy = "Let the key read webhook subscriptions, or look at them on PagerDuty's web page."
        return [Finding(subject, problem=denied.what, remedy=remedy)]
    except ConnectorError as error:
        return [Finding.of(subject, error)]
    return [
        Finding(
            subject,
            problem="No webhook subscription sends there, so drafts wait for the schedule.",
            remedy="Add one (Integrations, Generic Webhooks (v3)) for these events: "
            f"{', '.join(WANTED_EVENTS)}.",
        )
    ]


def _target(subscription: JsonValue) -> str:
    return subscription["delivery_method"].required_object()["url"].text().rstrip("/")


def _subscription(subject: str, subscription: JsonValue) -> Finding:
    """Say whether one subscription is on and sends what is needed."""
    id_ = subscription["id"].text()
    listed = subscription["events"].value
    events = {one for one in listed if isinstance(one, str)} if isinstance(listed, list) else set()
    lacking = [name for name in WANTED_EVENTS if name not in events]
    detail = f"subscription {id_}"
    if lacking:
        detail += f", which does not send {', '.join(lacking)}"
    if subscription["delivery_method"].required_object()["temporarily_disabled"].flag():
        return Finding(
            subject,
            detail,
            f"PagerDuty disabled the subscription {id_} after failed deliveries.",
            "Once this address answers, enable it again, on its page or by POST "
            f"/webhook_subscriptions/{id_}/enable, then run postmortem sync for what was lost.",
        )
    if subscription["active"].value is False:
        return Finding(subject, detail, f"The subscription {id_} is switched off.", "Switch it on.")
    if needed := [name for name in NEEDED_EVENTS if name in lacking]:
        return Finding(
            subject,
            detail,
            f"The subscription {id_} does not send {', '.join(needed)}.",
            f"Add these events to it: {', '.join(lacking)}.",
        )
    return Finding(subject, detail)
