"""PagerDuty's words for kinds of things, as kinds that no other module needs its words for.

Types of log entries and channels are open sets: a word that is not here is of the kind ``OTHER``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.incident_kinds import ChannelKind, EntryKind, Medium, ResponderAnswer

_SUFFIX = "_log_entry"

ENTRY_KINDS: Mapping[str, EntryKind] = MappingProxyType(
    {
        "trigger_log_entry": EntryKind.TRIGGER,
        "acknowledge_log_entry": EntryKind.ACKNOWLEDGE,
        "unacknowledge_log_entry": EntryKind.UNACKNOWLEDGE,
        "assign_log_entry": EntryKind.ASSIGN,
        "escalate_log_entry": EntryKind.ESCALATE,
        "delegate_log_entry": EntryKind.DELEGATE,
        "exhaust_escalation_path_log_entry": EntryKind.EXHAUST_ESCALATION,
        "repeat_escalation_path_log_entry": EntryKind.REPEAT_ESCALATION,
        "notify_log_entry": EntryKind.NOTIFY,
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
"""The types that PagerDuty documents, and those that accounts were seen to have."""

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
    if known := ENTRY_KINDS.get(type_):
        return known
    if "reopen" in type_:
        return EntryKind.REOPEN
    return EntryKind.STATUS_UPDATE if "status_update" in type_ else EntryKind.OTHER


def entry_word(type_: str) -> str:
    """Give the type of a log entry as people read it: ``workflow run``."""
    return _readable(type_.removesuffix(_SUFFIX))


def channel_kind(type_: str) -> ChannelKind:
    """Tell by what way an entry came about."""
    return CHANNEL_KINDS.get(type_, ChannelKind.OTHER)


def medium(type_: str) -> str:
    """Tell by what a page went out: a ``Medium``, or PagerDuty's word as people read it."""
    word = type_.removesuffix("_notification")
    return MEDIA.get(word) or word


def answer(state: str) -> str:
    """Tell what came of a request for help: a ``ResponderAnswer``, or the word as read."""
    return ANSWERS.get(state) or _readable(state)


def is_generic(name: str) -> bool:
    """Tell whether a name is that of a way in, which PagerDuty gives by itself."""
    return name.strip().lower() in _GENERIC_NAMES


def _readable(word: str) -> str:
    return word.replace("_", " ").strip()
