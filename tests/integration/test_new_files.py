"""Files that are made whole or not at all, and secrets that nobody else can ever open."""

import errno
import os
import stat
from pathlib import Path

import pytest

from worker.cli.setup import new_files
from worker.cli.setup.new_files import FileToMake, make


def both(folder: Path) -> list[FileToMake]:
    return [FileToMake(folder / "key", "hush\n"), FileToMake(folder / "own.toml", "a = 1\n", 0o644)]


@pytest.fixture(params=["nameless", "hidden"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write in either way: without a name, and as where the system knows no such files."""
    if request.param == "hidden":
        monkeypatch.delattr(os, "O_TMPFILE")


def test_files_are_made_with_their_permissions_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        make(both(tmp_path))
    finally:
        os.umask(before)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    assert modes == {"key": 0o600, "own.toml": 0o644}
    assert (tmp_path / "key").read_text() == "hush\n"


def test_nothing_is_written_over_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("mine")
    with pytest.raises(FileExistsError):
        make(both(tmp_path))
    assert [one.name for one in tmp_path.iterdir()] == ["own.toml"]
    assert (tmp_path / "own.toml").read_text() == "mine"


@pytest.mark.parametrize("call", ["fsync", "link", "fchmod"])
@pytest.mark.parametrize("at", [1, 2])
def test_what_fails_or_is_stopped_anywhere_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, at: int
) -> None:
    real, count = getattr(os, call), 0

    def stopped(*given: object, **named: object) -> object:
        nonlocal count
        count += 1
        if count == at:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(os, call, stopped)
    with pytest.raises(KeyboardInterrupt):
        make(both(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_links_takes_a_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    make(both(tmp_path))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["key", "own.toml"]
    with pytest.raises(FileExistsError):
        new_files.make(both(tmp_path))
