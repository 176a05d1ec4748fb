"""The pages over HTTP: what they show, and what they say when something is wrong."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests

from connectors.errors import Finding, Unreachable
from tests.integration.web_support import PICTURE, Shelf, freight, served, shelf
from worker.jobs.documents.document_status import DocumentStatus, ItemStatus, ListedDocument
from worker.jobs.job_lifecycle import JobPhase, JobState
from worker.jobs.last_results import LastResult
from worker.jobs.reports.journal_report import JournalEntry, SkippedIncident
from worker.jobs.reports.search_documents import SearchResult
from worker.jobs.results import Action, Deed, SuggestedText
from worker.web.monitoring import Metrics
from worker.web.page_data import DocumentView, QueueView

WAIT = 60.0
OWN_SCRIPT = re.compile(r'<script src="/page-[0-9a-f]{12}\.js" defer></script>')


@pytest.fixture
def library() -> Shelf:
    return shelf()


@pytest.fixture
def url(library) -> Iterator[str]:
    with served(library) as url:
        yield url


def get(address: str) -> requests.Response:
    return requests.get(address, timeout=WAIT)


def test_the_list_shows_each_document_and_how_far_it_has_come(url):
    page = get(url).text
    assert '<a href="/postmortems/PFREIGHT">Freight quotes time out</a>' in page
    assert '<time datetime="2026-11-19">2026-11-19</time>' in page
    assert "3 prompts open" in page
    assert "1 of 3 action items done" in page
    assert '<a href="https://example.pagerduty.com/incidents/PFREIGHT"' in page


def test_the_list_shows_each_action_item_with_its_ticket_and_marks_the_overdue_ones(url):
    page = get(url).text
    assert (
        '<a href="https://jira.example.com/browse/OPS-7" rel="noopener noreferrer">OPS-7</a>'
        in page
    )
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    overdue = [row for row in rows if '<strong class="overdue">' in row]
    assert len(overdue) == 1
    assert "Warn before the pool is empty" in overdue[0]


def test_the_list_can_be_narrowed_down(url, library):
    library.others.append(freight(incident="POTHER", title="Other", items=(), status="final"))
    assert "Other" in get(url).text
    assert "Other" not in get(f"{url}/?show=overdue").text
    assert get(f"{url}/?show=nonsense").status_code == 422


def test_an_empty_list_says_how_the_first_document_comes_about(url, library):
    library.views.clear()
    assert "There are no postmortems yet." in get(url).text


def test_a_document_that_cannot_be_read_is_listed_with_its_problem(url, library):
    library.others.append(freight(incident="", title="", problems=("It is not UTF-8.",), items=()))
    page = get(url).text
    assert "It is not UTF-8." in page
    assert 'href="/postmortems/"' not in page


def test_a_document_is_shown_with_its_chart_and_its_journal(url):
    page = get(f"{url}/postmortems/PFREIGHT").text
    assert ">Postmortem: Freight quotes time out</h1>" in page
    assert '<img src="/postmortems/PFREIGHT/PFREIGHT-timeline.svg" alt="Alerts over time">' in page
    assert '<mark class="prompt">[Brief summary of the impact]</mark>' in page
    assert "The incident was resolved." in page
    assert "To Do → In Progress" in page
    assert "2026-11-19 10:00 UTC" in page


def test_other_peoples_text_is_shown_and_does_nothing(url, library):
    hostile = "<script>alert(1)</script>"
    item = ItemStatus(hostile, hostile, ticket="X-1", url="javascript:alert(1)", status=hostile)
    library.put(
        freight(title=hostile, url="javascript:alert(1)", items=(item,), status=hostile), hostile
    )
    for page in (get(url).text, get(f"{url}/postmortems/PFREIGHT").text):
        assert "<script" not in OWN_SCRIPT.sub("", page)
        assert "javascript:" not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize("path", ["/", "/postmortems/PFREIGHT", "/nowhere", "/postmortems/PNONE"])
def test_no_page_lets_a_browser_run_or_fetch_what_is_not_its_own(url, path):
    answer = get(url + path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script" not in OWN_SCRIPT.sub("", answer.text)
    assert " style=" not in answer.text


def test_a_picture_opened_by_itself_is_in_a_sandbox(url):
    answer = get(f"{url}/postmortems/PFREIGHT/PFREIGHT-timeline.svg")
    assert answer.content == PICTURE
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/postmortems/PNONE",
        "/postmortems/nope",
        "/postmortems/a%20b",
        "/postmortems/nope/timeline.svg",
        "/postmortems/PFREIGHT/other.svg",
        "/postmortems/PFREIGHT/notes.md",
        "/postmortems/PFREIGHT/%2e%2e%2fsecret.svg",
        "/postmortems/PFREIGHT/..%2f..%2fsecret.svg",
        "/templates/base.html",
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(url, library, path):
    library.pictures["PFREIGHT", "notes.md"] = b"not for everybody"
    answer = get(url + path)
    assert answer.status_code == 404
    assert re.search(r"<h1>Not found</h1>\s*<p>There is no [^<]+\.</p>", answer.text)


def test_documents_that_cannot_be_reached_are_said_in_a_sentence(url, library):
    library.problem = Unreachable("The Git remote does not answer.", "Try again later.")
    for path in ("/", "/postmortems/PFREIGHT"):
        answer = get(url + path)
        assert answer.status_code == 503
        assert "The Git remote does not answer. Try again later." in answer.text


def test_a_fault_in_the_program_shows_nothing_of_its_inside(url, library):
    library.problem = RuntimeError("hunter2")
    for path in ("/", "/api/documents"):
        answer = get(url + path)
        assert answer.status_code == 500
        assert "The program has a fault." in answer.text
        assert "hunter2" not in answer.text


def test_a_re_sync_is_followed_on_the_page_until_it_is_done(url):
    person = requests.Session()
    page = person.get(f"{url}/postmortems/PFREIGHT", timeout=WAIT).text
    key = re.search(r'name="form_key" value="(\w+)"', page)[1]
    answer = person.post(f"{url}/postmortems/PFREIGHT/sync", {"form_key": key}, timeout=WAIT)
    address = answer.url
    assert address == f"{url}/postmortems/PFREIGHT?job=PFREIGHT:page-1"
    assert "The re-sync is waiting for its turn." in answer.text
    assert 'http-equiv="refresh"' in answer.text
    assert "The re-sync is running." in person.get(address, timeout=WAIT).text
    done = person.get(address, timeout=WAIT).text
    assert "The re-sync is done. 1 refreshed" in done
    assert 'http-equiv="refresh"' not in done


def test_a_re_sync_that_failed_says_why_and_what_comes_next(url, library):
    library.jobs["PFREIGHT:e"] = [
        JobState("PFREIGHT:e", "PFREIGHT", "page", JobPhase.RETRYING, failures=("Jira is down.",))
    ]
    page = get(f"{url}/postmortems/PFREIGHT?job=PFREIGHT:e").text
    assert "The re-sync failed and will be tried again" in page
    assert "Jira is down." in page


def test_a_re_sync_of_what_is_not_there_is_refused(url, library):
    key = re.search(r'name="form_key" value="(\w+)"', get(f"{url}/postmortems/PFREIGHT").text)[1]
    answer = requests.post(f"{url}/postmortems/PNONE/sync", {"form_key": key}, timeout=WAIT)
    assert answer.status_code == 404
    assert not library.jobs


def test_what_was_given_up_is_on_top_of_the_list_with_its_reasons(url, library):
    library.give_up("PLOST", "Jira refused the token.", "The <document> is gone.")
    page = get(url).text
    assert page.index("Given up") < page.index("Freight quotes time out")
    assert "7 attempts" in page
    assert "Jira refused the token." in page
    assert "The &lt;document&gt; is gone." in page


def test_where_nothing_was_given_up_nothing_is_said_of_it(url):
    assert "Given up" not in get(url).text


def test_of_many_that_were_given_up_some_are_shown_and_all_are_counted(url, library):
    for number in range(25):
        library.give_up(f"PLOST{number}", "PagerDuty is down.")
    page = get(url).text
    assert page.count(">Try again<") == 20
    assert "And 5 more" in page


def try_again(url: str, incident: str) -> requests.Response:
    key = re.search(r'name="form_key" value="(\w+)"', get(url).text)[1]
    return requests.post(f"{url}/postmortems/{incident}/sync", {"form_key": key}, timeout=WAIT)


def test_what_was_given_up_without_a_document_is_tried_again_and_followed_on_the_list(url, library):
    library.give_up("PLOST", "Jira refused the token.")
    answer = try_again(url, "PLOST")
    assert answer.url == f"{url}/?job=PLOST:page-1"
    assert "The re-sync is waiting for its turn." in answer.text
    assert list(library.jobs) == ["PLOST:page-1"]


def test_what_was_given_up_with_a_document_is_followed_on_its_page(url, library):
    library.give_up("PFREIGHT", "Jira refused the token.")
    assert try_again(url, "PFREIGHT").url == f"{url}/postmortems/PFREIGHT?job=PFREIGHT:page-1"


def test_trying_again_needs_the_form_of_this_page(url, library):
    library.give_up("PLOST", "Jira refused the token.")
    answer = requests.post(f"{url}/postmortems/PLOST/sync", {"form_key": "0" * 64}, timeout=WAIT)
    assert answer.status_code == 403
    assert not library.jobs


def test_incidents_without_a_draft_are_listed_with_the_reason(url, library):
    assert "There are none." in get(f"{url}/skipped").text
    library.without_draft = [
        SkippedIncident(
            "PSMALL",
            "A <short> one",
            "javascript:alert(1)",
            "it lasted 0:00:40, and drafts begin at 0:05:00",
            "2026-11-19T10:00:03+00:00",
        )
    ]
    page = get(f"{url}/skipped").text
    assert "PSMALL A &lt;short&gt; one" in page
    assert "javascript:" not in page
    assert "it lasted 0:00:40" in page
    assert "2026-11-19 10:00 UTC" in page
    assert 'href="/skipped"' in get(url).text


def test_how_the_last_job_ended_is_shown_with_each_document_and_for_drafts_that_failed():
    library = shelf()
    told = LastResult(
        "2026-11-27T09:00:00+00:00",
        "webhook",
        warnings=("It was read in <part>.",),
        suggestions=(SuggestedText("Duration", "Ten minutes", "9 min"),),
    )
    failed = LastResult(
        "2026-11-27T09:00:00+00:00",
        "schedule",
        failures=("PagerDuty is down.",),
        next_try="2026-11-27T09:05:00+00:00",
    )
    library.put(freight(last_result=told), "# Postmortem: Freight quotes time out\n")
    library.views["PFAILED"] = DocumentView(
        DocumentStatus("PFAILED", "", last_result=failed), "", "", failed
    )
    with served(library) as url:
        pages = {
            path: requests.get(f"{url}{path}", timeout=WAIT).text
            for path in ("/", "/postmortems/PFREIGHT", "/postmortems/PFAILED")
        }
        listed = requests.get(f"{url}/api/documents", timeout=WAIT).json()["documents"]
    for path in ("/", "/postmortems/PFREIGHT"):
        assert "Last result: 1 warning, 1 suggestion" in pages[path]
        assert "It was read in &lt;part&gt;." in pages[path]
        assert "the facts say “9 min”" in pages[path].replace("Duration</a>: “9 min”", "")
    assert "the document keeps “Ten minutes”" in pages["/"]
    assert "No such place says “Ten minutes” any more." in pages["/postmortems/PFREIGHT"]
    for path in ("/", "/postmortems/PFAILED"):
        assert "PagerDuty is down." in pages[path]
        assert "the next try is at" in pages[path]
    assert "There is no draft yet" in pages["/postmortems/PFAILED"]
    assert 'aria-label="Try again: PFAILED"' in pages["/"]
    assert '<span class="number">1</span> postmortems' in pages["/"]
    by_incident = {one["incident"]: one["last_result"] for one in listed}
    assert by_incident["PFREIGHT"]["warnings"] == ["It was read in <part>."]
    assert by_incident["PFAILED"]["next_try"] == "2026-11-27T09:05:00+00:00"


def test_one_thing_that_is_the_matter_is_told_once():
    library, told = shelf(), "Row 2 has no owner."
    last = LastResult("2026-11-27T09:00:00+00:00", "webhook", warnings=(told,))
    library.put(
        freight(problems=(told,), last_result=last), "# Postmortem: Freight quotes time out\n"
    )
    with served(library) as url:
        for path in ("/", "/postmortems/PFREIGHT"):
            assert get(f"{url}{path}").text.count(told) == 1, path


def test_the_head_tells_when_it_was_and_who_wrote_last():
    library = shelf()
    head = "---\nincident: PFREIGHT\nstarted: 2026-11-19T10:00:00+01:00\nended: 2026-11-19T11:33:00+01:00\n---\n"
    last = LastResult("2026-11-27T09:00:00+00:00", "webhook")
    library.put(freight(last_result=last), f"{head}# Postmortem: Freight\n")
    library.views["PFREIGHT"] = replace(library.views["PFREIGHT"], last_result=last)
    edit = Deed(Action.EDITED, "x.md", "Mira Jung saved it")
    library.entries.append(JournalEntry("2026-11-26T08:00:00+00:00", "PFREIGHT", "page", edit))
    with served(library) as url:
        page = get(f"{url}/postmortems/PFREIGHT").text
        editor = get(f"{url}/postmortems/PFREIGHT/edit").text
    for told in (
        "lasted 1 h 33 min",
        "acknowledged after 3 min",
        "review 2026-12-02",
        '<time datetime="2026-11-19T10:00:00+01:00">2026-11-19 10:00</time>',
        'to <time datetime="2026-11-19T11:33:00+01:00">11:33</time>',
        'Mira Jung saved it <time datetime="2026-11-26T08:00:00+00:00">2026-11-26 08:00 UTC</time>',
        'synced <time datetime="2026-11-27T09:00:00+00:00">',
    ):
        assert told in page
    assert "<h1>Edit Freight</h1>" in editor


def test_the_list_is_narrowed_by_its_address_and_given_as_csv():
    library = shelf()
    library.told["PFREIGHT"] = ListedDocument(freight(), severity="SEV-2", services=("Quotes",))
    with served(library) as url:
        page = get(f"{url}/postmortems?service=quotes&sort=title").text
        assert "1 of 1" in page
        assert 'aria-sort="ascending"' in page
        assert "Freight quotes time out" in page
        assert "None of the 1 postmortems" in get(f"{url}/postmortems?severity=SEV-1").text
        assert "None of the 1 postmortems" in get(f"{url}/postmortems?q=nowhere").text
        answer = get(f"{url}/postmortems?format=csv")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.text.splitlines()[1].startswith("PFREIGHT,Freight quotes time out,draft,")
        assert get(f"{url}/postmortems?sort=x").status_code == 422


def test_a_search_tells_what_it_could_not_read(library, monkeypatch):
    told = ("a.md cannot be read: it is no UTF-8.", "b.md is locked.")
    monkeypatch.setattr(library, "search", lambda _words: SearchResult((), told))
    with served(library) as url:
        page = get(f"{url}/postmortems?q=slow").text
        assert "2 documents could not be searched: a.md cannot be read: it is no UTF-8." in page
        assert "could not be searched" not in get(f"{url}/postmortems").text


def test_a_list_of_ten_thousand_is_cut_and_small():
    library = shelf()
    library.others = [freight(incident=f"P{at}", document=f"P{at}.md") for at in range(10_000)]
    with served(library) as url:
        first = get(f"{url}/postmortems")
        assert "Page 1 of 201" in first.text
        assert len(first.content) <= 60_000
        last = get(f"{url}/postmortems?page=999")
        assert "Page 201 of 201" in last.text
        assert 'rel="prev"' in last.text
        assert 'rel="next"' not in last.text
        assert len(get(f"{url}/actions").content) <= 60_000
        assert len(get(url).content) <= 60_000


def test_the_first_page_tells_what_fails_by_its_cause_and_who_is_late():
    library = shelf()
    why = "Jira does not accept the credentials. Renew the token."
    for at in range(12):
        failed = LastResult(
            "2026-11-23T09:00:00+00:00",
            "schedule",
            failures=(why, f"The document of incident P{at} waits."),
            next_try=f"2026-11-23T10:{at:02}:00+00:00",
        )
        one = freight(incident=f"P{at}", document=f"P{at}.md", last_result=failed)
        library.others.append(one)
    told = LastResult("2026", "schedule", suggestions=(SuggestedText("Duration", "1", "2"),))
    library.put(freight(last_result=told), "# x")
    with served(library) as url:
        page = get(url).text
    assert page.count(why) == 1 + 12  # once as a cause, and at each document
    assert "12 postmortems, tried again at 2026-11-23 10:00 UTC" in page
    assert "and 2 more" in page
    assert "The document of incident … waits." in page
    assert '<a href="/actions?state=overdue&amp;owner=Ines+Abara">Ines Abara</a>: 13' in page
    assert "the first since 2026-11-20" in page
    assert "The facts say otherwise" in page


def test_action_items_are_listed_with_how_long_they_are_overdue(url):
    page = get(f"{url}/actions").text
    assert "3 days overdue" in page
    assert "Write the runbook" not in page
    assert "Write the runbook" in get(f"{url}/actions?state=done").text
    answer = get(f"{url}/actions?state=all&format=csv")
    assert len(answer.text.splitlines()) == 4


def test_operations_tell_what_is_under_way_given_up_and_left_out():
    library = shelf()
    library.under_way = [
        JobState("QJOB:e", "QJOB", "webhook", JobPhase.RETRYING, 3, failures=("Jira is down.",))
    ]
    library.give_up("PLOST", "Jira refused the token.")
    library.without_draft = [SkippedIncident("PSMALL", "Short", "", "it lasted 0:00:40", "2026")]
    with served(library) as url:
        page = get(f"{url}/operations").text
    for told in ("retrying, attempt 3", "Jira is down.", "Jira refused the token.", "PSMALL Short"):
        assert told in page


def test_operations_tell_how_the_queue_the_schedule_and_the_webhooks_stand():
    library, metrics = shelf(), Metrics()
    looked = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
    library.queued = QueueView(waiting=3, oldest=12.4, workers=1, looked_at=looked)
    metrics.webhook("pagerduty", "not_stored", 0.1)
    with served(library, metrics=metrics) as url:
        page = get(f"{url}/operations").text
    assert "3 waiting, the first for 12 s; 1 process at work" in page
    assert "2026-11-23 11:30 UTC" in page
    assert "pagerduty: not stored" in page
    with served(shelf()) as url:
        page = get(f"{url}/operations").text
    assert "no look has ended well yet" in page
    assert "none has come since this process was started" in page


def form_key(page: str) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', page)
    assert found
    return found[1]


def test_all_that_was_given_up_is_tried_again_at_once():
    library = shelf()
    library.give_up("PLOST", "Jira refused the token.")
    library.give_up("PFREIGHT", "Jira refused the token.")
    with served(library) as url:
        page = get(f"{url}/operations").text
        answer = requests.post(
            f"{url}/operations/retry", data={"form_key": form_key(page)}, timeout=10
        )
        given_up = {one.subject for one in library.given_up}
        assert f"{len(given_up)} incidents are tried again." in answer.text
        assert {one.partition(":")[0] for one in library.jobs} == given_up
        refused = requests.post(f"{url}/operations/retry", data={"form_key": "old"}, timeout=10)
        assert refused.status_code == 403


def test_an_incident_that_was_left_out_is_drafted_by_a_button():
    library = shelf()
    library.without_draft = [SkippedIncident("PSMALL", "Short", "", "it lasted 0:00:40", "2026")]
    with served(library) as url:
        page = get(f"{url}/skipped").text
        sent = {"form_key": form_key(page)}
        done = requests.post(
            f"{url}/skipped/PSMALL/draft", data=sent, timeout=10, allow_redirects=False
        )
        assert done.status_code == 303
        assert library.jobs
        other = requests.post(f"{url}/skipped/PNONE/draft", data=sent, timeout=10)
        assert other.status_code == 404


def test_a_check_is_shown_with_its_remedies():
    library = shelf()
    library.findings = [
        Finding("Jira project OPS", "5 priorities"),
        Finding("Slack", problem="The token was refused.", remedy="Make another."),
        Finding("Documents", warning="A row has no owner.", table=(("a.md", "1 row"),)),
    ]
    with served(library) as url:
        page = get(f"{url}/operations/check").text
    for told in ("✓ Jira project OPS", "The token was refused. Make another.", "! Documents"):
        assert told in page
    assert "a.md: 1 row" in page


def test_everything_that_was_written_is_paged_backwards():
    library = shelf()
    library.entries = library.entries * 2
    with served(library) as url:
        page = get(f"{url}/operations/journal").text
        assert page.count('data-label="Incident"') == len(library.entries)
        earlier = re.search(r'href="(/operations/journal\?before=\d+)">Earlier', page)
        assert earlier
        assert "Nothing was written before that." in get(url + earlier[1]).text


def test_the_first_page_names_the_drafts_that_wait_for_somebody():
    library = shelf()
    status = library.views["PFREIGHT"].status
    library.told["PFREIGHT"] = ListedDocument(status, is_draft=True, review="2026-11-20")
    with served(library) as url:
        page = get(url).text
    assert "Drafts past their review" in page
    assert "review 2026-11-20" in page
    assert "Drafts that nobody owns" not in page
    library.told["PFREIGHT"] = ListedDocument(status, is_draft=True)
    with served(library) as url:
        assert "Drafts that nobody owns" in get(url).text


def test_the_list_tells_how_long_each_incident_took():
    library = shelf()
    status = library.views["PFREIGHT"].status
    began, ended = "2026-11-19T09:00:00+00:00", "2026-11-19T10:47:00+00:00"
    library.told["PFREIGHT"] = ListedDocument(status, began, ended)
    with served(library) as url:
        assert "1 h 47 min" in get(f"{url}/postmortems").text
    library.told["PFREIGHT"] = ListedDocument(status, began)
    with served(library) as url:
        assert 'data-label="Took">\u2013<' in get(f"{url}/postmortems").text
