"""Who looks after a document, who reviews it and who has approved it: its front matter says so.

Keys are ``status``, ``owner``, ``reviewers`` and ``approvals``, all of them people's. An approval
is written as a name with its day: ``approvals: [Mira Jung (2026-11-28)]``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from worker.document.front_matter import (
    INITIAL_STATUS,
    DocumentError,
    FrontValue,
    set_values,
    values,
)
from worker.document.text_edits import SourceText

IN_REVIEW = "in review"
FINAL = "final"
STATUSES = (INITIAL_STATUS, IN_REVIEW, FINAL)
"""The steps of a document, in their order."""
_APPROVAL = re.compile(r"(?P<name>.+?) \((?P<day>\d{4}-\d\d-\d\d)\)")


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved it; ``day`` is ISO 8601, "" where it is not said."""

    name: str
    day: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.day})" if self.day else self.name


@dataclass(frozen=True, slots=True)
class ReviewState:
    """Where the review of a document stands, as its front matter says."""

    status: str = ""
    owner: str = ""
    reviewers: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The reviewers who have not approved it."""
        return tuple(one for one in self.reviewers if not self.approved_by(one))

    def approved_by(self, name: str) -> bool:
        """Tell whether somebody of that name, in any case, has approved it."""
        return any(_same(one.name, name) for one in self.approvals)


def step_of(status: str) -> str:
    """Give a status as the program writes it where it is one of :data:`STATUSES` in other case."""
    known = " ".join(status.split()).casefold()
    return known if known in STATUSES else status


def review_of(text: str) -> ReviewState:
    """Give where the review stands. Raises ``DocumentError`` for a broken front matter."""
    said = values(text) or {}
    return ReviewState(
        step_of(" ".join(said.get("status", ()))),
        ", ".join(filter(None, said.get("owner", ()))),
        tuple(_names(said.get("reviewers", ()))),
        tuple(map(_approval, filter(None, said.get("approvals", ())))),
    )


def with_values(text: str, changed: Mapping[str, FrontValue]) -> str:
    """Give the text with other values; who goes back to a draft has no approvals any more.

    A key that is absent does not come to say nothing. Raises ``DocumentError`` where there is no
    front matter to write them into.
    """
    if changed.get("status") == INITIAL_STATUS and review_of(text).approvals:
        changed = {**changed, "approvals": ()}
    said = values(text)
    if said is None:
        raise DocumentError(
            "The document has no front matter to write that into.",
            "Put `---` and `incident: ID` at its top.",
        )
    told = {key: value for key, value in changed.items() if value or key in said}
    return SourceText.of(text).apply(set_values(text, told))


def approved(text: str, name: str, day: date) -> str:
    """Give the text with somebody's approval; one of theirs that is there already stays.

    Raises ``DocumentError`` for a document that nobody has been asked to review.
    """
    known = review_of(text)
    if known.status not in {IN_REVIEW, FINAL}:
        raise DocumentError(
            f"The document's status is '{known.status}', so there is nothing to approve yet.",
            "Ask for its review first: its status is 'in review' then.",
        )
    if known.approved_by(name):
        return text
    return _with_approvals(text, (*known.approvals, Approval(name, day.isoformat())))


def not_approved(text: str, name: str) -> str:
    """Give the text without somebody's approval, if there is any."""
    known = review_of(text)
    if not known.approved_by(name):
        return text
    return _with_approvals(text, (one for one in known.approvals if not _same(one.name, name)))


def names_in(words: str) -> tuple[str, ...]:
    """Give the names that a person wrote in one line, with commas between them."""
    return tuple(dict.fromkeys(_names((words,))))


def _with_approvals(text: str, approvals: Iterable[Approval]) -> str:
    return with_values(text, {"approvals": tuple(map(str, approvals))})


def _names(texts: Iterable[str]) -> Iterable[str]:
    split = (one for text in texts for one in re.split(r"[,;]", text))
    return filter(None, (" ".join(one.split()) for one in split))


def _approval(text: str) -> Approval:
    found = _APPROVAL.fullmatch(text)
    return Approval(found["name"], found["day"]) if found else Approval(text)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
