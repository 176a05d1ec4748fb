"""What a directory adds to a store: people's editors, permissions, crashes and races."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import pytest

from worker.store.directory.atomic_write import LEFTOVER
from worker.store.directory.directory_store import DirectoryStore
from worker.store.document_store import (
    BadName,
    Changed,
    DocumentBusy,
    LinkedDocument,
    StoreError,
    Version,
)

NAME = "2026-03-02-PINVENTED1-checkout-down.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "postmortems"
    folder.mkdir()
    return folder


@pytest.fixture
def store(root: Path) -> DirectoryStore:
    return DirectoryStore(root)


@pytest.mark.parametrize(
    "beside",
    [
        f".{NAME}.swp",
        f".{NAME}.swo",
        f"#{NAME}#",
        f".~lock.{NAME}#",
        f"~${NAME}",
        f".{NAME}.kate-swp",
        f"{NAME}.tmp",
    ],
)
def test_a_document_that_is_open_in_an_editor_is_left_alone_until_it_is_closed(
    store: DirectoryStore, root: Path, beside: str
) -> None:
    version = store.write(NAME, "before\n", None)
    (root / beside).write_bytes(b"")
    with pytest.raises(DocumentBusy, match=r"open in an editor.*if the editor has crashed, remove"):
        store.read(NAME)
    with pytest.raises(DocumentBusy):
        store.write(NAME, "after\n", version)
    (root / beside).unlink()
    store.write(NAME, "after\n", version)
    assert store.read(NAME).text == "after\n"


def test_the_lock_of_emacs_is_a_link_that_leads_nowhere(store: DirectoryStore, root: Path) -> None:
    store.write(NAME, "before\n", None)
    (root / f".#{NAME}").symlink_to("somebody@host.1234:1")
    with pytest.raises(DocumentBusy):
        store.read(NAME)


def test_a_backup_that_an_editor_left_is_no_sign_of_editing(
    store: DirectoryStore, root: Path
) -> None:
    store.write(NAME, "text\n", None)
    (root / f"{NAME}~").write_bytes(b"older\n")
    assert store.read(NAME).text == "text\n"


def test_an_empty_file_is_taken_as_half_saved_until_it_stays_empty(root: Path) -> None:
    path = root / NAME
    path.write_bytes(b"")
    emptied = path.stat().st_mtime_ns
    seconds = 1_000_000_000
    with pytest.raises(DocumentBusy, match="emptied just now"):
        DirectoryStore(root, clock=lambda: emptied + 4 * seconds).read(NAME)
    assert DirectoryStore(root, clock=lambda: emptied + 6 * seconds).read(NAME).text == ""


def test_two_changes_in_one_tick_of_the_clock_are_not_taken_for_one(root: Path) -> None:
    path = root / NAME
    path.write_bytes(b"one\n")
    now = path.stat().st_ctime_ns + 1
    store = DirectoryStore(root, clock=lambda: now)
    (seen,) = store.list()
    now += 1
    (again,) = store.list()
    assert seen.fingerprint != again.fingerprint
    now += 3_000_000_000
    (settled,) = store.list()
    now += 1
    assert store.list() == [settled]


@pytest.fixture
def quick_root(tmp_path: Path) -> Iterator[Path]:
    """Give a directory where saving takes no time, if this machine has one."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it has a name of its own
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield Path(folder)


def test_a_change_of_the_same_size_in_the_same_instant_as_our_own_save_is_seen(
    quick_root: Path,
) -> None:
    store = DirectoryStore(quick_root)
    much_later = DirectoryStore(quick_root, clock=lambda: time.time_ns() + 3_000_000_000)
    version = store.write(NAME, "program 000\n", None)
    for round_ in range(300):
        (quick_root / NAME).write_text(f"person  {round_:03}\n")
        (listed,) = much_later.list()
        assert listed.fingerprint != version.fingerprint
        version = store.write(NAME, f"program {round_:03}\n", store.read(NAME).version)


