"""Owners: exactly one exact match, or nobody."""

from collections.abc import Iterator

import pytest

from connectors.jira.payloads import Candidate, SiteKind
from connectors.jira.people import choose
from connectors.jira.sandbox import PEOPLE, JiraSandbox, Person
from connectors.jira.sandbox.projects import person
from connectors.jira.site_memory import ExpiringCache
from connectors.tickets import Account, AccountId, NoAccount
from tests.contract.jira_support import tracker


@pytest.fixture(params=list(SiteKind), ids=lambda kind: kind.name.lower())
def sandbox(request: pytest.FixtureRequest) -> Iterator[JiraSandbox]:
    with JiraSandbox(request.param) as running:
        yield running


def id_of(sandbox: JiraSandbox, someone: Person) -> str:
    return someone.account_id if sandbox.site.is_cloud else someone.handle


@pytest.mark.parametrize(
    "name",
    [
        "Mira Castellan",
        "mira castellan",
        " MIRA CASTELLAN ",
        "@Mira Castellan",
        "mira.castellan@example.com",
    ],
)
def test_an_owner_is_found_however_people_write_it(sandbox: JiraSandbox, name: str) -> None:
    found = tracker(sandbox).account("OPS", name)
    assert isinstance(found, Account)
    assert found.id == id_of(sandbox, PEOPLE[0])


def test_those_who_can_be_chosen_are_told_by_how_their_names_begin(sandbox: JiraSandbox) -> None:
    assert [one.name for one in tracker(sandbox).assignable("OPS", "mira")] == ["Mira Castellan"]
    assert tracker(sandbox).assignable("OPS", "nobody known") == ()


def test_an_account_is_found_by_its_own_id(sandbox: JiraSandbox) -> None:
    own = id_of(sandbox, PEOPLE[1])
    found = tracker(sandbox).account("OPS", own)
    assert isinstance(found, Account)
    assert (found.id, found.name) == (own, "Jonas Thorvald")


@pytest.mark.parametrize("name", ["Mir", "mira.cast", "Castellan", "Nobody Known", "@", "", "  "])
def test_a_beginning_or_a_stranger_is_nobody(sandbox: JiraSandbox, name: str) -> None:
    found = tracker(sandbox).account("OPS", name)
    assert isinstance(found, NoAccount)
    assert found.reason.endswith(".")


def test_one_name_that_begins_another_is_not_the_other(sandbox: JiraSandbox) -> None:
    found = tracker(sandbox).account("OPS", "Lena Okafor")
    assert isinstance(found, Account)
    assert found.id == id_of(sandbox, PEOPLE[4])


def test_of_two_of_a_name_who_hide_their_addresses_the_accounts_are_named(
    sandbox: JiraSandbox,
) -> None:
    two = [Person("Ann Bee", f"ann{n}", f"ann{n}@example.com", email_hidden=True) for n in "12"]
    sandbox.site.people = two
    found = tracker(sandbox).account("OPS", "Ann Bee")
    assert isinstance(found, NoAccount)
    assert all(id_of(sandbox, one) in found.reason for one in two)


def test_two_of_the_same_name_are_nobody(sandbox: JiraSandbox) -> None:
    twin = Person("Aiko Brandt", "aiko2", "aiko2@example.com")
    sandbox.site.people = [*PEOPLE, twin]
    found = tracker(sandbox).account("OPS", "Aiko Brandt")
    assert isinstance(found, NoAccount)
    assert "2 people" in found.reason
    cloud = sandbox.site.is_cloud
    for one in (PEOPLE[2], twin):
        assert (one.email if cloud else one.handle) in found.reason
        told = tracker(sandbox).account("OPS", one.email if cloud else one.handle)
        assert isinstance(told, Account)
        assert told.id == id_of(sandbox, one)
    by_address = tracker(sandbox).account("OPS", "aiko2@example.com")
    assert isinstance(by_address, Account)


def test_who_left_or_is_an_app_is_nobody(sandbox: JiraSandbox) -> None:
    for name in ("Sam Whitlock", "Postmortem Robot"):
        found = tracker(sandbox).account("OPS", name)
        assert isinstance(found, NoAccount) == (name == "Sam Whitlock" or sandbox.site.is_cloud)


