"""Two change one document: what either wrote is there, where it was written, and once."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from hypothesis import example, given
from hypothesis import strategies as st

from worker.document.join.browser_text import as_opened
from worker.document.join.join import join

_WORD = re.compile(r"w\d+x")


@dataclass
class Draft:
    """A document in the making: lines around a table, every word in it a word of its own."""

    above: list[str]
    header: list[str]
    rows: list[list[str]]
    below: list[str]
    end: str = "\n"
    front: list[str] = field(default_factory=list)

    def text(self) -> str:
        front = ["---", *self.front, "---", ""] if self.front else []
        table = [self.header, ["---"] * len(self.header), *self.rows]
        told = [f"| {' | '.join(row)} |" for row in table]
        lines = [*front, "# Title", "", *self.above, "", "## Table", "", *told, "", *self.below]
        return self.end.join(lines) + self.end

    def copy(self) -> "Draft":
        rows = [list(row) for row in self.rows]
        return replace(
            self,
            above=list(self.above),
            header=list(self.header),
            rows=rows,
            below=list(self.below),
            front=list(self.front),
        )


class Person:
    """Somebody who changes a document; each of their words is one that nobody else has."""

    def __init__(self, draft: Draft, words: "count[int]") -> None:
        self.draft = draft.copy()
        self._words = words

    def word(self) -> str:
        return f"w{next(self._words)}x"

    def cell(self, one: int, other: int) -> None:
        if self.draft.rows:
            row = self.draft.rows[one % len(self.draft.rows)]
            row[other % len(row)] = self.word()

    def row(self, one: int, _: int) -> None:
        new = [self.word() for _ in self.draft.header]
        self.draft.rows.insert(one % (len(self.draft.rows) + 1), new)

    def no_row(self, one: int, _: int) -> None:
        if self.draft.rows:
            del self.draft.rows[one % len(self.draft.rows)]

    def move(self, one: int, _: int) -> None:
        if self.draft.rows:
            self.draft.rows.append(self.draft.rows.pop(one % len(self.draft.rows)))

    def column(self, one: int, _: int) -> None:
        at = one % (len(self.draft.header) + 1)
        for line in (self.draft.header, *self.draft.rows):
            line.insert(at, self.word())

    def no_column(self, one: int, _: int) -> None:
        if len(self.draft.header) > 2:
            at = one % len(self.draft.header)
            for line in (self.draft.header, *self.draft.rows):
                del line[at]

    def line(self, one: int, other: int) -> None:
        if lines := self._lines(other):
            lines[one % len(lines)] += f" {self.word()}"

    def new_line(self, one: int, other: int) -> None:
        lines = self._lines(other)
        lines.insert(one % (len(lines) + 1), self.word())

    def no_line(self, one: int, other: int) -> None:
        if lines := self._lines(other):
            del lines[one % len(lines)]

    def bullet(self, _: int, __: int) -> None:
        self.draft.below.append(f"- **{self.word()}:** {self.word()}")

    def front(self, one: int, _: int) -> None:
        if front := self.draft.front:
            key = front[one % len(front)].partition(":")[0]
            front[one % len(front)] = f"{key}: {self.word()}"

    def _lines(self, other: int) -> list[str]:
        return self.draft.above if other % 2 else self.draft.below


Step = tuple[Callable[[Person, int, int], None], int, int]
STEPS: tuple[Callable[[Person, int, int], None], ...] = (
    *(Person.cell, Person.row, Person.no_row, Person.move, Person.column, Person.no_column),
    *(Person.line, Person.new_line, Person.no_line, Person.bullet, Person.front),
)
steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 9), st.integers(0, 9)), max_size=5
)


def change(draft: Draft, taken: Sequence[Step], words: "count[int]") -> Draft:
    person = Person(draft, words)
    for step, one, other in taken:
        step(person, one, other)
    return person.draft


@st.composite
def drafts(draw: st.DrawFn, words: "count[int]") -> Draft:
    def line() -> str:
        return f"w{next(words)}x w{next(words)}x w{next(words)}x"

    width = draw(st.integers(2, 4))
    return Draft(
        [line() for _ in range(draw(st.integers(0, 3)))],
        [f"w{next(words)}x" for _ in range(width)],
        [[f"w{next(words)}x" for _ in range(width)] for _ in range(draw(st.integers(0, 4)))],
        [line() for _ in range(draw(st.integers(0, 3)))],
        draw(st.sampled_from(["\n", "\r\n"])),
        [f"{key}: w{next(words)}x" for key in ("incident", "status")]
        if draw(st.booleans())
        else [],
    )


@st.composite
def threes(draw: st.DrawFn) -> tuple[str, str, str]:
    words = count()
    base = draw(drafts(words))
    mine, theirs = (change(base, draw(steps), words) for _ in range(2))
    return base.text(), mine.text(), theirs.text()


def words_of(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text))


def columns_of(text: str) -> dict[str, str]:
    """Give for each word in a table the name of its column."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return {
        word: rows[0][at]
        for row in rows[2:]
        for at, word in enumerate(row)
        if at < len(rows[0]) and _WORD.fullmatch(word)
    }


