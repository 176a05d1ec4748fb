"""What ``postmortem check`` looks at in PagerDuty."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from connectors.connector import IncidentFilter, NameKind
from connectors.errors import ConnectorError, Finding, NotFound
from connectors.incidents import IncidentId, Reference
from connectors.json_fields import JsonValue
from connectors.pagerduty import resolved_incidents
from connectors.pagerduty.common_payloads import read_incident_id, reference_or_none
from connectors.pagerduty.reading import subscriptions
from connectors.pagerduty.reading.list_pages import ListPages
from connectors.pagerduty.reading.subscriptions import ExpectedWebhook
from connectors.pagerduty.responses import Withheld
from connectors.pagerduty.transport import PagerDutyTransport, Query

_PARTS: Sequence[tuple[str, str, Query]] = (
    ("log entries", "log_entries", {"limit": 1}),
    ("alerts", "alerts", {"limit": 1}),
    ("notes", "notes", {}),
    ("change events", "related_change_events", {}),
    ("business services", "business_services/impacts", {}),
    ("subscribers", "status_updates/subscribers", {}),
)
GOOD = "the key is good and may read incidents"
_LISTS: Mapping[NameKind, str] = {
    NameKind.SERVICE: "services",
    NameKind.TEAM: "teams",
    NameKind.PRIORITY: "priorities",
}


def listed(transport: PagerDutyTransport, kind: NameKind) -> Iterator[Reference]:
    """Give what PagerDuty lists of a kind. Raises ``ConnectorError``.

    The types of incidents come in one answer, and go by the name that programs use as well.
    """
    if kind is NameKind.INCIDENT_TYPE:
        answer = transport.get("/incidents/types", {"filter": "all"})
        yield from map(_incident_type, answer["incident_types"].required_list())
        return
    name = _LISTS[kind]
    for page in ListPages(transport, f"/{name}", name, reference_or_none):
        yield from (one for one in page if one is not None)


def _incident_type(part: JsonValue) -> Reference:
    name = part["name"].text()
    return Reference(name, part["display_name"].text_or_none() or name)


def findings(
    transport: PagerDutyTransport, expected: ExpectedWebhook, wanted: IncidentFilter
) -> list[Finding]:
    """Look at the key, at what it may read, and at the webhook subscriptions; never raises.

    ``wanted`` are the incidents that get drafts, by names or ids.
    """
    subject = f"PagerDuty {transport.url}"
    try:
        newest = newest_incident(transport)
    except ConnectorError as error:
        return [Finding.of(subject, error)]
    found = [Finding(subject, GOOD)]
    found += _readable(transport, newest)
    found += subscriptions.findings(
        transport, expected, wanted, lambda kind: listed(transport, kind)
    )
    return found


def newest_incident(transport: PagerDutyTransport) -> IncidentId | None:
    """Give the newest resolved incident of half a year, which proves the key.

    Raises ``ConnectorError``.
    """
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


def _readable(transport: PagerDutyTransport, incident: IncidentId | None) -> Iterator[Finding]:
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
