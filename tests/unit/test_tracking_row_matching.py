"""Which ticket a row names: remembered, moved, named twice, or typed by a person."""

import pytest

from connectors.incidents import IncidentId
from connectors.tickets import Mark
from tests.unit.tracking_support import INCIDENT, row, rows, ticket, tracked
from worker.tracking.row_matching import Wording, adopt_typed, as_remembered, match_keys, pair
from worker.tracking.ticket_actions import LinkTicket, Tell
from worker.tracking.tracked_tickets import TrackedTicket, had_elsewhere, row_values

NAMED = row("Add alert", ticket="OPS-1", status="To Do")


def test_a_row_that_names_a_remembered_ticket_has_it() -> None:
    memory = tracked(1, "Add alert")
    found = match_keys([NAMED], [memory], {}, "storm.md")
    assert (found.rows, found.typed, found.told) == ({0: memory}, {}, ())


@pytest.mark.parametrize("key", ["OPS-1", "PLAT-9"])
def test_a_moved_ticket_is_known_by_both_its_keys(key: str) -> None:
    memory = tracked(1, "Add alert")
    moved = ticket(1, "Add alert", key="PLAT-9")
    named = row("Add alert", ticket=key)
    assert match_keys([named], [memory], {moved.id: moved}, "storm.md").rows == {0: memory}
    shown = as_remembered(named, memory).ticket
    assert shown is not None
    assert shown.key == "OPS-1"


def test_two_rows_that_name_one_ticket_both_have_it_and_that_is_told() -> None:
    memory = tracked(1, "Add alert")
    both = rows("Add alert | | | | OPS-1 | ", "Review | | | | OPS-1 | ")
    found = match_keys(both, [memory], {}, "storm.md")
    assert found.rows == {0: memory, 1: memory}
    (told,) = found.told
    assert told.sentence == (
        "Line 5 ('Review') of storm.md and line 4 both name OPS-1. Both show its status, and line 4 "
        "alone is kept in step with it; clear the cell of the other to have a ticket for it."
    )
    assert found.repeats == {1}


@pytest.mark.parametrize(
    ("first", "second", "repeats"),
    [
        ("Review | ", "Add alert | ", 0),
        ("Add alert | ", "Review | ", 1),
        ("Add alert | ", "Add alert | ", 1),
        ("Add alert | Dana", "Add alert | ", 0),
        ("Review | ", "Add alerts | ", 0),
        ("Review | ", "Drill | ", 1),
    ],
)
def test_of_two_rows_with_one_ticket_the_one_that_it_is_about_speaks_for_it(
    first: str, second: str, repeats: int
) -> None:
    both = rows(*(f"{one} | | | OPS-1 | " for one in (first, second)))
    found = match_keys(both, [tracked(1, "Add alert")], {}, "storm.md")
    assert found.repeats == {repeats}


def test_a_key_that_nothing_is_remembered_of_was_typed() -> None:
    assert match_keys([NAMED], [], {}, "storm.md").typed == {0: "OPS-1"}
    behind = rows("No ticket", "Add alert | | | | OPS-1 |")
    assert match_keys(behind, [], {}, "storm.md").typed == {1: "OPS-1"}


def test_a_typed_ticket_is_adopted_as_it_is_and_gets_no_links_of_ours() -> None:
    (link,) = adopt_typed(NAMED, ticket(1, "By hand"), None, INCIDENT, "storm.md")
    assert isinstance(link, LinkTicket)
    assert link.adopted
    assert (link.tracked.linked, link.tracked.has_links) == (True, True)


def test_a_typed_ticket_of_another_document_is_adopted_and_told() -> None:
    other = tracked(1, "Add alert", incident=IncidentId("Q0OTHER"))
    told, link = adopt_typed(NAMED, ticket(1, "Add alert"), other, INCIDENT, "storm.md")
    assert isinstance(told, Tell)
    assert "the postmortem of Q0OTHER" in told.sentence
    assert isinstance(link, LinkTicket)


def test_a_typed_ticket_that_cannot_be_seen_is_told_and_not_adopted() -> None:
    (told,) = adopt_typed(NAMED, None, None, INCIDENT, "storm.md")
    assert isinstance(told, Tell)
    assert "names OPS-1, which cannot be seen" in told.sentence


