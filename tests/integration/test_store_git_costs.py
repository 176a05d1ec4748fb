"""What the Git store costs: commands, questions to the remote, and room on the disk."""

import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.places import GitPlace, git

NAME = "ours.md"


@pytest.fixture
def place(tmp_path: Path) -> GitPlace:
    place = GitPlace.make(tmp_path)
    place.put(NAME, b"before\n")
    return place


@dataclass
class Log:
    """The git commands that were run by name, in the order in which they were."""

    path: Path

    def take(self) -> list[str]:
        """Give them, and begin anew."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        self.path.unlink(missing_ok=True)
        return [self._command(line) for line in lines]

    @staticmethod
    def _command(line: str) -> str:
        words = line.split()
        while words[0] == "-c":
            del words[:2]
        return words[0]


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    """Put a ``git`` before the real one that notes what it is asked."""
    folder, found = tmp_path / "bin", shutil.which("git")
    folder.mkdir()
    path = tmp_path / "git.log"
    (folder / "git").write_text(f'#!/bin/sh\necho "$*" >> {path}\nexec {found} "$@"\n')
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return Log(path)


def test_what_is_done_costs_no_more_commands_and_questions_than_it_must(
    place: GitPlace, log: Log
) -> None:
    store = place.again()
    store.list()
    store.list()  # looks, once an hour, whether there is much to pack
    log.take()

    store.list()
    assert log.take() == ["ls-remote"], "a listing with nothing changed"

    read = store.read(NAME)
    assert log.take() == ["ls-remote", "cat-file"], "a read after a listing"

    store.write(NAME, "after\n", read.version)
    assert log.take() == ["ls-tree", "fast-import", "push"], "a write after a read"

    store.list()
    assert log.take() == ["ls-remote", "ls-tree"], "a listing after a write of one's own"

    chart = {"chart.svg": b"<svg/>"}
    version = store.write("new.md", "new\n", None, "a draft", chart)
    assert log.take() == ["ls-tree", "fast-import", "push"], "a draft with its chart"

    store.write("new.md", "new\n", version, "a refresh", chart)
    assert log.take() == ["ls-tree", "ls-remote", "ls-tree"], "a write of what is there already"

    place.put("theirs.md", b"theirs\n")
    log.take()
    store.list()
    listing = ["ls-remote", "for-each-ref", "fetch", "rev-parse", "ls-tree"]
    assert log.take() == listing, "a listing after a commit of somebody else"

    place.put("theirs.md", b"theirs, again\n")
    log.take()
    store.write("new.md", "newer\n", version)
    first, then = ["ls-tree", "fast-import", "push"], ["ls-tree", "fast-import", "push"]
    assert log.take() == [*first, *listing[:-1], *then], "a write that lost a race"


def test_two_processes_of_one_machine_fetch_a_commit_once(place: GitPlace, log: Log) -> None:
    one, other = place.again(), place.again()
    one.list()
    one.list()
    log.take()
    other.list()
    assert log.take() == ["ls-remote", "for-each-ref", "ls-tree"]


def fill(place: GitPlace, count: int) -> None:
    """Let thousands of objects lie about in the cache, as after hundreds of commits."""
    path = place.folder / "stream"
    blobs = (f"blob\ndata {len(str(one))}\n{one}\n" for one in range(count))
    path.write_text("".join(blobs) + "done\n")
    command = ("-c", f"fastimport.unpackLimit={count + 1}", "fast-import", "--quiet")
    with path.open() as stream:
        git("-C", str(place.repository()), *command, stdin=stream)


def objects(place: GitPlace) -> dict[str, int]:
    """Give what ``git count-objects`` tells."""
    told = git("-C", str(place.repository()), "count-objects", "-v").splitlines()
    return {key: int(value) for key, value in (line.split(": ") for line in told)}


def long_ago(place: GitPlace) -> None:
    os.utime(place.repository().parent / "tended", (0, 0))


def test_what_gathers_is_packed_once_in_a_while_and_readers_and_writers_go_on(
    place: GitPlace,
) -> None:
    store = place.store
    version = store.read(NAME).version
    store.list()
    for number in range(3):
        version = store.write(NAME, f"{number}\n", version)
    fill(place, 4000)
    store.list()
    assert objects(place)["packs"] == 0, "it has been looked after within the hour"

    over, failures = threading.Event(), list[Exception]()

    def use(number: int) -> None:
        other, name, seen = place.again(), f"{number}.md", None
        while not over.is_set():
            try:
                assert other.read(NAME).text == "2\n"
                seen = other.write(name, f"{seen}\n", seen)
                assert {one.name for one in other.list()} >= {NAME, name}
            except Exception as error:  # noqa: BLE001 - is shown below, whatever it is
                failures.append(error)
                return

    users = [threading.Thread(target=use, args=[number]) for number in range(2)]
    for user in users:
        user.start()
    state = (place.repository().parent / "state").read_bytes()
    for _ in range(3):
        long_ago(place)
        store.list()
    over.set()
    for user in users:
        user.join()
    assert failures == []
    assert objects(place)["packs"] >= 1
    assert store.read(NAME).text == "2\n"
    assert (place.repository().parent / "state").read_bytes() == state, "nothing had to be mended"
    git("-C", str(place.repository()), "fsck")


def test_what_crashes_and_older_releases_left_in_the_cache_is_removed(place: GitPlace) -> None:
    place.store.list()
    place.store.list()
    home = place.repository().parent
    for name in ("tmpabcdef", "fresh-0123", "broken-0123"):
        (home / name).mkdir()
        (home / name / "index").write_bytes(b"")
    long_ago(place)
    place.store.list()
    kept = {"repository.git", "repository.lock", "state", "tended", "upkeep.lock"}
    assert {path.name for path in home.iterdir()} == kept
