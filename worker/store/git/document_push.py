"""Saving a document on a branch: what the next commit has, if the document is what was read."""

from collections.abc import Mapping

from worker.store.document_store import BadName, Changed, Version
from worker.store.git.branch import Branch, TreeEntry
from worker.store.git.commit import NewFile, blob_id

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
