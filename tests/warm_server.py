"""A server of warm processes: it has loaded the program, and forks one for each start asked for.

Run by :mod:`tests.warm` as a program of its own, with nothing in its environment but what every
process of a test has. A process that it forks is one like any other: it has its own words, folder,
environment and standard streams, its own group where that is asked for, and ends as an interpreter
ends: its threads waited for, what is to be done at exit done, its streams flushed. Only what took
two seconds of the processor, the imports, it has from here, and it gives them back to the kernel
as a whole: object by object, as interpreters do, takes four times as long as a small command.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

ROOMS = ("config", "connectors", "worker.cli", "worker.app", "worker.jobs", "worker.web")
LENGTH = struct.Struct("!I")
STREAMS = 3
"""Standard input, output and error come with each request, before the socket for its answers."""


def load() -> None:
    """Load the program, and what it loads late; a process that is forked later begins with it."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.endswith("__main__") and ".sandbox" not in module.name:
                importlib.import_module(module.name)
    for name in LATE:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is shared stays so


LATE = (
    "alembic.autogenerate",
    "alembic.command",
    "alembic.config",
    "alembic.script",
    "anyio._backends._asyncio",
    "dbos._migration",
    "dbos._sys_db_postgres",
    "dbos._sys_db_sqlite",
    "fastapi.telemetry._runtime",
    "filelock",
    "httptools",
    "multipart",
    "psycopg",
    "psycopg2",
    "pydantic.v1",
    "rich._emoji_codes",
    "rich.markdown",
    "rich.table",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "typer._adapters",
    "typer._click._textwrap",
    "typer._click.decorators",
    "typer._completion_shared",
    "typer.rich_utils",
    "uvicorn.lifespan.on",
    "uvicorn.loops.asyncio",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.protocols.http.httptools_impl",
)


class Server:
    """Forks what is asked for on one socket, and tells how each of them ended."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._answers: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._ended, self._woken = socket.socketpair()
        for one in (self._ended, self._woken):
            one.setblocking(False)
        self._selector.register(control, selectors.EVENT_READ)
        self._selector.register(self._ended, selectors.EVENT_READ)

    def next_start(self) -> dict[str, Any]:
        """Come back in the process that is to be, with what it is to be; ends with its tests."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._ended:
                    with contextlib.suppress(BlockingIOError):
                        self._ended.recv(4096)
                    self._tell()
                elif (asked := self._fork()) is not None:
                    return asked

    def _tell(self) -> None:
        for child, status in _ended_children():
            with self._answers.pop(child) as answers, contextlib.suppress(OSError):
                answers.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())

    def _fork(self) -> dict[str, Any] | None:
        head, given, _, _ = socket.recv_fds(self._control, LENGTH.size, STREAMS + 1)
        if not head:
            os._exit(0)  # the tests are over
        (left,) = LENGTH.unpack(head)
        text = b""
        while len(text) < left:
            text += self._control.recv(left - len(text))
        *streams, answer = given
        answers = socket.socket(fileno=answer)
        if child := os.fork():
            self._answers[child] = answers
            for one in streams:
                os.close(one)
            return None
        asked: dict[str, Any] = json.loads(text)
        self._become(asked, streams, answers)
        return asked

    def _become(self, asked: dict[str, Any], streams: list[int], answers: socket.socket) -> None:
        """Make of a copy of this process one that was started as it is asked for."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if asked["own_group"]:
            os.setsid()
        answers.sendall(f"{os.getpid()}\n".encode())
        self._selector.close()
        for one in (answers, self._control, self._ended, self._woken, *self._answers.values()):
            one.close()
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
        for stream in streams:
            os.close(stream)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        time.tzset()


def _ended_children() -> Iterator[tuple[int, int]]:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            yield found


def end(status: object) -> None:
    """End this process as an interpreter that is told to exit; comes back where only that can."""
    if not isinstance(status, int | None):
        return
    threading._shutdown()  # type: ignore[attr-defined]  # as Py_FinalizeEx does, and in its order
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError, ValueError):  # a closed pipe; an interpreter tells of it
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit((status or 0) & 0xFF)


def main() -> NoReturn:
    """Serve until the tests are over; in a forked process, be the program and end as it does."""
    sys.path[0] = str(Path(__file__).parents[1])
    load()
    asked = Server(socket.socket(fileno=int(sys.argv[1]))).next_start()
    sys.argv = asked["words"]
    try:
        if asked["module"]:
            runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)
            sys.exit()
        from worker.cli.main import main as program  # noqa: PLC0415 - long loaded

        sys.exit(program())
    except SystemExit as asked_for:
        end(asked_for.code)
        raise


if __name__ == "__main__":
    main()
