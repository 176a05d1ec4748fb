"""Action items as people and their editors leave them: what becomes a ticket, and what is told."""

from dataclasses import replace
from datetime import date

import pytest

from config.template_names import HEADINGS, Names, Section
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox.projects import PEOPLE
from tests.acceptance.world import World
from worker.app.preflight import preflight
from worker.jobs.results import IncidentResult

KINDS = (SiteKind.CLOUD,)

SECTION = "## 6. Action Items"
HEADER = (
    "| Task Description | Owner | Priority | Deadline |\n"
    "|------------------|-------|----------|----------|\n"
)


def with_section(here: World, body: str, heading: str = SECTION) -> None:
    """Put other words in the place of the action items' section, as an editor would."""

    def change(text: str) -> str:
        before, _, rest = text.partition(f"{SECTION}\n")
        after = rest[rest.index("---\n\n## 7.") :]
        return f"{before}{heading}\n{body}\n{after}"

    here.edit(change)


def drafted(here: World, body: str, heading: str = SECTION) -> World:
    here.sync()
    with_section(here, body, heading)
    return here


def words(result: IncidentResult) -> str:
    return " ".join((*result.warnings, *result.failures))


@pytest.mark.parametrize(
    "row",
    [
        r"| \[Action item 1: Add monitoring] | \[Owner 1] | \[High/Low] | \[YYYY-MM-DD] |",
        r"| \[Action item 1: Add monitoring\] | \[Owner 1\] | | |",
        "| **[Action item 1: Add monitoring]** | *[Owner 1]* | | |",
        "| `[Action item 1]` | | | |",
        "| [Action item 1]() | | | |",
        "| &#91;Action item 1&#93; | | | |",
        r"* [ ] \[Action item 1]",
        "| \u200b[Action item 1: Add monitoring]\u200b | | | |",
        "| [Action item 1: Add monitoring]. | | | |",
        "| [Action item 1: Watch the [service]] | | | |",
        "| [Action item 1] [Action item 2] | | | |",
        "| - [ ] [Action item 1] | | | |",
        "| \uff3bAction item 1\uff3d | | | |",
    ],
)
def test_what_reads_as_a_placeholder_is_one(here: World, row: str) -> None:
    drafted(here, f"\n{row}\n" if row.startswith("*") else HEADER + row)
    result = here.sync()
    assert here.tickets() == {}
    assert not result.failures


@pytest.mark.parametrize(
    "cell",
    [
        *("TBD", "n/a", "N/A.", "None", "none yet", "-", "\u2014", "...", "?", "**TBD**"),
        *("T.B.D.", "No action", "None at this time", "No follow-up needed", "to be discussed"),
        *("^", "^^", '"', "\u3003"),
    ],
)
def test_a_word_for_nothing_is_no_action_item(here: World, cell: str) -> None:
    drafted(here, f"{HEADER}| {cell} | | | |\n| Add an alert | TBD | | n/a |\n\n- [ ] {cell}\n")
    result = here.sync()
    assert list(here.tickets().values()) == ["Add an alert"]
    assert ("nothing to do" in words(result)) == any(one.isalpha() for one in cell)
    assert "'n/a'" not in words(result).replace(f"('{cell}')", "")


def test_words_for_nothing_are_configured(here: World) -> None:
    here.policy = replace(here.policy, names=Names(nothing=("keine",)))
    drafted(here, f"{HEADER}| Keine | | | |\n| TBD | | | |\n")
    here.sync()
    assert list(here.tickets().values()) == ["TBD"]


@pytest.mark.parametrize(
    "row",
    [
        "| ~~Add an alert~~ | Aiko Brandt | | |",
        "| ~Add an alert~ | | | |",
        "| <del>Add an alert</del> | | | |",
        "| **~~Add an alert~~** | | | |",
        "| ~~Add an alert~~ done | | | |",
        "- [x] Add an alert",
        "- [X] Add an alert @aiko",
        "- [ ] ~~Add an alert~~",
        "| [x] Add an alert | | | |",
        r"| - \[X\] Add an alert | | | |",
        "| \u2611 Add an alert | | | |",
        "| \u2705 Add an alert | Aiko Brandt | | |",
    ],
)
def test_a_row_that_is_struck_out_or_ticked_gets_no_ticket_and_is_told(
    here: World, row: str
) -> None:
    drafted(here, f"\n{row}\n" if row.startswith("-") else HEADER + row)
    result = here.sync()
    assert here.tickets() == {}
    assert "no ticket is made for it" in words(result)
    assert "Add an alert" in words(result)


