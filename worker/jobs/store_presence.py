"""Whether the documents are where they were: an empty place is not taken for deleted documents.

A directory that is not mounted, an empty one in its stead, or a branch that was begun anew shows no
document. Taken for deletion, that would be forgotten by itself when the place is back; but what is
written meanwhile would be lost below the mount, and every incident with news be without a document.
So where none of several known documents is left, they are taken to be gone, until they are back or
a person says that they are not coming. So they are where the place is another than it was and lacks
any of them, for half a mount is no deletion. One alone is deleted where the place is the same.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from connectors.incidents import IncidentId
from worker.jobs.context import JobContext
from worker.journal.records import KnownDocument
from worker.store.document_store import Listing, StoreAway, StoreError

PLACE = "place of documents"
"""The binding that tells the place in which documents were last seen."""

MARK = "mark of the last listing"
"""The binding that holds by what the store tells which documents came since."""

_ANY = "any.md"
_SHOWN = 3
_REMEDY = (
    "If they were removed or moved on purpose, run `postmortem sync --adopt` once: it takes the "
    "place as it is now."
)


class DocumentsGone(StoreAway):
    """The store lacks documents that are known, and not because somebody deleted them."""


def listing(context: JobContext, *, to_write: bool = False) -> Listing:
    """List the store. Raises ``StoreAway`` where it cannot be, or is to be written and cannot be.

    A dry run writes nothing.
    """
    with _away(context, to_write=to_write):
        return context.store.listing()


def changes(context: JobContext, *, to_write: bool = False) -> Mapping[str, str] | None:
    """Give what the store tells that changed since the last listing, None where it cannot.

    Raises ``StoreAway`` as :func:`listing` does.
    """
    with _away(context, to_write=to_write):
        mark = context.journal.bindings.value(MARK)
        return context.store.changes(mark) if mark else None


@contextmanager
def _away(context: JobContext, *, to_write: bool) -> Iterator[None]:
    if to_write:
        context.do_or_tell(context.store.prove_writable, lambda: None)()
    try:
        yield
    except StoreAway:
        raise
    except StoreError as error:
        raise StoreAway(error.what, error.remedy) from error


def remember_mark(context: JobContext, mark: str) -> None:
    """Remember the mark of a listing, once all that it showed is remembered."""
    if mark != context.journal.bindings.value(MARK):
        context.journal.bindings.bind({MARK: mark})


def refuse_gone(
    context: JobContext,
    known: Mapping[str, KnownDocument],
    names: Collection[str],
    met: Mapping[str, KnownDocument],
) -> None:
    """Raise ``DocumentsGone`` where known documents are missing that nobody deleted.

    ``names`` are all that are there, ``met`` those among them that are new, or changed: a document
    may have been moved, and a file of its name may be another incident's.
    """
    ours = {one.incident for one in known.values() if one.incident}
    there = {one.incident for one in met.values()}
    there |= {one.incident for name, one in known.items() if name in names and name not in met}
    missing = ours - there
    if not missing:
        return
    if missing != ours:
        if has_moved(context):
            raise _half_gone(context, missing, len(ours))
        return
    if len(ours) == 1 and context.store.is_still(context.journal.bindings.value(PLACE)):
        return
    raise _gone(context, len(ours))


def remember_place(context: JobContext) -> None:
    """Remember the place in which documents were just seen, so that it is known again."""
    place = context.store.place()
    if place and place != context.journal.bindings.value(PLACE):
        context.journal.bindings.bind({PLACE: place})


def refuse_nowhere(context: JobContext) -> None:
    """Raise ``StoreAway`` where there is no place of documents: a mistyped path finds nothing."""
    context.store.list()  # a branch is known once it was listed
    if not context.store.place():
        raise StoreAway(
            f"{where(context)}, where the documents are to be, does not exist.",
            "Look at POSTMORTEM_DOCUMENTS, or write a first document with `postmortem draft`.",
        )


def where(context: JobContext) -> str:
    """Say where the documents are: a path or an address."""
    return context.store.where(_ANY).removesuffix(_ANY).rstrip("/")


def has_moved(context: JobContext) -> bool:
    """Tell whether another place is where documents were last seen; they may be there as well."""
    seen = context.journal.bindings.value(PLACE)
    return bool(seen) and not context.store.is_still(seen)


def documents_known(context: JobContext) -> Collection[str]:
    """Give the names of the documents that are remembered as an incident's."""
    return _of_incidents(context.journal.documents())


def _of_incidents(known: Mapping[str, KnownDocument]) -> Mapping[str, IncidentId]:
    return {name: one.incident for name, one in known.items() if one.incident}


def forget_all(context: JobContext) -> None:
    """Forget which documents there were, since a person says that they are not coming back.

    What they were made of is remembered: none is made again by itself.
    """
    context.journal.forget(list(context.journal.fingerprints()))
    context.journal.bindings.bind({PLACE: "", MARK: ""})


def _gone(context: JobContext, count: int) -> DocumentsGone:
    told = f"None of the {count} documents that are known is"
    if count == 1:
        told = "The one document that is known is not"
    return DocumentsGone(
        f"{told} in {where(context)} any more, as when a directory is "
        "not mounted: nothing is written, and work waits until they are back.",
        _REMEDY,
    )


def _half_gone(context: JobContext, missing: Collection[str], count: int) -> DocumentsGone:
    named = ", ".join(sorted(missing)[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
    return DocumentsGone(
        f"{where(context)} is another place than it was, and of the {count} documents that are "
        f"known it lacks {len(missing)} ({named}), as when another directory is mounted: nothing "
        "is written, and work waits until they are back.",
        _REMEDY,
    )
