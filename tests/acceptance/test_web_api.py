"""The JSON API over HTTP, held to its own description."""

from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from connectors.errors import Unreachable
from tests.integration.web_support import TEXT, Shelf, freight, served, shelf
from worker.jobs.documents.document_status import ListedDocument
from worker.jobs.reports.journal_report import SkippedIncident
from worker.web.visitors import sign_in

TOKEN = "sesame"
WAIT = 60.0
BEARER = {"Authorization": f"Bearer {TOKEN}"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
]


@pytest.fixture(scope="module")
def library() -> Shelf:
    made = shelf()
    made.give_up("PLOST", "Jira refused the token.")
    return made


@pytest.fixture(scope="module")
def url(library) -> Iterator[str]:
    with served(library, token=TOKEN) as url:
        yield url


def test_every_answer_is_as_described(url, monkeypatch):
    monkeypatch.setattr(sign_in, "GAP", 0.0)  # every other request comes with a wrong token
    described = schemathesis.openapi.from_url(f"{url}/api/openapi.json", headers=BEARER)
    for found in described.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=25)
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=BEARER, checks=CHECKS)

        holds()


def get(address: str) -> requests.Response:
    return requests.get(address, headers=BEARER, timeout=WAIT)


def test_the_description_names_every_address_and_how_to_come_in(url):
    described = get(f"{url}/api/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/actions",
        "/api/documents",
        "/api/documents/{incident}",
        "/api/documents/{incident}/approvals",
        "/api/documents/{incident}/choices",
        "/api/documents/{incident}/items",
        "/api/documents/{incident}/journal",
        "/api/documents/{incident}/pictures",
        "/api/documents/{incident}/plan",
        "/api/documents/{incident}/review",
        "/api/documents/{incident}/suggestions",
        "/api/documents/{incident}/sync",
        "/api/jobs/{job}",
        "/api/parked",
        "/api/report",
        "/api/search",
        "/api/skipped",
    }
    assert set(described["components"]["securitySchemes"]) == {"HTTPBearer", "APIKeyCookie"}


def test_the_documents_are_listed_in_parts():
    library = shelf()
    library.others = [freight(incident=f"P{number}") for number in range(4)]
    with served(library) as url:
        answer = requests.get(f"{url}/api/documents?limit=2&offset=3", timeout=WAIT).json()
    assert answer["total"] == 5
    assert [one["incident"] for one in answer["documents"]] == ["P2", "P3"]


def test_the_documents_are_narrowed_as_the_page_narrows_them():
    library = shelf()
    library.told["PFREIGHT"] = ListedDocument(freight(), severity="SEV-2", services=("Quotes",))
    with served(library) as url:
        for query, total in (
            ("service=quotes", 1),
            ("severity=SEV-1", 0),
            ("q=metrics&sort=-overdue", 1),
            ("q=nowhere", 0),
            ("status=draft", 1),
        ):
            answer = requests.get(f"{url}/api/documents?{query}", timeout=WAIT).json()
            assert answer["total"] == total, query
        assert requests.get(f"{url}/api/documents?sort=x", timeout=WAIT).status_code == 422


def test_action_items_are_listed_across_documents(url):
    answer = get(f"{url}/api/actions").json()
    assert [one["task"] for one in answer["items"]] == [
        "Warn before the pool is empty",
        "Ask the carrier",
    ]
    first = answer["items"][0]
    assert (first["incident"], first["ticket"], first["overdue_days"]) == ("PFREIGHT", "OPS-7", 3)
    assert get(f"{url}/api/actions?state=all").json()["total"] == 3
    assert get(f"{url}/api/actions?state=done&owner=tom%20rask").json()["total"] == 1


def test_a_document_comes_with_its_text_and_its_items(url):
    answer = get(f"{url}/api/documents/PFREIGHT").json()
    assert answer["text"] == TEXT
    assert answer["name"] == answer["status"]["document"]
    assert answer["status"]["items"][0] == {
        "task": "Warn before the pool is empty",
        "owner": "Ines Abara",
        "priority": "High",
        "deadline": "2026-11-20",
        "ticket": "OPS-7",
        "url": "https://jira.example.com/browse/OPS-7",
        "status": "In Progress",
        "done": False,
    }


