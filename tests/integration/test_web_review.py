"""Reviews by page and API: the status, who looks after it, who has approved it, what is amiss."""

from collections.abc import Iterator, Mapping

import pytest
import requests

from config.page_users import PageUser, PeopleSettings, Role, as_table, token_digest
from connectors.incidents import IncidentId
from tests.integration.desk import TEXT, WAIT, Desk, desk_in
from tests.integration.test_web_access import form_key

COMMON = "the token that everybody has"
NAMES = {"Mira Jung": Role.WRITE, "Bo Lind": Role.WRITE, "Rea Der": Role.READ}


def token(name: str) -> str:
    return f"the token of {name}"


@pytest.fixture(scope="module")
def served_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    people = (PageUser(one, "", role, token_digest(token(one))) for one, role in NAMES.items())
    (folder / "people.toml").write_text("\n".join(map(as_table, people)), "utf-8")
    listed = PeopleSettings(file=folder / "people.toml")
    with desk_in(folder, token=COMMON, people=listed) as made:
        yield made


@pytest.fixture
def desk(served_desk: Desk) -> Desk:
    served_desk.write(TEXT)
    return served_desk


class Reviewer(requests.Session):
    """Somebody who is signed in."""

    def __init__(self, desk: Desk, given: str) -> None:
        super().__init__()
        self.place = f"{desk.url}/postmortems/QEDIT/review"
        self.post(f"{desk.url}/login", {"token": given, "next": "/healthz"}, timeout=WAIT)

    def page(self) -> str:
        return self.get(self.place, timeout=WAIT).text

    def sends(self, do: str, seen: str = "draft", **fields: str) -> requests.Response:
        sent = {**fields, "do": do, "seen": seen, "form_key": form_key(self.page())}
        return self.post(self.place, sent, timeout=WAIT, allow_redirects=False)


def told(desk: Desk) -> list[str]:
    return [entry.deed.reason for entry in desk.data.journal(IncidentId("QEDIT"))]


def test_a_review_goes_from_draft_to_final_with_what_is_amiss_before_each_step(desk: Desk) -> None:
    mira, bo = Reviewer(desk, token("Mira Jung")), Reviewer(desk, token("Bo Lind"))
    page = mira.page()
    assert "Line 15:" in page
    assert "no-deadline" in page
    assert "Ask for its review" in page
    assert "Approve as" not in page
    assert mira.sends("people", owner=" Mira  Jung ", reviewers="Bo Lind, Ada").status_code == 303
    assert mira.sends("in review").status_code == 303
    assert "waits for Bo Lind, Ada" in bo.page()
    assert "Approve as Bo Lind" in bo.page()
    assert bo.sends("approve", "in review").status_code == 303
    assert "Take my approval back" in bo.page()
    page = mira.page()
    assert "waits for Ada" in page
    assert "Make it final all the same" in page
    assert mira.sends("final", "in review").status_code == 303
    head = 'status: final\nowner: Mira Jung\nreviewers: [Bo Lind, Ada]\napprovals: ["Bo Lind (2026-11-23)"]\n'
    assert desk.text() == TEXT.replace("status: draft\n", head)
    assert told(desk)[-4:] == [
        "Mira Jung set the owner to 'Mira Jung' and set the reviewers to 'Bo Lind, Ada'",
        "Mira Jung set the status to 'in review'",
        "Bo Lind approved it",
        "Mira Jung set the status to 'final'",
    ]
    assert mira.sends("draft", "final").status_code == 303
    assert "Bo Lind (" not in desk.text()
    shown = mira.get(f"{desk.url}/postmortems/QEDIT", timeout=WAIT).text
    assert "owner: Mira Jung" in shown
    assert "reviewers: Bo Lind, Ada" in shown


def test_what_was_seen_otherwise_is_not_written(desk: Desk) -> None:
    mira = Reviewer(desk, token("Mira Jung"))
    desk.write(TEXT.replace("status: draft", "status: final"))
    answer = mira.sends("in review")
    assert answer.status_code == 409
    assert "is &#39;final&#39; by now" in answer.text
    assert mira.sends("published", "final").status_code == 403
    assert desk.text() == TEXT.replace("status: draft", "status: final")


