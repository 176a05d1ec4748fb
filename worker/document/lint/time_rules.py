"""Whether the times that a document names agree with each other."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from config.template_names import Slot
from worker.content.inline_markdown import plain
from worker.document.lint.findings import Flaw, LintRule
from worker.document.lint.written_times import (
    IncidentSpan,
    TimedRow,
    lengths,
    names_other_zone,
    row_times,
    spans,
)
from worker.document.outline import Outline, TimelineTable

_EARLIEST = timedelta(hours=1)
_EARLIEST_CHANGE = timedelta(hours=2, minutes=1)
"""Drafts tell changes from two hours before the start on, by the minute."""
_LATEST = timedelta(days=1)
_EXACT = timedelta(minutes=1)
"""How far a duration may be from end minus start: drafts round both to the minute."""
_ROUGH = re.compile(
    r"[~\u2248<>\u2264\u2265]|\b(?:about|approx\w*|aprox\w*|around|round(?:ed)?|roughly|nearly|almost"
    r"|circa|ca|over|more than|less than|at least|at most|up to|under|below|etwa|rund|ungef\u00e4hr"
    r"|gerundet|knapp|environ|presque|casi|unos|unas|cerca)\b",
    re.IGNORECASE,
)
_REOPENED = re.compile(r"\b(?:re-?opened|open \d)", re.IGNORECASE)
_CHANGE = re.compile(r"^(?:Change (?:on|from) |Change: |\d+ changes\b)|\bchange$")
"""How drafts word a change, one or several; in a team's own words, its link is called so."""
_ACKNOWLEDGED = re.compile(
    r"^[^\"]*\backnowledged\b"
    r"(?!\s+(?:that|this|the|an?|our|their|its|his|her|my|your|receipt|having|there)\b"
    r"(?!\s+(?:\w+\s+)?(?:incident|alert|alarm|page|call|pager|notification)))",
    re.IGNORECASE,
)
"""Other things than the incident are acknowledged too, such as a fault by its vendor."""
_RESOLVED = re.compile(r"^[^\"]*\bresolved\b", re.IGNORECASE)
_AFTER = {
    kind: re.compile(rf"\b{kind} after ([^;.]*?)(?=,|;|\.|$)", re.IGNORECASE)
    for kind in ("acknowledged", "resolved")
}
_NOT_YET = re.compile(r"\b(?:not|never|nobody|no one)\b[^.]*$", re.IGNORECASE)


def time_faults(text: str, found: Outline, header: Sequence[str], now: datetime) -> Iterator[Flaw]:
    """Find times that contradict each other: in the timeline, of the incident, and its duration."""
    known = spans(text, found)
    timeline = found.timeline(header)
    if timeline is not None:
        rows = row_times(text, found, timeline)
        yield from _order_faults(rows)
        if not names_other_zone(found, timeline):
            yield from _outside_faults(rows, known, now)
        yield from _late_acknowledgements(rows)
    yield from _late_by_its_lengths(found)
    yield from _duration_faults(found, known, timeline)


def _order_faults(rows: Sequence[TimedRow]) -> Iterator[Flaw]:
    for before, row in itertools.pairwise(rows):
        if row.at < before.at:
            told = f"{row.written} stands below {before.written}, which is later."
            yield Flaw(row.line, LintRule.TIME_ORDER, told)


def _outside_faults(
    rows: Sequence[TimedRow], known: Sequence[IncidentSpan], now: datetime
) -> Iterator[Flaw]:
    starts = [one.start for one in known if one.start]
    ends = [one.end for one in known if one.end]
    first = min(starts) if starts else None
    last = max(ends) + _LATEST if ends else now
    for row in rows:
        early = _EARLIEST_CHANGE if _CHANGE.search(row.event) else _EARLIEST
        if first is not None and row.at < first - early:
            told = f"{row.written} is more than an hour before the incident began."
            yield Flaw(row.line, LintRule.OUTSIDE_INCIDENT, told)
        elif starts and row.at > last:
            told = "more than a day after the incident ended" if ends else "in the future"
            yield Flaw(row.line, LintRule.OUTSIDE_INCIDENT, f"{row.written} is {told}.")


def _late_acknowledgements(rows: Sequence[TimedRow]) -> Iterator[Flaw]:
    """Find who acknowledged after the last resolution: after an earlier one it was open again."""
    resolved = [row.at for row in rows if _says(_RESOLVED, row.event)]
    for row in rows:
        if resolved and row.at > max(resolved) and _says(_ACKNOWLEDGED, row.event):
            told = f"It was acknowledged at {row.written}, after it was resolved."
            yield Flaw(row.line, LintRule.ACK_AFTER_RESOLVE, told)


def _late_by_its_lengths(found: Outline) -> Iterator[Flaw]:
    """Find a bullet by whose lengths of time it was acknowledged later than resolved."""
    for bullet in found.bullets.values():
        told = [_AFTER[kind].search(plain(bullet.text)) for kind in ("acknowledged", "resolved")]
        after = [next(lengths(one[1]), None) if one else None for one in told]
        if after[0] is not None and after[1] is not None and after[0] > after[1]:
            line = bullet.item.line
            words = "It says that it was acknowledged later than resolved."
            yield Flaw(line, LintRule.ACK_AFTER_RESOLVE, words)


def _says(pattern: re.Pattern[str], event: str) -> bool:
    """Tell whether a row says that something was done; what is quoted, somebody else said."""
    found = pattern.search(event)
    return found is not None and not _NOT_YET.search(found[0].rpartition(" ")[0])


def _duration_faults(
    found: Outline, known: Iterable[IncidentSpan], timeline: TimelineTable | None
) -> Iterator[Flaw]:
    bullet = found.bullets.get(Slot.DURATION)
    if bullet is None:
        return
    words = plain(bullet.text)
    told = list(lengths(words))
    took = [one.end - one.start for one in known if one.start and one.end]
    if not told or not took or _ROUGH.search(words) or _was_reopened(words, timeline):
        return
    if not any(abs(one - other) <= _EXACT for one in told for other in took):
        whole = _worded(took[0])
        line = bullet.item.line
        yield Flaw(line, LintRule.DURATION, f"From start to end it is {whole}, not {words!r}.")


def _worded(elapsed: timedelta) -> str:
    hours, minutes = divmod(round(elapsed.total_seconds() / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _was_reopened(words: str, timeline: TimelineTable | None) -> bool:
    """Tell whether the incident was open several times: then it took less than end minus start."""
    events = [row.text(timeline.event) for row in timeline.table.rows] if timeline else []
    return any(_REOPENED.search(one) for one in (words, *events))
