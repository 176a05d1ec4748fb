"""Tokens of people's own, by the command that gives them."""

import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.page_users import read_people, token_digest
from tests.acceptance.test_command_line import Shell
from tests.acceptance.world import world


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with world(tmp_path) as here:
        made = Shell(here)
        made.environment["POSTMORTEM_PEOPLE"] = "people.toml"
        yield made


def test_a_token_is_shown_once_and_kept_nowhere(shell: Shell) -> None:
    mira = ("person", "Mira Jung", "--email", "mira@example.com", "--role", "write")
    done = shell.run(*mira)
    token = done.stdout.strip()
    file = shell.here.folder / "people.toml"
    assert (done.returncode, len(token)) == (0, 43)
    assert done.stderr.startswith("Mira Jung may write with this token")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in file.read_text()
    (table,) = tomllib.loads(file.read_text())["people"]
    assert table == {
        "name": "Mira Jung",
        "email": "mira@example.com",
        "role": "write",
        "token_sha256": token_digest(token),
    }
    told = shell.told("person", "Tom")
    assert (told["name"], told["role"]) == ("Tom", "read")
    again = shell.run("person", "mira jung").stdout.strip()
    people = read_people(file)
    assert people.by_token(token) is None
    for known, name in ((again, "Mira Jung"), (told["token"], "Tom")):
        person = people.by_token(known)
        assert person
        assert person.name == name
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "changes", "told"),
    [
        (("Mira",), {"POSTMORTEM_PEOPLE": None}, "Nothing names the file of people."),
        (("Mira", "--role", "root"), {}, "'root' is not one of"),
        ((" ",), {}, "person 1 has no name"),
        (("Mi\tra",), {}, "is not one line"),
        (("Mira",), {"POSTMORTEM_PEOPLE": "broken.toml"}, "is no TOML"),
    ],
)
def test_what_cannot_be_entered_is_told(
    shell: Shell, words: tuple[str, ...], changes: dict[str, str | None], told: str
) -> None:
    (shell.here.folder / "broken.toml").write_text("[[people]")
    done = shell.run("person", *words, **changes)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in " ".join(done.stderr.split())
    assert not (shell.here.folder / "people.toml").exists()


def test_a_person_in_the_file_is_changed_there_and_not_by_the_command(shell: Shell) -> None:
    shell.run("person", "Tom")
    before = (shell.here.folder / "people.toml").read_text()
    done = shell.run("person", "Tom", "--role", "operate")
    assert done.returncode == 2
    assert "Tom is in the file already" in done.stderr
    assert (shell.here.folder / "people.toml").read_text() == before
