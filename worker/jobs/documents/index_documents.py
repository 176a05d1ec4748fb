"""Keeping the index of documents: what each says, for those who list, report and search."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from connectors.errors import PostmortemError
from worker.document.index.indexed_document import IndexedDocument, rules, unreadable
from worker.jobs.context import JobContext
from worker.journal.records import KnownDocument
from worker.store.document_store import (
    BadName,
    DocumentTooLarge,
    LinkedDocument,
    NotText,
)

TOGETHER = 50
"""Documents that are read for the index before they are written into it."""
_STAYS_SO = (BadName, DocumentTooLarge, LinkedDocument, NotText)
"""What keeps a document from being read until it is changed."""


def keep_read(context: JobContext, texts: Iterable[tuple[KnownDocument, str]]) -> None:
    """Keep what documents say that were just read, or written; each is parsed once."""
    known = [one for one in texts if one[0].fingerprint and (one[0].incident or one[0].problem)]
    if known:
        context.journal.index.put(_read(context, one, text) for one, text in known)


def fill(context: JobContext, most: int = TOGETHER) -> int:
    """Read some of the known documents that are not in the index as they are now; give how many.

    What cannot be read just now is left for another time.
    """
    names = context.journal.index.unread(rules(context.policy.names), most)
    known = context.journal.documents_named(names).values()
    found = [one for one in map(partial(_look_at, context), known) if one.fingerprint]
    context.journal.index.put(found)
    return len(found)


def indexed(
    context: JobContext, known: Sequence[KnownDocument], most: int | None = None
) -> Mapping[str, IndexedDocument]:
    """Give what documents say, by name; up to ``most`` that are not in the index yet are read.

    What cannot be read says why. Those beyond are left out, for :func:`fill` to read.
    """
    own = rules(context.policy.names)
    rows = context.journal.index.of([one.name for one in known])
    found = {
        one.name: rows[one.name]
        for one in known
        if one.fingerprint
        and one.name in rows
        and (rows[one.name].fingerprint, rows[one.name].rules) == (one.fingerprint, own)
    }
    missing = [one for one in known if one.name not in found][:most]
    for at in range(0, len(missing), TOGETHER):
        new = [_look_at(context, one) for one in missing[at : at + TOGETHER]]
        context.journal.index.put(one for one in new if one.fingerprint)
        found |= {one.name: one for one in new}
    return found


def _look_at(context: JobContext, known: KnownDocument) -> IndexedDocument:
    """Read a document as it is now; one that cannot be just now has no fingerprint."""
    try:
        return _read(context, known, context.store.read(known.name).text)
    except _STAYS_SO as error:
        is_linked = isinstance(error, LinkedDocument)
        told = known.problem if is_linked and known.problem else str(error)
        return unreadable(known.name, known.fingerprint, context.policy.names, told)
    except PostmortemError as error:
        return unreadable(known.name, "", context.policy.names, str(error))


def _read(context: JobContext, known: KnownDocument, text: str) -> IndexedDocument:
    from worker.document.front_matter import DocumentError  # noqa: PLC0415 - only for what is new
    from worker.document.index.read_for_index import read  # noqa: PLC0415 - as above

    names = context.policy.names
    try:
        return read(known.name, known.fingerprint, text, names)
    except DocumentError as error:
        return unreadable(known.name, known.fingerprint, names, str(error))
