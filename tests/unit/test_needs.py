"""What needs somebody, and in which order, from documents and from jobs that were given up."""

from datetime import date

import pytest

from config.template_names import Names
from tests.unit.tracking_support import LAG, NOW
from worker.document.action_section import read
from worker.jobs.documents.document_status import DocumentStatus, ItemStatus, is_overdue
from worker.jobs.job_lifecycle import JobPhase, JobState
from worker.jobs.last_results import LastResult
from worker.tracking.plan_links import plan_links
from worker.tracking.ticket_actions import LinkState, sentences
from worker.web.needs import Need, NeedKind, needs, with_items

TODAY = date(2026, 11, 27)
AT = "2026-11-27T09:00:00+00:00"
NEXT = "2026-11-27T09:05:00+00:00"
LATE = ItemStatus("Count the pictures", "Aiko Brandt", deadline="2026-11-26", ticket="OPS-4")
DUE = ItemStatus("Write it down", deadline="2026-11-27")
DONE = ItemStatus("Train the new ones", deadline="2026-11-01", ticket="OPS-5", done=True)


def document(incident: str, **values: object) -> DocumentStatus:
    return DocumentStatus(incident, f"{incident}.md", title=f"About {incident}", **values)


def given_up(incident: str, *failures: str) -> JobState:
    return JobState(f"{incident}:e", incident, "webhook", JobPhase.PARKED, failures=failures)


FAILING = LastResult(AT, "webhook", warnings=("In part.",), failures=("No.",), next_try=NEXT)


@pytest.mark.parametrize(
    ("documents", "parked", "found"),
    [
        ([document("PFINE", last_result=LastResult(AT, "page"), items=(DUE, DONE))], [], []),
        (
            [document("PFAIL", last_result=FAILING)],
            [],
            [
                Need(NeedKind.FAILING, "PFAIL", "About PFAIL", ("No.",), NEXT, "PFAIL.md"),
                Need(
                    NeedKind.WARNED,
                    "PFAIL",
                    "About PFAIL",
                    ("In part.",),
                    document="PFAIL.md",
                ),
            ],
        ),
        (
            [document("PLATE", items=(LATE, DUE, DONE))],
            [],
            [
                Need(
                    NeedKind.OVERDUE,
                    "PLATE",
                    "About PLATE",
                    ("OPS-4, since 2026-11-26, Aiko Brandt: Count the pictures",),
                    document="PLATE.md",
                )
            ],
        ),
        (
            [document("PGONE", last_result=LastResult(AT, "webhook", failures=("Never.",)))],
            [given_up("PGONE", "Never."), given_up("PBARE", "Nor that.")],
            [
                Need(NeedKind.PARKED, "PGONE", "About PGONE", ("Never.",), document="PGONE.md"),
                Need(NeedKind.PARKED, "PBARE", "", ("Nor that.",)),
            ],
        ),
        (
            [document("PMARKS", problems=("Conflict markers.",), left_alone=True)],
            [],
            [
                Need(
                    NeedKind.FAILING,
                    "PMARKS",
                    "About PMARKS",
                    ("Conflict markers.",),
                    document="PMARKS.md",
                )
            ],
        ),
        (
            [
                document(
                    "PROWS",
                    problems=("Line 3 ('Call') has the deadline 'soon'.",),
                    last_result=LastResult(
                        AT, "page", ("Line 3 ('Call') has the deadline 'soon'.", "In part.")
                    ),
                )
            ],
            [],
            [
                Need(
                    NeedKind.WARNED,
                    "PROWS",
                    "About PROWS",
                    ("Line 3 ('Call') has the deadline 'soon'.", "In part."),
                    document="PROWS.md",
                )
            ],
        ),
    ],
    ids=["nobody", "failing and warned", "overdue", "given up", "not readable", "odd rows"],
)
def test_what_needs_somebody_is_told_once_with_its_sentences(documents, parked, found):
    assert needs(documents, parked, TODAY) == found


ROWS = """# T

## Action items

| Task | Owner | Ticket | Status |
|---|---|---|---|
| TBD | | | |
| ~~Call the bank~~ | | | |
| Train the new ones | | | Done |
"""


def test_rows_that_are_to_have_no_ticket_need_nobody():
    table = read(ROWS, Names())
    state = LinkState("PTBD", "PTBD.md", table.items, (), (), NOW, LAG)
    told = (*table.problems, *sentences(plan_links(state), state))
    assert len(told) == 3
    last = LastResult(AT, "page", warnings=told)
    assert needs([document("PTBD", problems=table.problems, last_result=last)], [], TODAY) == []


def test_the_most_urgent_comes_first():
    documents = [document("PLATE", items=(LATE,)), document("PFAIL", last_result=FAILING)]
    kinds = [one.kind for one in needs(documents, [given_up("PGONE", "Never.")], TODAY)]
    assert kinds == [NeedKind.FAILING, NeedKind.PARKED, NeedKind.WARNED, NeedKind.OVERDUE]


def test_documents_are_kept_with_the_items_that_are_wanted_alone():
    documents = [document("PLATE", items=(LATE, DUE, DONE)), document("PDONE", items=(DONE,))]
    (late,) = with_items(documents, lambda item: is_overdue(item, TODAY))
    assert (late.incident, late.items) == ("PLATE", (LATE,))
    assert [one.incident for one in with_items(documents, lambda item: item.done)] == [
        "PLATE",
        "PDONE",
    ]
