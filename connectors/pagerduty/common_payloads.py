"""What many of PagerDuty's objects share: words for kinds, ids, who acted, what is named.

Types of log entries and channels are open sets: a word that is not known is of the kind ``OTHER``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from types import MappingProxyType

from connectors.incidents import Agent, AgentKind, IncidentId, Reference
from connectors.json_fields import JsonValue, Sender, json_in
from connectors.log_entry_kinds import ChannelKind, EntryKind, Medium, ResponderAnswer
from connectors.pagerduty.written_text import readable, said, unquoted

OWN_ID = "[A-Z0-9]{1,80}"
"""What PagerDuty's ids of incidents are made of: a path is made of nothing else."""

_SUFFIX = "_log_entry"
_REFERENCE = "_reference"

ENTRY_KINDS: Mapping[str, EntryKind] = MappingProxyType(
    {
        "trigger_log_entry": EntryKind.TRIGGER,
        "acknowledge_log_entry": EntryKind.ACKNOWLEDGE,
        "acknowledgement_log_entry": EntryKind.ACKNOWLEDGE,
        "unacknowledge_log_entry": EntryKind.UNACKNOWLEDGE,
        "unsnooze_log_entry": EntryKind.UNACKNOWLEDGE,
        "assign_log_entry": EntryKind.ASSIGN,
        "reassign_log_entry": EntryKind.ASSIGN,
        "escalate_log_entry": EntryKind.ESCALATE,
        "delegate_log_entry": EntryKind.DELEGATE,
        "exhaust_escalation_path_log_entry": EntryKind.EXHAUST_ESCALATION,
        "repeat_escalation_path_log_entry": EntryKind.REPEAT_ESCALATION,
        "notify_log_entry": EntryKind.NOTIFY,
        "failed_notify_log_entry": EntryKind.FAILED_PAGE,
        "unsure_notify_log_entry": EntryKind.UNSURE_PAGE,
        "snooze_log_entry": EntryKind.SNOOZE,
        "annotate_log_entry": EntryKind.ANNOTATE,
        "status_update_log_entry": EntryKind.STATUS_UPDATE,
        "incident_status_update_log_entry": EntryKind.STATUS_UPDATE,
        "priority_change_log_entry": EntryKind.PRIORITY_CHANGE,
        "urgency_change_log_entry": EntryKind.URGENCY_CHANGE,
        "field_value_change_log_entry": EntryKind.FIELD_CHANGE,
        "custom_field_value_change_log_entry": EntryKind.CUSTOM_FIELD_CHANGE,
        "service_change_log_entry": EntryKind.SERVICE_CHANGE,
        "responder_request_log_entry": EntryKind.RESPONDER_REQUEST,
        "responder_request_for_escalation_policy_log_entry": EntryKind.POLICY_REQUEST,
        "link_log_entry": EntryKind.MOVE_IN,
        "unlink_log_entry": EntryKind.MOVE_OUT,
        "reach_ack_limit_log_entry": EntryKind.ACKNOWLEDGEMENT_LIMIT,
        "reach_trigger_limit_log_entry": EntryKind.TRIGGER_LIMIT,
        "resolve_log_entry": EntryKind.RESOLVE,
        "reopen_log_entry": EntryKind.REOPEN,
        "integration_chat_channel_event_log_entry": EntryKind.CHAT,
        "event_rule_action_log_entry": EntryKind.EVENT_RULE,
    }
)
"""The types that PagerDuty documents, and those that accounts were seen to have.

A page that failed has the type of one that did not: the two words for it are ours, for rules.
"""

CHANNEL_KINDS: Mapping[str, ChannelKind] = MappingProxyType(
    {
        "timeout": ChannelKind.TIMEOUT,
        "auto": ChannelKind.AUTOMATION,
        "nagios": ChannelKind.MONITOR,
        "email": ChannelKind.EMAIL,
    }
)

