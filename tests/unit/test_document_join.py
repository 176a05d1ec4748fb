"""What becomes of a document that two changed: the usual collisions, and what both changed."""

import pytest

from worker.document.join.as_opened import as_opened
from worker.document.join.join import Conflict, join

BASE = """\
---
incident: Q1
status: draft
owner: Ada
---

# Postmortem: Down

## 3. Root Cause Analysis

- **Root Cause:** [why]
- **Trigger:** [what]

## 6. Action Items

| Task | Owner | Priority | Deadline |
|---|---|---|---|
| Fix it | Ada | High | |
| Watch it | | | |

The end.
"""
FILED = (
    BASE.replace("| Deadline |", "| Deadline | Ticket | Status |")
    .replace("|---|---|---|---|", "|---|---|---|---|---|---|")
    .replace("| Fix it | Ada | High | |", "| Fix it | Ada | High | | [OPS-1](x) | To Do |")
    .replace("| Watch it | | | |", "| Watch it | | | | [OPS-2](x) | To Do |")
)
DONE = FILED.replace("| [OPS-1](x) | To Do |", "| [OPS-1](x) | Done |")


def row(text: str | None, task: str) -> str:
    assert text is not None
    (found,) = (line for line in text.splitlines() if line.startswith(f"| {task} "))
    return found


def test_an_owner_is_changed_while_the_tickets_columns_come() -> None:
    joined = join(BASE, BASE.replace("| Fix it | Ada", "| Fix it | Bo"), FILED)
    assert joined.text == FILED.replace("| Fix it | Ada", "| Fix it | Bo")
    assert "6. Action Items, line 18" in joined.came_in


def test_a_row_is_added_while_the_others_get_their_tickets() -> None:
    joined = join(
        BASE, BASE.replace("| Watch it | | | |\n", "| Watch it | | | |\n| New | | | |\n"), FILED
    )
    assert row(joined.text, "New") == "| New | | | |"
    assert row(joined.text, "Watch it") == row(FILED, "Watch it")


def test_owner_and_status_of_one_row_are_changed() -> None:
    joined = join(FILED, FILED.replace("| Fix it | Ada", "| Fix it | Bo"), DONE)
    assert row(joined.text, "Fix it") == "| Fix it | Bo | High | | [OPS-1](x) | Done |"


def test_a_deadline_is_set_beside_a_row_whose_status_changes() -> None:
    mine = FILED.replace("| Watch it | | | |", "| Watch it | | | 2026-12-01 |")
    assert row(join(FILED, mine, DONE).text, "Watch it") == row(mine, "Watch it")
    assert row(join(FILED, mine, DONE).text, "Fix it") == row(DONE, "Fix it")


def test_a_row_that_moves_keeps_the_ticket_that_came_meanwhile() -> None:
    rows = ["| Fix it | Ada | High | |", "| Watch it | | | |"]
    mine = BASE.replace("\n".join(rows), "\n".join(reversed(rows)))
    for joined in (join(BASE, mine, FILED), join(BASE, FILED, mine)):
        assert joined.text is not None
        assert row(joined.text, "Fix it") == row(FILED, "Fix it")
        assert joined.text.index("| Watch it") < joined.text.index("| Fix it")


def test_a_column_is_added_while_the_tickets_columns_come() -> None:
    mine = (
        BASE.replace("| Task | Owner |", "| Task | Team | Owner |")
        .replace("|---|---|---|---|", "|---|---|---|---|---|")
        .replace("| Fix it | Ada |", "| Fix it | Core | Ada |")
        .replace("| Watch it | | | |", "| Watch it | Web | | | |")
    )
    text = join(BASE, mine, FILED).text
    assert row(text, "Task") == "| Task | Team | Owner | Priority | Deadline | Ticket | Status |"
    assert row(text, "Fix it") == "| Fix it | Core | Ada | High | | [OPS-1](x) | To Do |"


def test_what_both_changed_is_told_by_place_and_nothing_is_joined() -> None:
    mine = BASE.replace("| Fix it | Ada", "| Fix it | Bo").replace("[why]", "A leak.")
    theirs = BASE.replace("| Fix it | Ada", "| Fix it | Cy").replace("[why]", "A race.")
    joined = join(BASE, mine, theirs)
    assert joined.text is None
    assert joined.conflicts == (
        Conflict(
            "3. Root Cause Analysis, Root Cause, line 11",
            "- **Root Cause:** [why]",
            "- **Root Cause:** A leak.",
            "- **Root Cause:** A race.",
        ),
        Conflict("6. Action Items, row 'Fix it', Owner", "Ada", "Bo", "Cy"),
    )
    assert joined.mine_kept == mine


