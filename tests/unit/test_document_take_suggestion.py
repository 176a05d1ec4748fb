"""Taking what the facts say, place by place."""

import pytest

from config.template_names import Names
from worker.document.front_matter import DocumentError
from worker.document.take_suggestion import SuggestionPlace, places_of, says, take_suggestion

NAMES = Names()
TEXT = """---
incident: Q1
title: "Down: again"
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
            "02:11 | The monitor fired: a | b",
            "| 02:10 | It began, I think |",
            "| 02:11 | The monitor fired: a \\| b |",
        ),
        ("Steps Taken", "Restarted, twice", "Restarted", "Restarted, twice", "Restarted"),
        ("title", "Down: again", "Up: again", '"Down: again"', '"Up: again"'),
        (
            "services",
            "The Checkout, Search",
            "Checkout, Search",
            "- The Checkout\n- Search",
            "- Checkout\n- Search",
        ),
    ],
)
def test_what_the_facts_say_stands_in_the_place_of_peoples_words(
    place: str, people: str, fresh: str, old: str, new: str
) -> None:
    taken = take_suggestion(TEXT, NAMES, place, people, fresh)
    if place == "services":
        assert [one for one in taken.split("\n") if one not in TEXT.split("\n")]
        assert "The Checkout" not in taken
    else:
        assert taken == TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("place", "people"),
    [
        ("Duration", "an hour"),
        ("Nowhere", "about an hour"),
        ("title", "Down"),
        ("Timeline of Events", "02:10"),
        ("owner", "Mira"),
    ],
)
def test_what_is_not_there_any_more_is_not_written_over(place: str, people: str) -> None:
    with pytest.raises(DocumentError, match="any more, so nothing was written"):
        take_suggestion(TEXT, NAMES, place, people, "new")


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
    ]
    by_cr = TEXT.replace("\n", "\r\n")
    assert places_of(by_cr, NAMES, told) == places_of(TEXT, NAMES, told)
    assert places_of("", NAMES, told[:1]) == [None]


def test_a_row_says_what_it_says() -> None:
    assert says(TEXT, NAMES, "Timeline of Events", "02:20 | Paged Ann")
    assert not says(TEXT, NAMES, "Timeline of Events", "02:21 | Paged Ann")
