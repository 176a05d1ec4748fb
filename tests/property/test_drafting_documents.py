"""Any log, alerts and notes give nine sections, an even table in time order, and lose nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from config.template_names import Names, Section
from connectors.incidents import (
    Agent,
    AgentKind,
    Alert,
    ChangeEvent,
    FieldChange,
    Incident,
    IncidentId,
    IncidentRecord,
    IncidentStatus,
    Link,
    LogEntry,
    Note,
    Reference,
    Responder,
)
from connectors.json_fields import JsonValue
from connectors.log_entry_kinds import EntryKind
from connectors.pagerduty import log_payloads
from connectors.pagerduty.common_payloads import PAGERDUTY
from tests.incidents.making import channel
from tests.incidents.reading import in_bullet, in_cell, in_heading, inlines, parse, shape
from worker.content.draft_content import Content
from worker.document.fill_template import fill
from worker.drafting.draft import draft
from worker.drafting.history.story import story
from worker.drafting.policy import MILESTONES, DraftPolicy
from worker.drafting.timeline.timeline import timeline

TEMPLATE = (Path(__file__).parents[2] / "config" / "postmortem.md").read_text()
START = datetime(2025, 10, 25, 20, 0, tzinfo=UTC)
"""The evening before the clocks go back in Berlin."""

_IDS = st.sampled_from([f"P{number}" for number in range(6)])
HOSTILE = st.sampled_from(
    [
        *(
            "",
            " ",
            "Disk full",
            "a | b",
            "\\|",
            "`",
            "# x",
            "[x]",
            "[x](javascript:alert(1))",
            "---",
        ),
        *(
            "<b>",
            "<!-- x",
            "&amp;",
            "1. one\n2. two",
            "- a\n\n- b",
            "\u202eevil",
            "*_~~",
            "x\u0000y",
        ),
        *(
            "https://example.com/a_(b)|c",
            "javascript:alert(1)",
            "https://example.com/",
            "lorem " * 99,
        ),
        *("```\ncode\n```", "| a | b |\n|---|---|", "status: final\n---\n", "http://u@example.com"),
    ]
)
_WORDS = HOSTILE
_AGENTS = st.builds(Agent, st.sampled_from(AgentKind), _IDS, _WORDS)
_TIMES = st.one_of(
    st.integers(0, 3600 * 30).map(lambda seconds: START + timedelta(seconds=seconds)),
    st.integers(-3600, 40).map(lambda seconds: START + timedelta(seconds=seconds)),
)
_REFERENCES = st.builds(Reference, _IDS, _WORDS, st.none() | HOSTILE)
_LINKS = st.builds(Link, HOSTILE, HOSTILE, st.booleans())
_CHANNELS = st.builds(
    channel,
    st.sampled_from(["api", "website", "timeout", "auto", "email", "note", "?"]),
    summary=st.none() | _WORDS,
    duration=st.none() | st.timedeltas(timedelta(), timedelta(days=2)),
    notification=st.sampled_from([None, "sms", "fax"]),
    client=st.none() | HOSTILE,
)
_KINDS = st.one_of(
    st.sampled_from(EntryKind),
    st.sampled_from([EntryKind.RESOLVE, EntryKind.ACKNOWLEDGE, EntryKind.OTHER]),
)
_ENTRIES = st.builds(
    LogEntry,
    st.integers(0, 10**9).map("R{}".format),
    _KINDS,
    HOSTILE,
    _TIMES,
    word=st.sampled_from(["", "unheard of", "x|y"]),
    agent=st.none() | _AGENTS,
    channel=_CHANNELS,
    service=st.none() | _REFERENCES,
    url=st.none() | HOSTILE | st.just("https://oncall.example.com/log/1"),
    note=st.none() | _WORDS,
    message=st.none() | _WORDS,
    user=st.none() | _AGENTS,
    assignees=st.lists(_AGENTS, max_size=2).map(tuple),
    changes=st.lists(
        st.builds(FieldChange, HOSTILE, st.none() | HOSTILE, st.none() | HOSTILE), max_size=2
    ).map(tuple),
    links=st.lists(_LINKS, max_size=2).map(tuple),
)
_ALERTS = st.builds(
    Alert,
    st.integers(0, 10**9).map("A{}".format),
    _WORDS,
    _TIMES,
    resolved_at=st.none() | _TIMES,
    severity=st.none() | HOSTILE,
    key=st.sampled_from([None, "one", "two"]),
    service=st.none() | _REFERENCES,
    suppressed=st.booleans(),
    links=st.lists(_LINKS, max_size=2).map(tuple),
)
_NOTES = st.builds(
    Note,
    st.integers(0, 10**9).map("N{}".format),
    st.one_of(
        _WORDS,
        _WORDS.map("ACTION: {} @ada by 2025-11-03".format),
        _WORDS.map("Resolution Note: {}".format),
        _WORDS.map("Root cause: {}".format),
    ),
    _TIMES,
    author=st.none() | _AGENTS,
)
_INCIDENTS = st.builds(
    Incident,
    st.just(IncidentId("QHYPO1")),
    st.integers(1, 10**6),
    HOSTILE,
    st.sampled_from(IncidentStatus),
    st.just("https://oncall.example.com/incidents/QHYPO1") | HOSTILE,
    st.just(START),
    resolved_at=st.none() | _TIMES,
    reopened_at=st.none() | _TIMES,
    last_status_change_at=st.none() | _TIMES,
    last_status_change_by=st.none() | _AGENTS,
    service=st.none() | _REFERENCES,
    priority=st.none() | HOSTILE,
    urgency=st.none() | HOSTILE,
    merged_into=st.none() | _REFERENCES,
    conference_url=st.none() | HOSTILE,
    responders=st.lists(
        st.builds(Responder, _AGENTS, HOSTILE, st.none() | _AGENTS, st.none() | _TIMES), max_size=2
    ).map(tuple),
)
RECORDS = st.builds(
    IncidentRecord,
    _INCIDENTS,
    log_entries=st.lists(_ENTRIES, max_size=20).map(tuple),
    alerts=st.lists(_ALERTS, max_size=8).map(tuple),
    notes=st.lists(_NOTES, max_size=4).map(tuple),
    change_events=st.lists(
        st.builds(
            ChangeEvent, _IDS, HOSTILE, _TIMES, links=st.lists(_LINKS, max_size=1).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
    merged_incidents=st.lists(_REFERENCES, max_size=2).map(tuple),
)
POLICIES = st.builds(
    DraftPolicy,
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]).map(ZoneInfo),
    links=st.booleans(),
    acknowledge_within=st.none() | st.just(timedelta(minutes=5)),
    review_due=st.none() | st.just(timedelta(days=5)),
    chart=st.none() | st.just("QHYPO1-timeline.svg"),
    max_rows=st.sampled_from([3, 8, 60]),
)


def _texts(content: Content) -> Iterator[str]:
    for entry in content.entries.values():
        yield entry.text
        yield from (point.text for point in entry.points)
    for row in (*content.timeline, *content.action_items):
        yield from row.cells


@given(RECORDS, POLICIES)
def test_any_incident_gives_nine_sections_and_even_tables(
    record: IncidentRecord, policy: DraftPolicy
) -> None:
    tokens = parse(
        fill(TEMPLATE, draft(record, policy).content, Names()).text.split("\n---\n", 1)[1]
    )
    headings = [one for one in tokens if one.type == "heading_open"]
    assert [one.tag for one in headings] == ["h1"] + ["h2"] * len(Section)
    blocks = shape(tokens)
    assert blocks.count("table_open") == 2
    assert not {"html_block", "fence", "code_block", "blockquote_open"} & set(blocks)
    for widths, columns in zip(_widths(blocks), (2, 4), strict=True):
        assert set(widths) == {columns}
    for one in inlines(tokens):
        assert not {"html_inline", "code_inline", "s_open", "em_open"} & set(one.marks)
        harmless = ("http://", "https://", "qhypo1-")
        assert all(url.lower().startswith(harmless) for url in one.links)


def _widths(blocks: list[str]) -> Iterator[list[int]]:
    """Count the cells of each row of each table."""
    rows: list[int] = []
    for block in [*blocks, "table_open"]:
        if block == "table_open":
            if rows:
                yield rows
            rows = []
        elif block == "tr_open":
            rows.append(0)
        elif block in {"th_open", "td_open"}:
            rows[-1] += 1


@given(RECORDS, POLICIES)
def test_no_text_escapes_the_place_it_stands_in(
    record: IncidentRecord, policy: DraftPolicy
) -> None:
    content = draft(record, policy).content
    in_heading(content.title)
    for text in _texts(content):
        assert "\n" not in text
        in_cell(f"x {text}")
    for entry in content.entries.values():
        for point in entry.points:
            in_bullet(point.text)


@given(RECORDS, POLICIES)
def test_rows_are_in_time_order_within_their_number_and_have_keys_of_their_own(
    record: IncidentRecord, policy: DraftPolicy
) -> None:
    told = timeline(story(record), policy)
    shown = told.shown
    assert 0 < len(told.rows) <= policy.max_rows
    assert [row.key for row in told.rows] == [event.key for event in shown]
    assert [event.at for event in shown] == sorted(event.at for event in shown)
    assert len({row.key for row in told.rows}) == len(told.rows)
    for entry in draft(record, policy).content.entries.values():
        keys = [point.key for point in entry.points]
        assert len(set(keys)) == len(keys)


@given(RECORDS, POLICIES)
def test_no_milestone_is_lost(record: IncidentRecord, policy: DraftPolicy) -> None:
    known = story(record)
    told = timeline(known, policy)
    sources = {source for event in told.shown for source in event.sources}
    written = {source for note in known.written_notes for source in note.sources}
    for entry in record.log_entries:
        deleted = entry.kind is EntryKind.ANNOTATE and entry.id not in written
        if entry.kind in MILESTONES and not deleted:
            assert entry.id in sources
    assert {alert.id for alert in record.alerts} <= sources


@given(RECORDS)
@settings(max_examples=40)
def test_the_same_record_gives_the_same_words_and_picture(record: IncidentRecord) -> None:
    policy = DraftPolicy(ZoneInfo("Europe/Berlin"), chart="timeline.svg")
    newest_first = sorted(record.log_entries, key=lambda entry: entry.created_at, reverse=True)
    assert draft(record, policy) == draft(replace(record), policy)
    # What happened in one moment is told in the log's order, which such a sort keeps.
    assert draft(replace(record, log_entries=tuple(newest_first)), policy) == draft(record, policy)


_STATUSES = st.none() | st.sampled_from(
    ["fail", "no_answer", "blocked", "busy", "queued", "", "success", "SUCCESS", "un_heard of"]
)


@given(st.lists(_STATUSES, min_size=1, max_size=8))
@settings(max_examples=60)
def test_no_page_that_failed_is_told_as_delivered(statuses: list[str | None]) -> None:
    pages = [
        log_payloads.log_entry(
            JsonValue(
                {
                    "id": f"R{at}",
                    "type": "notify_log_entry",
                    "summary": "A page.",
                    "created_at": (START + timedelta(seconds=at)).isoformat(),
                    "user": {"id": f"PU{at}", "type": "user_reference", "summary": f"Person {at}"},
                    "channel": {"notification": {"type": "sms_notification", "status": status}},
                },
                PAGERDUTY,
            )
        )
        for at, status in enumerate(statuses)
    ]
    incident = Incident(
        IncidentId("QHYPO1"), 1, "x", IncidentStatus.TRIGGERED, "https://x.example.com", START
    )
    policy = DraftPolicy(ZoneInfo("UTC"), links=False)
    told = timeline(story(IncidentRecord(incident, tuple(pages))), policy)
    paged = " ".join(row.cells[1] for row in told.rows if row.cells[1].startswith("Paged "))
    for at, status in enumerate(statuses):
        if (status or "success").lower() != "success":
            assert f"Person {at}" not in paged
            assert any(f"Person {at}" in row.cells[1] for row in told.rows)
