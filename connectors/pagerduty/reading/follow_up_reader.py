"""Reads what PagerDuty knows of an incident beside its record: its review, and earlier ones."""

from dataclasses import dataclass

from connectors.follow_up import IncidentReview, PastIncident, ReviewItem
from connectors.incidents import Incident
from connectors.pagerduty.reading import review_payloads
from connectors.pagerduty.reading.missing_parts import MissingParts
from connectors.pagerduty.transport import PagerDutyTransport

PAST_ASKED = 5
"""How many earlier incidents are asked for, of which the likest are told."""


@dataclass(frozen=True, slots=True)
class FollowUpReader:
    """Reads what follows one incident; what was merged away has its target's, and none here."""

    transport: PagerDutyTransport
    incident: Incident

    def review(self, gaps: MissingParts) -> IncidentReview | None:
        """Give PagerDuty's own review, with its action items where it has some."""
        if self.incident.merged_into is not None:
            return None
        return gaps.rare("incident review", lambda: self._review(gaps))

    def past(self, gaps: MissingParts) -> tuple[PastIncident, ...]:
        """Give the earlier incidents that PagerDuty finds like this one."""
        if self.incident.merged_into is not None:
            return ()
        return gaps.rare("past incidents", self._past) or ()

    @property
    def _path(self) -> str:
        return f"/incidents/{self.incident.id}"

    def _review(self, gaps: MissingParts) -> IncidentReview:
        path = f"{self._path}/review"
        fields = self.transport.get(path, brief=True)["incident_review"].required_object()
        items: tuple[ReviewItem, ...] | None = ()
        if review_payloads.has_items(fields):
            items = gaps.rare("action items of the review", lambda: self._items(path))
        return review_payloads.review(fields, items or ())

    def _items(self, path: str) -> tuple[ReviewItem, ...]:
        answer = self.transport.get(f"{path}/action_items", brief=True)
        return review_payloads.review_items(answer)

    def _past(self) -> tuple[PastIncident, ...]:
        path = f"{self._path}/past_incidents"
        answer = self.transport.get(path, {"limit": PAST_ASKED}, brief=True)
        return review_payloads.past_incidents(answer, self.incident.id, self.incident.url)
