"""Any order of edits, work in Jira, crashes, lost answers and syncs: one ticket an item, always."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from connectors.jira.payloads import SiteKind
from connectors.sandbox import Fault, Moment, Served
from tests.acceptance.world import LAG, world
from worker.jobs.results import IncidentResult
from worker.store.directory.directory_store import DirectoryStore
from worker.store.document_store import Version

pytestmark = pytest.mark.slow
WORDS = st.sampled_from(["Add an alert", "Review the hand-over", "Write the runbook", "Rehearse"])


POISON = "\U0001f692"
"""What the machine's Jira cannot store."""


class Killed(BaseException):
    """The program ends here, as if its process had been killed."""


class DyingStore(DirectoryStore):
    """A store at whose first save the program ends."""

    def write(self, *_: object, **__: object) -> Version:
        raise Killed


class Syncs(RuleBasedStateMachine):
    """A document, a Jira whose index lags, and a program that may end at any moment.

    That Jira fails at creates with a certain word in them, and may hide tickets, also new ones.
    """

    kind = SiteKind.CLOUD

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        self.here = self._open.enter_context(world(folder, self.kind, lag=LAG * 0.9))
        self.here.jira.site.poison = POISON
        self.here.sync()
        self.added: list[str] = []
        self.said: list[str] = []
        self.told: tuple[str, ...] = ()

    def teardown(self) -> None:
        try:
            self._until_quiet()
            self._one_each()
        finally:
            self._open.close()

    @rule(words=WORDS)
    def a_person_adds_a_row(self, words: str) -> None:
        self.added.append(f"{words} ({len(self.added)})")
        self.here.add_rows(self.added[-1])

    @rule(words=WORDS)
    def a_person_adds_a_row_that_jira_cannot_store(self, words: str) -> None:
        self.a_person_adds_a_row(f"{words} {POISON}")

    @precondition(lambda self: any(POISON in one for one in self.added))
    @rule()
    def a_person_mends_such_a_row(self) -> None:
        at = next(at for at, one in enumerate(self.added) if POISON in one)
        mended = self.added[at].replace(POISON, "now")
        self.here.edit(lambda text: text.replace(self.added[at], mended))
        self.added[at] = mended

    @rule(words=WORDS)
    def a_ticket_is_hidden_at_birth(self, words: str) -> None:
        project = self.here.jira.site.project("OPS")
        assert project is not None
        self.a_person_adds_a_row(words)
        project.hides_new = True
        self.here.sync(wait=90)
        project.hides_new = False

    @precondition(lambda self: any(self.here.linked()))
    @rule(data=st.data(), hidden=st.booleans())
    def somebody_hides_or_shows_a_ticket(self, data: st.DataObject, hidden: bool) -> None:
        key = data.draw(st.sampled_from([key for key in self.here.linked() if key]))
        self.here.jira.change(key, hidden=hidden)

    @precondition(lambda self: self.added)
    @rule(data=st.data())
    def a_person_writes_elsewhere(self, data: st.DataObject) -> None:
        said = f"Said at {self.here.clock.now:%H:%M:%S} {data.draw(st.integers(0, 999))}."
        self.said.append(said)
        self.here.edit(lambda text: text.replace("## 7.", f"{said}\n\n## 7.", 1))

    @rule(after=st.integers(0, 12), moment=st.sampled_from(Moment))
    def the_program_ends_at_some_request(self, after: int, moment: Moment) -> None:
        """The request is answered by nothing, and the program does not live to notice."""
        seen = len(self.here.jira.served)

        def watch(served: Served, at: Moment) -> None:
            if len(self.here.jira.served) - seen > after and at is moment:
                self.here.jira.recorder.watcher = None
                self.here.jira.fault(Fault(moment=moment))

        self.here.jira.recorder.watcher = watch
        self.here.sync(wait=0)
        self.here.jira.recorder.watcher = None

    @rule(moment=st.sampled_from(Moment), wait=st.sampled_from([0, 90]))
    def a_create_has_no_answer(self, moment: Moment, wait: int) -> None:
        self.a_person_adds_a_row("Watch the disk")
        self.here.jira.fault(Fault(at=r"POST .*/issue(/bulk)?$", moment=moment))
        self.here.sync(wait=wait)
        self.here.jira.faults.clear()

    @rule()
    def the_program_ends_before_it_saves(self) -> None:
        store = DyingStore(self.here.documents)
        try:
            self.here.sync(wait=0, store=store)
        except Killed:
            return

    @rule(seconds=st.sampled_from([1, 20, 61, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.here.clock.sleep(seconds)

    @rule(wait=st.sampled_from([0, 90]))
    def somebody_syncs(self, wait: int) -> None:
        self.here.sync(wait=wait)

    @rule()
    def the_journal_is_lost(self) -> None:
        for path in self.here.folder.glob("postmortem.db*"):
            if path.is_file():
                path.unlink()
        self.here.clock.sleep(1)

    @precondition(lambda self: any(self.here.linked()))
    @rule(name=st.sampled_from(["Start progress", "Done", "Won't do"]))
    def somebody_works_in_jira(self, name: str) -> None:
        key = next(key for key in self.here.linked() if key)
        allowed = {move.name for move in self.here.jira.site.moves(self.here.jira.ticket(key))}
        if name in allowed:
            self.here.jira.transition(key, name)

    def _until_quiet(self) -> None:
        for _ in range(16):
            result = self.here.sync(wait=0)
            if not (result.deeds or result.again_in or self._unexplained(result)):
                self.told = result.failures
                return
            self.here.clock.sleep(70)
        raise AssertionError("there is always something to do")

    def _unexplained(self, result: IncidentResult) -> list[str]:
        """Give the failures that are not about a row which can have no ticket for now."""
        bare = [item.task for item in self.here.items() if item.ticket is None]
        return [one for one in result.failures if not any(task in one for task in bare)]

    def _one_each(self) -> None:
        keys = [key for key in self.here.linked() if key]
        assert [one for one in self.said if f"\n{one}\n" not in self.here.text()] == []
        assert sorted(item.task for item in self.here.items()) == sorted(self.added)
        assert sorted(keys) == sorted(self.here.tickets())
        for item in self.here.items():
            if item.ticket is None:
                assert [one for one in self.told if item.task in one], item.task
                continue
            now = self.here.jira.ticket(item.ticket.key).now
            if now.hidden:
                assert item.status_text == "Unavailable"
                continue
            assert POISON not in item.task
            assert now.summary == item.task
            shown = f"{now.status} (Won't Do)" if now.resolution == "Won't Do" else now.status
            assert item.status_text == shown


class SyncsOnDataCenter(Syncs):
    """The same on Data Center, which reads tickets by its search."""

    kind = SiteKind.DATA_CENTER


for machine in (Syncs, SyncsOnDataCenter):
    machine.TestCase.settings = settings(max_examples=30, stateful_step_count=10, deadline=None)


class TestAnyOrderOfEventsLeavesOneTicketAnItem(Syncs.TestCase):  # type: ignore[misc]  # made by Hypothesis
    """Runs the machine."""


class TestTheSameOnDataCenter(SyncsOnDataCenter.TestCase):  # type: ignore[misc]  # as above
    """Runs the other machine."""
