"""PagerDuty's log entries as records: who did what, by which way, and what changed.

Types of entries and channels are open sets: an unknown one is read like the others. An ``agent``
may be missing altogether.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice

from connectors.incidents import Agent, AgentKind, Channel, FieldChange, Link, LogEntry
from connectors.json_fields import JsonValue
from connectors.log_entry_kinds import ChannelKind, EntryKind
from connectors.pagerduty import common_payloads, incident_fields
from connectors.pagerduty.common_payloads import (
    OFTEN,
    agent_or_none,
    agents,
    flat,
    readable_lines,
    reference_or_none,
    written,
)
from connectors.pagerduty.incident_fields import field_text
from connectors.pagerduty.log_sentences import (
    acted,
    all_named,
    channel_told,
    failure_told,
    medium_told,
    named,
    read_sentence,
)
from connectors.pagerduty.senders.words_as_sent import mail_words
from connectors.pagerduty.text_links import context_links, distinct, links_in
from connectors.pagerduty.written_text import title

_DELIVERED = frozenset(
    {"", "success", "successful", "succeeded", "delivered", "sent", "completed", "complete", "ok"}
    | {"answered", "acknowledged", "confirmed", "received", "accepted", "read"}
)
_MESSAGES = ("message", "html_message", "subject")
_SAYS_NOTE = frozenset({EntryKind.ACKNOWLEDGE, EntryKind.ESCALATE, EntryKind.RESOLVE})
"""Whose sentences may quote a note. That of a note itself does not count: it may be deleted."""
_DESK = re.compile(
    r"\b(?:service ?now|sales ?force|zendesk|fresh(?:desk|service)|jira|intercom|help ?scout"
    r"|hubspot|slack|(?:ms|microsoft) teams|service ?desk|help ?desk)\b",
    re.IGNORECASE,
)
"""What is called so is a service desk or a chat, by which people report."""
_LENGTH = re.compile(r"\b(?P<number>\d{1,4}|an?) (?P<unit>minute|hour|day)s?\b", re.IGNORECASE)
_FAILED = re.compile(
    r"fail|error|block|reject|busy|bounce|invalid|undeliver|unreach|unavailable|unsuccess|refus"
    r"|declin|den(?:y|ied)|cancel|expire|timeout|timed out|drop|disabled|unsubscri|opt(?:ed)? out"
    r"|unknown number|hung up|voicemail|\bno\b|\bnot\b",
    re.IGNORECASE,
)


def log_entry(fields: JsonValue) -> LogEntry:
    """Read a log entry, best one asked for with ``include[]=channels``."""
    channel = fields["channel"]
    type_ = fields["type"].text()
    kind = common_payloads.entry_kind(type_)
    summary = fields.optional_text("summary") or ""
    if kind is EntryKind.OTHER:  # its sentence is all that is told of it
        summary = written(summary)
    page = channel["notification"]
    failure = None
    if kind is EntryKind.NOTIFY:
        failure = _failure(field_text(page["status"].value), summary)
    told = read_sentence(kind, summary)
    agent = acted(agent_or_none(fields["agent"]), told)
    is_update = kind is EntryKind.STATUS_UPDATE
    user = agent_or_none(fields["user"])
    assignees = _assignees(fields)
    if kind is EntryKind.NOTIFY:
        user = named(user, next(iter(told.targets), None))
    else:
        assignees = all_named(assignees, told.targets)
    return LogEntry(
        id=fields["id"].text(),
        kind=_page_kind(kind, failure),
        summary=summary,
        created_at=fields["created_at"].time(),
        agent=agent,
        channel=_channel(kind, channel, summary, _until(kind, fields), failure, agent),
        service=reference_or_none(fields["service"]),
        url=fields.optional_text("html_url"),
        note=_words(fields, "note") or (told.words if kind in _SAYS_NOTE else None),
        message=_words(fields, *_MESSAGES) or (told.words if is_update else None),
        user=user,
        assignees=assignees,
        changes=(*incident_fields.changes(fields, channel), *_policy(kind, fields, told.targets)),
        links=distinct(_entry_links(fields, channel)),
        linked=reference_or_none(fields["linked_incident"]),
        word=common_payloads.entry_word(type_),
        note_id=_note_id(kind, channel),
    )


def _entry_links(fields: JsonValue, channel: JsonValue) -> Iterator[Link]:
    """Find the links of a log entry: its contexts', those of what triggered it, its chat's."""
    common = channel["cef_details"]
    own, way, sent = fields.members(), channel.members(), common.members()
    for contexts in filter(None, (own.get("contexts"), sent.get("contexts"), way.get("contexts"))):
        yield from context_links(contexts)
    for value in filter(None, (way.get("details"), way.get("body"), sent.get("details"))):
        yield from links_in(value)
    if chat := fields.optional_text("chat_channel_web_link"):
        yield Link(chat, fields.optional_text("chat_channel_name") or "")


def _words(fields: JsonValue, *names: str) -> str | None:
    """Give what somebody wrote, from the first of the fields that has any of it."""
    for name in names:
        if (text := fields.optional_text(name)) and (words := written(text).strip()):
            return words
    return None


def _page_kind(kind: EntryKind, failure: str | None) -> EntryKind:
    if kind is not EntryKind.NOTIFY or failure is None:
        return kind
    return EntryKind.FAILED_PAGE if _FAILED.search(failure) else EntryKind.UNSURE_PAGE


@lru_cache(OFTEN)
def _failure(status: str, summary: str) -> str | None:
    """Tell what kept a page from getting through, in PagerDuty's word; None where nothing did.

    PagerDuty lists no words for it. One that is known for neither success nor failure tells that
    the page is not known to have got through.
    """
    word = common_payloads.as_words(status).lower()
    told = failure_told(summary)
    if word in _DELIVERED or (told and not _FAILED.search(word)):
        return told
    return "failed" if word in {"fail", "failure"} else word


def _policy(kind: EntryKind, fields: JsonValue, told: tuple[Agent, ...]) -> tuple[FieldChange, ...]:
    """Give the policy that took over, which the sentence names beside the people assigned by it."""
    if kind is not EntryKind.DELEGATE or not fields.members().get("assignees"):
        return ()
    names = [one.name for one in told if one.kind is AgentKind.POLICY]
    assigned = {one.name for one in _assignees(fields)}
    return tuple(
        FieldChange("escalation policy", None, name) for name in names if name not in assigned
    )


def _note_id(kind: EntryKind, channel: JsonValue) -> str | None:
    """Give the id of the note that an entry tells of, where it has one."""
    if kind is not EntryKind.ANNOTATE:
        return None
    return channel.optional_text("note_id") or channel.optional_text("id")


def _channel(
    kind: EntryKind,
    channel: JsonValue,
    summary: str,
    until: datetime | None,
    failure: str | None,
    agent: Agent | None,
) -> Channel:
    common = channel["cef_details"]
    details = channel["details"].value
    word = channel.optional_text("type") or ""
    way = common_payloads.channel_kind(word)
    is_person = agent is not None and agent.kind is AgentKind.PERSON
    told = channel_told(kind, summary, way, by_person=is_person)
    client = channel.optional_text("client") or common.optional_text("client")
    # A service is called after what it watches: that tells nothing of who did.
    sender = client or (agent.name if agent and agent.kind is not AgentKind.SERVICE else "")
    may_be = kind is EntryKind.TRIGGER and way is not ChannelKind.EMAIL and not is_person
    if may_be and _DESK.search(sender):
        told = ChannelKind.DESK
    return Channel(
        kind=told,
        word=word,
        summary=_summary(kind, channel),
        details=_mail(channel) if way is ChannelKind.EMAIL else _details(details),
        duration=_duration(channel["duration"].number_or_none()),
        notification=_notification(kind, channel, summary),
        client=client,
        client_url=channel.optional_text("client_url") or common.optional_text("client_url"),
        severity=common.optional_text("severity"),
        source=common.optional_text("source_origin"),
        until=until,
        failure=failure,
    )


def _details(details: object) -> str | None:
    """Give what was written on opening an incident, or what a program sent with it, in words."""
    told = written(details).strip() if isinstance(details, str) else readable_lines(flat(details))
    return told or None


def _mail(channel: JsonValue) -> str | None:
    """Give what a mail says, which stands in its channel or in the channel's details."""
    details = channel["details"].value
    sent = details.get("body") if isinstance(details, dict) else details
    body = next((one for one in (channel["body"].value, sent) if isinstance(one, str)), "")
    subject = channel.optional_text("subject") or channel.optional_text("summary") or ""
    return mail_words(body, subject) or None


