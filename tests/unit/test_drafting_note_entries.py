"""Which log entry tells of which note: each note once, none that was deleted."""

from datetime import UTC, datetime

import pytest

from connectors.incidents import Agent, AgentKind, Missing, Note
from tests.incidents.making import Making, channel, person, service
from worker.drafting.history.notes import NoteKind
from worker.drafting.history.story import story

START = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
SECRET = "login is svc_archive / tide-7-lantern"


def _making() -> Making:
    return Making(1, "Disk full", START, service("Archive"))


def _texts(it: Making) -> list[str]:
    return [note.text for note in story(it.record()).written_notes]


def _note(it: Making, offset: str, by: Agent | None, text: str, id_: str) -> None:
    """Add a note that the log does not tell of."""
    it.notes.append(Note(id_, text, it.at(offset), by))


def _annotate(it: Making, offset: str, by: Agent | None, text: str, note_id: str = "") -> None:
    """Add a log entry that tells of a note."""
    way_in = channel("note", summary=text)
    it.entry("annotate", offset, "Note added", by, channel=way_in, note_id=note_id or None)


def test_a_note_and_its_log_entry_are_one_remark_with_the_notes_text_and_the_entrys_link() -> None:
    it = _making()
    it.noted("5:00", "Ada", "It is the\npruning job.")
    (note,) = story(it.record()).written_notes
    assert note.key == "note:PN000"
    assert note.text == "It is the\npruning job."
    assert note.entry is it.log[0]
    assert note.sources == ("PN000", it.log[0].id)


def test_a_note_that_was_edited_is_known_by_its_author_and_moment() -> None:
    it = _making()
    it.noted("5:00", "Ada", "It is the pruning job, fixed.", log=False)
    way_in = channel("note", summary="It is the prunning job")
    it.entry("annotate", "5:01", "Note added", person("Ada"), channel=way_in)
    assert [note.text for note in story(it.record()).written_notes] == [
        "It is the pruning job, fixed."
    ]


def test_a_long_note_is_known_though_its_log_entry_was_cut() -> None:
    it = _making()
    long = "The pruning job lost its credentials when they were rotated " * 9
    it.noted("5:00", "Ada", long, log=False)
    way_in = channel("note", summary=f"{long[:80]}...")
    it.entry("annotate", "5:30", "Note added", None, channel=way_in)
    assert len(story(it.record()).written_notes) == 1


def test_different_notes_of_one_moment_stay_apart() -> None:
    it = _making()
    it.noted("5:00", "Ada", "one")
    it.noted("5:00", "Ada", "two")
    assert [note.text for note in story(it.record()).written_notes] == ["one", "two"]


def test_the_same_words_much_later_are_said_again() -> None:
    it = _making()
    it.noted("5:00", "Ada", "still down")
    it.noted("25:00", "Ada", "still down")
    assert len(story(it.record()).written_notes) == 2


def test_notes_that_begin_alike_are_all_told() -> None:
    it = _making()
    begin = "Rolling back the release on the archive cluster"
    texts = [begin, f"{begin}: 6 of 12 pods done", f"{begin}: all done, errors are gone"]
    for at, text in enumerate(texts):
        it.noted(f"{5 + at}:00", "Ada", text)
    assert _texts(it) == texts
    assert [note.entry for note in story(it.record()).written_notes] == it.log


def test_notes_that_begin_alike_have_the_nearest_of_the_entries_that_were_cut() -> None:
    it = _making()
    begin = "Automated check of the archive network: "
    texts = [f"{begin}{'started, ' * 20}{number}" for number in range(3)]
    for at, text in enumerate(texts):
        _note(it, f"{5 + at}:00", person("Ada"), text, f"PN{at}")
        _annotate(it, f"{5 + at}:01", person("Ada"), f"{text[:80]}…")
    assert _texts(it) == texts
    assert [note.entry for note in story(it.record()).written_notes] == it.log


@pytest.mark.parametrize("second", ["Ada", "Ben"])
def test_the_same_words_twice_are_two_notes(second: str) -> None:
    it = _making()
    it.noted("5:00", "Ada", "on it")
    it.noted("5:20", second, "on it")
    notes = story(it.record()).written_notes
    assert [note.text for note in notes] == ["on it", "on it"]
    assert [note.entry for note in notes] == it.log
    assert [note.author for note in notes] == [person("Ada"), person(second)]


def test_the_same_words_without_log_entries_are_two_notes() -> None:
    it = _making()
    it.noted("5:00", "Ada", "on it", log=False)
    it.noted("5:00", "Ada", "on it", log=False)
    assert _texts(it) == ["on it", "on it"]


