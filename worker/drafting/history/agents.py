"""Names whoever acted or was asked: people, also deleted ones, bots, monitors, responders."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from connectors.incidents import (
    Agent,
    AgentKind,
    IncidentRecord,
    LogEntry,
    Reference,
    Responder,
)
from connectors.log_entry_kinds import ChannelKind, EntryKind, ResponderAnswer, UrgencyLevel
from worker.content.clean_text import clean, shorten

SOMEBODY = "Somebody"
"""Stands for a person whom the log does not name."""

REQUESTS = frozenset({EntryKind.RESPONDER_REQUEST, EntryKind.POLICY_REQUEST})

SAME_REQUEST = timedelta(seconds=10)
"""A request and its log entry are no further apart."""

_ASKED_AGAIN = timedelta(minutes=1)
"""Who was asked later than this after what the log tells was asked twice."""

_ANSWERS: Mapping[str, str] = {
    ResponderAnswer.JOINED: "joined",
    ResponderAnswer.DECLINED: "declined",
    ResponderAnswer.PENDING: "no answer",
    ResponderAnswer.WITHDRAWN: "withdrawn",
}
_FOR_EACH = frozenset({EntryKind.ESCALATE, EntryKind.DELEGATE})
"""Kinds of which a log may have an entry for each of the people that one act went to."""

_AT_ONCE = timedelta(seconds=1)
_TAKES_BACK = frozenset({EntryKind.UNACKNOWLEDGE, EntryKind.ESCALATE, EntryKind.DELEGATE})
_ACTS = frozenset({AgentKind.PERSON, AgentKind.BOT})
_BY_ITSELF = frozenset(
    {ChannelKind.TIMEOUT, ChannelKind.AUTOMATION, ChannelKind.MONITOR, ChannelKind.DESK}
)
FROM_ANYBODY = frozenset({ChannelKind.EMAIL, ChannelKind.DESK})
"""Ways by which people report as well as monitors: which it was is not known."""

_LONGEST_NAME = 80


def is_person(agent: Agent | None) -> bool:
    """Tell whether a person acted; a log entry without an agent names nobody."""
    return agent is not None and agent.kind is AgentKind.PERSON


def timed_out(entry: LogEntry) -> bool:
    """Tell whether the entry came about because a time ran out.

    The summary is no guide: it may say "through the API" for a timeout too.
    """
    return entry.channel.kind is ChannelKind.TIMEOUT


def automatic(entry: LogEntry) -> bool:
    """Tell whether no person acted: a monitor, an integration, a rule or a service did."""
    if entry.agent is None:
        return entry.channel.kind in _BY_ITSELF
    return entry.agent.kind not in _ACTS


@lru_cache(1024)  # a storm names few people, thousands of times
def name(agent: Agent | None) -> str:
    """Name an agent: a person by name, a bot as one, nobody as ``Somebody``.

    A deleted person keeps the name that the source remembers; without any, the id tells them
    apart from others.
    """
    if agent is None:
        return SOMEBODY
    known = shorten(clean(agent.name), _LONGEST_NAME)
    if agent.kind is AgentKind.BOT:
        return known if "bot" in known.lower() else f"{known or agent.id} (bot)"
    if agent.kind is AgentKind.WORKFLOW:
        return _workflow("" if known == agent.id else known)
    if agent.kind is AgentKind.PERSON and known in {"", agent.id}:
        return f"a former user ({agent.id})" if agent.id else SOMEBODY
    return known or clean(agent.id) or SOMEBODY


def _workflow(known: str) -> str:
    if not known:
        return "a workflow"
    return known if "workflow" in known.lower() else f"the workflow {known}"


def actor(entry: LogEntry) -> str:
    """Name who or what brought an entry about; where nobody did, that is ``Automation``."""
    agent = entry.agent
    if agent is None:
        return "Automation" if automatic(entry) else SOMEBODY
    known = clean(agent.name)
    if known and agent.kind is AgentKind.SERVICE:
        return f"the service {shorten(known, _LONGEST_NAME)}"
    return name(agent)


def names(agents: Iterable[Agent]) -> list[str]:
    """Name several agents, each once, in their order."""
    return list(dict.fromkeys(name(agent) for agent in agents))


def told_apart(record: IncidentRecord) -> IncidentRecord:
    """Give a record in which people of one name have the source's id behind it."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for agent in everyone(record):
        if is_person(agent) and agent.id and agent.name != agent.id:
            ids[clean(agent.name).casefold()].add(agent.id)
    shared = frozenset(known for known, of in ids.items() if known and len(of) > 1)
    return _named_apart(record, shared) if shared else record


def everyone(record: IncidentRecord) -> Iterator[Agent]:
    """Give whoever the record names, as often as it does."""
    found = [record.commander, record.incident.last_status_change_by]
    found += [one for each in record.incident.responders for one in (each.who, each.requested_by)]
    found += [note.author for note in record.notes]
    for entry in record.log_entries:
        found += (entry.agent, entry.user, *entry.assignees)
    return filter(None, found)


