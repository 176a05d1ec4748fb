"""What others keep in the repository: whatever it is, no write of ours touches it."""

from pathlib import Path

import pytest

from tests.integration.places import GitPlace, git
from worker.store.document_store import BadName, Changed, DocumentMissing
from worker.store.git.git_store import GitStore

NAME = "ours.md"


@pytest.fixture
def place(tmp_path: Path) -> GitPlace:
    place = GitPlace.make(tmp_path)
    place.put(NAME, b"before\n")
    return place


def tree(place: GitPlace) -> dict[str, str]:
    """Give mode and id of everything on the branch, by path as git quotes it."""
    listing = git("-C", str(place.remote), "ls-tree", "-r", "main").splitlines()
    return {path: about for about, _, path in (line.partition("\t") for line in listing)}


def clone(place: GitPlace) -> Path:
    return place.folder / "clone"


def odd_things(place: GitPlace) -> None:
    """Put into the repository what a program that checks files out would stumble over."""
    here = clone(place)
    place.pull()
    (here / "script.sh").write_text("#!/bin/sh\n")
    (here / "script.sh").chmod(0o755)
    (here / "link").symlink_to("/etc/passwd")
    (here / "incidents/latest.md").symlink_to(NAME)
    (here / "incidents/elsewhere").symlink_to("/tmp")  # noqa: S108 - leads out of the repository
    (here / ".gitattributes").write_text("*.md text eol=crlf filter=shout\n*.md ident\n")
    (here / "empty.md").write_bytes(b"")
    (here / "UPPER.md").write_bytes(b"1\n")
    (here / "upper.md").write_bytes(b"2\n")
    place.push()
    listing = git("-C", str(place.remote), "rev-parse", "main").strip()
    odd = f"""commit refs/heads/main
committer P <p@example.com> now
data 4
Odd

from {listing}
M 160000 {listing} incidents/submodule
M 100644 inline "caf\\351.md"
data 5
cafes
M 100644 inline "incidents/na\\357ve.md"
data 5
naive
M 100644 inline "incidents/new\\nline.md"
data 5
lines
M 100644 inline "incidents/quote\\"d.md"
data 5
quote
done
"""
    git("-C", str(place.remote), "config", "receive.denyCurrentBranch", "ignore")
    feed(place, odd)


def feed(place: GitPlace, stream: str) -> None:
    path = place.folder / "stream"
    path.write_text(stream)
    with path.open() as file:
        git("-C", str(place.remote), "fast-import", "--quiet", "--date-format=now", stdin=file)


def test_odd_things_in_the_repository_stay_as_they_are(place: GitPlace) -> None:
    odd_things(place)
    before = tree(place)
    listed = [one.name for one in place.store.list()]
    assert listed == ["ours.md", 'quote"d.md']
    for name in listed:
        version = place.store.read(name).version
        place.store.write(name, "after\n", version)
    place.store.write("2027/new.md", "new\n", None, beside={"2027/chart.svg": b"<svg/>"})
    after = tree(place)
    ours = {"incidents/ours.md", '"incidents/quote\\"d.md"', "incidents/2027/new.md"}
    ours.add("incidents/2027/chart.svg")
    assert {path for path in before | after if before.get(path) != after.get(path)} == ours
    assert len(before) == 14
    git("-C", str(place.remote), "fsck", "--strict")


def test_attributes_and_filters_of_the_repository_change_no_byte(place: GitPlace) -> None:
    odd_things(place)
    text = "$Id$ one\ntwo\r\nthree"
    version = place.store.write(NAME, text, place.store.read(NAME).version)
    assert place.again().read(NAME).text == text
    kept = git("-C", str(place.remote), "cat-file", "-s", version.digest)
    assert int(kept) == len(text)


