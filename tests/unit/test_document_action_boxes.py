"""Each value of an action item's check box, and the pieces that change in one."""

import re
from collections import Counter
from datetime import date

import pytest

from config.template_names import Names
from worker.content.inline_markdown import plain
from worker.document import action_item_values
from worker.document.action_item_values import Mention
from worker.document.action_items import ActionItem, CellEdit, ItemPlace, LeftOut, TicketCell
from worker.document.action_section import read, write

NAMES = Names()
HEAD = "## Action Items\n"
TICKET = TicketCell("OPS-1", "https://j.example.com/browse/OPS-1")
LINK = "[OPS-1](https://j.example.com/browse/OPS-1)"
SPACES = " " * 100_000


def one(box: str) -> ActionItem:
    (item,) = read(f"{HEAD}{box}\n", NAMES).items
    return item


def test_each_value_of_a_box_is_read() -> None:
    first = f"[x] [Watch][w] as OPS-2 @ann (by soon) — {LINK} ([To Do][w])"
    second = "[ ] Write @[Ann Bee], (until: 2026-12-03)."
    text = f"{HEAD}- {first}\n  - Words\n- {second}\n\n[w]: https://x.example.com\n"
    found = read(text, NAMES)
    told = "Line 2 ('Watch as OPS-2') has the deadline 'soon', and it is no date. Use YYYY-MM-DD."
    at, behind = text.index(first), text.index(second)
    assert found.items == (
        ActionItem(
            0, "Watch as OPS-2", first, "ann", None, "soon", None, told, TICKET,
            (TicketCell("OPS-2"),), "To Do", True, None, ItemPlace(1, at, at + len(first)),
        ),
        ActionItem(
            1, "Write", second, "Ann Bee", None, "2026-12-03", date(2026, 12, 3), "", None, (), "",
            False, None, ItemPlace(3, behind, behind + len(second)),
        ),
    )  # fmt: skip
    assert found.problems == (told,)


def test_what_is_no_item_is_left_out_and_what_is_wrong_told_of_each() -> None:
    lines = (
        "- [ ] [Action item 1]", "- [ ] None", "- [ ] \u2013", "- [ ] n/a", "- [ ] x (by soon)",
        "- [ ] y (by later)", f"- [ ] None — {LINK}", f"- [ ] [z] — {LINK}",
    )  # fmt: skip
    found = read(HEAD + "\n".join(lines), NAMES)
    assert [(item.ordinal, item.task) for item in found.items] == [
        (0, "x"), (1, "y"), (2, "None"), (3, "[z]"),
    ]  # fmt: skip
    assert [told.partition(" has ")[0].partition(" says ")[0] for told in found.problems] == [
        "Line 3 ('None')", "Line 5 ('n/a')", "Line 6 ('x')", "Line 7 ('y')",
    ]  # fmt: skip


def test_boxes_are_counted_behind_the_rows() -> None:
    table = "| Task | Owner |\n|---|---|\n| x | |\n"
    found = read(f"{HEAD}- [ ] y\n\n{table}\n- [ ] z\n", NAMES)
    assert [(item.ordinal, item.task) for item in found.items] == [(0, "x"), (1, "y"), (2, "z")]


@pytest.mark.parametrize(
    ("box", "left_out"),
    [
        ("- [ ] x", None),
        ("- [x] x", LeftOut.TICKED),
        ("- [ ] ~~x~~ @ann", LeftOut.STRUCK_OUT),
        ("- [ ] ~~x~~ @[Ann Bee] (by 2026-12-03)", LeftOut.STRUCK_OUT),
        ("- [x] ~~x~~ @ann", LeftOut.STRUCK_OUT),
        ("- [ ] ~~x @ann~~", LeftOut.STRUCK_OUT),
        ("- [ ] x (tracked in the runbook) @ann", LeftOut.ELSEWHERE),
        ("- [ ] ~~x~~ (completed) @ann", LeftOut.COMPLETED),
        ("- [ ] ~~x~~ y @ann", None),
        (f"- [x] x — {LINK}", None),
    ],
)
def test_a_box_says_itself_that_it_is_to_have_no_ticket(box: str, left_out: LeftOut | None) -> None:
    assert one(box).left_out == left_out


