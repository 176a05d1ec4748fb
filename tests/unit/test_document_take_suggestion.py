"""Taking what the facts say, place by place."""

from dataclasses import replace
from datetime import date

import pytest

from config.template_names import Names
from worker.content.draft_content import Content
from worker.document.fill_template import fill
from worker.document.front_matter import DocumentError
from worker.document.merge.merge import merge
from worker.document.take_suggestion import SuggestionPlace, places_of, says, take_suggestion

NAMES = Names()
TEXT = """---
incident: Q1
title: "Down: again"
url: <https://x.example.com>
services:
- The Checkout
- Search
---
# Postmortem: Mine

## 1. Incident Summary
- **Duration:** about an hour
- **Impact:** none

## 2. Timeline of Events
| Time (in local timezone) | Event |
|---|---|
| 02:10 | It began, I think |
| 02:20 | Paged Ann |

## 4. Resolution
- **Steps Taken:**
  - Looked
  - Restarted, twice

## 6. Action Items
| Owner | Task Description | Ours |
|---|---|---|
| Ann | Mend it | x |
| | Log it | |
"""


@pytest.mark.parametrize(
    ("place", "people", "fresh", "old", "new"),
    [
        ("Duration", "about an hour", "1 h 5 min", "about an hour", "1 h 5 min"),
        (
            "Title",
            "Postmortem: Mine",
            "Postmortem: Ours",
            "# Postmortem: Mine",
            "# Postmortem: Ours",
        ),
        (
            "Timeline of Events",
            "02:10 | It began, I think",
            "02:11 | The monitor fired: a \\| b",
            "| 02:10 | It began, I think |",
            "| 02:11 | The monitor fired: a \\| b |",
        ),
        ("Steps Taken", "Restarted, twice", "Restarted", "Restarted, twice", "Restarted"),
        ("title", "Down: again", "Up: again", '"Down: again"', '"Up: again"'),
        ("services", "The Checkout, Search", "Checkout, Search", "\n- The Checkout\n- Search", "\n [Checkout, Search]"),
        ("services", "The Checkout, Search", '"A ""b"", c", """D"" e", F', "\n- The Checkout\n- Search", '\n ["A \\"b\\", c", "\\"D\\" e", F]'),
        ("Action Items", "Mend it | Ann", "Mend that | Bo | High | 2026-12-01", "| Ann | Mend it |", "| Bo  | Mend that |"),
        ("Action Items", "Log it | ", "Log it | Bo |  | ", "| | Log it |", "| Bo | Log it |"),
    ],
)  # fmt: skip
def test_what_the_facts_say_stands_in_the_place_of_peoples_words(
    place: str, people: str, fresh: str, old: str, new: str
) -> None:
    taken = take_suggestion(TEXT, NAMES, place, people, fresh)
    assert taken == TEXT.replace(old, new, 1)
    assert says(taken, NAMES, place, fresh)
    assert not says(TEXT, NAMES, place, fresh)


@pytest.mark.parametrize(
    ("place", "people"),
    [
        ("Duration", "an hour"),
        ("Nowhere", "about an hour"),
        ("title", "Down"),
        ("Timeline of Events", "02:10"),
        ("owner", "Mira"),
        ("Action Items", "Ann | Mend it"),
        ("Action Items", "Mend it | Ann"),
    ],
)
def test_what_is_not_there_any_more_is_not_written_over(place: str, people: str) -> None:
    with pytest.raises(DocumentError) as error:
        take_suggestion(TEXT, NAMES, place, people, "new")
    assert str(error.value) == (
        f"{place} does not say “{people}” any more, so nothing was written. "
        "Re-sync, and look at what is suggested then."
    )


def line(words: str) -> int:
    return next(at for at, one in enumerate(TEXT.splitlines()) if words in one)


def test_each_suggestion_is_told_where_it_belongs() -> None:
    told = [
        ("Duration", "about an hour", "1 h 5 min"),
        ("Title", "Postmortem: Mine", "Postmortem: Ours"),
        ("Timeline of Events", "02:20 | Paged Ann", "02:21 | Paged Ann"),
        ("Timeline of Events", "Time (in local timezone)", "Time (UTC)"),
        ("Steps Taken", "Restarted, twice", "Restarted"),
        ("services", "The Checkout, Search", "Checkout, Search"),
        ("Impact", "some", "none"),
        ("Impact", "some", "all"),
        ("Nowhere", "none", "some"),
        ("Action Items", "Mend it | Ann", "Mend it | Bo | High | "),
        ("Action Items", "Mend | Ann", "Mend it | Ann | High | "),
        ("Action Items", "Log it | ", "Log it | Bo | High | "),
        ("url", "https://x.example.com", "https://y.example.com"),
        ("url", "<https://x.example.com>", "https://y.example.com"),
    ]
    assert places_of(TEXT, NAMES, told) == [
        SuggestionPlace(line("about an hour")),
        SuggestionPlace(line("# Postmortem: Mine")),
        SuggestionPlace(line("Paged Ann")),
        SuggestionPlace(line("Time (in local")),
        SuggestionPlace(line("Restarted, twice")),
        SuggestionPlace(in_head=True),
        SuggestionPlace(line("**Impact:** none")),
        None,
        None,
        SuggestionPlace(line("Mend it")),
        SuggestionPlace(line("Mend it")),
        SuggestionPlace(line("Log it")),
        SuggestionPlace(in_head=True),
        None,
    ]
    by_cr = TEXT.replace("\n", "\r\n")
    assert places_of(by_cr, NAMES, told) == places_of(TEXT, NAMES, told)
    assert places_of("", NAMES, told[:1]) == [None]
    assert places_of("---\nincident: [\n---\n", NAMES, []) == []


def test_a_row_says_what_it_says() -> None:
    assert says(TEXT, NAMES, "Timeline of Events", "02:20 | Paged Ann")
    assert not says(TEXT, NAMES, "Timeline of Events", "02:21 | Paged Ann")


def test_a_bare_pipe_of_the_last_cell_belongs_to_it() -> None:
    taken = take_suggestion(TEXT, NAMES, "Timeline of Events", "02:20 | Paged Ann", "02:21 | a | b")
    assert taken == TEXT.replace("| 02:20 | Paged Ann |", "| 02:21 | a \\| b    |")


def test_a_service_with_a_comma_in_its_name_is_one_also_when_it_is_suggested() -> None:
    content = Content("Q1", "https://x.example.com", "T", date(2026, 11, 17), "UTC", facts={"services": ("A",)})  # type: ignore[arg-type] # fmt: skip  # an id
    base = fill("# [Title]\n", content, NAMES)
    fresh = fill("# [Title]\n", replace(content, facts={"services": ("A", "B, old")}), NAMES)
    merged = merge(base, base.text.replace("[A]", "[Mine]"), fresh, NAMES)
    (told,) = merged.suggestions
    assert (told.people, told.fresh) == ("Mine", 'A, "B, old"')
    taken = take_suggestion(merged.text, NAMES, told.place, told.people, told.fresh)
    assert taken == fresh.text
    assert merge(merged.base, taken, fresh, NAMES).suggestions == ()
