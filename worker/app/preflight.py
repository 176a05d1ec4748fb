"""What `postmortem check` looks at before it is needed: every problem at once, with its remedy."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from config.groups import CreateWhen, TicketParent
from connectors.connector import IncidentSource, NameKind
from connectors.errors import ConnectorError, Finding, NotFound, PostmortemError, looked_at
from connectors.ticket_fields import CreateFields, called
from connectors.tickets import NoAccount, TicketTracker
from worker.document.action_section import read as read_items
from worker.document.fill_template import summed_up, survey
from worker.document.front_matter import DocumentError
from worker.document.unread.unfinished_text import refuse_conflicts
from worker.document.unread.where_items_come_from import taken_from
from worker.jobs.catalogue import look
from worker.jobs.context import JobContext, JobPolicy
from worker.journal.records import KnownDocument
from worker.tracking.new_ticket import Route

_SHOWN = 8
"""How many known names a sentence lists."""
_LOOKED_UP = 50
"""How many owners are looked up at most, a call or two each."""


def preflight(context: JobContext) -> list[Finding]:
    """Give what was found: of the source, the tracker, the store, the database, the template."""
    return [
        *_source(context),
        *_tracker(context),
        *context.store.check(),
        *_database(context),
        *_documents(context),
        *_templates(context),
    ]


def _source(context: JobContext) -> Iterable[Finding]:
    if context.source is None:
        words = context.source_words
        yield Finding(
            words.name,
            problem="It is not configured, so no draft can be written.",
            remedy=words.remedy,
        )
        return
    yield from context.source.check()
    for kind, wanted in _named(context.policy).items():
        if wanted:
            yield from _names(context, context.source, kind, wanted)


def _named(policy: JobPolicy) -> Mapping[NameKind, Mapping[str, str]]:
    """Give the services, teams and priorities that the settings name, and where they first do."""
    found: dict[NameKind, dict[str, str]] = {kind: {} for kind in NameKind}

    def note(kind: NameKind, names: Iterable[str], place: str) -> None:
        for name in sorted(names):
            found[kind].setdefault(name, place)

    note(NameKind.SERVICE, policy.only.services, "[drafts]")
    note(NameKind.TEAM, policy.only.teams, "[drafts]")
    note(NameKind.PRIORITY, policy.only.priorities, "[drafts]")
    for number, route in enumerate(policy.routes, start=1):
        note(NameKind.SERVICE, route.services, f"[[routes]] #{number}")
        note(NameKind.TEAM, route.teams, f"[[routes]] #{number}")
    for number, template in enumerate(policy.templates, start=1):
        note(NameKind.SERVICE, template.services, f"[[templates]] #{number}")
        note(NameKind.TEAM, template.teams, f"[[templates]] #{number}")
        note(NameKind.PRIORITY, template.priorities, f"[[templates]] #{number}")
    return found


def _names(
    context: JobContext, source: IncidentSource, kind: NameKind, wanted: Mapping[str, str]
) -> Iterable[Finding]:
    """Say which names the source does not know; not all is read where all are found before."""
    service = context.source_words.name
    left, known = dict(wanted), list[str]()
    try:
        for one in source.listed(kind):
            known.append(one.name)
            left.pop(one.name, None)
            if kind is not NameKind.PRIORITY:  # these are told apart by name alone
                left.pop(one.id, None)
            if not left:
                break
    except ConnectorError as error:
        subject = f"Each {kind} that the settings name"
        yield Finding(subject, warning=f"It was not looked up: {error.what}", remedy=error.remedy)
        return
    for name, place in left.items():
        yield Finding(
            f"{kind.capitalize()} '{name}' in {place}",
            problem=f"{service} has no {kind} of that name, so no incident is met by it.",
            remedy=_meant(name, known),
        )
    if not left:
        names = ", ".join(f"'{one}'" for one in wanted)
        yield Finding(f"Each {kind} that the settings name", detail=f"{service} has {names}")


def _meant(word: str, known: Iterable[str]) -> str:
    """Say what a word that is not known may be meant for."""
    names = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(word.casefold(), names, n=1)
    if near:
        return f"Did you mean '{names[near[0]]}'?"
    shown = ", ".join(sorted(names.values())[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"Take one that is there: {shown}{more}." if names else "Take the word out."


def _tracker(context: JobContext) -> Iterable[Finding]:
    words, tracker = context.tracker_words, context.tracker
    if tracker is None:
        yield Finding(words.name, detail="not configured; drafts are written without tickets")
        return
    if not context.policy.routes:
        yield Finding(
            f"{words.name} project",
            problem="No project is configured, so no ticket can be created.",
            remedy=f"Set {words.project_setting}, or routes in the settings file.",
        )
    told: set[Finding] = set()
    for rule in context.policy.routes:
        for found in _route(context, tracker, rule.route):
            if found not in told:
                told.add(found)
                yield found
    yield from looked_at("Priorities and owners", lambda: _mapped(context.policy, tracker))


def _route(context: JobContext, tracker: TicketTracker, route: Route) -> Iterable[Finding]:
    own = tracker.check(route.project, route.issue_type, supplied=route.fields)
    yield from own
    yield from _route_words(tracker, route)
    if context.policy.parent is not TicketParent.EPIC:
        return
    epic_type, missing = context.policy.epic_type, ""
    try:
        tracker.create_fields(route.project, epic_type)
    except NotFound as error:
        missing = error.what
    except ConnectorError:
        pass  # the check says so
    for found in tracker.check(route.project, epic_type, supplied=route.fields):
        if missing and found.problem == missing and found not in own:
            yield replace(found, remedy="Set epic_type in [tickets] to a type that it has.")
        else:
            yield found


def _fields(tracker: TicketTracker, route: Route) -> CreateFields | None:
    try:
        return tracker.create_fields(route.project, route.issue_type)
    except ConnectorError:
        return None  # the tracker's own check says so


def _route_words(tracker: TicketTracker, route: Route) -> Iterable[Finding]:
    """Compare the components and fields of a route with what a create in its project takes."""
    fields = _fields(tracker, route)
    if fields is None or not fields.settable:
        return
    names = [one.name for one in fields.components]
    for name in route.components:
        if not called(fields.components, name):
            yield Finding(
                f"Component '{name}' in {route.project}",
                problem="The project has no such component, so tickets are made without it.",
                remedy=_meant(name, names),
            )
    for name in route.fields:
        if name not in {*fields.settable, fields.parent, "parent"}:
            yield Finding(
                f"Field '{name}' in {route.project}",
                problem=f"A new {route.issue_type} does not take it.",
                remedy=f"{_meant(name, fields.settable)} Or put it on the project's create screen.",
            )


def _mapped(policy: JobPolicy, tracker: TicketTracker) -> Iterable[Finding]:
    """Compare the maps of priorities and owners with what the projects of the routes have."""
    routes = {one.route.project: one.route for one in policy.routes}
    if not routes:
        return
    fields = [_fields(tracker, route) for route in routes.values()]
    allowed = [choice for one in fields if one for choice in one.priorities]
    for word, meant in policy.priorities.items():
        if allowed and not called(allowed, meant):
            yield Finding(
                f"Priority '{meant}' in [priorities] ({word})",
                problem="No project of the routes has it, so tickets are made without it.",
                remedy=_meant(meant, [one.name for one in allowed]),
            )
    for name, who in list(policy.owners.items())[:_LOOKED_UP]:
        answers = [tracker.account(project, who) for project in routes]
        if reasons := [one.reason for one in answers if isinstance(one, NoAccount)]:
            subject = f"Owner '{name}' in [owners]"
            if len(reasons) == len(answers):
                yield Finding(subject, problem=reasons[0], remedy="Mend the owner map.")
            else:
                yield Finding(subject, warning=reasons[0])


def _database(context: JobContext) -> Iterable[Finding]:
    try:
        context.journal.ping()
    except SQLAlchemyError as error:
        yield Finding(
            "Database",
            problem=f"It does not answer: {error}.",
            remedy="Check POSTMORTEM_DATABASE_URL.",
        )
    else:
        yield Finding("Database", detail="answers, and its tables are up to date")


def _documents(context: JobContext) -> Iterable[Finding]:
    """Read every document; what keeps a sync from one is a problem, what it warns of a warning."""
    try:
        catalogue = look(context)
    except (PostmortemError, SQLAlchemyError):
        return  # the store or the database has said so itself
    known = [one for one in catalogue.documents.values() if one.incident or one.problem]
    amiss: list[Finding] = []
    for incident in catalogue.by_incident:
        try:
            catalogue.find(incident)
        except PostmortemError as error:
            amiss.append(Finding.of(f"Documents of {incident}", error))
    for one in sorted(known, key=lambda each: each.name):
        amiss += _document(context, one)
    yield from amiss
    if known and not amiss:
        yield Finding("Text of the documents", detail=f"{len(known)} read, nothing is in the way")


def _document(context: JobContext, document: KnownDocument) -> Iterable[Finding]:
    name = document.name
    if document.problem:
        yield Finding(name, problem=document.problem)
        return
    try:
        text = context.store.read(name).text
        refuse_conflicts(text)
        items = read_items(text, context.policy.names)
    except DocumentError as error:
        yield Finding(name, problem=f"It is left as it is: {error.what}", remedy=error.remedy)
    except PostmortemError as error:
        yield Finding.of(name, error)
    else:
        if _makes_tickets(context):
            yield from (Finding(name, warning=one) for one in items.problems)


def _makes_tickets(context: JobContext) -> bool:
    return context.tracker is not None and context.policy.create is not CreateWhen.NEVER


def _templates(context: JobContext) -> Iterable[Finding]:
    """Prove each template, that of all other incidents first."""
    yield from _template(context, "Template", "Action items", context.policy.template)
    for rule in context.policy.templates:
        yield from _template(
            context, f"Template {rule.name}", f"Action items of {rule.name}", rule.text
        )


def _template(context: JobContext, name: str, items: str, text: str) -> Iterable[Finding]:
    names = context.policy.names
    try:
        found = survey(text, names)
        said, remedy = taken_from(text, names)
    except DocumentError as error:
        yield Finding(name, problem=error.what, remedy=error.remedy)
        return
    if not any(one.filled for one in found):
        yield Finding(
            name,
            problem="Nothing in it would be filled: no place that the program knows is there.",
            remedy="Take the headings and labels of the built-in one, or name yours in "
            "[document_names].",
        )
        return
    yield Finding(name, detail=summed_up(found, names))
    if remedy and _makes_tickets(context):
        yield Finding(items, problem=said, remedy=remedy)
    else:
        yield Finding(items, detail=f"{said} {remedy}".rstrip())
