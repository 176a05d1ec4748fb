"""Readers' comments stay at their words, and go over to no others."""

import re

import pytest

from tests.unit.publishing_support import storage_of, well_formed
from worker.publishing.comment_markers import carry
from worker.publishing.storage_text import fingerprint, words_shown

MARK = re.compile(
    r'<ac:inline-comment-marker ac:ref="(\w+)">(.*?)</ac:inline-comment-marker>', re.DOTALL
)


def marked(body: str) -> str:
    """Write storage format with ``{r:words}`` for words with a comment."""
    return re.sub(
        r"\{(\w+):([^}]*)\}",
        r'<ac:inline-comment-marker ac:ref="\1">\2</ac:inline-comment-marker>',
        body,
    )


ROWS = "<table><tbody>{}</tbody></table>"


def row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{one}</td>' for one in cells)}</tr>"


STAYS = {
    "nothing changed": ("<p>The {a:cache} was cold.</p>", "<p>The {a:cache} was cold.</p>"),
    "words before it": (
        "<p>The {a:cache} was cold.</p>",
        "<p>A cache is fast.</p><p>The {a:cache} was cold.</p>",
    ),
    "the second of three": (
        "<p>We retry once.</p><p>Then we {a:retry} twice.</p><p>Never retry more.</p>",
        "<p>Do not retry.</p><p>We retry once.</p><p>Then we {a:retry} twice, at most.</p>"
        "<p>Never retry more.</p>",
    ),
    "another row of the same task": (
        ROWS.format(row("Add alert", "ann") + row("{a:Add alert}", "bob")),
        ROWS.format(
            row("Add alert", "cyn") + row("{a:Add alert}", "bob") + row("Add alert", "ann")
        ),
    ),
    "a row that moved": (
        ROWS.format(row("{a:Add disk}", "ann", "High") + row("Add alert", "bob", "Low")),
        ROWS.format(row("Add alert", "bob", "Low") + row("{a:Add disk}", "ann", "High")),
    ),
    "over bold words": (
        "<p>It {a:was }<strong>{a:very}</strong>{a: slow} then.</p>",
        "<p>So. It {a:was }<strong>{a:very}</strong>{a: slow} then.</p>",
    ),
    "words made bold since": (
        "<p>It {a:was very slow} then.</p>",
        "<p>It {a:was }<strong>{a:very}</strong>{a: slow} then.</p>",
    ),
    "two comments that overlap": (
        '<p>The {a:cold }<ac:inline-comment-marker ac:ref="a">{b:cache}</ac:inline-comment-marker>'
        "{b: server} failed.</p>",
        '<p>x The {a:cold }<ac:inline-comment-marker ac:ref="b">{a:cache}'
        "</ac:inline-comment-marker>{b: server} failed.</p>",
    ),
    "entities": ("<p>R&amp;D {a:said &ldquo;no&rdquo;}.</p>", "<p>R&amp;D {a:said “no”}.</p>"),
    "over paragraphs": (
        "<p>One {a:two.}</p><p>{a:Three} four.</p>",
        "<p>Zero.</p><p>One {a:two.}</p><p>{a:Three} four.</p>",
    ),
    "a part of a word": ("<p>The {a:cach}e.</p>", "<p>So the cash. The {a:cach}e.</p>"),
    "what a link says": (
        '<p>See <a href="x">{a:OPS-1}</a> and OPS-1.</p>',
        '<p>OPS-1! See <a href="x">{a:OPS-1}</a> and OPS-1.</p>',
    ),
}


HEAD = "<tr><th>Task</th><th>Owner</th><th>Deadline</th><th>Ticket</th><th>Status</th></tr>"
TIMES = "<tr><th>Time</th><th>Event</th></tr>"
DETAILS = "<tr><th>Incident</th><td>Q1</td></tr><tr><th>Number</th><td>{}</td></tr>"


