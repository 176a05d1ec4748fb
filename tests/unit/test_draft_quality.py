"""Each golden document holds its facts, and nothing that its reader would correct by hand."""

import pytest

from bench.quality import ROWS_AIM, TIMELINE, beside_values, places, rate, repeated
from tests.incidents.documents import INCIDENTS
from tests.incidents.expected_facts import GOLDEN, Expected


@pytest.mark.parametrize("name", INCIDENTS)
def test_a_draft_keeps_the_aims(name: str) -> None:
    found = rate(name, INCIDENTS[name](), GOLDEN[name])
    assert found.lacking == ()
    assert found.untrue == ()
    assert found.beside_values == ()
    assert found.repeated == ()
    assert found.rows <= ROWS_AIM
    assert found.is_good


def test_every_golden_incident_has_its_facts() -> None:
    assert set(GOLDEN) == set(INCIDENTS)
    assert all(len(one.facts) >= 5 for one in GOLDEN.values())


def test_what_is_lacking_and_what_is_untrue_is_found() -> None:
    expected = Expected(
        (("Duration", "12 min"), ("Duration", "13 min"), ("Nowhere", "12 min")),
        (("Root Cause", "Pointed"), ("Short-Term Fixes", "Pointed"), ("*", "Ines Moreau noted")),
    )
    found = rate("quick-fix", INCIDENTS["quick-fix"](), expected)
    assert found.lacking == ("Duration: 13 min", "Nowhere: 12 min")
    assert found.untrue == ("Short-Term Fixes: Pointed", "*: Ines Moreau noted")
    assert not found.is_good
    assert found.expected == 3


DOCUMENT = """# Postmortem: Disk full

## 1. Incident Summary
- **Impact:** P1. 3 alerts [Brief summary]
- **Services Affected:** [List]
- **Root Cause:** "The disk was full." (note of Ada, 12:01)

## 2. Timeline of Events
| Time (UTC) | Event Description |
|---|---|
| 12:01 | Ada noted: "The disk was full. Pruned it by hand." |

## 5. Mitigation and Recovery
- **Steps Taken:**
  - 12:01 Ada: "Pruned it by hand."
  - see [the log](https://example.com/log)
- **Short-Term Fixes:** "Pruned it by hand" (Ada, 12:01)
  - [What was done]
- **Logs:** Not in this draft: the notes and others
  - Not in this draft: the notes and others
"""


def test_a_prompt_beside_a_value_is_found() -> None:
    assert list(beside_values(DOCUMENT)) == ["**Impact:** P1. 3 alerts [Brief summary]"]


def test_a_sentence_that_is_said_again_is_found_outside_of_the_timeline() -> None:
    assert list(repeated(places(DOCUMENT))) == [
        "pruned it by hand",
        "not in this draft the notes and others",
    ]


def test_a_place_is_its_bullet_with_all_below_or_its_section() -> None:
    told = places(DOCUMENT)
    assert told["Steps Taken"].count("\n") == 2
    assert "Pruned it by hand." in told[TIMELINE]
    assert "Timeline" not in told["Root Cause"]
