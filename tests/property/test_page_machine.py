"""Any order of edits, comments, crashes, lost answers and syncs: one page a document, always."""

import re
import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from connectors.connector import PublishRules
from connectors.sandbox import Fault, Moment, Served
from tests.acceptance.pages_world import PagesWorld, pages_world

CREATES = r"POST .*/(pages|content)(\?|$)"


class Pages(RuleBasedStateMachine):
    """A document, a Confluence, people on both sides, and a program that may end at any moment."""

    is_cloud = True

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        self.here: PagesWorld = self._open.enter_context(
            pages_world(folder, is_cloud=self.is_cloud)
        )
        rules, self.here.rules = self.here.rules, PublishRules()
        self.here.sync()  # the document alone; from here on nothing is pulled
        self.here.rules = rules
        self.said = 0
        self.renamed = self.edited = False

    def teardown(self) -> None:
        try:
            self._until_quiet()
            self._one_page()
        finally:
            self._open.close()

    @rule()
    def a_person_writes_in_the_document(self) -> None:
        self.said += 1
        words = f"Said {self.said}.\n\n## 9. "
        self.here.edit(lambda text: text.replace("## 9. ", words, 1))

    @rule()
    def a_person_comments_on_the_page(self) -> None:
        for page in self.here.pages():
            if "Lessons Learned" in page.body and not page.comments:
                self.here.confluence.site.comment(page, "Lessons Learned", "really?")

    @rule()
    def a_person_renames_the_page(self) -> None:
        for page in self.here.pages():
            self.renamed = True
            self.here.confluence.rename(page, f"What a night {page.id}")

    @rule()
    def a_person_edits_the_page(self) -> None:
        for page in self.here.pages():
            if "Communication and Review" in page.body:
                self.edited = True
                self.here.confluence.edit(page, "Communication and Review", "Review")

    @rule(after=st.integers(0, 8), moment=st.sampled_from(Moment))
    def the_program_ends_at_some_request(self, after: int, moment: Moment) -> None:
        """The request is answered by nothing, and so is every later one."""
        seen, recorder = len(self.here.confluence.served), self.here.confluence.recorder

        def watch(_: Served, at: Moment) -> None:
            if len(self.here.confluence.served) - seen > after and at is moment:
                recorder.watcher = None
                self.here.confluence.fault(Fault(moment=moment))
                self.here.confluence.fault(Fault(times=None))

        recorder.watcher = watch
        self.here.sync(wait=0, pulls=False)
        recorder.watcher = None
        self.here.confluence.faults.clear()

    @rule(moment=st.sampled_from(Moment), status=st.sampled_from([None, 503, 500]))
    def a_create_has_no_answer(self, moment: Moment, status: int | None) -> None:
        self.here.confluence.fault(Fault(CREATES, status, moment=moment))
        self.here.sync(wait=0, pulls=False)
        self.here.confluence.faults.clear()

    @rule(seconds=st.sampled_from([1, 61]))
    def time_passes(self, seconds: int) -> None:
        self.here.clock.sleep(seconds)

    @rule(wait=st.sampled_from([0, 90]))
    def somebody_syncs(self, wait: int) -> None:
        self.here.sync(wait=wait, pulls=False)

    @rule()
    def the_journal_is_lost(self) -> None:
        for path in self.here.folder.glob("postmortem.db*"):
            if path.is_file():
                path.unlink()
        self.here.clock.sleep(1)

    def _until_quiet(self) -> None:
        for _ in range(10):
            result = self.here.sync(wait=0, pulls=False)
            if not (result.deeds or result.again_in or result.failures):
                return
            self.here.clock.sleep(70)
        raise AssertionError(f"there is always something to do: {result}")

    def _one_page(self) -> None:
        (page,) = self.here.pages()
        assert page.id in self.here.text()
        if not self.edited:
            said = re.findall(r"Said \d+\.", page.body)
            assert len(said) == self.said
            assert page.properties["postmortem-worker"].value
        assert page.dangling() == []
        assert page.title.startswith("What a night" if self.renamed else "Postmortem: ")


class PagesOnDataCenter(Pages):
    """The same on Data Center, where a page comes with its property."""

    is_cloud = False


for machine in (Pages, PagesOnDataCenter):
    machine.TestCase.settings = settings(max_examples=10, stateful_step_count=8, deadline=None)


class TestAnyOrderOfEventsLeavesOnePage(Pages.TestCase):  # type: ignore[misc]  # made by Hypothesis
    """Runs the machine."""


class TestTheSameOnDataCenter(PagesOnDataCenter.TestCase):  # type: ignore[misc]  # as above
    """Runs the other machine."""
