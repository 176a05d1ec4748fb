"""Documents as people leave them: renamed, moved behind a link, stripped of their front matter.

There is never a second document, and what cannot be worked on is named and left alone.
"""

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.jira.payloads import SiteKind
from tests.acceptance.world import World
from tests.integration.formatters import BARE
from worker.jobs.status_report import document_statuses

KINDS = (SiteKind.CLOUD,)

ROW = "Count the pictures | Aiko Brandt | High | 2026-12-24"


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file below a folder, those behind links too."""
    files = (path for path in folder.glob("**/*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def lost_the_database(here: World) -> None:
    for path in here.folder.glob("postmortem.db*"):
        path.unlink()


def stripped(text: str) -> str:
    return text.split("---\n", 2)[2].lstrip()


def respelled(text: str, form: str) -> str:
    """Give the document with another front matter, of the form, that holds its first facts."""
    known = dict(re.findall(r"^(incident|url|status): (\S+)$", text, re.MULTILINE))
    return form.format(**known) + stripped(text)


STRIPS: dict[str, Callable[[str], str]] = {
    "removed": stripped,
    "emptied": lambda text: "---\nstatus: draft\n---\n" + stripped(text),
    "no longer at the top": lambda text: f"\n{text}",
    "a heading": lambda text: respelled(
        text, "* * *\n\n## incident: {incident} url: <{url}> status: {status}\n\n"
    ),
    "a block of code": lambda text: re.sub(
        r"^---\n(.*?)---\n", r"```yaml\n\1```\n", text, flags=re.DOTALL
    ),
    "toml": lambda text: respelled(
        text, '+++\nincident = "{incident}"\nurl = "{url}"\nstatus = "{status}"\n+++\n\n'
    ),
}


def is_named_and_left_alone(here: World, name: str) -> None:
    """Sync by hand, as a sweep and by schedule: each fails naming the file, and changes nothing."""
    before = contents(here.documents)
    tickets = here.tickets()
    named = here.sync()
    assert any(name in one for one in named.failures)
    sweep = here.run()
    told = [*sweep.failures, *(one for result in sweep.incidents for one in result.failures)]
    assert sum(name in one for one in told) == 1
    with here.context() as context:
        (status,) = (one for one in document_statuses(context) if one.document.endswith(name))
    assert any(name in one for one in status.problems)
    here.clock.sleep(timedelta(hours=7).total_seconds())
    here.sync()
    assert contents(here.documents) == before
    assert here.tickets() == tickets


@pytest.mark.parametrize("strip", STRIPS.values(), ids=STRIPS)
def test_a_document_that_lost_its_front_matter_is_named(
    here: World, strip: Callable[[str], str]
) -> None:
    here.sync()
    here.add_rows(ROW)
    here.sync()
    whole = here.text()
    here.edit(strip)
    is_named_and_left_alone(here, here.path().name)
    here.edit(lambda _: whole)
    assert not here.sync().failures
    assert not here.run().failed


def test_a_document_that_mdformat_stripped_is_named(here: World, tmp_path: Path) -> None:
    here.sync()
    here.add_rows(ROW)
    here.edit(lambda text: BARE["mdformat"].run(tmp_path / "bare", {"it": text})["it"])
    is_named_and_left_alone(here, here.path().name)
    lost_the_database(here)
    is_named_and_left_alone(here, here.path().name)


@pytest.mark.parametrize("strip", STRIPS.values(), ids=STRIPS)
def test_there_is_no_second_document_after_the_database_was_lost_too(
    here: World, strip: Callable[[str], str]
) -> None:
    here.sync()
    path = here.path()
    here.edit(strip)
    path.rename(
        path.with_name(
            f"{path.name.partition(here.id('quick fix'))[0]}{here.id('quick fix')}-other.md"
        )
    )
    lost_the_database(here)
    before = contents(here.documents)
    assert any(here.path().name in one for one in here.sync().failures)
    here.run()
    assert contents(here.documents).items() >= before.items()
    assert here.path()


def test_a_renamed_document_whose_front_matter_became_a_heading_is_known_by_it(here: World) -> None:
    here.sync()
    here.edit(STRIPS["a heading"])
    here.path().rename(here.documents / "checkout.md")
    lost_the_database(here)
    before = contents(here.documents)
    assert any("checkout.md" in one for one in here.sync().failures)
    assert contents(here.documents) == before


def test_a_copy_that_no_longer_says_whose_it_is_is_no_document(here: World) -> None:
    here.sync()
    copy = here.documents / f"copy of {here.path().name}"
    shutil.copy(here.path(), copy)
    assert here.sync().failures
    copy.write_text(stripped(copy.read_text("utf-8")), "utf-8")
    assert not here.sync().failures
    assert not here.run().failed


def test_words_about_an_incident_are_no_document(here: World) -> None:
    here.sync()
    notes = here.documents / f"2026-11-23-{here.id('quick fix')}-notes.md"
    notes.write_text("# Notes\n\nThe incident: it was long. status: over.\n")
    assert not here.sync().failures
    assert not here.run().failed


@pytest.mark.parametrize(
    "name", ["{stem}.markdown", "{stem}.MD", "Checkout.mkd", "{stem}.txt", "{stem}.md.txt"]
)
@pytest.mark.parametrize("remembers", [True, False], ids=["remembered", "forgotten"])
def test_a_document_with_another_ending_is_the_same_document(
    here: World, name: str, *, remembers: bool
) -> None:
    here.sync()
    here.add_rows(ROW)
    path = here.path()
    path = path.rename(path.with_name(name.format(stem=path.stem)))
    if not remembers:
        lost_the_database(here)
    assert not here.sync().failures
    assert "OPS-1" in path.read_text("utf-8")
    assert len([one for one in contents(here.documents) if not one.endswith(".svg")]) == 1
    assert not here.run().failed
    assert len(here.tickets()) == 1


@pytest.mark.parametrize("spaces", ["\t", " \t ", "\u00a0"], ids=["tab", "tabs", "no-break"])
def test_any_white_space_is_understood_in_the_front_matter(here: World, spaces: str) -> None:
    here.sync()
    here.add_rows(ROW)
    here.edit(lambda text: text.replace("incident: ", f"incident:{spaces}", 1))
    here.edit(lambda text: text.replace("url: ", f"url:{spaces}", 1))
    before = here.text().partition("# Postmortem")[0]
    assert not here.sync().failures
    assert here.linked() == ["OPS-1"]
    assert here.text().partition("# Postmortem")[0] == before
    lost_the_database(here)
    assert not here.run().failed
    assert len(here.tickets()) == 1


@pytest.mark.parametrize("remembers", [True, False], ids=["remembered", "forgotten"])
@pytest.mark.parametrize("name", ["same", "renamed.md"])
def test_a_document_behind_a_link_is_named(here: World, name: str, *, remembers: bool) -> None:
    here.sync()
    elsewhere = here.folder / "elsewhere" / "deep"
    elsewhere.mkdir(parents=True)
    (here.documents / "archive").symlink_to(elsewhere.parent, target_is_directory=True)
    (elsewhere / "again").symlink_to(here.documents, target_is_directory=True)
    (elsewhere / "loop").symlink_to(elsewhere / "loop")
    (elsewhere / "README.md").write_text("# Not ours\n")
    path = here.path()
    to = elsewhere / (path.name if name == "same" else name)
    path.rename(to)
    if not remembers:
        lost_the_database(here)
    is_named_and_left_alone(here, f"archive/deep/{to.name}")
    to.rename(path)
    assert not here.run().failed


def test_a_linked_document_is_named(here: World) -> None:
    here.sync()
    path = here.path()
    path.rename(here.folder / "real.md")
    path.symlink_to(here.folder / "real.md")
    is_named_and_left_alone(here, path.name)


def test_a_link_to_a_copy_of_a_document_harms_nobody(here: World) -> None:
    here.sync()
    here.add_rows(ROW)
    backup = here.folder / "backup"
    shutil.copytree(here.documents, backup)
    (here.documents / "latest.md").symlink_to(here.path())
    (here.documents / "backup").symlink_to(backup, target_is_directory=True)
    for result in (here.run(), here.run("quick fix"), here.run()):
        assert not result.failed
    assert here.linked() == ["OPS-1"]
