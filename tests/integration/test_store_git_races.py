"""Pushing while others push: everybody gets through, and a refusal for good is told at once."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.integration.places import GitPlace
from worker.store.document_store import StoreError
from worker.store.git.branch import refusal
from worker.store.git.command import GitResult, Timing
from worker.store.git.git_store import GitStore

NAME = "ours.md"
MACHINES, THREADS, DOCUMENTS = 3, 4, 15

MACHINE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tests.integration.places import GitPlace

machine, threads, documents = (int(one) for one in sys.argv[2:])
store = GitPlace(Path(sys.argv[1]), None).machine(f"cache-{machine}")

def write(thread):
    for number in range(documents):
        name = f"{machine}-{thread}-{number}.md"
        store.write(name, f"{name}\\n", None, beside={f"{name[:-3]}.svg": name.encode()})

with ThreadPoolExecutor(threads) as pool:
    list(pool.map(write, range(threads)))
"""


@pytest.fixture
def place(tmp_path: Path) -> GitPlace:
    place = GitPlace.make(tmp_path)
    place.put(NAME, b"before\n")
    return place


def test_machines_with_many_threads_all_get_through_and_lose_nothing(place: GitPlace) -> None:
    machines = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-c", MACHINE, *map(str, (place.folder, one, THREADS, DOCUMENTS))],
            cwd=Path(__file__).parents[2],
            stderr=subprocess.PIPE,
        )
        for one in range(MACHINES)
    ]
    assert [machine.communicate()[1].decode() for machine in machines] == [""] * MACHINES
    expected = {
        f"{machine}-{thread}-{number}.md"
        for machine in range(MACHINES)
        for thread in range(THREADS)
        for number in range(DOCUMENTS)
    }
    assert {one.name for one in place.store.list()} == expected | {NAME}
    place.pull()
    for name in expected:
        for ending in (".md", ".svg"):
            path = (place.folder / "clone/incidents" / name).with_suffix(ending)
            assert path.read_text().strip() == name
    assert len(place.history("%H")) == len(expected) + 1, "one commit for each"
    assert place.history("%p", "--min-parents=2") == []


@dataclass
class Time:
    """A clock that only pauses move, and each look by ``tick``."""

    now: float = 0.0
    tick: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        self.now += self.tick
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def test_pauses_grow_up_to_a_limit_and_end_in_time() -> None:
    time = Time()
    timing = Timing(
        race=5.0, first=0.1, longest=1.0, clock=time, sleep=time.sleep, chance=lambda: 1.0
    )
    assert len(list(timing.attempts())) == 8
    assert time.pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0])


def test_chance_takes_a_part_of_each_pause_away() -> None:
    time, chances = Time(), iter([0.5, 0.0, 0.25])
    timing = Timing(
        race=5.0, first=1.0, longest=8.0, clock=time, sleep=time.sleep, chance=lambda: next(chances)
    )
    attempts = timing.attempts()
    assert [next(attempts) for _ in range(4)] == [0, 1, 2, 3]
    assert time.pauses == [0.5, 0.0, 1.0]


def test_a_machine_that_pushes_at_once_again_leaves_a_gap_now_and_then(place: GitPlace) -> None:
    time, chances = Time(tick=1.0), iter([0.3, 0.2])
    timing = Timing(clock=time, sleep=time.sleep, chance=lambda: next(chances))
    store = place.machine("cache", timing)
    store.write("first.md", "new\n", None)
    store.write("second.md", "new\n", None)
    assert time.pauses == [], "0.3: not each time"
    store.write("third.md", "new\n", None)
    assert time.pauses == [2.0], "three times the tick that a push takes, of which one is over"
    time.now += 100
    store.write("later.md", "new\n", None)
    assert len(time.pauses) == 1, "others had their gap"


def test_a_lock_on_the_remote_is_waited_for(place: GitPlace) -> None:
    lock = place.remote / "refs/heads/main.lock"
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            lock.unlink()

    store = place.machine("cache", Timing(sleep=sleep, first=0.001, longest=0.001))
    version = store.read(NAME).version
    lock.touch()
    store.write(NAME, "after\n", version)
    assert len(pauses) == 3
    assert place.get(NAME) == b"after\n"


def test_a_lock_that_stays_is_told_in_gits_own_words_when_time_is_over(place: GitPlace) -> None:
    time = Time()
    store = place.machine("cache", Timing(race=1.0, clock=time, sleep=time.sleep))
    version = store.read(NAME).version
    (place.remote / "refs/heads/main.lock").touch()
    with pytest.raises(StoreError, match=r"for 1 s: .*failed to update ref.*cannot lock ref.*File"):
        store.write(NAME, "after\n", version)
    assert time.now < 1.0


FASTER = """
[ "$1" = refs/heads/main ] || exit 1
echo push >> "{log}"
unset GIT_QUARANTINE_PATH
tree=$(git rev-parse "$2^{{tree}}")
git -c user.name=P -c user.email=p@example.com update-ref "$1" \\
    "$(git -c user.name=P -c user.email=p@example.com commit-tree "$tree" -p "$2" -m Faster)"
exit {status}
"""


