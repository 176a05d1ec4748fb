"""Bad weather: every so many requests something goes wrong with each of the services.

The periods are primes, so that troubles of all kinds meet requests of all kinds.
"""

import re
from dataclasses import dataclass

from connectors.sandbox import Fault, Moment
from tests.service.installation import Installation


@dataclass
class _Again(Fault):
    """Strikes at every ``period``-th request at its moment, again and again."""

    period: int = 1
    seen: int = 0

    def strikes(self, request: str, moment: Moment) -> bool:
        if moment is not self.moment or not re.search(self.at, request):
            return False
        self.seen += 1
        return self.seen % self.period == 0


def bad_weather(here: Installation) -> None:
    """Let both services be throttled, fail, hang up and answer late, for good."""
    here.pagerduty.faults.extend(
        [
            _Again(status=429, period=53),
            _Again(status=429, headers={"ratelimit-reset": "1"}, period=59),
            _Again(status=500, period=61),
            _Again(status=503, period=67),
            _Again(cut_short=True, period=71),
            _Again(delay=0.5, period=31),
        ]
    )
    here.jira.faults.extend(
        [
            _Again(status=429, period=53),
            _Again(status=429, headers={"Retry-After": "1"}, period=59),
            _Again(status=503, period=61),
            _Again(status=None, period=47),
            _Again(status=500, moment=Moment.AFTER, period=43),
            _Again(status=None, moment=Moment.AFTER, period=41),
            # of what may not be done twice an answer is lost every time, however few there are
            _Again(at=r"^POST .*/issue(/bulk)?$", status=None, moment=Moment.AFTER, period=5),
            _Again(status=200, moment=Moment.AFTER, cut_short=True, period=37),
        ]
    )
