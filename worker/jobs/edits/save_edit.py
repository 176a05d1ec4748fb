"""Saving what a person made of a document, beside what it has become meanwhile.

The text they began with is known by its digest. Where the document still is that text, theirs is
written; else both changes are joined, and where both changed one place nothing is written at all.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from config.page_users import PageUser
from connectors.errors import NotFound, PostmortemError
from connectors.incidents import IncidentId
from worker.document import front_matter
from worker.document.front_matter import DocumentError
from worker.document.join.browser_text import as_opened
from worker.document.join.join import Conflict, join
from worker.document.section_text import with_section
from worker.jobs.catalogue import near
from worker.jobs.context import JobContext
from worker.jobs.results import Action, Trigger
from worker.journal.records import JournalRecord
from worker.store.document_store import Changed, Stored, digest

LONGEST_TEXT = 2_000_000
"""Bytes of a text that people may send; what is longer nobody writes by hand."""
_TRIES = 5
_BUSY = "It was changed five times while this was saved. Send it again."


@dataclass(frozen=True, slots=True)
class OpenedText:
    """A document's text as it was given to somebody, and the digest by which it is known."""

    name: str
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class Saved:
    """The text as it stands in the document now; ``came_in`` are the places that were others'."""

    opened: OpenedText
    came_in: tuple[str, ...] = ()


class UnknownBase(PostmortemError):
    """The change was not made from a text that is known."""


class UnusableEdit(PostmortemError):
    """The text would not be this incident's document any more."""


class EditTooLong(PostmortemError):
    """The text is longer than any that is taken."""


class Clash(PostmortemError):
    """Both changed one place; ``mine`` and ``theirs`` are whole texts.

    ``mine_kept`` has both changes, and mine where both changed one place.
    """

    def __init__(
        self, mine: str, theirs: OpenedText, conflicts: tuple[Conflict, ...], mine_kept: str
    ) -> None:
        super().__init__(
            "Somebody else has changed the same places meanwhile, so nothing was written.",
            "Bring both together and save again.",
        )
        self.mine = mine
        self.theirs = theirs
        self.conflicts = conflicts
        self.mine_kept = mine_kept


def open_text(context: JobContext, incident: IncidentId) -> OpenedText | None:
    """Give a document's text to somebody who may change it; None where there is no document."""
    found = near(context, [incident]).find(incident)
    if found is None:
        return None
    return give_out(context, found.name, context.store.read(found.name).text)


def give_out(context: JobContext, name: str, text: str) -> OpenedText:
    """Remember a text that is given to somebody, so that what they make of it can be joined."""
    known = digest(text.encode())
    context.journal.opened_texts.keep(known, text)
    return OpenedText(name, text, known)


def save_edit(
    context: JobContext, incident: IncidentId, text: str, base: str, by: PageUser
) -> Saved:
    """Save a text that somebody made from the one whose digest is ``base``.

    Raises ``NotFound``, ``UnknownBase``, ``EditTooLong``, ``UnusableEdit`` and ``Clash``, and what
    the store raises where somebody's editor holds the document.
    """
    within_reason(text)
    if near(context, [incident]).find(incident) is None:
        raise _unknown(incident)
    began = text_opened(context, base)
    mine = as_opened(text, began)
    _must_stay(mine, began, incident)
    return write_edit(context, incident, by, lambda current: _joined(context, began, mine, current))


def with_section_of(context: JobContext, base: str, number: int, words: str) -> str:
    """Give the text whose digest is ``base`` with other words in a section, to save as a whole.

    Lines end as browsers show them. Raises ``UnknownBase``, also where it has no such section.
    """
    try:
        return with_section(as_shown(text_opened(context, base)), number, as_shown(words))
    except (IndexError, DocumentError) as error:
        raise UnknownBase(
            "The text that this was made from has no such section, so it was not written.",
            "Edit the whole document.",
        ) from error


def as_shown(text: str) -> str:
    """Give a text with the line ends that browsers show: a form sends others than it was given."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def within_reason(text: str) -> str:
    """Give the text again. Raises ``UnusableEdit`` and ``EditTooLong`` for what nobody writes."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise UnusableEdit(
            f"Character {error.start + 1} of the text is half a character.", "Take it out."
        ) from error
    if size > LONGEST_TEXT:
        raise EditTooLong(
            f"The text has more than {LONGEST_TEXT:,} bytes, so it was not taken.",
            "Keep what it quotes in files of their own, and link those.",
        )
    return text


