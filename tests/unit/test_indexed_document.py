"""What the index keeps of a document's text."""

from dataclasses import replace

import pytest

from config.template_names import HEADINGS, Column, Names, Section, Slot
from worker.document.front_matter import DocumentError
from worker.document.index.indexed_document import IndexedDocument, IndexedItem, rules, unreadable
from worker.document.index.read_for_index import read

HEAD = """---
incident: Q1ABCDEF2GHIJK
url: https://oncall.example.com/incidents/Q1ABCDEF2GHIJK
status: in review
title: Checkout slow
number: 4103
started: 2026-03-01T10:15:00+01:00
ended: 2026-03-01T11:00:00+01:00
severity: P1
services: [Checkout, Payments]
teams:
  - Shop
owner: Mira Okafor
---
"""
BODY = """
# Postmortem: Checkout slow

## 1. Incident Summary
- **Date/Time:** 2026-03-01 10:15 - 2026-03-01 11:00 (Europe/Berlin)
- **Impact:** [Brief summary of the impact]

## 3. Root Cause Analysis
- **Primary Cause:** [Detailed technical explanation]
- **Contributing Factors:**
  - [Factor 1]

## 6. Action Items
| Task Description | Owner | Priority | Deadline | Ticket | Status |
|---|---|---|---|---|---|
| Add an alert | Mira | High | 2026-03-20 | [OPS-4](https://jira.example.com/browse/OPS-4) | Done |
| Write it down | | | soon | | |
| ~~Buy a server~~ | | | | | |
| Ask the vendor (tracked in VEN-9) | | | | | |

## Notes
- [who was there?]
"""


def test_everything_that_lists_show_is_read_from_the_text() -> None:
    found = read("a.md", "f1", HEAD + BODY, Names())
    assert (found.name, found.fingerprint, found.rules) == ("a.md", "f1", rules(Names()))
    assert (found.incident, found.number, found.status) == ("Q1ABCDEF2GHIJK", "4103", "in review")
    assert found.title == "Postmortem: Checkout slow"
    assert found.url.endswith("/Q1ABCDEF2GHIJK")
    assert (found.started, found.ended) == (
        "2026-03-01T09:15:00+00:00",
        "2026-03-01T10:00:00+00:00",
    )
    assert (found.owner, found.severity) == ("Mira Okafor", "P1")
    assert (found.services, found.teams) == (("Checkout", "Payments"), ("Shop",))
    assert found.prompts == {"summary": 1, "root_cause": 2, "": 1}
    assert found.open_prompts == 4
    assert not found.left_alone


def test_each_item_is_told_with_its_line_and_whether_the_document_calls_it_done() -> None:
    items = read("a.md", "f1", HEAD + BODY, Names()).items
    lines = (HEAD + BODY).splitlines()
    first = items[0]
    assert (first.task, first.owner, first.priority) == ("Add an alert", "Mira", "High")
    assert (first.deadline, first.deadline_text) == ("2026-03-20", "2026-03-20")
    assert (first.ticket, first.url) == ("OPS-4", "https://jira.example.com/browse/OPS-4")
    assert (first.status, first.done) == ("Done", True)
    assert lines[first.line - 1].startswith("| Add an alert")
    assert (items[1].deadline, items[1].deadline_text, items[1].done) == ("", "soon", False)
    assert lines[items[1].line - 1].startswith("| Write it down")
    assert [one.shows for one in items] == [True, True, False, True]
    assert not items[3].done


