"""What a commit says: of which document, what was done to it, and why."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.page_users import PageUser
from tests.integration.places import GitPlace, git
from worker.jobs.documents.commit_message import commit_message
from worker.jobs.results import Action, Deed
from worker.store.git.commit import clean_message
from worker.store.git.git_store import GitStore

NAME = "2026-03-02-PINVENTED1-checkout-down.md"


@pytest.fixture
def place(tmp_path: Path) -> GitPlace:
    return GitPlace.make(tmp_path)


def test_a_commit_says_why(place: GitPlace) -> None:
    why = f'Update {NAME}: 2 changes\n\n- created OPS-12 for "Add monitoring"\n- status of OPS-3'
    place.store.write(NAME, "#\n", None, why)
    assert place.history("%B") == [*why.splitlines(), ""]


@pytest.mark.parametrize(
    ("why", "message"),
    [
        ("", "Add x.md\n"),
        (" \n\t\n", "Add x.md\n"),
        ("\x00\x1b", "Add x.md\n"),
        ("--amend", "amend\n"),
        ("#", "Add x.md\n"),
        ("# 12 is fixed", "12 is fixed\n"),
        ("why", "why\n"),
        ("why\nmore", "why\n\nmore\n"),
        ("why\n\n\n# one\n- two\n", "why\n\n # one\n- two\n"),
        ("a\tb\x1b[31m\u202ec", "a bc\n"),  # what colours a terminal goes with its escape
        ("a\tb\x1b \u202ec", "a b c\n"),
        ("half \ud800 one", "half one\n"),
        ("\U0001f469\u200d\U0001f4bb is on call", "\U0001f469\u200d\U0001f4bb is on call\n"),
        ("one\r\ntwo\u2028three\x85four", "one\n\ntwo\nthree\nfour\n"),
        ("x" * 73, "x" * 71 + "…\n"),
        ("ä" * 72, "ä" * 72 + "\n"),
    ],
)
def test_whatever_is_said_becomes_a_message(why: str, message: str) -> None:
    assert clean_message(why, "Add x.md") == message


@given(st.text())
def test_no_message_is_empty_or_holds_what_cannot_be_shown(why: str) -> None:
    subject, *rest = clean_message(why, "Add x.md").split("\n")
    assert subject.strip()
    assert len(subject) <= 72
    assert not subject.startswith(("#", "-", " "))
    assert rest[0] == ""
    for line in (subject, *rest):
        assert not any(unicodedata.category(one) in {"Cc", "Cs"} for one in line)
        assert not line.startswith("#")


def test_a_book_for_a_message_is_cut(place: GitPlace) -> None:
    place.store.write(NAME, "#\n", None, "word " * 1_000_000)
    assert len("".join(place.history("%B"))) < 30_000


@pytest.mark.parametrize(
    ("author", "signed"),
    [
        ("The Program <program@example.com>", "The Program <program@example.com>"),
        ("program@example.com", "program@example.com <program@example.com>"),
        ('"Team, Ops" <ops@example.com>', "Team, Ops <ops@example.com>"),
        ("Ä Ö <o@example.com>", "Ä Ö <o@example.com>"),
        ("X\nfrom main <x@example.com>", "X from main <x@example.com>"),
    ],
)
def test_a_commit_is_signed_by_its_author(place: GitPlace, author: str, signed: str) -> None:
    cache = place.folder / "cache"
    store = GitStore(f"file://{place.remote}", "main", author=author, cache=cache)
    store.write(NAME, "#\n", None)
    assert place.history("%an <%ae>%n%cn <%ce>") == [signed, signed]
    git("-C", str(place.remote), "fsck", "--strict")


DRAFTED = Deed(Action.DRAFTED, NAME, "the incident is resolved")
DEEDS = [
    Deed(Action.CREATED, "Add monitoring", "a person asked", "OPS-12"),
    Deed(Action.STATUS, "Fix it", "the tracker says so", "OPS-3", "To Do", "Done"),
    Deed(Action.REFRESHED, "Duration", "the facts changed", "", "1 h", "1 h\n5 min"),
    Deed(Action.ADOPTED, "Fix it", "a person put its key into the row", "OPS-3"),
    Deed(Action.CHANGED_ROW, "Fix it", "priority changed in the tracker", "OPS-3", "", "High"),
    Deed(Action.CHANGED_TICKET, "Fix it", "changed here", "OPS-3", "Low", ""),
    Deed(Action.MOVED, "Fix it", "a person closed it", "OPS-3", "To Do", "Done"),
]
LINES = """\
- created OPS-12 for "Add monitoring"
- status of OPS-3: To Do → Done
- refreshed Duration: 1 h → 1 h 5 min: the facts changed
- linked OPS-3 to "Fix it": a person put its key into the row
- changed the row "Fix it": (nothing) → High: priority changed in the tracker
- changed OPS-3: Low → (nothing): changed here
- moved OPS-3: To Do → Done: a person closed it"""


def test_a_draft_is_told_with_the_reason_for_it() -> None:
    told = commit_message(NAME, [DRAFTED], is_new=True)
    assert told == f"Draft {NAME}: the incident is resolved\n\n{NAME}"


def test_every_deed_is_told_on_a_line_of_its_own() -> None:
    told = commit_message(f"2026/{NAME}", [DRAFTED, *DEEDS], is_new=False)
    assert told == f"Update {NAME}: 7 changes\n\n2026/{NAME}\n\n{LINES}"


def test_a_single_change_is_told_in_the_first_line() -> None:
    told = commit_message("x.md", DEEDS[1:2], is_new=False)
    assert told.splitlines()[0] == "Update x.md: status of OPS-3: To Do → Done"


def test_where_the_text_stays_as_it_is_it_is_the_chart_that_is_new() -> None:
    assert commit_message("x.md", [DRAFTED], is_new=False) == "Update x.md: its chart\n\nx.md"


def test_long_names_values_and_lists_are_cut() -> None:
    name = f"2026-03-02-PINVENTED1-{'very-' * 30}long.md"
    deeds = [Deed(Action.CREATED, f"{n} {'long ' * 50}", "why", f"OPS-{n}") for n in range(300)]
    subject, *rest = commit_message(name, deeds, is_new=False).splitlines()
    assert subject == "Update 2026-03-02-PINVENTED1-very-very-very….md: 300 changes"
    assert name in rest
    assert rest[-1] == "- and 100 more"
    assert all(len(line) < 100 for line in rest if line != name)


@given(st.lists(st.builds(Deed, st.sampled_from(Action), *[st.text()] * 5)), st.booleans())
def test_whatever_was_done_makes_a_message(deeds: list[Deed], is_new: bool) -> None:
    told = commit_message("x.md", deeds, is_new=is_new)
    assert clean_message(told, "other").split(":")[0] in {"Draft x.md", "Update x.md"}


@pytest.mark.parametrize(
    ("author", "signed"),
    [
        (PageUser("Mira Jung", "mira@example.com"), "Mira Jung <mira@example.com>"),
        (PageUser("Tom"), "Tom <unknown>"),
        (PageUser('O\'Neil, "Zoë" (ops) \\', "z@example.com"), 'O\'Neil, "Zoë" (ops) \\'),
        (PageUser("X <y@example.com>", "x@example.com"), "X y@example.com <x@example.com>"),
    ],
)
def test_whoever_wrote_is_the_author_and_the_program_the_committer(
    place: GitPlace, author: PageUser, signed: str
) -> None:
    place.store.write(NAME, "#\n", None, author=author.signature)
    program = place.history("%cn <%ce>")[0]
    written = place.history("%an <%ae>")[0]
    assert written.removesuffix(" <z@example.com>") == signed
    assert written != program
    git("-C", str(place.remote), "fsck", "--strict")
