"""What a job did, could not do, and would do: the values that commands, pages and logs show."""

from dataclasses import dataclass, field
from enum import StrEnum


class Trigger(StrEnum):
    """Who asked for the job."""

    WEBHOOK = "webhook"
    SCHEDULE = "schedule"
    COMMAND = "command"
    PAGE = "page"


class Action(StrEnum):
    """One kind of write, or the word that none was needed."""

    DRAFTED = "drafted"
    REFRESHED = "refreshed"
    CREATED = "created"
    ADOPTED = "adopted"
    LINKED = "linked"
    STATUS = "status"
    CHANGED_TICKET = "changed ticket"
    CHANGED_ROW = "changed row"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Deed:
    """One write that was done, or with ``--dry-run`` would be, and why.

    ``subject`` is what was written (a row's task, a ticket's key, a document's name); ``before``
    and ``after`` its values, where that says more.
    """

    action: Action
    subject: str
    reason: str
    ticket: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class SuggestedText:
    """What PagerDuty's facts would say where a person has written otherwise."""

    place: str
    people: str
    fresh: str


@dataclass(frozen=True, slots=True)
class IncidentResult:
    """The outcome of one incident's job.

    ``warnings`` are things done in part (a ticket without its due date); ``failures`` things not
    done, and ``hopeless`` that no repetition mends them. ``again_in`` is in how many seconds a wait
    for the tracker's search index is over.
    ``diff`` is the document's unified diff.
    """

    incident: str
    document: str = ""
    merged_into: str = ""
    skipped: str = ""
    deeds: tuple[Deed, ...] = ()
    suggestions: tuple[SuggestedText, ...] = ()
    warnings: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    again_in: float | None = None
    diff: str = ""
    hopeless: bool = False


@dataclass(frozen=True, slots=True)
class RunResult:
    """The outcome of a run over several incidents.

    ``unchanged`` counts the documents in which nothing had to be looked at; ``notices`` hold for
    the whole run ("Jira is not configured, …").
    """

    incidents: tuple[IncidentResult, ...] = ()
    unchanged: int = 0
    notices: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def failed(self) -> bool:
        """Whether some of the work was not done."""
        return bool(self.failures) or any(
            one.failures or one.again_in is not None for one in self.incidents
        )


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


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """One document: how complete it is, and its action items.

    ``prompts`` counts the template's prompts that nobody has answered yet.
    """

    incident: str
    document: str
    title: str = ""
    url: str = ""
    status: str = ""
    prompts: int = 0
    items: tuple[ItemStatus, ...] = field(default=())
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SkippedIncident:
    """An incident that got no draft, and why; ``at`` is ISO 8601 in UTC."""

    incident: str
    title: str
    url: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One write as the journal remembers it; ``at`` is ISO 8601 in UTC."""

    at: str
    incident: str
    trigger: str
    deed: Deed
