"""What people wrote on a page comes into the document, at its own place and in its own spelling."""

import pytest

from tests.unit.publishing_support import storage_of
from worker.publishing.page_edits import changed_lines, is_taken_in, paired
from worker.publishing.storage_text import (
    fingerprint,
    is_set_alike,
    lines_shown,
    naming_people,
)
from worker.publishing.taken_words import take_over

COLUMNS = ("Ticket", "Status")
DOCUMENT = """# Postmortem

## 1. Summary
- **Impact:** `checkout` failed for *many* users
- **Cause:** the pool
- [ ] call the vendor

One line
goes on here.

| Task | Owner | Note |
|------|-------|------|
| Add alert | ann | a \\| b |
| Add alert | bob | [docs](https://x.example) |
| Add graph |  | ann |

| Task | Ticket | Status | Owner |
|------|--------|--------|-------|
| Drain | [OPS-4](https://x.example/OPS-4) | To Do | |
| Fill | | | eve |

```
the pool
```
"""


DRAIN = "| Drain | [OPS-4](https://x.example/OPS-4) | To Do |{}|\n"


def after(*changes: tuple[str, str]) -> str:
    body = storage_of(DOCUMENT)
    for old, new in changes:
        assert old in body
        body = body.replace(old, new, 1)
    return body


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ((" users", " customers"), "- **Impact:** `checkout` failed for *many* customers\n"),
        (("many", "most"), "- **Impact:** `checkout` failed for *most* users\n"),
        (("the pool</li>", "the * of *</li>"), "- **Cause:** the \\* of \\*\n"),
        (("call the", "ask the"), "- [ ] ask the vendor\n"),
        (("incomplete", "complete"), "- [x] call the vendor\n"),
        (("<td/></tr><tr><td>Fill", "<td>eve</td></tr><tr><td>Fill"), DRAIN.format(" eve ")),
        (
            ("<td>Add graph</td><td/>", "<td>Add graph</td><td>a b</td>"),
            "| Add graph | a b | ann |\n",
        ),
        (("<td>ann</td></tr>", "<td/></tr>"), "| Add graph |  | |\n"),
        (("goes on", "went on"), "One line\nwent on here.\n"),
        (("<td>bob</td>", "<td>b|c</td>"), "| Add alert | b\\|c | [docs](https://x.example) |\n"),
        (("docs</a>", "guide</a>"), "| Add alert | bob | [guide](https://x.example) |\n"),
        (("1. Summary", "1. What happened"), "## 1. What happened\n"),
    ],
)
def test_changed_words_are_put_in_the_place_of_the_old_ones(
    change: tuple[str, str], line: str
) -> None:
    taken = take_over(DOCUMENT, lines_shown(storage_of(DOCUMENT)), after(change), COLUMNS)
    assert line in taken.text
    assert len(taken.taken) == 1
    assert taken.left == ()
    untouched = set(DOCUMENT.splitlines()) - set(taken.text.splitlines())
    assert len(untouched) == 1


def test_the_second_of_two_alike_is_changed_where_that_is_meant() -> None:
    body = storage_of(DOCUMENT)
    at = body.rindex("Add alert")
    changed = body[:at] + "Add graph" + body[at + len("Add alert") :]
    taken = take_over(DOCUMENT, lines_shown(body), changed)
    assert "| Add alert | ann |" in taken.text
    assert "| Add graph | bob |" in taken.text


def test_what_was_added_or_taken_out_as_a_whole_is_left_to_people() -> None:
    body = after(("<p>One line", "<p>New words.</p><p>One line"))
    taken = take_over(DOCUMENT, lines_shown(storage_of(DOCUMENT)), body)
    assert taken.text == DOCUMENT
    assert taken.left == ("+ New words.",)


def test_the_trackers_cells_are_left_to_the_tracker() -> None:
    body = after((">To Do<", ">Done<"), (">OPS-4<", ">OPS-5<"), (">Drain<", ">Empty<"))
    taken = take_over(DOCUMENT, lines_shown(storage_of(DOCUMENT)), body, COLUMNS)
    assert taken.taken == (("Drain", "Empty"),)
    assert [one for one in taken.left if "change it there" in one] == [
        "+ OPS-5 (the ticket says this: change it there)",
        "+ Done (the ticket says this: change it there)",
    ]
    again = take_over(taken.text, taken.agreed, body, COLUMNS)
    assert (again.taken, len(again.left)) == ((), 4)


def test_words_of_both_sides_are_joined_or_told_as_a_conflict() -> None:
    sent, body = lines_shown(storage_of(DOCUMENT)), after(("the pool</li>", "the queue</li>"))
    ours = DOCUMENT.replace("**Cause:** the pool", "**Root cause:** the pool")
    assert "- **Root cause:** the queue\n" in take_over(ours, sent, body).text
    ours = DOCUMENT.replace("**Cause:** the pool", "**Cause:** the disk")
    taken = take_over(ours, sent, body)
    assert taken.text == ours
    assert taken.left == (
        "- Cause: the pool",
        "+ Cause: the queue (conflict: the document says “Cause: the disk”)",
    )


