"""Who people are on the page: by tokens of their own, and by what a proxy says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from config.page_users import PageUser, PeopleSettings, Role, as_table, token_digest
from config.problems import ConfigurationProblems
from tests.integration.test_web_access import WAIT, form_key
from tests.integration.web_support import (
    TEXT,
    KeptSessions,
    Shelf,
    application,
    freight,
    served,
    shelf,
)
from worker.jobs.last_results import LastResult
from worker.jobs.reports.journal_report import SkippedIncident
from worker.jobs.results import SuggestedText

EVERYBODYS = "the token that everybody has"
TOKENS = {role: f"the token of who may {role}" for role in Role}
EDIT = "/postmortems/PFREIGHT/edit"
SYNC = "/postmortems/PFREIGHT/sync"


def listed(path: Path, *without: Role) -> PeopleSettings:
    """Write a file with somebody in each role."""
    people = (
        PageUser(f"May {role}", f"{role}@example.com", role, token_digest(TOKENS[role]))
        for role in Role
        if role not in without
    )
    path.write_text("\n".join(map(as_table, people)), "utf-8")
    return PeopleSettings(file=path)


@pytest.fixture
def library() -> Shelf:
    return shelf()


@pytest.fixture
def people(tmp_path: Path) -> PeopleSettings:
    return listed(tmp_path / "people.toml")


@pytest.fixture
def url(library: Shelf, people: PeopleSettings) -> Iterator[str]:
    with served(library, token=EVERYBODYS, people=people) as place:
        yield place


def signed_in(url: str, token: str) -> requests.Session:
    somebody = requests.Session()
    somebody.post(f"{url}/login", {"token": token, "next": "/"}, timeout=WAIT)
    return somebody


def send(url: str, somebody: requests.Session, path: str, **fields: str) -> requests.Response:
    page = somebody.get(f"{url}/postmortems", timeout=WAIT)
    fields["form_key"] = form_key(page.text)
    return somebody.post(url + path, fields, allow_redirects=False, timeout=WAIT)


def test_the_page_says_who_somebody_is_and_offers_what_they_may_do(url: str) -> None:
    seen = {}
    for role in Role:
        page = signed_in(url, TOKENS[role]).get(f"{url}/postmortems/PFREIGHT", timeout=WAIT).text
        assert f"May {role}" in page
        seen[role] = (f'href="{EDIT}"' in page, f'action="{SYNC}"' in page)
    assert seen == {
        Role.READ: (False, False),
        Role.WRITE: (True, True),
        Role.OPERATE: (True, True),
    }


def test_a_reader_changes_nothing_whatever_is_sent(url: str, library: Shelf) -> None:
    reader = signed_in(url, TOKENS[Role.READ])
    for path in (EDIT, SYNC, "/postmortems/PNOSUCH/sync"):
        answer = send(url, reader, path, text="mine", base="x")
        assert answer.status_code == 403
        assert "May read may only read here" in answer.text
    assert reader.get(url + EDIT, timeout=WAIT).status_code == 403
    bearer = {"Authorization": f"Bearer {TOKENS[Role.READ]}"}
    place = f"{url}/api/documents/PFREIGHT"
    sent = [
        requests.put(place, json={"text": "x"}, headers=bearer, timeout=WAIT),
        requests.patch(place, json={"owner": "x"}, headers=bearer, timeout=WAIT),
        requests.post(f"{place}/items", json={"task": "x"}, headers=bearer, timeout=WAIT),
        requests.post(f"{place}/sync", headers=bearer, timeout=WAIT),
    ]
    assert [one.status_code for one in sent] == [403] * 4
    assert requests.get(place, headers=bearer, timeout=WAIT).status_code == 200
    assert (library.writers, library.jobs) == ([], {})


def test_a_writer_writes_by_name_and_operates_nothing(url: str, library: Shelf) -> None:
    writer = signed_in(url, TOKENS[Role.WRITE])
    assert send(url, writer, SYNC).status_code == 303
    library.give_up("PGONE", "It failed.")
    assert send(url, writer, "/postmortems/PGONE/sync").status_code == 403
    bearer = {"Authorization": f"Bearer {TOKENS[Role.WRITE]}"}
    items, away = f"{url}/api/documents/PFREIGHT/items", f"{url}/api/documents/PAWAY/sync"
    assert requests.post(items, json={"task": "x"}, headers=bearer, timeout=WAIT).status_code == 201
    assert requests.post(away, headers=bearer, timeout=WAIT).status_code == 403
    opened = writer.get(url + EDIT, timeout=WAIT).text
    base = opened.partition('name="base" value="')[2].partition('"')[0]
    assert send(url, writer, EDIT, text="Anew", base=base).status_code == 303
    assert library.writers == ["May write", "May write"]


def test_only_operators_have_services_looked_at_or_work_begun(url: str, library: Shelf) -> None:
    library.without_draft = [SkippedIncident("PSMALL", "Short", "", "it was short", "2026")]
    deeds = ("/operations/retry", "/skipped/PSMALL/draft")
    for role, status in ((Role.READ, 403), (Role.WRITE, 403), (Role.OPERATE, 303)):
        somebody = signed_in(url, TOKENS[role])
        assert [send(url, somebody, one).status_code for one in deeds] == [status] * 2
        looked = somebody.get(f"{url}/operations/check", timeout=WAIT).status_code
        assert looked == (200 if role is Role.OPERATE else 403)
        offered = somebody.get(f"{url}/skipped", timeout=WAIT).text
        assert ("Draft it" in offered) is (role is Role.OPERATE)
    assert {one.partition(":")[0] for one in library.jobs} >= {"PSMALL"}


def test_who_may_operate_and_who_has_everybodys_token_do_everything(
    url: str, library: Shelf
) -> None:
    library.give_up("PGONE", "It failed.")
    for token in (TOKENS[Role.OPERATE], EVERYBODYS):
        assert send(url, signed_in(url, token), "/postmortems/PGONE/sync").status_code == 303


def test_whoever_is_taken_out_or_gets_another_token_or_role_has_it_at_once(
    url: str, people: PeopleSettings
) -> None:
    assert people.file
    reader, writer = (signed_in(url, TOKENS[role]) for role in (Role.READ, Role.WRITE))
    before = people.file.read_text("utf-8")
    listed(people.file, Role.READ)
    assert reader.get(f"{url}/postmortems", timeout=WAIT).status_code == 401
    assert writer.get(f"{url}/postmortems", timeout=WAIT).status_code == 200
    people.file.write_text(before.replace(token_digest(TOKENS[Role.WRITE]), token_digest("other")))
    assert writer.get(f"{url}/postmortems", timeout=WAIT).status_code == 401
    people.file.write_text(before)  # a session that was seen with another token is over for good
    assert writer.get(f"{url}/postmortems", timeout=WAIT).status_code == 401
    again = signed_in(url, TOKENS[Role.WRITE])
    people.file.write_text(before.replace('role = "write"', 'role = "read"'))
    assert send(url, again, SYNC).status_code == 403


def test_a_file_that_is_being_changed_leaves_people_as_they_were(
    url: str, people: PeopleSettings, caplog: pytest.LogCaptureFixture
) -> None:
    assert people.file
    reader = signed_in(url, TOKENS[Role.READ])
    people.file.write_text("[[people]\n")
    assert reader.get(f"{url}/postmortems", timeout=WAIT).status_code == 200
    people.file.unlink()
    assert reader.get(f"{url}/postmortems", timeout=WAIT).status_code == 200


def test_everybodys_token_that_comes_back_revives_no_session_seen_meanwhile(
    library: Shelf,
) -> None:
    kept = KeptSessions()
    with served(library, token=EVERYBODYS, sessions=kept) as url:
        somebody = signed_in(url, EVERYBODYS)
        cookie = dict(somebody.cookies)
    for token, status in (("quite another token", 401), (EVERYBODYS, 401)):
        with served(library, token=token, sessions=kept) as url:
            answer = requests.get(f"{url}/postmortems", cookies=cookie, timeout=WAIT)
            assert answer.status_code == status


def proxied(path: Path, proxies: str = "127.0.0.1", role: Role = Role.READ) -> PeopleSettings:
    return PeopleSettings(
        file=listed(path).file, header="X-Forwarded-User", proxies=proxies, role=role
    )


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("may WRITE", "May write"),
        ("operate@example.com", "May operate"),
        ("Zoë Ünal", "Zoë Ünal"),
        ("guest@example.com", "guest@example.com"),
    ],
)
def test_a_trusted_proxy_says_who_somebody_is(
    library: Shelf, tmp_path: Path, said: str, who: str
) -> None:
    with served(library, people=proxied(tmp_path / "people.toml")) as url:
        headers = {"X-Forwarded-User": said.encode()}
        page = requests.get(f"{url}/postmortems/PFREIGHT", headers=headers, timeout=WAIT)
        assert page.status_code == 200
        assert f'<p class="who">{who}</p>' in page.text
        writes = f'href="{EDIT}"' in page.text
    assert writes is (who in {"May write", "May operate"})


@pytest.mark.parametrize("proxies", ["10.0.0.0/8", "::1", ""])
def test_what_comes_from_elsewhere_says_nothing(
    library: Shelf, tmp_path: Path, proxies: str
) -> None:
    with served(library, people=proxied(tmp_path / "people.toml", proxies)) as url:
        headers = {"X-Forwarded-User": "May operate"}
        assert requests.get(f"{url}/postmortems", headers=headers, timeout=WAIT).status_code == 401


@pytest.mark.parametrize("said", [b"", b"\xc2\xa0", b"a\tb", b"x" * 201])
def test_a_proxy_that_names_nobody_lets_nobody_in(
    library: Shelf, tmp_path: Path, said: bytes
) -> None:
    with served(library, people=proxied(tmp_path / "people.toml", role=Role.OPERATE)) as url:
        headers = {"X-Forwarded-User": said}
        assert requests.get(f"{url}/postmortems", headers=headers, timeout=WAIT).status_code == 401


def test_where_people_sign_in_elsewhere_nobody_is_asked_for_a_token(library: Shelf) -> None:
    settings = PeopleSettings(header="X-Forwarded-User", proxies="10.1.0.7")
    with served(library, people=settings) as url:
        page = requests.get(f"{url}/postmortems", timeout=WAIT)
    assert page.status_code == 401
    assert "Come by the address at which people sign in" in page.text
    assert 'name="token"' not in page.text


def test_a_file_that_is_wrong_at_the_start_lets_no_server_begin(
    library: Shelf, tmp_path: Path
) -> None:
    file = tmp_path / "people.toml"
    file.write_text('[[people]]\nname = "Mira"\nrole = "admin"\n')
    with pytest.raises(ConfigurationProblems, match="person 1 has no role that there is"):
        application(library, people=PeopleSettings(file=file))


def test_a_suggestion_is_taken_or_kept_by_whoever_may_write(url: str, library: Shelf) -> None:
    suggestion = SuggestedText("Duration", "Ten | minutes", '9 min "sharp"')
    last = LastResult("2026-11-23T10:00:00+00:00", "schedule", suggestions=(suggestion,))
    said = TEXT.replace("\n## 8.", "- **Duration:** Ten | minutes\n\n## 8.", 1)
    library.put(freight(last_result=last), said)
    pages = {}
    for role in (Role.READ, Role.WRITE):
        somebody = signed_in(url, TOKENS[role])
        pages[role] = somebody.get(f"{url}/postmortems/PFREIGHT", timeout=WAIT).text
    assert "Take it" not in pages[Role.READ]
    assert "Ten | minutes" in pages[Role.READ]
    assert "Take it" in pages[Role.WRITE]
    place = "/postmortems/PFREIGHT/suggestions"
    fields = {"place": "Duration", "people": "Ten | minutes", "fresh": '9 min "sharp"'}
    for chosen, status in (("take", 303), ("keep", 303), ("", 403), ("drop", 403)):
        answer = send(url, signed_in(url, TOKENS[Role.WRITE]), place, **fields, do=chosen)
        assert answer.status_code == status
    refused = send(url, signed_in(url, TOKENS[Role.READ]), place, **fields, do="take")
    assert refused.status_code == 403
    assert library.settled == [
        ("PFREIGHT", suggestion, "May write", True),
        ("PFREIGHT", suggestion, "May write", False),
    ]
