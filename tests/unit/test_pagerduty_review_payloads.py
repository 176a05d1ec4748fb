"""Reviews as they come: the editor's JSON as text, and nothing that odd values could break."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.json_fields import JsonValue
from connectors.pagerduty.common_payloads import PAGERDUTY
from connectors.pagerduty.reading import review_payloads


def text_of(content: object) -> str:
    fields = JsonValue({"sections": [{"title": "Cause", "content": content}]}, PAGERDUTY)
    sections = review_payloads.review(fields, ()).sections
    return sections[0].text if sections else ""


def node(kind: str, *content: Any, **attrs: Any) -> dict[str, Any]:
    return {"type": kind, "attrs": attrs, "content": list(content)}


def words(text: str, href: str = "") -> dict[str, Any]:
    marks = [{"type": "link", "attrs": {"href": href}}] if href else [{"type": "bold"}]
    return {"type": "text", "text": text, "marks": marks}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, ""),
        ("", ""),
        ({}, ""),
        (
            node("doc", node("paragraph", words("It was "), words("cold")), node("paragraph")),
            "It was cold",
        ),
        (
            node("doc", node("heading", words("Why"), level=2), node("paragraph", words("So"))),
            "Why\nSo",
        ),
        (
            node(
                "doc",
                node(
                    "bulletList",
                    node("listItem", node("paragraph", words("one"))),
                    node("listItem", node("paragraph", words("two"))),
                ),
            ),
            "- one\n- two",
        ),
        (node("paragraph", words("a"), node("hardBreak"), words("b")), "a\nb"),
        (
            node("paragraph", words("the log", "https://x.example.com")),
            "the log (https://x.example.com)",
        ),
        (
            node("paragraph", words("https://x.example.com", "https://x.example.com")),
            "https://x.example.com",
        ),
        (node("paragraph", node("mention", label="Ada")), "@Ada"),
        (json.dumps(node("doc", node("paragraph", words("as text")))), "as text"),
        ("plain words < than HTML", "plain words < than HTML"),
        (node("doc", "odd", 7, None, {"type": "text"}, {"type": "text", "text": 5}), ""),
    ],
)
def test_what_the_editor_keeps_is_told_as_text(content: object, text: str) -> None:
    assert text_of(content) == text


def test_html_in_a_section_is_told_as_people_read_it() -> None:
    assert "<p>" not in text_of("<p>It was <b>cold</b>.</p>")


def test_a_nesting_without_end_is_cut_off() -> None:
    deep: dict[str, Any] = words("deep")
    for _ in range(500):
        deep = node("blockquote", deep)
    assert text_of(deep) == ""


@pytest.mark.parametrize(
    ("tracker", "url", "name"),
    [
        ("Jira", "https://x.atlassian.net/browse/OPS-7", "OPS-7"),
        ("Jira", "https://x.atlassian.net/browse/ops-7?focusedId=3#c", "OPS-7"),
        ("Jira", "https://x.atlassian.net/jira/boards/1?selectedIssue=OPS-7", "OPS-7"),
        ("Jira", "https://x.atlassian.net/rest/api/2/issue/10001", "Jira"),
        ("Jira", None, "Jira"),
        (None, "https://work.example.com/9", "work.example.com"),
        (None, None, ""),
        ("Jira", "http://[", "Jira"),
    ],
)
def test_an_item_is_called_by_its_ticket(tracker: str | None, url: str | None, name: str) -> None:
    item = {"name": "Do", "external_type": tracker, "external_url": url}
    (one,) = review_payloads.review_items(JsonValue({"action_items": [item]}, PAGERDUTY))
    assert one.tracked_as == name


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-09-30T17:00:00Z", datetime(2026, 9, 30, 17, tzinfo=UTC)),
        ("2026-09-30T17:00:00+02:00", datetime(2026, 9, 30, 15, tzinfo=UTC)),
        ("2026-09-30", datetime(2026, 9, 30, 12, tzinfo=UTC)),
        ("next week", None),
        (7, None),
        (None, None),
    ],
)
def test_a_due_time_is_read_as_it_comes(due: object, expected: datetime | None) -> None:
    item = {"name": "Do", "due_at": due}
    (one,) = review_payloads.review_items(JsonValue({"action_items": [item]}, PAGERDUTY))
    assert one.due == expected


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["name", "assignee", "due_at", "status", "external_url", "content", "incident", "score"]
)


@given(name=NAMES, value=ANYTHING, whole=ANYTHING)
def test_no_value_anywhere_breaks_the_reading(name: str, value: object, whole: object) -> None:
    one = {"name": "Do", "title": "Cause", "content": {}, "incident": {"id": "Q1"}, name: value}
    for lists in ([one, whole], whole):
        fields = JsonValue(
            {
                "sections": lists,
                "action_items": lists,
                "past_incidents": lists,
                "external_references": lists,
            },
            PAGERDUTY,
        )
        review_payloads.review(fields, review_payloads.review_items(fields))
        review_payloads.past_incidents(fields, "Q2", "https://x.example.com/incidents/Q2")
        review_payloads.references(fields)
