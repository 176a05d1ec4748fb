"""Bad weather: every so many requests something goes wrong with each of the services.

The periods are primes, so that troubles of all kinds meet requests of all kinds.
"""

from dataclasses import dataclass

from connectors.jira.sandbox import faults as jira_faults
from connectors.jira.sandbox.faults import Moment
from connectors.pagerduty.sandbox.faults import Fault
from tests.service.installation import Installation


@dataclass
class _PagerDutyFails(Fault):
    """Strikes at every ``period``-th request, again and again."""

    period: int = 1
    seen: int = 0

    def strikes(self, path: str) -> bool:
        self.seen += 1
        return self.seen % self.period == 0


@dataclass
class _JiraFails(jira_faults.Fault):
    """Strikes at every ``period``-th request at its moment, again and again."""

    period: int = 1
    seen: int = 0

    def strikes(self, request: str, moment: Moment) -> bool:
        if moment is not self.moment:
            return False
        self.seen += 1
        return self.seen % self.period == 0


def bad_weather(here: Installation) -> None:
    """Let both services be throttled, fail, hang up and answer late, for good."""
    here.pagerduty.faults += [
        _PagerDutyFails("", 429, period=53),
        _PagerDutyFails("", 429, {"ratelimit-reset": "1"}, period=59),
        _PagerDutyFails("", 500, period=61),
        _PagerDutyFails("", 503, period=67),
        _PagerDutyFails("", drop=True, period=71),
        _PagerDutyFails("", delay=0.5, period=31),
    ]
    here.jira.gate.faults += [
        _JiraFails(status=429, period=53),
        _JiraFails(status=429, headers={"Retry-After": "1"}, period=59),
        _JiraFails(status=503, period=61),
        _JiraFails(status=None, period=47),
        _JiraFails(status=500, moment=Moment.AFTER, period=43),
        _JiraFails(status=None, moment=Moment.AFTER, period=41),
        _JiraFails(status=200, moment=Moment.AFTER, cut_short=True, period=37),
    ]
