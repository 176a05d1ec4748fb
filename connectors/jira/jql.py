"""What is asked in Jira's query language (JQL); everything from outside is quoted."""

from collections.abc import Iterable
from datetime import UTC, datetime

from connectors.errors import Rejected
from connectors.tickets import TicketId, TicketKey

LABEL_LIMIT = 255
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IN_ORDER = "ORDER BY created ASC, key ASC"
"""New tickets come last, so that pages do not shift while they are read."""


def label_query(label: str) -> str:
    """Ask for the tickets with a label. Raises ``Rejected`` for what cannot be a label in Jira."""
    return f"labels = {_quoted_label(label)} {_IN_ORDER}"


def changed_query(label: str, since: datetime) -> str:
    """Ask for the tickets with a label that changed at or after a time.

    Dates in JQL are to the minute and in the timezone of whoever asks; milliseconds since 1970 are
    neither.
    """
    return f"labels = {_quoted_label(label)} AND updated >= {_milliseconds(since)} {_IN_ORDER}"


def _milliseconds(since: datetime) -> int:
    return (since - _EPOCH) // (datetime.resolution * 1000)


def made_here_query(project: str, since: datetime) -> str:
    """Ask for what this account made since then, in a project or, for "", in any.

    Nobody can change a creator.
    """
    where = f"project = {_quoted(project)} AND " if project else ""
    return f"{where}creator = currentUser() AND created >= {_milliseconds(since)} {_IN_ORDER}"


def id_query(ids: Iterable[TicketId]) -> str:
    """Ask for tickets by id."""
    return f"id in ({', '.join(ids)}) {_IN_ORDER}"


def key_query(keys: Iterable[TicketKey]) -> str:
    """Ask for tickets by key."""
    return f"key in ({', '.join(_quoted(key) for key in keys)}) {_IN_ORDER}"


def _quoted_label(label: str) -> str:
    if not label or len(label) > LABEL_LIMIT or any(c.isspace() or ord(c) < 32 for c in label):  # noqa: PLR2004 - control characters
        raise Rejected(
            f"{label[:40]!r} cannot be a label in Jira.",
            f"A label has no spaces and at most {LABEL_LIMIT} characters.",
        )
    return _quoted(label)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
