"""The lists of documents as the store has them, or as the journal does where the store is away."""

from collections.abc import Callable
from functools import partial

from worker.app.listing.far_store import Answer, FarStore
from worker.app.listing.shared_lists import Lists, SharedLists
from worker.document.index.indexed_document import rules
from worker.jobs.context import JobContext
from worker.jobs.status_report import KnownStatuses, listed_documents
from worker.store.document_store import StoreAway

READ_AT_ONCE = 50
"""Documents that are read in a request: those that were just changed, not all of a first look."""


class StoredLists(SharedLists):
    """The lists that requests share, and the store that pages ask."""

    def __init__(self, context: JobContext) -> None:
        super().__init__(self._from_store)
        self._context = context
        self._remembered = KnownStatuses()
        self._far = FarStore(context.clock) if context.store.is_far else None

    def asked(self, question: Callable[[], Answer]) -> Answer:
        """Ask the store, for a page's sake: of one that is far, an answer is not long waited for.

        Raises ``StoreAway`` with as of when what is known is.
        """
        if self._far is None:
            return question()
        try:
            return self._far.ask(question)
        except StoreAway as error:
            raise StoreAway(self._far.as_of(error)) from error

    def _from_store(self) -> Lists:
        find, away = partial(listed_documents, self._context, remembered=self._remembered), ""
        try:
            found = self.asked(partial(find, most=READ_AT_ONCE))
        except StoreAway as error:
            away = str(error)
            found = find(most=0, looked=False)
        told = " ".join(filter(None, (away, self._reading())))
        listed = tuple(one for one in found if one.status.document)
        return Lists(tuple(one.status for one in found), listed, told, is_old=bool(away))

    def _reading(self) -> str:
        """Say how far documents have been read since the start, "" once all are."""
        read, known = self._context.journal.index.progress(rules(self._context.policy.names))
        if known - read <= READ_AT_ONCE:
            return ""
        return f"{read:,} of {known:,} documents are read so far; the others show their names."
