"""Looking at everything a job needs, before it is needed: all problems at once."""

from collections.abc import Iterable

from sqlalchemy.exc import SQLAlchemyError

from connectors.checks import Finding
from worker.document.template import survey
from worker.jobs.context import JobContext


def preflight(context: JobContext) -> list[Finding]:
    """Give what was found: of the source, the tracker, the store, the database, the template."""
    return [
        *_source(context),
        *_tracker(context),
        *context.store.check(),
        *_database(context),
        *_template(context),
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
        route = rule.route
        for found in context.tracker.check(route.project, route.issue_type, supplied=route.fields):
            if found not in told:
                told.add(found)
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


def _template(context: JobContext) -> Iterable[Finding]:
    found = survey(context.policy.template, context.policy.names)
    filled = sum(1 for one in found if one.filled)
    left = "; ".join(one.sentence for one in found if not one.filled)
    yield Finding("Template", detail=f"{filled} places are filled" + (f"; {left}" if left else ""))
