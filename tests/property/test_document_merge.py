"""People, facts and tickets change a document in any order, and nobody's words are lost.

Words of people hold ``zq`` and a number, words of the program ``fact``, a key and a version, so
that each line tells whose it is.
"""

import re
from datetime import date
from importlib.resources import files

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from config.template_names import Names, Slot
from worker.content.draft_content import Content, DraftEntry, DraftRow, Point
from worker.document.action_items import CellEdit, TicketCell
from worker.document.action_section import read, write
from worker.document.fill_template import fill
from worker.document.markdown_blocks import parse
from worker.document.merge.merge import merge
from worker.document.merge.merge_values import Written
from worker.document.rendered_parts import first_disturbed

TEMPLATE = files("config").joinpath("postmortem.md").read_text("utf-8")
NAMES = Names()
HEADS = (Slot.DURATION, Slot.IMPACT, Slot.SERVICES, Slot.ROOT_CAUSE, Slot.USERS_AFFECTED)
LISTS = (Slot.STEPS_TAKEN, Slot.WENT_WELL, Slot.CONTRIBUTING_FACTORS)
FACT = re.compile(r"fact-(\w+)-v\d+")
SECTION = re.compile(r"(?m)^## ")

picks = st.integers(min_value=0, max_value=10_000)
minutes = st.integers(min_value=0, max_value=600)


