"""A new action item: who can own it, which priorities there are, and the row that it becomes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.page_users import PageUser
from config.template_names import Column, Names
from connectors.incidents import IncidentId
from connectors.tickets import TicketTracker
from worker.document.action_section import read as read_items
from worker.document.add_item import add_item
from worker.document.front_matter import DocumentError, values
from worker.jobs.context import JobContext
from worker.jobs.edits.save_edit import Current, Saved, UnusableEdit, text_opened, write_edit
from worker.tracking.destinations import Route

_MOST = 50


@dataclass(frozen=True, slots=True)
class ItemChoices:
    """Names that the tracker knows, as a document may have them; few of many."""

    owners: Sequence[str] = ()
    priorities: Sequence[str] = ()


def item_choices(context: JobContext, text: str, words: str) -> ItemChoices:
    """Give the owners whose names begin with the words, else the project's priorities.

    The project is that of the document with that ``text``. Nothing where no tracker is configured,
    or no project is for it. Raises ``ConnectorError``.
    """
    route = _route(context, text)
    if context.tracker is None or route is None:
        return ItemChoices()
    if words:
        return ItemChoices(owners=_owners(context.tracker, route, words))
    return ItemChoices(priorities=_priorities(context.tracker, route))


def _owners(tracker: TicketTracker, route: Route, words: str) -> Sequence[str]:
    found = tracker.assignable(route.project, words)
    return tuple(dict.fromkeys(one.name for one in found))[:_MOST]


def _priorities(tracker: TicketTracker, route: Route) -> Sequence[str]:
    fields = tracker.create_fields(route.project, route.issue_type)
    return tuple(one.name for one in fields.priorities)[:_MOST]


def _route(context: JobContext, text: str) -> Route | None:
    """Choose where the document's tickets go, by the services and teams that it names."""
    try:
        said = values(text) or {}
    except DocumentError:
        said = {}  # the general route, as for a document that names none
    return context.policy.route_by_names(said.get("services", ()), said.get("teams", ()))


def add_action_item(
    context: JobContext,
    incident: IncidentId,
    cells: Mapping[Column, str],
    by: PageUser,
    base: str = "",
) -> Saved:
    """Add an action item behind the last.

    What was made from the text whose digest is ``base``, and has come meanwhile, was sent twice: it
    is not added again. Raises as ``save_edit`` does; ``UnusableEdit`` where the document has no
    place for it.
    """
    names = context.policy.names
    began = text_opened(context, base) if base else ""

    def edited(current: Current) -> tuple[str, tuple[str, ...]]:
        try:
            if began and _has_come(began, add_item(began, names, cells), current.text, names):
                return current.text, ()
            return add_item(current.text, names, cells), ()
        except DocumentError as error:
            raise UnusableEdit(error.what, error.remedy) from error

    return write_edit(context, incident, by, edited)


def _has_come(began: str, mine: str, current: str, names: Names) -> bool:
    """Tell whether what mine has more than the beginning is in the document by now as well."""
    before, made, now = (_told(text, names) for text in (began, mine, current))
    return bool(made - before) and not (made - before) - (now - before)


def _told(text: str, names: Names) -> Counter[tuple[str, str | None, str | None, str]]:
    items = read_items(text, names).items
    return Counter((one.task, one.owner, one.priority, one.deadline_text) for one in items)
