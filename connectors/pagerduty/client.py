"""PagerDuty as a source of incidents."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.connector import EVERY_INCIDENT, IncidentFilter, NameKind
from connectors.errors import Finding
from connectors.incidents import Incident, IncidentId, IncidentRecord, LogEntry, Reference
from connectors.masking import Hidden, Masking
from connectors.pacing.rate_limit import NoPace, Pace
from connectors.pagerduty import checks, payloads, resolved_incidents
from connectors.pagerduty.reading.missing_parts import MissingParts, PlanLimits
from connectors.pagerduty.reading.record_reader import RecordReader, incident_path, read_log
from connectors.pagerduty.reading.subscriptions import ExpectedWebhook
from connectors.pagerduty.transport import PagerDutyTransport
from connectors.retry import RetryPolicy
from connectors.tls import Authorities

NO_WEBHOOK = ExpectedWebhook(signed=False)
US_URL = "https://api.pagerduty.com"
TIMEOUT = 30.0
"""Seconds for connecting, and for each read of an answer."""


class PagerDuty:
    """An ``IncidentSource`` on PagerDuty's REST API, with a key that need only read.

    Every request takes a permit of ``pace``, all of them at once where there is none.
    ``webhook`` is where PagerDuty's webhooks should arrive, for :meth:`check` to look for.
    ``masking`` hides the secrets in all that PagerDuty answers.
    Raises ``ConfigurationError`` for an address or a key that cannot be one.
    """

    def __init__(
        self,
        api_key: str,
        url: str = US_URL,
        *,
        timeout: float = TIMEOUT,
        policy: RetryPolicy | None = None,
        pace: Pace | None = None,
        webhook: ExpectedWebhook = NO_WEBHOOK,
        authorities: Authorities | None = None,
        masking: Masking | None = None,
    ) -> None:
        self._transport = PagerDutyTransport(
            api_key, url, timeout, policy or RetryPolicy(), pace or NoPace(), authorities, masking
        )
        self._webhook = webhook
        self._plan = PlanLimits()
        self._sorting = resolved_incidents.Sorting()

    def __repr__(self) -> str:
        return f"PagerDuty({self._transport.url!r})"

    def incident(self, incident: IncidentId) -> Incident:
        answer = self._transport.get(incident_path(incident), brief=True)
        return payloads.incident(answer["incident"].required_object())

    def record(self, incident: IncidentId) -> IncidentRecord:
        """Make seven calls, and one for each 100 log entries and alerts.

        The seven are incident, notes, change events, business services, review, past incidents, and
        a page of the incidents of that time, for those that were merged into it (up to five pages
        where something hints at a merge). Alerts are not asked for where there are none, action
        items only where there is a review, subscribers only where a status update went out, and
        what the account's plan lacks (402) only once an hour. Each of the first five incidents that
        were merged into it takes two more. They go out side by side, so that it
        takes as long as two or three calls, and one for each four further pages of log or alerts.
        """
        hidden = Hidden()
        transport = self._transport.counting(hidden)
        gaps = MissingParts(transport, self._plan)
        record = RecordReader(transport, gaps).read(incident)
        return replace(record, hidden=hidden.kinds)

    def log(self, incident: IncidentId) -> Sequence[LogEntry]:
        """Make a call for each 100 entries. Raises ``PayloadError`` where some are not listed."""
        return read_log(self._transport, incident)

    def resolved(
        self, since: datetime, until: datetime, only: IncidentFilter
    ) -> Iterable[Incident]:
        """Make a call for each 100 incidents, and from 30 days on one for each six months.

        An incident belongs to the period in which it was resolved; one that was open for more than
        150 days before ``since`` may be missed, for PagerDuty does not say what its own ``since``
        means. One more call, once, shows the order of the answers where it does not prove itself,
        and where PagerDuty does not sort it takes a call for each 100 incidents of half a year.
        Incidents that were merged into others are among them, with ``merged_into``.
        """
        return resolved_incidents.resolved(self._transport, self._sorting, since, until, only)

    def listed(self, kind: NameKind) -> Iterable[Reference]:
        """Make a call for each 100 of them, up to 10000."""
        return checks.listed(self._transport, kind)

    def check(self, wanted: IncidentFilter = EVERY_INCIDENT) -> Sequence[Finding]:
        """Say whether webhooks arrive as well."""
        return checks.findings(self._transport, self._webhook, wanted)

    def close(self) -> None:
        self._transport.close()
