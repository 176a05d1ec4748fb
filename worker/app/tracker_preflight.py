"""What `postmortem check` looks at in the tracker: routes, what tickets take, mapped words."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from config.groups import CreateWhen, TicketParent
from connectors.errors import ConnectorError, Finding, NotFound, looked_at
from connectors.ticket_fields import CreateFields, FieldChoice, TypeLevel, called
from connectors.tickets import Category, NoAccount, TicketTracker
from worker.jobs.context import JobContext, JobPolicy, folded
from worker.tracking.destinations import Route

_SHOWN = 8
"""How many known names a sentence lists."""
_LOOKED_UP = 50
"""How many owners are looked up at most, a call or two each."""


def makes_tickets(context: JobContext) -> bool:
    """Tell whether action items become tickets at all."""
    return context.tracker is not None and context.policy.create is not CreateWhen.NEVER


def meant(word: str, known: Iterable[str]) -> str:
    """Say what a word that is not known may be meant for."""
    names = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(word.casefold(), names, n=1)
    if near:
        return f"Did you mean '{names[near[0]]}'?"
    shown = ", ".join(sorted(names.values())[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"Take one that is there: {shown}{more}." if names else "Take the word out."


def tracker_findings(context: JobContext) -> Iterable[Finding]:
    """Look at each route, at what its tickets take, at the maps of priorities and owners."""
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
    own = tracker.check(
        route.project,
        route.issue_type,
        supplied=[*route.fields, *(["components"] if route.components else [])],
        resolution=route.closing.resolution,
    )
    yield from own
    yield from _issue_type(context, tracker, route)
    yield from _route_words(tracker, route)
    yield from _transition(context, tracker, route)
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


def _issue_type(context: JobContext, tracker: TicketTracker, route: Route) -> Iterable[Finding]:
    """Say where tickets of a route's type cannot be made, or not where they belong."""
    fields = _fields(tracker, route)
    if fields is None or fields.level is TypeLevel.USUAL:
        return
    subject = f"Issue type {route.issue_type} in {route.project} as a ticket"
    setting = context.tracker_words.type_setting
    other = f"Set {setting} (or the route's issue_type) to a type such as Task."
    given = {"parent", fields.parent} & route.fields.keys()
    if fields.level is TypeLevel.BELOW:
        if not given:
            yield Finding(
                subject,
                problem="It is a sub-task, which needs a parent, and nothing gives one.",
                remedy=f"{other} Or name the parent in the route's fields.",
            )
    elif fields.title in fields.required.keys() - route.fields.keys():
        yield Finding(
            subject,
            problem=f"It is an epic, which needs '{fields.required[fields.title]}', and nothing "
            "gives that.",
            remedy=other,
        )
    elif context.policy.parent is TicketParent.EPIC or given:
        yield Finding(
            subject,
            problem="It is an epic, and an epic belongs to no other.",
            remedy=f"{other} Or set parent in [tickets] to none.",
        )
    else:
        yield Finding(subject, warning="Each action item becomes an epic.", remedy=other)


def _transition(context: JobContext, tracker: TicketTracker, route: Route) -> Iterable[Finding]:
    """Compare a route's transition with those of the newest ticket there: no other tells them."""
    wanted = route.closing.transition
    if not wanted or not context.policy.close_from_document:
        return
    subject = f"Transition '{wanted}' of a route to {route.project}"
    newest = context.journal.newest_in(route.project)
    if newest is None:
        yield Finding(subject, detail="there is no ticket yet on which to see it")
        return
    try:
        moves = tracker.transitions(newest.id)
    except ConnectorError as error:
        yield Finding(subject, warning=f"It was not looked up: {error.what}", remedy=error.remedy)
        return
    closing = [one for one in moves if one.to_category is Category.DONE]
    if any(one.id == wanted.strip() or folded(one.name) == folded(wanted) for one in closing):
        yield Finding(subject, detail=f"{newest.key} has it")
    elif closing:
        yield Finding(
            subject,
            problem=f"{newest.key} can be closed, but by no transition of that name.",
            remedy=meant(wanted, [one.name for one in closing]),
        )
    else:
        yield Finding(subject, detail=f"{newest.key} cannot be closed now, so it is not seen there")


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
                remedy=meant(name, names),
            )
    for name in route.fields:
        if name not in {*fields.settable, fields.parent, "parent"}:
            yield Finding(
                f"Field '{name}' in {route.project}",
                problem=f"A new {route.issue_type} does not take it.",
                remedy=f"{meant(name, fields.settable)} Or put it on the project's create screen.",
            )


def _priorities(
    policy: JobPolicy, allowed: Mapping[str, Sequence[FieldChoice]]
) -> Iterable[Finding]:
    """Say which priorities of the map a project lacks; one that takes none at all lacks nothing."""
    takes = {project: choices for project, choices in allowed.items() if choices}
    for word, wanted in policy.priorities.items():
        subject = f"Priority '{wanted}' in [priorities] ({word})"
        without = [project for project, choices in takes.items() if not called(choices, wanted)]
        if takes and len(without) == len(takes):
            yield Finding(
                subject,
                problem="No project of the routes has it, so tickets are made without it.",
                remedy=meant(wanted, [one.name for each in takes.values() for one in each]),
            )
        elif without:
            told = f"{', '.join(without)} has no such priority, so its tickets are made without it."
            yield Finding(subject, warning=told)


def _mapped(policy: JobPolicy, tracker: TicketTracker) -> Iterable[Finding]:
    """Compare the maps of priorities and owners with what the projects of the routes have."""
    routes = {one.route.project: one.route for one in policy.routes}
    if not routes:
        return
    fields = {project: _fields(tracker, route) for project, route in routes.items()}
    yield from _priorities(policy, {name: one.priorities for name, one in fields.items() if one})
    if len(policy.owners) > _LOOKED_UP:
        count = f"The first {_LOOKED_UP} of {len(policy.owners)} are looked up."
        yield Finding("Owners in [owners]", warning=count)
    for name, who in list(policy.owners.items())[:_LOOKED_UP]:
        answers = [tracker.account(project, who) for project in routes]
        if reasons := [one.reason for one in answers if isinstance(one, NoAccount)]:
            subject = f"Owner '{name}' in [owners]"
            if len(reasons) == len(answers):
                yield Finding(subject, problem=reasons[0], remedy="Mend the owner map.")
            else:
                yield Finding(subject, warning=reasons[0])
