"""Whom a log entry names in its sentence alone (``Escalated to Ada Example by Ben Stone``).

Entries of live accounts were seen without the agent, the user or the assignees that they should
have, while their ``summary`` names them. What is structured counts first; a sentence that names
nobody gives nobody.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from types import MappingProxyType

from connectors.incidents import Agent, AgentKind
from connectors.log_entry_kinds import ChannelKind, EntryKind
from connectors.pagerduty.common_payloads import OFTEN

_REQUESTED = r"(?:help )?(?:requested|asked)(?:(?: for)? help)?(?: from)?|responder requests? sent"
_VERBS: Mapping[EntryKind, str] = MappingProxyType(
    {
        EntryKind.ACKNOWLEDGE: r"acknowledged",
        EntryKind.UNACKNOWLEDGE: r"unacknowledged|un-acknowledged|un-?snoozed",
        EntryKind.ASSIGN: r"(?:re-?)?assigned",
        EntryKind.ESCALATE: r"(?:manually |automatically |auto-?)?escalated",
        EntryKind.DELEGATE: r"delegated|reassigned",
        EntryKind.NOTIFY: r"notified|paged|notification sent"
        r"|(?:failed to|unable to|could not|couldn['\u2019]t|cannot)"
        r" (?:notify|page|reach|contact|call|(?:send|deliver) [\w\s-]{1,40}? to)"
        r"|(?:(?:could|was) not|(?:could|was)n['\u2019]t|cannot) (?:be )?(?:notified|paged|reached)"
        r"|did(?: not|n['\u2019]t) answer"
        r"|(?:phone call|call|sms|text message|e-?mail|push|notification|page) (?:to|for)",
        EntryKind.RESPONDER_REQUEST: _REQUESTED,
        EntryKind.POLICY_REQUEST: _REQUESTED,
        EntryKind.SNOOZE: r"snoozed",
        EntryKind.ANNOTATE: r"(?:note )?added(?: a note)?|noted",
        EntryKind.STATUS_UPDATE: r"(?:status update )?(?:sent|published|posted)",
        EntryKind.PRIORITY_CHANGE: r"(?:priority )?(?:changed|set|updated|removed)",
        EntryKind.URGENCY_CHANGE: r"(?:urgency )?(?:changed|set|updated|raised|lowered)",
        EntryKind.TRIGGER: r"triggered",
        EntryKind.RESOLVE: r"resolved",
        EntryKind.REOPEN: r"re-?opened",
        EntryKind.MOVE_IN: r"merged|moved|linked|added",
        EntryKind.MOVE_OUT: r"moved|unlinked|removed",
    }
)
"""How the sentences of each kind begin, or go on behind who did it."""
_HAS_TARGETS = frozenset(
    {
        EntryKind.ASSIGN,
        EntryKind.ESCALATE,
        EntryKind.DELEGATE,
        EntryKind.NOTIFY,
        EntryKind.RESPONDER_REQUEST,
        EntryKind.POLICY_REQUEST,
    }
)
_ALWAYS_TO = frozenset({EntryKind.ASSIGN, EntryKind.ESCALATE})
_ADDRESS = r"(?:[+\d(][\d\s().-]{5,}|\S+@\S+)"
_WAY = re.compile(
    r"\s+(?:(?:via|through|using|over|from|on|in|with)\s+(?:the |a |an |their )?"
    r"(?:api|events? api|website|web ?site|web|web ui|ui|app|mobile(?: app| phone)?|phone(?: call)?"
    r"|slack|microsoft teams|ms teams|teams|chat|sms|text message|e-?mail|push(?: notification)?"
    r"|ios|android|cli|integration|time[- ]?out|pagerduty(?: (?:mobile |web |ios |android )?app)?"
    r"|escalation polic(?:y|ies)|workflow)"
    rf"(?:\s+(?:at|to)\s+{_ADDRESS})?|on \d{{4}}-\d\d-\d\d.*"
    r"|(?:due to|because|since|after) (?:(?! by ).)+|\(?at level \d+\)?|\(level \d+\)"
    r"|(?:for|until) (?:(?! by ).)+|as (?:an? )?(?:additional )?responders?"
    r"|to (?:help|respond|join).*|[(\[]time[- ]?out[)\]])$|:\s+nobody .*$",
    re.IGNORECASE,
)
"""What may stand behind the names: by which way, why, for how long."""
_REMARK = re.compile(
    r"(?:(?<!\buser):\s+|\s+with (?:the |an? )?(?:note|reason|message|comment)\b:?\s+"
    r"|\s+\((?:note|reason|message|comment):\s+)(?P<words>\S.*)$"
    r"|\s+\((?:(?-i:[a-z])|[^)]{0,80}@).*$",
    re.IGNORECASE,
)
"""What stands behind whoever did it: the person's own words, or a remark that is no name."""
_HAS_REMARK = frozenset({EntryKind.ACKNOWLEDGE, EntryKind.RESOLVE, EntryKind.STATUS_UPDATE})
"""Whose sentences tell of no target: what stands behind a colon is somebody's words."""
_BY_MONITORS = frozenset({EntryKind.TRIGGER, EntryKind.ACKNOWLEDGE, EntryKind.RESOLVE})
"""What an event does without anybody's name: through the REST API it takes a person's."""
_ASKED = frozenset({EntryKind.RESPONDER_REQUEST, EntryKind.POLICY_REQUEST})
_MEDIUM = re.compile(r"\s+(?:by|via|through|using|over|on|at|with)\s+.+$", re.IGNORECASE)
_WHAT_WENT = re.compile(r"^(?:the |an? )?(?:push|phone|sms|e-?mail)?$", re.IGNORECASE)
"""What may stand before the sentence of a page, and is nobody's name."""
_CAME_OF_IT = re.compile(
    r"\s+(?:was|were|went|has|had|failed|bounced|undeliver\w+|unanswered)\b.*$"
)
_FAILED_PAGE = re.compile(
    r"^\W*(?:failed|unable|could(?: not|n['\u2019]t)|cannot|did(?: not|n['\u2019]t)|tried)\b"
    r"|\b(?:(?:could|can|was)(?: not|n['\u2019]t)|cannot) (?:be )?(?:notified|paged|reached)\b"
    r"|\b(?P<silent>did(?: not|n['\u2019]t) answer)\b"
    r"|(?<=[\s(])(?P<word>unanswered|no answer|bounced|undeliver(?:ed|able)|not delivered"
    r"|unreachable|rejected|blocked|busy|failed)(?=[\s.]*$|\s?[:(),;.])",
    re.IGNORECASE,
)
_MEDIUM_TOLD = re.compile(
    r"(?:\b(?:by|via|through|over|using|with|answer)\s+|^(?:failed to (?:send|deliver)\s+)?)"
    r"(?:the |an? )?(?P<medium>phone|sms|text message|e-?mail|push)\b",
    re.IGNORECASE,
)
_LEVEL = re.compile(r"^(?:escalation )?level \d+\s*[:(\u2013-]\s*(?P<name>.+?)\)?$", re.IGNORECASE)
_NOBODY = re.compile(
    r"^(?:the |an? |its |their )?(?:(?:pagerduty|events?|rest) )*(?:api|website|system|time[- ]?out"
    r"|e-?mail|integration|service|escalation policy|event rules?|rules?|workflows?|automation"
    r"|(?:auto-?resol\w+|ack\w*|escalation) time-?out"
    r"|pagerduty|user|somebody|someone|nobody|unknown|deleted user|incident|alerts?|none|null)"
    r"(?: v\d| \(\d[^()]*\))?$",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\b(?:level \d+|polic(?:y|ies)|schedule|on-?call|rota|rotation|team|everyone|everybody|all)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r",\s+(?:and\s+)?|\s+(?:and|&)\s+")
