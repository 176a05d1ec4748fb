"""Filling the index of documents in the background, so that no request has to read them all."""

import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from connectors.errors import PostmortemError
from worker.jobs.context import JobContext
from worker.jobs.documents.index_documents import TOGETHER, fill
from worker.log import Log

_BETWEEN = 0.05
"""Seconds left to others between two lots of documents."""
_REST = 60.0
"""Seconds until it is looked again, once all documents are in the index."""

log = Log(__name__)


class IndexFiller:
    """A thread that reads what is new to the index, and rests while nothing is."""

    def __init__(self, context: JobContext, rest: float = _REST) -> None:
        self._context = context
        self._rest = rest
        self._ended = threading.Event()
        self._then: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    def start(self) -> None:
        """Begin, a moment after the first scheduled look."""
        self._thread.start()

    def then(self, deed: Callable[[], object]) -> None:
        """Have something done after each pass, so that nobody waits for it who asks for a page."""
        self._then = deed

    def stop(self) -> None:
        """Come to an end with the lot that is being read."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause = 1.0
        while not self._ended.wait(pause):
            pause = _BETWEEN if self._fill() == TOGETHER else min(self._rest, 2 * pause + 1)

    def _fill(self) -> int:
        try:
            read = fill(self._context)
            if read < TOGETHER and not self._ended.is_set():
                self._then()
        except (PostmortemError, SQLAlchemyError) as why:
            log.info("the index of documents could not be filled", why=str(why))
            return 0
        except Exception:  # memory, files: what is new is read once that is over
            log.exception("The index of documents could not be filled.")
            return 0
        return read
