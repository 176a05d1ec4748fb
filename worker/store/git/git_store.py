"""Documents on a branch of a Git remote, where people change them by commits of their own.

There is no work tree: a write is a commit made on top of the branch as it is now and pushed on the
condition that it still is there. If somebody else pushed first, the push is refused; where it was
another file that they changed, the commit is made again on top of theirs, else the document has
changed.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from connectors.errors import Finding, PostmortemError
from connectors.tls import Authorities
from worker.store.document_store import (
    NOTHING,
    BadName,
    Changed,
    DocumentMissing,
    Listed,
    Stored,
    StoreError,
    Version,
    attachment_name,
    decode,
    document_name,
    encode,
    is_usable,
)
from worker.store.git.branch import Branch, TreeEntry
from worker.store.git.cache import Cache
from worker.store.git.command import GitFailed, Timing
from worker.store.git.commit import NewFile, blob_id, clean_message

_AGAIN = "Nothing was written; run the sync again."


class DocumentPush:
    """A document, and what is to lie beside it, on its way to the branch."""

    def __init__(
        self,
        branch: Branch,
        folder: str,
        contents: Mapping[str, bytes],
        name: str,
        expected: Version | None,
        message: str,
    ) -> None:
        self._branch = branch
        self._folder = folder
        self._contents = {folder + one: data for one, data in contents.items()}
        self._expected = expected
        self._message = message
        self.name = name
        self.lost = ""

    def on_known(self, tip: str) -> bool:
        """Try it on top of what the branch was when last heard of; False if it was moved since.

        What speaks against it there may be of the past.
        """
        try:
            files = self._changes(tip)
        except (BadName, Changed):
            return False
        return bool(files) and self._push(tip, files)

    def on(self, tip: str) -> bool:
        """Try it on top of what the branch is now; False if somebody was faster."""
        files = self._changes(tip)
        return not files or self._push(tip, files)

    def _push(self, tip: str, files: Mapping[str, NewFile]) -> bool:
        self.lost = self._branch.push(tip, files, self._message)
        return not self.lost

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


_MENDS = 2
"""How often the cache may be found broken in one operation: by lock files, and beyond repair."""

_GAP = 3.0
"""Another machine asks, fetches and pushes: so many times as long as a push takes."""
_GAPS = 0.25
"""Before how many pushes of those that follow one's own at once, as a share, a gap is left."""

Result = TypeVar("Result")


