"""What a Git remote adds to a store: people's pushes, refusals, lost answers, histories."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.places import GitPlace, git
from worker.store.document_store import Changed, StoreError
from worker.store.git.command import GitResult, failed
from worker.store.git.git_store import GitStore

NAME = "2026-03-02-PINVENTED1-checkout-down.md"


@pytest.fixture
def place(tmp_path: Path) -> GitPlace:
    return GitPlace.make(tmp_path)


def test_each_write_is_one_commit_that_says_what_and_by_whom(place: GitPlace) -> None:
    version = place.store.write(NAME, "one\n", None)
    place.store.write(NAME, "two\n", version)
    assert place.history("%an <%ae> %s") == [
        f"The Program <program@example.com> Update {NAME}",
        f"The Program <program@example.com> Add {NAME}",
    ]


def test_writing_what_is_there_already_makes_no_commit(place: GitPlace) -> None:
    version = place.store.write(NAME, "one\n", None)
    assert place.store.write(NAME, "one\n", version) == version
    assert len(place.history("%H")) == 1


def test_what_others_keep_in_the_repository_stays_as_it_is(place: GitPlace) -> None:
    place.put("../README.md", b"theirs\n")
    place.put("run.md", b"#!/bin/sh\n")
    (place.folder / "clone/incidents/run.md").chmod(0o755)
    place.push()
    place.put("../src/code.py", b"code\n")
    version = place.store.read("run.md").version
    place.store.write("run.md", "changed\n", version)
    assert [listed.name for listed in place.store.list()] == ["run.md"]
    remote = str(place.folder / "remote.git")
    tree = git("-C", remote, "ls-tree", "-r", "--format=%(objectmode) %(path)", "main")
    assert tree.splitlines() == [
        "100644 README.md",
        "100755 incidents/run.md",
        "100644 src/code.py",
    ]


def test_links_in_the_repository_are_no_documents(place: GitPlace) -> None:
    place.put("real.md", b"#\n")
    (place.folder / "clone/incidents/link.md").symlink_to("/etc/passwd")
    place.push()
    place.put("other.md", b"#\n")
    assert [listed.name for listed in place.store.list()] == ["other.md", "real.md"]
    with pytest.raises(StoreError, match=r"no .*link\.md"):
        place.store.read("link.md")


def test_a_branch_that_is_not_there_yet_is_made(place: GitPlace) -> None:
    place.put("theirs.md", b"#\n")
    url = f"file://{place.folder}/remote.git"
    store = GitStore(url, "postmortems", author="P <p@example.com>", cache=place.folder / "c")
    assert store.list() == []
    store.write(NAME, "text\n", None)
    assert [listed.name for listed in store.list()] == [NAME]
    assert [listed.name for listed in place.store.list()] == ["theirs.md"]


def test_a_branch_that_is_new_beside_others_is_a_warning_of_the_preflight(place: GitPlace) -> None:
    url = f"file://{place.folder}/remote.git"
    new = GitStore(url, "mian", author="P <p@example.com>", cache=place.folder / "c")
    (told,) = new.check()  # the first of all is nobody's typing error
    assert (told.warning, told.problem) == ("", "")
    place.put("theirs.md", b"#\n")
    (told,) = new.check()
    assert told.warning.endswith("It has main.")
    assert told.remedy
    (told,) = place.store.check()
    assert told.warning == ""


@pytest.mark.parametrize(
    ("said", "helps"),
    [
        ("GH006: Protected branch update failed for refs/heads/main.", "name another branch"),
        ("Commits must have verified signatures.", "Change what the remote demands"),
        ("Committer bot@example.com is not a member of team", "commit_author"),
    ],
)
def test_what_a_remote_refuses_is_told_with_what_helps(
    place: GitPlace, said: str, helps: str
) -> None:
    place.put(NAME, b"before\n")
    place.hook("pre-receive", f"echo >&2; echo 'remote: {said}' >&2; exit 1")
    with pytest.raises(StoreError) as refused:
        place.store.write(NAME, "after\n", place.store.read(NAME).version)
    assert said.rstrip(".") in refused.value.what
    assert "; ;" not in refused.value.what
    assert helps in refused.value.remedy


@pytest.mark.parametrize(
    ("errors", "told", "helps"),
    [
        (
            "@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@@@@\n"
            "IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\nHost key verification failed.\n"
            "fatal: Could not read from remote repository.\n",
            "WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!",
            "known_hosts",
        ),
        (
            "No ED25519 host key is known for git.example.com and you have requested strict "
            "checking.\nHost key verification failed.\nfatal: Could not read from remote "
            "repository.\n\nPlease make sure you have the correct access rights\nand the "
            "repository exists.\n",
            "Host key verification failed.",
            "known_hosts",
        ),
        (
            "git@git.example.com: Permission denied (publickey).\nfatal: Could not read from "
            "remote repository.\n",
            "Permission denied (publickey).",
            "deploy key",
        ),
        (
            "fatal: could not read Username for 'https://git.example.com': terminal prompts "
            "disabled\n",
            "terminal prompts disabled.",
            "credential helper",
        ),
        ("remote: Repository not found.\nfatal: repository 'https://x/' not found\n", "", "hidden"),
        ("remote: The project you were looking for could not be found.\n", "", "hidden"),
        (
            "fatal: detected dubious ownership in repository at '/r'\nTo add an exception for this "
            "directory, call:\n\n\tgit config --global --add safe.directory /r\n",
            "git config --global --add safe.directory /r.",
            "Run that",
        ),
    ],
)
def test_what_keeps_git_out_is_told_with_what_helps(errors: str, told: str, helps: str) -> None:
    error = failed("ls-remote", GitResult(128, b"", errors.encode()))
    assert told in error.what
    assert not error.what.endswith("; .")
    assert helps in error.remedy


def test_processes_that_write_at_once_all_get_through_and_lose_nothing(place: GitPlace) -> None:
    place.put("theirs.md", b"#\n")

    def write(number: int) -> None:
        store = GitStore(
            f"file://{place.folder}/remote.git",
            "main",
            "incidents",
            author="P <p@example.com>",
            cache=place.folder / f"cache-{number % 3}",  # some share one, some do not
        )
        store.write(f"{number}.md", f"{number}\n", None)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(8)))
    names = [*(f"{number}.md" for number in range(8)), "theirs.md"]
    assert [listed.name for listed in place.store.list()] == names
    assert len(place.history("%H")) == 9
    assert place.history("%p", "--min-parents=2") == [], "no merge, one line of commits"


def test_of_two_that_write_the_same_at_once_one_is_refused(place: GitPlace) -> None:
    place.put(NAME, b"before\n")

    def write(number: int) -> bool:
        store = place.again()
        try:
            store.write(NAME, f"{number}\n", version)
        except Changed:
            return False
        return True

    version = place.store.read(NAME).version
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4))) == [False, False, False, True]
    assert len(place.history("%H")) == 2


def test_a_push_that_the_remote_refuses_is_told_in_its_own_words(place: GitPlace) -> None:
    place.put(NAME, b"before\n")
    place.hook("pre-receive", "echo 'main is protected' >&2; exit 1")
    with pytest.raises(StoreError, match=r"git push failed: .*main is protected|pre-receive hook"):
        place.store.write(NAME, "after\n", place.store.read(NAME).version)
    assert place.store.read(NAME).text == "before\n"


def test_a_push_that_was_done_though_its_answer_got_lost_counts_as_done(place: GitPlace) -> None:
    place.put(NAME, b"before\n")
    place.hook("post-receive", "kill -9 $PPID")
    version = place.store.write(NAME, "after\n", place.store.read(NAME).version)
    assert place.store.read(NAME).version == version
    assert len(place.history("%H")) == 2


def test_a_remote_that_cannot_be_reached_is_told_everywhere(tmp_path: Path) -> None:
    store = GitStore(
        f"file://{tmp_path}/none.git", "main", author="P <p@example.com>", cache=tmp_path
    )
    with pytest.raises(StoreError, match=r"git ls-remote failed: .*none\.git.*Look at the address"):
        store.list()
    with pytest.raises(StoreError, match="git ls-remote failed"):
        store.write(NAME, "text\n", None)
    (finding,) = store.check()
    assert "none.git" in finding.problem
    assert finding.remedy


def test_a_remote_that_cannot_be_pushed_to_is_found_by_the_preflight(
    place: GitPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put(NAME, b"#\n")
    settings = place.folder / "gitconfig"
    settings.write_text(
        f'[url "file:///nowhere/"]\npushInsteadOf = file://{place.folder}/\n', "utf-8"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    store = place.again()
    assert [listed.name for listed in store.list()] == [NAME]
    (finding,) = store.check()
    assert "git push failed" in finding.problem
    assert finding.remedy
    assert len(place.history("%H")) == 1


def test_the_preflight_pushes_nothing(place: GitPlace) -> None:
    (finding,) = place.store.check()
    assert finding.detail == "0 documents, can be pushed"
    assert place.store.list() == []


def test_without_git_there_is_a_sentence_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    store = GitStore("file:///x", "main", author="P <p@example.com>", cache=tmp_path)
    with pytest.raises(StoreError, match="no git on this machine"):
        store.list()


def test_the_users_own_settings_of_git_change_no_byte(
    place: GitPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = place.folder / "gitconfig"
    settings.write_text("[core]\nautocrlf = true\n[commit]\ngpgsign = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    store = place.again()
    store.write(NAME, "one\r\ntwo\n", None)
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    assert place.get(NAME) == b"one\r\ntwo\n"