@pytest.mark.parametrize(
    "name",
    [
        "latest.md",
        "elsewhere/new.md",
        "submodule/new.md",
        "ours.md/new.md",
        "2026/file/new.md",
        "2026.md",
    ],
)
def test_nothing_is_written_in_the_place_of_something_else(place: GitPlace, name: str) -> None:
    odd_things(place)
    place.put("2026/file", b"a file\n")
    place.put("2026.md/inside.md", b"in a folder with a document's name\n")
    before = tree(place)
    with pytest.raises(BadName, match="in the repository"):
        place.store.write(name, "ours\n", None)
    with pytest.raises(DocumentMissing):
        place.store.read(name)
    with pytest.raises((BadName, Changed)):
        place.store.write(name, "ours\n", place.store.read(NAME).version)
    assert tree(place) == before


def test_a_chart_is_not_put_in_the_place_of_something_else(place: GitPlace) -> None:
    odd_things(place)
    before = tree(place)
    with pytest.raises(BadName, match="incidents/elsewhere is no folder"):
        place.store.write("new.md", "ours\n", None, beside={"elsewhere/chart.svg": b"<svg/>"})
    assert tree(place) == before


def test_a_folder_of_documents_that_is_a_file_is_told(tmp_path: Path) -> None:
    place = GitPlace.make(tmp_path)
    (place.folder / "clone/incidents").write_bytes(b"a file\n")
    place.push()
    assert place.store.list() == []
    with pytest.raises(BadName, match="incidents is no folder in the repository"):
        place.store.write(NAME, "ours\n", None)
    (told,) = place.store.check()
    assert told.problem == "incidents is no folder in the repository."


def test_commits_of_others_at_the_same_time_are_all_kept(place: GitPlace) -> None:
    version = place.store.read(NAME).version
    for number in range(3):
        place.put(f"../src/code-{number}.py", b"code\n")
        place.put(f"theirs-{number}.md", b"theirs\n")
        version = place.store.write(NAME, f"{number}\n", version)
    code = {f"src/code-{number}.py" for number in range(3)}
    theirs = {f"incidents/theirs-{number}.md" for number in range(3)}
    assert set(tree(place)) == code | theirs | {f"incidents/{NAME}"}
    assert place.get(NAME) == b"2\n"
    assert len(place.history("%H")) == 10


def test_a_user_of_git_with_hooks_and_odd_settings_of_their_own_is_not_in_the_way(
    place: GitPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = place.folder / "hooks"
    hooks.mkdir()
    (hooks / "pre-push").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-push").chmod(0o755)
    settings = place.folder / "gitconfig"
    settings.write_text(
        f"[core]\nhooksPath = {hooks}\nquotePath = true\n[init]\ndefaultObjectFormat = sha256\n"
        f"templateDir = {hooks}\n[push]\nfollowTags = true\nrecurseSubmodules = on-demand\n"
        "[fetch]\nprune = true\nrecurseSubmodules = true\n[i18n]\ncommitEncoding = latin1\n"
        "[user]\nuseConfigOnly = true\n[gc]\npruneExpire = now\n[color]\nui = always\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    monkeypatch.setenv("GIT_WORK_TREE", "/nowhere")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    odd = place.again()
    odd.write("2026/ä.md", "ä\n", None, "ä: was said")
    assert odd.read("2026/ä.md").text == "ä\n"
    assert [one.problem for one in odd.check()] == [""]


@pytest.mark.parametrize("folder", ["", "-z", "a b", ":(top)", "*"])
def test_no_name_is_taken_for_an_option_or_a_pattern(tmp_path: Path, folder: str) -> None:
    place = GitPlace.make(tmp_path)
    address, cache = f"file://{place.remote}", tmp_path / "cache"
    store = GitStore(address, "main", folder, author="P <p@example.com>", cache=cache)
    names = ["--help.md", "-r.md", ":!x.md", '"quoted".md', "*.md", "[a].md", "a b.md", "back\\.md"]
    for name in names:
        store.write(name, f"{name}\n", store.write(name, "first\n", None), beside={"-t": b"-"})
    assert [one.name for one in store.list()] == sorted(names)
    assert [store.read(name).text for name in names] == [f"{name}\n" for name in names]
    assert store.read_attachment("-t") == b"-"
