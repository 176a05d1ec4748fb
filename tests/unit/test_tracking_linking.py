"""Which ticket belongs to which row: every way in which a ticket may already be there."""

from dataclasses import replace
from datetime import timedelta

from connectors.tickets import Mark
from tests.unit.tracking_support import INCIDENT, LAG, NOW, intent, rows, state, ticket, tracked
from worker.tracking.new_ticket import summary_line
from worker.tracking.plan_links import plan_links
from worker.tracking.ticket_actions import LinkPlan, sentences
from worker.tracking.tracked_tickets import TrackedTicket, Values, row_words


def keys(decided: LinkPlan) -> dict[int, str]:
    return {link.ordinal: link.tracked.key for link in decided.links}


def created(decided: LinkPlan) -> list[int]:
    return [one.ordinal for one in decided.creates]


def test_rows_that_all_name_a_ticket_cost_no_search() -> None:
    decided = plan_links(
        state(rows("Add alert | | | | OPS-1 | To Do"), tracked=(tracked(1, "Add alert"),))
    )
    assert decided == LinkPlan()


def test_a_row_without_a_ticket_asks_for_one_search_first() -> None:
    assert plan_links(state(rows("Add alert"))) == LinkPlan(search=True)


def test_a_row_that_no_search_explains_gets_a_ticket() -> None:
    decided = plan_links(state(rows("Add alert"), labelled=()))
    assert created(decided) == [0]
    assert decided.creates[0].reason == "the row has no ticket"


def test_two_rows_with_the_same_words_are_two_items() -> None:
    decided = plan_links(state(rows("Add alert", "Add alert"), labelled=()))
    assert created(decided) == [0, 1]


def test_a_ticket_whose_link_was_never_written_is_linked_without_a_search() -> None:
    memory = (tracked(1, "Add alert", linked=False),)
    decided = plan_links(state(rows("Add alert"), tracked=memory))
    assert keys(decided) == {0: "OPS-1"}
    assert not decided.search


def test_a_row_reworded_before_its_link_was_written_keeps_its_ticket() -> None:
    memory = (tracked(1, "Add alert on queue depth", linked=False),)
    decided = plan_links(state(rows("Add an alert on the queue depth"), tracked=memory))
    assert keys(decided) == {0: "OPS-1"}


def test_a_quite_different_row_does_not_take_an_unwritten_ticket() -> None:
    memory = (tracked(1, "Add alert on queue depth", linked=False),)
    decided = plan_links(state(rows("Review the on-call handover"), tracked=memory, labelled=()))
    assert keys(decided) == {}
    assert created(decided) == [0]


def test_a_cleared_cell_gets_back_the_ticket_that_still_exists() -> None:
    decided = plan_links(state(rows("Add alert"), tracked=(tracked(1, "Add alert"),)))
    assert keys(decided) == {0: "OPS-1"}
    assert created(decided) == []


def test_a_cleared_cell_whose_ticket_is_unavailable_gets_a_new_one() -> None:
    memory = (tracked(1, "Add alert", available=False),)
    decided = plan_links(state(rows("Add alert"), tracked=memory, labelled=()))
    assert created(decided) == [0]


def test_a_ticket_whose_row_is_gone_is_told_and_left() -> None:
    memory = (tracked(1, "Add alert"),)
    decided = plan_links(state(rows("Other work | | | | OPS-2 | To Do"), tracked=memory))
    assert [one.key for one in decided.orphans] == ["OPS-1"]
    assert decided.creates == ()


def test_a_lost_create_is_adopted_by_its_mark() -> None:
    found = (ticket(7, "Whatever Jira made of it", mark=Mark("abc")),)
    decided = plan_links(
        state(rows("Add alert"), intents=(intent("abc", "Add alert"),), labelled=found)
    )
    assert keys(decided) == {0: "OPS-7"}
    assert decided.links[0].adopted
    assert decided.settled == (Mark("abc"),)
    assert created(decided) == []


def test_a_lost_create_is_known_by_its_label_where_the_property_is_gone() -> None:
    found = (ticket(7, "Add alert", labels=("pm-abc",)),)
    decided = plan_links(
        state(rows("Add alert"), intents=(intent("abc", "Add alert"),), labelled=found)
    )
    assert keys(decided) == {0: "OPS-7"}


