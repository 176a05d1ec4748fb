"""Holds ``requests`` to the limits of answers, and to the authorities that are trusted.

The limits are those of an answer's body, and of each wait for a part of one.
"""

import http.client
import io
import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, ReadTimeoutError

from connectors.answers.limits import ENCODINGS, limited_time, parsed, seconds_left, whole
from connectors.masking import OwnCredentials
from connectors.tls import Authorities

_PIECE = 65_536


def hold_to_limits(
    session: requests.Session, own: OwnCredentials, authorities: Authorities, *, is_loopback: bool
) -> None:
    """Let a session's answers be within the limits, and hide the credentials that it sends in them.

    Only the ``authorities`` are trusted, whatever the environment says.
    """
    session.mount("https://", LimitedAdapter(own, authorities))
    session.mount("http://", LimitedAdapter(own))
    if is_loopback:
        session.trust_env = False  # no proxy stands between a machine and itself


class LimitedAdapter(HTTPAdapter):
    """Makes connections whose answers are whole when they are given, and within the limits.

    The credentials that are sent are hidden in them, in body and head. Raises ``UnusableAnswer``
    besides the package's own errors.
    """

    def __init__(self, own: OwnCredentials, authorities: Authorities | None = None) -> None:
        self._own = own
        self._authorities = authorities
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pool of connections."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Give the pool of connections through a proxy."""
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def build_response(self, *args: Any) -> requests.Response:
        """Make a response whose JSON is read within the limits."""
        response = LimitedResponse()
        response.__dict__.update(super().build_response(*args).__dict__)
        return response

    def send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        """Send a request, and take in its answer."""
        request.headers["Accept-Encoding"] = ENCODINGS
        if self._authorities is not None:
            options = {**options, "verify": self._authorities.bundle() or True}
        with limited_time():
            response = super().send(request, *args, **{**options, "stream": True})
            raw = response.raw
            try:
                pieces = raw.stream(_PIECE, decode_content=False)
                response._content = whole(pieces, response.headers.get("Content-Encoding", ""))
            except ReadTimeoutError as error:
                raise requests.ReadTimeout(error, request=request) from error
            except (HTTPError, OSError) as error:
                raise requests.ConnectionError(error, request=request) from error
            finally:
                if getattr(response, "_content", False) is False:
                    raw.close()
            raw.release_conn()
        response._content_consumed = True  # type: ignore[attr-defined]  # the package's own mark
        self._hide_in(response)
        return response

    def _hide_in(self, response: requests.Response) -> None:
        told = response.content.decode("utf-8", "surrogateescape")
        hidden = self._own.hide(told)
        if hidden is not told:
            response._content = hidden.encode("utf-8", "surrogateescape")
        for name, value in response.headers.items():
            response.headers[name] = self._own.hide(value)


class LimitedResponse(requests.Response):
    """An answer whose JSON is read within the limits."""

    def json(self, **_options: Any) -> Any:
        """Give the JSON. Raises ``requests.JSONDecodeError``, and ``UnusableAnswer``."""
        try:
            return parsed(self.content)
        except ValueError as error:
            raise requests.JSONDecodeError(str(error), "", 0) from None


class _Reader(socket.SocketIO):
    """Reads from a socket, and waits for no longer than the answer may take."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock, "r")
        self._read_from = sock

    def readinto(self, buffer: Any) -> int | None:
        usual = self._read_from.gettimeout()
        left = max(seconds_left(), 0.001)
        self._read_from.settimeout(left if usual is None else min(usual, left))
        try:
            return super().readinto(buffer)
        finally:
            if self._read_from.fileno() >= 0:
                self._read_from.settimeout(usual)


class _Readable:
    """A socket as an answer is read from it."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def makefile(self, *_args: Any, **_options: Any) -> io.BufferedReader:
        reader = _Reader(self._socket)
        self._socket._io_refs += 1  # type: ignore[attr-defined]  # as the socket's own makefile does
        return io.BufferedReader(reader)


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(_Readable(sock), *args, **options)  # type: ignore[arg-type]  # reads alone


class _Connection(HTTPConnection):
    response_class = _Response


class _SafeConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


_POOLS = {"http": _Pool, "https": _SafePool}