def test_what_is_linked_is_listed_once_and_never_written(store: DirectoryStore, root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "secret.md").write_bytes(b"secret\n")
    (root / "link.md").symlink_to(outside / "secret.md")
    (root / "folder").symlink_to(outside)
    assert [one.name for one in store.list()] == ["link.md"]
    for name in ("link.md", "folder/secret.md"):
        with pytest.raises(LinkedDocument, match="symbolic link") as linked:
            store.read(name)
        assert linked.value.text == "secret\n"
        with pytest.raises(BadName, match="symbolic link"):
            store.write(name, "ours\n", None)
    with pytest.raises(BadName, match="symbolic link"):
        store.write("other.md", "#\n", None, beside={"folder/chart.svg": b"<svg/>"})
    assert (outside / "secret.md").read_bytes() == b"secret\n"
    assert not (outside / "chart.svg").exists()
    (finding,) = store.check()
    assert "0 documents" in finding.detail
    assert "1 behind symbolic links" in finding.detail


def test_the_store_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    DirectoryStore(tmp_path / "link").write(NAME, "text\n", None)
    assert (root / NAME).read_bytes() == b"text\n"


def test_what_is_no_file_is_no_document(store: DirectoryStore, root: Path) -> None:
    os.mkfifo(root / "pipe.md")
    (root / "folder.md").mkdir()
    assert store.list() == []
    with pytest.raises(BadName, match="no file"):
        store.read("pipe.md")
    with pytest.raises(BadName, match="no file"):
        store.read("folder.md")


def test_permissions_stay_and_new_documents_have_those_of_any_new_file(
    store: DirectoryStore, root: Path
) -> None:
    before = os.umask(0o027)
    try:
        version = store.write(NAME, "new\n", None)
    finally:
        os.umask(before)
    assert stat.S_IMODE((root / NAME).stat().st_mode) == 0o640
    (root / NAME).chmod(0o664)
    store.write(NAME, "again\n", version)
    assert stat.S_IMODE((root / NAME).stat().st_mode) == 0o664


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_the_owner_stays(store: DirectoryStore, root: Path) -> None:
    version = store.write(NAME, "new\n", None)
    os.chown(root / NAME, 12345, 23456)
    store.write(NAME, "again\n", version)
    status = (root / NAME).stat()
    assert (status.st_uid, status.st_gid) == (12345, 23456)


def test_nothing_but_the_document_is_left_after_saving_and_refusing(
    store: DirectoryStore, root: Path
) -> None:
    version = store.write(NAME, "one\n", None)
    store.write(NAME, "two\n", version)
    for expected in (version, None):
        with pytest.raises(Changed):
            store.write(NAME, "three\n", expected)
    assert [path.name for path in root.iterdir()] == [NAME]


