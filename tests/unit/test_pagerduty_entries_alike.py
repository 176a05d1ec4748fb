"""A log whose entries say the same again and again: each is told as if it were read by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadError
from connectors.incidents import LogEntry, Reference
from connectors.json_fields import JsonValue
from connectors.pagerduty import incident_fields, log_payloads
from connectors.pagerduty.common_payloads import PAGERDUTY
from connectors.pagerduty.reading.entries_alike import EntriesAlike

Json = dict[str, Any]
ADA = {"id": "P1", "type": "user_reference", "summary": "Ada"}
PAGE: Json = {
    "id": "R1",
    "type": "notify_log_entry",
    "summary": "Notified Ada by SMS",
    "self": "https://api.example.com/log_entries/R1",
    "html_url": "https://shop.example.com/log_entries/R1",
    "created_at": "2026-10-15T12:00:00Z",
    "channel": {"type": "auto", "notification": {"type": "sms_notification", "status": "success"}},
    "user": ADA,
}
SNOOZE: Json = {
    "id": "R2",
    "type": "snooze_log_entry",
    "summary": "Snoozed by Ada for 4 hours",
    "created_at": "2026-10-15T12:00:00Z",
}
LATER: Json = {"id": "R9", "created_at": "2026-10-15T15:00:00+01:00", "html_url": None}


LINK: Json = {
    "id": "R3",
    "type": "link_log_entry",
    "summary": "Pay is slow, case 1 was added to this incident",
    "created_at": "2026-10-15T12:00:00Z",
    "agent": {"id": "PS", "type": "service_reference", "summary": "Pay"},
    "channel": {"type": "auto"},
    "linked_incident": {"id": "Q1", "type": "alert_reference", "summary": "Pay is slow, case 1"},
}
SECOND: Json = {
    "id": "R4",
    "summary": "Pay is slow, case 2 was added to this incident",
    "linked_incident": {"id": "Q2", "type": "alert_reference", "summary": "Pay is slow, case 2"},
}


def value(fields: Json) -> JsonValue:
    return JsonValue(fields, replace(PAGERDUTY, forgiving=True, forgiven=[]))


def told(fields: Json, reader: EntriesAlike | None) -> tuple[LogEntry | str, str, Json]:
    """Give what comes of an entry, what it was forgiven, and what it names."""
    names: dict[str, str] = reader.names if reader else {}
    sent = value(fields)
    try:
        if reader is None:
            read: LogEntry | str = log_payloads.log_entry(sent)
            incident_fields.add_entry_names(read, sent, names)  # type: ignore[arg-type]  # a str is raised above
        else:
            read = reader.read(sent)
    except PayloadError as error:
        read = str(error)
    return read, str(sent.forgiven), names


def as_by_itself(log: Sequence[Json]) -> None:
    reader = EntriesAlike({})
    for fields in log:
        read, forgiven, names = told(fields, reader)
        assert (read, forgiven) == told(fields, None)[:2]
        assert told(fields, None)[2].items() <= names.items()


@pytest.mark.parametrize(
    "fields",
    [
        PAGE,
        SNOOZE,
        {**SNOOZE, "changed_actions": [{"type": "unacknowledge", "at": "2026-10-15T16:00:00Z"}]},
        {**PAGE, "note": 7},
        {**PAGE, "note": ["seven"]},
        {**PAGE, "user": "Ada"},
        {**PAGE, "channel": {"type": "web_trigger", "details": "See https://wiki.example.com/a"}},
        {**PAGE, "type": "annotate_log_entry", "channel": {"type": "note", "id": "PN1"}},
        {**PAGE, "changeset": [{"name": "team", "old": "PT1", "new": {"id": "PT2"}}]},
        {**PAGE, "type": None},
    ],
    ids=lambda fields: str(fields["summary"]) + "-" + "-".join(fields.keys() - PAGE.keys()),
)
@pytest.mark.parametrize(
    "own",
    [LATER, {"id": 7}, {"id": None}, {"created_at": "yesterday"}, {"html_url": 12}, {"self": 12}],
    ids=str,
)
def test_an_entry_that_says_the_same_again_keeps_what_is_its_own(fields: Json, own: Json) -> None:
    as_by_itself([fields, {**fields, **own}, {**fields, **LATER}])


def test_values_that_count_as_equal_are_not_the_same() -> None:
    as_by_itself([{**PAGE, "note": one} for one in (True, 1, 1.0, "1", None, "", True, 1)])


def test_each_differs_from_the_one_before_in_its_own_alone() -> None:
    reader = EntriesAlike({})
    first, again = reader.read(value(PAGE)), reader.read(value({**PAGE, **LATER}))
    assert again == replace(
        first, id="R9", created_at=datetime(2026, 10, 15, 14, 0, tzinfo=UTC), url=None
    )
    assert again.channel is first.channel  # it was not read again
    assert reader.names == {"P1": "Ada"}


def test_entries_that_bring_alerts_along_differ_in_the_alert() -> None:
    reader = EntriesAlike({})
    first, again = reader.read(value(LINK)), reader.read(value({**LINK, **SECOND}))
    assert again == replace(
        first, id="R4", summary=SECOND["summary"], linked=Reference("Q2", "Pay is slow, case 2")
    )
    assert again.channel is first.channel  # it was not read again
    assert reader.names == {"PS": "Pay", "Q1": "Pay is slow, case 1", "Q2": "Pay is slow, case 2"}


@pytest.mark.parametrize(
    "other",
    [
        {},
        LATER,
        {"summary": None},
        {"summary": 7},
        {"summary": ["seven"]},
        {"linked_incident": None},
        {"linked_incident": "Q2"},
        {"linked_incident": {"id": "Q2", "summary": 7}},
        {"channel": {"type": "web_trigger"}},
        {"agent": None},
        {"id": None},
        {"type": "unlink_log_entry"},
        {"changeset": [{"name": "team", "old": "PT1", "new": "Q2"}]},
    ],
    ids=str,
)
@pytest.mark.parametrize("agent", [LINK["agent"], {"id": "PU", "type": "user_reference"}, None])
@pytest.mark.parametrize("by", ["", " by Ben", " by Ben (through the API)", " by Eve"])
def test_what_differs_besides_is_told_as_by_itself(other: Json, agent: object, by: str) -> None:
    first: Json = {**LINK, "agent": agent, "summary": "Merged by Ada"}
    second = {**first, **SECOND, "summary": f"Case 2 was added{by}", **other}
    as_by_itself([first, second, {**second, **LATER}, {**first, **SECOND}, first])


_TEXTS = st.sampled_from(["", "Ada", "https://wiki.example.com/a", "Snoozed for 2 hours"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 1) | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "type", "summary", "name", "details", "status"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=4,
)
_FIELDS: Mapping[str, st.SearchStrategy[object]] = {
    "type": st.sampled_from(
        ["notify_log_entry", "snooze_log_entry", "annotate_log_entry", "link_log_entry"]
    ),
    **dict.fromkeys(["summary", "note", "html_url"], _TEXTS | _VALUES),
    **dict.fromkeys(
        ["agent", "user", "channel", "changeset", "assignees", "linked_incident"], _VALUES
    ),
}


@given(
    kinds=st.lists(st.fixed_dictionaries({}, optional=_FIELDS), min_size=1, max_size=2),
    picked=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 59)), min_size=2, max_size=6),
)
def test_however_often_entries_come_again(kinds: list[Json], picked: list[tuple[int, int]]) -> None:
    as_by_itself(
        [
            {
                "type": "notify_log_entry",
                **kinds[kind % len(kinds)],
                "id": f"R{number}",
                "created_at": f"2026-10-15T12:{second:02d}:00Z",
            }
            for number, (kind, second) in enumerate(picked)
        ]
    )
