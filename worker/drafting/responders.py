"""People asked to help, and how they answered."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from connectors.incidents import LogEntry, Responder
from worker.drafting.people import name

REQUESTS = frozenset(
    {"responder_request_log_entry", "responder_request_for_escalation_policy_log_entry"}
)

SAME_REQUEST = timedelta(seconds=10)
"""A request and its log entry are no further apart."""

_ANSWERS = {
    "joined": "joined",
    "declined": "declined",
    "pending": "no answer",
    "user_cancelled": "withdrawn",
}


def with_answer(responder: Responder) -> str:
    """Name somebody who was asked, and the answer: ``Ada Example (joined)``."""
    answer = _ANSWERS.get(responder.state, responder.state.replace("_", " "))
    return f"{name(responder.who)} ({answer})" if answer else name(responder.who)


def asked_with(entry: LogEntry, responders: Iterable[Responder]) -> tuple[str, ...]:
    """Name whom a request's log entry asked, with their answers; none for other entries."""
    if entry.type not in REQUESTS:
        return ()
    if not entry.assignees:
        return tuple(with_answer(one) for one in responders if _made_at(one, entry))
    answered = {one.who.id: with_answer(one) for one in responders}
    return tuple(answered.get(agent.id) or name(agent) for agent in entry.assignees)


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
    return _made_at(responder, entry) or any(
        agent.id == responder.who.id for agent in entry.assignees
    )


def _made_at(responder: Responder, entry: LogEntry) -> bool:
    at = responder.requested_at
    return at is not None and abs(at - entry.created_at) <= SAME_REQUEST


def _together(one: Responder, other: Responder) -> bool:
    if one.requested_at is None or other.requested_at is None:
        return False
    near = abs(other.requested_at - one.requested_at) <= SAME_REQUEST
    return near and one.requested_by == other.requested_by and one.message == other.message
