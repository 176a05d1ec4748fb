"""What a digest says of what is late, and when it is worth sending."""

from datetime import date

import pytest

from config.template_names import Names
from worker.announcing.digest import (
    MOST_IN_A_PART,
    DueItem,
    FailingWork,
    Reminder,
    UnfinishedDraft,
    digest,
    document_facts,
)

TODAY = date(2026, 11, 23)
LATE = DueItem("Alert", date(2026, 11, 2), "Ada", "OPS-1", "https://j.example/OPS-1", "It broke")
DRAFT = UnfinishedDraft("It broke", "https://pm.example.com/postmortems/Q1", "", date(2026, 11, 20))


def told(reminder: Reminder) -> list[str]:
    return digest(reminder, TODAY).words.splitlines()


def test_what_is_late_is_told_by_owner_the_longest_overdue_first():
    items = (
        DueItem("Count", date(2026, 11, 22), "Omar", document="It broke"),
        DueItem("Nobody's", date(2026, 10, 1)),
        LATE,
        DueItem("Ask", date(2026, 11, 21), "Ada", document="It broke"),
    )
    assert told(Reminder(overdue=items)) == [
        "Postmortems: 4 action items are overdue",
        "Overdue",
        "- Ada: OPS-1 <https://j.example/OPS-1> Alert \u2013 due 2026-11-02, 21 days ago, It broke",
        "- Ada: Ask \u2013 due 2026-11-21, 2 days ago, It broke",
        "- Omar: Count \u2013 due 2026-11-22, 1 day ago, It broke",
        "- nobody: Nobody's \u2013 due 2026-10-01, 53 days ago, its postmortem",
    ]


def test_what_goes_with_it_is_told_in_parts():
    reminder = Reminder(
        soon=(DueItem("Now", TODAY, "Ada"), DueItem("Then", date(2026, 11, 25), "Ada")),
        past_review=(DRAFT, UnfinishedDraft("Other", "", "Ada", date(2026, 11, 1))),
        unowned=(UnfinishedDraft("New", "", "", date(2026, 12, 1)),),
        failing=(FailingWork("Q2", "", "Jira is away.", "https://pm.example.com/postmortems/Q2"),),
    )
    assert told(reminder) == [
        "Postmortems: 2 drafts are past the review",
        "Due soon",
        "- Ada: Now \u2013 due today, its postmortem",
        "- Ada: Then \u2013 due 2026-11-25, its postmortem",
        "Drafts past their review",
        "- It broke <https://pm.example.com/postmortems/Q1> \u2013 review was due 2026-11-20",
        "- Other \u2013 review was due 2026-11-01, owner Ada",
        "Drafts that nobody owns",
        "- New",
        "Failing",
        "- Incident Q2 <https://pm.example.com/postmortems/Q2>: Jira is away.",
    ]


def test_a_part_names_so_many_lines_and_counts_the_others():
    lines = told(Reminder(overdue=(LATE,) * (MOST_IN_A_PART + 3)))
    assert lines[-1] == "- and 3 more"
    assert len(lines) == MOST_IN_A_PART + 3


WORTH = [
    (Reminder(), False),
    (Reminder(soon=(LATE,), unowned=(DRAFT,), failing=(FailingWork("Q", "", "x"),)), False),
    (Reminder(overdue=(LATE,)), True),
    (Reminder(past_review=(DRAFT,)), True),
]


@pytest.mark.parametrize(("reminder", "is_worth_it"), WORTH)
def test_only_what_is_late_is_worth_a_digest(reminder, is_worth_it):
    assert reminder.is_worth_sending is is_worth_it
    assert Reminder().with_(reminder) == reminder


def test_nothing_late_is_said_so():
    assert told(Reminder()) == ["Postmortems: nothing is late"]


FRONT = (
    "---\nincident: Q1\nstatus: {status}\nowner: {owner}\nservices: [API]\nteams: [Core]\n---\n\n"
)


def test_facts_are_read_off_a_document():
    text = FRONT.format(status="draft", owner="Ada") + (
        "# Postmortem: It broke\n\n## 9. Communication and Review\n"
        "- **Postmortem Review Meeting:** Due by 2026-11-20\n"
    )
    facts = document_facts(text, Names())
    assert (facts.title, facts.owner, facts.review) == ("It broke", "Ada", date(2026, 11, 20))
    assert (facts.services, facts.teams, facts.is_draft) == (("API",), ("Core",), True)


DRAFTS = [("draft", "", True), ("", "", True), ("final", "", False), ("merged", "", False)]


@pytest.mark.parametrize(("status", "owner", "is_draft"), DRAFTS)
def test_a_draft_is_what_says_so_or_says_nothing(status, owner, is_draft):
    assert document_facts(FRONT.format(status=status, owner=owner), Names()).is_draft is is_draft


@pytest.mark.parametrize(
    "words", ["", "2026-13-45", "soon", "[Scheduled date and time for review]"]
)
def test_a_review_without_a_day_is_none(words):
    text = f"# X\n\n## 9. Communication and Review\n- **Postmortem Review Meeting:** {words}\n"
    assert document_facts(text, Names()).review is None