MEDIA: Mapping[str, Medium] = MappingProxyType(
    {
        "sms": Medium.SMS,
        "phone": Medium.PHONE,
        "email": Medium.EMAIL,
        "short_email": Medium.EMAIL,
        "push": Medium.PUSH,
        "ios_push": Medium.PUSH,
        "android_push": Medium.PUSH,
    }
)

ANSWERS: Mapping[str, ResponderAnswer] = MappingProxyType(
    {
        "pending": ResponderAnswer.PENDING,
        "joined": ResponderAnswer.JOINED,
        "declined": ResponderAnswer.DECLINED,
        "user_cancelled": ResponderAnswer.WITHDRAWN,
    }
)

_GENERIC_NAMES = frozenset({"api", "events api", "events api v2", "email", "e-mail", "integration"})


def entry_kind(type_: str) -> EntryKind:
    """Tell what an entry of a type tells of.

    PagerDuty documents no type for a reopening or a status update, so those are known by what
    stands in the word.
    """
    if known := ENTRY_KINDS.get(type_.removesuffix(_REFERENCE)):
        return known
    if "reopen" in type_:
        return EntryKind.REOPEN
    return EntryKind.STATUS_UPDATE if "status_update" in type_ else EntryKind.OTHER


def entry_word(type_: str) -> str:
    """Give the type of a log entry as people read it: ``workflow run``."""
    return as_words(type_.removesuffix(_REFERENCE).removesuffix(_SUFFIX))


def channel_kind(type_: str) -> ChannelKind:
    """Tell by what way an entry came about."""
    return CHANNEL_KINDS.get(type_, ChannelKind.OTHER)


def medium(type_: str) -> str:
    """Tell by what a page went out: a ``Medium``, or PagerDuty's word as people read it."""
    word = type_.removesuffix("_notification")
    return MEDIA.get(word) or word


def answer(state: str) -> str:
    """Tell what came of a request for help: a ``ResponderAnswer``, or the word as read."""
    return ANSWERS.get(state) or as_words(state)


def is_generic(name: str) -> bool:
    """Tell whether a name is that of a way in, which PagerDuty gives by itself."""
    return name.strip().lower() in _GENERIC_NAMES


def as_words(word: str) -> str:
    """Give a word of PagerDuty's as people write it."""
    return word.replace("_", " ").strip()


_JSON_LINE = re.compile(r"^[ \t]*(?:\{|\[[ \t]*(?:\{|$))", re.MULTILINE)
"""Where a line may begin what a program wrote in JSON, up to the end of the text."""
_MOST_TRIED = 5
Pairs = Sequence[tuple[str, str]]
"""Names of fields and their texts."""
NESTS = frozenset({dict, list})
PAGERDUTY = Sender("PagerDuty", quoted=True)
_OF_A_REFERENCE = ("id", "summary", "name", "html_url")
_OF_AN_AGENT = ("type", *_OF_A_REFERENCE)
OFTEN = 4096
"""Names and sentences whose reading is kept: a storm has few, tens of thousands of times."""
_KINDS = {
    "user": AgentKind.PERSON,
    "bot_user": AgentKind.BOT,
    "service": AgentKind.SERVICE,
    "escalation_policy": AgentKind.POLICY,
    "workflow": AgentKind.WORKFLOW,
    "incident_workflow": AgentKind.WORKFLOW,
    "incident_workflow_instance": AgentKind.WORKFLOW,
}


def read_incident_id(field: JsonValue) -> IncidentId:
    """Read an id that may stand in a path."""
    own = field.text()
    if not re.fullmatch(OWN_ID, own):
        raise field.wrong("an id of capital letters and digits")
    return IncidentId(own)


def agent_or_none(fields: JsonValue) -> Agent | None:
    """Read who acted. A deleted person is still named, by the reference's ``summary``."""
    if not fields.members():
        return None
    told = fields.only_texts(_OF_AN_AGENT)
    return _agent(fields) if told is None else _known_agent(told)


def reference_or_none(fields: JsonValue) -> Reference | None:
    """Read a reference to something; its id stands in where it has no name."""
    if not fields.members():
        return None
    told = fields.only_texts(_OF_A_REFERENCE)
    return _reference(fields) if told is None else _known_reference(told)