@pytest.mark.parametrize(
    ("words", "task", "owner", "deadline"),
    [
        ("x @ann (by 2026-12-03)", "x", "ann", "2026-12-03"),
        ("x (by 2026-12-03) @ann", "x", "ann", "2026-12-03"),
        ("x @ann @bo", "x", "ann, bo", ""),
        ("x @ann & @[Bo Cee] (by 2026-12-03)", "x", "ann, Bo Cee", "2026-12-03"),
        ("x (by 2026-12-03) (by 2026-12-04)", "x", None, "2026-12-03, 2026-12-04"),
        ("x \U0001f4c5 2026-12-03 \U0001f4c5 2026-12-04 #a", "x \U0001f4c5 2026-12-03 \U0001f4c5 2026-12-04 #a", None, "2026-12-03, 2026-12-04"),
        ("x (owner: Ann Bee, Bo Cee; due: 2026-12-03)", "x (owner: Ann Bee, Bo Cee; due: 2026-12-03)", "Ann Bee, Bo Cee", "2026-12-03"),
        ("x @<Ann Bee>", "x", "Ann Bee", ""),
        ("x — Ann Bee — 2026-12-03", "x", "Ann Bee", "2026-12-03"),
        ("x - 2026-12-03 - @ann.", "x", "ann", "2026-12-03"),
        ("x | **Ann van Bee** | *2026-12-03*", "x", "Ann van Bee", "2026-12-03"),
        ("x — y — 2026-12-03", "x — y — 2026-12-03", None, ""),
        ("x — Friday — 2026-12-03", "x — Friday — 2026-12-03", None, ""),
        ("x — B — 2026-12-03", "x — B — 2026-12-03", None, ""),
        ("x [Ann](mailto:ann@example.com).", "x Ann.", "ann@example.com", ""),
        ("mail [us](mailto:ann@example.com) x", "mail us x", None, ""),
        ("x — High — 2026-12-03", "x — High — 2026-12-03", None, ""),
        ("the outage of — 2026-12-03", "the outage of — 2026-12-03", None, ""),
        (r"x — Ann Bee — 2026\-12\-03", "x — Ann Bee — 2026-12-03", None, ""),
        ("x *(Ann Bee, by 2026-12-03)*", "x (Ann Bee, by 2026-12-03)", "Ann Bee", "2026-12-03"),
        ("x (see @ann)", "x (see @ann)", "ann", ""),
        ("x (2026-12-03, @ann)", "x (2026-12-03, @ann)", "ann", "2026-12-03"),
        ("x (seen by all, 2026-12-03)", "x (seen by all, 2026-12-03)", None, ""),
        ("x; Owner: Ann Bee; Due: 2026-12-03", "x; Owner: Ann Bee", "Ann Bee", "2026-12-03"),
        ("x **Owner:** Ann Bee **Due:** Dec 3, 2026", "x Owner: Ann Bee Due: Dec 3, 2026", "Ann Bee", "Dec 3, 2026"),
        ("x<br>Assignee: Ann Bee<br>Deadline: soon", "x Assignee: Ann Bee Deadline: soon", "Ann Bee", "soon"),
        ("x (@ann).", "x", "ann", ""),
        ("x [~ann]", "x", "[~ann]", ""),
        ("ask [~ann] for x", "ask [~ann] for x", "[~ann]", ""),
        ("ask @ann and @bo", "ask @ann and @bo", "ann", ""),
        ("ask @ann, then @bo again", "ask @ann, then @bo again", "ann", ""),
        ("x @ann \U0001f4c5 2026-12-03 #task", "x @ann \U0001f4c5 2026-12-03 #task", "ann", "2026-12-03"),
        ("x @ann (by 2026-12-03) ^a1-b2", "x", "ann", "2026-12-03"),
        ("n becomes n ^2", "n becomes n ^2", None, ""),
        ("x due: 2026-12-03;", "x", None, "2026-12-03"),
        ("x \U0001f5d3\ufe0f [[2026-12-03]]", "x", None, "[[2026-12-03]]"),
        ("mail x@example.com", "mail x@example.com", None, ""),
        ("x @**ann**", "x", "ann", ""),
        (f"x @ann due 2026-12-03 {LINK}", "x OPS-1", "ann", "2026-12-03"),
        (f"x (by 2026-12-03) @ann ({LINK}).", "x (OPS-1).", "ann", "2026-12-03"),
        ("x @ann (OPS-1)", "x (OPS-1)", "ann", ""),
        (f"x @ann {LINK} — OPS-2", "x OPS-1", "ann", ""),
        ("x @ann OPS-1", "x @ann OPS-1", "ann", ""),
        (f"x @ann see {LINK}, too", "x @ann see OPS-1, too", "ann", ""),
        (f"{LINK} x @ann", "OPS-1 x", "ann", ""),
        ("x @Ann Bee by Dec 3, 2026", "x @Ann Bee", "Ann", "Dec 3, 2026"),
        ("x due 3 December 2026.", "x due 3 December 2026.", None, ""),
        ("x due to the outage of 12/31/2026", "x due to the outage of 12/31/2026", None, ""),
        ("x due 12/31/2026.", "x", None, "12/31/2026"),
        ("x until Stage 3, 2026", "x until Stage 3, 2026", None, ""),
        ("made by hand by 3. Dezember 2026 @ann", "made by hand", "ann", "3. Dezember 2026"),
        ("x (@ann, due 2026-12-03)", "x (@ann, due 2026-12-03)", "ann", "2026-12-03"),
        ("x (owner: Ann Bee, due: 2026-12-03)", "x (owner: Ann Bee, due: 2026-12-03)", "Ann Bee", "2026-12-03"),
        ("x (the owner: who pays)", "x (the owner: who pays)", None, ""),
        ("Ask the owner: Ann", "Ask the owner: Ann", None, ""),
        (r"x \(owner\: Ann\, due\: 2026\-12\-03\)", "x (owner: Ann, due: 2026-12-03)", None, ""),
        ("x due 2026-12-03 @ann", "x", "ann", "2026-12-03"),
        ("x by December", "x by December", None, ""),
        ("stop by 3/4/2026", "stop by 3/4/2026", None, ""),
        ("x [due:: 2026-12-03] #a", "x [due:: 2026-12-03] #a", None, "2026-12-03"),
    ],
)  # fmt: skip
def test_owner_and_deadline_stand_at_the_end_in_either_order_or_within(
    words: str, task: str, owner: str | None, deadline: str
) -> None:
    item = one(f"- [ ] {words}")
    assert (item.task, item.owner, item.deadline_text) == (task, owner, deadline)


