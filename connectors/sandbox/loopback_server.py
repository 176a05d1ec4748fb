"""Runs an ASGI application on loopback, in a thread, at a port that the system chooses."""

import asyncio
import socket
import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

START_LIMIT = 10.0
"""Seconds that a server may take to start; one that takes longer is broken."""
TICK = 0.01
"""Seconds from one look to the next whether a server should stop."""


class _Server(uvicorn.Server):
    """Stops at once, where the original takes its time over it: tests start many servers."""

    async def main_loop(self) -> None:
        tick = 0
        while not await self.on_tick(tick):
            tick += 1
            await asyncio.sleep(TICK)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for task in self.server_state.tasks:
            task.cancel()
        await asyncio.sleep(0)
        for listening in sockets or ():
            listening.close()


class Running(ABC):
    """Something that is started and stopped, and usable as a context manager."""

    @abstractmethod
    def start(self) -> None:
        """Start answering."""

    @abstractmethod
    def stop(self) -> None:
        """Stop answering, and free the port."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class LoopbackServer(Running):
    """An HTTP server on 127.0.0.1, reachable at ``url`` between :meth:`start` and :meth:`stop`.

    The socket listens from the moment the server is made, so that ``url`` is known before the
    start, and a client that is early waits instead of being refused. Usable as a context manager.
    With a ``certificate``, a PEM file that holds its key too, the server speaks TLS.
    """

    def __init__(self, app: ASGIApp, *, port: int = 0, certificate: Path | None = None) -> None:
        """Take the port (0: any free one). Raises ``OSError`` where it is taken."""
        self._scheme = "https" if certificate else "http"
        self._socket = socket.create_server(("127.0.0.1", port))
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="critical",
                access_log=False,
                lifespan="off",
                ws="none",
                ssl_certfile=certificate,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run,
            kwargs={"sockets": [self._socket]},
            name="loopback-server",
            daemon=True,
        )

    @property
    def url(self) -> str:
        """Where the server is reached, without a slash at its end."""
        host, port = self._socket.getsockname()[:2]
        return f"{self._scheme}://{host}:{port}"

    def start(self) -> None:
        """Start serving; comes back once requests are answered."""
        self._thread.start()
        deadline = time.monotonic() + START_LIMIT
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("The loopback server did not start.")
            time.sleep(0.002)

    def stop(self) -> None:
        """Stop serving and free the port; requests under way are cut off."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()
