"""A branch of a Git remote: its files as they are now, and commits on top of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from worker.store.document_store import StoreError
from worker.store.git.cache import Cache
from worker.store.git.command import (
    GitFailed,
    GitResult,
    Timing,
    TooSlow,
    failed,
    telling_lines,
)
from worker.store.git.commit import MADE, CommitWords, NewFile, as_stream

_FETCHED = "refs/postmortem/fetched"
"""The ref in our repository that is where the branch was when it was last fetched."""
_MOVING = 5
"""How often a branch may be moved to elsewhere between being asked for and being fetched."""
_PLAIN = {"100644", "100755"}
_FOLDER = "040000"

_REFUSED = re.compile(rb"^!\t[^\t]*\t(.*)$", re.MULTILINE)
"""A ref's line in what ``git push --porcelain`` prints: flag, refs, summary with the reason."""
_FASTER = re.compile(r"stale info|fetch first|non-fast-forward|needs force")
_NOT_PUT = re.compile(
    r"cannot lock ref|failed to (update|lock)|lock failure|reference already exists"
    r"|incorrect old value"
)
"""The remote could not move the branch, as when two pushes arrive in one instant."""
_FOR_GOOD = re.compile(
    r"permission denied|read-only file system|no space left|quota|cannot create|not a directory",
    re.IGNORECASE,
)
"""What will keep it from doing so the next time, too."""


class RemoteFailed(StoreError):
    """The remote cannot be reached, or refuses what it is asked."""


class PushRefused(RemoteFailed):
    """The remote would refuse these commits another time as well."""


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """What a commit has at a path: its content's id, and its mode."""

    id: str
    mode: str

    @property
    def is_file(self) -> bool:
        """Whether it is a plain file: no folder, symbolic link or submodule."""
        return self.mode in _PLAIN

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder: no file, symbolic link or submodule."""
        return self.mode == _FOLDER


class Branch:
    """One branch of the remote at ``url``, whose objects are kept in ``cache``.

    What the branch is, is asked of the remote each time; only what is new is fetched. Any method
    may raise ``GitFailed`` where the cache is broken, ``RemoteFailed``, and ``TooSlow``.
    """

    def __init__(self, url: str, branch: str, committer: str, cache: Cache, timing: Timing) -> None:
        self._url = url
        self._name = f"refs/heads/{branch}"
        self._committer = committer
        self._cache = cache
        self._git = cache.git
        self._timing = timing
        self._nowhere = replace(cache.git, repository=Path("/dev/null"))
        self._seen: tuple[str, str] | None = None

    def last_tip(self) -> str | None:
        """Give what ``tip`` gave last, None where its objects may not be here any more."""
        seen = self._seen
        return seen[1] if seen is not None and seen[0] == self._cache.state() else None

    def seen_tip(self) -> str:
        """Give the commit that the branch was last seen at, here or before a restart; "" if none.

        The remote is not asked.
        """
        if (known := self.last_tip()) is not None:
            return known
        return self._git("for-each-ref", "--format=%(objectname)", _FETCHED).decode().strip()

    def tip(self) -> str:
        """Give the commit that the branch is at now, with all its objects here; "" if none."""
        asked = self._ask()
        for _ in range(_MOVING):
            if asked == self.last_tip():
                return asked
            if not asked:
                self._seen = (self._cache.state(), "")
                return ""
            try:
                return self._bring(asked)
            except GitFailed:
                before, asked = asked, self._ask()
                if asked == before:
                    raise
        raise RemoteFailed(
            f"{self._name} of {self._url} was moved {_MOVING} times while it was fetched.",
            "Run the sync again when it is quieter.",
        )

    def files(self, tip: str, folder: str) -> dict[str, str]:
        """Give the ids of the plain files under ``folder`` ("" or ending in ``/``), by path."""
        if not tip:
            return {}
        listing = self._git("ls-tree", "-r", "-z", "--", tip, *([folder] if folder else []))
        entries = _entries(listing)
        return {path[len(folder) :]: entry.id for path, entry in entries if entry.is_file}

    def entries(self, tip: str, paths: Sequence[str]) -> dict[str, TreeEntry]:
        """Give what is at those whole paths, and the folders on the way there."""
        if not tip:
            return {}
        return dict(_entries(self._git("ls-tree", "-t", "-z", "--", tip, *paths)))

    def changed(self, before: str, tip: str, folder: str) -> dict[str, str] | None:
        """Give the ids of the files under ``folder`` that came or changed between two commits.

        None where one left, or is no plain file, or where that cannot be told.
        """
        below = ("--", folder.rstrip("/")) if folder else ()
        ended = self._git.end_of("diff-tree", "-r", "-z", "--no-renames", before, tip, *below)
        if ended.status:
            return None
        parts = ended.output.split(b"\0")[:-1]
        found = {}
        for about, path in zip(parts[::2], parts[1::2], strict=True):
            _, mode, _, blob, status = about.decode().split(" ")
            if status not in ("A", "M") or mode not in _PLAIN:
                return None
            found[path.decode("utf-8", "surrogateescape")[len(folder) :]] = blob
        return found

    def follows(self, before: str, tip: str) -> bool:
        """Tell whether a commit is among those that led to ``tip``."""
        return self._git.end_of("merge-base", "--is-ancestor", before, tip).status == 0

    def content(self, blob: str) -> bytes:
        """Give a file's content."""
        return self._git("cat-file", "blob", blob)

    def push(self, tip: str, saves: Sequence[tuple[Mapping[str, NewFile], CommitWords]]) -> str:
        """Move the branch from ``tip`` on by a commit for each save, and say ""; else why not.

        Not where it is elsewhere by now. Raises ``PushRefused`` where that would be so again.
        """
        commit = tip
        with self._cache.alone():  # which makes it, so that its state is that of what is kept now
            state = self._cache.state()
        for files, words in saves:
            commit = self._import(as_stream(self._committer, words, commit, files))
        lost = self._carried_out(commit, tip)
        self._seen = None if lost else (state, commit)
        return lost

    def try_push(self, tip: str) -> None:
        """Go through a push without doing it. Raises ``StoreError`` where it is not allowed."""
        commit = tip or self._import(as_stream(self._committer, CommitWords("Nothing\n"), "", {}))
        ended = self._push(commit, "--dry-run")
        if ended.status:
            raise failed("push", ended)

    def _import(self, stream: bytes) -> str:
        options = ("--quiet", "--force", "--done", "--date-format=now")
        with self._cache.alone() as git:
            return git("fast-import", *options, stdin=stream).decode().strip()

    def _push(self, commit: str, option: str) -> GitResult:
        return self._git.end_of(
            "push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", option,
            "--", self._url, f"{commit}:{self._name}",
            seconds=self._timing.push,
        )  # fmt: skip

    def _carried_out(self, commit: str, tip: str) -> str:
        """Push, and say "", or why the race was lost.

        Where the answer got lost, what became of the push is told by where the branch is now.
        """
        try:
            ended = self._push(commit, f"--force-with-lease={self._name}:{tip}")
            if ended.status == 0:
                return ""
            refused = refusal(ended)
            if refused is None:
                raise failed("push", ended)
        except (GitFailed, TooSlow):
            if self._ask() == commit:
                return ""
            raise
        if refused.is_race:
            return refused.words
        raise PushRefused(f"git push failed: {refused.words}.", _what_helps(refused.words))

    def _bring(self, tip: str) -> str:
        """Have ``tip`` here, or what the branch has been moved to meanwhile, and give it.

        A ref of ours is moved only once all objects are here, so where it is, none is missing.
        """
        with self._cache.alone() as git:
            refs = git("for-each-ref", "--format=%(objectname)", _FETCHED, MADE)
            if tip not in refs.decode().split():
                git(
                    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
                    "--recurse-submodules=no", "--", self._url, f"+{self._name}:{_FETCHED}",
                    seconds=self._timing.fetch,
                )  # fmt: skip
                tip = git("rev-parse", "--verify", _FETCHED).decode().strip()
            self._seen = (self._cache.state(), tip)
        return tip

    def _ask(self) -> str:
        """Ask the remote where the branch is; "" where it has no such branch."""
        return self._refs(self._name).get(self._name, "")

    def others(self) -> list[str]:
        """Give the names of all other branches that the remote has."""
        heads = "refs/heads/"
        named = self._refs(f"{heads}*")
        return sorted(one.removeprefix(heads) for one in named if one != self._name)

    def _refs(self, wanted: str) -> dict[str, str]:
        try:
            answer = self._nowhere("ls-remote", "--", self._url, wanted).decode()
        except GitFailed as error:
            raise RemoteFailed(error.what, error.remedy) from error
        refs = (line.partition("\t") for line in answer.splitlines())
        return {name: tip for tip, _, name in refs}


