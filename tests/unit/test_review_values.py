"""Owner, reviewers and approvals in a document's front matter."""

from datetime import date

import pytest

from worker.document.front_matter import DocumentError
from worker.document.lint.review import (
    Approval,
    ReviewState,
    approved,
    names_in,
    not_approved,
    review_of,
    with_values,
)

HEAD = "---\r\nincident: Q1\r\nstatus: in review # by us\r\nreviewers: [Mira Jung, Bo]\r\n---\r\n# T\r\n"
DAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("", ReviewState()),
        ("status: final\nowner: Ada\n", ReviewState("final", "Ada")),
        (
            "Owner: [Ada, Bo]\nReviewers: Mira Jung; Bo,\n",
            ReviewState("", "Ada, Bo", ("Mira Jung", "Bo")),
        ),
        ("reviewers:\n- Mira\n- Bo\n", ReviewState(reviewers=("Mira", "Bo"))),
        (
            "approvals: [Mira (2026-11-28)]\n",
            ReviewState(approvals=(Approval("Mira", "2026-11-28"),)),
        ),
        ("approvals: Mira\n", ReviewState(approvals=(Approval("Mira"),))),
        (
            'approvals: ["Jung, Mira (2026-11-28)"]\n',
            ReviewState(approvals=(Approval("Jung, Mira", "2026-11-28"),)),
        ),
        ("approvals:\n", ReviewState()),
        ("status: In  Review\n", ReviewState("in review")),
        ("status: FINAL\n", ReviewState("final")),
        ("status: On Hold\n", ReviewState("On Hold")),
        ("status: ' DRAFT '\n", ReviewState("draft")),
        (
            "approvals: [Mira (12026-11-28)]\n",
            ReviewState(approvals=(Approval("Mira (12026-11-28)"),)),
        ),
        ("owner: [Mira, '', Bo]\n", ReviewState(owner="Mira, Bo")),
        ("reviewers: Mira; Bo\n", ReviewState(reviewers=("Mira", "Bo"))),
        (
            "approvals: [Mira (2026-11-28) x, (2026-11-28)]\n",
            ReviewState(approvals=(Approval("Mira (2026-11-28) x"), Approval("(2026-11-28)"))),
        ),
    ],
)
def test_what_the_front_matter_says_of_a_review(front: str, told: ReviewState) -> None:
    assert review_of(f"---\nincident: Q1\n{front}---\n# T\n") == told


def test_a_document_without_front_matter_has_no_review() -> None:
    assert review_of("# T\n") == ReviewState()
    with pytest.raises(DocumentError) as error:
        with_values("# T\n", {"status": "final"})
    assert str(error.value) == (
        "The document has no front matter to write that into. "
        "Put `---` and `incident: ID` at its top."
    )


def test_an_approval_changes_its_own_line_alone() -> None:
    once = approved(HEAD, "Mira Jung", DAY)
    assert once == HEAD.replace(
        "---\r\n#", "approvals: [Mira Jung (2026-11-28)]\r\n---\r\n#"
    ).replace("[Mira Jung (2026-11-28)]", '["Mira Jung (2026-11-28)"]')
    assert review_of(once).waits_for == ("Bo",)
    assert approved(once, "mira jung", date(2026, 12, 1)) == once
    both = approved(once, "Jung, Bo", DAY)
    assert [one.name for one in review_of(both).approvals] == ["Mira Jung", "Jung, Bo"]
    assert [one.name for one in review_of(not_approved(both, "MIRA JUNG")).approvals] == [
        "Jung, Bo"
    ]
    assert not_approved(HEAD, "Mira Jung") == HEAD


def test_who_goes_back_to_a_draft_has_no_approvals_any_more() -> None:
    once = approved(HEAD, "Mira Jung", DAY)
    again = with_values(once, {"status": "draft"})
    assert review_of(again) == ReviewState("draft", "", ("Mira Jung", "Bo"))
    assert "# by us" in again
    final = with_values(once, {"status": "final"})
    assert review_of(final).approved_by("Mira Jung")


def test_nobody_approves_a_draft() -> None:
    with pytest.raises(DocumentError) as error:
        approved("---\nincident: Q1\nstatus: draft\n---\n", "Mira", DAY)
    assert str(error.value) == (
        "The document's status is 'draft', so there is nothing to approve yet. "
        "Ask for its review first: its status is 'in review' then."
    )


def test_a_key_that_is_absent_does_not_come_to_say_nothing() -> None:
    text = "---\nincident: Q1\nreviewers: [Bo]\n---\n"
    assert with_values(text, {"owner": "", "reviewers": ()}) == text.replace("[Bo]", "[]")


def test_names_stand_in_a_line_with_commas() -> None:
    assert names_in(" Mira  Jung, ,Bo;Bo ") == ("Mira Jung", "Bo")
    assert names_in("") == ()


@pytest.mark.parametrize("status", ["In review", "FINAL"])
def test_a_review_is_asked_for_in_any_case(status: str) -> None:
    text = f"---\nincident: Q1\nstatus: {status}\n---\n"
    assert approved(text, "Mira", DAY) == text.replace(
        "\n---\n", '\napprovals: ["Mira (2026-11-28)"]\n---\n'
    )


def test_approvals_that_cannot_be_read_are_not_written_over() -> None:
    text = "---\nincident: Q1\nstatus: final\napprovals:\n- name: Ann\n  day: 2026-11-27\n---\n"
    with pytest.raises(DocumentError) as error:
        approved(text, "Mira", DAY)
    assert str(error.value) == (
        "The front matter at the top of the document holds keys within 'approvals'. "
        "Write each as a text."
    )
    assert with_values(text, {"owner": "Bo"}) == text.replace(
        "day: 2026-11-27\n", "day: 2026-11-27\nowner: Bo\n"
    )


def test_where_nobody_approved_nothing_is_written_over() -> None:
    text = "---\nincident: Q1\nstatus: final\napprovals: [ Bo ]\n---\n"
    assert not_approved(text, "Mira") == text
    assert not_approved(text, "bo") == text.replace("[ Bo ]", "[]")
