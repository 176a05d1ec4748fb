"""Whatever becomes of a save, the answer holds all that was written; and no role reaches too far."""

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from config.page_users import PageUser, PeopleSettings, Role, as_table, token_digest
from tests.integration.desk import TEXT, WAIT, Desk, desk_in, form_of
from tests.integration.web_support import TODAY, KeptSessions, KeptWriters, shelf
from worker.web import pages_application
from worker.web.application import WebSettings

MINE = TEXT.replace("[why]", "A <b>leak</b> &amp; more.")
COMMON = "the token that everybody has"
TOKENS = {role: f"the token of who may {role}" for role in Role}


def people_file(folder: Path) -> Path:
    return folder / "people.toml"


def list_people(folder: Path, *roles: Role) -> PeopleSettings:
    """Write a file with somebody for each role; May write is first."""
    people = (
        PageUser(f"May {role}", f"{role}@example.com", given, token_digest(TOKENS[role]))
        for role, given in zip((Role.WRITE, Role.READ, Role.OPERATE), roles, strict=False)
    )
    people_file(folder).write_text("\n".join(map(as_table, people)) or "# nobody\n", "utf-8")
    return PeopleSettings(file=people_file(folder))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def served_desk(folder: Path) -> Iterator[Desk]:
    with desk_in(folder, token=COMMON, people=list_people(folder, Role.WRITE, Role.READ)) as made:
        yield made


@pytest.fixture
def desk(served_desk: Desk, folder: Path) -> Desk:
    """The one desk of this module, as it was at first."""
    list_people(folder, Role.WRITE, Role.READ, Role.OPERATE)
    for other in served_desk.file.parent.glob("*.md"):
        other.unlink()
    served_desk.write(TEXT)
    return served_desk


def signed_in(desk: Desk, role: Role = Role.WRITE) -> requests.Session:
    somebody = requests.Session()
    somebody.post(f"{desk.url}/login", {"token": TOKENS[role], "next": "/healthz"}, timeout=WAIT)
    return somebody


def opened(desk: Desk, somebody: requests.Session) -> dict[str, str]:
    return {**form_of(somebody.get(desk.page, timeout=WAIT).text), "text": MINE}


def area(answer: requests.Response) -> str:
    """Give the last text area's words: all that was sent, where there are several."""
    found = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
    return html.unescape(found[-1]).replace("\r\n", "\n") if found else ""


def _deleted(desk: Desk, _folder: Path) -> None:
    desk.file.unlink()


def _emptied(desk: Desk, _folder: Path) -> None:
    desk.write("")


def _doubled(desk: Desk, _folder: Path) -> None:
    desk.file.with_name("copy (conflict).md").write_text(TEXT, "utf-8")


def _signed_out(desk: Desk, folder: Path) -> None:
    list_people(folder)


def _demoted(desk: Desk, folder: Path) -> None:
    list_people(folder, Role.READ)


@pytest.mark.parametrize(
    ("happens", "status"),
    [(_deleted, 404), (_emptied, 409), (_doubled, 503), (_signed_out, 401), (_demoted, 403)],
)
def test_a_save_that_comes_too_late_keeps_all_that_was_written(
    desk: Desk, folder: Path, happens: Callable[[Desk, Path], None], status: int
) -> None:
    writer = signed_in(desk)
    form = opened(desk, writer)
    happens(desk, folder)
    answer = writer.post(desk.page, form, timeout=WAIT)
    assert (answer.status_code, area(answer)) == (status, MINE)


