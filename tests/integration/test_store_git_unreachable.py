"""A remote that is away, or answers nothing: it is told in time, and nothing is left running."""

import fcntl
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.places import GitPlace
from worker.store.document_store import StoreError
from worker.store.git.command import Timing, TooSlow
from worker.store.git.git_store import GitStore

NAME = "ours.md"
BRIEF = Timing(command=0.7)
BRIEF_PUSHES = Timing(push=3.0)
SLEEPERS = 'echo $$ >> "{pids}"; sleep 600 & echo $! >> "{pids}"; wait'
"""A helper of git's that hangs, with a child that keeps git's output open."""


@pytest.fixture
def place(tmp_path: Path) -> GitPlace:
    place = GitPlace.make(tmp_path)
    place.put(NAME, b"before\n")
    return place


def running(pids: Path) -> list[int]:
    """Give which of the noted processes are not over yet."""
    noted = [int(line) for line in pids.read_text().split()]
    assert noted
    return [pid for pid in noted if is_running(pid)]


def assert_over(pids: Path) -> None:
    """Wait for the noted processes to be over: the system takes its time over a signal."""
    until = time.monotonic() + 20
    while running(pids):
        assert time.monotonic() < until, "they go on"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"  # over, though nobody has asked how it ended


def test_a_server_that_never_answers_by_ssh_is_given_up_with_all_its_helpers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids = tmp_path / "pids"
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\n" + SLEEPERS.format(pids=pids) + "\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    url = "ssh://git@git.example.com/postmortems.git"
    store = GitStore(url, "main", author="P <p@example.com>", cache=tmp_path, timing=BRIEF)
    for deed in (store.list, lambda: store.read(NAME), lambda: store.write(NAME, "text\n", None)):
        with pytest.raises(StoreError, match=r"git ls-remote took longer than .* can be reached"):
            deed()
    (finding,) = store.check()
    assert "took longer" in finding.problem
    assert_over(pids)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Give the port of a server that takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        held: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        for one in held:
            one.close()


def test_a_server_that_never_answers_by_https_is_given_up(tmp_path: Path, silent_port: int) -> None:
    url = f"https://127.0.0.1:{silent_port}/postmortems.git"
    store = GitStore(url, "main", author="P <p@example.com>", cache=tmp_path, timing=BRIEF)
    with pytest.raises(TooSlow, match="git ls-remote took longer"):
        store.list()


def test_a_push_that_hangs_is_given_up_and_works_once_the_remote_does(place: GitPlace) -> None:
    pids = place.folder / "pids"
    store = place.machine("cache", BRIEF_PUSHES)
    version = store.read(NAME).version
    place.hook("pre-receive", SLEEPERS.format(pids=pids))
    with pytest.raises(TooSlow, match="git push took longer"):
        store.write(NAME, "after\n", version)
    assert_over(pids)
    assert place.get(NAME) == b"before\n"
    place.hook("pre-receive", "exit 0")
    place.machine("cache").write(NAME, "after\n", version)
    assert place.get(NAME) == b"after\n"


def test_a_push_that_was_done_before_the_remote_fell_silent_counts_as_done(place: GitPlace) -> None:
    pids = place.folder / "pids"
    store = place.machine("cache", BRIEF_PUSHES)
    version = store.read(NAME).version
    place.hook("post-receive", SLEEPERS.format(pids=pids))
    store.write(NAME, "after\n", version)
    assert_over(pids)
    assert store.read(NAME).text == "after\n"
    assert len(place.history("%H")) == 2


def test_a_helper_that_outlives_git_on_purpose_is_neither_waited_for_nor_ended(
    place: GitPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a connection does that ssh shares: it keeps the output of errors open."""
    pids = place.folder / "pids"
    ssh = place.folder / "ssh"
    ssh.write_text(
        "#!/bin/sh\nfor command; do :; done\n"
        f'sleep 600 </dev/null >/dev/null & echo $! >> "{pids}"\nexec sh -c "$command"\n'
    )
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    url = f"ssh://git@git.example.com{place.remote}"
    timing = Timing(command=20, push=20, fetch=20)
    store = GitStore(
        url, "main", "incidents", author="P <p@example.com>", cache=place.folder, timing=timing
    )
    store.write(NAME, "after\n", store.read(NAME).version)
    left = running(pids)
    assert len(left) == 3, "one for each time that the remote was asked, fetched, pushed to"
    for pid in left:
        os.kill(pid, signal.SIGKILL)


def test_while_the_remote_is_away_everything_says_so_and_afterwards_works(place: GitPlace) -> None:
    store = place.store
    version = store.read(NAME).version
    away = place.folder / "away.git"
    place.remote.rename(away)
    for deed in (store.list, lambda: store.read(NAME)):
        with pytest.raises(StoreError, match=r"git ls-remote failed: .*remote\.git"):
            deed()
    for name, expected in ((NAME, version), ("new.md", None)):
        with pytest.raises(StoreError, match=r"git (ls-remote|push) failed: .*remote\.git"):
            store.write(name, "after\n", expected)
    away.rename(place.remote)
    assert [one.name for one in store.list()] == [NAME]
    store.write("new.md", "new\n", None)
    store.write(NAME, "after\n", version)
    assert len(place.history("%H")) == 3


def test_whoever_waits_too_long_for_others_on_this_machine_is_told(place: GitPlace) -> None:
    place.store.list()
    (home,) = (place.folder / "cache").iterdir()
    with (home / "turn.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match=r"Others on this machine held .*turn.lock for 0 s"):
            place.machine("cache", Timing(turn=0.1)).write("new.md", "new\n", None)
    place.store.write("new.md", "new\n", None)
