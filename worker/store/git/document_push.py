"""Documents on their way to a branch: those that wait at once go together, each in its commit.

Of each it is found out what is another on the branch, and whether it still may go.
"""

import threading
from collections.abc import Callable, Mapping, Sequence

from worker.store.document_store import BadName, Changed, StoreError, Version
from worker.store.git.branch import Branch, PushRefused, TreeEntry
from worker.store.git.cache import Cache
from worker.store.git.command import Timing
from worker.store.git.commit import CommitWords, NewFile, blob_id

_AGAIN = "Nothing was written; run the sync again."
_TOGETHER = 50
"""Commits in one push at most."""
_GAP = 3.0
"""Another machine asks, fetches and pushes: so many times as long as a push takes."""
_GAPS = 0.25
"""Before how many pushes of those that follow one's own at once, as a share, a gap is left."""


class DocumentPush:
    """A document, and what is to lie beside it, on its way to the branch."""

    def __init__(
        self,
        branch: Branch,
        folder: str,
        contents: Mapping[str, bytes],
        name: str,
        expected: Version | None,
        words: CommitWords,
    ) -> None:
        self._branch = branch
        self._folder = folder
        self._contents = {folder + one: data for one, data in contents.items()}
        self._expected = expected
        self._words = words
        self.name = name
        self.paths = frozenset(self._contents)
        self.is_over = False
        self.error: Exception | None = None

    def fails(self, error: Exception) -> None:
        """Let it be over with an error."""
        self.error, self.is_over = error, True

    def needs(self, tip: str) -> tuple[Mapping[str, NewFile], CommitWords]:
        """Give what the commit for it on top of ``tip`` has: no files where all is there.

        Raises ``Changed`` and ``BadName`` as :meth:`_changes` does.
        """
        return self._changes(tip), self._words

    def _changes(self, tip: str) -> dict[str, NewFile]:
        """Give what is to be another in the next commit.

        Raises ``Changed`` where the document is not what was read any more, ``BadName`` where
        something else than a file, or than a folder on the way to it, is in the place.
        """
        there = self._branch.entries(tip, list(self._contents))
        for path in self._contents:
            self._keep_out(tip, path, there)
        _still(self.name, there.get(self._folder + self.name), self._expected)
        return {
            path: NewFile(data, there[path].mode) if path in there else NewFile(data)
            for path, data in self._contents.items()
            if path not in there or there[path].id != blob_id(data)
        }

    def _keep_out(self, tip: str, path: str, there: Mapping[str, TreeEntry]) -> None:
        if path in there:
            if not there[path].is_file:
                raise BadName(f"{path} is no file in the repository.", "Move it away there.")
            return
        parts = path.split("/")[:-1]
        folders = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        for folder in folders:
            if folder not in there:
                if folder in self._branch.entries(tip, [folder]):
                    raise BadName(
                        f"{folder} is no folder in the repository.", "Move it away there."
                    )
                return


def _still(name: str, current: TreeEntry | None, expected: Version | None) -> None:
    """Raise ``Changed`` where the document is not what was read any more."""
    if expected is None and current is not None:
        raise Changed(f"{name} exists already.", _AGAIN)
    if expected is not None and current is None:
        raise Changed(f"{name} was removed or renamed since it was read.", _AGAIN)
    if expected is not None and current is not None and current.id != expected.digest:
        raise Changed(f"{name} was changed since it was read.", _AGAIN)


