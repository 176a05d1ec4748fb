"""A place of documents that goes and comes, is another than it was, or is emptied."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from connectors.jira.sandbox.server import JiraSandbox
from connectors.pagerduty.sandbox.incident import SandboxIncident
from tests.integration.places import git
from tests.service.documents import Remote
from tests.service.happenings import resolved_incident
from tests.service.installation import Installation, installation
from tests.service.processes import WAIT, until

ITEMS = ("Add an alert on the queue",)


@dataclass
class Served:
    """An installation that serves, with two documents."""

    here: Installation
    drafted: list[SandboxIncident] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.here.folder / "documents"

    def resolve(self) -> SandboxIncident:
        """Let an incident be resolved, and its webhook be delivered."""
        one = resolved_incident(self.here.pagerduty.account, ITEMS)
        self.here.deliver(self.here.event("resolved", one))
        self.drafted.append(one)
        return one

    def ready(self) -> requests.Response:
        assert self.here.door is not None
        return requests.get(f"{self.here.door.url}/readyz", timeout=WAIT)

    def has(self, one: SandboxIncident) -> bool:
        """Tell whether all is done for an incident: its document links its ticket."""
        known = self.here.documents.of(one.id) if self.root.is_dir() else []
        return bool(known) and "browse/OPS" in self.here.documents.text(one.id)

    def waits(self, one: SandboxIncident) -> bool:
        """Tell whether an incident's job has been tried, and waits to be tried again."""
        assert self.here.door is not None
        lines = self.here.door.complained.splitlines()
        return any(one.id in line and "again" in line for line in lines)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with installation(tmp_path_factory.mktemp("store"), "sqlite") as here:
        here.every("6h")
        here.hasty = True
        here.serve()
        made = Served(here)
        for one in [made.resolve() for _ in range(2)]:
            until(lambda one=one: made.has(one), "a document")  # type: ignore[misc]  # bound now
        assert len(here.told("status")) == 2  # they are known from now on
        yield made


@contextmanager
def moved_away(root: Path) -> Iterator[None]:
    away = root.with_name("away")
    root.rename(away)
    try:
        yield
    finally:
        assert not root.exists(), "something was made in its place"
        away.rename(root)


@contextmanager
def empty_in_its_stead(root: Path) -> Iterator[None]:
    away = root.with_name("away")
    root.rename(away)
    root.mkdir()
    try:
        yield
    finally:
        root.rmdir()  # fails where something was written
        away.rename(root)


@contextmanager
def another_in_its_stead(root: Path) -> Iterator[None]:
    away = root.with_name("away")
    root.rename(away)
    root.mkdir()
    (root / "README.md").write_text("# Nothing is mounted here\n")
    try:
        yield
    finally:
        assert [one.name for one in root.iterdir()] == ["README.md"]
        (root / "README.md").unlink()
        root.rmdir()
        away.rename(root)


@contextmanager
def half_in_its_stead(root: Path) -> Iterator[None]:
    """One of its documents, and another incident's under a second one's name."""
    text = "---\nincident: QANOTHER1\nstatus: draft\n---\n# Postmortem: x\n"
    with _copied(root, lambda names: names[:1]) as copy:
        second = sorted(one.name for one in root.with_name("away").glob("*.md"))[1]
        (copy / second).write_text(text)
        before = {one.name: one.read_bytes() for one in copy.iterdir()}
        yield
        assert before == {one.name: one.read_bytes() for one in copy.iterdir()}


@contextmanager
def _copied(root: Path, chosen: Callable[[list[str]], list[str]]) -> Iterator[Path]:
    """Put another directory in a directory's stead, with copies of some of its documents."""
    away = root.with_name("away")
    root.rename(away)
    root.mkdir()
    for name in chosen(sorted(one.name for one in away.glob("*.md"))):
        (root / name).write_bytes((away / name).read_bytes())
    try:
        yield root
    finally:
        shutil.rmtree(root)
        away.rename(root)


@contextmanager
def a_file_in_its_stead(root: Path) -> Iterator[None]:
    away = root.with_name("away")
    root.rename(away)
    root.write_text("no directory")
    try:
        yield
    finally:
        root.unlink()
        away.rename(root)


@contextmanager
def emptied(root: Path) -> Iterator[None]:
    away = root.with_name("away")
    away.mkdir()
    for one in list(root.iterdir()):
        one.rename(away / one.name)
    try:
        yield
    finally:
        assert not list(root.iterdir())
        for one in list(away.iterdir()):
            one.rename(root / one.name)
        away.rmdir()


@contextmanager
def mounted(*command: str) -> Iterator[None]:
    done = subprocess.run(["mount", *command], capture_output=True, check=False)  # noqa: S603, S607 - the system's own
    if done.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", command[-1]], check=True)  # noqa: S603, S607 - as above


@contextmanager
def mounted_over(root: Path) -> Iterator[None]:
    with mounted("-t", "tmpfs", "none", str(root)):
        yield
        assert not list(root.iterdir())


