"""What people wrote on a page comes into the document, at its own place and in its own spelling."""

import pytest

from tests.unit.publishing_support import storage_of
from worker.publishing.storage_text import words_shown
from worker.publishing.taken_words import take_over

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

```
the pool
```
"""


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
        (("goes on", "went on"), "One line\nwent on here.\n"),
        (("<td>bob</td>", "<td>b|c</td>"), "| Add alert | b\\|c | [docs](https://x.example) |\n"),
        (("docs</a>", "guide</a>"), "| Add alert | bob | [guide](https://x.example) |\n"),
        (("1. Summary", "1. What happened"), "## 1. What happened\n"),
    ],
)
def test_changed_words_are_put_in_the_place_of_the_old_ones(
    change: tuple[str, str], line: str
) -> None:
    taken = take_over(DOCUMENT, words_shown(storage_of(DOCUMENT)), after(change))
    assert line in taken.text
    assert len(taken.taken) == 1
    assert taken.left == ()
    untouched = set(DOCUMENT.splitlines()) - set(taken.text.splitlines())
    assert len(untouched) == 1


def test_the_second_of_two_alike_is_changed_where_that_is_meant() -> None:
    body = storage_of(DOCUMENT)
    at = body.rindex("Add alert")
    changed = body[:at] + "Add graph" + body[at + len("Add alert") :]
    taken = take_over(DOCUMENT, words_shown(body), changed)
    assert "| Add alert | ann |" in taken.text
    assert "| Add graph | bob |" in taken.text


def test_what_was_added_or_taken_out_as_a_whole_is_left_to_people() -> None:
    body = after(("<p>One line", "<p>New words.</p><p>One line"))
    taken = take_over(DOCUMENT, words_shown(storage_of(DOCUMENT)), body)
    assert taken.text == DOCUMENT
    assert taken.left == ("+ New words.",)


def test_nothing_changed_is_nothing_taken_over() -> None:
    body = storage_of(DOCUMENT)
    assert take_over(DOCUMENT, words_shown(body), body).text == DOCUMENT
