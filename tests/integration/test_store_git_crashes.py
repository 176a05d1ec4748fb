"""What killed processes, full disks and people leave of the cache: it mends itself."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.places import GitPlace, git
from worker.store.document_store import StoreError
from worker.store.git.command import Timing

OURS, THEIRS, NEW = "ours.md", "theirs.md", "new.md"


@pytest.fixture
def place(tmp_path: Path) -> GitPlace:
    """Give a remote, and a machine whose cache holds what is on it but the last commit."""
    place = GitPlace.make(tmp_path)
    place.store.write(OURS, "ours\n", None)
    place.store.list()
    place.put(THEIRS, b"theirs\n")
    return place


def assert_works(place: GitPlace) -> None:
    """See that another process, and the one that knew the cache before, can do everything."""
    for number, store in enumerate((place.again(), place.store)):
        names = [one.name for one in store.list()]
        assert names == sorted({OURS, THEIRS, *names})
        assert store.read(THEIRS).text == "theirs\n"
        version = store.read(OURS).version
        store.write(OURS, f"{number} {version.digest}\n", version)
        store.write(f"{len(names)}-{number}-{NEW}", "new\n", None)
    git("-C", str(place.repository()), "fsck")
    kept = {path.name for path in place.repository().parent.iterdir()}
    locks = {"turn.lock", "repository.lock", "upkeep.lock"}
    assert kept <= {"repository.git", "state", "tended", *locks}
    assert not list(place.repository().rglob("*.lock"))


LOCKS = [
    "refs/postmortem/fetched.lock",
    "refs/postmortem/made.lock",
    "packed-refs.lock",
    "config.lock",
    "shallow.lock",
    "HEAD.lock",
    "objects/info/commit-graphs/commit-graph-chain.lock",
]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_that_a_killed_git_left_hold_nobody_up(place: GitPlace, name: str) -> None:
    for one in (name, "refs/postmortem/made.lock"):
        path = place.repository() / one
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert_works(place)


def objects(place: GitPlace) -> list[Path]:
    """Give the files that hold objects in the cache."""
    return [path for path in (place.repository() / "objects").rglob("*") if path.is_file()]


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def truncated(place: GitPlace) -> None:
    for path in objects(place):
        rewrite(path, path.read_bytes()[: path.stat().st_size // 2])


def emptied(place: GitPlace) -> None:
    for path in objects(place):
        rewrite(path, b"")


def scrambled(place: GitPlace) -> None:
    for path in objects(place):
        rewrite(path, b"\xff" * path.stat().st_size)


def one_lost(place: GitPlace) -> None:
    blob = place.store.read(OURS).version.digest
    (place.repository() / "objects" / blob[:2] / blob[2:]).unlink()


def tree_lost(place: GitPlace) -> None:
    place.store.list()
    tree = git("-C", str(place.repository()), "rev-parse", "refs/postmortem/fetched:").strip()
    (place.repository() / "objects" / tree[:2] / tree[2:]).unlink()


def refs_emptied(place: GitPlace) -> None:
    for path in (place.repository() / "refs/postmortem").iterdir():
        path.write_bytes(b"")


def refs_to_nothing(place: GitPlace) -> None:
    for path in (place.repository() / "refs/postmortem").iterdir():
        path.write_text("1" * 40 + "\n")


def settings_scrambled(place: GitPlace) -> None:
    (place.repository() / "config").write_bytes(b"[core\nbare")


def half_made(place: GitPlace) -> None:
    repository = place.repository()
    shutil.rmtree(repository)
    (repository / "objects").mkdir(parents=True)


def nothing_but_a_folder(place: GitPlace) -> None:
    repository = place.repository()
    shutil.rmtree(repository)
    repository.mkdir()


def a_file_instead(place: GitPlace) -> None:
    repository = place.repository()
    shutil.rmtree(repository)
    repository.write_bytes(b"?")


def repository_removed(place: GitPlace) -> None:
    shutil.rmtree(place.repository())


def all_removed(place: GitPlace) -> None:
    shutil.rmtree(place.folder / "cache")


@pytest.mark.parametrize(
    "breaks",
    [
        truncated,
        emptied,
        scrambled,
        one_lost,
        tree_lost,
        refs_emptied,
        refs_to_nothing,
        settings_scrambled,
        half_made,
        nothing_but_a_folder,
        a_file_instead,
        repository_removed,
        all_removed,
    ],
)
def test_a_broken_cache_is_thrown_away_and_fetched_again(
    place: GitPlace, breaks: Callable[[GitPlace], None]
) -> None:
    breaks(place)
    assert_works(place)


def test_a_cache_that_breaks_again_and_again_is_mended_each_time(place: GitPlace) -> None:
    for breaks in (truncated, refs_emptied, half_made, emptied):
        breaks(place)
        assert_works(place)


def test_a_cache_that_cannot_be_written_to_is_told(place: GitPlace) -> None:
    (place.folder / "file").write_bytes(b"")
    with pytest.raises(StoreError, match=r"cannot be used .*Let the user that runs this program"):
        place.machine("file").list()
    (finding,) = place.machine("file").check()
    assert "cannot be used" in finding.problem


def test_a_refused_push_costs_no_cache(place: GitPlace) -> None:
    place.store.list()
    before = place.repository().stat().st_ino
    place.hook("pre-receive", "exit 1")
    with pytest.raises(StoreError):
        place.store.write(NEW, "new\n", None)
    place.remote.rename(place.folder / "away.git")
    with pytest.raises(StoreError):
        place.store.list()
    assert place.repository().stat().st_ino == before


WRITER = """
import sys
from pathlib import Path
from tests.integration.places import GitPlace
store = GitPlace(Path(sys.argv[1]), None).again()
print("ready", flush=True)
for number in range(10**6):
    name = f"{sys.argv[2]}-{number % 3}.md"
    there = {one.name for one in store.list()}
    version = store.read(name).version if name in there else None
    store.write(name, f"{number} " + "x" * 2000, version)