def ticket(key: str) -> str:
    return f'<a href="https://j.example/browse/{key}">{key}</a>'


def state(word: str) -> str:
    return (
        f'<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">{word}'
        '</ac:parameter><ac:parameter ac:name="colour">Grey</ac:parameter></ac:structured-macro>'
    )


def table(*rows: str, head: str = HEAD) -> str:
    return ROWS.format(head + "".join(rows))


DISK = ("Alert on disk usage", "Ann", "2026-12-01", ticket("OPS-1"), state("To Do"))
PAGE = ("Page earlier", "Ann", "2026-12-01", ticket("OPS-3"), state("To Do"))
POOL = ("Cap the pool", "Bob", "", "", "")
OWNED = ("{a:Ann}", "2026-12-01")
"""Rows of action items: the page before, and the page after with the comment where it belongs."""
ROWS_STAY = {
    "tasks in another order, and a ticket arrives": (
        table(row(*DISK), row("Page earlier", *OWNED, "", ""), row(*POOL)),
        table(row(*POOL), row("Page earlier", *OWNED, *PAGE[3:]), row(*DISK)),
    ),
    "a task in other words, by its ticket": (
        table(row(DISK[0], *OWNED, *DISK[3:]), row(*PAGE)),
        table(
            row("Watch the volumes", "{a:Ann}", "2026-12-24", DISK[3], state("Done")), row(*PAGE)
        ),
    ),
    "a task in other words, by what is left of them": (
        table(row(*POOL), row("Alert on disk usage", *OWNED, "", "")),
        table(row("Alert on disk use at 80 %", *OWNED, "", ""), row(*POOL)),
    ),
    "a slip of the pen mended": (
        table(row("Moniter disks", *OWNED, "", ""), row(*POOL)),
        table(row("Rotate keys", *DISK[1:3], "", ""), row("Monitor disks", *OWNED, "", "")),
    ),
    "the second of two that are the same": (
        table(row("Check", "Ann", "", "", ""), row("Check", "{a:Ann}", "", "", "")),
        table(row(*POOL), row("Check", "Ann", "", "", ""), row("Check", "{a:Ann}", *PAGE[2:])),
    ),
    "columns arrive and change places": (
        table(
            row("Check", "Ann"), row("Cap", "{a:Ann}"), head="<tr><th>Task</th><th>Owner</th></tr>"
        ),
        table(
            row("Ann", "Check", ticket("OPS-1")),
            row("{a:Ann}", "Cap", ticket("OPS-2")),
            head="<tr><th>Owner</th><th>Task</th><th>Ticket</th></tr>",
        ),
    ),
    "a heading of a column": (
        table(row(*DISK), head="<tr><th>Task</th><th>{a:Owner}</th></tr>"),
        table(row("Owner", "Bob"), head="<tr><th>Task</th><th>{a:Owner}</th></tr>"),
    ),
    "a time of a timeline": (
        table(row("09:00", "Alert"), row("{a:09:00}", "Ann looks"), head=TIMES),
        table(row("09:00", "Bob wrote"), row("{a:09:00}", "Ann looks"), head=TIMES),
    ),
    "an event whose time was put right": (
        table(row("09:00", "Alert"), row("09:01", "{a:Ann} looks"), head=TIMES),
        table(row("08:59", "Ann sleeps"), row("09:02", "{a:Ann} looks"), head=TIMES),
    ),
    "a row of properties": (
        table(row("a", "12"), head="") + table(DETAILS.format("{a:12}"), head=""),
        table(row("b", "12"), head="") + table(DETAILS.format("{a:12}"), head=""),
    ),
    "a row that has gone into another table": (
        table(row(*POOL), row("Page earlier", *OWNED)) + "<h3>Later</h3>" + table(row("x", "y")),
        table(row(*POOL)) + "<h3>Later</h3>" + table(row("x", "y"), row("Page earlier", *OWNED)),
    ),
    "a cell that says more now": (
        table(row("Page earlier", "{a:Ann}", ""), row(*POOL)),
        table(row("Page earlier", "Bob and {a:Ann}", ""), row(*POOL)),
    ),
    "over cells, one of which says something else": (
        table(row("Cap", "{a:Bob}", "", "{a:" + ticket("OPS-1") + "}", "{a:" + state("x") + "}")),
        table(
            row("Cap", "{a:Bob}", "", ticket("OPS-1").replace(">OPS-1<", ">{a:OPS-1}<"), state("y"))
        ),
    ),
    "a state of a ticket": (
        table(row(*DISK), row(*PAGE[:4], "{a:" + state("To Do") + "}")),
        table(row(*POOL), row(*PAGE[:4], "{a:" + state("To Do") + "}"), row(*DISK)),
    ),
    "a picture": (
        '<p>{a:<ac:image ac:width="7"><ri:attachment ri:filename="c.svg"/></ac:image>}</p>',
        '<p>New.</p><p>{a:<ac:image><ri:attachment ri:filename="c.svg"/></ac:image>}</p>',
    ),
}
STAYS |= ROWS_STAY