def test_of_two_tickets_with_one_mark_the_older_is_taken_and_the_other_told() -> None:
    found = (ticket(7, "Add alert", mark=Mark("abc")), ticket(9, "Add alert", labels=("pm-abc",)))
    decided = plan_links(
        state(rows("Add alert"), intents=(intent("abc", "Add alert"),), labelled=found)
    )
    assert keys(decided) == {0: "OPS-7"}
    assert "OPS-9 carries the same mark as OPS-7" in decided.warnings[0]


def test_a_create_without_an_answer_is_waited_out_while_the_search_may_miss_it() -> None:
    waiting = (intent("abc", "Add alert", age=10),)
    decided = plan_links(state(rows("Add alert"), intents=waiting, labelled=()))
    assert created(decided) == []
    assert [one.until - NOW for one in decided.waits] == [timedelta(seconds=50)]


def test_a_create_without_an_answer_counts_from_when_the_answer_failed_to_come() -> None:
    late = replace(intent("abc", "Add alert", age=100), unknown_since=NOW - timedelta(seconds=5))
    decided = plan_links(state(rows("Add alert"), intents=(late,), labelled=()))
    assert [one.until - NOW for one in decided.waits] == [timedelta(seconds=55)]


def test_a_create_that_the_search_surely_misses_no_more_is_made_again() -> None:
    waiting = (intent("abc", "Add alert", age=61),)
    decided = plan_links(state(rows("Add alert"), intents=waiting, labelled=()))
    assert created(decided) == [0]
    assert decided.lost == (Mark("abc"),)


def test_other_rows_do_not_wait_for_a_create_without_an_answer() -> None:
    waiting = (intent("abc", "Add alert", age=10),)
    items = rows("Add alert", "Review the handover")
    decided = plan_links(state(items, intents=waiting, labelled=()))
    assert created(decided) == [1]
    assert [one.ordinal for one in decided.waits] == [0]


def test_a_create_without_an_answer_whose_row_is_gone_is_searched_for_and_told() -> None:
    waiting = (intent("abc", "Add alert", age=10),)
    assert plan_links(state((), intents=waiting)).search
    found = (ticket(7, "Add alert", mark=Mark("abc")),)
    decided = plan_links(state((), intents=waiting, labelled=found))
    assert decided.settled == (Mark("abc"),)
    assert "OPS-7 was created for 'Add alert'" in decided.warnings[0]


def test_a_lost_journal_is_made_good_by_the_words_of_the_tickets() -> None:
    found = (ticket(3, "Add alert"), ticket(4, "Review the handover"))
    decided = plan_links(state(rows("Review the handover", "Add alert"), labelled=found))
    assert keys(decided) == {0: "OPS-4", 1: "OPS-3"}
    assert created(decided) == []


def test_equal_rows_take_equal_tickets_one_each() -> None:
    found = (ticket(3, "Add alert"), ticket(4, "Add alert"))
    decided = plan_links(state(rows("Add alert", "Add alert", "Add alert"), labelled=found))
    assert keys(decided) == {0: "OPS-3", 1: "OPS-4"}
    assert created(decided) == [2]


def test_a_spare_ticket_with_the_same_words_is_told() -> None:
    found = (ticket(3, "Add alert"), ticket(4, "Add alert"))
    decided = plan_links(state(rows("Add alert"), labelled=found))
    assert keys(decided) == {0: "OPS-3"}
    assert "OPS-4 has the same words as OPS-3" in decided.warnings[0]


def test_a_ticket_that_cannot_be_seen_has_no_row_to_tell_of_once_a_person_cleared_it() -> None:
    gone = tracked(2, "Add alert", available=False)
    cleared = state(rows("Add alert"), tracked=(gone,), labelled=())
    assert plan_links(cleared).orphans == ()
    assert created(plan_links(cleared)) == [0]
    removed = state(rows("Review"), tracked=(gone,), labelled=())
    assert plan_links(removed).orphans == (gone,)


def test_a_ticket_that_another_row_names_is_not_adopted() -> None:
    found = (ticket(3, "Add alert"),)
    items = rows("Add alert | | | | OPS-3 | To Do", "Add alert")
    decided = plan_links(state(items, tracked=(tracked(3, "Add alert"),), labelled=found))
    assert keys(decided) == {}
    assert created(decided) == [1]


