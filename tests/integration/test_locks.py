"""Locks that go with their holder: by a file, and by PostgreSQL."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.queue_support import database
from worker import locks


def test_a_child_keeps_a_lock_only_as_long_as_the_block_lasts(tmp_path: Path) -> None:
    path = tmp_path / "made" / "one.lock"
    with locks.file_held(path, 1) as descriptor:
        child = subprocess.Popen(["sleep", "60"], pass_fds=[descriptor])  # noqa: S607 - one of coreutils
    with locks.file_held(path, 0):
        assert child.poll() is None
    child.kill()
    child.wait()


KILLED = """
import os, subprocess, sys
from pathlib import Path
from worker.locks import file_held
with file_held(Path(sys.argv[1]), 1) as lock:
    child = subprocess.Popen(["sleep", "60"], pass_fds=[lock], stdout=subprocess.DEVNULL)
    print(child.pid, flush=True)
    os._exit(9)
"""


def test_a_child_keeps_a_lock_beyond_its_parents_death(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    command = [sys.executable, "-c", KILLED, str(path)]
    parent = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603 - our own
    with pytest.raises(TimeoutError), locks.file_held(path, 0.1):
        pytest.fail("the lock was held twice")
    os.kill(int(parent.stdout), signal.SIGKILL)
    with locks.file_held(path, 5):
        pass


def test_whoever_opened_a_file_before_it_was_removed_takes_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    first = locks.take_file(path)
    assert first is not None
    assert locks.take_file(path) is None
    locks.remove_file(first)
    assert not path.exists()
    second = locks.take_file(path)
    assert second is not None
    assert path.exists()
    locks.remove_file(second)


def test_locks_of_a_kind_are_counted_and_go_with_their_connection(tmp_path: Path) -> None:
    with database("postgresql", tmp_path) as url:
        engine = locks.connections(url.replace("postgresql:", "postgresql+psycopg:", 1))
        with engine.connect() as mine, engine.connect() as others:
            lowest, highest = -(2**31), 2**31 - 1
            assert locks.take(mine, (7, lowest))
            assert locks.take(mine, (7, highest))
            assert locks.take(mine, (7,)), "a number alone is another lock"
            assert locks.take(mine, ((7 << 32) + 1,)), "however it is made up"
            assert not locks.take(others, (7, lowest))
            assert locks.count(others, 7) == 2
            locks.let_go(mine)
            assert locks.count(others, 7) == 0
            assert locks.take(others, (7, lowest))
