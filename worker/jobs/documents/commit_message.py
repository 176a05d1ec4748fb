"""What a commit of a document says: which, and what was done to it, a line each."""

from collections.abc import Iterable, Sequence

from worker.jobs.results import Action, Deed

_NAME = 40
"""Characters of a document's name in the first line; its date and incident come first."""
_VALUE = 60
"""Characters of a value, which may be a paragraph."""
_LINES = 200
"""Deeds in one message; nobody reads more."""

_WORDS = {
    Action.DRAFTED: "drafted {subject}: {why}",
    Action.REFRESHED: "refreshed {subject}: {change}: {why}",
    Action.CREATED: 'created {ticket} for "{subject}"',
    Action.ADOPTED: 'linked {ticket} to "{subject}": {why}',
    Action.LINKED: 'linked {ticket} to "{subject}": {why}',
    Action.STATUS: "status of {of}: {change}",
    Action.CHANGED_TICKET: "changed {ticket}: {change}: {why}",
    Action.CHANGED_ROW: 'changed the row "{subject}": {change}: {why}',
    Action.MOVED: "moved {ticket}: {change}: {why}",
    Action.PUBLISHED: 'published "{subject}": {why}',
    Action.PAGE_WRITTEN: 'wrote the page "{subject}": {why}',
    Action.TAKEN_OVER: "took over {change}: {why}",
}


def commit_message(document: str, deeds: Sequence[Deed], *, is_new: bool) -> str:
    """Give a first line that names the document, and below it what was done, a line each.

    ``deeds`` are the job's so far; that the document was drafted is told with its first write
    only.
    """
    told = [
        one
        for one in deeds
        if one.action in _WORDS and (is_new or one.action is not Action.DRAFTED)
    ]
    verb = "Draft" if is_new else "Update"
    name = _short_name(document.rpartition("/")[2])
    lines = list(
        dict.fromkeys(f"- {_line(one)}" for one in told if one.action is not Action.DRAFTED)
    )
    shown = lines[:_LINES]
    if len(lines) > len(shown):
        shown.append(f"- and {len(lines) - len(shown)} more")
    body = [document, "", *shown] if shown else [document]
    return "\n".join([f"{verb} {name}: {_summary(told)}", "", *body])


def _summary(deeds: Iterable[Deed]) -> str:
    """Give the reason for a draft, else the deed, or how many there are."""
    listed = list(deeds)
    for one in listed:
        if one.action is Action.DRAFTED:
            return one.reason
    if not listed:
        return "its chart"
    return _line(listed[0]) if len(listed) == 1 else f"{len(listed)} changes"


def _line(deed: Deed) -> str:
    """Say one deed, and why where that is not plain from it."""
    return _WORDS[deed.action].format(
        subject=_short(deed.subject),
        ticket=deed.ticket or "a ticket",
        of=deed.ticket or _short(deed.subject),
        change=f"{_short(deed.before) or '(nothing)'} → {_short(deed.after) or '(nothing)'}",
        why=_short(deed.reason),
    )


def _short_name(name: str) -> str:
    return name if len(name) <= _NAME else _short(name.removesuffix(".md"), _NAME - 3) + ".md"


def _short(text: str, longest: int = _VALUE) -> str:
    """Give a value on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
