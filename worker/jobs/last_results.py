"""What an incident's last job told: kept, put into the journal where it is new, and logged."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from connectors.incidents import IncidentId
from worker.jobs.context import JobContext
from worker.jobs.job_lifecycle import PEOPLE, JobPhase, JobState
from worker.jobs.results import Action, IncidentResult, SuggestedText, Trigger
from worker.journal.records import JournalRecord, KnownResult
from worker.journal.service_memory import FailedLook
from worker.log import Log

_LENGTH_OF_TIME = re.compile(r"\d+(?= (?:s|min)\b)")
"""What a sentence counts down, so that it reads otherwise each time and tells nothing new."""
log = Log(__name__)


@dataclass(frozen=True, slots=True)
class LastResult:
    """What an incident's last job told, word for word.

    ``at`` is when, ``next_try`` when it is tried again, None where that is not planned (both ISO
    8601 in UTC); ``trigger`` is who asked for it.
    """

    at: str
    trigger: str
    warnings: tuple[str, ...] = ()
    suggestions: tuple[SuggestedText, ...] = ()
    failures: tuple[str, ...] = ()
    next_try: str | None = None


@dataclass(frozen=True, slots=True)
class Halves:
    """The sentences that came with the facts, and with the tickets; None for a half left out."""

    facts: tuple[str, ...] | None = None
    tickets: tuple[str, ...] | None = None

    def opened(self, told: tuple[str, ...]) -> Self:
        """Count all that was ``told`` as the facts', where they were asked for."""
        return self if self.facts is None or self.tickets is not None else replace(self, facts=told)

    def synced(self, told: tuple[str, ...]) -> Self:
        """Count what was ``told`` beyond the facts as the tickets'."""
        own = (one for one in told if one not in (self.facts or ()))
        return replace(self, tickets=tuple(own))


def last_results(
    context: JobContext, incidents: Sequence[IncidentId] = ()
) -> Mapping[IncidentId, LastResult]:
    """Give the last results of the incidents, or of all, by incident."""
    return {name: _shown(one) for name, one in context.journal.results.of(incidents).items()}


def _shown(one: KnownResult) -> LastResult:
    return LastResult(
        at=one.at.isoformat(timespec="seconds"),
        trigger=one.trigger,
        warnings=one.warnings,
        suggestions=tuple(SuggestedText(*each) for each in one.suggestions),
        failures=one.failures,
        next_try=one.next_try.isoformat(timespec="seconds") if one.next_try else None,
    )


def keep_result(
    context: JobContext, trigger: Trigger, result: IncidentResult, halves: Halves
) -> None:
    """Keep what a job told in the place of what the one before did.

    What came with a half that this job left out still holds. Of an incident without a document
    nothing is kept where nothing is wrong, nor that a person asked for one that there is not.
    """
    results, incident = context.journal.results, result.incident
    before = results.of([incident]).get(incident)
    nobodys = not result.document and not context.journal.documents_of(incident)
    mistaken = result.hopeless and trigger in PEOPLE
    told = bool(result.warnings or result.suggestions or result.failures)
    if nobodys and (mistaken or not told):
        if before is not None:
            results.forget(incident)
        return
    if result.skipped and not told:
        return  # nothing was looked at
    at = context.clock()
    now = KnownResult(
        incident=incident,
        at=at,
        trigger=trigger.value,
        warnings=result.warnings,
        suggestions=tuple((one.place, one.people, one.fresh) for one in result.suggestions),
        failures=result.failures,
        facts=halves.facts or (),
        tickets=halves.tickets or (),
        next_try=None if result.again_in is None else at + timedelta(seconds=result.again_in),
    )
    if before is not None:
        now = _after(before, now, halves)
    results.keep(now, _news(before, now, result.document))


