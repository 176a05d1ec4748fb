"""Bringing the four shared fields into agreement: who changed what since they last agreed.

A field that only one side changed goes to the other side. Where both changed it, the tracker's
value stands and both are told. A ticket that was just created or adopted has not been read before:
what it says now is where the comparison starts.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from connectors.ticket_fields import FieldChoice, TicketField, called
from connectors.tickets import Account, Ticket, TicketChanges
from worker.content.clean_text import clean
from worker.document.action_items import ActionItem
from worker.tracking.new_ticket import mapped_word, priority_choice, summary_line, unusable_deadline
from worker.tracking.row_matching import only_read_otherwise, own_words, same_words
from worker.tracking.ticket_actions import Field, ToTicket
from worker.tracking.tracked_tickets import TrackedTicket, Values, row_values, ticket_values

TRACKER_NAMES = {
    Field.TASK: TicketField.SUMMARY,
    Field.OWNER: TicketField.ASSIGNEE,
    Field.PRIORITY: TicketField.PRIORITY,
    Field.DEADLINE: TicketField.DUE,
}
"""What a tracker's refusals call the shared fields."""
_STRUCK = "It is struck out, so nothing of it goes to its ticket: close that if it is not wanted."


@dataclass(frozen=True, slots=True)
class ToRow:
    """The ticket was changed: the row follows. ``lost`` is the row's own change, if it had one."""

    field: Field
    before: str
    value: str
    lost: str = ""

    @property
    def reason(self) -> str:
        """Why the row is changed."""
        reason = f"{self.field.value} changed in the tracker"
        lost = f" and in the document ('{self.lost}'); the tracker's stands"
        return reason + lost if self.lost else reason


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How words of the document and values of the tracker translate.

    ``accounts`` are owner words already looked up; ``priorities`` the map of the configuration;
    ``allowed`` the project's priorities, None where the tracker does not tell; ``owners`` the
    configured names → e-mail or account; ``nobody`` the owner words that mean nobody → the
    sentence why.
    """

    accounts: Mapping[str, Account] = field(default_factory=dict)
    priorities: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[FieldChoice, ...] | None = ()
    owners: Mapping[str, str] = field(default_factory=dict)
    nobody: Mapping[str, str] = field(default_factory=dict)

    def owner_word(self, account: Account | None) -> str:
        """Give the name by which the document would call an account, "" for nobody."""
        if account is None:
            return ""
        for word, meant in self.owners.items():
            if meant.casefold() in {(account.email or "").casefold(), account.id.casefold()}:
                return word
        return account.name

    def priority_word(self, priority: str) -> str:
        """Give the document's word for a tracker's priority."""
        for word, meant in self.priorities.items():
            shown = {one.name for one in called(self.allowed or (), meant)} or {meant}
            if priority.casefold() in {one.casefold() for one in shown}:
                return word
        return priority

    def choice(self, word: str) -> FieldChoice | None:
        """Give the priority that a word means, None for none; where none is told, as it is."""
        if self.allowed is not None:
            return priority_choice(word, self.priorities, self.allowed)
        return FieldChoice(mapped_word(word, self.priorities)) if word else None


@dataclass(frozen=True, slots=True)
class Followers:
    """What must be written on either side."""

    to_ticket: tuple[ToTicket, ...] = ()
    to_row: tuple[ToRow, ...] = ()


def compare(
    item: ActionItem, tracked: TrackedTicket, ticket: Ticket, words: Vocabulary
) -> Followers:
    """Decide, field by field, which side follows which. Nothing to do is empty."""
    row, old_row = row_values(item), tracked.row
    now, old = ticket_values(ticket), tracked.agreed(ticket)
    to_ticket: list[ToTicket] = []
    to_row: list[ToRow] = []
    for name in Field:
        row_changed = _get(row, name) != _get(old_row, name)
        row_changed = row_changed and name not in only_read_otherwise(item, old_row)
        ticket_changed = _get(now, name) != _get(old, name)
        if not (row_changed or ticket_changed) or _agree(name, item, ticket, words):
            continue
        if ticket_changed:
            lost = _get(row, name) if row_changed else ""
            to_row.append(ToRow(name, _get(row, name), _shown(name, ticket, words), lost))
        else:
            to_ticket.append(ToTicket(name, _get(old_row, name), _get(row, name)))
    return Followers(tuple(to_ticket), tuple(to_row))


def changed(item: ActionItem, tracked: TrackedTicket, ticket: Ticket) -> frozenset[Field]:
    """Tell which fields either side changed since they last agreed, before any is looked up."""
    row, now, old = row_values(item), ticket_values(ticket), tracked.agreed(ticket)
    return frozenset(
        name
        for name in Field
        if _get(row, name) != _get(tracked.row, name) or _get(now, name) != _get(old, name)
    )


def still_refused(tracked: TrackedTicket, changed: Container[Field]) -> Mapping[str, str]:
    """Give why a tracker refused what a row says, for the fields that neither side changed."""
    moved = {TRACKER_NAMES[name] for name in Field if name in changed}
    return {name: why for name, why in tracked.refused.items() if name not in moved}


def refused_yet(
    item: ActionItem, tracked: TrackedTicket, ticket: Ticket, words: Vocabulary
) -> Sequence[str]:
    """Give why a tracker refused what a row says, where the ticket says something else by now."""
    told = still_refused(tracked, changed(item, tracked, ticket))
    shown = _shown(Field.OWNER, ticket, words).casefold()
    same = {  # neither side need have changed: the words of the configuration may have
        Field.OWNER: shown == clean(item.owner or "").casefold(),
        Field.PRIORITY: not has_unknown_priority(item, ticket, words.priorities),
    }
    agree = (name for name in Field if same.get(name) or _agree(name, item, ticket, words))
    agreeing = {TRACKER_NAMES[name] for name in agree}
    return [why for name, why in told.items() if name not in agreeing]


def still_to_come(item: ActionItem, tracked: TrackedTicket, ticket: Ticket) -> Values:
    """Give the row's side as it is remembered while people write.

    What they alone changed is not: it goes to the ticket once they are done.
    """
    now, old = ticket_values(ticket), tracked.agreed(ticket)
    kept = {
        name.value: _get(tracked.row, name) for name in Field if _get(now, name) == _get(old, name)
    }
    return replace(row_values(item), **kept)


def _get(values: Values, name: Field) -> str:
    return str(getattr(values, name.value))


def _shown(name: Field, ticket: Ticket, words: Vocabulary) -> str:
    """Give a ticket's value in the document's words, as clean text of one line."""
    if name is Field.OWNER:
        return clean(words.owner_word(ticket.assignee))
    if name is Field.PRIORITY:
        return clean(words.priority_word(ticket.priority or ""))
    return clean(_get(ticket_values(ticket), name))


def _agree(name: Field, item: ActionItem, ticket: Ticket, words: Vocabulary) -> bool:
    """Tell whether both sides already say the same, however they came to."""
    if name is Field.TASK:
        words_now = (summary_line(one) for one in (item.task, own_words(item)))
        return same_words(ticket.summary) in map(same_words, words_now)
    if name is Field.OWNER:
        account = words.accounts.get(item.owner or "")
        assignee = ticket.assignee.id if ticket.assignee else None
        return (account.id if account else None) == assignee and (
            account is not None or not item.owner
        )
    if name is Field.PRIORITY:
        wanted = words.choice(item.priority or "")
        same = (wanted.name if wanted else "") == (ticket.priority or "")
        return same and (wanted is not None or not item.priority)
    return item.deadline == ticket.due and (item.deadline is not None or not item.deadline_text)


@dataclass(frozen=True, slots=True)
class Translated:
    """Changes ready for the tracker, and a sentence for each that cannot be made."""

    changes: TicketChanges
    made: tuple[ToTicket, ...]
    problems: tuple[str, ...]


def translate(moves: Sequence[ToTicket], item: ActionItem, words: Vocabulary) -> Translated:
    """Turn what a person changed in a row into changes of its ticket.

    An owner or deadline emptied in the row is emptied in the ticket; a priority emptied is left,
    since most projects require one. A row that is struck out takes nothing from its ticket.
    """
    if moves and item.struck:
        return Translated(TicketChanges(), (), (_STRUCK,))
    changes, made, problems = TicketChanges(), [], []
    for move in moves:
        changed, problem = _translate_one(changes, move, item, words)
        if problem:
            problems.append(problem)
        else:
            made.append(move)
            changes = changed
    return Translated(changes, tuple(made), tuple(problems))


def _translate_one(
    changes: TicketChanges, move: ToTicket, item: ActionItem, words: Vocabulary
) -> tuple[TicketChanges, str]:
    match move.field:
        case Field.TASK if item.wordless:
            return changes, f"'{item.task}' says nothing to do. Close the ticket if none is left."
        case Field.TASK:
            return replace(changes, summary=summary_line(own_words(item))), ""
        case Field.OWNER:
            return _translate_owner(changes, move.value, words)
        case Field.PRIORITY:
            return _translate_priority(changes, move.value, words)
        case Field.DEADLINE:
            return _translate_deadline(changes, move.value, item.deadline)


def _translate_owner(
    changes: TicketChanges, owner: str, words: Vocabulary
) -> tuple[TicketChanges, str]:
    if not owner:
        return replace(changes, clear_assignee=True), ""
    account = words.accounts.get(owner)
    if account is None:
        return changes, words.nobody.get(owner) or f"'{owner}' could not be made the assignee."
    return replace(changes, assignee=account.id), ""


def _translate_priority(
    changes: TicketChanges, word: str, words: Vocabulary
) -> tuple[TicketChanges, str]:
    if not word:
        return changes, ""
    choice = words.choice(word)
    if choice is None:
        return changes, no_such_priority(word, words)
    return replace(changes, priority=choice), ""


def has_unknown_priority(item: ActionItem, ticket: Ticket, priorities: Mapping[str, str]) -> bool:
    """Tell whether a row's priority is, by its name, none that the ticket has."""
    now = (FieldChoice(ticket.priority or ""),)
    return bool(item.priority) and not priority_choice(item.priority or "", priorities, now)