def test_a_long_task_is_known_by_its_shortened_summary() -> None:
    task = "Add an alert " * 40
    decided = plan_links(state(rows(task), labelled=(ticket(3, summary_line(task)),)))
    assert keys(decided) == {0: "OPS-3"}


def test_a_hold_creates_nothing_and_still_adopts() -> None:
    found = (ticket(3, "Add alert"),)
    decided = plan_links(state(rows("Add alert", "Other"), labelled=found, hold="it is a draft"))
    assert keys(decided) == {0: "OPS-3"}
    assert created(decided) == []
    assert decided.held == (1,)


def test_a_new_journal_waits_before_it_creates_for_a_document_it_has_forgotten() -> None:
    until = NOW + timedelta(seconds=30)
    decided = plan_links(state(rows("Add alert"), labelled=(), forgotten_until=until))
    assert created(decided) == []
    assert [one.until for one in decided.waits] == [until]
    later = plan_links(
        state(rows("Add alert"), labelled=(), forgotten_until=until, now=until + LAG)
    )
    assert created(later) == [0]


def test_a_ticket_of_another_create_without_an_answer_is_not_adopted_by_its_words() -> None:
    """It belongs to the row of that create, though that row has other words by now."""
    unanswered = ticket(1, "Add alert", mark=Mark("a1"))
    decided = plan_links(
        state(
            rows("Add alert"),
            intents=(intent("a1", "Review the on-call handover"),),
            labelled=(unanswered,),
        )
    )
    assert keys(decided) == {}
    assert created(decided) == [0]


def test_what_is_left_to_people_is_said_in_sentences() -> None:
    items = rows("~~Add alert~~", "Review", "Drill")
    known = state(items, hold="the configuration creates none")
    gone = tracked(1, "Old work")
    plan = LinkPlan(orphans=(gone,), left_out=(0,), held=(1, 2), warnings=("It is odd.",))
    assert list(sentences(plan, known)) == [
        "It is odd.",
        "The row of OPS-1 ('Old work') is gone from storm.md. The ticket is left alone; close it "
        "in the tracker if it is not wanted.",
        "Line 4 ('Add alert') of storm.md is struck out, so no ticket is made for it.",
        "2 action items have no ticket in storm.md: the configuration creates none.",
    ]
    assert list(sentences(LinkPlan(held=(1,)), known)) == [
        "1 action item has no ticket in storm.md: the configuration creates none."
    ]
    assert list(sentences(LinkPlan(), known)) == []


def test_a_create_in_a_project_that_hides_new_tickets_is_left_to_people() -> None:
    over = intent("a1", "Add alert", age=90)
    decided = plan_links(
        state(rows("Add alert", "Drill"), intents=(over,), labelled=(), hides_new="OPS")
    )
    assert created(decided) == [1]
    assert decided.problems == (
        "Line 4 ('Add alert') of storm.md has no ticket that is known: its create had no answer, "
        "and this account cannot see new tickets of project OPS, so nobody can tell whether one "
        "was made. Let somebody who sees them search for the label pm-a1, and put the key into the "
        "row; if there is none, that of a ticket made by hand.",
    )
    assert (decided.lost, decided.waits) == ((), ())


def test_a_row_at_which_the_tracker_fails_each_time_is_left_out_until_it_is_changed() -> None:
    (item, *_) = items = rows("Add alert", "Drill")
    fails = replace(
        intent("a1", "Add alert", age=90), failures=3, reason="It fell.", words=row_words(item)
    )
    decided = plan_links(state(items, intents=(fails,), labelled=()))
    assert created(decided) == [1]
    assert decided.problems == (
        "Line 4 ('Add alert') of storm.md has no ticket: its create failed 3 times while others "
        "could be asked for. It fell. It is left out until the row is changed: reword it "
        "(characters such as emoji may be the reason), or put the key of a ticket made by hand "
        "into it.",
    )
    again = [replace(fails, words="Add alert \N{FIRE}"), replace(fails, failures=2)]
    tried = [plan_links(state(items, intents=(one,), labelled=())) for one in again]
    assert [created(one) for one in tried] == [[0, 1], [0, 1]]
    assert [one.lost for one in tried] == [("a1",), ("a1",)]
    assert tried[0].creates[0].reason == "its first create surely made no ticket"
    assert tried[0].creates[0].lost == again[0]


