"""Closing a ticket from its row: what a person's mark asks for, and by which move it is done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.ticket_fields import called
from connectors.tickets import Category, Json, Ticket, Transition
from worker.content.clean_text import clean
from worker.document.action_items import ActionItem
from worker.tracking.destinations import ClosingRules
from worker.tracking.tracked_tickets import TrackedTicket

DONE = "done"
"""What a ticked box asks for, whatever the team calls its last status."""
_GLAD = re.compile(
    r"^[\s\u2705\u2611\u2713\u2714\ufe0f]+|[\s\u2705\u2611\u2713\u2714\ufe0f\U0001f389\U0001f44d!.]+$"
)
"""What people put around a status and that says no other; a question mark would."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What a person's mark on a row asks of its ticket: a move, or a sentence why there is none.

    ``fields`` go with the move. ``lacking`` says what it asks for besides, "" for nothing: the
    tracker may refuse it then.
    """

    transition: Transition | None = None
    fields: Json = field(default_factory=dict)
    lacking: str = ""
    problem: str = ""


def wants_move(item: ActionItem, tracked: TrackedTicket, ticket: Ticket) -> str:
    """Give the status a person asked for in the row, "" for none.

    A ticked box asks for "done", unless the ticket was reopened since; a Status cell asks for what
    a person wrote over what stood there.
    """
    if item.checked and ticket.category is not Category.DONE and not tracked.done:
        return DONE
    return written_over(item, tracked, ticket)


def written_over(item: ActionItem, tracked: TrackedTicket, ticket: Ticket) -> str:
    """Give the status that a person wrote over what stood in the cell, "" for none.

    Spacing is nobody's edit: a tracker's administrators put odd spaces into names, and formatters
    take them out.
    """
    written = item.status_text.strip()
    if not tracked.status_cell or not written or _same(written, tracked.status_cell):
        return ""
    return "" if _same(written.casefold(), ticket.status.casefold()) else written


def closing(
    wanted: str,
    key: str,
    allowed: bool,
    transitions: Sequence[Transition],
    rules: ClosingRules,
) -> Closing:
    """Choose the move for a wanted status among those the workflow allows now.

    Of several that would close the ticket none is guessed: they may say different things of how the
    work ended, and the route may name one. Others lead to one open status, so any of them will do.
    """
    if not allowed:
        return Closing(
            problem=f"The row of {key} was set to '{wanted}'. Tickets are not moved from the "
            "document; move it in the tracker, or set close_from_document in [tickets]."
        )
    found = _candidates(wanted, transitions, rules)
    if len(found) == 1 or (found and found[0].to_category is not Category.DONE):
        return _with_fields(found[0], key, wanted, rules)
    if found:
        moves = ", ".join(f"'{one.name}' (id {one.id}, to {clean(one.to_status)})" for one in found)
        return Closing(
            problem=f"{key} was not set to '{wanted}': {len(found)} transitions lead there, "
            f"{moves}, and none is guessed. Write the status that is meant, or name the transition "
            f'in the route: transition = "{found[0].name}".'
        )
    possible = ", ".join(sorted({clean(one.to_status) for one in transitions}))
    possible = possible or "nothing, or not to this account (Transition Issues)"
    return Closing(
        problem=f"{key} cannot go to '{wanted}' from where it is; the workflow allows {possible}."
    )


def _candidates(
    wanted: str, transitions: Sequence[Transition], rules: ClosingRules
) -> Sequence[Transition]:
    """Give the moves that a wanted status may mean: by their status, else by their own name."""
    closes = [one for one in transitions if one.to_category is Category.DONE]
    name, found = "", []
    for name in dict.fromkeys((_folded(wanted), _folded(_GLAD.sub("", wanted)))):
        found = (
            [one for one in transitions if _folded(one.to_status) == name]
            or [one for one in transitions if _folded(one.name) == name]
            or (closes if name == DONE else [])
        )
        if found:
            break
    configured = [
        one for one in closes if rules.transition.strip() in {one.id, *_names(one, rules)}
    ]
    if name == DONE and configured:
        return configured
    if len(found) > 1:
        return (
            [one for one in found if one in configured]
            or [one for one in found if _folded(one.name) == name]
            or found
        )
    return found


def _names(one: Transition, rules: ClosingRules) -> set[str]:
    """Give the route's own word where it is the move's name, whatever its case and spacing."""
    return {rules.transition.strip()} if _folded(rules.transition) == _folded(one.name) else set()


def _with_fields(move: Transition, key: str, wanted: str, rules: ClosingRules) -> Closing:
    """Give the move with what the route has for its screen, if it closes the ticket."""
    if move.to_category is not Category.DONE:
        return Closing(move)
    screen = move.fields or {}
    given: dict[str, object] = dict(rules.fields)
    if rules.resolution:
        known = screen["resolution"].allowed if "resolution" in screen else ()
        chosen = called(known, rules.resolution)
        if known and not chosen:
            names = ", ".join(one.name for one in known)
            return Closing(
                problem=f"{key} was not set to '{wanted}': the route's resolution "
                f"'{rules.resolution}' is none that '{move.name}' takes; it takes {names}."
            )
        given["resolution"] = chosen[0] if chosen else {"name": rules.resolution}
    if move.fields is not None:
        given = {own: value for own, value in given.items() if own in screen}
    return Closing(move, given, _lacking(move, given))


def _lacking(move: Transition, given: Mapping[str, object]) -> str:
    """Say what a move asks for and is not given, with how to give it."""
    parts = []
    for own, one in (move.fields or {}).items():
        if not one.required or own in given:
            continue
        names = ", ".join(choice.name for choice in one.allowed)
        setting = "resolution" if own == "resolution" else f"closing_fields.{own}"
        parts.append(f"'{one.name}': set {setting} in the route" + (f" ({names})" if names else ""))
    return f"The transition '{move.name}' asks for {'; '.join(parts)}." if parts else ""


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _folded(name: str) -> str:
    return _plain(name).casefold()


def _plain(name: str) -> str:
    """Give what of a name counts: editors turn a straight apostrophe into a curved one."""
    return clean(name).replace("\u2019", "'")


def not_moved(key: str, status: str, to: str, tracker: str) -> str:
    """Say that a tracker took a move and did not make it."""
    return (
        f"{key} is still '{status}', though {tracker} took the move to {to}. Make it there: the "
        "workflow may want something, or take it back."
    )
