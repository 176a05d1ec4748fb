"""The review of a document: its status, owner, reviewers and approvals, and what is still amiss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.page_users import PageUser
from connectors.incidents import IncidentId
from worker.document.front_matter import DocumentError, FrontValue
from worker.document.lint.findings import LintFinding
from worker.document.lint.lint import LintedDocument, lint
from worker.document.lint.review import approved, not_approved, review_of, with_values
from worker.document.unread.unfinished_text import refuse_conflicts
from worker.jobs.context import JobContext
from worker.jobs.edits.save_edit import Current, Saved, UnknownBase, UnusableEdit, write_edit
from worker.store.document_store import digest


@dataclass(frozen=True, slots=True)
class ReviewChange:
    """What somebody does in a review.

    ``values`` are keys of the front matter; ``approve`` gives their approval, or takes it back.
    ``seen`` is the status that they saw, None where they do not say; ``base`` the digest of the
    text that they saw, "" likewise.
    """

    values: Mapping[str, FrontValue] = field(default_factory=dict)
    approve: bool | None = None
    seen: str | None = None
    base: str = ""


def change_review(
    context: JobContext, incident: IncidentId, change: ReviewChange, by: PageUser
) -> Saved:
    """Write what somebody does in a review into the document.

    Raises as ``save_edit`` does: ``UnknownBase`` where it stands elsewhere than they saw,
    ``UnusableEdit`` where it cannot be written, and for an approval without a name.
    """
    if change.approve is not None and not by.name:
        raise UnusableEdit(
            "An approval needs a name, and it is not known who you are.",
            "Sign in with a token of your own; `postmortem person` makes one.",
        )

    def edited(current: Current) -> tuple[str, tuple[str, ...]]:
        _as_seen(current.text, change)
        try:
            text = with_values(current.text, change.values) if change.values else current.text
            if change.approve is None:
                return text, ()
            if not change.approve:
                return not_approved(text, by.name), ()
            return approved(text, by.name, context.clock().date()), ()
        except DocumentError as error:
            raise UnusableEdit(error.what, error.remedy) from error

    return write_edit(context, incident, by, edited, _told(change))


def findings_of(
    context: JobContext, incident: IncidentId, name: str, text: str
) -> Sequence[LintFinding]:
    """Give what keeps a document from being final, but for what other documents have planned too.

    Raises ``DocumentError`` for one that cannot be read.
    """
    refuse_conflicts(text)
    policy = context.policy
    templates = [policy.template, *(one.text for one in policy.templates)]
    return lint([LintedDocument(incident, name, text)], templates, policy.names, context.clock())


def _as_seen(text: str, change: ReviewChange) -> None:
    if change.base and digest(text.encode()) != change.base:
        raise UnknownBase("The document has changed meanwhile.", "Read it again.")
    status = review_of(text).status
    if change.seen is not None and status != change.seen:
        raise UnknownBase(
            f"Its status is '{status}' by now, so nothing was written.", "Look at it again."
        )


def _told(change: ReviewChange) -> str:
    done = [
        f"set the {key} to '{_shown(value)}'" if value else f"left the {key} open"
        for key, value in change.values.items()
    ]
    if change.approve is not None:
        done.append("approved it" if change.approve else "took their approval back")
    return " and ".join(done)


def _shown(value: FrontValue) -> str:
    return value if isinstance(value, str) else ", ".join(value)
