"""Holds ``httpx2`` to the limits of answers: its bodies, and each wait for a part of one."""

from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2

from connectors.answers.limits import ENCODINGS, limited_time, seconds_left, whole


class LimitedClient(httpx2.Client):
    """A client whose answers are whole when they are given, and within the limits.

    Raises ``UnusableAnswer`` besides the package's own errors.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for transport in (self._transport, *self._mounts.values()):
            if isinstance(transport, httpx2.HTTPTransport):
                pool = transport._pool  # the package takes no other network than its own
                pool._network_backend = _Network(pool._network_backend)

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send a request, and give its answer without what was special about its way here."""
        request.headers["Accept-Encoding"] = ENCODINGS
        with limited_time():
            response = super().send(request, **{**options, "stream": True})
            try:
                body = whole(response.iter_raw(), response.headers.get("content-encoding", ""))
            finally:
                response.close()
        of_the_way = {"content-encoding", "content-length", "transfer-encoding"}
        headers = [one for one in response.headers.multi_items() if one[0] not in of_the_way]
        return httpx2.Response(
            response.status_code, headers=headers, content=body, request=response.request
        )


class _Network(httpcore2.NetworkBackend):
    """The network as it is, but that nobody waits for longer than the answer may take."""

    def __init__(self, network: httpcore2.NetworkBackend) -> None:
        self._network = network

    def connect_tcp(self, *args: Any, **options: Any) -> httpcore2.NetworkStream:
        return _Stream(self._network.connect_tcp(*args, **options))

    def connect_unix_socket(self, *args: Any, **options: Any) -> httpcore2.NetworkStream:
        return _Stream(self._network.connect_unix_socket(*args, **options))

    def sleep(self, seconds: float) -> None:
        self._network.sleep(seconds)


class _Stream(httpcore2.NetworkStream):
    """A connection of such a network."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _at_most(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _at_most(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *args: Any, **options: Any) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(*args, **options))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _at_most(timeout: float | None) -> float:
    """Give how long to wait: a moment at least, for no time at all would mean not to wait."""
    left: Iterable[float] = (seconds_left(), *(() if timeout is None else (timeout,)))
    return max(min(left), 0.001)
