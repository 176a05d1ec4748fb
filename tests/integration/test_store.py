"""What every store of documents does, whatever it keeps them in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.places import DirectoryPlace, GitPlace, Place
from worker.store.document_store import BadName, Changed, DocumentMissing, NotText, Version

PLACES: dict[str, Callable[[Path], Place]] = {
    "directory": DirectoryPlace.make,
    "git": GitPlace.make,
}
NAME = "2026-03-02-PINVENTED1-checkout-down.md"


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return PLACES[request.param](tmp_path)


def names(place: Place) -> list[str]:
    return [listed.name for listed in place.store.list()]


def fingerprints(place: Place) -> dict[str, str]:
    return {listed.name: listed.fingerprint for listed in place.store.list()}


def test_a_store_that_nobody_has_written_to_is_empty(place: Place) -> None:
    assert names(place) == []


def test_what_is_written_is_what_people_see_and_what_is_read_again(place: Place) -> None:
    text = "---\nincident: PINVENTED1\n---\n# Postmortem: Käse\n"
    version = place.store.write(NAME, text, None)
    assert place.get(NAME) == text.encode()
    stored = place.again().read(NAME)
    assert stored.text == text
    assert stored.version.digest == version.digest
    assert names(place) == [NAME]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"one\ntwo", id="no last newline"),
        pytest.param(b"one\r\ntwo\r\n", id="CRLF"),
        pytest.param(b"one\r\ntwo\nthree\rfour", id="mixed line ends"),
        pytest.param(b"\xef\xbb\xbf# BOM\n", id="byte order mark"),
        pytest.param("tab\there, \u2028 separator, \U0001f600\x0c\x00\n".encode(), id="odd ones"),
    ],
)
def test_every_byte_goes_through_reading_and_writing(place: Place, data: bytes) -> None:
    place.put(NAME, data)
    stored = place.store.read(NAME)
    assert stored.text.encode() == data
    place.store.write(NAME, stored.text + "more", stored.version)
    assert place.get(NAME) == data + b"more"


def test_a_document_that_is_not_utf_8_is_told_with_the_place_of_the_bad_byte(place: Place) -> None:
    place.put(NAME, b"# Post\nna\xefve\n")
    with pytest.raises(NotText, match=r"byte 9, in line 2.* Save it as UTF-8") as error:
        place.store.read(NAME)
    assert NAME in str(error.value)
    assert names(place) == [NAME]


def test_half_a_character_is_not_written(place: Place) -> None:
    with pytest.raises(NotText, match="character 2 is half a character"):
        place.store.write(NAME, "ab\ud800", None)
    assert place.get(NAME) is None


def test_a_document_that_is_not_there_is_missing(place: Place) -> None:
    place.put("another.md", b"#\n")
    with pytest.raises(DocumentMissing, match=r"no .*nothing\.md"):
        place.store.read("nothing.md")


def test_what_was_last_seen_is_given_without_asking_again(place: Place) -> None:
    assert place.store.seen("a.md") is None
    place.put("a.md", b"before\n")
    place.store.list()
    seen = place.store.seen("a.md")
    assert seen is not None
    assert seen.text == "before\n"
    assert seen.version.digest == place.store.read("a.md").version.digest
    again = place.again().seen("a.md")
    assert again is not None
    assert again.text == seen.text
    assert place.store.seen("b.md") is None


def test_a_change_since_the_reading_is_never_written_over(place: Place) -> None:
    place.put(NAME, b"before\n")
    stored = place.store.read(NAME)
    place.put(NAME, b"a person\n")
    with pytest.raises(Changed, match="changed since it was read"):
        place.store.write(NAME, "the program\n", stored.version)
    assert place.get(NAME) == b"a person\n"


def test_the_place_is_known_from_the_first_write_on(place: Place) -> None:
    place.store.write("a.md", "one\n", None)
    known = place.store.place()
    assert known
    assert place.store.is_still(known)


def test_of_two_processes_that_read_the_same_only_the_first_writes(place: Place) -> None:
    place.put(NAME, b"before\n")
    one, other = place.store, place.again()
    first, second = one.read(NAME), other.read(NAME)
    one.write(NAME, "first\n", first.version)
    with pytest.raises(Changed):
        other.write(NAME, "second\n", second.version)
    assert place.get(NAME) == b"first\n"
    other.write(NAME, "second\n", other.read(NAME).version)
    assert place.get(NAME) == b"second\n"


def test_a_version_that_comes_back_counts_as_unchanged(place: Place) -> None:
    place.put(NAME, b"before\n")
    stored = place.store.read(NAME)
    place.put(NAME, b"a person\n")
    place.put(NAME, b"before\n")
    place.store.write(NAME, "the program\n", stored.version)
    assert place.get(NAME) == b"the program\n"


def test_a_removed_document_is_not_brought_back(place: Place) -> None:
    place.put(NAME, b"before\n")
    place.put("another.md", b"#\n")
    stored = place.store.read(NAME)
    place.remove(NAME)
    with pytest.raises(Changed, match="removed or renamed"):
        place.store.write(NAME, "the program\n", stored.version)
    assert place.get(NAME) is None
    assert names(place) == ["another.md"]


def test_a_new_document_never_takes_the_place_of_another(place: Place) -> None:
    place.put(NAME, b"a person\n")
    with pytest.raises(Changed, match="exists already"):
        place.store.write(NAME, "the program\n", None)
    assert place.get(NAME) == b"a person\n"


def test_one_write_may_follow_another_without_reading(place: Place) -> None:
    version: Version | None = None
    for text in ("one\n", "two\n", "three\n"):
        version = place.store.write(NAME, text, version)
    assert place.get(NAME) == b"three\n"


def test_writing_what_is_there_already_writes_nothing(place: Place) -> None:
    place.put(NAME, b"same\n")
    before = settled_fingerprints(place)
    read = place.store.read(NAME)
    assert place.store.write(NAME, "same\n", read.version) == read.version
    assert settled_fingerprints(place) == before
    place.put(NAME, b"changed\n")
    with pytest.raises(Changed):
        place.store.write(NAME, "same\n", read.version)
    place.put("another.md", b"#\n")
    place.remove(NAME)
    with pytest.raises(Changed):
        place.store.write(NAME, "same\n", read.version)


def test_documents_in_folders_are_listed_read_and_written_where_they_are(place: Place) -> None:
    moved = "2026/q1/checkout-down.md"
    place.put(moved, b"before\n")
    place.store.write("2027/new.md", "#\n", None)
    assert names(place) == ["2026/q1/checkout-down.md", "2027/new.md"]
    place.store.write(moved, "after\n", place.store.read(moved).version)
    assert place.get(moved) == b"after\n"


def test_what_is_no_document_is_not_listed(place: Place) -> None:
    place.put(NAME, b"#\n")
    place.put("UPPER.MD", b"#\n")
    for name in (
        "notes.txt",
        "chart.svg",
        ".hidden.md",
        ".obsidian/inside.md",
        f".{NAME}.swp",
        f"{NAME}~",
        f"#{NAME}#",
        f"~${NAME}",
        f"{NAME}.tmp",
    ):
        place.put(name, b"x")
    assert names(place) == [NAME, "UPPER.MD"]


def test_a_listing_tells_which_documents_changed_and_no_others(place: Place) -> None:
    place.put("changed.md", b"before\n")
    place.put("same.md", b"same\n")
    before = settled_fingerprints(place)
    place.put("changed.md", b"person\n")
    after = settled_fingerprints(place)
    assert after["same.md"] == before["same.md"]
    assert after["changed.md"] != before["changed.md"]


def test_a_written_documents_fingerprint_is_the_listings_until_somebody_changes_it(
    place: Place,
) -> None:
    first = place.store.write(NAME, "first\n", None)
    assert settled_fingerprints(place)[NAME] == first.fingerprint
    second = place.store.write(NAME, "again\n", first)
    assert settled_fingerprints(place)[NAME] == second.fingerprint
    assert place.store.read(NAME).version == second
    place.put(NAME, b"third\n")
    assert fingerprints(place)[NAME] != second.fingerprint


def settled_fingerprints(place: Place) -> dict[str, str]:
    """List until two listings agree: a change of this very instant is listed as unsure."""
    before = fingerprints(place)
    while (now := fingerprints(place)) != before:
        before = now
    return now


@pytest.mark.parametrize(
    "name",
    [
        "../outside.md",
        "/etc/outside.md",
        "a/../../outside.md",
        "a//b.md",
        "./a.md",
        ".git/config.md",
        ".hidden.md",
        "a/",
        "",
        ".",
        "no-ending",
        "picture.svg",
        "~$word.md",
        "nul\x00.md",
        "line\nbreak.md",
        "bidi\u202e.md",
        "half\ud800.md",
        "x" * 300 + ".md",
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused_by_reading_and_writing(
    place: Place, name: str
) -> None:
    with pytest.raises(BadName):
        place.store.read(name)
    with pytest.raises(BadName):
        place.store.write(name, "text", None)
    assert names(place) == []


def test_a_picture_is_put_beside_its_document_with_it_and_by_itself(place: Place) -> None:
    name, chart = f"2026/{NAME}", "2026/chart.svg"
    first = place.store.write(name, "#\n", None, beside={chart: b"<svg/>"})
    assert place.get(chart) == b"<svg/>"
    assert place.get(name) == b"#\n"
    place.store.write(name, "#\n", first, beside={chart: b"<svg>2</svg>"})
    assert place.get(name) == b"#\n"
    assert place.get(chart) == b"<svg>2</svg>"
    second = place.store.write(name, "# 2\n", first, beside={chart: b"<svg>2</svg>"})
    assert place.get(name) == b"# 2\n"
    assert settled_fingerprints(place) == {name: second.fingerprint}
    assert place.store.read_attachment(chart) == b"<svg>2</svg>"
    assert place.store.read_attachment("2026/none.svg") is None


@pytest.mark.parametrize("name", ["../chart.svg", "document.md", ".git/hooks", "/chart.svg"])
def test_a_picture_can_be_put_nowhere_else(place: Place, name: str) -> None:
    with pytest.raises(BadName):
        place.store.write(NAME, "#\n", None, beside={name: b"<svg/>"})
    assert names(place) == []


def test_people_are_told_where_a_document_is(place: Place) -> None:
    place.store.write(NAME, "#\n", None)
    assert place.store.where(NAME).endswith(NAME)


def test_the_preflight_finds_nothing_wrong_with_a_store_that_works(place: Place) -> None:
    assert [finding.problem for finding in place.store.check()] == [""]
    place.store.write(NAME, "#\n", None)
    (finding,) = place.store.check()
    assert finding.problem == ""
    assert "1 document" in finding.detail
