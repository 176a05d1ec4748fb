"""What the lists show: narrowed, ordered, cut, and as CSV that no spreadsheet computes."""

from datetime import date

import pytest

from connectors.incidents import IncidentId
from worker.jobs.documents.document_status import DocumentStatus, ItemStatus, ListedDocument
from worker.jobs.reports.figure_words import as_csv
from worker.web.lists.postmortem_list import (
    ItemQuery,
    ItemState,
    ListQuery,
    NarrowingChoices,
    choices,
    document_rows,
    item_rows,
    items,
    narrowed,
)

TODAY = date(2026, 11, 23)


def listed(name: str, *rows: ItemStatus, status: str = "draft", **more: object) -> ListedDocument:
    known = DocumentStatus(
        IncidentId(name), f"{name}.md", f"Title {name}", status=status, items=rows
    )
    return ListedDocument(known, **more)  # type: ignore[arg-type]  # by name


LATE = ItemStatus("Warn", "Ada", "High", "2026-11-13", "OPS-1", status="To Do")
LATER = ItemStatus("Watch", "Bo", "", "2026-11-22", "OPS-2")
SOON = ItemStatus("Ask", "Ada", "", "2026-12-01")
SOMEDAY = ItemStatus("Think", "", "", "soon")
DONE = ItemStatus("Write", "Bo", "", "2026-11-01", "OPS-3", done=True)

EVERY = (
    listed("Q1", LATE, DONE, started="2026-11-01T00:00:00+00:00", services=("Shop", "Café")),
    listed("Q2", SOON, started="2026-11-03T00:00:00+00:00", severity="SEV-1", owner="Ada"),
    listed("Q3", LATER, SOMEDAY, status="final", started="2026-11-02T00:00:00+00:00", teams=("A",)),
)


def names(query: ListQuery) -> list[str]:
    return [one.status.incident for one in narrowed(EVERY, query, TODAY)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (ListQuery(), ["Q2", "Q3", "Q1"]),
        (ListQuery(sort="started"), ["Q1", "Q3", "Q2"]),
        (ListQuery(sort="-title"), ["Q3", "Q2", "Q1"]),
        (ListQuery(sort="open"), ["Q1", "Q2", "Q3"]),
        (ListQuery(sort="-overdue"), ["Q1", "Q3", "Q2"]),
        (ListQuery(sort="status"), ["Q1", "Q2", "Q3"]),
        (ListQuery(status="FINAL"), ["Q3"]),
        (ListQuery(service="cafe"), ["Q1"]),
        (ListQuery(team="A", status="draft"), []),
        (ListQuery(severity="sev-1"), ["Q2"]),
        (ListQuery(owner="ada"), ["Q2"]),
        (ListQuery(owner="ad"), []),
        (ListQuery(names=frozenset({"Q3.md"})), ["Q3"]),
        (ListQuery(names=frozenset()), []),
    ],
)
def test_a_list_is_narrowed_and_ordered(query: ListQuery, found: list[str]) -> None:
    assert names(query) == found


@pytest.mark.parametrize(
    ("query", "tasks"),
    [
        (ItemQuery(), ["Warn", "Watch", "Ask", "Think"]),
        (ItemQuery(ItemState.OVERDUE), ["Warn", "Watch"]),
        (ItemQuery(ItemState.DONE), ["Write"]),
        (ItemQuery(ItemState.ALL), ["Warn", "Watch", "Write", "Ask", "Think"]),
        (ItemQuery(owner="ada"), ["Warn", "Ask"]),
        (ItemQuery(service="shop"), ["Warn"]),
    ],
)
def test_action_items_come_the_longest_overdue_first(query: ItemQuery, tasks: list[str]) -> None:
    found = items(EVERY, query, TODAY)
    assert [one.item.task for one in found] == tasks


def test_how_long_an_item_is_overdue_is_counted_in_days() -> None:
    found = {one.item.task: one.overdue_days for one in items(EVERY, ItemQuery(), TODAY)}
    assert found == {"Warn": 10, "Watch": 1, "Ask": 0, "Think": 0}


def test_filters_offer_what_occurs() -> None:
    assert choices(EVERY) == NarrowingChoices(
        ("draft", "final"), ("SEV-1",), ("Café", "Shop"), ("A",), ("Ada",), ("Ada", "Bo")
    )


def test_csv_has_a_line_each_and_no_formula() -> None:
    hostile = listed("Q4", ItemStatus('=1+1 "x", y', "@Ada"), services=("-2", "b"))
    lines = as_csv(item_rows(items([hostile], ItemQuery(), TODAY))).split("\r\n")
    assert lines[0].startswith("incident,title,task,owner,")
    assert lines[1] == 'Q4,Title Q4,"\'=1+1 ""x"", y",\'@Ada,,,0,,,false,'
    header, row, last = as_csv(document_rows([hostile], TODAY)).split("\r\n")
    told = dict(zip(header.split(","), row.split(","), strict=True))
    assert (told["services"], told["items"], told["overdue"]) == ("'-2; b", "1", "0")
    assert last == ""