def test_a_hidden_address_is_no_match_on_cloud() -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        found = tracker(sandbox).account("OPS", "tomasz.wieczorek@example.com")
        assert isinstance(found, NoAccount)
        assert "hides" in found.reason
        assert isinstance(tracker(sandbox).account("OPS", "Tomasz Wieczorek"), Account)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Mira", 0),
        ("@mira", 0),
        ("@mira.castellan", 0),
        ("[~mira.castellan]", 0),
        ("(Mira Castellan)", 0),
        ("[[Mira Castellan]]", 0),
        ("@[Mira Castellan]", 0),
        ("Mira Castellan (on call)", 0),
        ("Mira Castellan <mira.castellan@example.com>", 0),
        ("tomasz_wieczorek", 3),
        ("tomasz", 3),
        ("lena okafor", 4),
    ],
)
def test_a_handle_or_a_first_name_that_one_alone_has_is_that_one(
    sandbox: JiraSandbox, name: str, place: int
) -> None:
    found = tracker(sandbox).account("OPS", name)
    assert isinstance(found, Account)
    assert found.id == id_of(sandbox, PEOPLE[place])


def test_an_account_is_mentioned_as_the_wiki_does(sandbox: JiraSandbox) -> None:
    own = id_of(sandbox, PEOPLE[2])
    mention = f"[~accountid:{own}]" if sandbox.site.is_cloud else f"[~{own}]"
    found = tracker(sandbox).account("OPS", mention)
    assert isinstance(found, Account)
    assert found.id == own
    assert isinstance(tracker(sandbox).account("OPS", "[~accountid:5b10]"), NoAccount)


def test_whom_two_answer_to_is_nobody_unless_the_incident_knows_one(sandbox: JiraSandbox) -> None:
    jira = tracker(sandbox)
    found = jira.account("OPS", "@lena")
    assert isinstance(found, NoAccount)
    assert "Lena Okafor, Lena Okafor-Lind" in found.reason
    known = jira.account("OPS", "@lena", ["Jonas Thorvald", "Lena Okafor"])
    assert isinstance(known, Account)
    assert known.id == id_of(sandbox, PEOPLE[4])
    both = jira.account("OPS", "@lena", ["Lena Okafor", "Lena Okafor-Lind"])
    assert isinstance(both, NoAccount)


def test_whose_handle_it_is_comes_before_whom_the_incident_knows() -> None:
    with JiraSandbox(SiteKind.DATA_CENTER) as sandbox:
        sandbox.site.people = [*PEOPLE, Person("Ann Lee", "lena", "ann@example.com")]
        found = tracker(sandbox).account("OPS", "@lena", ["Lena Okafor"])
        assert isinstance(found, Account)
        assert found.name == "Ann Lee"


def test_two_names_are_not_one_assignee(sandbox: JiraSandbox) -> None:
    found = tracker(sandbox).account("OPS", "Mira Castellan, Jonas Thorvald")
    assert isinstance(found, NoAccount)
    assert "name one person" in found.reason


def test_cloud_looks_beyond_the_first_page_of_people() -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        crowd = [person(f"Mira Castellan {number}") for number in range(300)]
        sandbox.site.people = [*crowd, *PEOPLE]
        assert isinstance(tracker(sandbox).account("OPS", "Mira Castellan"), Account)


def test_a_list_that_data_center_cut_off_proves_no_display_name() -> None:
    with JiraSandbox(SiteKind.DATA_CENTER) as sandbox:
        crowd = [person(f"Mira Castellan {number}") for number in range(300)]
        sandbox.site.people = [PEOPLE[0], *crowd]
        jira = tracker(sandbox)
        assert isinstance(jira.account("OPS", "Mira Castellan"), NoAccount)
        assert isinstance(jira.account("OPS", "mira.castellan"), Account)


def test_a_project_that_is_not_there_has_nobody(sandbox: JiraSandbox) -> None:
    assert isinstance(tracker(sandbox).account("NONE", "Mira Castellan"), NoAccount)


def test_an_owner_is_asked_for_once(sandbox: JiraSandbox) -> None:
    jira = tracker(sandbox)
    for name in ("Mira Castellan", "mira castellan", "Mira Castellan", "Nobody", "nobody"):
        jira.account("OPS", name)
    assert len([call for call in sandbox.calls() if "assignable" in call]) == 2


def test_what_is_remembered_is_asked_for_again_after_its_time() -> None:
    now = [0.0]
    asked: list[str] = []
    remembered = ExpiringCache[str, int](10.0, lambda: now[0])

    def ask() -> int:
        asked.append("")
        return len(asked)

    assert [remembered.get("a", ask), remembered.get("a", ask)] == [1, 1]
    now[0] = 9.9
    assert remembered.get("a", ask) == 1
    assert remembered.get("b", ask) == 2
    now[0] = 10.0
    assert remembered.get("a", ask) == 3


def test_an_error_is_not_remembered() -> None:
    remembered = ExpiringCache[str, int](10.0)
    with pytest.raises(ZeroDivisionError):
        remembered.get("a", lambda: 1 // 0)
    assert remembered.get("a", lambda: 7) == 7


def test_one_person_found_twice_is_one_person() -> None:
    mira = Candidate(Account(AccountId("1"), "Mira", None, None))
    assert choose([mira, mira], "OPS", "Mira") == mira.account
