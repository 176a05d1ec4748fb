"""A unit test takes values and gives values: it starts no process and no thread, opens no socket.

Python itself tells of processes and sockets; what needs one belongs in ``tests/integration``.
"""

import sys
from collections.abc import Iterator
from threading import Thread
from typing import Any, NoReturn

import pytest

BEYOND_A_UNIT = {
    "os.fork": "starts a process",
    "os.forkpty": "starts a process",
    "os.posix_spawn": "starts a process",
    "os.system": "starts a process",
    "socket.__new__": "opens a socket",
    "subprocess.Popen": "starts a process",
}
running: set[str] = set()


def refuse(deed: str) -> NoReturn:
    pytest.fail(f"a unit test {deed}: move it to tests/integration")


def watch(event: str, _arguments: tuple[object, ...]) -> None:
    if running and event in BEYOND_A_UNIT:
        refuse(BEYOND_A_UNIT[event])


sys.addaudithook(watch)  # for good: the interpreter takes none back


@pytest.fixture(autouse=True)
def _values_alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Refuse what is beyond a unit while a test runs."""
    monkeypatch.setattr(Thread, "start", lambda _: refuse("starts a thread"))
    running.add(request.node.nodeid)
    yield
    running.discard(request.node.nodeid)
