"""The file of people: what it may hold, and what is said of what it may not."""

import re
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.page_users import (
    PageUser,
    PeopleSettings,
    Role,
    as_table,
    new_token,
    people_in,
    read_people,
    token_digest,
)
from config.problems import ConfigurationProblems
from worker.cli.options import PersonRole

FILE = Path("people.toml")
MIRA = PageUser("Mira Jung", "mira@example.com", Role.WRITE, token_digest("a"))
DIGEST = "a" * 64


def test_what_is_written_is_read() -> None:
    text = as_table(MIRA) + as_table(PageUser("Tom", role=Role.READ))
    people = people_in(FILE, text)
    assert people.listed == (MIRA, PageUser("Tom", "", Role.READ))
    assert people.by_token("a") == MIRA
    assert people.by_token("b") is None
    assert people.by_token("") is None
    assert people.called("mira JUNG") == people.called("MIRA@example.com") == MIRA
    assert people.called("") is None


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_any_name_that_may_stand_there_is_read_as_it_was_written(name: str) -> None:
    if name.isprintable() and name == name.strip():
        assert people_in(FILE, as_table(PageUser(name, role=Role.READ))).listed[0].name == name


def test_the_command_knows_the_roles_there_are() -> None:
    assert [one.value for one in PersonRole] == [one.value for one in Role]


def test_roles_hold_those_before_them() -> None:
    may = {(one, other) for one in Role for other in Role if one.may(other)}
    read, write, operate = Role
    assert may == {
        *((one, read) for one in Role),
        (write, write),
        (operate, write),
        (operate, operate),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[people]", "is no TOML"),
        ('people = "Mira"', "people is no list of tables"),
        ("people = [1]", "people is no list of tables"),
        ("persons = []", "there is no setting persons"),
        ("[[people]]", "person 1 has no name"),
        ('[[people]]\nname = " "', "person 1 has no name"),
        ("[[people]]\nname = 7", "person 1 has no name"),
        ('[[people]]\nname = "a\\nb"', "person 1 has a name that is not one line"),
        ('[[people]]\nname = "a"\nemail = 1', "person 1 has no email"),
        (f'[[people]]\nname = "{"x" * 201}"', "person 1 has a name that is not one line"),
        ('[[people]]\nname = "a"\nrole = "root"', "has no role that there is. There are: read,"),
        ('[[people]]\nname = "a"\nrole = ["read"]', "has no role that there is"),
        ('[[people]]\nname = "a"\ntoken = "x"', "person 1 has no setting token"),
        ('[[people]]\nname = "a"\ntoken_sha256 = "x"', "has a token_sha256 that is not 64"),
        ('[[people]]\nname = "a"\n[[people]]\nname = "A"', "a and A share 'a'"),
        (
            f'[[people]]\nname = "a"\ntoken_sha256 = "{DIGEST}"\n'
            f'[[people]]\nname = "b"\ntoken_sha256 = "{DIGEST}"',
            "a and b share a token",
        ),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(ConfigurationProblems, match=re.escape(told)) as caught:
        people_in(FILE, text)
    assert DIGEST not in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path / "gone", "cannot be read (No such file or directory)"),
        (tmp_path, "is no regular file"),
    ):
        with pytest.raises(ConfigurationProblems, match=re.escape(told)):
            read_people(path)
    odd = tmp_path / "odd"
    odd.write_bytes(b"\xff")
    with pytest.raises(ConfigurationProblems, match=r"is not UTF-8 \(byte 0\)"):
        read_people(odd)


def test_tokens_are_long_and_differ() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43


@pytest.mark.parametrize(
    ("given_", "address", "trusted"),
    [
        ("10.1.0.0/16, 127.0.0.1", "10.1.2.3", True),
        (["10.1.0.7"], "::ffff:10.1.0.7", True),
        ("10.1.0.7", "10.1.0.8", False),
        ("::1", "::1", True),
        ("10.1.0.7", "", False),
        ("", "127.0.0.1", False),
    ],
)
def test_a_proxy_is_known_by_its_address(given_: object, address: str, trusted: bool) -> None:
    settings = PeopleSettings.model_validate({"header": "X-User", "proxies": given_})
    assert settings.trusts(address) is trusted


@pytest.mark.parametrize("values", [{"proxies": "here"}, {"proxies": 7}, {"header": "a b"}])
def test_what_is_no_address_and_no_header_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PeopleSettings.model_validate(values)


def test_networks_are_read() -> None:
    assert PeopleSettings.model_validate({"proxies": "10.1.0.9/16"}).proxies == (
        ip_network("10.1.0.0/16"),
    )


def test_a_signature_is_what_git_takes() -> None:
    assert MIRA.signature == '"Mira Jung" <mira@example.com>'
    assert PageUser('Tom "T"').signature == '"Tom \\"T\\"" <unknown>'
    assert PageUser().signature == ""
