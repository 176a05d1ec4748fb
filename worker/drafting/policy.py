"""What a team decides about its drafts, above all the rules of the folding table.

A rule says what becomes of one kind of log entry, and how it is worded. A wording names values in
braces (see :data:`VALUES`); a part in square brackets is left out where one of its values is
unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum, IntEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from config.template_names import ACTION_MARKS
from connectors.errors import ConfigurationError
from connectors.incidents import LogEntry
from connectors.log_entry_kinds import EntryKind
from worker.content.wording_patterns import names_in


class Handling(Enum):
    """What becomes of the entries of one kind."""

    KEEP = "keep"
    """A row each."""
    FOLD = "fold"
    """One row for many, with their number, or a part of the row that they belong to."""
    DROP = "drop"
    """No row."""


class Weight(IntEnum):
    """What is folded further, and last, where a timeline would grow past its limit."""

    DETAIL = 1
    """Alerts, pages, field changes, whatever is unknown."""
    ACT = 2
    """What people and the escalation policy did and said."""
    TURN = 3
    """Detection, first acknowledgement and first escalation, resolution, reopening."""


class OutsideLog(Enum):
    """What the timeline tells of that is not in the log, by its name in a team's rules."""

    ALERT = "alert"
    FIRED_AGAIN = "fired_again"
    """An alert's event came again."""
    CHANGE = "change_event"
    RESPONDER = "responder"
    """A request for help, and how it was answered."""
    TASK, ROLE, AUTOMATION = "task", "role", "automation"
    MESSAGE = "message"  # of the incident's channel, picked by somebody


Topic = EntryKind | OutsideLog | str
"""What an event or a rule is about; a source's own word for what no kind is made for."""


def topic(entry: LogEntry) -> Topic:
    """Tell what an entry is about."""
    return entry.word if entry.kind is EntryKind.OTHER else entry.kind


VALUES = frozenset(
    {"changes", "details", "duration", "new", "old", "service", "severity", "source", "state"}
    | {"reason", "summary", "targets", "text", "until", "waited", "who"}
)
"""What a wording may name; which of them are known depends on the entry."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of one kind of entry.

    ``wording`` tells what somebody did; ``automatic`` the same done by no person, ``timeout`` by a
    time that ran out: where they are "" the wording serves. ``noun`` counts folded entries.
    Raises ``ConfigurationError`` for a wording with a value that does not exist.
    """

    handling: Handling
    wording: str = ""
    automatic: str = ""
    timeout: str = ""
    noun: str = "entry"
    weight: Weight = Weight.DETAIL

    def __post_init__(self) -> None:
        for wording in (self.wording, self.automatic, self.timeout):
            unknown = sorted(names_in(wording) - VALUES)
            if unknown:
                raise ConfigurationError(
                    f"The timeline wording {wording!r} names {{{unknown[0]}}}, which does not "
                    "exist.",
                    f"Use any of {', '.join(sorted(VALUES))}.",
                )


Rules = Mapping[Topic, Rule]
"""What becomes of what the timeline tells of."""


_KEEP, _FOLD, _ACT, _TURN = Handling.KEEP, Handling.FOLD, Weight.ACT, Weight.TURN


def _changed(noun: str) -> Rule:
    return Rule(_KEEP, "{who} {changes}", noun=noun, weight=_ACT)


_HELP = Rule(_KEEP, "{who} asked {targets} to help[: {text}]", noun="request for help", weight=_ACT)
UNKNOWN = Rule(_KEEP, "{summary}", noun="other entry")
"""What becomes of what the table does not hold: the set of kinds is open."""

