"""Recognising headings, labels and columns under the slightly other names that people give them."""

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from config.template_names import Column
from worker.content.emoji_names import as_characters
from worker.content.inline_markdown import plain

Name = TypeVar("Name")

_NUMBER = re.compile(r"^(?:\w+ )?(?:\d+|[ivx]+)(?:\.\d+)*\s*[.):\u2013-]\s*|^\d+\s+", re.IGNORECASE)
_NO_WORD = re.compile(r"[^\w/]+|_")
_APOSTROPHE = re.compile(r"['\u2018\u2019\u02bc]")
_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")
_ATTRIBUTES = re.compile(r"(?<=\S)\s*\{:?\s*[#.][^{}]*\}\s*$")
"""What stands behind a heading for its anchor: by pandoc, kramdown, an export from Google Docs."""
_LABEL = re.compile(
    r"(?P<mark>\*{1,3}|_{1,3})(?P<marked>[^\n*_:\uff1a][^\n:\uff1a]{0,79}?)"
    r"(?:\s*[:\uff1a]\s*(?P=mark)|(?P=mark)\s*[:\uff1a])"
    r"|(?P<plain>[^\n*_:\uff1a][^\n:\uff1a]{0,79}?)\s*[:\uff1a]"
)
_CLOSE = 0.86
_EMPTY_WORDS = frozenset({"of", "the", "and", "a", "for"})

_USUAL_COLUMNS: Mapping[Column, tuple[str, ...]] = {
    Column.TASK: (
        *("task", "action", "action item", "what", "description", "item", "todo"),
        *("actions", "to do", "follow up", "improvement", "recommendation"),
    ),
    Column.OWNER: (
        *("assignee", "assigned to", "who", "responsible", "dri", "owners"),
        *("assign", "assigned", "assignees", "person", "lead", "accountable", "poc", "owned by"),
    ),
    Column.PRIORITY: ("prio", "severity", "urgency", "importance"),
    Column.DEADLINE: (
        *("due", "due date", "when", "by", "target date", "eta"),
        *("due by", "due on", "target", "by when", "complete by", "target completion date"),
    ),
    Column.TICKET: ("jira", "jira ticket", "jira issue", "jira key", "ticket key"),
    Column.STATUS: ("ticket status", "jira status"),
}

TICKET_NAMES = ("ticket", "issue", "tracked in", *_USUAL_COLUMNS[Column.TICKET])
"""What people call the place of a ticket."""
_TRACKERS = (Column.TICKET, Column.STATUS)


@lru_cache(maxsize=4096)  # a document's few names are asked for at each of its rows
def normal(name: str) -> str:
    """Give a name as it is compared: words in lower case, without number, aside and marks."""
    words = _ATTRIBUTES.sub("", as_characters(plain(name))).casefold()
    words = _ASIDE.sub("", words) or words
    words = _APOSTROPHE.sub("", _NUMBER.sub("", words, count=1) or words).replace("&", " and ")
    return " ".join(_NO_WORD.sub(" ", words).split())


def label(text: str) -> tuple[str, int] | None:
    """Find the label that a list item opens with: its name, and where what it says begins.

    A label ends with a colon and may be strong or emphasised: ``**Impact:** …``, ``Impact: …``.
    """
    found = _LABEL.match(text)
    return ((found["marked"] or found["plain"]).strip(), found.end()) if found else None


def match(
    wanted: Mapping[Name, str], found: Sequence[str], *, loosely: bool = False
) -> dict[Name, int]:
    """Say which of the names found stands for which wanted one; each is used once at most.

    The same name wins over a similar one, and that, if ``loosely``, over one that shares its words.
    A name that could stand for two wanted ones stands for neither.
    """
    have = [normal(name) for name in found]
    want = {key: normal(name) for key, name in wanted.items()}
    matched: dict[Name, int] = {}
    for alike in (_same, _similar, _shares_words) if loosely else (_same, _similar):
        left = {key: name for key, name in want.items() if name and key not in matched}
        for at, name in enumerate(have):
            if not name or at in matched.values():
                continue
            meant = [key for key, wish in left.items() if alike(name, wish)]
            if len(meant) == 1 and meant[0] not in matched:
                matched[meant[0]] = at
    return matched


def match_columns(wanted: Mapping[Column, str], header: Sequence[str]) -> dict[Column, int]:
    """Say which column of a table is which, by the configured names, then by usual English ones.

    The columns that hold what the tracker says must have just these names: what stands in a column
    with a similar name is people's, and would be overwritten.
    """
    have = [normal(name) for name in header]
    theirs = {column: normal(wanted[column]) for column in _TRACKERS if column in wanted}
    matched = {column: have.index(name) for column, name in theirs.items() if name in have}
    others = {column: name for column, name in wanted.items() if column not in _TRACKERS}
    free = ["" if at in matched.values() else name for at, name in enumerate(header)]
    matched |= match(others, free, loosely=True)
    for column, usual in _USUAL_COLUMNS.items():
        if column in matched:
            continue
        same = [at for at, name in enumerate(have) if name in usual and at not in matched.values()]
        if same:
            matched[column] = same[0]
    return matched


def _same(have: str, want: str) -> bool:
    return have == want


def _similar(have: str, want: str) -> bool:
    return difflib.SequenceMatcher(None, have, want).ratio() >= _CLOSE


def _shares_words(have: str, want: str) -> bool:
    """Tell whether one has all the words that matter of the other, at least half of them."""
    ours, theirs = (set(name.split()) - _EMPTY_WORDS for name in (have, want))
    if not ours or not theirs:
        return False
    return theirs <= ours or (ours <= theirs and 2 * len(ours) >= len(theirs))