def test_why_a_row_waits_is_told_with_what_the_tracker_said_last() -> None:
    fails = replace(intent("a1", "Add alert", age=10), failures=1, reason="It fell.")
    decided = plan_links(state(rows("Add alert"), intents=(fails,), labelled=()))
    (wait,) = decided.waits
    assert (wait.ordinal, wait.until) == (0, fails.opened_at + LAG)
    assert wait.reason == "its create had no answer, and a search may still miss the ticket"
    assert decided.problems == ("Line 4 ('Add alert') of storm.md has no ticket yet: It fell.",)


def test_a_create_whose_row_is_to_have_none_is_struck_out() -> None:
    over = (intent("a1", "Add alert", age=90),)
    out = plan_links(state(rows("~~Add alert~~"), intents=over, labelled=()))
    assert (out.left_out, out.lost, out.creates) == ((0,), ("a1",), ())
    held = plan_links(state(rows("Add alert"), intents=over, labelled=(), hold="it is a draft"))
    assert (held.held, held.lost, held.creates) == ((0,), ("a1",), ())


def test_a_ticket_that_nobody_remembers_is_remembered_as_it_is_found() -> None:
    found = ticket(3, "add  alert", mark=Mark("b2"))
    (link,) = plan_links(state(rows("Add alert"), labelled=(found,))).links
    assert link.reason == "a ticket of this incident has the same words and no row"
    assert link.adopted
    assert link.tracked == TrackedTicket(
        id=found.id,
        key=found.key,
        url=found.url,
        incident=INCIDENT,
        ordinal=0,
        row=Values("Add alert"),
        mark=Mark("b2"),
        has_links=False,
    )


def test_every_link_says_why_its_ticket_is_the_rows() -> None:
    unwritten = plan_links(
        state(rows("Add alert"), tracked=(tracked(1, "Add alert", linked=False),))
    )
    cleared = plan_links(state(rows("Add alert"), tracked=(tracked(1, "Add alert"),)))
    lost = plan_links(
        state(
            rows("Add alerts"),
            intents=(intent("a1", "Add alert"),),
            labelled=(ticket(1, "Add alert", mark=Mark("a1")),),
        )
    )
    assert [one.links[0].reason for one in (unwritten, cleared, lost)] == [
        "created earlier, the link had not been written yet",
        "the row has this ticket already, its link was missing",
        "its create had no answer, the search found the ticket",
    ]
    assert lost.links[0].tracked.row == Values("Add alert")
    assert (lost.links[0].tracked.mark, lost.settled) == (Mark("a1"), (Mark("a1"),))


def test_what_is_found_twice_or_without_a_row_is_told_with_its_keys() -> None:
    twice = (ticket(1, "Add alert", mark=Mark("a1")), ticket(2, "Add alert", mark=Mark("a1")))
    made = (intent("a1", "Add alert"),)
    clones = plan_links(state(rows("Add alert"), intents=made, labelled=twice))
    assert clones.warnings[0] == (
        "OPS-2 carries the same mark as OPS-1 (a clone copies labels). The row 'Add alert' is "
        "linked to OPS-1, the oldest; close the others if they are not wanted."
    )
    gone = plan_links(state(rows("Review the handover"), intents=made, labelled=twice))
    assert gone.warnings == (
        "OPS-1 was created for 'Add alert', and the document has no such row any more. The ticket "
        "is left alone.",
    )
    alike = (ticket(1, "Add alert"), ticket(2, "Add alert"))
    assert plan_links(state(rows("Add alert"), labelled=alike)).warnings == (
        "OPS-2 has the same words as OPS-1 and no row of its own. The row is linked to OPS-1, the "
        "older; close OPS-2 if it is not wanted.",
    )


def test_a_row_that_is_to_have_no_ticket_costs_no_search_unless_the_journal_is_new() -> None:
    out = rows("~~Add alert~~")
    assert plan_links(state(out)) == LinkPlan(left_out=(0,))
    assert plan_links(state(out, forgotten_until=NOW)).search
    assert not plan_links(state((), forgotten_until=NOW)).search
