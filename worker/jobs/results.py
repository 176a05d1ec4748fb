"""What a job did, could not do, and would do: the values that commands, pages and logs show."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from connectors.incidents import NO_INCIDENT, IncidentId
from worker.journal.records import JournalRecord


class Trigger(StrEnum):
    """Who asked for the job."""

    WEBHOOK = "webhook"
    SCHEDULE = "schedule"
    COMMAND = "command"
    PAGE = "page"


class Action(StrEnum):
    """One kind of write; the last three stand in the journal alone, for what results told."""

    DRAFTED = "drafted"
    REFRESHED = "refreshed"
    CREATED = "created"
    ADOPTED = "adopted"
    LINKED = "linked"
    STATUS = "status"
    CHANGED_TICKET = "changed ticket"
    CHANGED_ROW = "changed row"
    MOVED = "moved"
    WARNED = "warned"
    SUGGESTED = "suggested"
    FAILED = "failed"
    PUBLISHED = "published"
    PAGE_WRITTEN = "page written"
    TAKEN_OVER = "taken over"
    EDITED = "edited"
    KEPT = "kept"
    ANNOUNCED = "announced"
    ANNOUNCEMENT_WRITTEN = "announcement updated"


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
    """What the incident's facts would say where a person has written otherwise."""

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

    incident: IncidentId
    document: str = ""
    merged_into: IncidentId = NO_INCIDENT
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
    the whole run ("… is not configured, …").
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


@dataclass(slots=True)
class Report:
    """The result of one incident's job, while it is being made.

    ``keep`` writes deeds into the journal, the moment they are done.
    """

    incident: IncidentId
    keep: Callable[[Sequence[Deed]], None]
    document: str = ""
    diff: str = ""
    deeds: list[Deed] = field(default_factory=list)
    pending: list[Deed] = field(default_factory=list)
    suggestions: list[SuggestedText] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    again_in: float | None = None
    merged_into: IncidentId = NO_INCIDENT

    @property
    def told(self) -> tuple[str, ...]:
        """The sentences so far."""
        return (*self.warnings, *self.failures)

    def did(self, deed: Deed) -> None:
        """Note a write that is done and stays done."""
        self.deeds.append(deed)
        self.keep([deed])

    def would(self, *deeds: Deed) -> None:
        """Note writes that a dry run leaves out."""
        self.deeds += deeds

    def will(self, deed: Deed) -> None:
        """Note a write into the document, which is done once the document is saved."""
        self.pending.append(deed)

    def warn(self, *sentences: str) -> None:
        """Note what was done in part; the same sentence is told once."""
        self.warnings += [one for one in sentences if one not in self.warnings]

    def fail(self, *sentences: str) -> None:
        """Note what was not done; the same sentence is told once."""
        self.failures += [one for one in sentences if one not in self.failures]

    def again(self, until: datetime, now: datetime) -> None:
        """Note that there is more to do after ``until``; the latest counts."""
        seconds = max((until - now) / timedelta(seconds=1), 0.1)
        self.again_in = max(self.again_in or 0.0, seconds)

    def start_over(self) -> None:
        """Forget what was to be written into a document that turned out to have changed."""
        self.pending.clear()
        self.suggestions.clear()

    def saved(self) -> None:
        """Count the document's writes as done."""
        self.deeds += self.pending
        self.keep(self.pending)
        self.pending.clear()

    def left_out(self) -> None:
        """Count the document's writes as what a dry run leaves out."""
        self.would(*self.pending)
        self.pending.clear()

    def result(self) -> IncidentResult:
        """Give the finished result."""
        return IncidentResult(
            incident=self.incident,
            document=self.document,
            merged_into=self.merged_into,
            deeds=tuple(self.deeds),
            suggestions=tuple(self.suggestions),
            warnings=tuple(self.warnings),
            failures=tuple(self.failures),
            again_in=self.again_in,
            diff=self.diff,
        )


def entries(
    deeds: Iterable[Deed], incident: IncidentId, trigger: Trigger, at: datetime
) -> Iterable[JournalRecord]:
    """Give deeds as the journal keeps them."""
    for one in deeds:
        yield JournalRecord(
            at=at,
            incident=incident,
            trigger=trigger.value,
            action=one.action.value,
            subject=one.subject,
            reason=one.reason,
            ticket=one.ticket,
            before=one.before,
            after=one.after,
        )


def failed(incident: IncidentId, sentence: str) -> IncidentResult:
    """Give the result of a job that could not begin."""
    return IncidentResult(incident=incident, failures=(sentence,))


def together(first: IncidentResult, second: IncidentResult) -> IncidentResult:
    """Join an incident's result with that of its repeat after a wait.

    What was done adds up; what is still open is as the second left it.
    """
    return replace(
        second,
        deeds=first.deeds + second.deeds,
        diff=first.diff + second.diff,
        warnings=tuple(dict.fromkeys(first.warnings + second.warnings)),
    )


def unified(name: str, before: str, after: str) -> str:
    """Give a unified diff, with line ends shown where they are not plain line feeds."""
    lines = difflib.unified_diff(
        [_shown(line) for line in before.splitlines(keepends=True)],
        [_shown(line) for line in after.splitlines(keepends=True)],
        f"a/{name}" if before else "/dev/null",
        f"b/{name}",
    )
    return "".join(lines)


def _shown(line: str) -> str:
    return line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
