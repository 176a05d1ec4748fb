"""No unit test can start a process or a thread or open a socket, not even in what forgives errors."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

import pytest


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        (lambda: subprocess.run([sys.executable, "-c", ""], check=True), "starts a process"),
        (os.fork, "starts a process"),
        (socket.socket, "opens a socket"),
        (lambda: Thread(target=print).start(), "starts a thread"),
    ],
    ids=["subprocess", "fork", "socket", "thread"],
)
def test_what_is_beyond_a_unit_is_refused(deed: Callable[[], object], told: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=told), suppress(Exception):
        deed()