class People(RuleBasedStateMachine):
    """A document, the facts behind it, and what people did to either."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.facts: dict[str, tuple[int, int]] = {}  # key → version, minute
        self.deleted: set[str] = set()
        self.frozen: set[str] = set()
        self.base: Written | None = None
        self.text = ""
        self.forgotten = False

    # what the program knows

    def _said(self, key: str) -> str:
        return f"fact-{key}-v{self.facts[key][0]}"

    def _keys(self, kind: str) -> list[str]:
        return [key for key in self.facts if key.startswith(kind)]

    def _rows(self) -> tuple[DraftRow, ...]:
        keys = sorted(self._keys("t"), key=lambda key: (self.facts[key][1], key))
        return tuple(DraftRow(key, (_clock(self.facts[key][1]), self._said(key))) for key in keys)

    def _content(self) -> Content:
        entries = {}
        for at, slot in enumerate(HEADS):
            if f"h{at}" in self.facts:
                entries[slot] = DraftEntry(self._said(f"h{at}"), keep_prompt=slot is Slot.IMPACT)
        for at, slot in enumerate(LISTS):
            points = tuple(Point(key, self._said(key)) for key in self._keys(f"p{at}"))
            entries[slot] = DraftEntry(points=points, keep_prompt=slot is Slot.WENT_WELL)
        return Content(
            incident="Q1FOX",
            url=f"https://incidents.example.com/Q1FOX?{self.facts['url'][0]}",
            title=self._said("name"),
            starts_on=date(2026, 11, 2),
            timezone="Europe/Berlin",
            entries=entries,
            timeline=self._rows(),
            action_items=tuple(DraftRow(k, (self._said(k), "", "", "")) for k in self._keys("a")),
        )

    @initialize(rows=st.integers(0, 4))
    def first_draft(self, rows: int) -> None:
        self.facts = {"name": (1, 0), "url": (1, 0)}
        for at in range(rows):
            self.facts[f"t{at}"] = (1, 30 * at)
        self.base = fill(TEMPLATE, self._content(), NAMES)
        self.text = self.base.text

    @rule(pick=picks)
    def a_fact_changes(self, pick: int) -> None:
        key = list(self.facts)[pick % len(self.facts)]
        version, minute = self.facts[key]
        self.facts[key] = (version + 1, minute)

    @rule(kind=st.sampled_from(["t", "t", "p0", "p1", "p2", "a"]), minute=minutes)
    def a_fact_appears(self, kind: str, minute: int) -> None:
        self.count += 1
        self.facts[f"{kind}x{self.count}"] = (1, minute)

    @rule(at=st.integers(0, len(HEADS) - 1))
    def a_summary_appears(self, at: int) -> None:
        self.facts.setdefault(f"h{at}", (1, 0))

    @rule(pick=picks)
    def a_fact_vanishes(self, pick: int) -> None:
        keys = [key for key in self.facts if key not in ("name", "url")]
        if keys:
            del self.facts[keys[pick % len(keys)]]

    @rule(pick=picks, minute=minutes)
    def the_time_of_a_row_is_corrected(self, pick: int, minute: int) -> None:
        keys = self._keys("t")
        if keys:
            key = keys[pick % len(keys)]
            self.facts[key] = (self.facts[key][0] + 1, minute)

    # what people do

    def _word(self) -> str:
        self.count += 1
        return f"zq{self.count}"

    def _lines(self) -> list[str]:
        return re.split(r"(?<=\n)", self.text)[:-1]

    def _fact_lines(self) -> list[int]:
        """Lines that hold a fact as the program wrote it, and nothing of people's."""
        return [
            at
            for at, line in enumerate(self._lines())
            if FACT.search(line) and "zq" not in line and not line.startswith("url")
        ]

    def _put(self, lines: list[str]) -> None:
        self.text = "".join(lines)

    @precondition(lambda self: self._fact_lines())
    @rule(pick=picks)
    def somebody_rewords_a_fact(self, pick: int) -> None:
        lines, places = self._lines(), self._fact_lines()
        at = places[pick % len(places)]
        self.frozen.add(FACT.search(lines[at])[1])  # type: ignore[index] # found just above
        lines[at] = FACT.sub(lambda found: f"{found.group()} {self._word()}", lines[at])
        self._put(lines)

    @precondition(lambda self: self._fact_lines())
    @rule(pick=picks)
    def somebody_deletes_a_row_or_point(self, pick: int) -> None:
        lines = self._lines()
        places = [at for at in self._fact_lines() if lines[at].startswith(("|", "  -"))]
        if places:
            at = places[pick % len(places)]
            self.deleted.add(FACT.search(lines[at])[1])  # type: ignore[index] # found just above
            self._put(lines[:at] + lines[at + 1 :])

    @rule(pick=picks, minute=minutes)
    def somebody_adds_a_timeline_row(self, pick: int, minute: int) -> None:
        self._insert_row("Time (Europe", pick, (_clock(minute), self._word()))

    @rule(pick=picks)
    def somebody_adds_an_action_item(self, pick: int) -> None:
        self._insert_row("Task Description", pick, (self._word(), "ann", "", "2026-12-03"))

    def _insert_row(self, header: str, pick: int, cells: tuple[str, ...]) -> None:
        table = next((t for t in parse(self.text).tables if header in t.header.cells[0].text), None)
        if table is None:
            return
        lines = self._lines()
        behind = [table.rule.line, *(row.line for row in table.rows)]
        line = behind[pick % len(behind)]
        end = "\r\n" if lines[line].endswith("\r\n") else "\n"
        lines.insert(line + 1, "| " + " | ".join(cells) + " |" + end)
        self._put(lines)

    @rule(pick=picks)
    def somebody_adds_a_point(self, pick: int) -> None:
        items = [item for item in parse(self.text).all_items() if item.text.startswith("**")]
        if items:
            lines, item = self._lines(), items[pick % len(items)]
            end = "\r\n" if lines[item.line].endswith("\r\n") else "\n"
            lines.insert(item.behind, f"  - {self._word()}{end}")
            self._put(lines)

    @rule(pick=picks)
    def somebody_adds_a_paragraph(self, pick: int) -> None:
        lines = self._lines()
        blank = [at for at, line in enumerate(lines) if not line.strip() and at > 4]
        at = blank[pick % len(blank)]
        lines[at : at + 1] = [lines[at], f"{self._word()} <b>said</b>  \n", "\n"]
        self._put(lines)

    @rule(pick=picks)
    def somebody_swaps_two_rows(self, pick: int) -> None:
        tables = [table for table in parse(self.text).tables if len(table.rows) > 1]
        if tables:
            rows = tables[pick % len(tables)].rows
            lines, at = self._lines(), rows[pick % (len(rows) - 1)].line
            lines[at], lines[at + 1] = lines[at + 1], lines[at]
            self._put(lines)

    @rule(pick=picks)
    def somebody_adds_a_column(self, pick: int) -> None:
        tables = parse(self.text).tables
        if not tables:
            return
        table, lines, word = tables[pick % len(tables)], self._lines(), self._word()
        for row in (table.header, table.rule, *table.rows):
            cell = "---" if row is table.rule else word
            line = lines[row.line]
            cut = len(line.rstrip())
            lines[row.line] = f"{line[:cut]} {cell} |{line[cut:]}"
        self._put(lines)

    @rule(pick=picks)
    def somebody_moves_a_section(self, pick: int) -> None:
        starts = [found.start() for found in SECTION.finditer(self.text)]
        if len(starts) > 1:
            at = starts[pick % (len(starts) - 1)]
            behind = starts[starts.index(at) + 1]
            section = self.text[at:behind]
            if self.text.endswith("\n"):
                self.text = self.text[:at] + self.text[behind:] + "\n" + section

    @rule(crlf=st.booleans(), every=st.integers(1, 3))
    def somebody_changes_line_ends(self, crlf: bool, every: int) -> None:
        lines = [line.rstrip("\r\n") for line in self._lines()]
        ends = ["\r\n" if crlf and at % every == 0 else "\n" for at in range(len(lines))]
        self._put([line + end for line, end in zip(lines, ends, strict=True)])

    @rule(number=st.integers(1, 99), status=st.sampled_from(["To Do", "Done", "In | Review"]))
    def tickets_are_written(self, number: int, status: str) -> None:
        items = read(self.text, NAMES).items
        cells = [
            CellEdit(
                item.ordinal,
                item.ticket or TicketCell(f"OPS-{number}{at}", "https://jira.example.com/x"),
                status,
            )
            for at, item in enumerate(items)
        ]
        before = self.text
        self.text = write(before, NAMES, cells)
        assert first_disturbed(before, self.text, NAMES) is None
        assert write(self.text, NAMES, cells) == self.text
        after = read(self.text, NAMES).items
        assert [item.task for item in after] == [item.task for item in items]
        assert {item.status_text for item in after} <= {status}
        others = [line for line in before.split("\n") if not line.startswith("|")]
        assert [line for line in self.text.split("\n") if not line.startswith("|")] == others

    @precondition(lambda self: not self.forgotten)
    @rule(chance=st.integers(0, 9))
    def the_database_is_lost(self, chance: int) -> None:
        if chance == 0:
            self.base, self.forgotten = None, True

    @rule()
    def a_sync(self) -> None:
        fresh = fill(TEMPLATE, self._content(), NAMES)
        before = self.text
        merged = merge(self.base, before, fresh, NAMES)
        assert first_disturbed(before, merged.text, NAMES) is None
        self._nothing_of_people_is_lost(before, merged.text)
        if not self.forgotten:
            self._deleted_stays_deleted(merged.text)
            self._facts_are_current(merged.text)
        again = merge(merged.base, merged.text, fresh, NAMES)
        assert again.text == merged.text
        assert not again.changes
        assert again.base.units == merged.base.units
        assert Written.from_json(merged.base.to_json()) == merged.base
        self.text, self.base = merged.text, merged.base

    def _nothing_of_people_is_lost(self, before: str, after: str) -> None:
        assert re.findall(r"zq\d+", after) == re.findall(r"zq\d+", before)
        assert self._lines_of_people(after) == self._lines_of_people(before)
        mine = re.compile(r"fact-|\[.*\]|^url: |^- \*\*[^*]+:\*\*\s*$")
        plain = [line for line in before.split("\n") if not mine.search(line)]
        left = iter(after.split("\n"))
        assert all(line in left for line in plain)

    def _lines_of_people(self, text: str) -> list[str]:
        """Lines with words of people, but for those where only a cell beside a fact is theirs."""
        lines = [line for line in text.split("\n") if "zq" in line]
        keys = [FACT.search(line) for line in lines]
        return [
            line
            for line, key in zip(lines, keys, strict=True)
            if key is None or key[1] in self.frozen
        ]

    def _deleted_stays_deleted(self, after: str) -> None:
        found = set(FACT.findall(after))
        assert not (self.deleted & found)

    def _facts_are_current(self, after: str) -> None:
        gone = self.deleted | self.frozen | {"url"}
        for key in self.facts.keys() - gone:
            assert after.count(self._said(key)) == 1, key
        kept = [line for line in after.split("\n") if "zq" in line or "OPS-" in line]
        gone |= set(FACT.findall("\n".join(kept))) - self.facts.keys()
        said = [found.group() for found in FACT.finditer(after) if found[1] not in gone]
        assert sorted(said) == sorted(self._said(key) for key in self.facts.keys() - gone)
        if "url" in self.facts:
            assert f"Q1FOX?{self.facts['url'][0]}" in after


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


TestPeople = People.TestCase
TestPeople.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
