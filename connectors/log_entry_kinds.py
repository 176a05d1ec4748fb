"""Kinds of what an incident's records hold, told apart by no source's own words."""

from enum import Enum, StrEnum


class EntryKind(Enum):
    """What a log entry tells of."""

    # A draft of thousands of entries looks kinds up 100,000 times, and Enum's own is no quick one.
    __hash__ = object.__hash__

    TRIGGER = "trigger"
    """The incident was opened, or an event came to it again."""
    ACKNOWLEDGE = "acknowledge"
    UNACKNOWLEDGE = "unacknowledge"
    """An acknowledgement was taken back or ran out, or a snooze ended."""
    ASSIGN = "assign"
    ESCALATE = "escalate"
    DELEGATE = "delegate"
    EXHAUST_ESCALATION = "exhaust escalation"
    """The escalation policy has nobody left to page."""
    REPEAT_ESCALATION = "repeat escalation"
    NOTIFY = "notify"
    """Somebody was paged."""
    FAILED_PAGE = "failed page"
    """Somebody was to be paged, and it did not get through."""
    UNSURE_PAGE = "unsure page"
    """Somebody was to be paged, and whether it got through is not known."""
    SNOOZE = "snooze"
    ANNOTATE = "annotate"
    """Somebody wrote a note."""
    STATUS_UPDATE = "status update"
    PRIORITY_CHANGE = "priority change"
    URGENCY_CHANGE = "urgency change"
    FIELD_CHANGE = "field change"
    CUSTOM_FIELD_CHANGE = "custom field change"
    SERVICE_CHANGE = "service change"
    RESPONDER_REQUEST = "responder request"
    POLICY_REQUEST = "policy request"
    """Those on an escalation policy were asked to help."""
    MOVE_IN = "move in"
    """An alert was moved into the incident, as in a merge."""
    MOVE_OUT = "move out"
    ACKNOWLEDGEMENT_LIMIT = "acknowledgement limit"
    """The log holds no more acknowledgements."""
    TRIGGER_LIMIT = "trigger limit"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CHAT = "chat"
    EVENT_RULE = "event rule"
    OTHER = "other"
    """Whatever else a source has a word for."""


class ChannelKind(Enum):
    """By what way a log entry came about, as far as it tells who or what acted."""

    TIMEOUT = "timeout"
    """A time ran out."""
    AUTOMATION = "automation"
    """The source itself, or a rule in it."""
    MONITOR = "monitor"
    """A monitor that the source knows by kind."""
    EMAIL = "e-mail"
    DESK = "desk"
    """A service desk or a chat, by which people report."""
    OTHER = "other"


class Medium(StrEnum):
    """By what a page reached somebody; sources may have words for more."""

    SMS = "sms"
    PHONE = "phone"
    PUSH = "push"
    EMAIL = "email"


class ResponderAnswer(StrEnum):
    """What came of a request for help; sources may have words for more."""

    PENDING = "pending"
    JOINED = "joined"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """Whoever asked took it back."""


class UrgencyLevel(StrEnum):
    """How urgent an incident is, the lowest first; sources may have words for more."""

    LOW = "low"
    HIGH = "high"


SEVERITIES = ("critical", "error", "warning", "info")
"""How bad an alert is, the worst first; sources may have words for more."""
