"""What a job works with: its collaborators, and the decisions of the configuration."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from config.groups import CreateWhen, ReminderSettings, RepeatSettings, TicketParent
from config.template_names import Names
from connectors.chat import ChannelRule, Chat
from connectors.connector import IncidentSource, PublishRules, ServiceWords
from connectors.incidents import Incident, IncidentId, IncidentRecord, IncidentStatus
from connectors.masking import Masking
from connectors.pages import PagePublisher
from connectors.tickets import Mark, TicketTracker
from worker.content.clean_text import headline
from worker.drafting.draft_filter import DraftFilter, meets
from worker.drafting.policy import DraftPolicy
from worker.journal.incident_locks import IncidentLocks
from worker.journal.journal import Journal
from worker.journal.records import OPEN, Skip
from worker.store.document_store import DocumentStore
from worker.tracking.destinations import Route
from worker.tracking.tracked_tickets import DONE_RESOLUTIONS

P = ParamSpec("P")
R = TypeVar("R")

NO_SOURCE = ServiceWords("The source of incidents", "source", "its address")
NO_TRACKER = ServiceWords("The tracker", "tracker", "its address")
NO_PUBLISHER = ServiceWords("The service for pages", "page", "its address")
NO_CHAT = ServiceWords("The chat", "chat", "its token")


@dataclass(frozen=True, slots=True)
class RouteRule:
    """Which incidents take a route; without services and teams, all do. Names or ids."""

    route: Route
    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TemplateRule:
    """Which incidents take a template: those that meet each list that is not empty.

    ``name`` is its file's, ``text`` what the file holds.
    """

    name: str
    text: str
    priorities: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    incident_types: frozenset[str] = frozenset()

    def takes(self, incident: Incident) -> bool:
        """Tell whether it is the incident's template, where no rule before it is."""
        services = {incident.service} if incident.service else set()
        services |= set(incident.impacted_services)
        kinds = {folded(one) for one in self.incident_types}
        return (
            (not self.priorities or incident.priority in self.priorities)
            and (not self.services or meets(self.services, services))
            and (not self.teams or meets(self.teams, set(incident.teams)))
            and (not kinds or folded(incident.incident_type or "") in kinds)
        )


def folded(name: str) -> str:
    """Give a type's name in one spelling: ``security_incident`` is also "Security incident"."""
    return " ".join(name.replace("_", " ").casefold().split())


def _nearest(document: str, templates: Sequence[str], names: Names) -> str:
    """Give the template that a document was made with, the first of those that fit alike.

    That is the one whose headings and labels it has, and of two that share these whose lines.
    """
    if len(templates) == 1:
        return templates[0]
    parts, lines = _parts(document, names), set(document.splitlines())

    def likeness(template: str) -> tuple[int, int]:
        wanted = _parts(template, names)
        return 2 * len(wanted & parts) - len(wanted), len(lines.intersection(template.splitlines()))

    return max(templates, key=likeness)


def _parts(text: str, names: Names) -> set[str]:
    """Give the headings of a text, but for its title, and the labels of its bullets."""
    from worker.content.name_matching import label  # noqa: PLC0415 - what reads Markdown
    from worker.document.outline import outline  # noqa: PLC0415 - as above

    found = outline(text, names)
    headings = {one.text for one in found.blocks.headings if one is not found.title}
    labels = (label(one.text) for one in found.blocks.all_items())
    return headings | {one[0] for one in labels if one is not None}


@dataclass(frozen=True, slots=True)
class JobPolicy:
    """The decisions of the configuration, in the terms of the job.

    ``template`` is that of all incidents that none of ``templates`` takes.
    ``parent`` says what new tickets belong to where nothing else does, ``epic_type`` what an epic's
    issue type is. ``index_lag`` is how long after a create a search may still miss it,
    ``quiet_for`` how long the scheduled job leaves a document alone after a change, ``full_pass``
    how often every ticket is read, ``lock_wait`` how many seconds a job waits for another on the
    same incident.
    ``document_address`` is where people open a document, with ``{document}`` for its path; "" where
    that is on the program's own web page, below ``public_url``. ``documents_are_near`` tells that
    they lie on this machine, so that listing them asks nobody. ``channels`` say where incidents
    are told of in the chat: the first rule that an incident meets is its own.
    """

    template: str
    drafting: DraftPolicy
    templates: tuple[TemplateRule, ...] = ()
    names: Names = field(default_factory=Names)
    only: DraftFilter = field(default_factory=DraftFilter)
    routes: tuple[RouteRule, ...] = ()
    create: CreateWhen = CreateWhen.ALWAYS
    close_from_document: bool = False
    parent: TicketParent = TicketParent.NONE
    epic_type: str = "Epic"
    quiet_for: timedelta = timedelta(minutes=10)
    full_pass: timedelta = timedelta(hours=6)
    index_lag: timedelta = timedelta(seconds=60)
    look_back: timedelta = timedelta(days=2)
    priorities: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    public_url: str = ""
    document_address: str = ""
    documents_are_near: bool = True
    chart: bool = True
    done_resolutions: frozenset[str] = DONE_RESOLUTIONS
    lock_wait: float = 120.0
    publish: PublishRules = field(default_factory=PublishRules)
    channels: tuple[ChannelRule, ...] = ()
    reminders: ReminderSettings = field(default_factory=ReminderSettings)
    repeats: RepeatSettings = field(default_factory=RepeatSettings)

    def template_of(self, incident: Incident, document: str | None) -> str:
        """Choose the template of an incident; a ``document`` keeps the one it was made with."""
        chosen = next((one.text for one in self.templates if one.takes(incident)), self.template)
        if document is None or not self.templates:
            return chosen
        every = dict.fromkeys([chosen, *(one.text for one in self.templates), self.template])
        return _nearest(document, tuple(every), self.names)

    def route(self, incident: Incident | None) -> Route | None:
        """Choose where an incident's tickets go, None where no project is configured."""
        for rule in self.routes:
            if not rule.services and not rule.teams:
                return rule.route
            if incident is None:
                continue
            services = {incident.service} if incident.service else set()
            if meets(rule.services, services) or meets(rule.teams, set(incident.teams)):
                return rule.route
        return None

    def route_by_names(self, services: Iterable[str], teams: Iterable[str]) -> Route | None:
        """Choose as :meth:`route` does, as far as names tell: a rule that has ids meets nobody."""
        names = frozenset(services), frozenset(teams)
        for rule in self.routes:
            if not rule.services and not rule.teams:
                return rule.route
            if rule.services & names[0] or rule.teams & names[1]:
                return rule.route
        return None


