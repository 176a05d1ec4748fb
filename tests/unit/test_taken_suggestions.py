"""What a place says, once a suggestion for it was taken."""

import pytest

from config.template_names import Names
from worker.document.front_matter import DocumentError
from worker.document.take_suggestion import says, take_suggestion

TEXT = """---
incident: Q1
severity: P2
services: [Shop, Ledger]
---
# Postmortem: Down

## 1. Incident Summary
- **Duration:** an hour
"""


@pytest.mark.parametrize(
    ("place", "people", "fresh"),
    [
        ("severity", "P2", "P1"),
        ("services", "Shop, Ledger", "Shop"),
        ("Duration", "an hour", "9 min"),
    ],
)
def test_a_place_says_what_was_taken_and_it_is_not_taken_twice(
    place: str, people: str, fresh: str
) -> None:
    assert says(TEXT, Names(), place, people)
    assert not says(TEXT, Names(), place, fresh)
    taken = take_suggestion(TEXT, Names(), place, people, fresh)
    assert says(taken, Names(), place, fresh)
    with pytest.raises(DocumentError, match="any more"):
        take_suggestion(taken, Names(), place, people, fresh)


def test_a_place_that_is_not_there_says_nothing() -> None:
    assert not says(TEXT, Names(), "Impact", "")
    assert not says("# no front matter\n", Names(), "severity", "P1")