FRONT = """---
incident: Q1
commander: Lena Park
reviewers: ["[[Jo Vik]]", "Mira Jung (2026-11-28)"]
ended: 2026-11-28T10:00:00+01:00
---
## Timeline of Events
| Time | What |
|---|---|
| 02:10 | Bo Cee (P1ABC) acknowledged after 2 min |
| 02:11 | Dana Doe noted: "It is the disk" |
| 02:11 | Deploy Relay (bot) noted: "x" |
| 02:11 | Automation acknowledged |
| 02:12 | Lookout reported "x" |
"""


@pytest.mark.parametrize(
    ("words", "owner"),
    [
        ("Lena: raise it", "Lena"),
        ("Jo Vik: raise it", "Jo Vik"),
        ("Mira - raise it", "Mira"),
        ("**Lena Park:** raise it", "Lena Park"),
        ("**bo** \u2013 raise it", "bo"),
        ("Lena & Dana: raise it", "Lena, Dana"),
        ("[Lena] raise it", "Lena"),
        ("raise it (Bo Cee)", "Bo Cee"),
        ("raise it — Dana.", "Dana"),
        ("raise it [Bo]", "Bo"),
        ("Lena: tell @bo of it", "Lena"),
        ("@kim: pair with @bo", "kim"),
        ("@Kim Doe: raise it", "Kim Doe"),
        ("@[Kim Doe] - raise it", "Kim Doe"),
        ("kim@example.com: raise it", "kim@example.com"),
        ("[Kim](mailto:kim@example.com): raise it", "kim@example.com"),
        ("Owner: Kim Doe — raise it", "Kim Doe"),
        ("raise it - owner: Kim Doe", "Kim Doe"),
        ("Kim: raise it", None),
        ("Lookout: raise it", None),
        ("Deploy: raise it", None),
        ("Automation: raise it", None),
        ("Note: raise it", None),
        ("P1: raise it", None),
        ("Lena, Backend: raise it", None),
        ("Lena told us: raise it", None),
        ("Lena raises it", None),
        ("raise it (Backend)", None),
        ("raise it for Lena", None),
        ("**Owner:** rotate the keys", None),
        ("Owner: rotate the keys", None),
        ("take @acme/pool into use", None),
        ("use `@cache` for it", None),
        ("raise it (kim@example.com)", None),
    ],
)
def test_a_name_is_an_owner_where_the_document_knows_it_or_it_is_one_for_sure(
    words: str, owner: str | None
) -> None:
    (item,) = read(f"{FRONT}{HEAD}- [ ] {words}\n", NAMES).items
    assert (item.task, item.owner) == (plain(words), owner)


@pytest.mark.parametrize(
    ("words", "task", "owner", "deadline"),
    [
        ("x — 2026-12-01", "x", None, "2026-12-01"),
        ("Lena: x - 2026-12-01", "Lena: x", "Lena", "2026-12-01"),
        ("the outage of — 2026-11-28", "the outage of — 2026-11-28", None, ""),
        ("x (2026-12-01)", "x (2026-12-01)", None, ""),
        ("x - by 2026-12-01", "x", None, "2026-12-01"),
        ("x, due 2026-12-01", "x", None, "2026-12-01"),
        ("x -> @ann", "x", "ann", ""),
        ("x - Owner: @ann, due 2026-12-01", "x", "ann", "2026-12-01"),
        ("x @ann cc @bo", "x @ann cc @bo", "ann", ""),
        ("go through it with @bo", "go through it with @bo", "bo", ""),
    ],
)
def test_what_joins_owner_and_deadline_to_a_task_is_no_word_of_it(
    words: str, task: str, owner: str | None, deadline: str
) -> None:
    (item,) = read(f"{FRONT}{HEAD}- [ ] {words}\n", NAMES).items
    assert (item.task, item.owner, item.deadline_text) == (task, owner, deadline)


@pytest.mark.parametrize(
    ("words", "task", "owner"),
    [
        ("==x== y", "x y", None),
        ("x %%ask @bo%%", "x", None),
        ("x %%ask Bo%% @ann", "x", "ann"),
        ("see [[Limits|the limit]] of [[Pool]]", "see the limit of Pool", None),
        ("x ~~y~~ @ann", "x", "ann"),
        ("x ~~@bo~~ z", "x z", None),
        ("x <!-- @bo -->", "x", None),
        ("x <!-- @bo --> @ann", "x", "ann"),
        ("run `[[ a ]] %%b%% ==c==`", "run [[ a ]] %%b%% ==c==", None),
        ("a == b == c", "a == b == c", None),
        ("test [[ -f x ]] first", "test [[ -f x ]] first", None),
        ("take list[[0]] of it", "take list[[0]] of it", None),
        (r"\==x== \[\[y\]\] \%%z%%", "==x== [[y]] %%z%%", None),
        ("from 100%% to 20%% of it", "from 100%% to 20%% of it", None),
    ],
)
def test_what_other_editors_mark_or_hide_is_read_as_they_show_it(
    words: str, task: str, owner: str | None
) -> None:
    item = one(f"- [ ] {words}")
    assert (item.task, item.owner) == (task, owner)
    if owner is None and "@" not in words and "~" not in words:
        (row,) = read(
            f"{HEAD}| Task |\n|---|\n| {words.replace('|', chr(92) + '|')} |\n", NAMES
        ).items
        assert row.task == task