_SUBJECT = re.compile(
    r"^(?:the |an? |this )?(?:incident|alert|note|priority|urgency|it)\b", re.IGNORECASE
)
_TIMER = r"(?:(?:auto-?resol\w+|ack\w*|escalation|incident|resolution) )?time[- ]?out"
_TIMED_OUT = re.compile(
    rf"\b(?:due to|because of|after|on|since) (?:[\w-]+ ){{0,3}}{_TIMER}\b"
    rf"|(?:^|\b(?:by|via|through|from) )(?:the |an? |its )?{_TIMER}"
    r"(?=[\s.]*$|[:,;]| (?:of|after|through|via|to|at|on)\b| \(\d)"
    rf"|^(?:the )?{_TIMER} (?:was )?(?:reached|expired|elapsed|passed|over)\b"
    rf"|[(\[:;]\s*(?:{_TIMER}|timed[ -]out)[\s.)\]]*$"
    r"|\b(?:ack\w*|alert|escalation|incident|it|snooze) (?:has |had |was )?timed[ -]out\b"
    r"|\bnobody (?:had )?acknowledged\b",
    re.IGNORECASE,
)
"""That a time ran out; a name may hold the word as well (``by Timeout Monitor``)."""
_BY_CLOCK = _ALWAYS_TO | {EntryKind.DELEGATE, EntryKind.RESOLVE, EntryKind.UNACKNOWLEDGE}
"""What PagerDuty does by itself when a time runs out."""
_BEHALF = re.compile(
    r"\s*\(?\bon behalf of (?P<who>[^():;,]{1,100}?)\)?"
    r"(?=$|[:;,]|\s+(?:to|for|via|through|using|from|with|because|due|until|after|as|by|over)\s"
    r"|\s+(?:at|on|in)\s+(?:\d|level |the |an? |their )|\s+\()",
    re.IGNORECASE,
)
_BY_API = re.compile(
    r"\b(?:through|via|by|using) (?:the |an? )?(?:events? )?(?:api|integration|e-?mail)\b",
    re.IGNORECASE,
)
_LONGEST, _MOST = 100, 20