@pytest.mark.parametrize(
    "status", ["Done", "**Closed**", "done.", "Won't do", "[x]", "\u2705 done"]
)
def test_a_row_that_was_done_before_it_had_a_ticket_gets_none_and_keeps_its_words(
    here: World, status: str
) -> None:
    header = "| Task Description | Owner | Status |\n|---|---|---|\n"
    drafted(here, f"{header}| Add an alert | | {status} |\n| Write it down | | Not started |\n")
    result = here.sync()
    assert list(here.tickets().values()) == ["Write it down"]
    assert "('Add an alert')" in words(result)
    assert f"| Add an alert | | {status} |" in here.text()


def test_a_box_or_a_bullet_in_a_cell_is_none_of_its_words(here: World) -> None:
    drafted(here, f"{HEADER}| [ ] Add an alert | | | |\n| \u2022 Write it down | | | |\n")
    here.sync()
    assert list(here.tickets().values()) == ["Add an alert", "Write it down"]
    here.jira.change(here.linked()[0], summary="Add two alerts")
    here.sync()
    assert "| [ ] Add two alerts |" in here.text()


def test_a_list_in_a_cell_is_words_apart(here: World) -> None:
    cell = "Before:<ul><li>Add an alert</li><li>Drill</li></ul><p>Then rest</p>"
    drafted(here, f"{HEADER}| {cell} | | | |\n")
    here.sync()
    assert list(here.tickets().values()) == ["Before: Add an alert Drill Then rest"]
    assert f"| {cell} |" in here.text()


def test_two_people_in_one_cell_are_told_to_be_one_too_many(here: World) -> None:
    drafted(here, f"{HEADER}| Add an alert | @Aiko Brandt @Jonas Thorvald | | |\n")
    assert "A ticket has one assignee: name one person." in words(here.sync())


@pytest.mark.parametrize(
    "summary",
    ["- [x] Drill", "[ ] Drill", "- Drill", "\u2611 Drill", "* Drill", "[x] a | b", "-1 | x"],
)
def test_a_summary_that_looks_like_a_box_or_a_bullet_is_none(here: World, summary: str) -> None:
    drafted(here, f"{HEADER}| Add an alert | | | |\n")
    here.sync()
    (key,) = here.linked()
    for name in (summary, "Drill twice", summary, summary + " more"):
        here.jira.change(key, summary=name)
        here.sync()
        assert here.items()[0].task == name
        assert here.sync().deeds == ()
        assert here.jira.ticket(key).now.summary == name


def test_what_is_struck_out_of_a_task_is_taken_back(here: World) -> None:
    drafted(here, f"{HEADER}| ~~Raise it to 5~~ Raise it to 10 \u200bMB | | | |\n")
    here.sync()
    assert list(here.tickets().values()) == ["Raise it to 10 MB"]


def test_a_row_that_is_struck_out_later_keeps_its_ticket_and_its_status(here: World) -> None:
    drafted(here, f"{HEADER}| Add an alert | | | |\n\n- [ ] Write it down\n")
    here.sync()
    tickets = here.tickets()
    here.edit(lambda text: text.replace("| Add an alert |", "| ~~Add an alert~~ |"))
    here.edit(lambda text: text.replace("- [ ] Write", "- [x] Write"))
    here.jira.transition(here.linked()[0], "Start progress")
    result = here.sync()
    assert here.tickets() == tickets
    assert here.statuses()[0] == "In Progress"
    assert "no ticket is made" not in words(result)


def test_a_row_that_is_struck_out_with_all_its_cells_takes_nothing_from_its_ticket(
    here: World,
) -> None:
    drafted(here, f"{HEADER}| Add an alert | Aiko Brandt | High | 2026-12-03 |\n")
    here.sync()
    (key,) = here.linked()
    ticket = here.jira.ticket(key).now
    for word in ("Add an alert", "Aiko Brandt", "High", "2026-12-03"):
        here.edit(lambda text, word=word: text.replace(f"| {word} |", f"| ~~{word}~~ |"))
    told = words(here.sync())
    assert "It is struck out, so nothing of it goes to its ticket" in told
    assert key in told
    assert here.sync().warnings == ()
    here.edit(lambda text: text.replace("~~", ""))
    assert here.sync().warnings == ()
    assert here.jira.ticket(key).now == ticket
    here.edit(lambda text: text.replace("2026-12-03", "2026-12-04"))
    here.sync()
    assert here.jira.ticket(key).now.due == date(2026, 12, 4)


