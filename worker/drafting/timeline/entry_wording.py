"""Words one log entry by the folding table: who did what, to whom, why, in the past tense."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.incidents import Agent, AgentKind, FieldChange, LogEntry
from connectors.log_entry_kinds import ChannelKind, EntryKind, Medium, UrgencyLevel
from worker.content.clean_text import clean, shorten
from worker.content.inline_markdown import Markdown, say
from worker.content.wording_patterns import needed_in
from worker.drafting.history.agents import (
    SOMEBODY,
    actor,
    automatic,
    monitor,
    name,
    names,
    timed_out,
)
from worker.drafting.policy import UNKNOWN, Rule
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import duration, listing, quoted, span, times

_NOBODY_NAMED = {
    EntryKind.ESCALATE: "the next level",
    EntryKind.DELEGATE: "somebody else",
    EntryKind.RESPONDER_REQUEST: "others",
    EntryKind.POLICY_REQUEST: "others",
}
_BY_MONITORS = frozenset({EntryKind.ACKNOWLEDGE, EntryKind.RESOLVE})
_URGENCIES = tuple(UrgencyLevel)
_BY_NAME = frozenset(
    {"priority", "urgency", "service", "escalation policy", "incident type", "team", "teams"}
)
"""Fields of every incident, whose values are names and not texts."""
_MEDIA: Mapping[str, str] = {
    Medium.SMS: "SMS",
    Medium.EMAIL: "e-mail",
    Medium.PUSH: "push message",
    Medium.PHONE: "phone",
}
_LONGEST_VALUE = 80
_LONGEST_SUMMARY = 300
_CHANGES_TOLD = 12


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an entry from elsewhere: the log's other entries, notes, the incident.

    ``targets`` name whom it concerned, ``text`` is what was said with it and ``details`` more of
    it, ``waited`` how long before it nothing was done, ``who`` who did it where the entry itself
    does not say. ``lapse`` says what had become of the acknowledgement, where there was one before
    a time ran out.
    """

    targets: tuple[str, ...] = ()
    text: str = ""
    waited: timedelta | None = None
    who: Agent | None = None
    lapse: str = ""
    details: str = ""


def tell_entry(entry: LogEntry, rule: Rule, known: Known, clock: LocalTime) -> Markdown:
    """Word an entry by its rule; by its summary where a value that the wording needs is unknown."""
    filled = values(entry, known, clock)
    wording = _wording(entry, rule, known)
    if not all(filled[needed] for needed in needed_in(wording)):
        wording = UNKNOWN.wording
    return capitalised(say(wording, **filled))


def capitalised(text: Markdown) -> Markdown:
    """Begin a sentence that names first what is no name: a service, a former user, an e-mail."""
    begins = text.startswith(("the ", "a former user", "a workflow", "an e-mail "))
    return Markdown(f"{text[0].upper()}{text[1:]}") if begins else text


def summary(entry: LogEntry) -> str:
    """Give the source's own summary, or its word for the kind where there is none."""
    told = shorten(clean(entry.summary), _LONGEST_SUMMARY).rstrip(".")
    return told or clean(entry.word).capitalize() or "Something happened"


def changes(each: tuple[FieldChange, ...], clock: LocalTime) -> str:
    """Word changes of fields as what somebody did: ``set Region to "EU"``."""
    return listing((_change(change, clock) for change in each), limit=_CHANGES_TOLD)


def _wording(entry: LogEntry, rule: Rule, known: Known) -> str:
    if timed_out(entry) and rule.timeout:
        return rule.timeout
    by_itself = automatic(entry)
    if entry.agent is None and known.who is not None:
        by_itself = known.who.kind not in {AgentKind.PERSON, AgentKind.BOT}
    return rule.automatic if by_itself and rule.automatic else rule.wording


def values(entry: LogEntry, known: Known, clock: LocalTime) -> Mapping[str, str]:
    """Give every value that a wording may name, "" for what is unknown."""
    channel = entry.channel
    end = snooze_end(entry)
    snooze = end - entry.created_at if end else None
    change = entry.changes[0] if entry.changes else FieldChange("", None, None)
    targets = known.targets or tuple(names(entry.assignees or _user(entry)))
    return {
        "changes": changes(entry.changes, clock),
        "details": known.details,
        "duration": duration(snooze) if snooze else "",
        "new": clean(change.new or ""),
        "old": clean(change.old or ""),
        "reason": _reason(entry, known),
        "service": entry.service.name if entry.service else "",
        "severity": channel.severity or "",
        "source": channel.source or "",
        "state": how_opened(entry) if entry.kind is EntryKind.TRIGGER else _page(entry),
        "summary": summary(entry),
        "targets": listing(targets, limit=6) or _NOBODY_NAMED.get(entry.kind, ""),
        "text": known.text or quoted(entry.message or entry.note or ""),
        "until": clock.short(end) if end else "",
        "waited": _waited(entry, known.waited) if known.waited is not None else "",
        "who": _who(entry, known),
    }