@lru_cache(OFTEN)
def _known_agent(told: tuple[str | None, ...]) -> Agent:
    return _agent(JsonValue(dict(zip(_OF_AN_AGENT, told, strict=True)), PAGERDUTY))


@lru_cache(OFTEN)
def _known_reference(told: tuple[str | None, ...]) -> Reference:
    return _reference(JsonValue(dict(zip(_OF_A_REFERENCE, told, strict=True)), PAGERDUTY))


def _agent(fields: JsonValue) -> Agent:
    kind = (fields.optional_text("type") or "").removesuffix(_REFERENCE)
    name = _name(fields)
    return Agent(
        kind=AgentKind.INTEGRATION
        if kind.endswith("integration")
        else _KINDS.get(kind, AgentKind.OTHER),
        id=fields.optional_text("id") or "",
        name=name,
        url=fields.optional_text("html_url"),
        has_generic_name=is_generic(name),
    )


def _reference(fields: JsonValue) -> Reference:
    return Reference(
        fields.optional_text("id") or "", _name(fields), fields.optional_text("html_url")
    )


def references(each: Iterable[JsonValue]) -> tuple[Reference, ...]:
    """Read a list of references."""
    return tuple(one for one in map(reference_or_none, each) if one is not None)


def agents(each: Iterable[JsonValue]) -> tuple[Agent, ...]:
    """Read a list of people, or of what else can be assigned."""
    return tuple(one for one in map(agent_or_none, each) if one is not None)


def _name(fields: JsonValue) -> str:
    for field in ("summary", "name", "id"):
        if name := fields.optional_text(field):
            return name
    return ""


def plain(value: object) -> str:
    """Write a value of a field as text: "" for none, a list with commas, true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        named = value.get("summary") or value.get("name")
        return named if isinstance(named, str) else in_one_line(value)
    if isinstance(value, list):
        return ", ".join(text for _, text in flat(dict(enumerate(value))))
    return str(value)


def flat(value: object, name: str = "", depth: int = 12) -> Pairs:
    """Flatten nested objects to pairs of a dotted name and a text; what is empty is left out.

    Lists of plain values stay together; a list that holds objects is numbered from 1. A monitor
    may send anything, so nothing here is an error, and what is nested deeper than ``depth`` is
    left out.
    """
    found: list[tuple[str, str]] = []
    if type(value) in NESTS and not depth:
        return found
    if isinstance(value, list) and NESTS.isdisjoint(map(type, value)):
        value = ", ".join(filter(None, map(plain, value)))
    if isinstance(value, dict):
        for key, inner in value.items():
            own = f"{name}.{key}" if name else str(key)
            if type(inner) is not str:
                found += flat(inner, own, depth - 1)
            elif text := inner.strip():  # most are: no further call for each
                found.append((own, text))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            found += flat(inner, f"{name}.{number}" if name else str(number), depth - 1)
    elif text := plain(value).strip():
        found.append((name, text))
    return found


def in_one_line(value: object) -> str:
    """Write nested objects as ``name: value; other: value``."""
    return "; ".join(f"{name}: {text}" if name else text for name, text in flat(value))


def lines(pairs: Iterable[tuple[str, str]]) -> str:
    """Write pairs as ``name: value`` lines; the further lines of a value are indented."""
    return "\n".join(
        (f"{name}: {text}" if name else text).replace("\n", "\n  ") for name, text in pairs
    )


def readable_lines(pairs: Pairs) -> str:
    """Write flattened details as lines that people can read, whatever they were written in."""
    return lines((name, readable(unquoted(text))) for name, text in pairs)


def written(text: str) -> str:
    """Give what somebody or a program wrote, in words: of an object in JSON all that it holds."""
    for line in islice(_JSON_LINE.finditer(text), _MOST_TRIED):
        found = json_in(text[line.start() :])
        if found is not None and (told := in_one_line(found)):
            return f"{said(text[: line.start()])}{told}"
    return said(text)