def _summary(kind: EntryKind, channel: JsonValue) -> str | None:
    """Give what a channel calls the matter; of a note that is the note itself."""
    told = channel.optional_text("summary") or channel.optional_text("subject")
    if told is None:
        return None
    return written(told) if kind is EntryKind.ANNOTATE else title(told)


def _duration(seconds: int | None) -> timedelta | None:
    """Give a length of time; one that no calendar holds is none."""
    try:
        return None if seconds is None else timedelta(seconds=seconds)
    except OverflowError:
        return None


def _until(kind: EntryKind, fields: JsonValue) -> datetime | None:
    """Give the end of a snooze: when the acknowledgement is to be taken back."""
    if fields.members().get("changed_actions"):  # few have any
        for action in fields["changed_actions"].objects():
            if action.optional_text("type") == "unacknowledge":
                return action["at"].time_or_none()
    if kind is not EntryKind.SNOOZE:
        return None
    length = _length_told(fields.optional_text("summary") or "")
    return fields["created_at"].time() + length if length else None


def _length_told(summary: str) -> timedelta | None:
    """Give the length of time that the sentence of a snooze tells of."""
    _, _, told = summary.partition(" for ")
    total = timedelta()
    for found in islice(_LENGTH.finditer(told), 3):
        number = int(found["number"]) if found["number"].isdigit() else 1
        total += timedelta(**{f"{found['unit'].lower()}s": number})
    return total or None


def _notification(kind: EntryKind, channel: JsonValue, summary: str) -> str | None:
    """Give the kind of a page in one word; the address that it went to is nobody's business."""
    way = channel["notification"].optional_text("type")
    if way is None and kind is EntryKind.NOTIFY:
        way = medium_told(summary)
    return None if way is None else common_payloads.medium(way)


def _assignees(fields: JsonValue) -> tuple[Agent, ...]:
    """Read to whom the incident went, or who was asked to respond (``responders``)."""
    members = fields.members()
    if members.get("responders") is None and members.get("assignees") is None:  # as in most
        return ()
    asked = [one["user"] or one for one in fields["responders"].objects()]
    found = agents([*fields["assignees"].objects(), *asked])
    return tuple(one for one in found if one.kind is not AgentKind.OTHER or one.name)
