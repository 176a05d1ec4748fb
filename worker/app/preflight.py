"""What `postmortem check` looks at before it is needed: every problem at once, with its remedy."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError

from connectors.connector import IncidentFilter, IncidentSource, NameKind, PublishWhen
from connectors.errors import ConnectorError, Finding, PostmortemError
from connectors.incidents import Reference
from worker.app.tracker_preflight import makes_tickets, meant, tracker_findings
from worker.document.action_section import read as read_items
from worker.document.front_matter import INITIAL_STATUS, DocumentError
from worker.document.template_survey import (
    SectionFinding,
    by_section,
    lacking,
    summed_up,
    survey,
)
from worker.document.unread.unfinished_text import refuse_conflicts
from worker.document.unread.where_items_come_from import taken_from
from worker.jobs.catalogue import look, store_findings
from worker.jobs.context import JobContext, folded
from worker.journal.records import KnownDocument


def preflight(context: JobContext) -> list[Finding]:
    """Give what was found: of the services, the store, the documents, the templates."""
    return [
        *_source(context),
        *tracker_findings(context),
        *_pages(context),
        *(context.chat.check() if context.chat else ()),
        *store_findings(context),
        *_documents(context),
        *_templates(context),
    ]


def _pages(context: JobContext) -> Iterable[Finding]:
    if context.publisher is None:
        return
    yield from context.publisher.check()
    told = {
        PublishWhen.NEVER: 'publish = "never", so none is made, and none that is there is written',
        PublishWhen.REVIEWED: (
            'publish = "reviewed", so a document gets one once its status is no longer '
            f"{INITIAL_STATUS}; those that are there are kept current"
        ),
    }
    if detail := told.get(context.policy.publish.when):
        yield Finding(f"Pages in {context.publisher_words.name}", detail)


def _source(context: JobContext) -> Iterable[Finding]:
    if context.source is None:
        words = context.source_words
        yield Finding(
            words.name,
            problem="It is not configured, so no draft can be written.",
            remedy=words.remedy,
        )
        return
    only = context.policy.only
    yield from context.source.check(IncidentFilter(services=only.services, teams=only.teams))
    for kind, wanted in _named(context).items():
        if wanted:
            yield from _names(context, context.source, kind, wanted)


def _named(context: JobContext) -> Mapping[NameKind, Mapping[str, str]]:
    """Give what the settings name of each kind, and where they first do."""
    policy, chat = context.policy, context.chat_words.key
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
    for number, rule in enumerate(policy.channels, start=1):
        note(NameKind.SERVICE, rule.services, f"[[{chat}.routes]] #{number}")
        note(NameKind.TEAM, rule.teams, f"[[{chat}.routes]] #{number}")
    for number, template in enumerate(policy.templates, start=1):
        note(NameKind.SERVICE, template.services, f"[[templates]] #{number}")
        note(NameKind.TEAM, template.teams, f"[[templates]] #{number}")
        note(NameKind.PRIORITY, template.priorities, f"[[templates]] #{number}")
        note(NameKind.INCIDENT_TYPE, template.incident_types, f"[[templates]] #{number}")
    return found


def _names(
    context: JobContext, source: IncidentSource, kind: NameKind, wanted: Mapping[str, str]
) -> Iterable[Finding]:
    """Say which names the source does not know; not all is read where all are found before."""
    service = context.source_words.name
    left, known = dict(wanted), list[str]()
    try:
        for one in source.listed(kind):
            known.append(one.id if kind is NameKind.INCIDENT_TYPE else one.name)
            left = {name: place for name, place in left.items() if not _is(kind, one, name)}
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
            remedy=meant(name, known),
        )
    if not left:
        names = ", ".join(f"'{one}'" for one in wanted)
        yield Finding(f"Each {kind} that the settings name", detail=f"{service} has {names}")


def _is(kind: NameKind, one: Reference, name: str) -> bool:
    """Tell whether a name of the settings means one of the source's, as the rules have it."""
    match kind:
        case NameKind.PRIORITY:  # these are told apart by name alone
            return one.name == name
        case NameKind.INCIDENT_TYPE:
            return folded(one.id) == folded(name)
        case _:
            return name in {one.id, one.name}


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
        if makes_tickets(context):
            yield from (Finding(name, warning=one) for one in items.problems)


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
    known = "Take the headings and labels of the built-in one, or name yours in [document_names]."
    if not any(one.filled for one in found):
        problem = "Nothing in it would be filled: no place that the program knows is there."
        yield Finding(name, problem=problem, remedy=known)
        return
    absent = lacking(found, names)
    yield _filled(name, summed_up(found), by_section(text, found, names), absent, known)
    if remedy and makes_tickets(context):
        yield Finding(items, problem=said, remedy=remedy)
    else:
        yield Finding(items, detail=f"{said} {remedy}".rstrip())


def _filled(
    name: str,
    summary: str,
    sections: Sequence[SectionFinding],
    absent: Sequence[str],
    known: str,
) -> Finding:
    """Say section by section what is filled, where any is left; hardly any is a warning."""
    table = tuple((one.heading, one.sentence) for one in sections)
    if absent:
        table += (("(not in it)", ", ".join(absent)),)
    filled = sum(bool(one.filled) for one in sections)
    if 2 * filled < len(sections):
        count = f"Only {filled} of its {len(sections)} sections are filled ({summary})."
        return Finding(name, warning=count, remedy=known, table=table)
    complete = filled == len(sections) and not absent and not any(one.left for one in sections)
    return Finding(name, detail=summary, table=() if complete else table)
