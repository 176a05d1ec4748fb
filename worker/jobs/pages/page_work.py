"""One document's page, under way in a job: what it is to show, with which files, and why."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from config.template_names import Column
from connectors.connector import PublishRules, PublishWhen
from connectors.incidents import IncidentId
from connectors.pages import Attachment, PageId, PagePublisher
from worker.document.front_matter import INITIAL_STATUS, values
from worker.jobs.context import JobContext
from worker.jobs.pull_incident import chart_name
from worker.jobs.results import Action, Deed, Report
from worker.jobs.run_state import RunCache
from worker.journal.records import NO_CLAIM, Claim
from worker.publishing.known_page import KnownPage
from worker.publishing.page import PageOrigin, PageText, page
from worker.publishing.storage_format import Shown

SVG = "image/svg+xml"
_XML_HEAD = b"<?xml"
_WIDTH = re.compile(rb'<svg[^>]*?\bwidth="(\d+)')
_MOST_REASONS = 3
_NEW_TICKETS = frozenset({Action.CREATED, Action.ADOPTED, Action.LINKED})


@dataclass
class PageWork:
    """A document's page in one job.

    ``text`` is the document as it was saved, ``document`` its name, ``document_url`` where people
    open it. ``asked`` tells that a person wants it looked at now, ``forgotten`` that the journal
    remembers nothing of a document that was there before it.
    """

    context: JobContext
    publisher: PagePublisher
    report: Report
    cache: RunCache
    incident: IncidentId
    document: str
    text: str
    document_url: str = ""
    asked: bool = False
    forgotten: bool = False
    claim: Claim = NO_CLAIM

    @property
    def rules(self) -> PublishRules:
        """What the configuration says of pages."""
        return self.context.policy.publish

    @property
    def service(self) -> str:
        """What people call the service that shows pages."""
        return self.context.publisher_words.name

    @cached_property
    def front(self) -> Mapping[str, tuple[str, ...]]:
        """What the document's front matter says."""
        return values(self.text) or {}

    @property
    def told_address(self) -> str:
        """The address of its page that the document names."""
        return " ".join(self.front.get(self.context.publisher_words.key, ()))

    @property
    def named(self) -> PageId | None:
        """The page that the document names."""
        told = self.told_address
        return self.publisher.page_named(told) if told else None

    @property
    def is_due(self) -> bool:
        """Whether the document gets a page by now."""
        if self.rules.when is PublishWhen.REVIEWED:
            status = " ".join(self.front.get("status", ())).casefold()
            return status not in {"", INITIAL_STATUS}
        return self.rules.when is PublishWhen.ALWAYS

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The files that the document shows, by the names by which it does: its chart."""
        name = chart_name(self.incident)
        if name not in self.text:
            return {}
        folder, slash, _ = self.document.rpartition("/")
        data = self.context.store.read_attachment(f"{folder}{slash}{name}")
        if data is None:
            return {}
        head = b"" if data.lstrip().startswith(_XML_HEAD) else b'<?xml version="1.0"?>\n'
        return {name: head + data}  # without a declaration some sites show it as broken

    @property
    def file_digests(self) -> tuple[tuple[str, str], ...]:
        """What tells the files from others of the same names."""
        return tuple(
            (name, hashlib.sha256(data).hexdigest()[:32]) for name, data in self.files.items()
        )

    def wanted(self, mark: str) -> PageText:
        """Give the page as it should be, with this mark."""
        policy = self.context.policy
        target = " ".join(self.front.get("merged_into", ()))
        merged = self.context.journal.pages.of(IncidentId(target)) if target else None
        origin = PageOrigin(
            self.incident,
            self.document,
            page_key=self.context.publisher_words.key,
            mark=mark,
            address=self.document_url,
            merged_into=merged.address if merged else "",
        )
        columns = policy.names.columns
        shown = Shown(
            {name: _width(data) for name, data in self.files.items()},
            columns[Column.TICKET],
            columns[Column.STATUS],
        )
        at = self.context.clock().astimezone(policy.drafting.timezone)
        return page(self.text, origin, at, shown)

    def attach(self, known: KnownPage) -> KnownPage:
        """Put the files on the page that are others than those there."""
        there = dict(known.files)
        for name, digest in self.file_digests:
            if there.get(name) != digest:
                file = Attachment(name, self.files[name], SVG)
                self.publisher.attach(known.page, file, is_first=name not in there)
        known = replace(known, files=self.file_digests, noted=False)
        self.remember(known)
        return known

    def remember(self, known: KnownPage) -> None:
        """Remember a page as it is now."""
        self.context.journal.pages.put(known)

    def did(self, action: Action, title: str, reason: str) -> None:
        """Note a write of the page."""
        self.report.did(Deed(action, title, reason))

    def why(self) -> str:
        """Say in a line why the page is written: what this job did, else that people edited."""
        new = {deed.ticket for deed in self.report.deeds if deed.action in _NEW_TICKETS}
        deeds = (
            one
            for one in self.report.deeds
            if one.action is not Action.STATUS or one.ticket not in new  # that it is new says it
        )
        told = list(dict.fromkeys(filter(None, map(_reason, deeds))))
        if not told:
            return "The document was edited"
        more = len(told) - _MOST_REASONS
        shown = "; ".join(told[:_MOST_REASONS])
        return f"{shown}; and {more} more" if more > 0 else shown


def _reason(deed: Deed) -> str:
    match deed.action:
        case Action.STATUS:
            return f"{deed.ticket} {deed.after}".strip()
        case Action.CREATED | Action.ADOPTED | Action.LINKED:
            return f"{deed.ticket} {deed.action.value}".strip()
        case Action.CHANGED_ROW | Action.REFRESHED:
            return f"{deed.subject}: {deed.reason}"
        case Action.DRAFTED:
            return "The draft was written"
    return ""


def _width(data: bytes) -> int:
    found = _WIDTH.search(data)
    return int(found[1]) if found else 0
