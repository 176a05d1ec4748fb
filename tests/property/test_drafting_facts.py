"""No note is ever without its words, and no odd value in an optional field without a draft."""

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadError
from connectors.incidents import Agent, AgentKind, IncidentRecord, Missing, Note
from connectors.json_fields import JsonValue
from connectors.pagerduty import log_payloads, payloads
from connectors.pagerduty.common_payloads import PAGERDUTY
from connectors.pagerduty.reading.list_pages import read_each
from tests.incidents.documents import POLICY
from tests.incidents.making import Making, channel, person, service
from worker.content.inline_markdown import plain_cell
from worker.drafting.draft import draft

START = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
BEGIN = "rolling back the release on every node of the archive"
_AUTHORS = st.sampled_from(
    [person("Ada"), person("Ben"), Agent(AgentKind.BOT, "B1", "Checker"), None]
)
_TEXTS = st.sampled_from(
    ["on it", "still down", BEGIN, f"{BEGIN}: half", f"{BEGIN}: half of them done", "…", "ok"]
)
_NOTES = st.lists(st.tuples(_AUTHORS, _TEXTS, st.integers(0, 400), st.booleans()), max_size=12)
_ENTRIES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(-400, 400), st.booleans(), st.booleans()), max_size=12
)


def _noted(
    notes: list[tuple[Agent | None, str, int, bool]],
    entries: list[tuple[int, int, bool, bool]],
) -> Making:
    """Make notes, and log entries that tell of some of them: late, cut, or by nobody."""
    it = Making(1, "Disk full", START, service("Archive"))
    it.triggered()
    for number, (author, text, second, resolves) in enumerate(notes):
        words = f"Resolution Note: {text}" if resolves else text
        at = START + timedelta(seconds=second)
        it.notes.append(Note(f"PN{number}", words, at, author))
    for number, late, cut, named in entries:
        if number < len(it.notes):
            note = it.notes[number]
            words = f"{note.content[:45]}…" if cut else note.content
            seconds = max(0, round((note.created_at - START).total_seconds()) + late)
            agent = note.author if named else None
            way_in = channel("note", summary=words)
            it.entry("annotate", f"0:{seconds}", "Note added", agent, channel=way_in)
    it.resolved("6:40", "Ada")
    return it


@given(_NOTES, _ENTRIES)
def test_each_note_has_its_words_in_the_timeline_as_often_as_it_was_written(
    notes: list[tuple[Agent | None, str, int, bool]],
    entries: list[tuple[int, int, bool, bool]],
) -> None:
    rows = [
        plain_cell(row.cells[1])
        for row in draft(_noted(notes, entries).record(), POLICY).content.timeline
    ]
    for text, number in Counter(text for _, text, _, _ in notes).items():
        assert sum(f'"{text}"' in row for row in rows) == number, rows


@given(_NOTES, _ENTRIES)
def test_no_words_of_the_log_are_lost_where_the_notes_could_not_be_read(
    notes: list[tuple[Agent | None, str, int, bool]],
    entries: list[tuple[int, int, bool, bool]],
) -> None:
    it = _noted(notes, entries)
    record = replace(it.record(), notes=(), missing=(Missing("notes", "They broke off."),))
    rows = [plain_cell(row.cells[1]) for row in draft(record, POLICY).content.timeline]
    for entry in it.log:
        words = (entry.channel.summary or "").removeprefix("Resolution Note: ")
        if entry.channel.word == "note":
            assert any(words in row for row in rows)


def _ref(kind: str, name: str) -> dict[str, Any]:
    return {
        "id": f"P{name.upper()}",
        "type": f"{kind}_reference",
        "summary": name,
        "html_url": None,
    }


_AT = "2025-03-03T12:00:00Z"
_CONTEXT = {"type": "link", "href": "https://example.com/a", "text": "Graph", "src": None}
_COMMON = {"client": "Lookout", "client_url": "https://example.com/c", "severity": "critical"}
_KINDS = ("trigger", "assign", "notify", "acknowledge", "escalate", "annotate", "snooze")
_KINDS += ("priority_change", "status_update", "responder_request", "resolve", "new_kind")