@pytest.mark.parametrize("task", ["==x== y", "x %%y%%", "[[x]] y", "[[x|y]] z", "a==b", "~~x~~ y"])
@pytest.mark.parametrize("old", ["- [ ] x", "| Task |\n|---|\n| x |"])
def test_words_of_a_tracker_with_such_marks_are_read_as_they_were_written(
    old: str, task: str
) -> None:
    text = write(f"{HEAD}{old}\n", NAMES, [CellEdit(0, task=task)])
    (item,) = read(text, NAMES).items
    assert item.task == task


WORDY = """---
incident: Q1
commander: Mark Twain
owner: Grace Hopper
reviewers: [April May, Aurora Lee, Cassandra Roe, Bo Cee, Alex Kim, Alex Roe, Max Frisch, Payment Gateway]
services: [Payment Gateway, Cassandra]
teams: [Bo and friends]
ended: 2026-11-28T10:00:00Z
---
## Timeline of Events
| Time | What |
|---|---|
| 02:10 | Kim Doe (PABC123) acknowledged |
| 02:11 | Kim Doe (PABC124) acknowledged |
| 02:12 | Jan Vik (PABC125) acknowledged |
| 02:13 | Jan Vik (PABC125) noted: "x" |
| 02:14 | Ledger Service acknowledged the request twice |
| 02:15 | Eva Moor acknowledged again for 5 min [log](https://p.example) |
| 02:16 | Ole Dahl acknowledged [log](https://p.example) |
"""


@pytest.mark.parametrize(
    "words",
    [
        "Grace: period for retries",
        "Mark: the alert as stale",
        "**Mark** \u2013 the alert as stale",
        "raise the limit (max)",
        "raise the limit — max",
        "April: rotate the keys",
        "rotate the keys — April",
        "rotate the keys (April)",
        "Cassandra: raise the heap",
        "Aurora: raise the limit",
        "Ledger: raise the limit",
        "raise the heap (Cassandra)",
        "Payment Gateway: raise it",
        "Bo: raise it",
        "Alex: raise it",
        "raise it (Alex)",
        "Kim: raise it",
        "Kim Doe: raise it",
        "git@example.com: rotate the key",
        "no-reply@example.com \u2013 raise it",
    ],
)
def test_a_first_name_that_may_mean_something_else_is_no_owner(words: str) -> None:
    (item,) = read(f"{WORDY}{HEAD}- [ ] {words}\n", NAMES).items
    assert (item.task, item.owner) == (plain(words), None)


@pytest.mark.parametrize(
    ("words", "owner"),
    [
        ("Mark Twain: raise it", "Mark Twain"),
        ("@Mark: raise it", "Mark"),
        ("raise it (Mark)", "Mark"),
        ("Grace & Mark: raise it", "Grace, Mark"),
        ("April May: raise it", "April May"),
        ("Cassandra Roe: raise it", "Cassandra Roe"),
        ("Alex Roe: raise it", "Alex Roe"),
        ("Jan: raise it", "Jan"),
        ("Eva: raise it", "Eva"),
        ("Ole: raise it", "Ole"),
    ],
)
def test_a_name_that_means_one_person_is_an_owner_whatever_else_it_means(
    words: str, owner: str
) -> None:
    (item,) = read(f"{WORDY}{HEAD}- [ ] {words}\n", NAMES).items
    assert (item.task, item.owner) == (plain(words), owner)


@pytest.mark.parametrize(
    "words",
    [
        "load the logs 2026-11-25 \u2013 2026-12-01",
        "load the logs of 2026-11-30 - 2026-12-01",
        "load the logs from Monday — 2026-12-01",
        "load the logs [[2026-11-30]] — 2026-12-01",
    ],
)
def test_a_day_that_ends_a_span_of_time_is_no_deadline(words: str) -> None:
    (item,) = read(f"{WORDY}{HEAD}- [ ] {words}\n", NAMES).items
    assert (item.task, item.deadline_text) == (plain(words.replace("[[", "").replace("]]", "")), "")


@pytest.mark.parametrize("behind", ["@ann", "(by 2026-12-03)", "#ops", "\u2705 2026-12-03"])
def test_a_machines_name_behind_a_dash_is_no_ticket_before_what_is_added(behind: str) -> None:
    assert one(f"- [ ] x — db-3 {behind}").ticket is None
    assert one(f"- [ ] x — OPS-3 {behind}").ticket == TicketCell("OPS-3")
    assert one(f"- [ ] x — [ops-3](https://j.example/browse/OPS-3) {behind}").ticket


def test_a_mere_day_is_no_deadline_where_nothing_says_when_the_incident_was() -> None:
    front = FRONT.replace("ended", "over")
    (item,) = read(f"{front}{HEAD}- [ ] x — 2026-12-01\n", NAMES).items
    assert (item.task, item.deadline) == ("x — 2026-12-01", None)


