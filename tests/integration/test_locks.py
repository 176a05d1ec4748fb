"""Locks that go with their holder: by a file, and by PostgreSQL."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.queue_support import database
from worker.locks import advisory_locks, file_locks


def test_a_child_keeps_a_lock_only_as_long_as_the_block_lasts(tmp_path: Path) -> None:
    path = tmp_path / "made" / "one.lock"
    with file_locks.held(path, 1) as descriptor:
        child = subprocess.Popen(["sleep", "60"], pass_fds=[descriptor])  # noqa: S607 - one of coreutils
    with file_locks.held(path, 0):
        assert child.poll() is None
    child.kill()
    child.wait()


KILLED = """
import os, subprocess, sys
from pathlib import Path
from worker.locks.file_locks import held
with held(Path(sys.argv[1]), 1) as lock:
    child = subprocess.Popen(["sleep", "60"], pass_fds=[lock], stdout=subprocess.DEVNULL)
    print(child.pid, flush=True)
    os._exit(9)
"""


def test_a_child_keeps_a_lock_beyond_its_parents_death(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    command = [sys.executable, "-c", KILLED, str(path)]
    parent = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603 - our own
    with pytest.raises(TimeoutError), file_locks.held(path, 0.1):
        pytest.fail("the lock was held twice")
    os.kill(int(parent.stdout), signal.SIGKILL)
    with file_locks.held(path, 5):
        pass


def test_whoever_opened_a_file_before_it_was_removed_takes_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    first = file_locks.take(path)
    assert first is not None
    assert file_locks.take(path) is None
    file_locks.remove(first)
    assert not path.exists()
    second = file_locks.take(path)
    assert second is not None
    assert path.exists()
    file_locks.remove(second)


def test_locks_of_a_kind_are_counted_and_go_with_their_connection(tmp_path: Path) -> None:
    with database("postgresql", tmp_path) as url:
        engine = advisory_locks.connections(url.replace("postgresql:", "postgresql+psycopg:", 1))
        with engine.connect() as mine, engine.connect() as others:
            lowest, highest = -(2**31), 2**31 - 1
            assert advisory_locks.take(mine, (7, lowest))
            assert advisory_locks.take(mine, (7, highest))
            assert advisory_locks.take(mine, (7,)), "a number alone is another lock"
            assert advisory_locks.take(mine, ((7 << 32) + 1,)), "however it is made up"
            assert not advisory_locks.take(others, (7, lowest))
            assert advisory_locks.count(others, 7) == 2
            advisory_locks.let_go(mine)
            assert advisory_locks.count(others, 7) == 0
            assert advisory_locks.take(others, (7, lowest))