"""


def children(pid: int) -> Iterator[int]:
    """Give the processes that a process has started, and theirs, but for the remote's own.

    What receives a push runs where the remote is, which loses no power when this machine does.
    """
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            with suppress(FileNotFoundError):  # it has ended meanwhile
                if b"receive-pack" not in Path(f"/proc/{child}/cmdline").read_bytes():
                    yield from children(int(child))
                    yield int(child)


@pytest.mark.parametrize("helpers_too", [True, False], ids=["machine", "process"])
def test_a_process_killed_at_any_moment_leaves_nothing_that_is_in_the_way(
    place: GitPlace, helpers_too: bool
) -> None:
    root = Path(__file__).parents[2]
    chance = random.Random(7)  # noqa: S311 - moments, no secrets
    for round_ in range(8):
        if round_ % 4 == 2:
            shutil.rmtree(place.folder / "cache")
        if round_ % 4 == 3:
            place.put(f"person-{round_}.md", b"person\n" * 50)
        command = [sys.executable, "-c", WRITER, str(place.folder), f"writer-{round_}"]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root)  # noqa: S603 - our own program
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.0, 0.5))  # it is in the midst of something
        assert writer.poll() is None
        doomed = [*children(writer.pid), writer.pid] if helpers_too else [writer.pid]
        for pid in doomed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert_round(place, round_)
    git("-C", str(place.remote), "fsck")
    for one in place.store.list():
        assert place.store.read(one.name).text.endswith(("x", "\n")), "each is whole"


def assert_round(place: GitPlace, number: int) -> None:
    store = place.again()
    assert {OURS, THEIRS} <= {one.name for one in store.list()}
    store.write(f"after-{number}.md", "after\n", None)
    assert store.read(f"after-{number}.md").text == "after\n"


def test_many_that_find_the_cache_broken_at_once_mend_it_once_and_go_on(place: GitPlace) -> None:
    stores = [place.again() for _ in range(4)]
    for store in stores:
        store.list()
    for breaks in (truncated, refs_emptied, half_made):
        breaks(place)
        with ThreadPoolExecutor(len(stores)) as pool:
            texts = list(pool.map(lambda store: store.read(THEIRS).text, stores))
        assert texts == ["theirs\n"] * len(stores)


LISTER = """
import sys
from pathlib import Path
from tests.integration.places import GitPlace
GitPlace(Path(sys.argv[1]), None).again().list()
"""


def test_a_git_that_outlives_its_killed_process_is_waited_for(place: GitPlace) -> None:
    folder, found, pids = place.folder / "bin", shutil.which("git"), place.folder / "pids"
    folder.mkdir()
    (folder / "git").write_text(
        f'#!/bin/sh\ncase " $* " in *" fetch "*) echo $$ > {pids}.new; mv {pids}.new {pids}\n'
        f'exec sleep 600;; esac\nexec {found} "$@"\n'
    )
    (folder / "git").chmod(0o755)
    lister = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", LISTER, str(place.folder)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
    )
    while not pids.exists():
        assert lister.poll() is None
        time.sleep(0.01)
    lister.kill()
    lister.wait()
    with pytest.raises(StoreError, match=r"Others on this machine held .*repository.lock"):
        place.machine("cache", Timing(turn=0.2)).list()
    os.kill(int(pids.read_text()), signal.SIGKILL)
    assert_works(place)