class SharedPush:
    """The saves of this process that wait for their turn on this machine.

    Whoever has the turn pushes them all. What speaks against one is that one's own; what befalls
    the push is told to all of them.
    """

    def __init__(self, branch: Branch, cache: Cache, timing: Timing) -> None:
        self._branch = branch
        self._cache = cache
        self._timing = timing
        self._lock = threading.Lock()
        self._waiting: list[DocumentPush] = []
        self._gap_until = float("-inf")

    def save(self, one: DocumentPush) -> None:
        """Put a document on the branch, until nobody elsewhere is faster.

        Raises ``StoreError`` where it could not be put there, ``Changed`` where it is not what was
        read any more.
        """
        with self._lock:
            self._waiting.append(one)
        try:
            with self._cache.turn():
                while not one.is_over:
                    self._push_together(self._next())
        except Exception:
            if not one.is_over:
                raise
        finally:
            with self._lock:
                self._waiting = [each for each in self._waiting if each is not one]
        if one.error is not None:
            raise one.error

    def _next(self) -> list[DocumentPush]:
        """Take out those that go together, the first that came first; no path stands in two."""
        with self._lock:
            taken: list[DocumentPush] = []
            paths: set[str] = set()
            for one in self._waiting[:_TOGETHER]:
                if paths.isdisjoint(one.paths):
                    taken.append(one)
                    paths |= one.paths
            self._waiting = [one for one in self._waiting if one not in taken]
        return taken

    def _push_together(self, saves: Sequence[DocumentPush]) -> None:
        try:
            self._let_others_in()
            self._push(saves)
        except PushRefused as error:
            for one in saves:
                if len(saves) == 1:
                    one.fails(error)
                elif not one.is_over:
                    self._push_together([one])
        except BaseException as error:
            told = (
                error if isinstance(error, Exception) else StoreError("Nobody pushed it.", _AGAIN)
            )
            for one in saves:
                if not one.is_over:
                    one.fails(told)
            raise

    def _push(self, saves: Sequence[DocumentPush]) -> None:
        known = self._branch.last_tip()
        if known is not None and self._timed(lambda: self._on_known(known, saves)):
            return
        lost = [""]
        for _ in self._timing.attempts():
            if self._timed(lambda: self._on(self._branch.tip(), saves, lost)):
                return
        raise StoreError(
            f"{saves[0].name} could not be pushed for {self._timing.race:.0f} s: the remote's "
            f"branch was moved by others each time, or could not be moved ({lost[0]}).",
            "Run the sync again when it is quieter; if nobody pushes, look after the remote.",
        )

    def _on_known(self, tip: str, saves: Sequence[DocumentPush]) -> bool:
        """Try it on top of what the branch was when last heard of; False if it was moved since.

        What speaks against one there may be of the past.
        """
        try:
            needed = [one.needs(tip) for one in saves]
        except (BadName, Changed):
            return False
        return all(files for files, _ in needed) and not self._put(tip, saves, needed)

    def _on(self, tip: str, saves: Sequence[DocumentPush], lost: list[str]) -> bool:
        """Try it on top of what the branch is now; False if somebody was faster."""
        needed = []
        for one in saves:
            if one.is_over:
                continue
            try:
                files, words = one.needs(tip)
            except (BadName, Changed) as error:
                one.fails(error)
                continue
            if files:
                needed.append((one, (files, words)))
            else:
                one.is_over = True
        if needed:
            lost[0] = self._put(tip, [one for one, _ in needed], [each for _, each in needed])
        return not (needed and lost[0])

    def _put(
        self,
        tip: str,
        saves: Sequence[DocumentPush],
        needed: Sequence[tuple[Mapping[str, NewFile], CommitWords]],
    ) -> str:
        lost = self._branch.push(tip, needed)
        if not lost:
            for one in saves:
                one.is_over = True
        return lost

    def _let_others_in(self) -> None:
        """Pause now and then before a push that follows another of one's own at once.

        Whoever has just pushed is ready for the next push before another machine has even fetched
        the last: with nothing but work to do it would win every race until it has finished.
        """
        gap = self._gap_until - self._timing.clock()
        if gap > 0 and self._timing.chance() < _GAPS:
            self._timing.sleep(gap)

    def _timed(self, attempt: Callable[[], bool]) -> bool:
        started = self._timing.clock()
        saved = attempt()
        now = self._timing.clock()
        self._gap_until = now + _GAP * (now - started)
        return saved
