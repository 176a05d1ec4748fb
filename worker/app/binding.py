"""What a database is bound to: the documents and the services that it was used with.

Its memories are about these. Under other settings documents would seem to be removed, and tickets
and pages be looked for, or changed, where they never were. So that is noticed as a command starts,
and refused unless somebody means it. One place has many spellings: they are compared without them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from config.settings import Settings
from config.values import DirectoryLocation, GitLocation
from connectors.connector import Connector
from connectors.errors import ConfigurationError, Finding
from worker.app.registry import Services
from worker.jobs.catalogue import must_be_usable
from worker.jobs.context import JobContext
from worker.jobs.store_presence import DocumentsGone, documents_known, forget_all
from worker.queue.leases import workers
from worker.store.document_store import StoreAway, StoreError

PUBLISHER = "publisher"
_DEFAULT_PORTS = {None, 22, 80, 443}


class Moved(Enum):
    """What to do where the settings name another place than the database was used with."""

    REFUSE = "refuse"
    ADOPT = "adopt"
    IGNORE = "ignore"

    @classmethod
    def asked(cls, *, adopt: bool) -> "Moved":
        """Give what a command is asked for."""
        return cls.ADOPT if adopt else cls.REFUSE


@dataclass(frozen=True, slots=True)
class Bound:
    """One place: under which name it is remembered, what sentences call it, and where it is."""

    name: str
    shown: str
    address: str


def bind(
    settings: Settings, services: Services, context: JobContext, moved: Moved
) -> tuple[str, ...]:
    """Remember what the database is used with, and say in sentences what was another before.

    Raises ``ConfigurationError`` where that was another place, unless it is adopted: then what was
    remembered of the other is forgotten.
    """
    if moved is Moved.IGNORE:
        return ()
    places = list(_places(settings, services))
    others = list(_others(settings, context, places))
    if others and moved is Moved.REFUSE and (told := _refused(settings, context, others)):
        raise ConfigurationError(
            f"The database was used with {told}.",
            "Put the settings back, or name another database in POSTMORTEM_DATABASE_URL; to move "
            "on purpose, run the command once with --adopt.",
        )
    adopted = tuple(_adopted(context, others, moved))
    if moved is Moved.ADOPT:
        adopted += _forgotten(context, {here.name for _, here in others})
    known, changed = context.journal.bindings.all(), {here for _, here in others}
    values = {one.name: one.address for one in places if one in changed or one.name not in known}
    if values:
        context.journal.bindings.bind(values)
    return adopted


def _adopted(
    context: JobContext, others: Sequence[tuple[Bound, Bound]], moved: Moved
) -> Iterator[str]:
    for was, here in others:
        means = moved is Moved.ADOPT
        aside = "" if means else ", of which nothing was remembered"
        empty = " It holds no documents." if here.name == "store" and _is_empty(context) else ""
        verb = "Would adopt" if context.dry_run else "Adopted"
        yield f"{verb} {here.shown} {here.address}, instead of {was.address}{aside}.{empty}"


def _is_empty(context: JobContext) -> bool:
    try:
        return not context.store.list()
    except StoreError:
        return False  # told by what follows


def moved_findings(settings: Settings, context: JobContext) -> Iterator[Finding]:
    """Say where the settings name another place than the database was used with.

    The context is of a dry run, and forgets the documents of another store: what is looked at next
    is the place as it is, and not told of once more.
    """
    others = list(_others(settings, context, list(_places(settings, Services.under(settings)))))
    if others and (told := _refused(settings, context, others)):
        yield Finding(
            "What the database was used with",
            problem=f"It was {told}.",
            remedy="Put the settings back, name another database, or move with --adopt.",
        )
        if any(here.name == "store" for _, here in others):
            forget_all(context)


def _places(settings: Settings, services: Services) -> Iterator[Bound]:
    """Give every place that the settings name."""
    yield Bound("store", "the documents in", _store(settings.documents))
    roles: Sequence[tuple[str, Connector | None]] = (
        ("source", services.source),
        ("tracker", services.tracker),
        (PUBLISHER, services.publisher),
    )
    for role, service in roles:
        if service is not None and service.address:
            yield Bound(role, f"{service.name} at", site(service.address))
    if services.tracker is not None and (project := services.tracker.destination.project):
        yield Bound("project", f"{services.tracker.name}'s project", project)


def site(address: str) -> str:
    """Give a web address without what makes no difference: scheme, case, usual port, last slash."""
    parts = urlsplit(address)
    port = "" if parts.port in _DEFAULT_PORTS else f":{parts.port}"
    return f"{parts.hostname or ''}{port}{parts.path.rstrip('/')}"


def _store(where: DirectoryLocation | GitLocation) -> str:
    if isinstance(where, DirectoryLocation):
        return str(where.path.absolute())
    folder = where.folder.strip("/")
    return f"{site(where.url).removesuffix('.git')}#{where.branch}:{folder}"


def _others(
    settings: Settings, context: JobContext, places: list[Bound]
) -> Iterator[tuple[Bound, Bound]]:
    """Give each place that is another than it was: as it was, and as it is."""
    known = context.journal.bindings.all()
    for here in places:
        was = known.get(here.name)
        if was is None or was == here.address:
            continue
        is_directory = here.name == "store" and isinstance(settings.documents, DirectoryLocation)
        if not (is_directory and _same_directory(context, Path(was), Path(here.address))):
            yield replace(here, address=was), here


def _same_directory(context: JobContext, was: Path, here: Path) -> bool:
    """Tell whether two paths lead to one directory, here or where another machine mounts it."""
    try:
        if was.samefile(here):
            return True
    except OSError:
        pass
    try:
        now = context.store.listing().documents
        return not context.journal.fingerprints().items().isdisjoint(now.items())
    except StoreAway:
        return False


def _refused(settings: Settings, context: JobContext, others: list[tuple[Bound, Bound]]) -> str:
    """Say what must not be changed in passing, "" where nothing is at stake.

    What nothing is remembered of may change, while no other process works on the database.
    """
    journal = context.journal
    documents = any(one.incident for one in journal.documents().values())
    tickets = bool(journal.ticket_ids() or journal.incidents_with_intents())
    at_stake = {"store": documents, "source": documents, "tracker": tickets, "project": tickets}
    at_stake[PUBLISHER] = any(one.page for one in journal.pages.every().values())
    if not any(at_stake[here.name] for _, here in others) and not workers(
        settings.database_url.get_secret_value()
    ):
        return ""
    return ", and ".join(
        f"{was.shown} {was.address}, while the settings name {here.address}" for was, here in others
    )


def _forgotten(context: JobContext, others: set[str]) -> tuple[str, ...]:
    """Forget what was remembered of other places, and say how much that was."""
    told: tuple[str, ...] = ()
    if "tracker" in others:  # ids are another site's own
        tickets = context.journal.ticket_ids()
        context.journal.untrack(tickets)
        told += _known_no_longer(context, len(tickets), "ticket")
    if PUBLISHER in others:  # as are pages'
        told += _known_no_longer(context, context.journal.pages.forget(), "page")
    if "store" in others or _are_gone(context):
        told += _known_no_longer(context, len(documents_known(context)), "document")
        forget_all(context)
    return told


def _are_gone(context: JobContext) -> bool:
    try:
        must_be_usable(context)
    except DocumentsGone:
        return True
    except StoreAway:
        return False  # told by what follows
    return False


def _known_no_longer(context: JobContext, count: int, noun: str) -> tuple[str, ...]:
    if not count:
        return ()
    told = f"1 {noun} that was known" if count == 1 else f"{count} {noun}s that were known"
    verb = "would be" if context.dry_run else "is" if count == 1 else "are"
    return (f"{told} {verb} known no longer.",)
