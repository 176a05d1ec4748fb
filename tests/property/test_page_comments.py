"""For any page, comments and edits: no comment whose words remain is lost, none moves to others."""

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.unit.publishing_support import storage_of, well_formed
from worker.publishing.comment_markers import carry
from worker.publishing.page_letters import Letters
from worker.publishing.storage_text import fingerprint

WORDS = ("disk", "cache", "retry", "the", "was", "R&amp;D", "alert", "slow", "a", "OPS-1")
FORMS = ("{}", "<strong>{}</strong>", '<a href="x">{}</a>', "<em>{}</em>")
words = st.sampled_from(WORDS)
written = st.tuples(words, st.sampled_from((0, 0, 0, 1, 2, 3)))
paragraphs = st.lists(written, min_size=3, max_size=9).map(tuple)


def paragraph(told: tuple[tuple[str, int], ...], name: int) -> str:
    """Write a paragraph; its name makes it one of its kind."""
    return f"<p>N{name} " + " ".join(FORMS[form].format(word) for word, form in told) + "</p>"


def chosen(body: str, at: int, size: int) -> tuple[int, int] | None:
    """Give where some letters begin and end that a person could select: whole words."""
    found = [one.span() for one in re.finditer(r"\S+", Letters.of(body).text)]
    picked = found[at % len(found) :][:size]
    return picked[0][0], picked[-1][1]


def commented(body: str, ref: str, start: int, end: int) -> str:
    """Put a comment into a body, as a server does: a mark for each run of text."""
    parts, last = [], 0
    for begins, ends in Letters.of(body).spans(start, end):
        mark = f'<ac:inline-comment-marker ac:ref="{ref}">{body[begins:ends]}</ac:inline-comment-marker>'
        parts += [body[last:begins], mark]
        last = ends
    return "".join([*parts, body[last:]])


def said(body: str, ref: str) -> list[str]:
    """Give the words of a comment, joined where it has several marks in a row."""
    letters = Letters.of(body)
    return [letters.flat[one.start : one.end] for one in letters.selections if one.ref == ref]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(paragraphs, min_size=2, max_size=6),
    st.integers(0, 60),
    st.integers(1, 5),
    st.lists(paragraphs, max_size=3),
    st.data(),
)
def test_a_comment_is_where_its_paragraph_is_or_nowhere(
    before: list[tuple[tuple[str, int], ...]],
    at: int,
    size: int,
    added: list[tuple[tuple[str, int], ...]],
    data: st.DataObject,
) -> None:
    texts = [paragraph(one, number) for number, one in enumerate(before)]
    mine = data.draw(st.integers(0, len(texts) - 1))
    start, end = chosen(texts[mine], at, size) or (0, 0)
    expected = commented(texts[mine], "r1", start, end)
    page = "".join([*texts[:mine], expected, *texts[mine + 1 :]])

    others = [one for number, one in enumerate(texts) if number != mine]
    kept = [one for one in others if data.draw(st.booleans())]
    fresh = [paragraph(one, number) for number, one in enumerate(added, start=100)]
    stays = data.draw(st.booleans())
    new = data.draw(st.permutations([*kept, *fresh, *([texts[mine]] if stays else [])]))
    assume(new)
    carried = carry(page, "".join(new))

    well_formed(carried.body)
    assert fingerprint(carried.body) == fingerprint("".join(new))
    words_of = said(page, "r1")
    if stays:
        assert carried.body == "".join(expected if one == texts[mine] else one for one in new)
        assert carried.lost == ()
    else:
        # every paragraph that was there before keeps its own words to itself
        found = said(carried.body, "r1")
        assert found in ([], words_of)
        marked = [one for one in re.findall(r"<p>.*?</p>", carried.body) if "r1" in one]
        assert all(int(re.findall(r"N(\d+)", one)[0]) >= 100 for one in marked)
        assert bool(carried.lost) is not bool(found)


