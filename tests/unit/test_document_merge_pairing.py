"""Which entry is which of the things once written: by its words, else by its place and likeness."""

import pytest

from worker.content.same_markdown import Spelling
from worker.document.merge.merge_pairing import by_new_keys, longest_rising, pair, reworded
from worker.document.merge.merge_values import Unit

HERE = Spelling()


def units(*texts: str, prompts: bool = False) -> list[Unit]:
    return [Unit(str(at), (text,), prompt=prompts) for at, text in enumerate(texts)]


def entries(*texts: str) -> list[tuple[str]]:
    return [(text,) for text in texts]


def test_entries_that_say_the_same_go_to_those_between_their_neighbours() -> None:
    written = units("same", "one", "same", "two", "same")
    assert pair(written, entries("one", "same", "two"), HERE) == {0: 1, 1: 2, 2: 3}
    assert pair(written, entries("one", "two", "same"), HERE) == {0: 1, 1: 3, 2: 4}


def test_an_entry_that_nothing_between_its_neighbours_says_is_the_first_that_does() -> None:
    written = units("same", "one", "two", "same")
    assert pair(written, entries("one", "same", "two"), HERE) == {0: 1, 1: 0, 2: 2}


def test_of_entries_that_say_the_same_one_alone_is_what_was_written() -> None:
    assert pair(units("same"), entries("same", "same"), HERE) == {0: 0}
    assert pair(units("same", "same", "same"), entries("same"), HERE) == {0: 0}
    found = pair(units("same", "two", "two"), entries("same", "same", "two", "two"), HERE)
    assert found == {0: 0, 2: 1, 3: 2}
    assert pair(units("one", "same"), entries("one", "same", "*same*", "same"), HERE) == {
        0: 0,
        1: 1,
    }


def test_one_of_two_that_say_the_same_is_the_one_beside_its_neighbour() -> None:
    written = units("same", "one", "same")
    assert pair(written, entries("one", "same"), HERE) == {0: 1, 1: 2}
    assert pair(written, entries("same", "one"), HERE) == {0: 0, 1: 1}


def test_where_none_fits_between_neighbours_the_first_goes_first() -> None:
    written = units("same", "one", "two", "same")
    found = pair(written, entries("one", "same", "same", "two"), HERE)
    assert found == {0: 1, 1: 0, 2: 3, 3: 2}


def test_a_column_that_people_removed_makes_no_difference() -> None:
    written = [Unit("a", ("02:10", "Fired")), Unit("b", ("02:20", "Paged"))]
    assert pair(written, [(None, "Paged"), ("02:10", "Fired")], HERE) == {0: 1, 1: 0}
    assert pair(written, [("02:10", "Fired", "else")], HERE) == {}


def test_an_entry_that_shares_two_fifths_of_the_words_is_a_rewording() -> None:
    assert reworded(units("a b c"), entries("A B d e"), {}, HERE) == {0: 0}
    assert reworded(units("a b c"), entries("a b d e f"), {}, HERE) == {}


def test_a_row_of_the_same_time_is_a_rewording_whatever_it_says() -> None:
    assert reworded([Unit("a", ("02:10", "Fired"))], [("02:10", "All began")], {}, HERE) == {0: 0}
    assert reworded([Unit("a", ("02:10", "Fired"))], [("02:11", "All began")], {}, HERE) == {}
    assert reworded([Unit("a", ("02:10", "Fired"))], [("02:10", None)], {}, HERE) == {0: 0}


def test_the_most_alike_is_the_rewording_and_counts_once() -> None:
    written = units("a b c d", "a b c e")
    assert reworded(written, entries("a b x y", "a b c z"), {}, HERE) == {0: 1}
    assert reworded(written, entries("a b c x", "a b c z"), {}, HERE) == {0: 0, 1: 1}


def test_a_rewording_stands_between_the_same_neighbours() -> None:
    written = units("first", "a b c", "last")
    found = entries("a b x", "first", "last", "a b y")
    assert reworded(written, found, {1: 0, 2: 2}, HERE) == {}
    found = entries("first", "a b x", "last")
    assert reworded(written, found, {0: 0, 2: 2}, HERE) == {1: 1}


def test_where_the_next_one_was_moved_above_a_rewording_may_stand_anywhere_below() -> None:
    written = units("first", "a b c", "last")
    assert reworded(written, entries("last", "first", "a b x"), {0: 2, 1: 0}, HERE) == {1: 2}


def test_nothing_else_bounds_the_rewording_of_the_last_one() -> None:
    written = units("one", "mid", "a b c")
    found = entries("mid", "else", "one", "a b x")
    assert reworded(written, found, {0: 1, 2: 0}, HERE) == {2: 3}


def test_several_that_follow_each_other_are_all_bounded_by_the_next_that_stands() -> None:
    written = units("a b c", "d e f", "last")
    assert reworded(written, entries("d e x", "last", "a b y"), {1: 2}, HERE) == {1: 0}


def test_behind_a_prompt_others_are_still_known() -> None:
    written = [*units("[Point 1]", prompts=True), Unit("a", ("a b c",))]
    assert reworded(written, entries("a b x"), {}, HERE) == {1: 0}


def test_a_prompt_is_not_reworded_by_what_people_write_in_its_place() -> None:
    assert reworded(units("[Point 1]", prompts=True), entries("[Point 1] and more"), {}, HERE) == {}


def test_a_rewording_is_looked_for_among_the_nearest_sixty() -> None:
    strangers = [f"x{at}" for at in range(60)]
    assert reworded(units("a b c"), entries(*strangers[1:], "a b d"), {}, HERE) == {0: 59}
    assert reworded(units("a b c"), entries(*strangers, "a b d"), {}, HERE) == {}


def test_the_fewest_leave_a_rising_order() -> None:
    assert longest_rising([]) == set()
    assert longest_rising([(3, "c"), (1, "a"), (2, "b"), (4, "d")]) == {"a", "b", "d"}
    assert len(longest_rising([(3, "c"), (2, "b"), (1, "a")])) == 1
    assert longest_rising([(5, "e"), (6, "f"), (1, "a"), (7, "g")]) == {"e", "f", "g"}


@pytest.mark.parametrize(
    ("known", "fresh", "keys"),
    [
        ({"a": "Watch", "b": "Fix"}, {"n": "Watch", "b": "Fix"}, ["n", "b"]),
        ({"a": "Watch", "b": "Watch"}, {"n": "Watch"}, ["n", "b"]),
        ({"a": "Watch", "b": "Fix"}, {"n": "Write"}, ["a", "b"]),
        ({"a": "Fix", "b": "Fix"}, {"b": "Fix"}, ["a", "b"]),
        ({"b": "Fix"}, {"b": "Fix it", "n": "Fix"}, ["b"]),
        ({"?a": "[x]"}, {"n": "[x]"}, ["?a"]),
        ({"a": "[x]"}, {"?n": "[x]"}, ["a"]),
    ],
)
def test_what_another_source_tells_of_is_known_by_its_first_words(
    known: dict[str, str], fresh: dict[str, str], keys: list[str]
) -> None:
    was, now = (
        [Unit(key, (text,), prompt=key.startswith("?")) for key, text in some.items()]
        for some in (known, fresh)
    )
    found = by_new_keys(was, now)
    assert [one.key for one in found] == keys
    assert [(one.cells, one.prompt) for one in found] == [(one.cells, one.prompt) for one in was]
