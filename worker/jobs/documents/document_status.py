"""What lists and pages know of a document and its action items, as values."""

from dataclasses import dataclass, field
from datetime import date

from connectors.incidents import IncidentId
from worker.jobs.last_results import LastResult


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """One action item as its document has it now; ``done`` as its ticket has it, if known."""

    task: str
    owner: str = ""
    priority: str = ""
    deadline: str = ""
    ticket: str = ""
    url: str = ""
    status: str = ""
    done: bool = False


def is_overdue(item: ItemStatus, today: date) -> bool:
    """Tell whether the deadline has passed; one that is no date never passes."""
    try:
        return not item.done and date.fromisoformat(item.deadline) < today
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class PageStatus:
    """The page that shows a document; ``problem`` says why it is not kept up to date, if so."""

    id: str
    address: str
    title: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """One document: how complete it is, and its action items.

    ``prompts`` counts the template's prompts that nobody has answered yet. ``document`` is "" where
    the incident's draft failed. ``problems`` are what cannot be used of it; for these it is
    ``left_alone`` as a whole, or only in part. ``last_result`` is what its last job told, None
    where nothing is remembered of one.
    """

    incident: IncidentId
    document: str
    title: str = ""
    url: str = ""
    status: str = ""
    prompts: int = 0
    items: tuple[ItemStatus, ...] = field(default=())
    problems: tuple[str, ...] = ()
    last_result: LastResult | None = None
    page: PageStatus | None = None
    left_alone: bool = False


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document as lists know it; ``started`` and ``ended`` are ISO 8601 in UTC, "" if unknown.

    ``review`` is the day of its review, ISO 8601. ``is_draft`` says that it is still to be written.
    """

    status: DocumentStatus
    started: str = ""
    ended: str = ""
    severity: str = ""
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    owner: str = ""
    is_draft: bool = False
    review: str = ""

    @property
    def open_items(self) -> int:
        """How many action items are not done."""
        return sum(not item.done for item in self.status.items)

    def overdue(self, today: date) -> int:
        """How many are not done though their deadline has passed."""
        return sum(is_overdue(item, today) for item in self.status.items)