TASKS = ("Watch disks", "Cap the pool", "Page people earlier", "Test releases", "Rotate keys")
owners = st.sampled_from(("Ann", "Bob", "Ann and Bob", ""))
days = st.sampled_from(("2026-12-01", "2026-12-08", ""))
states = st.sampled_from(("To Do", "Done"))
tables = st.lists(
    st.tuples(st.sampled_from(TASKS), owners, days, st.booleans(), states),
    min_size=2,
    max_size=5,
    unique_by=lambda one: one[0],
)


def item(task: str, owner: str, day: str, ticket: str, state: str) -> str:
    """Write an action item."""
    link = f"[{ticket}](https://j.example/{ticket})" if ticket else ""
    return f"| {task} | {owner} | {day} | {link} | {state if ticket else ''} |\n"


def page_of(rows: list[str]) -> str:
    head = "Ann and Bob paged.\n\n| Task | Owner | Deadline | Ticket | Status |\n|-|-|-|-|-|\n"
    return storage_of(head + "".join(rows))


def spans_of_row(body: str, task: str) -> list[tuple[int, int]]:
    """Give where the cells of a task's row stand, by its first word."""
    found = [
        one
        for one in re.finditer("<tr>.*?</tr>", body)
        if f">{task.split(maxsplit=1)[0]}" in one[0]
    ]
    inside = re.finditer(r"<td(?:/>|>(?:<a [^>]*>)?(.*?)(?:</a>)?</td>)", found[0][0])
    places = [one.span(1) if one[1] else (0, 0) for one in inside]
    return [(found[0].start() + begins, found[0].start() + ends) for begins, ends in places]


@settings(max_examples=80, deadline=None)
@given(tables, st.data())
def test_a_comment_in_a_row_stays_in_it_or_is_told(
    before: list[tuple[str, str, str, bool, str]], data: st.DataObject
) -> None:
    def with_ticket(task: str, has_one: bool) -> str:
        return f"OPS-{TASKS.index(task) + 1}" if has_one else ""

    page = page_of([item(a, b, c, with_ticket(a, d), e) for a, b, c, d, e in before])
    mine, column = data.draw(st.integers(0, len(before) - 1)), data.draw(st.integers(0, 4))
    task = before[mine][0]
    start, end = spans_of_row(page, task)[column]
    assume(start != end)
    words_of = page[start:end]
    mark = f'<ac:inline-comment-marker ac:ref="r1">{words_of}</ac:inline-comment-marker>'
    page = page[:start] + mark + page[end:]

    rows = {}
    for name, owner, day, has_ticket, state in before:
        if data.draw(st.integers(0, 3)) == 0:
            continue  # deleted
        told = name + data.draw(st.sampled_from(("", "", " now")))
        owner_now = data.draw(st.sampled_from((owner, data.draw(owners))))
        day_now = data.draw(st.sampled_from((day, data.draw(days))))
        key = with_ticket(name, has_ticket or data.draw(st.booleans()))
        rows[name] = item(
            told, owner_now, day_now, key, data.draw(st.sampled_from((state, "Done")))
        )
    for name in sorted(set(TASKS) - {one[0] for one in before}):
        if data.draw(st.booleans()):
            rows[name] = item(name, data.draw(owners), data.draw(days), "", "")
    body = page_of(data.draw(st.permutations(sorted(rows.values()))))
    carried = carry(page, body)

    well_formed(carried.body)
    assert fingerprint(carried.body) == fingerprint(body)
    stays = False
    if task in rows:
        now = spans_of_row(body, task)[column]
        stays = words_of in body[slice(*now)]
        at = body.find(words_of, now[0])
        expected = body[:at] + mark + body[at + len(words_of) :]
    assert carried.body == (expected if stays else body)
    assert bool(carried.lost) is not stays


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_read_and_nothing_is_added_to_it(before: str, body: str) -> None:
    carried = carry(before, body)
    assert carried.body == body or "inline-comment-marker" in before