def _after(before: KnownResult, now: KnownResult, halves: Halves) -> KnownResult:
    """Add to a result what still holds of the one before.

    A job that only waited for the tracker's search goes on, and has told its warnings once.
    """
    facts = before.facts if halves.facts is None else ()
    tickets = before.tickets if halves.tickets is None else ()
    goes_on = before.next_try is not None and not before.failures
    still = {*facts, *tickets, *(before.warnings if goes_on else ())}
    failures = _joined((one for one in before.failures if one in still), now.failures)
    return replace(
        now,
        warnings=_joined((one for one in before.warnings if one in still), now.warnings),
        failures=failures,
        suggestions=before.suggestions if halves.facts is None else now.suggestions,
        facts=(*facts, *now.facts),
        tickets=(*tickets, *now.tickets),
        next_try=now.next_try or (before.next_try if failures != now.failures else None),
    )


def _joined(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))


def _news(before: KnownResult | None, now: KnownResult, document: str) -> Iterator[JournalRecord]:
    """Give what the result before had not told, as the journal keeps it."""
    known = before or KnownResult(now.incident, now.at, now.trigger)
    told = {_LENGTH_OF_TIME.sub("", one) for one in (*known.warnings, *known.failures)}

    def entry(
        action: Action, subject: str, reason: str, old: str = "", new: str = ""
    ) -> JournalRecord:
        return JournalRecord(
            now.at, now.incident, now.trigger, action.value, subject, reason, "", old, new
        )

    for sentence in now.warnings:
        if _LENGTH_OF_TIME.sub("", sentence) not in told:
            yield entry(Action.WARNED, document or now.incident, sentence)
    for place, people, fresh in now.suggestions:
        if (place, people, fresh) not in known.suggestions:
            why = "the document keeps what a person wrote"
            yield entry(Action.SUGGESTED, place, why, people, fresh)
    for sentence in now.failures:
        if _LENGTH_OF_TIME.sub("", sentence) not in told:
            yield entry(Action.FAILED, document or now.incident, sentence)


def keep_end(context: JobContext, state: JobState) -> None:
    """Keep of an attempt that ended what its results do not tell: its failure, and the next try."""
    incident = IncidentId(state.subject)
    told = {sentence for one in state.results for sentence in one.failures}
    if untold := tuple(one for one in state.failures if one not in told):
        result = IncidentResult(incident, failures=untold)
        keep_result(context, Trigger(state.trigger), result, Halves())
    if state.phase is JobPhase.RETRYING and state.next_at and (state.failures or state.results):
        for name in {incident, *(one.incident for one in state.results)}:
            context.journal.results.plan(name, state.next_at)


def end_look(context: JobContext, state: JobState, next_at: datetime, *, looked: bool) -> None:
    """Keep how a scheduled look failed, or that none does any more, and tell operators.

    One that has not ``looked``, for it is quiet, mends nothing.
    """
    last_look = context.journal.last_look
    if state.failures:
        log.warning("A scheduled look failed; the next does the same.", why=state.failures)
        last_look.keep(FailedLook(context.clock(), state.failures, next_at))
        return
    log.info("A scheduled look is done.", done=state.summary)
    if looked:
        last_look.forget()


def log_result(result: IncidentResult, *, failures: bool = True) -> None:
    """Tell the log of the process what a job told; ``failures`` may be told with the job's end."""
    for sentence in result.warnings:
        log.warning("Done in part.", warning=sentence)
    for one in result.suggestions:
        log.info(
            "The facts say otherwise than the document.",
            place=one.place,
            document=one.people,
            facts=one.fresh,
        )
    for sentence in result.failures if failures else ():
        log.warning("Not done.", failure=sentence)


def log_end(state: JobState) -> None:
    """Tell the log of the process how an attempt at an incident's job ended, and what follows."""
    next_try = state.next_at.isoformat(timespec="seconds") if state.next_at else None
    if state.phase is JobPhase.PARKED:
        log.error("A job was given up.", attempt=state.attempt, why=state.failures)
    elif state.failures and state.phase is JobPhase.RETRYING:
        told = "A job failed and is tried again."
        log.warning(told, attempt=state.attempt, next_try=next_try, why=state.failures)
    elif state.failures:
        log.warning("A job failed for good.", attempt=state.attempt, why=state.failures)
    elif state.phase is JobPhase.RETRYING:
        log.info("A job goes on later.", next_try=next_try, done=state.summary)
    else:
        log.info("A job is done.", done=state.summary)