def test_what_an_item_does_not_say_is_empty() -> None:
    text = "## Action Items\n- [ ] Write it down\n"
    assert read("a.md", "f1", text, Names()).items == (IndexedItem(0, "Write it down", line=2),)
    told = "## Action Items\n| Task | Ticket |\n|---|---|\n| Mend it | OPS-1 |\n"
    (item,) = read("a.md", "f1", told, Names()).items
    assert (item.ticket, item.url) == ("OPS-1", "")


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("status: Final", {"status": "final"}),
        ("status: On Hold", {"status": "On Hold"}),
        ("owner: [Ann, '', Bo]", {"owner": "Ann, Bo"}),
        ("severity: [SEV, 1]", {"severity": "SEV 1"}),
        ("number: [4, 5]", {"number": "4 5"}),
        ("services: Shop", {"services": ("Shop",)}),
    ],
)
def test_the_front_matter_is_told_as_lists_show_it(front: str, told: dict[str, object]) -> None:
    text = f"---\nincident: Q1\n{front}\n---\n"
    found = read("a.md", "f1", text, Names())
    without = read("a.md", "f1", "---\nincident: Q1\n---\n", Names())
    assert found == replace(without, **{"is_draft": "status" not in told, **told})  # type: ignore[arg-type] # fmt: skip  # fields by name


def test_a_document_without_front_matter_tells_its_times_in_its_summary() -> None:
    found = read("a.md", "f1", BODY, Names())
    assert (found.incident, found.started) == ("", "2026-03-01T09:15:00+00:00")
    assert read("a.md", "f1", "# Notes\n", Names()) == IndexedDocument(
        "a.md",
        "f1",
        rules(Names()),
        title="Notes",
        problems=read("a.md", "f1", "# Notes\n", Names()).problems,
        is_draft=True,
    )


def test_a_document_with_conflict_markers_is_left_alone_with_its_items() -> None:
    found = read("a.md", "f1", HEAD + BODY + "\n<<<<<<< HEAD\nx\n", Names())
    assert found.left_alone
    assert found.items == ()
    assert found.problems[0].startswith("a.md is left as it is: it holds conflict markers")
    whole = read("a.md", "f1", HEAD + BODY, Names())
    assert [one[:7] for one in whole.problems] == ["Line 31"]


def test_a_broken_front_matter_is_an_error_and_what_cannot_be_read_says_why() -> None:
    with pytest.raises(DocumentError):
        read("a.md", "f1", "---\nincident: Q1\n", Names())
    told = unreadable("a.md", "f1", Names(), "a.md is not UTF-8.")
    assert (told.problems, told.left_alone) == (("a.md is not UTF-8.",), True)
    assert told.rules == rules(Names())


def test_other_names_of_sections_are_other_rules() -> None:
    renamed = replace(Names(), headings={**HEADINGS, Section.ACTION_ITEMS: "To do"})
    assert rules(renamed) != rules(Names())
    assert rules(Names()) == rules(Names())
    assert len(rules(Names())) == 16
    turned = dict(reversed(HEADINGS.items()))
    assert rules(replace(Names(), headings=turned)) == rules(Names())
    for other in (
        {"labels": {Slot.IMPACT: "Effect"}},
        {"columns": {Column.TASK: "Do"}},
        {"nothing": ("nix",)},
    ):
        assert rules(replace(Names(), **other)) != rules(Names())  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("front", "is_draft"),
    [
        ("status: draft", True),
        ("status: Draft", True),
        ("status: ' draft '", True),
        ("status:", True),
        ("title: no status yet", True),
        ("status: in review", False),
        ("status: final", False),
        ("status: draft\nmerged_into: Q2", False),
    ],
)
def test_a_draft_is_what_somebody_still_has_to_write(front: str, *, is_draft: bool) -> None:
    text = f"---\nincident: Q1ABCDEF2GHIJK\n{front}\n---\n{BODY}"
    assert read("a.md", "1", text, Names()).is_draft is is_draft


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-03-06 10:00 CET", "2026-03-06"),
        ("not 2026-02-30 but 2026-03-02", "2026-03-02"),
        ("[Scheduled date and time for review]", ""),
        ("soon", ""),
        ("12026-03-01, 2026-03-011, then 2026-03-02", "2026-03-02"),
        ("2026-13-01", ""),
        ("`2026-03-06`", "2026-03-06"),
    ],
)
def test_the_day_of_the_review_is_read_off_its_line(words: str, day: str) -> None:
    text = (
        f"{HEAD}{BODY}\n## 9. Communication and Review\n- **Postmortem Review Meeting:** {words}\n"
    )
    assert read("a.md", "1", text, Names()).review == day
