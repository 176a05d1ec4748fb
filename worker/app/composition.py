"""From settings to the collaborators and decisions that jobs work with.

A connector for another source or tracker is a folder beside the two there are, and one line here.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from config.addresses import DirectoryLocation
from config.settings import Settings
from connectors.errors import ConfigurationError
from connectors.incidents import IncidentSource
from connectors.jira.client import OVERLAP, Jira
from connectors.pagerduty.client import PagerDuty
from connectors.rate_limit import LocalPace, NoPace, Pace, Rate
from connectors.tickets import Mark, TicketTracker
from worker.drafting.policy import DraftPolicy, Handling, Rule
from worker.jobs.context import CreateWhen, JobContext, JobPolicy, RouteRule
from worker.jobs.draft_filter import DraftFilter
from worker.journal.budgets import SharedPace
from worker.journal.database import Database, sqlite_path
from worker.journal.incident_locks import FileLocks, IncidentLocks, PostgresLocks, ThreadLocks
from worker.journal.journal import Journal
from worker.store.base import DocumentStore
from worker.store.directory import DirectoryStore
from worker.store.git import GitStore
from worker.tracking.new_ticket import Route


@contextmanager
def open_context(settings: Settings, *, dry_run: bool = False) -> Iterator[JobContext]:
    """Open everything a job works with, and close it again.

    Raises ``PostmortemError`` where the database, the store or a client cannot be opened.
    """
    url = settings.sqlalchemy_url
    database = Database.rehearse(url) if dry_run else Database.open(url)
    source = tracker = None
    try:
        pace = partial(_pace, database, dry_run=dry_run)
        source = open_source(settings, pace("PagerDuty", settings.pagerduty.calls_per_minute))
        tracker = open_tracker(settings, pace("Jira", settings.jira.calls_per_minute))
        yield JobContext(
            store=open_store(settings),
            journal=Journal(database, now),
            locks=_locks(database, url),
            policy=policy(settings),
            clock=now,
            new_mark=new_mark,
            source=source,
            tracker=tracker,
            dry_run=dry_run,
        )
    finally:
        for client in (source, tracker):
            if client is not None:
                client.close()
        database.close()


def open_source(settings: Settings, pace: Pace) -> IncidentSource | None:
    """Open the source of incidents, None where none is configured."""
    key = settings.pagerduty.api_key
    if key is None:
        return None
    address = str(settings.public_url or "").rstrip("/")
    webhook = f"{address}/webhooks/pagerduty" if address else None
    return PagerDuty(
        key.get_secret_value(), settings.pagerduty.api_url, pace=pace, webhook_url=webhook
    )


def open_tracker(settings: Settings, pace: Pace) -> TicketTracker | None:
    """Open the tracker of tickets, None where none is configured."""
    jira = settings.jira
    if jira.url is None:
        return None
    return Jira(
        str(jira.url),
        email=jira.email or "",
        api_token=jira.api_token.get_secret_value() if jira.api_token else "",
        personal_token=jira.personal_token.get_secret_value() if jira.personal_token else "",
        pace=pace,
        overlap=max(OVERLAP, jira.index_lag),
    )


def open_store(settings: Settings) -> DocumentStore:
    """Open the store of documents."""
    where = settings.documents
    if isinstance(where, DirectoryLocation):
        return DirectoryStore(where.path)
    return GitStore(where.url, where.branch, where.folder, author=settings.commit_author)


def policy(settings: Settings) -> JobPolicy:
    """Give the configuration's decisions in the terms of the job."""
    drafts, tickets = settings.drafts, settings.tickets
    return JobPolicy(
        template=settings.template_text(),
        drafting=_drafting(settings),
        names=settings.document_names,
        only=DraftFilter(
            services=frozenset(drafts.services),
            teams=frozenset(drafts.teams),
            priorities=frozenset(drafts.priorities),
            urgency=drafts.urgency.value if drafts.urgency else None,
            minimum_duration=drafts.minimum_duration,
            had_person=drafts.had_person,
        ),
        routes=_routes(settings),
        create=CreateWhen(tickets.create.value),
        close_from_document=tickets.close_from_document,
        quiet_for=tickets.quiet_for,
        full_pass=tickets.full_pass,
        index_lag=settings.jira.index_lag,
        look_back=settings.schedule.look_back,
        priorities=settings.priorities,
        owners=settings.owners,
        public_url=str(settings.public_url or ""),
        chart=drafts.chart,
    )


def _drafting(settings: Settings) -> DraftPolicy:
    drafts = settings.drafts
    return DraftPolicy(
        timezone=settings.timezone,
        links=drafts.links,
        rules={
            kind: Rule(Handling(rule.action.value), rule.wording)
            for kind, rule in drafts.rules.items()
        },
        acknowledge_within=drafts.acknowledge_target or None,
        resolve_within=drafts.resolve_target or None,
        review_due=drafts.review_due or None,
    )


def _routes(settings: Settings) -> tuple[RouteRule, ...]:
    """Give the configured routes, and the project of the settings for what they leave."""
    jira = settings.jira
    rules = []
    for one in settings.routes:
        project = one.project or jira.project
        if project is None:
            message = "A route names no project, and JIRA_PROJECT is not set."
            raise ConfigurationError(message, "Set one of them.")
        route = Route(
            project, one.issue_type or jira.issue_type, one.labels, one.components, one.fields
        )
        rules.append(RouteRule(route, frozenset(one.services), frozenset(one.teams)))
    if jira.project is not None:
        rules.append(RouteRule(Route(jira.project, jira.issue_type)))
    return tuple(rules)


def _pace(database: Database, service: str, calls_per_minute: int, *, dry_run: bool) -> Pace:
    """Give the budget that all processes on the database share; a dry run has one to itself."""
    if not calls_per_minute:
        return NoPace()
    rate = Rate(calls_per_minute)
    if dry_run:
        return LocalPace(service, rate)
    return SharedPace(database.engine, service, rate)


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
