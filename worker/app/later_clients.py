"""Clients of services that are opened with the first question, for commands that may ask none.

To load a client takes longer than all that `postmortem status` does.
"""

import threading
from collections.abc import Callable
from typing import TypeVar, cast

from connectors.chat import Chat
from connectors.connector import IncidentSource
from connectors.pages import PagePublisher
from connectors.tickets import TicketTracker

AnyClient = TypeVar("AnyClient", IncidentSource, TicketTracker, PagePublisher, Chat)


class LaterClient:
    """A client that is not there yet; whatever is asked of it has it opened first."""

    def __init__(self, opens: Callable[[], object]) -> None:
        self._opens = opens
        self._lock = threading.Lock()
        self._client: object = None

    def __getattr__(self, name: str) -> object:
        with self._lock:
            if self._client is None:
                self._client = self._opens()
        return getattr(self._client, name)

    def close(self) -> None:
        """Let go of the client, if there is one."""
        if self._client is not None:
            self._client.close()  # type: ignore[attr-defined]  # every client has it


def opened(opens: Callable[[], AnyClient], *, asks: bool) -> AnyClient:
    """Open a client now where it is going to be asked; else with the first question."""
    return opens() if asks else cast("AnyClient", LaterClient(opens))