def text_opened(context: JobContext, base: str) -> str:
    """Give the text whose digest is ``base``. Raises ``UnknownBase``."""
    began = context.journal.opened_texts.text_of(base)
    if began is None:
        raise UnknownBase(
            "What this was made from is not known here any more, so it was not written.",
            "Read the document again, and bring your change into that.",
        )
    return began


def _joined(
    context: JobContext, began: str, mine: str, current: "Current"
) -> tuple[str, tuple[str, ...]]:
    joined = join(began, mine, current.text)
    if joined.text is None:
        theirs = give_out(context, current.name, current.text)
        raise Clash(mine, theirs, joined.conflicts, joined.mine_kept)
    return joined.text, joined.came_in


@dataclass(frozen=True, slots=True)
class Current:
    """A document as it is now."""

    name: str
    stored: Stored

    @property
    def text(self) -> str:
        """Its text."""
        return self.stored.text


def write_edit(
    context: JobContext,
    incident: IncidentId,
    by: PageUser,
    new_text: Callable[[Current], tuple[str, tuple[str, ...]]],
    did: str = "saved it",
) -> Saved:
    """Write what is made of the document as it is, anew where it changes at that moment.

    ``new_text`` gives that, and the places that were others'; the journal says what the person
    ``did``. Raises as :func:`save_edit` does.
    """
    for _ in range(_TRIES):
        found = near(context, [incident], to_write=True).find(incident)
        if found is None:
            raise _unknown(incident)
        current = Current(found.name, context.store.read(found.name))
        text, came_in = new_text(current)
        if text == current.text:
            return Saved(give_out(context, current.name, current.text), came_in)
        try:
            context.store.write(
                current.name,
                text,
                current.stored.version,
                f"Edit {current.name} on the page",
                author=by.signature,
            )
        except Changed:
            continue
        _note(context, incident, current.name, f"{by.name or 'somebody'} {did}")
        return Saved(give_out(context, current.name, text), came_in)
    raise PostmortemError(f"The document of incident {incident} was not written.", _BUSY)


def write_beside(
    context: JobContext, incident: IncidentId, by: PageUser, name: str, content: bytes
) -> None:
    """Put a file beside a document, where it lies itself. Raises as :func:`save_edit` does."""
    for _ in range(_TRIES):
        found = near(context, [incident], to_write=True).find(incident)
        if found is None:
            raise _unknown(incident)
        folder, slash, _ = found.name.rpartition("/")
        beside, stored = f"{folder}{slash}{name}", context.store.read(found.name)
        if context.store.read_attachment(beside) == content:
            return
        why = f"Put {name} beside {found.name}"
        with suppress(Changed):
            context.store.write(
                found.name, stored.text, stored.version, why, {beside: content}, by.signature
            )
            _note(context, incident, found.name, f"{by.name or 'somebody'} put {name} beside it")
            return
    raise PostmortemError(f"The picture {name} was not kept.", _BUSY)


def _unknown(incident: IncidentId) -> NotFound:
    return NotFound(f"There is no postmortem for the incident {incident}.")


def _note(context: JobContext, incident: IncidentId, name: str, why: str) -> None:
    entry = JournalRecord(context.clock(), incident, Trigger.PAGE, Action.EDITED, name, why)
    context.journal.record([entry])


def _must_stay(text: str, began: str, incident: IncidentId) -> None:
    """Raise ``UnusableEdit`` where the text says of another incident than it did."""
    remedy = f"Keep `incident: {incident}` in the front matter at the top."
    try:
        said = _incident_of(text)
    except DocumentError as error:
        raise UnusableEdit(f"The front matter cannot be read: {error}", remedy) from error
    try:
        before = _incident_of(began)
    except DocumentError:
        before = incident  # it could not be read, and is mended now
    if said not in {before, incident}:
        raise UnusableEdit(
            f"The text does not say any more that it is the postmortem of incident {incident}.",
            remedy,
        )


def _incident_of(text: str) -> str:
    found = front_matter.read(text)
    return found.incident if found else ""