@pytest.mark.parametrize(
    "box",
    [
        "Add an alert @aiko.brandt due 2026-12-03 [{key}]({url})",
        "Add an alert @aiko.brandt due 2026-12-03 ([{key}]({url})).",
        "Add an alert (by 2026-12-03) @aiko.brandt ({key})",
        "Add an alert @aiko.brandt by Dec 3, 2026 <{url}>",
        'Add an alert @aiko.brandt due 2026-12-03 [![](https://i.example.com/t.png) {key}]({url} "t")',
        "[{key}]({url}) Add an alert @aiko.brandt due 2026-12-03",
        "{key}: Add an alert @aiko.brandt due 2026-12-03",
        "Add an alert @aiko.brandt due 2026-12-03 — {key}",
    ],
)
def test_a_table_that_became_a_list_keeps_its_ticket_as_it_is(here: World, box: str) -> None:
    drafted(here, f"{HEADER}| Add an alert | Aiko Brandt | High | 2026-12-03 |\n")
    here.sync()
    (key,) = here.linked()
    ticket = here.jira.ticket(key).now
    url = f"{here.jira.url}/browse/{key}"
    with_section(here, f"\n- [ ] {box.format(key=key, url=url)}\n")
    for _ in range(3):
        here.sync()
        assert here.linked() == [key]
        assert here.jira.ticket(key).now == ticket
    assert len(here.tickets()) == 1
    here.edit(lambda text: text.replace("Add an alert", "Add two alerts"))
    here.sync()
    assert here.jira.ticket(key).now.summary == "Add two alerts"


@pytest.mark.parametrize(
    ("owner", "person"),
    [
        ("[~{id}]", 2),
        (r"\[\~{id}]", 2),
        ("@aiko.brandt", 2),
        ("@aiko", 2),
        ("Aiko", 2),
        ("(Aiko Brandt)", 2),
        ("[[Aiko Brandt]]", 2),
        (r"[[Aiko Brandt\|Aiko]]", 2),
        ("[[Aiko Brandt#Team]]", 2),
        ("[Aiko Brandt](https://people.example.com/aiko)", 2),
        ("Aiko Brandt (SRE)", 2),
        ("Aiko Brandt <aiko.brandt@example.com>", 2),
        ("~~Jonas Thorvald~~ Aiko Brandt", 2),
        ("tomasz-wieczorek", 3),
        ("Brandt, Aiko", 2),
        ("\uff21iko Brandt", 2),
    ],
)
def test_an_owner_is_found_as_people_write_one(here: World, owner: str, person: int) -> None:
    one = PEOPLE[person]
    own = f"accountid:{one.account_id}" if here.jira.site.is_cloud else one.handle
    drafted(here, f"{HEADER}| Add an alert | {owner.format(id=own)} | | |\n")
    result = here.sync()
    assert here.jira.ticket(here.linked()[0]).now.assignee == one
    assert result.warnings == ()


@pytest.mark.parametrize("owner", ["[~nobody.known]", "[~accountid:5b10]", "@nobody", "(Nobody)"])
def test_a_mention_that_is_nobody_is_told(here: World, owner: str) -> None:
    drafted(here, f"{HEADER}| Add an alert | {owner} | | |\n")
    result = here.sync()
    assert len(here.tickets()) == 1
    assert "Nobody who can be assigned" in words(result)


def test_a_first_name_of_two_is_the_one_of_the_incident(here: World) -> None:
    here.sync("checkout storm")
    here.sync("quick fix")
    for name in ("checkout storm", "quick fix"):
        here.add_rows("Add an alert | @lena | | ", name=name)
    storm, quick = here.sync("checkout storm"), here.sync("quick fix")
    (key,) = [
        item.ticket.key
        for item in here.items("checkout storm")
        if item.task == "Add an alert" and item.ticket
    ]
    assert here.jira.ticket(key).now.assignee == PEOPLE[4]
    assert "@lena" not in words(storm)
    assert here.jira.ticket(here.linked("quick fix")[0]).now.assignee is None
    assert "Lena Okafor, Lena Okafor-Lind" in words(quick)


