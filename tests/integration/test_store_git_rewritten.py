"""A remote whose branch is another than it was: rewound, rewritten, deleted, replaced."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.places import GitPlace, git
from worker.store.document_store import Changed, DocumentMissing, Version
from worker.store.git.git_store import GitStore

KEPT, LOST, NEW = "kept.md", "lost.md", "new.md"


@pytest.fixture
def place(tmp_path: Path) -> GitPlace:
    place = GitPlace.make(tmp_path)
    place.put(KEPT, b"before\n")
    place.put(LOST, b"lost\n")
    return place


def on_remote(place: GitPlace, *command: str) -> None:
    git("-C", str(place.remote), *command)


def another_history(place: GitPlace, folder: Path) -> None:
    """Make a clone whose only commit has nothing to do with what the remote has."""
    git("init", "--quiet", "--initial-branch=main", str(folder))
    (folder / "incidents").mkdir()
    (folder / "incidents" / KEPT).write_bytes(b"theirs\n")
    git("-C", str(folder), "add", "--all")
    git("-C", str(folder), "commit", "--quiet", "-m", "Begin again")
    git("-C", str(folder), "remote", "add", "origin", str(place.remote))


def rewritten(place: GitPlace) -> None:
    another_history(place, place.folder / "other")
    git("-C", str(place.folder / "other"), "push", "--quiet", "--force", "origin", "main")


def rewritten_and_pruned(place: GitPlace) -> None:
    rewritten(place)
    on_remote(place, "reflog", "expire", "--expire=now", "--all")
    on_remote(place, "gc", "--quiet", "--prune=now")


def recreated(place: GitPlace) -> None:
    on_remote(place, "update-ref", "-d", "refs/heads/main")
    rewritten(place)


def replaced(place: GitPlace) -> None:
    shutil.rmtree(place.remote)
    git("init", "--quiet", "--bare", "--initial-branch=main", str(place.remote))
    rewritten(place)


def packed_away_and_replaced(place: GitPlace) -> None:
    shutil.rmtree(place.remote)
    another_history(place, place.folder / "other")
    git("clone", "--quiet", "--bare", str(place.folder / "other"), str(place.remote))
    on_remote(place, "repack", "-adq")


@pytest.mark.parametrize(
    "rewrite", [rewritten, rewritten_and_pruned, recreated, replaced, packed_away_and_replaced]
)
def test_a_branch_of_another_history_is_what_counts_from_then_on(
    place: GitPlace, rewrite: Callable[[GitPlace], None]
) -> None:
    store = place.store
    kept, lost = store.read(KEPT).version, store.read(LOST).version
    rewrite(place)
    with pytest.raises(Changed, match="changed since it was read"):
        store.write(KEPT, "the program's\n", kept)
    with pytest.raises(Changed, match="removed or renamed"):
        store.write(LOST, "the program's\n", lost)
    assert [one.name for one in store.list()] == [KEPT]
    with pytest.raises(DocumentMissing):
        store.read(LOST)
    read = store.read(KEPT)
    assert read.text == "theirs\n"
    store.write(KEPT, "theirs, and the program's\n", read.version)
    store.write(NEW, "new\n", None)
    assert place.history("%s") == [f"Add {NEW}", f"Update {KEPT}", "Begin again"]


def test_the_first_thing_after_a_rewrite_may_be_a_write(place: GitPlace) -> None:
    place.store.list()
    rewritten_and_pruned(place)
    place.store.write(NEW, "new\n", None)
    assert place.history("%s") == [f"Add {NEW}", "Begin again"]


def test_a_branch_that_is_rewound_is_not_brought_forward_again(place: GitPlace) -> None:
    place.store.list()
    on_remote(place, "update-ref", "refs/heads/main", "main~1")
    place.store.write(NEW, "new\n", None)
    assert place.history("%s") == [f"Add {NEW}", "By hand"]
    assert [one.name for one in place.store.list()] == [KEPT, NEW]


def test_a_deleted_branch_holds_nothing_and_is_made_anew(place: GitPlace) -> None:
    version = place.store.read(KEPT).version
    on_remote(place, "update-ref", "-d", "refs/heads/main")
    assert place.store.list() == []
    with pytest.raises(DocumentMissing):
        place.store.read(KEPT)
    with pytest.raises(Changed):
        place.store.write(KEPT, "the program's\n", version)
    place.store.write(NEW, "new\n", None)
    assert place.history("%s") == [f"Add {NEW}"]


def test_a_branch_that_is_deleted_right_before_a_write_takes_what_is_new(place: GitPlace) -> None:
    place.store.list()
    on_remote(place, "update-ref", "-d", "refs/heads/main")
    place.store.write(NEW, "new\n", None)
    assert place.history("%s") == [f"Add {NEW}"]


def test_a_branch_that_appears_right_before_the_first_write_is_written_on_top_of(
    tmp_path: Path,
) -> None:
    place = GitPlace.make(tmp_path)
    assert place.store.list() == []
    place.put(KEPT, b"before\n")
    place.store.write(NEW, "new\n", None)
    assert place.history("%s") == [f"Add {NEW}", "By hand"]


def test_an_older_version_that_comes_back_by_a_rewind_can_be_written_over(place: GitPlace) -> None:
    before = place.store.read(KEPT).version
    place.put(KEPT, b"after\n")
    place.store.list()
    on_remote(place, "update-ref", "refs/heads/main", "main~1")
    place.store.write(KEPT, "the program's\n", before)
    assert place.get(KEPT) == b"the program's\n"


def test_each_branch_of_a_remote_is_kept_for_itself(place: GitPlace) -> None:
    """In one repository, ``main`` would be in the way of ``main/drafts``, once it was deleted."""
    place.store.list()
    on_remote(place, "update-ref", "refs/heads/other", "main~1")
    on_remote(place, "update-ref", "-d", "refs/heads/main")
    on_remote(place, "update-ref", "refs/heads/main/drafts", "other")
    address, cache = f"file://{place.remote}", place.folder / "cache"
    store = GitStore(address, "main/drafts", "incidents", author="P <p@example.com>", cache=cache)
    assert [one.name for one in store.list()] == [KEPT]
    store.write(NEW, "new\n", None)
    assert isinstance(store.read(NEW).version, Version)