def _reason(entry: LogEntry, known: Known) -> str:
    """Say why time ran out: nobody had acknowledged, or not again since an acknowledgement."""
    waited = f" for {_waited(entry, known.waited)}" if known.waited else ""
    if not known.lapse:
        return f"nobody had acknowledged{waited}"
    again = f", and nobody acknowledged again{waited}" if waited else ""
    return f"{known.lapse}{again}"


def snooze_end(entry: LogEntry) -> datetime | None:
    """Tell until when an incident was snoozed, None where the entry tells of no snooze or end."""
    if entry.kind is not EntryKind.SNOOZE:
        return None
    lasted = entry.channel.duration
    return entry.channel.until or (entry.created_at + lasted if lasted else None)


def how_opened(entry: LogEntry) -> str:
    """Say how somebody opened an incident; a program may have done it in a person's name."""
    return "through the API" if entry.channel.kind is ChannelKind.MONITOR else "by hand"


def _page(entry: LogEntry) -> str:
    failure = entry.channel.failure
    return f"{entry.channel.notification or ''}{f' ({failure})' if failure else ''}".strip()


def _waited(entry: LogEntry, waited: timedelta) -> str:
    """Word a wait: to the second what a target is held against, else in minutes."""
    return duration(waited) if entry.kind is EntryKind.ACKNOWLEDGE else span(waited)


def _user(entry: LogEntry) -> tuple[Agent, ...]:
    return (entry.user,) if entry.user else ()


def _who(entry: LogEntry, known: Known) -> str:
    if entry.kind is EntryKind.TRIGGER and automatic(entry):
        return monitor(entry) or "Monitoring"
    if (
        entry.kind in _BY_MONITORS
        and automatic(entry)
        and entry.channel.kind is not ChannelKind.AUTOMATION
    ):
        return monitor(entry) or "monitoring"
    if entry.agent is None and known.who is not None:
        return actor(replace(entry, agent=known.who))
    return actor(entry)


def _change(change: FieldChange, clock: LocalTime) -> str:
    if change.told:
        return f"changed fields: {quoted(change.told)}"
    field = clean(change.name).replace("_", " ")
    old, new = (_value(value or "", clock) for value in (change.old, change.new))
    if field.lower() == "urgency" and {old, new} == set(_URGENCIES):
        verb = "raised" if (old, new) == _URGENCIES else "lowered"
        return f"{verb} the urgency from {old} to {new}"
    plain = field.lower() in _BY_NAME
    field = f"the {field.lower()}" if plain else field or "a field"
    shown_old, shown_new = (old, new) if plain else (quoted(old), quoted(new))
    if not new:
        return f"cleared {field}, which was {shown_old}" if old else f"cleared {field}"
    if not old:
        return f"set {field} to {shown_new}"
    return f"changed {field} from {shown_old} to {shown_new}"


def _value(text: str, clock: LocalTime) -> str:
    return shorten(clean(clock.moments(text)), _LONGEST_VALUE)


def way_of(page: LogEntry) -> str:
    """Name by what a page went out, "" where that is not told."""
    way = page.channel.notification
    return _MEDIA.get(way, way) if way else ""


def paged(page: LogEntry) -> str:
    """Name who was to be paged."""
    return name(page.user) if page.user else SOMEBODY.lower()


def failures(pages: Iterable[LogEntry]) -> str:
    """Word what kept pages from getting through: ``phone (no answer, busy) and SMS (failed)``."""
    ways: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for page in pages:
        ways[way_of(page)][clean(page.channel.failure or "failed")] += 1
    return listing((_way(way, reasons) for way, reasons in ways.items()), limit=6)


def _way(way: str, reasons: Counter[str]) -> str:
    told = ", ".join(
        reason if number == 1 else f"{reason} {times(number)}" for reason, number in reasons.items()
    )
    return f"{way} ({told})" if way else told