@given(threes())
def test_what_either_wrote_is_there_once_and_what_both_kept(
    three: tuple[str, str, str],
) -> None:
    base, mine, theirs = three
    joined = join(base, mine, theirs)
    if joined.text is None:
        assert joined.conflicts
        return
    was, one, other, found = (words_of(text) for text in (base, mine, theirs, joined.text))
    new = (one - was) + (other - was)
    kept = was & one & other
    assert new + kept <= found
    assert max(found.values(), default=1) == 1
    if not (is_moved(base, mine) or is_moved(base, theirs)):
        assert found == new + kept


def is_moved(base: str, changed: str) -> bool:
    """Tell whether words stand in another order: a row that moved and changed is a new one."""
    before, after = (_WORD.findall(text) for text in (base, changed))
    both = set(before) & set(after)
    return [one for one in before if one in both] != [one for one in after if one in both]


@given(threes())
def test_every_cell_stands_under_the_name_that_its_writer_saw(
    three: tuple[str, str, str],
) -> None:
    base, mine, theirs = three
    joined = join(base, mine, theirs)
    if joined.text is None:
        return
    found = columns_of(joined.text)
    names = set(found.values())
    for text in (mine, theirs):
        for word, name in columns_of(text).items():
            if word in found and name in names:  # else the other renamed it, or took it out
                assert found[word] == name


@given(threes())
def test_who_changed_alone_gets_what_they_made(three: tuple[str, str, str]) -> None:
    base, mine, _ = three
    assert join(base, mine, base).text == mine
    assert join(base, base, mine).text == mine
    assert join(base, mine, mine).text == mine


@given(threes())
def test_a_conflict_is_one_for_both(three: tuple[str, str, str]) -> None:
    base, mine, theirs = three
    one, other = join(base, mine, theirs), join(base, theirs, mine)
    assert bool(one.conflicts) == bool(other.conflicts)
    assert {(clash.mine, clash.theirs) for clash in one.conflicts} == {
        (clash.theirs, clash.mine) for clash in other.conflicts
    }


@given(st.text(alphabet="ab|-\n# \r:>*`", max_size=60), st.text(alphabet="ab|-\n# \r", max_size=60))
@example("", "a")
@example("a", "")
def test_any_text_can_be_joined(base: str, mine: str) -> None:
    theirs = f"{base}\nnew"
    joined = join(base, mine, theirs)
    assert joined.text is not None or joined.conflicts
    assert join(base, mine, base).text == mine


@given(
    st.lists(st.text(alphabet="ab |", max_size=6), max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.booleans(),
)
def test_what_a_browser_does_to_a_text_is_undone(
    lines: list[str], end: str, marked: bool, ended: bool
) -> None:
    opened = ("\ufeff" if marked else "") + end.join(lines) + (end if ended and lines else "")
    sent = re.sub(r"\r\n|\r|\n", "\r\n", opened.removeprefix("\ufeff"))
    if sent:
        assert as_opened(sent, opened) == opened