def test_a_page_goes_on_once_its_document_says_what_people_wrote_there() -> None:
    sent = lines_shown(storage_of(DOCUMENT))
    body = after(("<p>One line", "<p>New words.</p><p>One line"), (">bob<", ">eve<"))
    ours = DOCUMENT.replace("One line\n", "New words.\n\nOne line\n")
    assert not is_taken_in(sent, body, storage_of(DOCUMENT))
    assert not is_taken_in(sent, body, storage_of(ours))
    assert is_taken_in(sent, body, storage_of(ours.replace("| bob |", "| eve |")))
    assert not is_taken_in(sent, after((">bob<", "><strong>bob</strong><")), storage_of(ours))


def test_a_long_page_is_compared_soon() -> None:
    sent = "\n".join(f"line {number}" for number in range(3000))
    changed = changed_lines(sent, sent.replace("line 1", "row 1"))
    assert len(changed) == 7


def test_nothing_changed_is_nothing_taken_over() -> None:
    body = storage_of(DOCUMENT)
    assert take_over(DOCUMENT, lines_shown(body), body).text == DOCUMENT


def test_a_line_that_changed_beside_a_new_one_is_taken_over() -> None:
    sent = lines_shown(storage_of(DOCUMENT))
    body = after(("the pool</li>", "the full pool</li><li>and the release</li>"))
    taken = take_over(DOCUMENT, sent, body)
    assert taken.taken == (("Cause: the pool", "Cause: the full pool"),)
    assert taken.left == ("+ and the release",)
    assert "- **Cause:** the full pool\n- [ ] call" in taken.text
    body = after(("<h2>", "<p>new</p><h2>"), ("many", "most"), ("the pool</li>", "x y z</li>"))
    taken = take_over(DOCUMENT, sent, body)
    assert "+ new" in taken.left
    assert "failed for *most* users" in taken.text


@pytest.mark.parametrize(
    ("before", "now", "pairs"),
    [
        ("a b c|d e f|x", "new|d e g", [(0, None), (None, 0), (1, 1), (2, None)]),
        ("a", "", [(0, None)]),
        ("", "a|b", [(None, 0), (None, 1)]),
        ("a|b", "c|d", [(0, 0), (1, 1)]),
    ],
)
def test_lines_that_are_alike_belong_together(
    before: str, now: str, pairs: list[tuple[int | None, int | None]]
) -> None:
    lines = [one.split("|") if one else [] for one in (before, now)]
    assert list(paired(*lines)) == pairs
    many = [f"line {number}" for number in range(100)]
    assert (0, 0) not in list(paired(many, many[:-1]))


MENTION = '<ac:link><ri:user ri:account-id="a-1"/></ac:link>'


def spoken(body: str) -> str:
    return naming_people(body, {"a-1": "Ann <Lee>"}.get)  # type: ignore[arg-type]  # None is no name


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        (MENTION, "Ann \\<Lee>"),
        (f"<p>{MENTION} </p>", "Ann \\<Lee>"),
        (f"{MENTION} and Bob", "Ann \\<Lee> and Bob"),
        ('<p><time datetime="2026-12-01" /> </p>', "2026-12-01"),
        ('<time datetime="2026-12-01"></time>', "2026-12-01"),
        ('<time datetime="2026-12-01"/> at noon', "2026-12-01 at noon"),
        (
            '<ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">OPS-7</ac:parameter>'
            "</ac:structured-macro>",
            "OPS-7",
        ),
    ],
)
def test_people_dates_and_tickets_that_were_picked_on_a_page_are_words(
    written: str, cell: str
) -> None:
    sent = lines_shown(storage_of(DOCUMENT))
    body = after(("<td>Add graph</td><td/>", f"<td>Add graph</td><td>{written}</td>"))
    taken = take_over(DOCUMENT, sent, spoken(body), COLUMNS)
    assert f"| Add graph | {cell} | ann |\n" in taken.text
    assert taken.left == ()
    assert not is_taken_in(sent, spoken(body), storage_of(DOCUMENT))


def test_who_is_mentioned_in_words_of_others_is_put_among_them() -> None:
    body = after(("the pool</li>", f'the pool, see {MENTION} <time datetime="2026-12-01"/></li>'))
    taken = take_over(DOCUMENT, lines_shown(storage_of(DOCUMENT)), spoken(body))
    assert "- **Cause:** the pool, see Ann \\<Lee> 2026-12-01\n" in taken.text


def test_somebody_without_a_name_is_no_word_of_a_page() -> None:
    sent = lines_shown(storage_of(DOCUMENT))
    body = after(("<td>Add graph</td><td/>", f"<td>Add graph</td><td>{MENTION}</td>"))
    nameless = naming_people(body, lambda account: "")
    assert nameless == body
    assert take_over(DOCUMENT, sent, nameless, COLUMNS).text == DOCUMENT
    assert fingerprint(body) != fingerprint(storage_of(DOCUMENT))


def test_only_how_words_are_set_tells_two_bodies_apart_in_that() -> None:
    ours = fingerprint(storage_of(DOCUMENT))
    filled = "<td>Add graph</td><td>{}</td>"
    for words in (MENTION, '<p><time datetime="2026-12-01" /></p>'):
        told = fingerprint(after(("<td>Add graph</td><td/>", filled.format(words))))
        assert told != ours
        assert is_set_alike(told, ours)
    bold = fingerprint(
        after(("<td>Add graph</td><td/>", filled.format(f"<strong>{MENTION}</strong>")))
    )
    assert not is_set_alike(bold, ours)