def test_a_front_matter_that_cannot_be_read_leaves_names_unknown() -> None:
    front = FRONT.replace("Lena Park", "{Lena")
    (item,) = read(f"{front}{HEAD}- [ ] Lena: x\n", NAMES).items
    assert item.owner is None


@pytest.mark.parametrize(
    ("words", "edit", "expected"),
    [
        ("Lena: x", CellEdit(0, owner="bo"), "Lena: x @bo"),
        ("x — 2026-12-01", CellEdit(0, deadline="2026-12-08"), "x (by 2026-12-08)"),
        ("x — @ann", CellEdit(0, owner="bo"), "x @bo"),
        ("see what we work with", CellEdit(0, owner="bo"), "see what we work with @[bo]"),
        ("x", CellEdit(0, task="Lena: y"), "Lena\\: y"),
        ("Lena: x", CellEdit(0, task="y"), "y @Lena"),
        ("x", CellEdit(0, task="y — Lena"), "y &mdash; Lena"),
        ("x", CellEdit(0, task="y —", owner="bo"), "y &mdash; @bo"),
        ("x", CellEdit(0, task="y — z @bo"), "y — z \\@bo"),
        ("x @ann", CellEdit(0, task="y -"), "y \\- @ann"),
        ("x @ann", CellEdit(0, task="y;"), "y\\; @ann"),
    ],
)
def test_a_box_that_knows_people_changes_so_that_it_reads_as_it_should(
    words: str, edit: CellEdit, expected: str
) -> None:
    text = f"{FRONT}{HEAD}- [ ] {words}\n"
    changed = write(text, NAMES, [edit])
    assert changed == f"{FRONT}{HEAD}- [ ] {expected}\n"
    assert write(changed, NAMES, [edit]) == changed


@pytest.mark.parametrize(
    "task",
    [
        *("Lena: y", "Lena - y", "[Lena] y", "(Lena) y", "y (Lena)", "y [Lena]", "y — Lena"),
        *("y -> Lena", "Lena & Dana: y", "y — 2026-12-01", "@ann: y", "ann@example.com: y"),
    ],
)
@pytest.mark.parametrize(
    "old", ["x", "x @bo", "x — 2026-12-02", "x (Dana) — 2026-12-02", f"x — {LINK} (Open) @bo"]
)
def test_a_trackers_summary_names_neither_owner_nor_deadline(old: str, task: str) -> None:
    text = f"{FRONT}{HEAD}- [ ] {old}\n"
    (before,) = read(text, NAMES).items
    changed = write(text, NAMES, [CellEdit(0, task=task)])
    (item,) = read(changed, NAMES).items
    told = (item.task, item.owner, item.deadline_text, item.ticket)
    assert told == (task, before.owner, before.deadline_text, before.ticket)
    assert write(changed, NAMES, [CellEdit(0, task=task)]) == changed


@pytest.mark.parametrize(
    ("words", "task", "ticket", "status"),
    [
        (f"x — {LINK}", "x", TICKET, ""),
        (f"x — {LINK} (To Do)", "x", TICKET, "To Do"),
        (f"x -- {LINK} ()", "x", TICKET, ""),
        (f"x \u2013 {LINK}\n  (To\n  Do)", "x", TICKET, "To Do"),
        (f"x — as {LINK}", "x — as OPS-1", None, ""),
        (f"x — {LINK} and more", "x — OPS-1 and more", None, ""),
        (f"x — OPS-2 — {LINK} (Done)", "x — OPS-2", TICKET, "Done"),
        (f"x — OPS-2 (see — {LINK})", "x — OPS-2 (see — OPS-1)", None, ""),
        (f"x — OPS-2 ({LINK})", "x — OPS-2 (OPS-1)", None, ""),
        ("x — OPS-2 (as OPS-3)", "x", TicketCell("OPS-2"), "as OPS-3"),
        ("x-OPS-2", "x-OPS-2", None, ""),
        ("x — (OPS-2)", "x — (OPS-2)", None, ""),
        (f"— {LINK}", "— OPS-1", None, ""),
    ],
)  # fmt: skip
def test_the_ticket_stands_behind_a_dash_at_the_end(
    words: str, task: str, ticket: TicketCell | None, status: str
) -> None:
    item = one(f"- [ ] {words}")
    assert (item.task, item.ticket, item.status_text) == (task, ticket, status)


@pytest.mark.parametrize(
    ("behind", "owner", "deadline", "status"),
    [
        (" @ann", "ann", "", "To Do"),
        (" @[Ann Bee].", "Ann Bee", "", "To Do"),
        (" @ann (by 2026-12-03)", "ann", "2026-12-03", "To Do"),
        (" (by 2026-12-03)", None, "2026-12-03", "To Do"),
        (" due: 2026-12-03 @ann", "ann", "2026-12-03", "To Do"),
        (" \u2705 2026-11-25", None, "", "To Do"),
        (" \u2705 2026-11-25 ^a1", None, "", "To Do"),
        (" \u23eb \U0001f4c5 2026-12-03 #ops", None, "2026-12-03", "To Do"),
        (" \U0001f501 every week \U0001f6eb [[2026-11-30]] \U0001f4c5 2026-12-03", None, "2026-12-03", "To Do"),
        (" [due:: 2026-12-03] [owner:: Ann Bee]", "Ann Bee", "2026-12-03", "To Do"),
        (" #ops", None, "", "To Do"),
    ],
)  # fmt: skip
def test_what_people_and_plugins_add_behind_a_ticket_is_read_and_no_word_of_the_task(
    behind: str, owner: str | None, deadline: str, status: str
) -> None:
    for told, shown in ((" (To Do)", status), (" (Done (Won't Do))", "Done (Won't Do)"), ("", "")):
        item = one(f"- [ ] x y — {LINK}{told}{behind}")
        assert (item.task, item.ticket, item.status_text) == ("x y", TICKET, shown)
        assert (item.owner, item.deadline_text) == (owner, deadline)


