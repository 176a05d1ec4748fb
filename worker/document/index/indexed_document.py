"""What lists, reports and searches know of a document without reading it again."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from config.template_names import Names
from worker.document.action_items import LeftOut

_READING = 5
"""To be raised whenever ``read_for_index.read`` gives something else for the same text."""
ELSEWHERE = ""
"""The key of prompts that stand in none of the sections."""


@dataclass(frozen=True, slots=True)
class IndexedItem:
    """An action item as its document has it; those that are struck out are among them.

    ``deadline`` is ISO 8601, "" where there is none or it cannot be read; ``deadline_text`` is what
    is written there. ``done`` is what the document's own status or box says: what the ticket says
    is in the journal. ``line`` counts from 1. ``left_out`` is why it gets no ticket, "" if it may.
    """

    ordinal: int
    task: str
    owner: str = ""
    priority: str = ""
    deadline: str = ""
    deadline_text: str = ""
    ticket: str = ""
    url: str = ""
    status: str = ""
    done: bool = False
    left_out: str = ""
    line: int = 0

    @property
    def shows(self) -> bool:
        """Whether lists show it: what is tracked elsewhere is shown, what is struck out not."""
        return self.left_out in ("", LeftOut.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """One document. ``name`` and ``fingerprint`` are the store's for the text that was read.

    ``rules`` tells by which names of sections, and which release's way of reading. The times are
    ISO 8601 in UTC; ``review`` is the day of the review. ``prompts`` counts by section (its
    :class:`Section` value, or :data:`ELSEWHERE`) what nobody has answered yet. Of a document that
    is ``left_alone`` as a whole ``problems`` say why; else they are about parts of it.
    """

    name: str
    fingerprint: str
    rules: str
    incident: str = ""
    number: str = ""
    started: str = ""
    ended: str = ""
    title: str = ""
    url: str = ""
    status: str = ""
    owner: str = ""
    severity: str = ""
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    prompts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    left_alone: bool = False
    is_draft: bool = False
    review: str = ""
    items: tuple[IndexedItem, ...] = ()

    @property
    def open_prompts(self) -> int:
        """How many prompts nobody has answered yet."""
        return sum(self.prompts.values())


def rules(names: Names) -> str:
    """Give what tells one way of reading documents from another."""
    parts = (names.headings, names.labels, names.columns)
    written = repr([_READING, *(sorted(one.items()) for one in parts), names.nothing])
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def unreadable(name: str, fingerprint: str, names: Names, problem: str) -> IndexedDocument:
    """Give what is known of a document that cannot be read, and why."""
    return IndexedDocument(name, fingerprint, rules(names), problems=(problem,), left_alone=True)