def test_the_people_of_the_incident_are_known_where_its_facts_are_not_asked_for(
    here: World,
) -> None:
    here.sync("checkout storm")
    here.add_rows("Add an alert | @lena | | ", name="checkout storm")
    assert not here.run("checkout storm", pulls=False).incidents[0].warnings
    assert PEOPLE[4] in [one.now.assignee for one in here.jira.site.records.values()]


@pytest.mark.parametrize(
    "cell",
    [
        "2027\u201103\u201101",
        "2027\u201303\u201301",
        "@March 1, 2027",
        "[[2027-03-01]]",
        "\U0001f4c5 2027-03-01",
        r"2027\-03\-01",
        "[2027-03-01]",
        "`2027-03-01`",
        "Mon 2027-03-01",
        "~~2027-02-01~~ 2027-03-01",
    ],
)
def test_a_deadline_is_read_in_every_spelling(here: World, cell: str) -> None:
    drafted(here, f"{HEADER}| Add an alert | | | {cell} |\n\n- [ ] Write it (by {cell})\n")
    result = here.sync()
    due = [one.now.due for one in here.jira.site.records.values()]
    assert due[0] == date(2027, 3, 1)
    assert "alert" not in words(result)
    assert cell in here.text()


def test_what_of_a_row_its_ticket_never_got_is_told_by_each_sync(here: World) -> None:
    here.sync()
    here.add_rows("Count the pictures | Nobody Here | P9 | May 4")
    made = words(here.sync())
    assert "The owner 'Nobody Here' cannot be used. Nobody who can be assigned" in made
    assert "has no priority 'P9'" in made
    assert "The deadline 'May 4' cannot be used: it names no year." in made
    for _ in range(2):
        (deadline, owner, priority) = here.sync().warnings
        assert "May 4" in deadline
        assert "The owner 'Nobody Here' cannot be used." in owner
        assert "has no priority 'P9'; it has" in priority


def test_a_ticket_put_in_the_place_of_a_deleted_one_leaves_no_row_to_tell_of(here: World) -> None:
    here.sync()
    here.add_rows("Count the pictures")
    here.sync()
    (key,) = here.linked()
    with here.jira.site.lock:
        del here.jira.site.records[here.jira.ticket(key).now.id]
    here.sync()
    here.edit(
        lambda text: "\n".join(
            "| Count the pictures | | | | | |" if "Count the pictures" in one else one
            for one in text.split("\n")
        )
    )
    assert "is gone" not in words(here.sync())
    assert here.linked() != [key]


def test_a_deadline_that_is_none_is_told_once_with_what_becomes_of_the_ticket(here: World) -> None:
    here.sync()
    here.add_rows("Count the pictures |  |  | soon")
    planned, made = here.sync(dry_run=True), here.sync()
    (key,) = here.tickets()
    line = here.text()[: here.text().index("Count the pictures")].count("\n") + 1
    row = f"Line {line} ('Count the pictures') of {here.path().name}"
    no_date = f"{row}: The deadline 'soon' cannot be used: it is no date. Use YYYY-MM-DD."
    assert planned.warnings == (f"{no_date} The ticket would be created without it.",)
    assert made.warnings == (f"{no_date} The ticket {key} was created without it.",)
    (again,) = here.sync().warnings
    assert "has the deadline 'soon', and it is no date" in again
    here.edit(lambda text: text.replace("| soon ", "| later "))
    (changed,) = here.sync().warnings
    assert changed.startswith(f"{row}: The deadline 'later' cannot be used")


@pytest.mark.parametrize("word", ["TBD", "n/a", "-", "[Action item 1: Add monitoring]", "[ ]"])
@pytest.mark.parametrize("form", ["| {} | Aiko Brandt | | |", "- [ ] {} @aiko.brandt"])
def test_a_task_that_becomes_a_word_for_nothing_renames_no_ticket(
    here: World, form: str, word: str
) -> None:
    drafted(here, f"{'' if form.startswith('-') else HEADER}{form.format('Add an alert')}\n")
    here.sync()
    here.edit(lambda text: text.replace("Add an alert", word))
    result = here.sync()
    assert list(here.tickets().values()) == ["Add an alert"]
    assert f"'{word}' says nothing to do. Close the ticket" in words(result)
    assert here.sync().warnings == ()
    (key,) = here.tickets()
    here.jira.change(key, summary="Add two alerts")
    here.sync()
    assert [item.task for item in here.items()] == ["Add two alerts"]
    here.edit(lambda text: text.replace("Add two alerts", "Add three"))
    here.sync()
    assert here.tickets() == {key: "Add three"}


