"""Collecting what a job did and could not do, while it runs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from worker.jobs.results import Deed, IncidentResult, SuggestedText, Trigger
from worker.journal.records import Entry


@dataclass(slots=True)
class Report:
    """The result of one incident's job, while it is being made.

    ``keep`` writes deeds into the journal, the moment they are done.
    """

    incident: str
    keep: Callable[[Sequence[Deed]], None]
    document: str = ""
    diff: str = ""
    deeds: list[Deed] = field(default_factory=list)
    pending: list[Deed] = field(default_factory=list)
    suggestions: list[SuggestedText] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    again_in: float | None = None

    def did(self, deed: Deed) -> None:
        """Note a write that is done and stays done."""
        self.deeds.append(deed)
        self.keep([deed])

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

    def result(self) -> IncidentResult:
        """Give the finished result."""
        return IncidentResult(
            incident=self.incident,
            document=self.document,
            deeds=tuple(self.deeds),
            suggestions=tuple(self.suggestions),
            warnings=tuple(self.warnings),
            failures=tuple(self.failures),
            again_in=self.again_in,
            diff=self.diff,
        )


def entries(
    deeds: Iterable[Deed], incident: str, trigger: Trigger, at: datetime
) -> Iterable[Entry]:
    """Give deeds as the journal keeps them."""
    for one in deeds:
        yield Entry(
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


def failed(incident: str, sentence: str) -> IncidentResult:
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
