"""One document's life: people who write by the page and in the file, and the program beside them.

Every word that somebody writes is one that nobody else has. It must be in the document until
somebody takes it out who has seen it; of a save that clashes it must be on the page that says so.
"""

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from config.page_users import PageUser
from connectors.incidents import IncidentId
from tests.acceptance.world import World, with_rows
from tests.service.happenings import now, resolved_incident, who
from worker.jobs.context import JobContext
from worker.jobs.edits.save_edit import Clash, OpenedText, open_text, save_edit
from worker.jobs.results import Trigger
from worker.jobs.run_many import RunRequest, run_many
from worker.store.document_store import DocumentBusy

ITEMS = ("Add an alert on the queue", "Write down how to restart it")
PEOPLE = (PageUser("Mira", "mira@example.com"), PageUser("Jonas", "jonas@example.com"))
ENDS = ("x", "é", "e\u0301", "日", "\U0001f692", "ß", "x y", "x\u00a0y", "*x*", "`x`", "x & <y>")
WORD = re.compile(r"w\d+q")


@dataclass
class History:
    """A document, whoever has it open, and the words that must be in it."""

    here: World
    context: JobContext
    chance: random.Random
    steps: list[str] = field(default_factory=list)
    expected: set[str] = field(default_factory=set)
    opened: dict[PageUser, tuple[OpenedText, str]] = field(default_factory=dict)
    clashes: int = 0
    made: int = 0

    def __post_init__(self) -> None:
        self.incident = resolved_incident(self.here.pagerduty.account, ITEMS)
        self.id = IncidentId(self.incident.id)
        self.the_program_works()

    @property
    def path(self) -> Path:
        (found,) = self.here.documents.rglob(f"*-{self.id}-*.md")
        return found

    def text(self) -> str:
        return self.path.read_bytes().decode()

    def live(self, steps: int) -> None:
        """Let so many things happen; after each, every word must be there."""
        often = {
            self.somebody_opens_it: 1,
            self.somebody_types: 5,
            self.somebody_saves: 3,
            self.somebody_writes_into_the_file: 2,
            self.the_program_works: 1,
            self.the_facts_change: 1,
            self.a_ticket_moves: 1,
        }
        for _ in range(steps):
            (happening,) = self.chance.choices(list(often), list(often.values()))
            self.steps.append(happening.__name__)
            happening()
            self.all_is_there()
        for person in PEOPLE:
            self.save(person)
        self.the_program_works()
        self.all_is_there()

    def all_is_there(self) -> None:
        there = set(WORD.findall(self.text()))
        assert self.expected <= there, (sorted(self.expected - there), self.steps, self.text())

    def somebody_opens_it(self) -> None:
        person = self.chance.choice(PEOPLE)
        if person not in self.opened:
            found = open_text(self.context, self.id)
            assert found
            self.opened[person] = found, found.text

    def somebody_types(self) -> None:
        self.somebody_opens_it()
        person = self.chance.choice(list(self.opened))
        began, text = self.opened[person]
        self.opened[person] = began, self.typed(text)

    def somebody_saves(self) -> None:
        if self.opened:
            self.save(self.chance.choice(list(self.opened)))

    def save(self, person: PageUser) -> None:
        """Save what somebody has open; where that clashes, they keep theirs and save again."""
        if person not in self.opened:
            return
        began, mine = self.opened.pop(person)
        try:
            save_edit(self.context, self.id, mine, began.digest, person)
            self.was_written(began.text, mine)
        except Clash as clash:
            self.clashes += 1
            shown = set(WORD.findall(clash.mine)) | set(WORD.findall(clash.theirs.text))
            assert self.expected | set(WORD.findall(mine)) - set(WORD.findall(began.text)) <= shown
            kept = clash.mine_kept
            save_edit(self.context, self.id, kept, clash.theirs.digest, person)
            self.was_written(clash.theirs.text, kept)

    def was_written(self, before: str, after: str) -> None:
        """Count what a person put in, and what they took out, having seen it."""
        old, new = set(WORD.findall(before)), set(WORD.findall(after))
        self.expected = (self.expected - (old - new)) | (new - old)

    def somebody_writes_into_the_file(self) -> None:
        before = self.text()
        after = self.typed(before)
        beside = self.path.with_suffix(".new")
        beside.write_bytes(after.encode())
        beside.replace(self.path)
        self.was_written(before, after)

    def the_program_works(self) -> None:
        request = RunRequest(
            trigger=Trigger.COMMAND, incidents=(self.id,), wait=90.0, sleep=self.here.clock.sleep
        )
        try:
            run_many(self.context, request)
        except DocumentBusy:
            return  # somebody has just saved: the next time

    def the_facts_change(self) -> None:
        self.incident.note(f"Looked at again, step {len(self.steps)}.", now(), who(self.incident))

    def a_ticket_moves(self) -> None:
        keys = re.findall(r"\[(OPS-\d+)\]", self.text())
        if keys:
            key = self.chance.choice(keys)
            moves = self.here.jira.site.moves(self.here.jira.ticket(key))
            self.here.jira.transition(key, self.chance.choice([one.name for one in moves]))

    def word(self) -> str:
        self.made += 1
        return f"w{self.made}q{self.chance.choice(ENDS)}"

    def typed(self, text: str) -> str:
        """Give a text as somebody leaves it: with a line, a row or a cell that is new or changed."""
        ways = (self._bullet, self._paragraph, self._row, self._owner, self._word, self._line_less)
        return self.chance.choice(ways)(text)

    def _places(self, lines: list[str], begin: str) -> list[int]:
        end = next((at for at, line in enumerate(lines) if line.startswith("# ")), 0)
        return [at for at, line in enumerate(lines) if at > end and line.startswith(begin)]

    def _bullet(self, text: str) -> str:
        lines = text.split("\n")
        places = self._places(lines, "- ")
        if places:
            lines.insert(self.chance.choice(places) + 1, f"- {self.word()} was seen")
        return "\n".join(lines)

    def _paragraph(self, text: str) -> str:
        lines = text.split("\n")
        if places := self._places(lines, "## "):
            at = self.chance.choice(places)
            lines[at:at] = [f"What {self.word()} tells.", ""]
        return "\n".join(lines)

    def _row(self, text: str) -> str:
        return with_rows(text, (f"Look after {self.word()}",))

    def _owner(self, text: str) -> str:
        """Change an action item's owner: what stood there is taken out."""
        lines = text.split("\n")
        heading = next(at for at, line in enumerate(lines) if line.startswith("## 6."))
        rows = [at for at, line in enumerate(lines) if at > heading and line.startswith("| ")][1:]
        if rows:
            at = self.chance.choice(rows)
            cells = lines[at].split("|")
            cells[2] = f" {self.word()} "
            lines[at] = "|".join(cells)
        return "\n".join(lines)

    def _word(self, text: str) -> str:
        lines = text.split("\n")
        if places := [at for at in self._places(lines, "- ") if WORD.search(lines[at])]:
            lines[self.chance.choice(places)] += f" and {self.word()}"
        return "\n".join(lines)

    def _line_less(self, text: str) -> str:
        lines = text.split("\n")
        if places := [at for at in self._places(lines, "- ") if WORD.search(lines[at])]:
            del lines[self.chance.choice(places)]
        return "\n".join(lines)