def _named_apart(record: IncidentRecord, shared: frozenset[str]) -> IncidentRecord:
    def apart(agent: Agent) -> Agent:
        if not (is_person(agent) and agent.id and clean(agent.name).casefold() in shared):
            return agent
        known = shorten(clean(agent.name), _LONGEST_NAME - len(agent.id) - 3)
        return replace(agent, name=f"{known} ({agent.id})")

    def maybe(agent: Agent | None) -> Agent | None:
        return agent and apart(agent)

    last = maybe(record.incident.last_status_change_by)
    asked = tuple(
        replace(one, who=apart(one.who), requested_by=maybe(one.requested_by))
        for one in record.incident.responders
    )
    entries = tuple(
        replace(
            one,
            agent=maybe(one.agent),
            user=maybe(one.user),
            assignees=tuple(map(apart, one.assignees)),
        )
        for one in record.log_entries
    )
    return replace(
        record,
        incident=replace(record.incident, last_status_change_by=last, responders=asked),
        log_entries=entries,
        notes=tuple(replace(one, author=maybe(one.author)) for one in record.notes),
        commander=maybe(record.commander),
    )


def each_act(entries: Iterable[LogEntry]) -> tuple[LogEntry, ...]:
    """Make one entry of those that one act has for each of the people that it went to."""
    found: list[LogEntry] = []
    latest: dict[tuple[EntryKind, Agent | None, ChannelKind], int] = {}
    for entry in entries:
        if entry.kind in _FOR_EACH:
            act = entry.kind, entry.agent, entry.channel.kind
            at = latest.get(act)
            if at is not None and _is_part(entry, found[at]):
                known = found[at]
                people = dict.fromkeys((*known.assignees, *entry.assignees))
                changes = dict.fromkeys((*known.changes, *entry.changes))
                found[at] = replace(known, assignees=tuple(people), changes=tuple(changes))
                continue
            latest[act] = len(found)
        found.append(entry)
    return tuple(found)


def _is_part(entry: LogEntry, act: LogEntry) -> bool:
    """Tell whether an entry is of an act: at once, and with no words of its own."""
    return entry.created_at - act.created_at <= _AT_ONCE and entry.note in (None, act.note)


def raises_urgency(entry: LogEntry) -> bool:
    """Tell whether somebody made the incident urgent, which takes its acknowledgement back.

    Its hours of support make those urgent alone that nobody has acknowledged.
    """
    if entry.kind is not EntryKind.URGENCY_CHANGE or automatic(entry):
        return False
    return any(
        one.new == UrgencyLevel.HIGH and one.old == UrgencyLevel.LOW for one in entry.changes
    )


def takes_back(entry: LogEntry) -> bool:
    """Tell whether an entry ends an acknowledgement: the incident waits for somebody again."""
    return entry.kind in _TAKES_BACK or raises_urgency(entry)


def monitor(entry: LogEntry) -> str:
    """Name the monitor that sent an event, "" where the entry does not tell which it was.

    An integration that is merely called by its way in, or a service that stands in for its
    integration, does not tell.
    """
    if client := clean(entry.channel.client or ""):
        return shorten(client, _LONGEST_NAME)
    if entry.channel.kind is ChannelKind.EMAIL:
        return "an e-mail"
    agent = entry.agent
    if agent is None or agent.kind is AgentKind.SERVICE:
        return ""
    nameless = agent.has_generic_name or clean(agent.name) in {"", agent.id}
    return "" if nameless else name(agent)


def known_name(one: Reference) -> str:
    """Name a thing, "" where the source has its id alone: it was deleted since."""
    return "" if one.name == one.id else clean(one.name)


def with_answer(responder: Responder) -> str:
    """Name somebody who was asked, and the answer: ``Ada Example (joined)``."""
    answer = _ANSWERS.get(responder.state, responder.state)
    return f"{name(responder.who)} ({answer})" if answer else name(responder.who)


def asked_with(entry: LogEntry, responders: Iterable[Responder]) -> tuple[str, ...]:
    """Name whom a request's log entry asked, with their answers; none for other entries."""
    if entry.kind not in REQUESTS:
        return ()
    if not entry.assignees:
        return tuple(with_answer(one) for one in responders if _made_at(one, entry))
    answered = {one.who.id: with_answer(one) for one in responders}
    return tuple(answered.get(agent.id) or name(agent) for agent in entry.assignees)


def asks_policy(entry: LogEntry) -> bool:
    """Tell whether a request for help went to an escalation policy."""
    asked = any(one.kind is AgentKind.POLICY for one in entry.assignees)
    return entry.kind is EntryKind.POLICY_REQUEST or (entry.kind in REQUESTS and asked)


def unlogged(
    responders: Iterable[Responder], requests: Sequence[LogEntry]
) -> Iterator[tuple[Responder, ...]]:
    """Give the requests that the log does not tell of: those asked together, each once."""
    rest = [
        one
        for one in responders
        if one.requested_at is not None and not any(_told(one, entry) for entry in requests)
    ]
    asked: list[Responder] = []
    for one in sorted(rest, key=lambda responder: str(responder.requested_at)):
        if asked and not _together(asked[0], one):
            yield tuple(asked)
            asked = []
        asked.append(one)
    if asked:
        yield tuple(asked)


def _told(responder: Responder, entry: LogEntry) -> bool:
    names = any(agent.id == responder.who.id for agent in entry.assignees)
    asked = responder.requested_at or entry.created_at
    return _made_at(responder, entry) or (names and asked - entry.created_at <= _ASKED_AGAIN)


def _made_at(responder: Responder, entry: LogEntry) -> bool:
    at = responder.requested_at
    return at is not None and abs(at - entry.created_at) <= SAME_REQUEST


def _together(one: Responder, other: Responder) -> bool:
    if one.requested_at is None or other.requested_at is None:
        return False
    near = abs(other.requested_at - one.requested_at) <= SAME_REQUEST
    return near and one.requested_by == other.requested_by and one.message == other.message