@pytest.mark.parametrize(
    "words",
    [
        "(owner: Aiko Brandt, due: 2026-12-03)",
        "(Owner: Aiko Brandt; due 2026-12-03)",
        "(assigned to: aiko.brandt@example.com, by 2026-12-03)",
        "[owner: Aiko Brandt] [due: 2026-12-03]",
        "(deadline: 2026-12-03, owner: @aiko.brandt)",
    ],
)
def test_a_box_may_name_owner_and_deadline_in_brackets(here: World, words: str) -> None:
    drafted(here, f"\n- [ ] Add an alert {words}\n")
    assert here.sync().warnings == ()
    (key,) = here.linked()
    made = here.jira.ticket(key).now
    assert (made.assignee, made.due) == (PEOPLE[2], date(2026, 12, 3))
    assert f"- [ ] Add an alert {words} " in here.text()
    assert here.sync().deeds == ()
    here.jira.change(key, assignee=PEOPLE[1], due=date(2026, 12, 9))
    here.sync()
    (item,) = here.items()
    assert (item.owner, item.deadline) == ("Jonas Thorvald", date(2026, 12, 9))
    assert here.sync().deeds == ()
    assert here.jira.ticket(key).now.assignee == PEOPLE[1]


def test_points_among_check_boxes_are_told_and_what_is_none_is_not(here: World) -> None:
    boxes = "- [ ] Add an alert\n  - it pages the crew\n- Write the runbook\n- TBD\n- [Action 1]\n"
    more = "- Backend\n  - [ ] Drill\n- ~~Rest~~\n- \u2610 Walk\n\nSee also:\n\n- the review\n"
    drafted(here, f"\n{boxes}{more}")
    point, almost = sorted(here.sync().warnings)
    assert sorted(here.tickets().values()) == ["Add an alert", "Drill"]
    assert "('Write the runbook') is a point of a list and has no box" in point
    assert "Write '- [ ] ' before it" in point
    assert "('Walk') looks like a check box" in almost
    here.edit(lambda text: text.replace("- Write", "- [ ] Write"))
    here.sync()
    assert "Write the runbook" in here.tickets().values()


@pytest.mark.parametrize("column", ["State", "Progress", "**Current status**", "Status"])
def test_what_people_call_the_status_says_what_was_done(here: World, column: str) -> None:
    header = f"| Task Description | Owner | {column} |\n|---|---|---|\n"
    drafted(here, f"{header}| Add an alert | | Done |\n| Write it down | | In progress |\n")
    result = here.sync()
    assert list(here.tickets().values()) == ["Write it down"]
    assert "('Add an alert')" in words(result)
    assert "| Add an alert | | Done |" in here.text()
    if column != "Status":
        assert "| Write it down | | In progress |" in here.text()


def test_rows_below_a_blank_line_are_told(here: World) -> None:
    body = f"{HEADER}| One | | | |\n\n| Two | Aiko Brandt | | |\n| Three | | | |\n"
    drafted(here, body)
    result = here.sync()
    assert list(here.tickets().values()) == ["One"]
    lines = here.text().splitlines()
    for task in ("Two", "Three"):
        number = next(at for at, line in enumerate(lines, 1) if line.startswith(f"| {task} "))
        assert any(f"Line {number} ('{task}')" in one for one in result.warnings)


def test_an_html_table_is_told(here: World) -> None:
    rows = "<tr><th>Task</th></tr>\n<tr><td>Add an <b>alert</b></td><td>Aiko</td></tr>\n"
    drafted(here, f"\n<table>\n{rows}</table>\n")
    result = here.sync()
    assert here.tickets() == {}
    assert "HTML table" in words(result)
    assert "'Add an alert'" in words(result)


def test_a_row_that_was_wrapped_makes_no_two_tickets(here: World) -> None:
    rows = "| Add an alert on the depth\nof the queue | Aiko Brandt | High | 2027-03-01 |\n"
    drafted(here, f"{HEADER}{rows}| One | | | |\n")
    result = here.sync()
    assert list(here.tickets().values()) == ["One"]
    assert "wrapped" in words(result)


CONFLICT = (
    "<<<<<<< HEAD\n| Add an alert | | | |\n=======\n| Add two alerts | | | |\n>>>>>>> theirs\n"
)