def test_what_stands_behind_a_ticket_goes_before_what_stands_before_it() -> None:
    item = one(f"- [ ] x @bo (by 2026-12-01) — {LINK} (To Do) @ann (by 2026-12-03)")
    assert (item.task, item.owner, item.deadline_text) == ("x", "ann", "2026-12-03")


@pytest.mark.parametrize(
    "behind",
    ["and more", "@ann and more", "(by hand) and so on", "2026", "[more](https://x.example)"],
)
def test_other_words_behind_a_ticket_are_words_of_the_task(behind: str) -> None:
    item = one(f"- [ ] x — OPS-2 {behind}")
    assert (item.ticket, item.task) == (None, plain(f"x — OPS-2 {behind}"))


@pytest.mark.parametrize(
    ("words", "edit", "expected"),
    [
        (f"x — {LINK} (Open) @ann", CellEdit(0, owner="bo"), f"x — {LINK} (Open) @bo"),
        (f"x — {LINK} (Open) @ann", CellEdit(0, TICKET, "Done"), f"x — {LINK} (Done) @ann"),
        (f"x — {LINK} (Open) @ann", CellEdit(0, task="y"), f"y — {LINK} (Open) @ann"),
        (f"x — {LINK} (Open) (see the wiki)", CellEdit(0, TICKET, "Done"), f"x — {LINK} (Done) (see the wiki)"),
        (f"x — {LINK} (Open (a)) (b) @ann", CellEdit(0, TICKET, "Done"), f"x — {LINK} (Done) (b) @ann"),
        (f"x — {LINK} @ann", CellEdit(0, TICKET, "Done"), f"x — {LINK} (Done) @ann"),
        (f"x — {LINK} (Open) @ann", CellEdit(0, deadline="2026-12-03"), f"x (by 2026-12-03) — {LINK} (Open) @ann"),
        (f"x — {LINK} \U0001f4c5 2026-12-01", CellEdit(0, deadline="2026-12-03"), f"x — {LINK} (by 2026-12-03)"),
        (f"x — {LINK} (Open) \u2705 2026-12-01", CellEdit(0, owner="bo"), f"x @bo — {LINK} (Open) \u2705 2026-12-01"),
    ],
)  # fmt: skip
def test_what_stands_behind_a_ticket_is_changed_there(
    words: str, edit: CellEdit, expected: str
) -> None:
    changed = write(f"{HEAD}- [ ] {words}\n", NAMES, [edit])
    assert changed == f"{HEAD}- [ ] {expected}\n"
    assert write(changed, NAMES, [edit]) == changed


