"""What a team decides about its drafts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from worker.drafting.rules import Rule


@dataclass(frozen=True, slots=True)
class DraftPolicy:
    """How drafts are written.

    ``links`` ends each timeline row with a link to its source. ``rules`` overrides the folding
    table, by type of log entry. The targets decide under which heading of section 7 a time is
    told; without one it is not judged. ``review_due`` is counted from the resolution. ``chart``
    names the picture beside the document, if there is one. A timeline has at most ``max_rows``
    rows.
    """

    timezone: ZoneInfo
    links: bool = True
    rules: Mapping[str, Rule] = field(default_factory=dict)
    acknowledge_within: timedelta | None = None
    resolve_within: timedelta | None = None
    review_due: timedelta | None = None
    chart: str | None = None
    max_rows: int = 60