def test_the_journal_tells_each_write(url):
    first, second = get(f"{url}/api/documents/PFREIGHT/journal").json()
    assert first["deed"]["action"] == "drafted"
    assert (second["deed"]["before"], second["deed"]["after"]) == ("To Do", "In Progress")


def test_a_sync_is_asked_for_and_followed(url):
    answer = requests.post(f"{url}/api/documents/PNEW/sync", headers=BEARER, timeout=WAIT)
    assert answer.status_code == 202
    asked = answer.json()
    assert answer.headers["Location"] == asked["url"] == f"/api/jobs/{asked['job']}"
    phases = [get(url + asked["url"]).json()["phase"] for _ in range(4)]
    assert phases == ["waiting", "running", "done", "done"]


def test_the_figures_of_a_period_come_as_the_command_gives_them(url):
    told = get(f"{url}/api/report?since=2026-11-01&until=2026-11-20").json()
    assert (told["since"], told["by"]) == ("2026-11-01T00:00:00+00:00", None)
    (group,) = told["groups"]
    assert (group["key"], group["incidents"]) == (None, 0)
    assert group["items"]["open_age_days"] == {"median": None, "p90": None}
    assert told["definitions"]["items.opened"].startswith("Action items whose ticket was created")
    assert get(f"{url}/api/report?by=month").json()["groups"] == []


def test_what_was_given_up_or_skipped_is_listed():
    library = shelf()
    library.give_up("PLOST", "Jira refused the token.")
    library.without_draft = [SkippedIncident("PSMALL", "Short", "", "it lasted 0:00:40", "2026")]
    with served(library) as url:
        (lost,) = requests.get(f"{url}/api/parked", timeout=WAIT).json()
        (small,) = requests.get(f"{url}/api/skipped", timeout=WAIT).json()
    assert (lost["subject"], lost["phase"], lost["attempt"]) == ("PLOST", "parked", 7)
    assert lost["failures"] == ["Jira refused the token."]
    assert (small["incident"], small["reason"]) == ("PSMALL", "it lasted 0:00:40")


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/api/documents/PNONE", 404, "no postmortem for the incident PNONE"),
        ("/api/documents/PNONE/journal", 404, "no postmortem for the incident PNONE"),
        ("/api/jobs/PNONE:e", 404, "no job PNONE:e"),
        ("/api/nowhere", 404, "no such page"),
        ("/api/documents?limit=0", 422, "query limit: "),
        ("/api/report?by=person", 422, "query by: "),
        ("/api/report?since=soon", 422, "query since: 'soon' is no moment in time. Write a length"),
        ("/api/report?since=1d&until=2d", 422, "query since: The period begins on"),
        ("/api/documents/nope", 404, "no postmortem for the incident nope"),
        ("/api/documents/own-doc_1/journal", 404, "no postmortem for the incident own-doc_1"),
        ("/api/documents/a%20b", 404, "no such page"),
        ("/api/jobs/a%20b", 404, "no such page"),
        ("/api/documents/PFREIGHT/sync", 405, "cannot be used in that way"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(url, path, status, says):
    answer = get(url + path)
    assert answer.status_code == status
    assert says in answer.json()["detail"]
    assert answer.json()["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_documents_that_cannot_be_reached_are_a_503():
    library = shelf()
    library.problem = Unreachable("The Git remote does not answer.", "Try again later.")
    with served(library) as url:
        answer = requests.get(f"{url}/api/documents", timeout=WAIT)
    assert (answer.status_code, answer.json()) == (
        503,
        {
            "type": "about:blank",
            "title": "Service Unavailable",
            "status": 503,
            "detail": "The Git remote does not answer. Try again later.",
        },
    )
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_search_gives_what_the_documents_hold(url):
    found = requests.get(f"{url}/api/search?q=METRICS", headers=BEARER, timeout=WAIT).json()
    assert [(one["incident"], one["line"]) for one in found] == [("PFREIGHT", 1)]
    for query, answer in (("?q=nowhere", 200), ("", 422)):
        got = requests.get(f"{url}/api/search{query}", headers=BEARER, timeout=WAIT)
        assert got.status_code == answer
    assert requests.get(f"{url}/api/search?q=x", timeout=WAIT).status_code == 401