@pytest.mark.parametrize(
    ("words", "edit", "expected"),
    [
        ("x", CellEdit(0, TICKET), f"x — {LINK}"),
        ("x", CellEdit(0, TICKET, "[a] | b"), f"x — {LINK} (\\[a\\] \\| b)"),
        ("x", CellEdit(0, None, "Done"), "x"),
        (f"x — {LINK}", CellEdit(0, None, "Done"), f"x — {LINK} (Done)"),
        (f"x — {LINK} ()", CellEdit(0, None, "Done"), f"x — {LINK} (Done)"),
        (f"x — {LINK} (Done)", CellEdit(0, TICKET, "**Done**"), f"x — {LINK} (\\*\\*Done\\*\\*)"),
        (f"x — {LINK} (Done)", CellEdit(0, TICKET, " Done "), f"x — {LINK} (Done)"),
        ("x @ann — OPS-2", CellEdit(0, TicketCell("OPS-3")), "x @ann — OPS-3"),
        ("x", CellEdit(0, owner="ann"), "x @ann"),
        ("x (by 2026-12-03)", CellEdit(0, owner="ann"), "x @ann (by 2026-12-03)"),
        ("x @ann", CellEdit(0, owner="[bo]"), "x @[&#91;bo&#93;]"),
        ("x @ann", CellEdit(0, owner=" ann "), "x @ann"),
        ("x @ann", CellEdit(0, deadline="2026-12-03"), "x @ann (by 2026-12-03)"),
        ("x @ann (due 2026-12-03) — OPS-2", CellEdit(0, deadline=""), "x @ann — OPS-2"),
        ("x", CellEdit(0, deadline=" "), "x"),
        ("x", CellEdit(0, priority="High"), "x"),
        ("x", CellEdit(0, task="y @bo"), "y \\@bo"),
        ("x @ann", CellEdit(0, task="y @bo"), "y \\@bo @ann"),
        ("ask @ann to x", CellEdit(0, task="x"), "x @ann"),
        ("ask @ann to x", CellEdit(0, task="tell @ann"), "tell @ann"),
        ("ask @ann to x", CellEdit(0, task="tell @ann of x"), "tell @ann of x"),
        ("ask @ann to x", CellEdit(0, task="tell @bo of x"), "tell \\@bo of x @ann"),
        ("ask @ann to x", CellEdit(0, task="tell", owner="bo"), "tell @[bo]"),
        ("x", CellEdit(0, task="y (by 2026-12-03)"), "y \\(by 2026\\-12\\-03\\)"),
        ("x", CellEdit(0, task="y - OPS-7"), "y \\- OPS\\-7"),
        ("x", CellEdit(0, task=" "), "x"),
        ("x", CellEdit(1, TICKET, "Done", "y", "bo", "High", "soon"), "x"),
        (f"x @ann {LINK}", CellEdit(0, TICKET, "Done"), f"x @ann — {LINK} (Done)"),
        ("x @ann (OPS-1).", CellEdit(0, TICKET, "Done"), f"x @ann — {LINK} (Done)"),
        ("x (OPS-2)", CellEdit(0, TICKET), f"x (OPS-2) — {LINK}"),
        ("x [OPS-2]", CellEdit(0, deadline="2026-12-03"), "x (by 2026-12-03) [OPS-2]"),
        ("x — Ann Bee — 2026-12-03", CellEdit(0, TICKET, owner="bo"), f"x @bo (by 2026-12-03) — {LINK}"),
        ("x — 2026-12-03 — Ann Bee", CellEdit(0, deadline=""), "x @[Ann Bee]"),
        ("x — Ann Bee — 2026-12-03", CellEdit(0, task="y"), "y — Ann Bee — 2026-12-03"),
        ("x (Ann Bee, 2026-12-03)", CellEdit(0, task="y"), "y @[Ann Bee] (by 2026-12-03)"),
        ("x [due:: 2026-12-03] #a", CellEdit(0, task="y"), "y (by 2026-12-03)"),
        ("x", CellEdit(0, task="y (due: 2026-12-03) z"), r"y \(due\: 2026\-12\-03\) z"),
        ("x", CellEdit(0, task="y; Owner: Bo"), r"y\; Owner\: Bo"),
        ("x @ann @bo", CellEdit(0, owner="cy"), "x @cy"),
        ("x (by 2026-12-03) (by 2026-12-04)", CellEdit(0, deadline="2026-12-05"), "x (by 2026-12-05)"),
        ("x @ann ^a1-b2", CellEdit(0, TICKET, owner="bo"), f"x @bo — {LINK} ^a1-b2"),
        (f"x — {LINK} (Open) ^a1", CellEdit(0, TICKET, "Done"), f"x — {LINK} (Done) ^a1"),
        ("x", CellEdit(0, task="y ^a1"), r"y \^a1"),
        ("x (UTF-8) — OPS-2", CellEdit(0, task="y (UTF-8)"), "y \\(UTF\\-8\\) — OPS-2"),
        ("x @ann (UTF-8) — OPS-2", CellEdit(0, task="y"), "y @ann — OPS-2"),
    ],
)  # fmt: skip
def test_a_box_changes_in_the_piece_that_differs(words: str, edit: CellEdit, expected: str) -> None:
    result = write(f"{HEAD}1. [X] {words}\n", NAMES, [edit])
    assert result == f"{HEAD}1. [X] {expected}\n"


def test_a_status_names_no_owner_and_no_deadline() -> None:
    item = one(f"- [ ] x — {LINK} (for @bo \U0001f4c5 2026-12-03)")
    assert (item.owner, item.deadline_text) == (None, "")


def test_a_box_changes_though_the_one_above_it_does_not() -> None:
    text = f"- [ ] w\n\n{HEAD}- [ ] x\n- [ ] y\n"
    assert write(text, NAMES, [CellEdit(1, TICKET)]) == text.replace("y\n", f"y — {LINK}\n")


def test_several_boxes_change_each_in_its_place() -> None:
    text = f"{HEAD}- [ ] x\n  - [ ] y\n- [ ] z\n"
    result = write(
        text, NAMES, [CellEdit(0, owner="a"), CellEdit(2, task="Z"), CellEdit(1, TICKET)]
    )
    assert result == f"{HEAD}- [ ] x @a\n  - [ ] y — {LINK}\n- [ ] Z\n"


def test_a_status_goes_no_further_than_from_its_own_ticket() -> None:
    item = one(f"- [ ] Write \u2014 {LINK} (To Do) - OPS-9 {LINK} (Done) \u2014 {LINK} (Open)")
    assert (item.ticket, item.status_text) == (TICKET, "Open")


def test_a_box_of_dashes_alone_is_read_to_its_end() -> None:
    item = one(f"- [ ] Write {'- ' * 50_000}\u2014 {LINK} (Open)")
    assert (item.ticket, item.status_text) == (TICKET, "Open")  # it took 20 s


