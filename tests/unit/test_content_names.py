"""Headings, labels and columns are known under the slightly other names that people give them."""

from collections.abc import Mapping

import pytest

from config.template_names import Column
from worker.content.name_matching import label, match, match_columns, normal

USUAL = {
    Column.TASK: "Action Item",
    Column.OWNER: "Owner",
    Column.PRIORITY: "Priority",
    Column.DEADLINE: "Deadline",
    Column.TICKET: "Ticket",
    Column.STATUS: "Status",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("6. Action Items", "action items"),
        ("6.2) Action Items", "action items"),
        ("6 Action Items", "action items"),
        ("IV. Impact", "impact"),
        ("vi: Impact", "impact"),
        ("x \u2013 Impact", "impact"),
        ("Section 3: Impact", "impact"),
        ("Part II - Impact", "impact"),
        ("3 days of 2 outages", "days of 2 outages"),
        ("Days 3", "days 3"),
        ("Mix. Impact", "mix impact"),
        ("42.", "42"),
        ("Impact (5 Whys)", "impact"),
        ("Impact (5 Whys) and more", "impact 5 whys and more"),
        ("(Impact)", "impact"),
        ("Impact (a (b) c)", "impact a b c"),
        ("Impact {#impact}", "impact"),
        ("Impact {: .wide }", "impact"),
        ("Impact { #a .b }", "impact"),
        ("{#impact}", "impact"),
        ("Impact {braces}", "impact braces"),
        ("Impact{#impact}", "impact"),
        ("Impact {#impact}  ", "impact"),
        ("Impact {#impact} of it", "impact impact of it"),
        ("Impact {{#impact}}", "impact impact"),
        ("[Impact](https://wiki.example.com/a)", "impact"),
        ("What\u2018s \u02bcit", "whats it"),
        ("What\u2019s *next*?", "whats next"),
        ("Who's 'it'", "whos it"),
        ("Logs & traces", "logs and traces"),
        ("Date/Time", "date/time"),
        ("snake_case  name", "snake case name"),
        ("STRASSE Straße", "strasse strasse"),
        ("", ""),
        ("\u2013", ""),
    ],
)
def test_a_name_is_compared_by_its_words(name: str, expected: str) -> None:
    assert normal.__wrapped__(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Impact:** all of it", ("Impact", 11)),
        ("**Impact**: all of it", ("Impact", 11)),
        ("__Impact__ : all", ("Impact", 12)),
        ("*Impact:* all", ("Impact", 9)),
        ("***Impact:*** all", ("Impact", 13)),
        ("**Impact **: all", ("Impact", 12)),
        ("Impact: all", ("Impact", 7)),
        ("Impact : all", ("Impact", 8)),
        ("Impact\uff1aall", ("Impact", 7)),
        (f"{'a' * 80}: all", ("a" * 80, 81)),
        (f"{'a' * 81}: all", None),
        ("a: b: c", ("a", 2)),
        ("**Impact: all**", None),
        ("**Impact_: all", None),
        ("****: all", None),
        (": all", None),
        ("all\nImpact: of it", None),
        ("see *Impact:* all", ("see *Impact", 12)),
        (" Impact: all", ("Impact", 8)),
        ("no label", None),
    ],
)
def test_a_label_ends_with_a_colon(text: str, expected: tuple[str, int] | None) -> None:
    assert label(text) == expected


