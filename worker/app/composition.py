"""From settings to the collaborators and decisions that jobs work with.

All of it can be looked at before it is needed, see ``preflight``.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from config.groups import TemplateSettings
from config.settings import Settings
from config.values import DirectoryLocation, template_text
from connectors.connector import (
    Connector,
    PublisherConnector,
    PublishRules,
    SourceConnector,
    TrackerConnector,
)
from connectors.errors import ConfigurationError
from connectors.log_entry_kinds import EntryKind
from connectors.pacing.rate_limit import LocalPace, NewPace, Rate
from connectors.tickets import Mark
from connectors.tls import Authorities
from worker.app.binding import Moved, bind
from worker.app.later_clients import ClientOpening
from worker.app.own_secrets import masking_of
from worker.app.registry import Services
from worker.drafting.draft_filter import DraftFilter
from worker.drafting.policy import DraftPolicy, Handling, OutsideLog, Rule, Topic
from worker.jobs.context import JobContext, JobPolicy, RouteRule, TemplateRule
from worker.journal.call_budgets import SharedPace, holds
from worker.journal.database import Database, sqlite_path
from worker.journal.incident_locks import FileLocks, IncidentLocks, PostgresLocks, ThreadLocks
from worker.journal.journal import Journal
from worker.journal.service_memory import ServiceMemory
from worker.store.directory.directory_store import DirectoryStore
from worker.store.document_store import DocumentStore
from worker.store.git.browser_address import browser_address
from worker.tracking.destinations import ClosingRules, Route


@contextmanager
def open_context(
    settings: Settings,
    *,
    dry_run: bool = False,
    forgetful: bool = False,
    moved: Moved = Moved.REFUSE,
    asks: bool = True,
) -> Iterator[JobContext]:
    """Open everything a job works with, and close it again.

    A ``dry_run`` works on a copy of the database, an empty one if ``forgetful``. A command that
    hardly ``asks`` services has their clients opened with the first question.

    Raises ``PostmortemError`` where the database, the store or a client cannot be opened, or where
    the database was used with other places (``moved``; see ``binding``).
    """
    url = "sqlite://" if forgetful else settings.sqlalchemy_url
    services = Services.under(settings)
    authorities = Authorities(settings.ca_bundle, os.environ, at_once=asks)
    with ExitStack() as closing:
        database, locks, new_pace = _memory(url, dry_run=dry_run)
        closing.callback(database.close)
        masking = masking_of(settings)
        opening = ClientOpening(services, authorities, new_pace, closing, asks)
        context = JobContext(
            store=open_store(settings, authorities),
            journal=Journal(database, now),
            locks=locks,
            policy=replace(
                policy(settings, services.source, services.tracker, services.publisher),
                channels=services.chat.channels if services.chat else (),
            ),
            clock=now,
            new_mark=new_mark,
            masking=masking,
            source=opening.source(partial(webhook_address, settings), masking),
            tracker=opening.tracker(ServiceMemory(database, now)),
            source_words=services.source_words,
            tracker_words=services.tracker_words,
            publisher=opening.publisher(),
            publisher_words=services.publisher_words,
            chat=opening.chat(),
            chat_words=services.chat_words,
            dry_run=dry_run,
        )
        yield replace(context, notices=bind(settings, services, context, moved))


def _memory(url: str, *, dry_run: bool) -> tuple[Database, IncidentLocks, NewPace]:
    """Open the database, and give the locks and the paces that go with it."""
    if dry_run:  # it has everything to itself, and holds nobody up
        copy = Database.open_copy(url)
        held = holds(copy)
        return copy, ThreadLocks(), lambda name, rate: _held(name, rate, held)
    database = Database.open(url)
    return database, _locks(database, url), partial(SharedPace, database.engine)


def _held(name: str, rate: Rate, held: Mapping[str, float]) -> LocalPace:
    """Make a budget of this process alone, for a service that may want to be left alone."""
    return LocalPace(name, rate, held_for=held.get(name, 0.0))


def webhook_address(settings: Settings, service: Connector) -> str | None:
    """Give where a service's webhooks arrive, None where nobody has said how we are reached."""
    address = (settings.public_url or "").rstrip("/")
    return f"{address}/webhooks/{service.group.key}" if address else None


def open_store(settings: Settings, authorities: Authorities) -> DocumentStore:
    """Open the store of documents."""
    where = settings.documents
    if isinstance(where, DirectoryLocation):
        return DirectoryStore(where.path)
    from worker.store.git.git_store import GitStore  # noqa: PLC0415 - for who keeps them so

    return GitStore(
        where.url,
        where.branch,
        where.folder,
        author=settings.commit_author,
        authorities=authorities,
    )