@dataclass(frozen=True, slots=True)
class JobContext:
    """A job's collaborators. With ``dry_run`` the journal is a copy, and nothing else is written.

    ``source``, ``tracker``, ``publisher`` or ``chat`` is None where it is not configured: its part
    is then left out.
    ``clock`` gives aware UTC times, ``new_mark`` a random mark each time. ``masking`` hides secrets
    in what a service's client has not hidden them in: what a webhook told, what was written before.
    ``notices`` say what became of the settings as it was opened.
    """

    store: DocumentStore
    journal: Journal
    locks: IncidentLocks
    policy: JobPolicy
    clock: Callable[[], datetime]
    new_mark: Callable[[], Mark]
    source: IncidentSource | None = None
    tracker: TicketTracker | None = None
    dry_run: bool = False
    source_words: ServiceWords = NO_SOURCE
    tracker_words: ServiceWords = NO_TRACKER
    publisher: PagePublisher | None = None
    publisher_words: ServiceWords = NO_PUBLISHER
    chat: Chat | None = None
    chat_words: ServiceWords = NO_CHAT
    masking: Masking = field(default_factory=Masking)
    notices: tuple[str, ...] = ()

    @property
    def announces(self) -> bool:
        """Whether drafts are announced anywhere."""
        return self.chat is not None and bool(self.policy.channels)

    @property
    def shows(self) -> bool:
        """Whether documents are shown anywhere, or announced."""
        return self.publisher is not None or self.announces

    def do_or_tell(self, do: Callable[P, R], tell: Callable[P, R]) -> Callable[P, R]:
        """Give what does what is planned, or in a dry run what only tells it: no step asks."""
        return tell if self.dry_run else do


def note_skip(context: JobContext, incident: Incident, reason: str) -> None:
    """Remember that an incident got no draft, unless that is remembered already."""
    known = context.journal.skips.of([incident.id]).get(incident.id)
    if known is None or known.reason != reason or known.updated != updated(incident):
        context.journal.skips.note(
            Skip(
                incident=incident.id,
                title=headline(incident.title),
                url=incident.url,
                reason=reason,
                updated=updated(incident),
                rule=context.policy.only.digest,
                at=context.clock(),
            )
        )


def updated(incident: Incident) -> str:
    """Give the source's own word for an incident's last change, "" where it has none.

    Of one that is not resolved it stands behind :data:`OPEN`, so that it is known to go on.
    """
    told = incident.updated_at.isoformat() if incident.updated_at else ""
    return told if incident.status is IncidentStatus.RESOLVED else f"{OPEN}{told}"


def merge_target(merged: Incident) -> IncidentId:
    """Give what an incident was merged into."""
    return IncidentId(merged.merged_into.id if merged.merged_into else "")


def note_merge(context: JobContext, merged: Incident) -> IncidentId:
    """Remember what an incident was merged into, and give it."""
    name = merge_target(merged)
    context.journal.note_incident(
        merged.id,
        updated=updated(merged),
        merged_into=name,
        title=headline(merged.title),
        url=merged.url,
        number=merged.number,
    )
    return name


def note_facts(context: JobContext, record: IncidentRecord, summary: str) -> None:
    """Remember an incident as it was pulled, with a line about what happened.

    One of which a part failed for now counts as changed, so that the next look reads it again.
    """
    told = record.incident
    failed = any(one.for_now for one in record.missing)
    context.journal.note_incident(
        told.id,
        updated=updated(replace(told, updated_at=None) if failed else told),
        title=headline(told.title),
        url=told.url,
        number=told.number,
        summary=summary,
        merged_into="",
    )
