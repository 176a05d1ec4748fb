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
from worker.store.document_name import attachment_name, document_name, is_usable
from worker.store.document_store import (
    NO_CHANGES,
    NOTHING,
    DocumentMissing,
    Listed,
    Listing,
    Stored,
    Version,
    decode,
    encode,
)
from worker.store.git.branch import Branch
from worker.store.git.cache import Cache
from worker.store.git.command import GitFailed, Timing
from worker.store.git.commit import CommitWords, blob_id, clean_message
from worker.store.git.document_push import DocumentPush, SharedPush

_MENDS = 2
"""How often the cache may be found broken in one operation: by lock files, and beyond repair."""

_SHOWN = 5
"""How many branches are named."""
Result = TypeVar("Result")


class GitStore:
    """The documents in ``folder`` ("" for the top) of a branch of the remote at ``url``.

    ``author`` (``Name <address>``) signs the commits. ``cache`` is where fetched objects are kept,
    by default under the user's cache folder. A version's digest and fingerprint are the content's
    id in Git. Where the remote does not answer, ``timing`` says when to give up.
    """

    is_far = True

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
        self._pushes = SharedPush(self._branch, self._cache, self._timing)
        self._folder = f"{folder}/" if folder else ""
        self._place = f"{url}#{branch}:{self._folder}"
        self._listed: tuple[str, dict[str, str]] = ("", {})

    def list(self) -> Sequence[Listed]:
        """List all documents, by name: one question to the remote where nothing has changed."""
        files = self.listing().documents
        return [Listed(name, files[name]) for name in sorted(files)]

    def listing(self) -> Listing:
        tip, files = self._mending(self._files)
        return Listing(files, tip)

    def changes(self, mark: str) -> Mapping[str, str] | None:
        """Give what came or changed since that commit: one question to the remote."""
        changed = self._mending(partial(self._changed, mark))
        if changed is None:
            return None
        return {name: blob for name, blob in changed.items() if is_usable(name)}

    def fingerprint(self, name: str) -> str:
        return self._mending(partial(self._blob, document_name(name))) or ""

    def read(self, name: str) -> Stored:
        found = self._mending(partial(self._content, document_name(name)))
        if found is None:
            raise DocumentMissing(
                f"There is no {self.where(name)}.",
                "It may have been moved; look at the listing again.",
            )
        return Stored(decode(name, found), _version(found))

    def seen(self, name: str) -> Stored | None:
        path = self._folder + document_name(name)
        try:
            entry = self._branch.entries(self._branch.seen_tip(), [path]).get(path)
            content = self._branch.content(entry.id) if entry and entry.is_file else None
        except GitFailed:
            return None
        return Stored(decode(name, content), _version(content)) if content is not None else None

    def write(
        self,
        name: str,
        text: str,
        expected: Version | None,
        why: str = "",
        beside: Mapping[str, bytes] = NOTHING,
        author: str = "",
    ) -> Version:
        """Save a document if it still is what was read, in one commit, and give its new version."""
        data = encode(name, text)
        contents = {document_name(name): data}
        contents |= {attachment_name(one): content for one, content in beside.items()}
        message = clean_message(why, f"{'Add' if expected is None else 'Update'} {name}")
        words = CommitWords(message, author)
        begin = partial(DocumentPush, self._branch, self._folder, contents, name, expected, words)
        self._mending(lambda: self._pushes.save(begin()))
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
        return bool(place and tip) and (place == tip or self._branch.follows(place, tip))

    def check(self) -> Sequence[Finding]:
        subject = f"Documents in {self._place}"
        try:
            count = len(self.list())
            tip = self._mending(self._branch.tip)
            self._mending(lambda: self._branch.try_push(tip))
            if wrong := self._wrong_place(tip, subject):
                return [wrong]
        except PostmortemError as error:
            return [Finding.of(subject, error)]
        return [Finding(subject, f"{count} document{'' if count == 1 else 's'}, can be pushed")]

    def _wrong_place(self, tip: str, subject: str) -> Finding | None:
        """Tell of a folder that is none, and of a branch that is new beside others."""
        parts = self._folder.split("/")[:-1]
        on_the_way = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        found = self._branch.entries(tip, on_the_way) if on_the_way else {}
        for path in on_the_way:
            if path in found and not found[path].is_folder:
                told = f"{path} is no folder in the repository."
                return Finding(subject, problem=told, remedy="Move it away there.")
        others = [] if tip else self._branch.others()
        if not others:
            return None
        more = ", …" if len(others) > _SHOWN else ""
        return Finding(
            subject,
            warning="The remote has no such branch, so one is begun with the first document. It "
            f"has {', '.join(others[:_SHOWN])}{more}.",
            remedy="If one of them is meant, name it behind a # in POSTMORTEM_DOCUMENTS.",
        )

    def _changed(self, mark: str) -> Mapping[str, str] | None:
        tip = self._branch.tip()
        if tip and mark == tip:
            return NO_CHANGES
        return self._branch.changed(mark, tip, self._folder) if mark and tip else None

    def _files(self) -> tuple[str, dict[str, str]]:
        self._cache.tend()
        tip = self._branch.tip()
        known, files = self._listed
        if tip != known:
            found = self._branch.files(tip, self._folder)
            files = {name: blob for name, blob in found.items() if is_usable(name)}
            self._listed = (tip, files)
        return tip, files if tip else {}

    def _content(self, name: str) -> bytes | None:
        blob = self._blob(name)
        return self._branch.content(blob) if blob else None

    def _blob(self, name: str) -> str | None:
        """Give a file's id as the branch is now, None where it is no file there."""
        tip = self._branch.tip()
        known, files = self._listed
        blob = files.get(name) if tip == known else None
        if blob is None:
            path = self._folder + name
            entry = self._branch.entries(tip, [path]).get(path)
            blob = entry.id if entry is not None and entry.is_file else None
        return blob

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
