"""Whether files came to the folders of a directory, or left them, since they were listed.

A file that is made, moved or removed changes the times of its folder; a change of what it holds
may not. What this very process writes there is told apart: its own files are no news.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from worker.store.directory.listing import may_change_unseen

_MOST_FOLDERS = 500
"""Beyond which looking at each folder costs as much as it saves."""
_MOST_WRITES = 5_000
"""Own writes into one folder that are remembered between two listings."""


@dataclass(slots=True)
class OwnWrites:
    """A folder's stamps between which nothing but own files came: the last is the current one."""

    same: set[str] = field(default_factory=set)
    writers: int = 0


class FolderMarks:
    """The marks of the directory at ``root``. May be used from several threads.

    ``clock`` gives nanoseconds since 1970.
    """

    def __init__(self, root: Path, clock: Callable[[], int]) -> None:
        self._root = root
        self._clock = clock
        self._lock = threading.Lock()
        self._own: dict[str, OwnWrites] = {}

    def mark(self, folders: Mapping[str, os.stat_result]) -> str:
        """Give the mark of folders, each as it was before it was listed; "" for none."""
        if not folders or len(folders) > _MOST_FOLDERS:
            return ""
        now = self._clock()
        if any(may_change_unseen(one.st_ctime_ns, now) for one in folders.values()):
            return ""
        return json.dumps({name: _stamp(one) for name, one in folders.items()})

    def is_same(self, mark: str) -> bool:
        """Tell whether all folders are as they were marked, but for own files."""
        try:
            return all(self._is_one(name, stamp) for name, stamp in json.loads(mark).items())
        except ValueError:  # another store's mark
            return False

    def _is_one(self, folder: str, marked: str) -> bool:
        now = self._now(folder)
        if now == marked:
            return True
        with self._lock:
            own = self._own.get(folder)
            return own is not None and marked in own.same and (now in own.same or own.writers > 0)

    @contextmanager
    def writing(self, folder: str) -> Iterator[None]:
        """Write a file of one's own into a folder ("" or ending in ``/``)."""
        with self._lock:
            own = self._own.setdefault(folder, OwnWrites())
            now = self._now(folder)
            if not own.writers and (now not in own.same or len(own.same) > _MOST_WRITES):
                own.same = {now}
            own.writers += 1
        try:
            yield
        finally:
            with self._lock:
                own.writers -= 1
                own.same.add(self._now(folder))

    def _now(self, folder: str) -> str:
        try:
            return _stamp((self._root / folder).stat())
        except OSError:
            return ""


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_dev:x}.{status.st_ino:x}.{status.st_mtime_ns:x}.{status.st_ctime_ns:x}"