@dataclass(frozen=True, slots=True)
class NamedPeople:
    """Whom a sentence names: who did it, to or with whom, and in what words."""

    by: Agent | None = None
    targets: tuple[Agent, ...] = ()
    words: str | None = None
    """What somebody wrote, where the sentence quotes it behind the name."""
    through: bool = False
    """Whether a program did it, on behalf of whoever is named."""


@lru_cache(OFTEN)
def read_sentence(kind: EntryKind, summary: str) -> NamedPeople:
    """Read whom the sentence of an entry of a kind names; nobody where it is worded otherwise."""
    words = " ".join(summary.split()).rstrip(".")
    words, behalf = _without_behalf(words)
    found = _verb(kind).search(words) if kind in _VERBS and words else None
    if found is None:
        return NamedPeople()
    before, rest = words[: found.start()].strip(), words[found.end() :]
    if kind is EntryKind.NOTIFY:
        whom = rest if _WHAT_WENT.match(before) else before
        return NamedPeople(None, _people(kind, _MEDIUM.sub("", _CAME_OF_IT.sub("", whom))))
    rest, said = _without_remark(kind, rest)
    rest = _without_way(rest)
    head, separator, last = rest.rpartition(" by ")
    by = _without_way(last) if separator else ""
    if separator and " to " in f" {by} ":  # Escalated by Ben Stone to Ada Example
        by, _, more = by.partition(" to ")
        head = f"{head} to {more}"
    if not separator:
        head = rest
    if before and not _SUBJECT.match(before):
        by = by or _without_way(before)
    agent = behalf or _one(AgentKind.PERSON, by)
    targets = _people(kind, head) if kind in _HAS_TARGETS else ()
    if said and kind in _ASKED and not targets:
        targets, said = _people(kind, said), None
    return NamedPeople(agent, targets, said, behalf is not None)


@cache
def _verb(kind: EntryKind) -> re.Pattern[str]:
    verb = rf"(?:^|(?<=\s))(?:was |were |has |have )?(?:{_VERBS[kind]})\b"
    return re.compile(verb, re.IGNORECASE)


