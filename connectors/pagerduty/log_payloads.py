"""PagerDuty's log entries as records: who did what, by which way, and what changed.

Types of entries and channels are open sets: an unknown one is read like the others. An ``agent``
may be missing altogether.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from connectors.incidents import Agent, AgentKind, Channel, FieldChange, LogEntry
from connectors.json_fields import JsonValue
from connectors.log_entry_kinds import ChannelKind, EntryKind
from connectors.pagerduty import common_payloads
from connectors.pagerduty.common_payloads import (
    agent_or_none,
    agents,
    plain,
    readable_lines,
    reference_or_none,
)
from connectors.pagerduty.log_sentences import channel_told, read_sentence
from connectors.pagerduty.text_links import distinct, entry_links

_PAIRS = (
    ("priority", "old_priority", "new_priority"),
    ("urgency", "old_urgency", "new_urgency"),
)


def log_entry(fields: JsonValue) -> LogEntry:
    """Read a log entry, best one asked for with ``include[]=channels``."""
    channel = fields["channel"]
    type_ = fields["type"].text()
    kind = common_payloads.entry_kind(type_)
    summary = fields.optional_text("summary") or ""
    told = read_sentence(kind, summary)
    user = agent_or_none(fields["user"])
    assignees = _assignees(fields)
    if kind is EntryKind.NOTIFY:
        user = _named(user, next(iter(told.targets), None))
    else:
        assignees = _all_named(assignees, told.targets)
    return LogEntry(
        id=fields["id"].text(),
        kind=kind,
        summary=summary,
        created_at=fields["created_at"].time(),
        agent=_named(agent_or_none(fields["agent"]), told.by),
        channel=_channel(kind, channel, summary),
        service=reference_or_none(fields["service"]),
        url=fields.optional_text("html_url"),
        note=fields.optional_text("note"),
        message=fields.optional_text("message"),
        user=user,
        assignees=assignees,
        changes=tuple(_changes(channel)),
        links=distinct(entry_links(fields, channel)),
        linked=reference_or_none(fields["linked_incident"]),
        word=common_payloads.entry_word(type_),
        note_id=_note_id(kind, channel),
    )


def _named(agent: Agent | None, told: Agent | None) -> Agent | None:
    """Give an agent by the name in the entry's sentence, where it has no name of its own."""
    if agent is None or not (agent.id or agent.name):
        return told
    nameless = agent.name in {"", agent.id}
    return replace(agent, name=told.name) if told and nameless else agent


def _all_named(agents: tuple[Agent, ...], told: tuple[Agent, ...]) -> tuple[Agent, ...]:
    """Give agents by their names in the sentence; they stand there in the same order."""
    if not agents:
        return told
    if len(agents) != len(told):
        return agents
    named = map(_named, agents, told)
    return tuple(one for one in named if one is not None)


def _note_id(kind: EntryKind, channel: JsonValue) -> str | None:
    """Give the id of the note that an entry tells of, where it has one."""
    if kind is not EntryKind.ANNOTATE:
        return None
    return channel.optional_text("note_id") or channel.optional_text("id")


def _channel(kind: EntryKind, channel: JsonValue, summary: str) -> Channel:
    common = channel["cef_details"]
    word = channel.optional_text("type") or ""
    way = common_payloads.channel_kind(word)
    return Channel(
        kind=channel_told(kind, summary) if way is ChannelKind.OTHER else way,
        word=word,
        summary=channel.optional_text("summary") or channel.optional_text("subject"),
        details=readable_lines(channel["details"].value) or None,
        duration=_duration(channel["duration"].number_or_none()),
        notification=_notification(channel),
        client=channel.optional_text("client") or common.optional_text("client"),
        client_url=channel.optional_text("client_url") or common.optional_text("client_url"),
        severity=common.optional_text("severity"),
        source=common.optional_text("source_origin"),
    )


def _duration(seconds: int | None) -> timedelta | None:
    """Give a length of time; one that no calendar holds is none."""
    try:
        return None if seconds is None else timedelta(seconds=seconds)
    except OverflowError:
        return None


def _notification(channel: JsonValue) -> str | None:
    """Give the kind of a page in one word; the address that it went to is nobody's business."""
    kind = channel["notification"].optional_text("type")
    return None if kind is None else common_payloads.medium(kind)


def _assignees(fields: JsonValue) -> tuple[Agent, ...]:
    """Read to whom the incident went, or who was asked to respond (``responders``)."""
    asked = [one["user"] or one for one in fields["responders"].objects()]
    found = agents([*fields["assignees"].objects(), *asked])
    return tuple(one for one in found if one.kind is not AgentKind.OTHER or one.name)


def _changes(channel: JsonValue) -> Iterator[FieldChange]:
    """Read what changed: a changeset of fields, or PagerDuty's pairs of old and new."""
    changeset = channel["changeset"]
    for kind in ("application_fields", "customer_fields") if changeset else ():
        for one in changeset[kind].objects():
            old, new = plain(one["old_value"].value), plain(one["value"].value)
            yield FieldChange(one.optional_text("name") or "", old or None, new or None)
    members = channel.members()
    for name, before, after in _PAIRS:
        pair = members.get(before), members.get(after)
        if pair != (None, None):
            old, new = map(plain, pair)
            yield FieldChange(name, old or None, new or None)