@contextmanager
def read_only(root: Path) -> Iterator[None]:
    if os.geteuid():
        root.chmod(0o555)
        try:
            yield
        finally:
            root.chmod(0o755)
        return
    with mounted("--bind", "-o", "ro", str(root), str(root)):
        before = {one.name: one.read_bytes() for one in root.iterdir()}
        yield
        assert before == {one.name: one.read_bytes() for one in root.iterdir()}


GONE = [
    pytest.param(moved_away, id="the directory is gone"),
    pytest.param(empty_in_its_stead, id="an empty directory in its stead"),
    pytest.param(another_in_its_stead, id="another directory in its stead"),
    pytest.param(half_in_its_stead, id="another directory with some of its documents"),
    pytest.param(a_file_in_its_stead, id="a file in its stead"),
    pytest.param(emptied, id="the directory is emptied"),
    pytest.param(mounted_over, id="an empty file system mounted over it"),
    pytest.param(read_only, id="it can only be read"),
]

TOLD_BY_STATUS = (moved_away, read_only)
"""Where `status`, too, is asked: each command takes a second."""


@pytest.mark.parametrize("away", GONE)
def test_nothing_is_written_until_it_is_back(
    served: Served, away: Callable[[Path], AbstractContextManager[None]]
) -> None:
    assert served.ready().status_code == requests.codes.ok
    with away(served.root):
        answer = served.ready()
        assert answer.status_code == requests.codes.service_unavailable
        assert str(served.root) in answer.json()["why"]["store"]
        one = served.resolve()
        until(lambda: served.waits(one), "the job is tried")
        for command in ("sync", "status")[: 2 if away in TOLD_BY_STATUS else 1]:
            done = served.here.run(command)
            (told,) = done.stderr.strip().splitlines()
            assert (done.returncode, str(served.root) in told) == (1, True), done
    until(lambda: served.has(one), "work goes on")
    assert served.ready().json() == {"database": "ok", "store": "ok"}


def test_check_names_documents_that_are_gone(served: Served) -> None:
    with empty_in_its_stead(served.root):
        done = served.here.run("check")
    assert done.returncode == 1
    assert "documents that are known" in done.stdout
    assert "is made with the first document" not in done.stdout


def test_what_people_delete_stays_deleted_until_somebody_asks_for_it_by_name(
    served: Served,
) -> None:
    here = served.here
    one, *_ = served.drafted
    (name,) = here.documents.of(one.id)
    (served.root / name).unlink()
    here.deliver(here.event("annotated", one), here.event("resolved", one))
    assert "its document was removed" in here.run("sync", one.id).stdout
    assert served.ready().status_code == requests.codes.ok
    assert not here.documents.of(one.id)
    assert here.run("draft", one.id).returncode == 0
    assert here.documents.of(one.id)


def test_a_copy_with_all_documents_is_the_place_from_then_on(served: Served) -> None:
    here = served.here
    deleted, *_ = served.drafted
    names = sorted(one.name for one in served.root.glob("*.md"))
    with _copied(served.root, lambda names: names) as copy:
        assert here.run("sync").returncode == 0
        assert served.ready().status_code == requests.codes.ok
        (name,) = here.documents.of(deleted.id)
        (copy / name).unlink()
        assert "its document was removed" in here.run("sync", deleted.id).stdout
        assert sorted(one.name for one in copy.glob("*.md")) == [n for n in names if n != name]
    assert here.run("sync").returncode == 0  # it is back, and known again


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Give an installation whose database was used: a document with a ticket."""
    with installation(tmp_path_factory.mktemp("used"), "sqlite") as here:
        resolved_incident(here.pagerduty.account, ITEMS)
        assert here.run("sync").returncode == 0
        yield here


def under(here: Installation, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run a command under other settings."""
    return here.run(*words, **settings)


OTHERS = [
    pytest.param({"POSTMORTEM_DOCUMENTS": "elsewhere"}, id="other documents"),
    pytest.param({"POSTMORTEM_DOCUMENTS": "git+file:///nowhere#main"}, id="a Git remote"),
    pytest.param({"JIRA_URL": "http://localhost:9"}, id="another Jira site"),
    pytest.param({"JIRA_PROJECT": "PAY"}, id="another Jira project"),
    pytest.param({"PAGERDUTY_API_URL": "https://api.eu.pagerduty.com"}, id="another region"),
]


@pytest.mark.parametrize("settings", OTHERS)
def test_other_places_on_a_database_that_was_used_are_refused(
    used: Installation, settings: dict[str, str]
) -> None:
    before = used.documents.files()
    done = under(used, "status", **settings)
    (told,) = done.stderr.strip().splitlines()
    assert done.returncode == 2
    assert "--adopt" in told
    assert next(iter(settings.values())).partition("://")[2].rpartition("#")[0] in told
    assert used.documents.files() == before