def test_an_approval_needs_a_name_a_role_and_a_review(desk: Desk) -> None:
    common, reader = Reviewer(desk, COMMON), Reviewer(desk, token("Rea Der"))
    assert common.sends("approve").status_code == 422
    assert Reviewer(desk, token("Bo Lind")).sends("approve").status_code == 422
    assert reader.sends("in review").status_code == 403
    assert "Ask for its review" not in reader.page()
    desk.write(TEXT.replace("status: draft", "status: in review"))
    assert "an approval needs a name" in common.page()
    assert common.sends("approve", "in review").status_code == 422
    desk.write("# no front matter\n")
    assert Reviewer(desk, token("Bo Lind")).sends("final", "").status_code in {404, 422}


def test_programs_review_by_the_api(desk: Desk) -> None:
    bearer = {"Authorization": f"Bearer {token('Mira Jung')}"}

    def ask(
        method: str,
        what: str,
        json: Mapping[str, object] | None = None,
        headers: Mapping[str, str] = {},
    ) -> requests.Response:
        sent = {**bearer, **headers}
        return requests.request(method, desk.api + what, json=json, headers=sent, timeout=WAIT)

    seen = ask("GET", "/review")
    assert seen.json()["status"] == "draft"
    assert {one["rule"] for one in seen.json()["findings"]} >= {"no-deadline"}
    stale = {"If-Match": '"0000"'}
    change = {"status": "in review", "reviewers": ["Mira Jung", "Bo"]}
    assert ask("PATCH", "", json=change, headers=stale).status_code == 412
    mine = {"If-Match": seen.headers["ETag"]}
    assert ask("PATCH", "", json=change, headers=mine).status_code == 200
    assert ask("POST", "/approvals", headers=mine).status_code == 412
    saved = ask("POST", "/approvals")
    assert saved.status_code == 200
    told = ask("GET", "/review")
    assert told.headers["ETag"] == saved.headers["ETag"]
    assert told.json()["approvals"] == [{"name": "Mira Jung", "day": "2026-11-23"}]
    assert told.json()["waits_for"] == ["Bo"]
    assert ask("DELETE", "/approvals").status_code == 200
    assert ask("GET", "/review").json()["approvals"] == []
    common = {"Authorization": f"Bearer {COMMON}"}
    answer = ask("POST", "/approvals", headers=common)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert ask("GET", "/plan").json()["deeds"] == []
    assert ask("GET", "/suggestions").json() == []
    other = {"place": "Duration", "people": "an hour", "fresh": "9 min", "do": "take"}
    assert ask("POST", "/suggestions", json=other).status_code == 422
    assert ask("POST", "/suggestions", json={**other, "do": "keep"}).status_code == 200
    assert ask("POST", "/suggestions", json={"do": "keep"}).status_code == 422
    assert (
        ask("POST", "/suggestions", json={**other, "do": "keep"}, headers=stale).status_code == 412
    )


def test_a_suggestion_that_is_taken_twice_is_taken_once(desk: Desk) -> None:
    desk.write(TEXT.replace("status: draft\n", "status: draft\nseverity: P2\n"))
    bearer = {"Authorization": f"Bearer {token('Bo Lind')}"}
    one = {"place": "severity", "people": "P2", "fresh": "P1", "do": "take"}
    for _ in range(2):
        answer = requests.post(f"{desk.api}/suggestions", json=one, headers=bearer, timeout=WAIT)
        assert answer.status_code == 200
        assert answer.headers["ETag"]
    assert desk.text() == TEXT.replace("status: draft\n", "status: draft\nseverity: P1\n")
    desk.write(desk.text().replace("P1", "P3"))
    answer = requests.post(f"{desk.api}/suggestions", json=one, headers=bearer, timeout=WAIT)
    assert answer.status_code == 422
