"""Lines and their places, and edits that change nothing beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.document.text_edits import Edit, Place, SourceText

TEXTS = ["", "a", "a\n", "a\r\nb", "a\rb\r", "a\r\n\nb\n\n", "\u2028a\x0bb\x85c\n", "\ufeffa\n\n"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_without_edits_stays_as_it_is(text: str) -> None:
    assert SourceText.of(text).apply([]) == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("a\rb\r", ["a", "b"]),
        ("a\rb\n\nc", ["a", "b", "", "c"]),
        ("a\u2028b\x0bc\x85d", ["a\u2028b\x0bc\x85d"]),
    ],
)
def test_only_line_feeds_and_carriage_returns_end_a_line(text: str, lines: list[str]) -> None:
    source = SourceText.of(text)
    assert [source.line(number) for number in range(len(source.starts))] == lines


@pytest.mark.parametrize(
    ("text", "after", "result"),
    [
        ("a\nb\n", 0, "a\nnew\nb\n"),
        ("a\r\nb", 0, "a\r\nnew\r\nb"),
        ("a\r\nb", 1, "a\r\nb\r\nnew"),
        ("a\nb\r\n", 1, "a\nb\r\nnew\r\n"),
        ("a", 0, "a\nnew"),
    ],
)
def test_a_new_line_ends_as_the_one_before_it(text: str, after: int, result: str) -> None:
    source = SourceText.of(text)
    assert source.apply([source.insert_after(after, ["new"])]) == result


@pytest.mark.parametrize(("text", "result"), [("a\nb", "a"), ("a\nb\n", "a\n"), ("a\r\nb", "a")])
def test_removing_the_last_line_keeps_the_end_as_it_was(text: str, result: str) -> None:
    source = SourceText.of(text)
    assert source.apply([Edit(source.lines(1, 2), "")]) == result


def test_the_last_line_can_be_replaced_by_others_without_a_gap() -> None:
    source = SourceText.of("a\nb")
    edits = [Edit(source.lines(1, 2), ""), source.insert_after(1, ["c"])]
    assert source.apply(edits) == "a\nc"


def test_what_is_inserted_at_one_place_keeps_its_order() -> None:
    source = SourceText.of("ab")
    here = Place(1, 1)
    edits = [Edit(here, "1"), Edit(Place(1, 2), "X"), Edit(here, "2")]
    assert source.apply(edits) == "a12X"


@given(st.text(alphabet="ab\r\n\u2028 "))
def test_lines_and_their_ends_make_up_the_text(text: str) -> None:
    source = SourceText.of(text)
    numbers = range(len(source.starts))
    assert "".join(source.line(at) + source.line_end(at) for at in numbers) == source.text
    assert all(source.number(source.starts[at]) == at for at in numbers)
    assert source.apply([]) == text


def test_whole_lines_are_placed_with_their_ends_and_several_are_added_in_order() -> None:
    source = SourceText.of("a\r\nb\nc")
    assert [source.text[slice(*_of(source.lines(*at)))] for at in ((0, 1), (0, 2), (1, 3))] == [
        "a\r\n",
        "a\r\nb\n",
        "b\nc\r\n",
    ]
    assert source.apply([source.insert_after(1, ["x", "y"])]) == "a\r\nb\nx\ny\nc"


def test_an_insertion_comes_before_what_replaces_from_there_on() -> None:
    replacing, inserting = Edit(Place(1, 2), "B"), Edit(Place(1, 1), "x")
    for edits in ([replacing, inserting], [inserting, replacing]):
        assert SourceText.of("abc\n").apply(edits) == "axBc\n"


def _of(place: Place) -> tuple[int, int]:
    return place.start, place.end