@pytest.mark.parametrize(("status", "pushes"), [(0, 8), (1, 1)], ids=["a race", "refused"])
def test_a_refusal_is_no_race_even_where_others_push_at_the_same_time(
    place: GitPlace, status: int, pushes: int
) -> None:
    log, time = place.folder / "log", Time()
    timing = Timing(
        race=5.0, first=0.1, longest=1.0, clock=time, sleep=time.sleep, chance=lambda: 1.0
    )
    store = place.machine("cache", timing)
    store.list()
    place.hook("update", FASTER.format(log=log, status=status))
    words = "hook declined" if status else "could not be pushed for 5 s"
    with pytest.raises(StoreError, match=words):
        store.write("new.md", "new\n", None)
    # the first is made on top of what was known before, and no attempt of the eight that follow
    assert len(log.read_text().splitlines()) == pushes + (0 if status else 1)
    names = {one.name for one in store.list()}
    assert names == {NAME}


def test_a_branch_that_cannot_be_made_is_told_at_once(place: GitPlace) -> None:
    url = f"file://{place.remote}"
    store = GitStore(url, "main/drafts", author="P <p@example.com>", cache=place.folder / "cache")
    with pytest.raises(
        StoreError, match=r"git push failed: .*cannot create 'refs/heads/main/draft"
    ):
        store.write("new.md", "new\n", None)


@pytest.mark.parametrize(
    ("reason", "errors", "is_race"),
    [
        ("[rejected] (stale info)", "", True),
        ("[rejected] (fetch first)", "", True),
        ("[rejected] (non-fast-forward)", "", True),
        ("[remote rejected] (failed to update ref)", "", True),
        (
            "[remote rejected] (failed to update ref)",
            "remote: error: cannot lock ref 'refs/heads/main': is at 1 but expected 2",
            True,
        ),
        (
            "[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)",
            "",
            True,
        ),
        (
            "[remote rejected] (failed to update ref)",
            "remote: error: cannot lock ref 'refs/heads/main': Unable to create "
            "'/srv/p.git/refs/heads/main.lock': File exists.",
            True,
        ),
        ("[remote rejected] (reference already exists)", "", True),
        ("[remote rejected] (failed to lock)", "", True),
        (
            "[remote rejected] (failed to update ref)",
            "remote: error: cannot lock ref 'refs/heads/main': Unable to create "
            "'/srv/p.git/refs/heads/main.lock': Permission denied",
            False,
        ),
        (
            "[remote rejected] (failed to update ref)",
            "remote: error: cannot lock ref: Unable to create 'x.lock': No space left on device",
            False,
        ),
        (
            "[remote rejected] (failed to update ref)",
            "remote: error: cannot lock ref 'refs/heads/main/a': 'refs/heads/main' exists; "
            "cannot create 'refs/heads/main/a'",
            False,
        ),
        ("[remote rejected] (pre-receive hook declined)", "remote: cannot lock ref", False),
        ("[remote rejected] (hook declined)", "", False),
        ("[remote rejected] (protected branch hook declined)", "remote: error: GH006", False),
        ("[remote rejected] (branch is currently checked out)", "", False),
        ("[remote rejected] (unpacker error)", "remote: fatal: Permission denied", False),
        ("[remote rejected] (permission denied)", "", False),
        ("[remote rejected] (shallow update not allowed)", "", False),
    ],
)
def test_a_race_is_told_from_a_refusal_by_gits_words(
    reason: str, errors: str, is_race: bool
) -> None:
    output = f"To example.com:p.git\n!\t{'1' * 40}:refs/heads/main\t{reason}\nDone\n"
    found = refusal(GitResult(1, output.encode(), errors.encode()))
    assert found is not None
    assert found.is_race is is_race
    assert reason in found.words


def test_where_the_remote_says_nothing_nothing_is_known() -> None:
    assert refusal(GitResult(128, b"", b"fatal: the remote end hung up unexpectedly")) is None


NO_POISON = '! git diff-tree -r --name-only "$2" "$3" | grep -q poison'


def test_saves_that_wait_at_once_go_in_one_push_and_one_refusal_is_that_ones_own(
    place: GitPlace,
) -> None:
    place.hook("update", NO_POISON)
    names = [*(f"{number}.md" for number in range(10)), "poison.md", NAME]
    begin = threading.Barrier(len(names))
    store = place.machine("cache")
    version = store.read(NAME).version

    def save(name: str) -> str:
        begin.wait(60)
        try:
            store.write(name, f"{name}\n", version if name == NAME else None)
        except StoreError as error:
            return str(error)
        return ""

    before = len(place.history("%H"))
    with ThreadPoolExecutor(len(names)) as pool:
        told = dict(zip(names, pool.map(save, names), strict=True))
    assert "hook declined" in told.pop("poison.md")
    assert set(told.values()) == {""}
    place.pull()
    assert len(place.history("%H")) == before + 11, "one commit for each"
    assert {one.name for one in store.list()} == {*names} - {"poison.md"}


def test_many_saves_need_few_pushes(place: GitPlace) -> None:
    log = place.folder / "log"
    place.hook("post-receive", f'echo push >> "{log}"')
    store = place.machine("cache")
    store.list()
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda number: store.write(f"{number}.md", "new\n", None), range(20)))
    assert len(log.read_text().splitlines()) < 10
    place.pull()
    assert len(place.history("%H")) == 21
    assert place.history("%p", "--min-parents=2") == []