def test_a_check_tells_of_moved_documents_once(used: Installation) -> None:
    done = under(used, "check", "--json", POSTMORTEM_DOCUMENTS="elsewhere")
    (told,) = [one for one in json.loads(done.stdout) if "ocuments" in one["problem"]]
    assert told["subject"] == "What the database was used with"


def test_a_service_with_other_places_is_refused(used: Installation) -> None:
    done = under(used, "serve", "--port", "0", JIRA_PROJECT="PAY")
    assert (done.returncode, "--adopt" in done.stderr) == (2, True)


SPELLINGS = [
    pytest.param(lambda here: {"POSTMORTEM_DOCUMENTS": "documents/"}, id="a relative path"),
    pytest.param(
        lambda here: {"POSTMORTEM_DOCUMENTS": str(_link(here.folder))}, id="a symbolic link"
    ),
    pytest.param(lambda here: {"JIRA_URL": here.jira.url.upper() + "/"}, id="case and a slash"),
]


def _link(folder: Path) -> Path:
    link = folder / "link"
    if not link.is_symlink():
        link.symlink_to(folder / "documents")
    return link


@pytest.mark.parametrize("settings", SPELLINGS)
def test_another_spelling_of_the_same_place_is_taken(
    used: Installation, settings: Callable[[Installation], dict[str, str]]
) -> None:
    done = under(used, "status", "--json", **settings(used))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)) == 1


def test_who_moves_to_another_directory_and_site_says_so(tmp_path: Path) -> None:
    with installation(tmp_path, "sqlite") as here:
        one = resolved_incident(here.pagerduty.account, ITEMS)
        assert here.run("sync").returncode == 0
        with JiraSandbox() as other:
            moved = {"POSTMORTEM_DOCUMENTS": str(tmp_path / "new"), "JIRA_URL": other.url}
            tried = under(here, "sync", "--adopt", "--dry-run", "--json", **moved)
            assert json.loads(tried.stdout)["notices"][0].startswith("Would adopt the documents")
            done = under(here, "sync", "--adopt", "--json", **moved)
            assert done.returncode == 0
            documents, site, tickets, known = json.loads(done.stdout)["notices"]
            assert documents == (
                f"Adopted the documents in {tmp_path / 'new'}, instead of "
                f"{here.environment['POSTMORTEM_DOCUMENTS']}. It holds no documents."
            )
            assert site.startswith("Adopted Jira at ")
            assert tickets.endswith(" known no longer.")
            assert known == "1 document that was known is known no longer."
            again = under(here, "sync", **moved)
            assert (again.returncode, again.stderr) == (0, "")
            assert not list((tmp_path / "new").glob("*.md"))  # none comes by itself
            assert under(here, "draft", one.id, **moved).returncode == 0
            assert len(list((tmp_path / "new").glob("*.md"))) == 1


def _vanish(place: Remote) -> None:
    git("--git-dir", str(place.remote), "update-ref", "-d", "refs/heads/main")


def _begin_anew(place: Remote) -> None:
    assert place.files()
    place._git("checkout", "--quiet", "--orphan", "new")
    place._git("rm", "-rfq", ".")
    (place.clone / "README.md").write_text("# New\n")
    place._git("add", "README.md")
    place._git("commit", "--quiet", "-m", "Begin anew")
    place._git("push", "--quiet", "--force", "origin", "HEAD:main")


def _lose_one(place: Remote) -> None:
    """Begin the branch anew, with all documents but one."""
    assert place.files()
    place._git("fetch", "--quiet", "origin")
    place._git("checkout", "--quiet", "--force", "--orphan", "new", "origin/main")
    lost = min(place._git("ls-files", "*-Q*.md").split())
    place._git("rm", "-q", "--cached", lost)
    place._git("commit", "--quiet", "-m", "Begin anew")
    place._git("push", "--quiet", "--force", "origin", "HEAD:main")


@pytest.mark.parametrize(
    ("end", "documents"),
    [
        pytest.param(_vanish, 1, id="a branch that is gone"),
        pytest.param(_begin_anew, 1, id="a branch that was begun anew"),
        pytest.param(_lose_one, 2, id="a branch that was begun anew with one document less"),
    ],
)
def test_a_branch_without_its_documents_is_not_written(
    tmp_path: Path, end: Callable[[Remote], None], documents: int
) -> None:
    with installation(tmp_path, "sqlite", Remote) as here:
        assert isinstance(here.documents, Remote)
        for _ in range(documents):
            resolved_incident(here.pagerduty.account)
        assert here.run("sync").returncode == 0
        end(here.documents)
        refs = here.documents._git("ls-remote", "origin")
        resolved_incident(here.pagerduty.account)
        done = here.run("sync")
        (told,) = done.stderr.strip().splitlines()
        assert (done.returncode, "--adopt" in told) == (1, True)
        assert here.documents._git("ls-remote", "origin") == refs