@pytest.mark.parametrize("moved", [False, True])
def test_beside_a_conflict_both_changes_stand_with_mine_where_both_changed(moved: bool) -> None:
    rows = ["| Fix it | Ada | High | |", "| Watch it | | | |"]
    mine = BASE.replace("| Fix it | Ada", "| Fix it | Bo").replace("The end.", "My end.")
    theirs = BASE.replace("[what]", "A deploy.").replace("The end.", "")
    if moved:
        theirs = theirs.replace("\n".join(rows), "\n".join(reversed(rows)))
    theirs = theirs.replace("| Fix it | Ada", "| Fix it | Cy")
    text = join(BASE, mine, theirs).mine_kept
    assert row(text, "Fix it") == "| Fix it | Bo | High | |"
    assert "A deploy." in text
    assert "My end." in text
    gone = BASE.replace("| Fix it | Ada | High | |\n", "").replace("[what]", "A key.")
    text = join(BASE, gone, theirs).mine_kept
    assert "Fix it" not in text
    assert "A key." in text


@pytest.mark.parametrize("turned", [False, True])
def test_what_one_took_out_and_the_other_changed_is_a_conflict(turned: bool) -> None:
    without = BASE.replace("| Fix it | Ada | High | |\n", "")
    changed = BASE.replace("| Fix it | Ada", "| Fix it | Bo")
    mine, theirs = (changed, without) if turned else (without, changed)
    (conflict,) = join(BASE, mine, theirs).conflicts
    gone, kept = (conflict.theirs, conflict.mine) if turned else (conflict.mine, conflict.theirs)
    assert (gone, kept) == ("", "| Fix it | Bo | High | |")


def test_words_in_a_column_that_the_other_took_out_are_not_lost() -> None:
    mine = BASE.replace("| Watch it | | | |\n", "| Watch it | | | |\n| New | Cy | High | |\n")
    theirs = (
        BASE.replace("| Task | Owner | Priority", "| Task | Owner")
        .replace("|---|---|---|---|", "|---|---|---|")
        .replace("| Fix it | Ada | High | |", "| Fix it | Ada | |")
        .replace("| Watch it | | | |", "| Watch it | | |")
    )
    assert join(BASE, mine, theirs).text is None
    mine = BASE.replace("| Watch it | | |", "| Watch it | | Low |")
    (conflict,) = join(BASE, mine, theirs).conflicts
    assert conflict == Conflict("6. Action Items, row 'Watch it', Priority", "", "Low", "")


def test_the_front_matter_is_joined_key_by_key() -> None:
    mine, theirs = BASE.replace("owner: Ada", "owner: Bo"), BASE.replace("draft", "in review")
    assert join(BASE, mine, theirs).text == mine.replace("draft", "in review")
    theirs = BASE.replace("owner: Ada", "owner: Cy")
    assert [one.place for one in join(BASE, mine, theirs).conflicts] == ["owner, line 4"]


def test_a_document_that_cannot_be_read_is_joined_by_lines() -> None:
    broken = BASE.replace("owner: Ada", "owner: [Ada")
    mine, theirs = (
        broken.replace("The end.", "The very end."),
        broken.replace("# Post", "# My post"),
    )
    assert join(broken, mine, theirs).text == mine.replace("# Post", "# My post")


def test_both_add_the_same_once_and_else_one_behind_the_other() -> None:
    mine, theirs = BASE + "\nMine.\n", BASE + "\nTheirs.\n"
    assert join(BASE, mine, mine).text == mine
    assert join(BASE, mine + "x\n", mine).text == mine + "x\n"
    assert join(BASE, mine, theirs).text == BASE + "\nMine.\n\nTheirs.\n"


def test_line_ends_and_a_missing_last_one_stay() -> None:
    base, mine = "a\r\n\r\nb", "a\r\n\r\nmine\r\nb"
    assert join(base, mine, "theirs a\r\n\r\nb").text == "theirs a\r\n\r\nmine\r\nb"
    assert join("a\n\nb", "a\n\nb\n\nc", "new a\n\nb").text == "new a\n\nb\n\nc"


@pytest.mark.parametrize(
    ("opened", "sent", "meant"),
    [
        ("a\nb\n", "a\r\nb\r\n", "a\nb\n"),
        ("a\nb", "a\r\nb", "a\nb"),
        ("a\r\nb\n", "a\r\nb\r\nc\r\n", "a\r\nb\nc\r\n"),
        ("\ufeffa\n", "a\r\nb\r\n", "\ufeffa\nb\n"),
        ("a\rb\r", "a\r\nnew\r\nb\r\n", "a\rnew\rb\r"),
        ("a\n", "a", "a\n"),
        ("a\n", "b", "b"),
        ("a", "a\r\nb", "a\nb"),
        ("a\n", "", ""),
        ("a\0\r\nb\nd\n", "a\ufffd\r\nc\r\nd\r\n", "a\0\r\nc\nd\n"),
        ("a\n\0\ufffd", "x\r\n\ufffd\ufffd", "x\n\0\ufffd"),
        ("a\0\r\nb\nd\n", "a\0\r\nc\r\nd\r\n", "a\0\r\nc\nd\n"),
    ],
)
def test_what_a_browser_did_to_a_text_is_undone(opened: str, sent: str, meant: str) -> None:
    assert as_opened(sent, opened) == meant
