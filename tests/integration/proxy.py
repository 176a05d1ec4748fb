"""A way to a TCP server that can be closed, frozen and opened again, as networks and servers do."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self


class Proxy:
    """Passes bytes on between loopback and a server; usable as a context manager."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open = threading.Event()
        self._flowing = threading.Event()
        self._pairs: list[socket.socket] = []
        self._lock = threading.Lock()
        self.port: int = self._socket.getsockname()[1]
        self.open()

    def open(self) -> None:
        """Let everything through again."""
        self._open.set()
        self._flowing.set()

    def close(self) -> None:
        """End all connections, and each new one at once, as a server that was stopped."""
        self._open.clear()
        with self._lock:
            for one in self._pairs:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            self._pairs.clear()

    def freeze(self) -> None:
        """Keep all connections and pass nothing on, as a server whose disk hangs."""
        self._flowing.clear()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        self._flowing.set()
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._socket.accept()
                if not self._open.is_set():
                    near.close()
                    continue
                far = socket.create_connection(self._server)
                with self._lock:
                    self._pairs += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                target.sendall(data)
        for one in (source, target):
            one.close()
