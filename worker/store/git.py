"""Documents on a branch of a Git remote, where people change them by commits of their own.

There is no work tree: a write is a commit made on top of the branch as it is now and pushed
without force. If somebody else pushed first, the push is refused; where it was another file that
they changed, the commit is made again on top of theirs, else the document has changed.
"""

from collections.abc import Sequence
from pathlib import Path

from connectors.errors import PostmortemError
from connectors.preflight import Finding
from worker.store.base import (
    Changed,
    Listed,
    Missing,
    Stored,
    StoreError,
    Version,
    decode,
    encode,
)
from worker.store.git_branch import Blob, Branch
from worker.store.names import attachment_name, document_name, is_usable

_AGAIN = "Nothing was written; run the sync again."
_ATTEMPTS = 10
"""How often a commit is made again because others pushed meanwhile."""


class GitStore:
    """The documents in ``folder`` ("" for the top) of a branch of the remote at ``url``.

    ``author`` (``Name <address>``) signs the commits. ``cache`` is where fetched objects are kept,
    by default under the user's cache folder. A version's digest and fingerprint are the content's
    id in Git.
    """

    def __init__(
        self, url: str, branch: str, folder: str = "", *, author: str, cache: Path | None = None
    ) -> None:
        self._branch = Branch(url, branch, author, cache)
        self._folder = f"{folder}/" if folder else ""
        self._place = f"{url}#{branch}:{self._folder}"

    def list(self) -> Sequence[Listed]:
        """List all documents, by name: one question to the remote where nothing has changed."""
        files = self._branch.files(self._branch.tip(), self._folder.rstrip("/"))
        return [Listed(name, files[name].id) for name in sorted(files) if is_usable(name)]

    def read(self, name: str) -> Stored:
        """Give a document. Raises ``Missing``, ``NotText`` or ``BadName``."""
        path = self._folder + document_name(name)
        blob = self._branch.file(self._branch.tip(), path)
        if blob is None:
            raise Missing(
                f"There is no {self.where(name)}.",
                "It may have been moved; look at the listing again.",
            )
        return Stored(decode(name, self._branch.content(blob)), _version(blob.id))

    def write(self, name: str, text: str, expected: Version | None) -> Version:
        """Save a document if it still is what was read, and give its new version."""
        path = self._folder + document_name(name)
        blob = self._branch.store(encode(name, text))
        for _ in range(_ATTEMPTS):
            tip = self._branch.tip()
            current = self._branch.file(tip, path)
            _still(name, current, expected)
            if self._put(tip, path, blob, current, f"{'Update' if current else 'Add'} {name}"):
                return _version(blob)
        raise _never_quiet(name)

    def write_attachment(self, name: str, data: bytes) -> bool:
        """Put a file (a picture) beside the documents; tell whether it was not there like that."""
        path = self._folder + attachment_name(name)
        blob = self._branch.store(data)
        for _ in range(_ATTEMPTS):
            tip = self._branch.tip()
            current = self._branch.file(tip, path)
            if current is not None and current.id == blob:
                return False
            if self._put(tip, path, blob, current, f"Put {name} beside its document"):
                return True
        raise _never_quiet(name)

    def read_attachment(self, name: str) -> bytes | None:
        """Give a file that lies beside the documents, None where there is none."""
        blob = self._branch.file(self._branch.tip(), self._folder + attachment_name(name))
        return self._branch.content(blob) if blob else None

    def where(self, name: str) -> str:
        """Give the remote's address, with the branch and the path behind it."""
        return self._place + name

    def check(self) -> Sequence[Finding]:
        """Say whether the branch can be read and pushed to; never raises."""
        subject = f"Documents in {self._place}"
        try:
            count = len(self.list())
            self._branch.try_push(self._branch.tip())
        except PostmortemError as error:
            return [Finding(subject, problem=error.what, remedy=error.remedy)]
        except OSError as error:
            return [
                Finding(
                    subject,
                    problem=f"{error.filename} cannot be used ({error.strerror}).",
                    remedy="Let the user that runs this program write there.",
                )
            ]
        return [Finding(subject, f"{count} document{'' if count == 1 else 's'}, can be pushed")]

    def _put(self, tip: str, path: str, blob: str, current: Blob | None, message: str) -> bool:
        """Commit and push; False where somebody else pushed first."""
        if current is not None and current.id == blob:
            return True
        new = Blob(blob, current.mode) if current else Blob(blob)
        return self._branch.push(self._branch.commit(tip, path, new, message), tip)


def _version(blob: str) -> Version:
    return Version(blob, blob)


def _still(name: str, current: Blob | None, expected: Version | None) -> None:
    """Raise ``Changed`` where the document is not what was read any more."""
    if expected is None and current is not None:
        raise Changed(f"{name} exists already.", _AGAIN)
    if expected is not None and current is None:
        raise Changed(f"{name} was removed or renamed since it was read.", _AGAIN)
    if expected is not None and current is not None and current.id != expected.digest:
        raise Changed(f"{name} was changed since it was read.", _AGAIN)


def _never_quiet(name: str) -> StoreError:
    return StoreError(
        f"{name} could not be pushed: others pushed to the branch {_ATTEMPTS} times meanwhile.",
        "Run the sync again when it is quieter.",
    )
