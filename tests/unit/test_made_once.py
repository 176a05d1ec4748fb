"""What is made of a shared list: once for each that is asked, and anew for another list."""

from collections.abc import Sequence

from worker.web.lists.made_once import MadeOnce


def test_it_is_made_once_for_each_that_is_asked_of_one_list() -> None:
    made = []

    @MadeOnce
    def above(rows: Sequence[int], least: int, *, twice: bool = False) -> list[int]:
        made.append((least, twice))
        return [one for one in rows if one >= least] * (2 if twice else 1)

    rows = [1, 2, 3]
    assert above(rows, 2) == above(rows, 2) == [2, 3]
    assert above(rows, 3) == [3]
    assert above(rows, 3, twice=True) == [3, 3]
    assert made == [(2, False), (3, False), (3, True)]


def test_an_equal_list_is_another() -> None:
    made = MadeOnce[int, [], int](sum)
    rows = [1, 2]
    assert made(rows) == 3
    rows.append(3)
    assert made(rows) == 3  # it was told to be the same
    assert made(list(rows)) == 6


def test_of_many_questions_the_last_are_kept() -> None:
    asked: list[int] = []

    @MadeOnce
    def plus(rows: Sequence[int], more: int) -> int:
        asked.append(more)
        return sum(rows) + more

    rows = [1]
    for more in range(40):
        plus(rows, more)
    plus(rows, 39)
    assert len(asked) == 40
    plus(rows, 0)
    assert len(asked) == 41
