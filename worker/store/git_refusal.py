"""Reading why a push was refused: since somebody was faster, or for good.

The words are git's own, of the client and of ``receive-pack``, and those of JGit; the remote sends
its own untranslated.
"""

import re
from dataclasses import dataclass

from worker.store.git_process import Ended

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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a branch was not moved, in git's words, and whether it is worth another attempt."""

    words: str
    is_race: bool


def refusal(ended: Ended) -> Refusal | None:
    """Read how a push ended that failed; None where the remote did not say what became of it."""
    found = _REFUSED.search(ended.output)
    if found is None:
        return None
    reason = found[1].decode("utf-8", "replace")
    more = ended.errors.decode("utf-8", "replace")
    words = "; ".join(line.strip(" .") for line in [reason, *more.splitlines()[:2]])
    not_put = _NOT_PUT.search(reason) and not _FOR_GOOD.search(f"{reason}\n{more}")
    return Refusal(words, bool(_FASTER.search(reason) or not_put))