def no_such_priority(word: str, words: Vocabulary) -> str:
    """Say that the project has no such priority, which it has, and where the word is mapped."""
    allowed = ", ".join(one.name for one in words.allowed or ()) or "none"
    told = f"The project has no priority '{word}'; it has {allowed}."
    return f"{told} `[priorities]` can map the word." if words.allowed else told


def _translate_deadline(
    changes: TicketChanges, written: str, due: date | None
) -> tuple[TicketChanges, str]:
    if due is None and written:
        return changes, unusable_deadline(written)
    return replace(changes, due=due, clear_due=due is None), ""


def after(
    ticket: Ticket, changes: TicketChanges, accounts: Iterable[Account], refused: Container[str]
) -> Ticket:
    """Give the ticket as a change leaves it, without reading it back.

    ``refused`` are the tracker's names of the fields that it did not take.
    """
    if changes.summary is not None and TRACKER_NAMES[Field.TASK] not in refused:
        ticket = replace(ticket, summary=changes.summary)
    if changes.priority is not None and TRACKER_NAMES[Field.PRIORITY] not in refused:
        ticket = replace(ticket, priority=changes.priority.name)
    if (changes.due or changes.clear_due) and TRACKER_NAMES[Field.DEADLINE] not in refused:
        ticket = replace(ticket, due=changes.due)
    if (changes.assignee or changes.clear_assignee) and TRACKER_NAMES[Field.OWNER] not in refused:
        known = {account.id: account for account in accounts}
        assignee = known.get(changes.assignee) if changes.assignee else None
        ticket = replace(ticket, assignee=assignee)
    return ticket