class GitStore:
    """The documents in ``folder`` ("" for the top) of a branch of the remote at ``url``.

    ``author`` (``Name <address>``) signs the commits. ``cache`` is where fetched objects are kept,
    by default under the user's cache folder. A version's digest and fingerprint are the content's
    id in Git. Where the remote does not answer, ``timing`` says when to give up.
    """

    def __init__(
        self,
        url: str,
        branch: str,
        folder: str = "",
        *,
        author: str,
        cache: Path | None = None,
        timing: Timing | None = None,
        authorities: Authorities | None = None,
    ) -> None:
        self._timing = timing or Timing()
        self._cache = Cache(cache, url, branch, self._timing, authorities)
        self._branch = Branch(url, branch, author, self._cache, self._timing)
        self._gap_until = float("-inf")
        self._folder = f"{folder}/" if folder else ""
        self._place = f"{url}#{branch}:{self._folder}"
        self._listed: tuple[str, dict[str, str]] = ("", {})

    def list(self) -> Sequence[Listed]:
        """List all documents, by name: one question to the remote where nothing has changed."""
        files = self._mending(self._files)
        return [Listed(name, files[name]) for name in sorted(files)]

    def read(self, name: str) -> Stored:
        found = self._mending(partial(self._content, document_name(name)))
        if found is None:
            raise DocumentMissing(
                f"There is no {self.where(name)}.",
                "It may have been moved; look at the listing again.",
            )
        return Stored(decode(name, found), _version(found))

    def write(
        self,
        name: str,
        text: str,
        expected: Version | None,
        why: str = "",
        beside: Mapping[str, bytes] = NOTHING,
    ) -> Version:
        """Save a document if it still is what was read, in one commit, and give its new version."""
        data = encode(name, text)
        contents = {document_name(name): data}
        contents |= {attachment_name(one): content for one, content in beside.items()}
        message = clean_message(why, f"{'Add' if expected is None else 'Update'} {name}")
        save = DocumentPush(self._branch, self._folder, contents, name, expected, message)
        self._mending(partial(self._in_turn, save))
        return _version(data)

    def read_attachment(self, name: str) -> bytes | None:
        return self._mending(partial(self._content, attachment_name(name)))

    def where(self, name: str) -> str:
        """Give the remote's address, with the branch and the path behind it."""
        return self._place + name

    def prove_writable(self) -> None:
        """Leave that to the push: only the remote knows, and a job pushes before all else."""

    def place(self) -> str:
        """Give the commit that the branch is at."""
        return self._branch.last_tip() or ""

    def is_still(self, place: str) -> bool:
        """Tell whether the branch has gone on from there, and was not begun anew."""
        tip = self.place()
        return bool(place and tip) and self._branch.follows(place, tip)

    def check(self) -> Sequence[Finding]:
        subject = f"Documents in {self._place}"
        try:
            count = len(self.list())
            self._mending(lambda: self._branch.try_push(self._branch.tip()))
        except PostmortemError as error:
            return [Finding.of(subject, error)]
        return [Finding(subject, f"{count} document{'' if count == 1 else 's'}, can be pushed")]

    def _files(self) -> dict[str, str]:
        self._cache.tend()
        tip = self._branch.tip()
        known, files = self._listed
        if tip != known:
            found = self._branch.files(tip, self._folder)
            files = {name: blob for name, blob in found.items() if is_usable(name)}
            self._listed = (tip, files)
        return files if tip else {}

    def _content(self, name: str) -> bytes | None:
        tip = self._branch.tip()
        known, files = self._listed
        blob = files.get(name) if tip == known else None
        if blob is None:
            path = self._folder + name
            entry = self._branch.entries(tip, [path]).get(path)
            blob = entry.id if entry is not None and entry.is_file else None
        return self._branch.content(blob) if blob else None

    def _in_turn(self, save: DocumentPush) -> None:
        """Push when it is this one's turn on this machine, until nobody elsewhere is faster."""
        with self._cache.turn():
            self._let_others_in()
            known = self._branch.last_tip()
            if known is not None and self._timed(save.on_known, known):
                return
            for _ in self._timing.attempts():
                if self._timed(save.on, self._branch.tip()):
                    return
        raise StoreError(
            f"{save.name} could not be pushed for {self._timing.race:.0f} s: the remote's branch "
            f"was moved by others each time, or could not be moved ({save.lost}).",
            "Run the sync again when it is quieter; if nobody pushes, look after the remote.",
        )

    def _let_others_in(self) -> None:
        """Pause now and then before a push that follows another of one's own at once.

        Whoever has just pushed is ready for the next push before another machine has even fetched
        the last: with nothing but work to do it would win every race until it has finished.
        """
        gap = self._gap_until - self._timing.clock()
        if gap > 0 and self._timing.chance() < _GAPS:
            self._timing.sleep(gap)

    def _timed(self, attempt: Callable[[str], bool], tip: str) -> bool:
        started = self._timing.clock()
        saved = attempt(tip)
        now = self._timing.clock()
        self._gap_until = now + _GAP * (now - started)
        return saved

    def _mending(self, deed: Callable[[], Result]) -> Result:
        """Do something; where the cache turns out to be broken, mend it and do it again."""
        for _ in range(_MENDS):
            state = self._cache.state()
            try:
                return deed()
            except GitFailed:
                if not self._cache.heal(state):
                    raise
        return deed()


def _version(data: bytes) -> Version:
    return Version(blob_id(data), blob_id(data))