def _document_address(settings: Settings) -> str:
    """Say where people open a document itself, "" where that is on the web page, or nowhere."""
    where = settings.documents
    if settings.documents_url is not None:
        return settings.documents_url
    if settings.public_url or isinstance(where, DirectoryLocation):
        return ""
    return browser_address(where.url, where.branch, where.folder)


def policy(
    settings: Settings,
    source: SourceConnector | None,
    tracker: TrackerConnector | None,
    publisher: PublisherConnector | None = None,
) -> JobPolicy:
    """Give the configuration's decisions in the terms of the job."""
    drafts, tickets = settings.drafts, settings.tickets
    return JobPolicy(
        template=settings.template_text(),
        templates=tuple(map(_template_rule, settings.templates)),
        drafting=_drafting(settings, source),
        names=settings.document_names,
        only=DraftFilter(
            services=frozenset(drafts.services),
            teams=frozenset(drafts.teams),
            priorities=frozenset(drafts.priorities),
            urgency=drafts.urgency.value if drafts.urgency else None,
            minimum_duration=drafts.minimum_duration,
            had_person=drafts.had_person,
        ),
        routes=_routes(settings, tracker),
        create=tickets.create,
        close_from_document=tickets.close_from_document,
        parent=tickets.parent,
        epic_type=tickets.epic_type,
        quiet_for=tickets.quiet_for,
        full_pass=tickets.full_pass,
        index_lag=tracker.index_lag if tracker else timedelta(),
        look_back=settings.schedule.look_back,
        priorities=settings.priorities,
        owners=settings.owners,
        public_url=str(settings.public_url or ""),
        document_address=_document_address(settings),
        documents_are_near=isinstance(settings.documents, DirectoryLocation),
        chart=drafts.chart,
        publish=publisher.rules if publisher else PublishRules(),
        reminders=settings.reminders,
        repeats=settings.repeats,
    )


def _template_rule(rule: TemplateSettings) -> TemplateRule:
    return TemplateRule(
        str(rule.file),
        template_text(rule.file),
        frozenset(rule.priorities),
        frozenset(rule.services),
        frozenset(rule.teams),
        frozenset(rule.incident_types),
    )


def _drafting(settings: Settings, source: SourceConnector | None) -> DraftPolicy:
    drafts = settings.drafts
    return DraftPolicy(
        timezone=settings.timezone,
        links=drafts.links,
        rules={
            _topic(word, source): Rule(Handling(rule.action.value), rule.wording)
            for word, rule in drafts.rules.items()
        },
        acknowledge_within=drafts.acknowledge_target or None,
        resolve_within=drafts.resolve_target or None,
        review_due=drafts.review_due or None,
        action_marks=drafts.action_marks,
    )


def _topic(word: str, source: SourceConnector | None) -> Topic:
    """Tell what a team's rule is about: by our own name for it, or by the source's word."""
    if any(word == one.value for one in OutsideLog):
        return OutsideLog(word)
    kind, shown = source.entry_named(word) if source else (EntryKind.OTHER, word)
    return shown if kind is EntryKind.OTHER else kind


def _routes(settings: Settings, tracker: TrackerConnector | None) -> tuple[RouteRule, ...]:
    """Give the configured routes, and the tracker's own destination for what they leave."""
    if tracker is None:
        return ()
    own = tracker.destination
    rules = []
    for one in settings.routes:
        project = one.project or own.project
        if project is None:
            message = f"A route names no project, and {tracker.project_setting} is not set."
            raise ConfigurationError(message, "Set one of them.")
        route = Route(
            project,
            one.issue_type or own.issue_type,
            one.labels,
            one.components,
            one.fields,
            ClosingRules(one.transition or "", one.resolution or "", one.closing_fields),
        )
        rules.append(RouteRule(route, frozenset(one.services), frozenset(one.teams)))
    if own.project is not None:
        rules.append(RouteRule(Route(own.project, own.issue_type)))
    return tuple(rules)


def _locks(database: Database, url: str) -> IncidentLocks:
    if database.engine.dialect.name == "postgresql":
        return PostgresLocks(database.engine)
    path = sqlite_path(url)
    return FileLocks(path.with_name(path.name + ".locks")) if path else ThreadLocks()


def now() -> datetime:
    """Give the time, in UTC."""
    return datetime.now(UTC)


def new_mark() -> Mark:
    """Give a random mark for one create: 64 bits, in letters that a label takes."""
    return Mark(secrets.token_hex(8))