@pytest.mark.parametrize(
    "conflict",
    [
        CONFLICT,
        CONFLICT.replace("=======", "||||||| base\n| Add alerts | | | |\n======="),
        CONFLICT.replace("\n", "\r\n"),
        "| One | | | |\n>>>>>>> theirs\n",
    ],
)
def test_a_document_with_conflict_markers_is_left_alone(here: World, conflict: str) -> None:
    drafted(here, HEADER + conflict)
    before = here.path().read_bytes()
    result = here.sync()
    assert here.tickets() == {}
    assert here.path().read_bytes() == before
    assert "conflict markers" in words(result)
    assert here.path().name in words(result)
    here.edit(lambda text: text.replace(conflict, "| Add two alerts | | | |\n"))
    assert not here.sync().failures
    assert list(here.tickets().values()) == ["Add two alerts"]


def test_markers_that_a_document_quotes_are_no_conflict(here: World) -> None:
    drafted(here, f"{HEADER}| One | | | |\n")
    here.edit(lambda text: text.replace("## 7.", f"```diff\n{CONFLICT}```\n\n## 7."))
    assert not here.sync().failures
    assert len(here.tickets()) == 1


def test_a_ticket_anywhere_in_a_row_holds_it(here: World) -> None:
    here.sync()
    here.add_rows("Make a ticket | | | ")
    here.sync()
    (key,) = here.linked()
    url = f"{here.jira.url}/browse/{key}"
    with_section(here, "")
    here.run("quick fix")  # its row is gone, and so is the memory of it
    for cells in (
        f"Add an alert | | | | [{key}]({url})",
        f"Add an alert | | | | {key}",
        f"Add an alert | | | | see <{url}>, please",
        f"{key}: Add an alert | | | | ",
        f"Add an alert ([{key}]({url})) | | | | ",
        f"Make UTF-8 work | | | | {url}?focusedId=1",
        f"Add an alert | | | | {key.replace('-', chr(0x2011))}",
        rf"Add an alert | | | | {key.replace('-', chr(92) + '-')}",
        f"Add an alert | | | | {here.jira.url}/servicedesk/customer/portal/2/{key}",
        f"Add an alert | | | | <{here.jira.url}/issues/?jql=key%20%3D%20{key}>",
    ):
        header = "| Task | Owner | Priority | Deadline | Tracking |\n|--|--|--|--|--|\n"
        with_section(here, f"{header}| {cells} |\n")
        here.sync()
        assert here.linked() == [key], cells
        assert list(here.tickets()) == [key], cells
        assert f"[{key}]({url})" in here.text().split(SECTION)[1]


@pytest.mark.parametrize("cell", ["OPS-77", "[it]({url}/browse/OPS-77)", "see OPS-77"])
def test_a_ticket_that_cannot_be_seen_holds_its_row_too(here: World, cell: str) -> None:
    header = "| Task | Tracking |\n|--|--|\n"
    drafted(here, f"{header}| Add an alert | {cell.format(url=here.jira.url)} |\n")
    result = here.sync()
    assert here.tickets() == {}
    assert "OPS-77, which cannot be seen" in words(result)


def test_what_is_no_ticket_of_this_jira_holds_nothing(here: World) -> None:
    header = "| Task | Tracking |\n|--|--|\n"
    rows = (
        "| Make UTF-8 and SHA-256 work | |\n"
        "| Add an alert | [OPS-1](https://other.example.com/browse/OPS-1) |\n"
    )
    drafted(here, header + rows)
    here.sync()
    assert sorted(here.tickets().values()) == ["Add an alert", "Make UTF-8 and SHA-256 work"]


def test_a_column_of_parents_holds_no_row_and_of_two_tickets_the_first_is_taken(
    here: World,
) -> None:
    drafted(here, f"{HEADER}| One | | | |\n| Two | | | |\n")
    here.sync()
    one, two = here.linked()
    header = "| Task | Epic | Notes |\n|--|--|--|\n"
    with_section(here, f"{header}| Three | {one} | |\n| Four | | {two}, {one} |\n")
    result = here.sync()
    three, four = here.linked()
    assert three not in (one, two)
    assert four == two
    assert len(here.tickets()) == 3
    assert f"names {two}, {one}" in words(result)


def test_a_row_that_a_line_of_dashes_makes_a_heading_is_told(here: World) -> None:
    drafted(here, f"{HEADER}| One | | | |\n\n| Two | | | |")
    assert "('Two') looks like a row" in words(here.sync())


