"""Writing into documents over HTTP: by the API and by the page, beside others who write too."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from config.page_users import PageUser, Role
from config.template_names import Column
from connectors.incidents import IncidentId
from tests.integration.desk import FILED, TEXT, WAIT, Desk, desk_in, form_of
from worker.jobs.edits.review_document import ReviewChange
from worker.journal.database import Database
from worker.journal.web_memory import OpenedTexts


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as made:
        yield made


def test_what_nobody_else_changed_is_saved_as_it_was_sent(desk: Desk) -> None:
    mine = TEXT.replace("[why]", "A leak.")
    answer = desk.put(mine, desk.tag())
    assert (answer.status_code, answer.json()["text"]) == (200, mine)
    assert desk.text() == mine
    assert answer.headers["ETag"] == desk.tag()
    (entry,) = desk.data.journal(IncidentId("QEDIT"))
    assert (entry.deed.action, entry.trigger) == ("edited", "page")
    assert desk.put(mine, answer.headers["ETag"]).status_code == 200
    assert len(desk.data.journal(IncidentId("QEDIT"))) == 1


def test_what_the_worker_filed_meanwhile_is_joined(desk: Desk) -> None:
    tag = desk.tag()
    desk.write(FILED)
    answer = desk.put(TEXT.replace("| Ada |", "| Bo |"), tag)
    assert answer.status_code == 200
    assert desk.text() == FILED.replace("| Ada |", "| Bo |") == answer.json()["text"]
    assert answer.json()["came_in"]


def test_where_both_changed_one_place_nothing_is_written(desk: Desk) -> None:
    tag, theirs = desk.tag(), TEXT.replace("[why]", "A race.")
    desk.write(theirs)
    mine = TEXT.replace("[why]", "A leak.").replace("| Ada |", "| Bo |")
    answer = desk.put(mine, tag)
    told = answer.json()
    assert (answer.status_code, told["status"]) == (409, 409)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (told["mine"], told["theirs"]) == (mine, theirs)
    assert told["conflicts"] == [
        {
            "place": "3. Root Cause Analysis, Root Cause, line 9",
            "base": "- **Root Cause:** [why]",
            "mine": "- **Root Cause:** A leak.",
            "theirs": "- **Root Cause:** A race.",
        }
    ]
    assert desk.text() == theirs
    both = mine.replace("A leak.", "A race and a leak.")
    assert desk.put(both, answer.headers["ETag"]).status_code == 200
    assert desk.text() == both


@pytest.mark.parametrize(
    ("text", "tag", "status"),
    [
        (TEXT, None, 428),
        (TEXT, '"0000"', 412),
        (TEXT, "*", 412),
        (TEXT, 'W/"x"', 412),
        ("x" * 2_000_001, "", 413),
        (TEXT.replace("QEDIT", "QOTHER"), "", 422),
        ("no front matter at all", "", 422),
        (TEXT.replace("status: draft", "status: [draft"), "", 422),
        (TEXT + "\ud800", "", 422),
        (7, "", 422),
    ],
)
def test_what_cannot_be_saved_is_refused_by_its_status(
    desk: Desk, text: object, tag: str | None, status: int
) -> None:
    answer = desk.put(text, desk.tag() if tag == "" else tag)
    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == status
    assert answer.json()["detail"].endswith(".")
    assert desk.text() == TEXT


@pytest.mark.parametrize("body", ["{", '{"text": "x", "more": 1}', "[]", "[" * 5000])
def test_a_body_of_another_shape_is_refused(desk: Desk, body: str) -> None:
    answer = requests.put(desk.api, data=body, headers={"If-Match": desk.tag()}, timeout=WAIT)
    assert answer.status_code == 422
    assert desk.text() == TEXT


def test_status_and_owner_are_changed_in_the_front_matter(desk: Desk) -> None:
    answer = requests.patch(
        desk.api, json={"status": "in review", "owner": "Ada: on call"}, timeout=WAIT
    )
    assert answer.status_code == 200
    head = 'incident: QEDIT\nstatus: in review\nowner: "Ada: on call"\n'
    assert desk.text().replace("'", '"') == TEXT.replace("incident: QEDIT\nstatus: draft\n", head)
    for wrong in ({"status": "done"}, {"owner": "a\nb"}, {"title": "x"}):
        assert requests.patch(desk.api, json=wrong, timeout=WAIT).status_code == 422
    old = {"If-Match": '"0000"'}
    answer = requests.patch(desk.api, json={"status": "final"}, headers=old, timeout=WAIT)
    assert answer.status_code == 412


def test_an_action_item_is_added_behind_the_others(desk: Desk) -> None:
    item = {"task": "Ask | tell", "owner": "Bo", "deadline": "2026-12-01"}
    answer = requests.post(f"{desk.api}/items", json=item, timeout=WAIT)
    assert answer.status_code == 201
    assert desk.text() == f"{TEXT}| Ask \\| tell | Bo |  | 2026-12-01 |\n"
    for wrong in ({"task": ""}, {"task": "TBD"}, {"task": "x", "deadline": "2026-13-40"}, {}):
        answer = requests.post(f"{desk.api}/items", json=wrong, timeout=WAIT)
        assert answer.status_code == 422, wrong


def test_an_unknown_incident_is_a_404(desk: Desk) -> None:
    other = f"{desk.url}/api/documents/QNONE"
    tag = {"If-Match": desk.tag()}
    assert requests.put(other, json={"text": "x"}, headers=tag, timeout=WAIT).status_code == 404
    assert requests.patch(other, json={"owner": "x"}, timeout=WAIT).status_code == 404
    assert requests.post(f"{other}/items", json={"task": "x"}, timeout=WAIT).status_code == 404


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_browser_changes_nothing_but_what_was_typed(desk: Desk, end: str, mark: str) -> None:
    as_kept = mark + TEXT.replace("\n", end)
    desk.write(as_kept)
    form = desk.form()
    form["text"] = form["text"].removeprefix(mark)
    assert desk.save(form).status_code == 303
    assert desk.text() == as_kept
    form["text"] = form["text"].replace("[why]", "A leak.")
    assert desk.save(form).headers["Location"] == "/postmortems/QEDIT?saved=0"
    assert desk.text() == as_kept.replace("[why]", "A leak.")


def test_a_conflict_page_holds_all_that_was_written_and_can_be_saved(desk: Desk) -> None:
    form = desk.form()
    theirs = TEXT.replace("[why]", "A race.").replace("# Postmortem: Down", "# Postmortem: Up")
    desk.write(theirs)
    mine = TEXT.replace("[why]", "A leak <b>&amp;</b>.")
    answer = desk.save({**form, "text": mine})
    assert answer.status_code == 409
    assert desk.text() == theirs
    areas = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
    assert mine in [html.unescape(one).replace("\r\n", "\n") for one in areas]
    shown = form_of(answer.text)
    assert shown["text"] == mine.replace("# Postmortem: Down", "# Postmortem: Up")
    assert desk.save(shown).status_code == 303
    assert desk.text() == shown["text"]


def test_a_form_that_is_too_old_keeps_what_was_written(desk: Desk) -> None:
    mine = TEXT.replace("[why]", "A leak.")
    answer = desk.save({**desk.form(), "base": "0000", "text": mine})
    assert answer.status_code == 412
    assert "A leak." in answer.text
    assert form_of(answer.text)["text"] == TEXT
    answer = desk.save({**desk.form(), "form_key": "00", "text": mine})
    assert answer.status_code == 403
    assert form_of(answer.text)["text"].replace("\r\n", "\n") == mine
    answer = desk.save({**desk.form(), "text": mine.replace("QEDIT", "QOTHER")})
    assert answer.status_code == 422
    assert "A leak." in answer.text
    assert desk.text() == TEXT


def test_a_text_is_known_for_thirty_days_after_it_was_opened(tmp_path: Path) -> None:
    days = iter([0, 29, 31, 31, 62])
    with_database = Database.open(f"sqlite:///{tmp_path}/postmortem.db")
    start = datetime(2026, 11, 1, tzinfo=UTC)
    texts = OpenedTexts(with_database, lambda: start + timedelta(days=next(days)))
    texts.keep("first", TEXT)
    texts.keep("second", "é")
    texts.keep("third", "x")
    assert texts.text_of("first") is None
    assert texts.text_of("second") == "é"
    texts.keep("second", "é")
    texts.keep("fourth", "x")
    assert texts.text_of("third") is None
    assert texts.text_of("second") is None
    with_database.close()


def test_lists_show_what_was_saved(desk: Desk) -> None:
    kept = TEXT.replace(
        "status: draft\n", "status: in review\nowner: Ada\nservices: [Shop]\nseverity: SEV-1\n"
    )
    assert desk.put(kept, desk.tag()).status_code == 200
    for query in ("owner=ada", "service=shop", "severity=sev-1", "status=in%20review", "q=warn"):
        answer = requests.get(f"{desk.url}/api/documents?{query}", timeout=WAIT).json()
        assert answer["total"] == 1, query
        assert "1 of 1" in requests.get(f"{desk.url}/postmortems?{query}", timeout=WAIT).text
    (item,) = requests.get(f"{desk.url}/api/actions?service=shop", timeout=WAIT).json()["items"]
    assert (item["incident"], item["task"], item["owner"]) == ("QEDIT", "Warn earlier", "Ada")
    assert "Warn earlier" in requests.get(f"{desk.url}/actions", timeout=WAIT).text
    assert requests.get(f"{desk.url}/insights", timeout=WAIT).status_code == 200


def test_the_journal_says_who_saved_it(desk: Desk) -> None:
    incident, mira = IncidentId("QEDIT"), PageUser("Mira Jung", "mira@example.com", Role.WRITE)
    opened = desk.data.opened(incident)
    assert opened
    saved = desk.data.save(incident, TEXT.replace("[why]", "A leak."), opened.digest, mira)
    change = ReviewChange({"owner": "Bo"}, base=saved.opened.digest)
    saved = desk.data.change_review(incident, change, mira)
    desk.data.add_item(incident, {Column.TASK: "Read the log"}, PageUser())
    reasons = [entry.deed.reason for entry in desk.data.journal(incident)]
    assert reasons == [
        "Mira Jung saved it",
        "Mira Jung set the owner to 'Bo'",
        "somebody saved it",
    ]