@pytest.mark.parametrize("case", STAYS)
def test_a_comment_stays_at_its_words(case: str) -> None:
    before, expected = map(marked, STAYS[case])
    body = MARK.sub(r"\2", MARK.sub(r"\2", expected))
    carried = carry(before, body)
    assert carried.body == expected
    assert carried.lost == ()
    well_formed(carried.body)


GOES = {
    "its sentence is gone": (
        "<p>The {a:cache} was cold and the queue long.</p><p>Cold as ice is our cache.</p>",
        "<p>Cold as ice is our cache.</p>",
    ),
    "its row is gone": (
        ROWS.format(row("{a:Add alert}", "ann") + row("Add alert", "bob")),
        ROWS.format(row("Add alert", "bob")),
    ),
    "its row is gone, and one of the same owner comes": (
        table(row(DISK[0], *OWNED, *DISK[3:]), row(*POOL)),
        table(row(*PAGE), row(*POOL)),
    ),
    "its row is gone, and another has its deadline": (
        table(row(*DISK[:2], "{a:2026-12-01}", *DISK[3:]), row(*POOL)),
        table(row(*POOL), row("Page earlier", "Ann", "2026-12-01", "", "")),
    ),
    "its row is gone, and another of the same name has another ticket": (
        table(row(DISK[0], *OWNED, *DISK[3:]), row(DISK[0], "Bob", "", "", "")),
        table(row(DISK[0], "Bob", "", ticket("OPS-9"), "Ann")),
    ),
    "its owner goes over to another row": (
        table(row(DISK[0], *OWNED, *DISK[3:]), row(*POOL)),
        table(row(DISK[0], "Bob", *DISK[2:]), row("Cap the pool", "Ann", "", "", "")),
    ),
    "its row of a timeline is gone, and another has its time": (
        table(row("{a:09:00}", "Alert fired"), row("09:01", "Ann looks"), head=TIMES),
        table(row("09:00", "Bob looks"), row("09:01", "Ann looks"), head=TIMES),
    ),
    "its table is gone": (
        table(row("Check the disks", "{a:Ann}")) + "<p>Ann looked.</p>",
        "<p>Ann looked.</p>",
    ),
    "its paragraph is gone, and a row has its word": (
        "<p>{a:Ann}</p>" + table(row(*DISK)),
        table(row(*DISK)),
    ),
    "the state of its ticket is another": (
        table(row(*DISK[:4], "{a:" + state("To Do") + "}"), row(*PAGE)),
        table(row(*DISK[:4], state("Done")), row(*PAGE)),
    ),
    "its picture is another": (
        '<p>{a:<ac:image><ri:url ri:value="https://x.example/c.png"/></ac:image>}</p>',
        '<p><ac:image><ri:url ri:value="https://x.example/d.png"/></ac:image></p>',
    ),
    "its paragraph is gone, and one with its word comes": (
        "<p>pool timed out</p><p>ten ten cache {a:back}</p><p>nine release at ledger</p>",
        "<p>pool timed out</p><p>back out again back Ann ten Bob</p><p>nine release at ledger</p>",
    ),
    "there were no words to it": ("<p>a{a: }b</p>", "<p>a b</p>"),
    "its word is another": ("<p>Mind the {a:disk} there.</p>", "<p>Mind the disks there.</p>"),
    "its word stands elsewhere, in other words": (
        "<p>The {a:database} failed at noon.</p><p>Nobody was paged.</p>",
        "<p>Nobody was paged.</p><p>Buy some new database with more memory.</p>",
    ),
}