@pytest.mark.parametrize("what", ["", "/preview"])
@pytest.mark.parametrize(
    ("headers", "fields", "status"),
    [
        ({"Origin": "null"}, {}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, {}, 403),
        ({}, {"form_key": "from yesterday"}, 403),
        ({}, {f"more{one}": "" for one in range(20)}, 403),
        ({"Cookie": ""}, {}, 401),
    ],
)
def test_a_form_that_is_refused_keeps_all_that_was_written(
    desk: Desk, what: str, headers: dict[str, str], fields: dict[str, str], status: int
) -> None:
    writer = signed_in(desk)
    form = {**opened(desk, writer), **fields}
    answer = writer.post(desk.page + what, form, headers=headers, timeout=WAIT)
    assert (answer.status_code, area(answer)) == (status, MINE)
    by_another = "Origin" in headers or "Sec-Fetch-Site" in headers
    assert (">Save" in answer.text or "go on" in answer.text) is not by_another
    assert desk.text() == TEXT


@pytest.mark.parametrize("more", [20, 2_000])
@pytest.mark.parametrize("last", [True, False])
def test_a_form_with_files_and_too_many_fields_keeps_all_that_was_written(
    desk: Desk, more: int, last: bool
) -> None:
    writer = signed_in(desk)
    form, others = opened(desk, writer), {f"more{one}": "x" for one in range(more)}
    sent = others | form if last else form | others
    parts = {name: (None, value) for name, value in sent.items()}
    answer = writer.post(f"{desk.page}/pictures", files=parts, timeout=WAIT)
    assert (answer.status_code, area(answer)) == (403, MINE)
    assert desk.text() == TEXT


def test_who_was_signed_out_goes_on_where_they_were(desk: Desk) -> None:
    writer = signed_in(desk)
    form = opened(desk, writer)
    writer.cookies.clear()
    asked = writer.post(desk.page, form, timeout=WAIT)
    assert 'action="/postmortems/QEDIT/edit/signed-in"' in asked.text
    sent = {**form, "token": "another"}
    wrong = writer.post(f"{desk.page}/signed-in", sent, timeout=WAIT)
    assert (wrong.status_code, area(wrong)) == (401, MINE)
    sent["token"] = TOKENS[Role.WRITE]
    again = writer.post(f"{desk.page}/signed-in", sent, timeout=WAIT)
    assert (again.status_code, area(again)) == (200, MINE)
    assert desk.text() == TEXT
    assert writer.post(desk.page, form_of(again.text), timeout=WAIT).status_code == 200
    assert desk.text() == MINE


def test_what_cannot_be_read_before_signing_in_is_not_kept_in_memory(desk: Desk) -> None:
    form = {"text": "x" * 2_200_000, "base": "0"}
    answer = requests.post(desk.page, form, timeout=WAIT)
    assert answer.status_code == 401
    assert len(answer.content) < 20_000


def test_every_address_that_changes_something_is_closed_to_who_may_only_read(desk: Desk) -> None:
    reader = signed_in(desk, Role.READ)
    by_form = {"form_key": "", "text": "x", "base": "0", "do": "take", "place": "x"}
    told = {}
    for method, path in _changing():
        place = desk.url + path.replace("{incident}", "QEDIT").replace("{job}", "x")
        answer = reader.request(method, place, data=by_form, timeout=WAIT, allow_redirects=False)
        told[method, path] = answer.status_code
    assert len(told) >= 10
    assert set(told.values()) == {403}, told
    assert desk.text() == TEXT


_OF_THEIR_OWN = ("/webhooks/", "/login", "/logout", "/postmortems/{incident}/edit/signed-in")
"""Signed by a service, or before it is known who somebody is."""


def _changing() -> list[tuple[str, str]]:
    access = WebSettings(KeptSessions(), KeptWriters()).access()
    pages = pages_application.create(shelf(), access, KeptWriters(), dict, lambda: TODAY)
    routes = [
        (method, str(getattr(route, "path", "")))
        for router in pages.routes
        for route in getattr(getattr(router, "original_router", router), "routes", [router])
        for method in getattr(route, "methods", None) or ()
        if method not in {"GET", "HEAD"}
    ]
    return [one for one in routes if not one[1].startswith(_OF_THEIR_OWN)]
