"""Readers' comments stay at their words, and go over to no others."""

import re

import pytest

from tests.unit.publishing_support import storage_of, well_formed
from worker.publishing.comment_markers import NO_TEXT, carry
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
    "a reworded row by its ticket": (
        ROWS.format(row("Alert", "{a:Ann}", "OPS-1") + row("Page", "Ann", "OPS-3")),
        ROWS.format(row("Alert at 80 %", "{a:Ann}", "OPS-1") + row("Page", "Ann", "OPS-3")),
    ),
    "a moved row that got its ticket": (
        ROWS.format(row("Alert", "Ann", "") + row("Page", "{a:Ann}", "") + row("Cap", "Bob", "")),
        ROWS.format(
            row("Cap", "Bob", "") + row("Page", "{a:Ann}", "OPS-3") + row("Alert", "Ann", "OPS-1")
        ),
    ),
    "the second of three rows alike": (
        ROWS.format(row("Page", "Ann") + row("Page", "{a:Ann}") + row("Page", "Ann")),
        ROWS.format(
            row("Page", "Ann", "OPS-1") + row("Page", "{a:Ann}", "OPS-2") + row("Page", "Ann", "")
        ),
    ),
    "a row that was reworded": (
        ROWS.format(row("Alert on disk usage", "{a:Ann}", "") + row("Page", "Ann", "")),
        ROWS.format(row("Alert on disks usage", "{a:Ann}", "") + row("Page", "Ann", "")),
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


def test_a_comment_on_what_has_no_words_is_told_as_lost() -> None:
    lozenge = '<ac:structured-macro ac:name="status"></ac:structured-macro>'
    assert carry(marked(f"<p>{{a:{lozenge}}}</p>"), f"<p>{lozenge}</p>").lost == (NO_TEXT,)


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
    "another row has its owner": (
        ROWS.format(row("Alert on disk usage", "{a:Ann}") + row("Cap the pool", "Bob")),
        ROWS.format(row("Page earlier", "Ann") + row("Cap the pool", "Bob")),
    ),
    "another row gets its owner": (
        ROWS.format(row("Alert", "{a:Ann}", "OPS-1") + row("Cap", "Bob", "OPS-2")),
        ROWS.format(row("Alert", "Bob", "OPS-1") + row("Cap", "Ann", "OPS-2")),
    ),
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
