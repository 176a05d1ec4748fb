"""What `postmortem check` looks at before it is needed: every problem at once, with its remedy."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from config.groups import CreateWhen, TicketParent
from connectors.errors import ConnectorError, Finding, NotFound, PostmortemError
from connectors.tickets import TicketTracker
from worker.document.action_section import read as read_items
from worker.document.fill_template import survey
from worker.document.front_matter import DocumentError
from worker.document.unread.unfinished_text import refuse_conflicts
from worker.document.unread.where_items_come_from import taken_from
from worker.jobs.catalogue import look
from worker.jobs.context import JobContext
from worker.journal.records import KnownDocument
from worker.tracking.new_ticket import Route


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


def _tracker(context: JobContext) -> Iterable[Finding]:
    words = context.tracker_words
    if context.tracker is None:
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
        for found in _route(context, context.tracker, rule.route):
            if found not in told:
                told.add(found)
                yield found


def _route(context: JobContext, tracker: TicketTracker, route: Route) -> Iterable[Finding]:
    own = tracker.check(route.project, route.issue_type, supplied=route.fields)
    yield from own
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
    filled = sum(1 for one in found if one.filled)
    left = "; ".join(one.sentence for one in found if not one.filled)
    if not filled:
        yield Finding(
            name,
            problem="Nothing in it would be filled: no place that the program knows is there.",
            remedy="Take the headings and labels of the built-in one, or name yours in "
            "[document_names].",
        )
        return
    yield Finding(name, detail=f"{filled} places are filled" + (f"; {left}" if left else ""))
    if remedy and _makes_tickets(context):
        yield Finding(items, problem=said, remedy=remedy)
    else:
        yield Finding(items, detail=f"{said} {remedy}".rstrip())