@pytest.mark.parametrize(
    ("wanted", "found", "strictly", "loosely"),
    [
        pytest.param({1: "Impact"}, ["impact"], {1: 0}, {1: 0}, id="the-same"),
        pytest.param({1: "Impact"}, ["Impacts"], {1: 0}, {1: 0}, id="similar"),
        pytest.param({1: "Impact"}, ["Compact"], {}, {}, id="too-far"),
        pytest.param({1: "abcdefg"}, ["abcdefx"], {}, {}, id="six-of-seven-are-too-few"),
        pytest.param({1: "a" * 43}, ["a" * 43 + "b" * 14], {1: 0}, {1: 0}, id="just-close-enough"),
        pytest.param({1: "Impact"}, ["Impacts", "Impact"], {1: 1}, {1: 1}, id="the-same-wins"),
        pytest.param({1: "Impact"}, ["Impact", "Impact"], {1: 0}, {1: 0}, id="the-first-of-two"),
        pytest.param(
            {1: "Owners", 2: "Owner"}, ["Owner", "Owners"], {1: 1, 2: 0}, {1: 1, 2: 0}, id="both"
        ),
        pytest.param({1: "Owners", 2: "Ownerz"}, ["Owner"], {}, {}, id="could-be-either"),
        pytest.param(
            {1: "Due", 2: "Due"}, ["Due", "Due date"], {}, {}, id="two-wanted-of-one-name"
        ),
        pytest.param({1: ""}, ["", "Owner"], {}, {}, id="no-name-is-wanted"),
        pytest.param({1: "Owner"}, ["", "Owner"], {1: 1}, {1: 1}, id="a-column-without-a-name"),
        pytest.param({1: "Owner"}, ["Task owner"], {}, {1: 0}, id="more-words"),
        pytest.param({1: "Root cause"}, ["Cause"], {}, {1: 0}, id="half-of-the-words"),
        pytest.param({1: "The first root cause"}, ["Cause root"], {}, {1: 0}, id="two-of-three"),
        pytest.param({1: "Very first root cause"}, ["Cause root"], {}, {1: 0}, id="two-of-four"),
        pytest.param({1: "Very root cause"}, ["Cause"], {}, {}, id="a-third-of-the-words"),
        pytest.param({1: "Root cause"}, ["Root reason"], {}, {}, id="one-word-of-each"),
        pytest.param({1: "Owner"}, ["of the"], {}, {}, id="words-that-mean-nothing"),
        pytest.param({1: "for the"}, ["Owner"], {}, {}, id="none-wanted-that-means-anything"),
        pytest.param(
            {1: "Owner", 2: "Due date"},
            ["Owner of the task", "Date due"],
            {},
            {1: 0, 2: 1},
            id="in-another-order",
        ),
        pytest.param(
            {1: "Owner"}, ["Owner of it", "Owner by day"], {}, {1: 0}, id="the-first-that-shares"
        ),
        pytest.param(
            {1: "Responsible", 2: "Responsibly"},
            ["Responsible", "Responsibles"],
            {1: 0, 2: 1},
            {1: 0, 2: 1},
            id="one-that-is-known-is-out-of-it",
        ),
        pytest.param(
            {1: "Task owner", 2: "Owner"}, ["Owner"], {2: 0}, {2: 0}, id="each-is-used-once"
        ),
    ],
)
def test_names_that_stand_for_those_that_are_wanted(
    wanted: Mapping[int, str],
    found: list[str],
    strictly: Mapping[int, int],
    loosely: Mapping[int, int],
) -> None:
    assert match(wanted, found) == strictly
    assert match(wanted, found, loosely=True) == loosely


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Action Item|Owner|Priority|Deadline|Ticket|Status", "012345"),
        ("Status|Ticket|Deadline|Priority|Owner|Action Item", "543210"),
        ("Task|Assignee|Prio|Due|Jira|Jira status", "012345"),
        ("What|Who|Severity|When|Jira key|Ticket status", "012345"),
        ("To do|DRI|Urgency|ETA|Jira issue|Status", "012345"),
        ("Action items (open)|**Owner**|Priority?|2. Deadline", "0123--"),
        ("Action Item|Owner|Ticket link", "01----"),
        ("Action Item|Owner|Tickets|Statuss", "01----"),
        ("Action Item|Ticket|Ticket", "0---1-"),
        ("Action Item|Jira|Ticket", "0---2-"),
        ("Action Item|Jira ticket|Jira", "0---1-"),
        ("What|Task", "0-----"),
        ("Task|What|When|By", "0--2--"),
        ("Owner|Who|Assignee", "-0----"),
        ("Description|Action Item", "1-----"),
        ("Ticket owner|Action Item", "10----"),
        ("Ticket|Status", "----01"),
        ("Notes|Comment", "------"),
        ("", "------"),
    ],
)
def test_a_column_is_known_by_its_name_or_a_usual_one(header: str, expected: str) -> None:
    found = match_columns(USUAL, header.split("|"))
    assert "".join(str(found.get(column, "-")) for column in USUAL) == expected


def test_a_configured_name_of_the_ticket_is_kept_from_the_other_columns() -> None:
    wanted = {**USUAL, Column.TICKET: "Owner ticket", Column.STATUS: "Owner state"}
    found = match_columns(wanted, ["Action Item", "Owner ticket", "Owner state"])
    assert found == {Column.TASK: 0, Column.TICKET: 1, Column.STATUS: 2}


@pytest.mark.parametrize("word", ["of", "the", "and", "a", "for"])
def test_a_word_that_means_nothing_does_not_count(word: str) -> None:
    assert match({1: f"Cause {word} effect"}, ["Cause"], loosely=True) == {1: 0}


def test_a_column_that_stands_for_one_thing_stands_for_no_other() -> None:
    wanted = {Column.TASK: "What", Column.OWNER: "Due", Column.DEADLINE: "Deadline"}
    assert match_columns(wanted, ["Due", "What"]) == {Column.TASK: 1, Column.OWNER: 0}


def test_without_columns_of_the_tracker_none_is_made_up() -> None:
    wanted = {Column.TASK: "Aufgabe", Column.OWNER: "Wer"}
    found = match_columns(wanted, ["Wer", "Aufgabe", "Status", "Bis"])
    assert found == {Column.TASK: 1, Column.OWNER: 0}