def _incident(user: dict[str, Any], service_: dict[str, Any]) -> dict[str, Any]:
    asked = {"user": user, "state": "joined", "requested_at": _AT, "updated_at": _AT}
    return {
        "id": "Q1",
        "incident_number": 7,
        "title": "Disk full",
        "status": "resolved",
        "created_at": _AT,
        "resolved_at": "2025-03-03T12:30:00Z",
        "urgency": "high",
        "html_url": "https://example.com/Q1",
        "updated_at": _AT,
        "reopened_at": None,
        "last_status_change_at": _AT,
        "last_status_change_by": user,
        "service": service_,
        "impacted_services": [service_],
        "teams": [_ref("team", "Core")],
        "priority": {"summary": "P1"},
        "incident_type": {"name": "incident_default"},
        "alert_counts": {"all": 1},
        "resolve_reason": None,
        "escalation_policy": service_,
        "conference_bridge": {"conference_number": "1", "conference_url": "https://a.example"},
        "incidents_responders": [asked],
        "responder_requests": [
            {
                "requester": user,
                "responder_request_targets": [{"incidents_responders": [asked]}],
            }
        ],
    }


def _log_entry(
    number: int, kind: str, user: dict[str, Any], service_: dict[str, Any]
) -> dict[str, Any]:
    change = {"name": "region", "old_value": "EU", "value": "US"}
    way_in = {
        "type": "auto",
        "summary": "Disk full",
        "details": {"a": 1},
        "duration": 60,
        "notification": {"type": "sms", "status": "success"},
        "cef_details": _COMMON,
        "old_priority": {"summary": "P3"},
        "new_priority": {"summary": "P1"},
        "changeset": {"customer_fields": [change], "application_fields": [change]},
    }
    return {
        "id": f"R{number}",
        "type": f"{kind}_log_entry",
        "created_at": _AT,
        "summary": "Done by Ada",
        "agent": user,
        "user": user,
        "assignees": [user],
        "channel": way_in,
        "service": service_,
        "contexts": [_CONTEXT],
        "note": None,
        "message": "We are on it",
        "html_url": None,
        "responders": [{"user": user}],
        "linked_incident": None,
    }


def _answers() -> dict[str, Any]:
    """Give the answers of the API about an incident, with every field that is read."""
    user, service_ = _ref("user", "Ada"), _ref("service", "Archive")
    body = {"details": {"a": "b"}, "contexts": [_CONTEXT], "cef_details": _COMMON}
    return {
        "incident": _incident(user, service_),
        "log_entries": [
            _log_entry(number, kind, user, service_) for number, kind in enumerate(_KINDS)
        ],
        "alerts": [
            {
                "id": "A1",
                "summary": "Disk full",
                "created_at": _AT,
                "status": "resolved",
                "resolved_at": None,
                "severity": "critical",
                "alert_key": "k",
                "body": body,
                "service": service_,
                "html_url": None,
                "suppressed": False,
            }
        ],
        "notes": [
            {"id": "N1", "content": "pruned", "created_at": _AT, "user": user, "channel": None}
        ],
        "change_events": [
            {
                "id": "C1",
                "summary": "Deploy",
                "timestamp": _AT,
                "source": "ci",
                "services": [service_],
                "links": [_CONTEXT],
                "images": [_CONTEXT],
                "correlation_reason": {"reason": "recent"},
            }
        ],
    }


REQUIRED = {"incident.id", "incident.incident_number", "incident.status", "incident.created_at"}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to every field and item, but for those that an incident cannot lack."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in inner:
        way = (*path, name)
        if len(way) > 1 and ".".join(map(str, way)) not in REQUIRED:
            yield way
        if isinstance(one, dict | list):
            yield from _places(one, way)


ANSWERS = _answers()
PLACES = list(_places(ANSWERS))


def _record(answers: dict[str, Any]) -> IncidentRecord:
    """Read the answers as the connector does; what an item must have and lacks costs the item."""
    sent = JsonValue(answers, replace(PAGERDUTY, forgiving=True, forgiven=[]))
    unread: list[PayloadError] = []

    def each(name: str, parse: Callable[[JsonValue], Any]) -> tuple[Any, ...]:
        return tuple(read_each(sent[name].required_list(), parse, unread))

    return IncidentRecord(
        payloads.incident(sent["incident"]),
        each("log_entries", log_payloads.log_entry),
        each("alerts", payloads.alert),
        each("notes", payloads.note),
        each("change_events", payloads.change_event),
    )


@given(st.lists(st.tuples(st.sampled_from(PLACES), _JSON), min_size=1, max_size=3))
def test_any_value_in_an_optional_field_leaves_a_draft(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    answers = copy.deepcopy(ANSWERS)
    for way, value in changes:
        place: Any = answers
        try:
            for name in way[:-1]:
                place = place[name]
            place[way[-1]] = value
        except (TypeError, KeyError, IndexError):
            continue  # an earlier change took the place away
    content = draft(_record(answers), replace(POLICY, chart="chart.svg")).content
    assert content.timeline
    assert content.entries