def race(person: Callable[[], None], program: Callable[[], None]) -> None:
    """Let both begin at the same instant, and wait for both."""
    start = threading.Barrier(2)

    def begin(act: Callable[[], None]) -> None:
        start.wait()
        act()

    threads = [threading.Thread(target=begin, args=(act,)) for act in (person, program)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_person_who_saves_at_the_very_same_time_never_loses_a_word(
    store: DirectoryStore, root: Path
) -> None:
    path, beside = root / NAME, root / "person.new"
    store.write(NAME, "start\n", None)
    for round_ in range(300):
        stored = store.read(NAME)
        words = f"person {round_}\n"

        def person(words: str = words, late: float = round_ % 30 / 10_000) -> None:
            beside.write_text(words)
            threading.Event().wait(late)  # so that the saves meet at every point of the other
            beside.replace(path)

        def program(version: Version = stored.version, text: str = stored.text) -> None:
            with suppress(Changed):
                store.write(NAME, text + "program\n", version)

        race(person, program)
        assert path.read_text() == words


WRITER = """
import sys
from pathlib import Path
from worker.store.directory.directory_store import DirectoryStore
store = DirectoryStore(Path(sys.argv[1]))
version = store.read("document.md").version
print("ready", flush=True)
while True:
    for letter in "ab":
        version = store.write("document.md", letter * 300_000, version)
"""


def test_a_killed_process_leaves_the_old_document_or_the_new_one(root: Path) -> None:
    path = root / "document.md"
    path.write_text("a" * 300_000)
    for delay in range(12):
        with subprocess.Popen(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-c", WRITER, root], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            threading.Event().wait(0.003 * delay)  # each is killed at another point of its work
            process.send_signal(signal.SIGKILL)
        assert path.read_text() in ("a" * 300_000, "b" * 300_000)
    assert [listed.name for listed in DirectoryStore(root).list()] == ["document.md"]


SAVING_AT_THE_END = """\
import os, sys, threading, time
from pathlib import Path
from worker.store.directory import atomic_write
place = Path(sys.argv[1]) / "saved.md"
begun, sync = threading.Event(), os.fsync

def slow(number):
    begun.set()
    threading.main_thread().join()  # the command has ended by then
    time.sleep(0.5)  # as a slow disk takes its time
    sync(number)

os.fsync = slow
threading.Thread(target=atomic_write.create, args=(place, b"words"), daemon=True).start()
begun.wait()
"""


def test_a_save_that_is_under_way_when_the_process_ends_is_made(root: Path) -> None:
    words = [sys.executable, "-c", SAVING_AT_THE_END, str(root)]
    subprocess.run(words, check=True, timeout=60)  # noqa: S603 - a script of this test's own
    assert (root / "saved.md").read_bytes() == b"words"
    assert list(root.rglob(LEFTOVER)) == []


@pytest.mark.parametrize(
    ("place", "name"), [("rename_new", "other.md"), ("exchange", NAME)], ids=["new", "over"]
)
def test_a_save_that_is_interrupted_leaves_no_hidden_file(
    store: DirectoryStore, root: Path, monkeypatch: pytest.MonkeyPatch, place: str, name: str
) -> None:
    """The system's own call is where Ctrl-C is noticed."""
    saved = store.write(NAME, "one\n", None)

    def interrupted(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"worker.store.directory.atomic_write._{place}", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.write(name, "two\n", saved if name == NAME else None)
    assert [one.name for one in root.iterdir()] == [NAME]
    assert (root / NAME).read_text() == "one\n"


def test_the_preflight_tells_what_a_crash_left(store: DirectoryStore, root: Path) -> None:
    store.write(NAME, "text\n", None)
    (root / LEFTOVER.replace("*", "0a1b")).write_bytes(b"half")
    working, left = store.check()
    assert working.problem == ""
    assert "0a1b" in left.problem
    assert left.remedy


def test_the_preflight_names_documents_that_are_left_out(store: DirectoryStore, root: Path) -> None:
    (root / "line\nbreak.md").write_bytes(b"#\n")
    assert store.list() == []
    _, left_out = store.check()
    assert r"'line\nbreak.md' is left out" in left_out.problem


def test_a_directory_that_nobody_can_make_is_told_in_a_sentence() -> None:
    store = DirectoryStore(Path("/proc/documents"))
    for beside in ({}, {"chart.svg": b"<svg/>"}):
        with pytest.raises(StoreError, match=r"^/proc/documents cannot be made \(.*choose another"):
            store.write(NAME, "new\n", None, beside=beside)
    (found,) = store.check()
    assert "cannot be made in /proc" in found.problem


def test_the_preflight_says_that_a_missing_directory_will_be_made(tmp_path: Path) -> None:
    (finding,) = DirectoryStore(tmp_path / "new" / "postmortems").check()
    assert finding.problem == ""
    assert "is made with the first document" in finding.detail


def test_a_file_in_the_place_of_the_directory_is_a_problem_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "postmortems"
    file.write_bytes(b"")
    store = DirectoryStore(file)
    (finding,) = store.check()
    assert "is no directory" in finding.problem
    with pytest.raises(StoreError, match="cannot be listed"):
        store.list()
    with pytest.raises(StoreError, match="is no directory"):
        store.write(NAME, "text\n", None)


AS_NOBODY = """
import os, sys
from pathlib import Path
from worker.store.document_store import StoreError
from worker.store.directory.directory_store import DirectoryStore
os.setuid(65534)
store = DirectoryStore(Path(sys.argv[1]))
print(store.check()[0].problem, store.check()[0].remedy)
for act in (lambda: store.write("new.md", "x", None), lambda: store.read("private.md")):
    try:
        act()
    except StoreError as error:
        print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_what_the_user_may_not_do_is_told_with_a_remedy(root: Path) -> None:
    for folder in (root, *root.parents):
        if folder.is_relative_to(gettempdir()) and folder != Path(gettempdir()):
            folder.chmod(0o755)
    (root / "private.md").write_bytes(b"#\n")
    (root / "private.md").chmod(0o600)
    shown = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", AS_NOBODY, root], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(shown) == 3
    assert all("Permission denied" in line and "Let the user that runs" in line for line in shown)


def test_a_place_that_is_a_link_to_nothing_is_told_before_a_document_is_made(
    tmp_path: Path,
) -> None:
    place = tmp_path / "documents"
    place.symlink_to("not-mounted")
    (told,) = DirectoryStore(place).check()
    assert told.problem == f"{place} is a link to not-mounted, which is not there."
    assert told.remedy
