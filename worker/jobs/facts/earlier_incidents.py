"""What the journal adds to a record: what events told, what was merged, and what it repeats."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connectors.follow_up import OpenTask, Repeat
from connectors.incidents import Incident, IncidentId, IncidentRecord, Reference
from worker.content.clean_text import clean, headline
from worker.drafting.history.tasks_and_roles import followed_up
from worker.jobs.context import JobContext
from worker.journal.facts.fact_memory import ServicePeriod
from worker.journal.journal import Journal
from worker.journal.records import IncidentFacts, ItemFacts, TicketState

_MOST_LOOKED_AT = 300
"""How many of a service's latest incidents are looked at, by key and by title."""


def with_remembered(context: JobContext, record: IncidentRecord) -> IncidentRecord:
    """Give a record with what is remembered of it and of the incidents before it."""
    record = replace(record, merged_incidents=_sources(context.journal, record))
    told = _followed_up(context, record)
    follow_up = replace(told.follow_up, repeats=tuple(repeats_of(context, told)))
    return replace(told, follow_up=follow_up)


def _sources(journal: Journal, record: IncidentRecord) -> tuple[Reference, ...]:
    """Give what was merged into an incident, by what the source found and what is remembered."""
    found = {one.id: one for one in record.merged_incidents}
    targets = [record.incident.id, *map(IncidentId, found)]
    for target in targets:  # grows: what was merged into a source came along
        for one in journal.merged_into(target):
            if one.incident not in targets:
                targets.append(one.incident)
                name = f"#{one.number} {one.title}" if one.number is not None else one.title
                found[one.incident] = Reference(one.incident, name or one.incident, one.url or None)
    return tuple(found.values())


def _followed_up(context: JobContext, record: IncidentRecord) -> IncidentRecord:
    """Add what only events told, and the numbers of earlier incidents that are known here."""
    journal = context.journal
    known = [journal.incident(IncidentId(one.id)) for one in record.follow_up.past]
    numbers = {str(one.incident): one.number for one in known if one and one.number}
    own = journal.reports.of([record.incident.id])
    others = journal.reports.of([IncidentId(one.id) for one in record.merged_incidents])
    return followed_up(record, own, others, numbers)


def repeats_of(context: JobContext, record: IncidentRecord) -> Sequence[Repeat]:
    """Give the earlier incidents of the same service that this one repeats, the latest first.

    One does that came by an alert with the same key, or has a title that is as alike as the
    settings ask. Of more than the settings name, those by key go first, then those with open action
    items.
    """
    incident, rules = record.incident, context.policy.repeats
    if incident.service is None or not rules.most:
        return ()
    start = incident.created_at
    span = ServicePeriod(incident.service.id, start - rules.look_back, start)
    alike = list(_alike(context, span, record))
    items = _open_items(context, [one.incident for one, _, _ in alike])

    def rank(match: _Match) -> tuple[bool, bool]:
        one, key, _ = match
        return not key, not items.get(one.incident)

    chosen = sorted(alike, key=rank)[: rules.most]  # of those alike in this, the latest
    chosen.sort(key=lambda match: (match[0].started, match[0].number), reverse=True)
    return [_repeat(*match, items.get(match[0].incident, ())) for match in chosen]


_Match = tuple[IncidentFacts, str, int]
"""An earlier incident, the key that it came by as well, "" for none, and how alike its title is."""


def _alike(context: JobContext, span: ServicePeriod, record: IncidentRecord) -> Iterator[_Match]:
    facts, incident = context.journal.facts, record.incident
    title, wanted = headline(incident.title), context.policy.repeats.titles
    # itself, and what became a part of it
    seen = {incident.id, *(IncidentId(one.id) for one in record.merged_incidents)}
    keys = filter(None, (clean(alert.key) for alert in record.alerts if alert.key))
    for one, key in facts.with_keys(span, keys, _MOST_LOOKED_AT):
        if one.incident not in seen and _is_earlier(one, incident):
            seen.add(one.incident)
            yield one, key, 100
    for one in facts.before(span, _MOST_LOOKED_AT):
        if one.incident not in seen and _is_earlier(one, incident):
            likeness = alike_titles(one.title, title)
            if likeness >= wanted:
                yield one, "", likeness


def _is_earlier(one: IncidentFacts, incident: Incident) -> bool:
    return (one.started, one.number) < (incident.created_at, incident.number)


def alike_titles(one: str, other: str) -> int:
    """Tell how alike two titles are, in percent, whatever the order of their words and the case."""
    from rapidfuzz import fuzz, utils  # noqa: PLC0415 - needed by a pull alone

    words, others = utils.default_process(one), utils.default_process(other)
    return int(fuzz.token_sort_ratio(words, others)) if words and others else 0


def _open_items(
    context: JobContext, incidents: Sequence[IncidentId]
) -> Mapping[IncidentId, Sequence[ItemFacts]]:
    found: defaultdict[IncidentId, list[ItemFacts]] = defaultdict(list)
    for one in context.journal.facts.items(incidents):
        if one.facts.state is TicketState.OPEN:
            found[one.incident].append(one)
    return found


def _repeat(one: IncidentFacts, key: str, likeness: int, items: Sequence[ItemFacts]) -> Repeat:
    return Repeat(
        id=one.incident,
        number=one.number,
        title=one.title,
        started=one.started,
        url=one.url,
        key=key,
        likeness=likeness,
        open_tasks=tuple(OpenTask(item.key, item.task, item.deadline, item.url) for item in items),
    )