def _what_helps(words: str) -> str:
    """Say what helps where a remote refuses commits, by its words."""
    if "checked out" in words:
        return "Name a bare repository, or a branch that is not checked out there (#BRANCH)."
    helps = "Change what the remote demands, let the user that runs this program push past it, or "
    helps += "name another branch in POSTMORTEM_DOCUMENTS (#BRANCH)."
    if re.search(r"\b(author|committer|e-?mail)", words, re.IGNORECASE):
        helps += " Who commits is set by commit_author."
    return helps


def _entries(listing: bytes) -> Iterator[tuple[str, TreeEntry]]:
    for line in listing.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, _, blob = about.decode().split(" ")
        yield path.decode("utf-8", "surrogateescape"), TreeEntry(blob, mode)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a branch was not moved, in git's words, and whether it is worth another attempt."""

    words: str
    is_race: bool


def refusal(ended: GitResult) -> Refusal | None:
    """Read how a push ended that failed; None where the remote did not say what became of it.

    The words are git's own, of the client and of ``receive-pack``, and those of JGit; the remote
    sends its own untranslated.
    """
    found = _REFUSED.search(ended.output)
    if found is None:
        return None
    reason = found[1].decode("utf-8", "replace")
    more = ended.errors.decode("utf-8", "replace")
    words = "; ".join([reason.strip(" ."), *telling_lines(more)[:3]])
    not_put = _NOT_PUT.search(reason) and not _FOR_GOOD.search(f"{reason}\n{more}")
    return Refusal(words, bool(_FASTER.search(reason) or not_put))
