"""One call of a method of the stand-in, read: what was given, and whether the token may do it."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from connectors.slack.sandbox.workspace import ChatRoom, Json, SlackRefused, Workspace

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class MethodCall:
    """One call, read: who may do what, and what was given."""

    workspace: Workspace
    given: Mapping[str, Any]
    scopes: set[str]
    base: str
    page: int | None

    def may(self, *scopes: str) -> None:
        """Refuse where the token has none of the scopes; without any, all may."""
        if scopes and not self.scopes.intersection(scopes):
            provided = ",".join(sorted(self.scopes))
            raise SlackRefused("missing_scope", needed=scopes[0], provided=provided)

    def text(self, name: str, missing: str = "invalid_arguments") -> str:
        """Give a text that must be there."""
        value = self.given.get(name)
        if not isinstance(value, str) or not value:
            raise SlackRefused(missing)
        return value

    def flag(self, name: str) -> bool:
        """Give a truth value as forms have it."""
        return str(self.given.get(name, "")).lower() in {"1", "true"}

    def limit(self, usual: int, most: int) -> int:
        """Give how many things are asked for."""
        value = str(self.given.get("limit", usual))
        if not value.isdigit() or not 1 <= int(value) <= most:
            raise SlackRefused("invalid_limit")
        return min(int(value), self.page or most)

    def room(self, kind: str) -> ChatRoom:
        """Give the channel that is asked for, once the token may do this with its kind."""
        room = self.workspace.rooms.get(self.text("channel", "channel_not_found"))
        if room is not None:
            self.may(f"{'groups' if room.is_private else 'channels'}:{kind}")
        found = self.workspace.seen(self.text("channel"))
        return found if kind == "read" else self.workspace.read(found.id)

    def cut(self, things: Sequence[Thing], size: int) -> tuple[Sequence[Thing], Json]:
        """Give a page of things, and what the answer says of the next one."""
        begin = 0
        if cursor := str(self.given.get("cursor") or ""):
            try:
                begin = int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
            except ValueError:
                raise SlackRefused("invalid_cursor") from None
        end = begin + size
        more = end < len(things)
        following = base64.b64encode(f"next:{end}".encode()).decode() if more else ""
        return things[begin:end], {"response_metadata": {"next_cursor": following}}