DEFAULT_RULES: Rules = MappingProxyType(
    {
        EntryKind.TRIGGER: Rule(
            _KEEP,
            "{who} opened the incident {state}: {text}[ on {service}][; assigned to {targets}]"
            "[; description: {details}]",
            automatic="{who} reported {text}[ on {service}][ ({severity})]"
            "[; assigned to {targets}][; description: {details}]",
            noun="trigger",
            weight=_TURN,
        ),
        EntryKind.ACKNOWLEDGE: Rule(
            _KEEP,
            "{who} acknowledged[ after {waited}][: {text}]",
            automatic="Acknowledged automatically by {who}[ after {waited}][: {text}]",
            noun="acknowledgement",
            weight=_ACT,
        ),
        EntryKind.UNACKNOWLEDGE: Rule(
            _KEEP,
            "{who} took the acknowledgement back",
            automatic="The acknowledgement was taken back by {who}",
            timeout="The acknowledgement timed out",
            noun="lapsed acknowledgement",
            weight=_ACT,
        ),
        EntryKind.ESCALATE: Rule(
            _KEEP,
            "{who} escalated to {targets}[: {text}]",
            automatic="Escalated automatically to {targets}",
            timeout="Escalated to {targets}: {reason}",
            noun="escalation",
            weight=_ACT,
        ),
        EntryKind.DELEGATE: Rule(
            _KEEP,
            "{who} handed over to {targets}[ ({new})]",
            automatic="Handed over to {targets}[ ({new})] by {who}",
            timeout="Handed over to {targets}[ ({new})] because a time ran out",
            noun="handover",
            weight=_ACT,
        ),
        EntryKind.ASSIGN: Rule(
            _FOLD,
            "{who} assigned it to {targets}",
            automatic="Assigned to {targets}",
            timeout="Assigned to {targets}: {reason}",
            noun="assignment",
            weight=_ACT,
        ),
        EntryKind.NOTIFY: Rule(
            _FOLD, "Paged {targets}[ over {duration}][ by {state}][: {text}]", noun="page"
        ),
        EntryKind.FAILED_PAGE: Rule(
            _FOLD,
            "Paging {targets} failed[ over {duration}][: {state}]",
            noun="failed page",
            weight=_ACT,
        ),
        EntryKind.UNSURE_PAGE: Rule(
            _FOLD,
            "Whether pages reached {targets} is not known[: {state}]",
            noun="page of unknown outcome",
        ),
        EntryKind.EXHAUST_ESCALATION: Rule(
            _KEEP,
            "The escalation policy ran out of people to page",
            noun="exhausted escalation path",
            weight=_ACT,
        ),
        EntryKind.REPEAT_ESCALATION: Rule(
            _FOLD, "The escalation policy started over", noun="repeat of the escalation policy"
        ),
        EntryKind.SNOOZE: Rule(
            _KEEP,
            "{who} snoozed it[ for {duration}][, until {until}]",
            automatic="Snoozed[ for {duration}][, until {until}] by {who}",
            noun="snooze",
            weight=_ACT,
        ),
        EntryKind.ANNOTATE: Rule(_KEEP, "{who} noted: {text}", noun="note", weight=_ACT),
        EntryKind.STATUS_UPDATE: Rule(
            _KEEP, "{who} published a status update[: {text}]", noun="status update", weight=_ACT
        ),
        EntryKind.PRIORITY_CHANGE: _changed("priority change"),
        EntryKind.URGENCY_CHANGE: _changed("urgency change"),
        EntryKind.FIELD_CHANGE: _changed("field change"),
        EntryKind.CUSTOM_FIELD_CHANGE: Rule(_FOLD, "{who} {changes}", noun="field change"),
        EntryKind.SERVICE_CHANGE: Rule(
            _KEEP, "{who} moved the incident to another service[: {text}]", weight=_ACT
        ),
        EntryKind.RESPONDER_REQUEST: _HELP,
        EntryKind.POLICY_REQUEST: _HELP,
        EntryKind.MOVE_IN: Rule(
            _FOLD,
            "{who} moved {text} into this incident",
            automatic="{text} joined the incident",
            noun="move",
        ),
        EntryKind.MOVE_OUT: Rule(_FOLD, "{who} moved {text} to another incident", noun="move"),
        EntryKind.ACKNOWLEDGEMENT_LIMIT: Rule(
            _KEEP, "The limit of acknowledgements was reached; the log holds no more of them"
        ),
        EntryKind.TRIGGER_LIMIT: Rule(
            _KEEP, "The limit of triggers was reached; the log holds no more of them"
        ),
        EntryKind.REOPEN: Rule(
            _KEEP,
            "{who} reopened the incident[; assigned to {targets}]",
            automatic="The incident was reopened[; assigned to {targets}]",
            noun="reopening",
            weight=_TURN,
        ),
        EntryKind.RESOLVE: Rule(
            _KEEP,
            "{who} resolved the incident[: {text}]",
            automatic="Resolved automatically by {who}[: {text}]",
            timeout="Resolved automatically when its time limit ran out[: {text}]",
            noun="resolution",
            weight=_TURN,
        ),
        EntryKind.CHAT: Rule(_KEEP, "{summary}", noun="chat entry"),
        EntryKind.EVENT_RULE: Rule(_FOLD, "{summary}", noun="event rule action"),
        OutsideLog.ALERT: Rule(_FOLD, noun="alert"),
        OutsideLog.FIRED_AGAIN: Rule(
            _FOLD,
            "Fired again[ {state}][ until {until}]: {text}[ on {service}][ ({severity})]",
            noun="further trigger",
        ),
        OutsideLog.CHANGE: Rule(
            _KEEP, "Change[ on {service}][, from {source}]: {text}", noun="change", weight=_ACT
        ),
        OutsideLog.TASK: Rule(_KEEP, "{who} finished the task {text}", noun="task", weight=_ACT),
        OutsideLog.ROLE: Rule(_KEEP, "{who} became {text}[ after {old}]", noun="role", weight=_ACT),
        OutsideLog.AUTOMATION: Rule(_KEEP, "{text}", noun="automated run"),
        OutsideLog.MESSAGE: Rule(_KEEP, "{who} wrote: {text}", noun="message", weight=_ACT),
        OutsideLog.RESPONDER: _HELP,
    }
)

MILESTONES: frozenset[Topic] = frozenset(
    about for about, rule in DEFAULT_RULES.items() if rule.weight >= Weight.ACT
)
"""Kinds whose every entry has a row, or is counted in a folded one, or told with its cause."""


def rules_with(overrides: Rules) -> Rules:
    """Give the table with a team's own rules; an override without a wording keeps the built-in one.

    A wording of the team's stands for all three of the built-in ones.
    """
    table = dict(DEFAULT_RULES)
    for about, override in overrides.items():
        known = table.get(about, UNKNOWN)
        if override.wording:
            table[about] = replace(
                known,
                handling=override.handling,
                wording=override.wording,
                automatic=override.automatic,
                timeout=override.timeout,
            )
        else:
            table[about] = replace(known, handling=override.handling)
    return MappingProxyType(table)


@dataclass(frozen=True, slots=True)
class DraftPolicy:
    """How drafts are written.

    ``links`` ends each timeline row with a link to its source. ``rules`` overrides the folding
    table, by what is told. The targets decide under which heading of section 7 a time is told;
    without one it is not judged. ``review_due`` is counted from the resolution. ``chart`` names the
    picture beside the document. ``action_marks`` are the words that begin an action item in a note.
    """

    timezone: ZoneInfo
    links: bool = True
    rules: Rules = field(default_factory=dict)
    acknowledge_within: timedelta | None = None
    resolve_within: timedelta | None = None
    review_due: timedelta | None = None
    chart: str | None = None
    max_rows: int = 60
    action_marks: tuple[str, ...] = ACTION_MARKS