def test_the_entry_that_names_a_note_is_its_entry_whatever_it_says() -> None:
    it = _making()
    _annotate(it, "5:00", None, "on it", "PN2")
    _annotate(it, "5:10", None, "something else", "PN1")
    _note(it, "5:00", None, "on it", "PN1")
    _note(it, "5:10", None, "on it", "PN2")
    notes = story(it.record()).written_notes
    assert [note.entry for note in notes] == [it.log[1], it.log[0]]


def test_a_note_without_an_author_has_the_one_of_its_entry() -> None:
    it = _making()
    _note(it, "5:00", None, "on it", "PN1")
    _annotate(it, "5:00", person("Ada"), "on it")
    assert [note.author for note in story(it.record()).written_notes] == [person("Ada")]


def test_a_note_that_was_deleted_is_told_nowhere() -> None:
    it = _making()
    it.noted("5:00", "Ada", "db-4 was read-only")
    _annotate(it, "6:00", person("Ada"), SECRET)
    told = story(it.record())
    assert [note.text for note in told.written_notes] == ["db-4 was read-only"]
    assert told.entries == tuple(it.log[:1])


def test_the_words_of_a_deleted_note_are_not_told_with_the_resolution_either() -> None:
    it = _making()
    _annotate(it, "29:59", person("Ada"), f"Resolution Note: {SECRET}")
    it.entry("resolve", "30:00", "Resolved", person("Ada"), note=SECRET)
    told = story(it.record())
    assert told.written_notes == ()
    assert [entry.note for entry in told.entries] == [None]


def test_a_deleted_note_of_one_person_does_not_stand_in_for_the_same_words_of_another() -> None:
    it = _making()
    _annotate(it, "5:00", person("Ada"), "on it")
    _note(it, "5:10", person("Ben"), "on it", "PN1")
    told = story(it.record())
    assert [(note.author, note.entry) for note in told.written_notes] == [(person("Ben"), None)]
    assert told.entries == ()


@pytest.mark.parametrize("partly", [True, False])
def test_nothing_counts_as_deleted_where_the_notes_were_not_read_whole(partly: bool) -> None:
    it = _making()
    it.noted("5:00", "Ada", "read")
    _annotate(it, "6:00", person("Ada"), "not read")
    it.missing.append(Missing("notes", "They broke off.", partly=partly))
    assert _texts(it) == ["read", "not read"]


def test_the_note_of_a_resolution_and_the_words_that_it_carries_are_one() -> None:
    it = _making()
    _note(it, "29:59", person("Ada"), "Resolution Note: pruned by hand", "PN1")
    _note(it, "29:00", person("Ada"), "pruned by hand", "PN2")
    it.entry("resolve", "30:00", "Resolved", person("Ada"), note="pruned by hand")
    earlier, last = story(it.record()).written_notes
    assert (earlier.kind, earlier.resolution) == (NoteKind.NOTE, None)
    assert (last.kind, last.resolution) == (NoteKind.RESOLUTION, it.log[0])


def test_a_bots_reports_are_told_each() -> None:
    it = _making()
    bot = Agent(AgentKind.BOT, "B1", "Checker")
    for at in range(3):
        _note(it, f"5:{at:02}", bot, "Check passed", f"PN{at}")
        _annotate(it, f"5:{at:02}", bot, "Check passed")
    notes = story(it.record()).written_notes
    assert [note.entry for note in notes] == it.log


SLACK = Agent(AgentKind.OTHER, "PSLACK", "Slack")


@pytest.mark.parametrize("kind", [AgentKind.OTHER, AgentKind.INTEGRATION])
def test_a_note_that_a_program_wrote_for_somebody_is_theirs(kind: AgentKind) -> None:
    it = _making()
    _note(it, "5:00", Agent(kind, "PSLACK", "Slack"), "rolled back", "PN1")
    _annotate(it, "5:00", Agent(AgentKind.PERSON, "", "Ada"), "rolled back")
    (note,) = story(it.record()).written_notes
    assert note.author is not None
    assert note.author.name == "Ada"
    assert note.entry is it.log[0]


def test_a_note_of_somebody_is_no_programs() -> None:
    it = _making()
    _note(it, "5:00", person("Ada"), "rolled back", "PN1")
    _annotate(it, "5:00", SLACK, "rolled back")
    (note,) = story(it.record()).written_notes
    assert note.author == person("Ada")
    assert note.entry is it.log[0]


@pytest.mark.parametrize("by", ["Ben", None])
def test_words_of_one_person_are_not_told_with_what_another_resolved(by: str | None) -> None:
    it = _making()
    it.resolved("10:00", by)
    _note(it, "10:01", person("Ada"), "Resolution Note: rolled back", "PN1")
    (note,) = story(it.record()).written_notes
    assert (note.kind, note.resolution) == (NoteKind.RESOLUTION, None)
    it.resolved("10:02", "Ada")
    (note,) = story(it.record()).written_notes
    assert note.resolution is it.log[-1]