@pytest.mark.parametrize("case", GOES)
def test_a_comment_goes_over_to_no_other_words(case: str) -> None:
    before, body = GOES[case]
    carried = carry(marked(before), body)
    assert carried.body == body
    assert len(carried.lost) == 1


def test_what_is_lost_is_told_as_it_was_read() -> None:
    before = marked(table(row(*DISK[:4], "{a:" + state("To Do") + "}"), row("x", "{b:R&amp;D}")))
    assert carry(before, table(row(*POOL))).lost == ("To Do", "R&D")


def test_a_long_timeline_of_the_same_words_keeps_its_comments() -> None:
    rows = [row(f"{at // 60:02}:{at % 60:02}", "Alert fired") for at in range(400)]
    body = table(*rows[100:], row("09:00", "Ann looks"), head=TIMES)
    before = marked(
        table(*rows[:200], "".join(rows[200:]).replace("05:00", "{a:05:00}"), head=TIMES)
    )
    assert carry(before, body).body == marked(body.replace("05:00", "{a:05:00}"))


def test_code_and_lozenges_are_not_commented_on() -> None:
    before = marked("<p>{a:slow}</p>")
    body = storage_of("```\nslow\n```\n\n| Ticket | Status |\n|---|---|\n| a | slow |\n")
    assert carry(before, body).body == body


def test_what_a_server_rewrites_is_not_seen_and_what_people_change_is() -> None:
    ours = storage_of(
        "a **b** \N{EN DASH} [c](https://x.example/?a=1&b=2)\n\n- [ ] d\n\n| e |\n|---|\n| f |\n"
    )
    theirs = (
        marked('<p local-id="1">{z:a} <b>b</b> &ndash; ')
        + '<a rel="x" href=\'https://x.example/?a=1&amp;b=2\'>c</a></p><ac:task-list ac:local-id="q">'
        "<ac:task><ac:task-id>77</ac:task-id><ac:task-uuid>u</ac:task-uuid><ac:task-status>incomplete"
        "</ac:task-status><ac:task-body><span>d</span></ac:task-body></ac:task></ac:task-list>\n"
        '<table data-layout="default"><colgroup><col /></colgroup><tbody><tr><th><p>e</p></th></tr>'
        "<tr><td><p>f</p></td></tr></tbody></table>"
    )
    assert fingerprint(theirs) == fingerprint(ours)
    for old, new in (("incomplete", "complete"), (">f<", ">g<"), ("a=1", "a=2"), ("b>", "u>")):
        assert fingerprint(theirs.replace(old, new)) != fingerprint(ours), old


def test_parameters_of_a_macro_are_the_same_in_any_order() -> None:
    one, two = (f'<ac:parameter ac:name="{name}">x</ac:parameter>' for name in ("title", "colour"))
    macro = '<ac:structured-macro ac:name="status" ac:macro-id="{}">{}</ac:structured-macro>'
    assert fingerprint(macro.format(1, one + two)) == fingerprint(macro.format(2, two + one))
    assert words_shown(macro.format(1, one + two)) == "x"