@lru_cache(OFTEN)
def channel_told(
    kind: EntryKind, summary: str, way: ChannelKind, *, by_person: bool
) -> ChannelKind:
    """Tell by what way an entry came about, as far as its sentence says more than its channel.

    What a person did no time did that ran out, whatever the sentence holds besides.
    """
    if way not in {ChannelKind.OTHER, ChannelKind.AUTOMATION}:
        return way
    if kind in _HAS_REMARK:
        summary = _REMARK.sub("", " ".join(summary.split()))
    if kind in _BY_CLOCK and not by_person and _TIMED_OUT.search(summary):
        return ChannelKind.TIMEOUT
    if way is ChannelKind.OTHER and kind in _BY_MONITORS and _BY_API.search(summary):
        return ChannelKind.MONITOR
    return way


@lru_cache(OFTEN)
def failure_told(summary: str) -> str | None:
    """Tell what kept a page from getting through by its sentence; None where that says nothing."""
    found = _FAILED_PAGE.search(summary)
    if found is None:
        return None
    word = (found["word"] or "").lower()
    if found["silent"] or word in {"unanswered", "no answer"}:
        return "no answer"
    return word or "failed"


@lru_cache(OFTEN)
def medium_told(summary: str) -> str | None:
    """Give PagerDuty's word for the way that a page went, as far as its sentence tells."""
    found = _MEDIUM_TOLD.search(summary)
    word = found["medium"].lower().replace("-", "") if found else None
    return "sms" if word == "text message" else word


def acted(agent: Agent | None, told: NamedPeople) -> Agent | None:
    """Give who did it: a program that a person used did nothing by itself."""
    if told.through and (agent is None or agent.kind is not AgentKind.PERSON):
        return told.by
    return named(agent, told.by)


def named(agent: Agent | None, told: Agent | None) -> Agent | None:
    """Give an agent by the name in the entry's sentence, where it has no name of its own."""
    if agent is None or not (agent.id or agent.name):
        return told
    nameless = agent.name in {"", agent.id}
    return replace(agent, name=told.name) if told and nameless else agent


def all_named(agents: tuple[Agent, ...], told: tuple[Agent, ...]) -> tuple[Agent, ...]:
    """Give agents by their names in the sentence; they stand there in the same order."""
    if not agents:
        return told
    if len(agents) != len(told):
        return agents
    return tuple(one for one in map(named, agents, told) if one is not None)


def _without_behalf(text: str) -> tuple[str, Agent | None]:
    """Split off on whose behalf a program did it; a person's own words may hold that as well."""
    found = _BEHALF.search(text)
    if found is None or _REMARK.search(text[: found.start()]):
        return text, None
    return text[: found.start()] + text[found.end() :], _one(AgentKind.PERSON, found["who"])


def _without_remark(kind: EntryKind, text: str) -> tuple[str, str | None]:
    """Split what stands behind the name of whoever did it: give the rest, and that one's words."""
    found = _REMARK.search(text)
    if found is None or not (kind in _HAS_REMARK or " by " in text[: found.start()]):
        return text, None
    words = (found["words"] or "").strip(" \"'“”)")
    return text[: found.start()], words or None


def _without_way(text: str) -> str:
    """Drop what stands behind the names."""
    while (cut := _WAY.sub("", text)) != text:
        text = cut
    return text


def _people(kind: EntryKind, text: str) -> tuple[Agent, ...]:
    """Read the names that something went to: behind ``to`` where there is one."""
    _, to, names = f" {_without_way(text)}".rpartition(" to ")
    if not to and kind in _ALWAYS_TO:
        return ()
    names = re.sub(r"^(?:additional |more )?responders?:?\s+", "", names.strip(" :"))
    if level := _LEVEL.match(names):
        names = level["name"]
    usual = AgentKind.POLICY if kind is EntryKind.DELEGATE else AgentKind.PERSON
    each = [names] if usual is AgentKind.POLICY else _BETWEEN.split(names)[:_MOST]
    found = (_one(AgentKind.OTHER if _THING.search(one) else usual, one) for one in each)
    return tuple(one for one in found if one is not None)


def _one(kind: AgentKind, name: str) -> Agent | None:
    name = re.sub(r"^(?:slack )?user:?\s+", "", name.strip(" \"'“”:,;"), flags=re.IGNORECASE)
    if not name or len(name) > _LONGEST or _NOBODY.match(name):
        return None
    return Agent(kind, "", name)