def test_a_ticket_stands_before_the_end_of_the_container_that_its_box_is_in() -> None:
    text = f"{HEAD}:::info\n- [ ] x\n:::\n\n%%\n- [ ] hidden\n%%\n"
    assert write(text, NAMES, [CellEdit(0, TICKET)]) == text.replace("] x", f"] x — {LINK}")
    behind = f"{HEAD}- [ ] x\n::: — {LINK} (Open)\n"  # where earlier releases put it
    assert one(behind.removeprefix(HEAD).rstrip()).ticket == TICKET


def test_an_editors_mark_below_a_table_is_no_row_and_not_told() -> None:
    text = f"{HEAD}:::\nTask | Owner\n---|---\nx | ann\n:::\n"
    assert not read(text, NAMES).problems
    result = write(text, NAMES, [CellEdit(0, TICKET)])
    assert result.endswith(f"\nx | ann | {LINK} | {'':6}\n:::\n")


@pytest.mark.parametrize("box", ["- [ ]\u00a0x", "- [\u00a0] x", "- [ ]\u3000x", "- [ ] \u200bx"])
def test_a_box_may_have_any_kind_of_space(box: str) -> None:
    assert (one(box).task, one(box).checked) == ("x", False)


@pytest.mark.parametrize(
    "line",
    [
        f"- [ ] x{SPACES}y",
        f"- [ ] x (by{SPACES}y",
        f"- [ ] x N/A{SPACES}y",
        f"- [ ] n/a{SPACES}y",
        f"- [ ] x \U0001f4c5{SPACES}y",
        f"- [ ] x [y](mailto:{'y' * 100_000}",
        f"{SPACES}[y",
        f"x\n{SPACES}[y",
        "- [ ] x" + " \u2014 OPS-1 (" * 30_000,
    ],
    ids=range(9),
)
def test_a_long_line_is_read_in_one_go(line: str) -> None:
    found = read(f"{HEAD}{line}\n", NAMES)  # in the square of its length it took minutes
    assert len(found.items) == line.startswith("-")


def test_the_tickets_of_a_box_are_looked_for_a_few_times_however_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked = Counter[str]()
    mention = action_item_values._mention

    def counted(found: re.Match[str]) -> Mention | None:
        looked[found[0]] += 1
        return mention(found)

    monkeypatch.setattr(action_item_values, "_mention", counted)
    item = one(f"- [ ] x{f' — {LINK} (y)' * 300}")
    assert (item.ticket, item.status_text) == (TICKET, "y")
    assert looked.total() < 300 * 10, "each was looked at once for each that stands before it"


def test_a_line_in_bold_letters_below_a_box_is_no_word_of_it() -> None:
    text = f"{HEAD}- [ ] x\n**Later:**\n- [ ] y\n  **now**\n"
    assert [item.task for item in read(text, NAMES).items] == ["x", "y now"]


BELOW = """- [ ] x
  - **Owner:** Ann Bee
  - Due date: 2026-12-03, **Priority:** High
  - Jira: OPS-7
- [ ] y
  Owner: [name]
  **due:** Dec 3, 2026
- [ ] z

  > Assignee: @bo
  - [ ] w
    * owner: cy
- [ ] v is for all who are
  responsible: they know
  ```
  owner: nobody
  ```
"""


def test_lines_below_a_box_say_whose_it_is_and_when_it_is_due() -> None:
    items = read(HEAD + BELOW, NAMES).items
    assert [(one.task, one.owner, one.deadline_text, one.priority) for one in items] == [
        ("x", "Ann Bee", "2026-12-03", "High"),
        ("y", None, "Dec 3, 2026", None),
        ("z", "@bo", "", None),
        ("w", "cy", "", None),
        ("v is for all who are responsible: they know", None, "", None),
    ]
    assert items[0].mentions == (TicketCell("OPS-7"),)


def test_what_lines_below_a_box_say_changes_in_them() -> None:
    edits = [
        CellEdit(0, TICKET, "To Do", "X", "bo", "Low", "2026-12-05"),
        CellEdit(1, TICKET, "To Do", owner="cy", deadline=""),
    ]
    text = HEAD + BELOW
    result = write(text, NAMES, edits)
    assert result.splitlines()[1:8] == [
        f"- [ ] X — {LINK} (To Do)",
        "  - **Owner:** bo",
        "  - Due date: 2026-12-05, **Priority:** Low",
        "  - Jira: OPS-7",
        f"- [ ] y — {LINK} (To Do)",
        "  Owner: cy",
        "  **due:** ",
    ]
    assert result.endswith(text[text.index("- [ ] z") :])
    assert write(result, NAMES, edits) == result


def test_a_line_that_is_broken_by_force_ends_before_its_mark() -> None:
    text = f"{HEAD}- [ ] x\\\n  Owner: Ann Bee\\\n  Due: 2026-12-03\n"
    (item,) = read(text, NAMES).items
    assert (item.task, item.owner, item.deadline_text) == ("x", "Ann Bee", "2026-12-03")
    assert write(text, NAMES, [CellEdit(0, TICKET)]) == text.replace("x\\", f"x — {LINK}\\")


def test_a_ticket_that_stands_behind_the_lines_below_a_box_is_still_its_own() -> None:
    item = one(f"- [ ] x\n  Owner: Ann Bee\n  Due: 2026-12-03 — {LINK} (To Do)")
    assert (item.task, item.ticket) == ("x Owner: Ann Bee", TICKET)
