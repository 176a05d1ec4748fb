"""A world in which documents are published: the sandbox Confluence stands beside the others."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.confluence.client import Confluence
from connectors.confluence.connector import ConfluenceConnector
from connectors.confluence.sandbox.server import ConfluenceSandbox
from connectors.confluence.sandbox.site import PageRecord
from connectors.connector import PublishRules, PublishWhen
from connectors.retry import Circuit, RetryPolicy
from tests.acceptance.world import World, world
from worker.app.registry import words_of
from worker.jobs.context import JobContext
from worker.jobs.documents.document_status import DocumentStatus
from worker.jobs.results import IncidentResult, RunResult
from worker.jobs.status_report import document_statuses

_LEFT = re.compile(r'The document of incident (\w+) was removed, so its page "(.*?)" \(http')


@dataclass
class PagesWorld(World):
    """A world with a publisher. ``rules`` are what the configuration says of pages."""

    confluence: ConfluenceSandbox = field(default_factory=ConfluenceSandbox)
    rules: PublishRules = field(default_factory=lambda: PublishRules(PublishWhen.ALWAYS))

    @contextmanager
    def context(self, *, dry_run: bool = False, **changes: object) -> Iterator[JobContext]:
        publisher = Confluence(
            self.confluence.access,
            "OPS",
            policy=RetryPolicy(attempts=2, sleep=self.slept.append),
            circuit=Circuit(limit=50, clock=lambda: self.clock().timestamp()),
        )
        words = words_of([ConfluenceConnector])
        try:
            with super().context(dry_run=dry_run, **changes) as context:
                policy = replace(context.policy, publish=self.rules)
                yield replace(context, publisher=publisher, publisher_words=words, policy=policy)
        finally:
            publisher.close()

    def pages(self) -> list[PageRecord]:
        """Give every page but the space's home, the trash included."""
        site = self.confluence.site
        return [one for one in site.pages.values() if one.id != site.home and not one.purged]

    def page(self) -> PageRecord:
        """Give the one page there is."""
        (one,) = self.pages()
        return one

    def left(self) -> list[tuple[str, str]]:
        """Sync all, and give the incidents and titles of pages that it says were left."""
        found = (_LEFT.search(one) for one in self.run().notices)
        return [(one[1], one[2]) for one in found if one]

    def told(self, result: IncidentResult) -> list[str]:
        """Give what a result says of pages."""
        return [one for one in (*result.warnings, *result.failures) if "page" in one.lower()]

    def told_by(self, run: RunResult) -> list[str]:
        """Give what a run says of pages."""
        return [told for one in run.incidents for told in self.told(one)]

    def problem(self) -> str:
        """Give why the one page there is is not kept up to date, "" where it is."""
        (page,) = [one.page for one in self.status() if one.page]
        return page.problem

    def status(self) -> Sequence[DocumentStatus]:
        """Give what ``postmortem status`` shows."""
        with self.context() as context:
            return document_statuses(context)

    def asked(self) -> list[str]:
        """Give the requests to Confluence since this was last asked."""
        calls = self.confluence.calls()
        self.confluence.forget()
        return calls


@contextmanager
def pages_world(folder: Path, *, is_cloud: bool = True) -> Iterator[PagesWorld]:
    """Start the sandboxes, with every scenario in them."""
    with world(folder) as usual, ConfluenceSandbox(is_cloud=is_cloud) as confluence:
        confluence.site.clock = usual.clock
        yield PagesWorld(
            usual.folder,
            usual.pagerduty,
            usual.jira,
            usual.clock,
            usual.incidents,
            usual.policy,
            confluence=confluence,
        )