def test_a_row_that_speaks_of_another_rows_ticket_gets_its_own(here: World) -> None:
    drafted(here, f"{HEADER}| Add an alert | | | |\n")
    here.sync()
    (key,) = here.linked()
    here.add_rows(f"Document what {key} does | | | | | ")
    here.sync()
    assert len(set(here.linked())) == len(here.tickets()) == 2


TIMELINE = "| When | What | Who |\n|------|------|-----|\n| 02:10 | The alert fired | Aiko |\n"


def test_only_the_section_of_action_items_makes_tickets(here: World) -> None:
    drafted(here, "\n", "## 6. Something else")
    here.edit(
        lambda text: text.replace(
            "## 9. Communication and Review\n", f"## 9. Communication and Review\n{TIMELINE}\n"
        )
    )
    result = here.sync()
    assert here.tickets() == {}
    assert f"no heading '{HEADINGS[Section.ACTION_ITEMS]}'" in words(result)


def test_the_heading_that_looks_most_like_it_is_named_until_it_is_configured(here: World) -> None:
    drafted(here, TIMELINE.replace("02:10", "2027-03-01"), "## Follow-ups")
    assert "'Follow-ups' on line" in words(here.sync())
    assert here.tickets() == {}
    headings = {**HEADINGS, Section.ACTION_ITEMS: "Follow-ups"}
    here.policy = replace(here.policy, names=Names(headings=headings))
    result = here.sync()
    assert list(here.tickets().values()) == ["The alert fired"]
    assert "heading" not in words(result)


@pytest.mark.parametrize(
    ("heading", "tickets"),
    [
        ("## Action items (open)", 1),
        (r"## **6\. Action Items** {#6.-action-items}", 1),
        ("## 6. Action Items {: #items .open }", 1),
        ("## Action items of earlier incidents {#action-items}", 0),
        ("### Follow-up action items", 1),
        ("# Action Items", 1),
        ("## 6) ACTION ITEMS:", 1),
        ("## Action items of earlier incidents", 0),
        ("## Review of past action items", 0),
        ("## Items", 0),
        ("## Actions taken", 0),
    ],
)
def test_a_heading_must_be_that_of_the_action_items(
    here: World, heading: str, tickets: int
) -> None:
    drafted(here, f"{HEADER}| Add an alert | | | |\n", heading)
    result = here.sync()
    assert len(here.tickets()) == tickets
    assert ("no heading" in words(result)) == (not tickets)


def test_plain_bullets_in_the_place_of_rows_are_told(here: World) -> None:
    drafted(here, f"{HEADER}| [Action item 1] | | | |\n\n- Add an alert @aiko\n")
    result = here.sync()
    assert here.tickets() == {}
    assert "neither rows nor check boxes" in words(result)


def test_the_built_in_heading_goes_on_to_count_beside_a_configured_one(here: World) -> None:
    drafted(here, f"{HEADER}| Add an alert | | | |\n")
    headings = {**HEADINGS, Section.ACTION_ITEMS: "Follow-ups"}
    here.policy = replace(here.policy, names=Names(headings=headings))
    here.sync()
    assert len(here.tickets()) == 1


def test_a_line_in_bold_letters_stands_for_a_heading(here: World) -> None:
    drafted(
        here,
        f"{HEADER}| Add an alert | | | |\n\n**Other things**\n\n{TIMELINE}",
        "**Action items**\n",
    )
    here.sync()
    assert list(here.tickets().values()) == ["Add an alert"]


@pytest.mark.parametrize(
    ("template", "problem", "said"),
    [
        (f"# [T]\n\n{SECTION}\n{HEADER}", "", "owner from 'Owner'"),
        (f"# [T]\n\n## Follow-ups\n{TIMELINE}", "There is no heading", "'Follow-ups' on line 3"),
        (f"# [T]\n\n## Timeline\n{TIMELINE}", "There is no heading", "action_items"),
        (f"# [T]\n\n{SECTION}\n{TIMELINE}", "", "task from 'What', owner from 'Who'"),
    ],
)
def test_the_check_names_what_it_takes_from_a_template(
    here: World, template: str, problem: str, said: str
) -> None:
    here.policy = replace(here.policy, template=template)
    with here.context() as context:
        (found,) = [one for one in preflight(context) if one.subject == "Action items"]
    assert found.problem.startswith(problem)
    assert bool(found.problem) == bool(problem)
    assert said in f"{found.detail} {found.remedy}"