def test_a_typed_ticket_is_remembered_as_linked_in_its_row() -> None:
    typed = row("Add alert", "@alice", ticket="OPS-1")
    now = ticket(1, "By hand", mark=Mark("m4rk"))
    assert list(adopt_typed(typed, now, None, INCIDENT, "storm.md")) == [
        LinkTicket(
            0,
            TrackedTicket(
                now.id,
                now.key,
                now.url,
                INCIDENT,
                0,
                row_values(typed),
                None,
                now.mark,
                linked=True,
            ),
            "a person put its key into the row",
            adopted=True,
        )
    ]


def test_what_is_said_of_a_typed_key_names_its_row_and_what_to_do() -> None:
    other = tracked(1, "Add alert", incident=IncidentId("Q0OTHER"))
    epic = ticket(1, "Postmortem", labels=("postmortem-epic-Q0STORM",))
    given = ((None, None), (epic, None), (ticket(1, "Add alert"), other))
    told = [next(iter(adopt_typed(NAMED, *one, INCIDENT, "storm.md"))) for one in given]
    assert told == [
        Tell(
            "Line 4 ('Add alert') of storm.md names OPS-1, which cannot be seen: there is no such "
            "ticket, or the account may not see it. Correct the key, or clear the cell."
        ),
        Tell(
            "Line 4 ('Add alert') of storm.md names OPS-1, the epic that the tickets of this "
            "postmortem belong to, so the row has no ticket of its own. Clear the cell to have one."
        ),
        Tell(
            "Line 4 ('Add alert') of storm.md names OPS-1, which is already the ticket of a row in "
            "the postmortem of Q0OTHER. Its status is shown in both, and that row alone is kept in "
            "step with it; clear the cell to have a ticket for this one."
        ),
    ]


def test_a_ticket_typed_again_into_its_own_document_is_not_told() -> None:
    (link,) = adopt_typed(NAMED, ticket(1, "x"), tracked(1, "x"), INCIDENT, "storm.md")
    assert isinstance(link, LinkTicket)


def test_what_the_row_already_says_of_a_ticket_is_not_told_again() -> None:
    known = row("Add alert", ticket="OPS-1", status="Unavailable")
    assert list(adopt_typed(known, None, None, INCIDENT, "storm.md")) == []
    assert list(adopt_typed(row("Add alert"), None, None, INCIDENT, "storm.md")) == []


def test_a_row_without_a_ticket_and_one_that_nothing_is_remembered_of_stay_as_they_are() -> None:
    assert as_remembered(NAMED, None) is NAMED
    assert as_remembered(NAMED, tracked(1, "Add alert")) is NAMED
    bare = row("Add alert")
    assert as_remembered(bare, tracked(1, "Add alert")) is bare


@pytest.mark.parametrize(
    ("naming", "has"),
    [
        ({}, True),
        ({"OPS-1": {"Q0OTHER"}}, True),
        ({"OPS-1": {"Q0STORM"}}, True),
        ({"OPS-2": {"Q0OTHER"}}, False),
        ({"OPS-2": {"Q0OTHER"}, "OPS-1": {"Q0STORM", "Q0OTHER"}}, True),
    ],
)
def test_another_document_has_a_ticket_unless_it_was_read_and_names_it_no_more(
    naming: dict[str, set[str]], *, has: bool
) -> None:
    other, ours = tracked(1, "Add alert", incident=IncidentId("Q0OTHER")), tracked(2, "Review")
    read = {key: {IncidentId(one) for one in incidents} for key, incidents in naming.items()}
    found = had_elsewhere({other.id: other, ours.id: ours}, INCIDENT, read)
    assert found == ({other.id: other} if has else {})


def test_tasks_without_end_are_compared_by_how_they_begin() -> None:
    long = "Watch the queue " + "x" * 200_000
    assert pair([Wording(0, f"{long} twice")], [Wording(0, f"Do {long}")]) == {0: 0}
    named = f"{long} | | | | OPS-1 | To Do"
    memory = tracked(1, long)
    twice = rows(named, named.replace("Watch", "See"))
    found = match_keys(twice, [memory], {}, "storm.md")
    assert found.repeats == {1}
    assert match_keys(rows(named), [memory], {}, "storm.md").repeats == frozenset()
