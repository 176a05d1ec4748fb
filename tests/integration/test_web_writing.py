"""What helps whoever writes on the page: sections, a preview, and a draft until it is saved."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from tests.integration.desk import TEXT, WAIT, Desk, desk_in, form_of
from tests.integration.web_support import served, shelf
from worker.document.markdown_blocks import parse
from worker.document.section_text import SectionText, sections
from worker.journal.database import Database
from worker.journal.web_memory import (
    FORGOTTEN_AFTER,
    KEPT,
    MOST_DRAFTS,
    WebDraft,
    WebDrafts,
    WebWriters,
)
from worker.web.editing import editor_view
from worker.web.editing.unsaved_pages import LONGEST_LOOK

MINE = TEXT.replace("[why]", "A leak.")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as made:
        yield made


def send(desk: Desk, what: str, form: dict[str, str]) -> requests.Response:
    place = f"{desk.page}/{what}" if what else desk.page
    sent = {**form, "text": re.sub(r"\r\n|\r|\n", "\r\n", form.get("text", ""))}
    return requests.post(place, data=sent, timeout=WAIT, allow_redirects=False)


def opened(desk: Desk, asked: str = "") -> dict[str, str]:
    return form_of(requests.get(desk.page + asked, timeout=WAIT).text)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_section_is_edited_alone_and_the_rest_stays_to_the_byte(
    desk: Desk, line_end: str
) -> None:
    before = ("\ufeff" + TEXT).replace("\n", line_end)
    desk.write(before)
    form = opened(desk, "?section=0")
    assert form["section"] == "0"
    assert form["text"].startswith("## 3. Root Cause Analysis")
    assert "Action Items" not in form["text"]
    form["text"] = form["text"].replace("[why]", "A leak.")
    assert send(desk, "", form).status_code == 303
    assert desk.text() == before.replace("[why]", "A leak.")


def test_what_others_did_in_another_section_meanwhile_comes_in(desk: Desk) -> None:
    form = opened(desk, "?section=1")
    desk.write(MINE)
    form["text"] = form["text"].replace("| Ada |", "| Bo |")
    assert send(desk, "", form).status_code == 303
    assert desk.text() == MINE.replace("| Ada |", "| Bo |")


def test_a_section_that_both_changed_is_shown_with_the_whole_document(desk: Desk) -> None:
    form = opened(desk, "?section=0")
    desk.write(TEXT.replace("[why]", "A race."))
    form["text"] = form["text"].replace("[why]", "A leak.")
    answer = send(desk, "", form)
    assert answer.status_code == 409
    both = form_of(answer.text)
    assert both["text"] == MINE
    assert "section" not in both


def test_a_section_of_a_form_that_is_refused_stays_a_section(desk: Desk) -> None:
    form = opened(desk, "?section=0") | {"form_key": "made up"}
    answer = send(desk, "", form)
    assert answer.status_code == 403
    assert form_of(answer.text)["section"] == "0"
    assert desk.text() == TEXT


@pytest.mark.parametrize("section", ["-1", "x", "99999999", "1.5", "²"])
def test_a_section_that_is_none_writes_nothing(desk: Desk, section: str) -> None:
    assert send(desk, "", opened(desk) | {"section": section}).status_code in {403, 412}
    assert desk.text() == TEXT
    assert form_of(requests.get(desk.page, timeout=WAIT).text)["text"] == TEXT


def test_a_preview_shows_what_would_be_read_and_writes_nothing(desk: Desk) -> None:
    form = opened(desk) | {"text": MINE + "\n<script>alert(1)</script>\n**bold** [prompt]\n"}
    page = send(desk, "preview", form).text
    seen = page.partition('aria-label="Preview"')[2].partition("</section>")[0]
    assert "<strong>bold</strong>" in seen
    assert "<script>" not in seen
    assert '<mark class="prompt">' in seen
    assert form_of(page)["text"] == form["text"]
    assert desk.text() == TEXT
    part = opened(desk, "?section=0")
    again = form_of(send(desk, "preview", part).text)
    assert (again["section"], again["text"]) == ("0", part["text"])


def test_a_look_at_a_long_text_is_of_what_is_written_and_parses_no_document(desk: Desk) -> None:
    bullets = "".join(f"- Looked at host {at}\n" for at in range(20_000))
    text = TEXT.replace("## 6.", f"{bullets}\n## 6.")
    line = text[: text.index("host 12345")].count("\n")
    form = opened(desk) | {"text": text, "line": str(line)}
    before = parse.cache_info().misses
    page = send(desk, "preview", form).text
    assert "<li>Looked at host 12345</li>" in page
    assert "The document is long" in page
    assert len(page) < 4 * LONGEST_LOOK < len(text)
    assert parse.cache_info().misses == before
    last = send(desk, "preview", form | {"line": "9999999"}).text
    assert "<td>Warn earlier</td>" in last
    assert "host" not in last
    short = send(desk, "preview", opened(desk) | {"text": MINE, "line": "3"}).text
    assert "A leak." in short
    assert "The document is long" not in short


def test_no_text_is_taken_apart_where_every_request_passes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_loop = []

    def seen(text: str) -> tuple[SectionText, ...]:
        in_loop.append(asyncio._get_running_loop() is not None)
        return sections(text)

    monkeypatch.setattr(editor_view, "sections", seen)
    form = opened(desk)
    send(desk, "preview", form)
    send(desk, "", form | {"form_key": "made up"})
    assert in_loop == [False, False, False]


def test_a_draft_is_kept_until_it_is_saved(desk: Desk) -> None:
    form = opened(desk) | {"text": MINE}
    assert send(desk, "draft", form).status_code == 204
    assert desk.text() == TEXT
    desk.write(TEXT.replace("| Ada |", "| Bo |"))
    page = requests.get(desk.page, timeout=WAIT).text
    assert "Go on with it" in page
    assert "A leak." not in page
    found = opened(desk, "?draft=true")
    assert (found["text"], found["base"]) == (MINE, form["base"])
    assert send(desk, "", found).status_code == 303
    assert desk.text() == MINE.replace("| Ada |", "| Bo |")
    assert "Go on with it" not in requests.get(desk.page, timeout=WAIT).text


def test_a_draft_of_a_section_is_one_of_the_whole(desk: Desk) -> None:
    form = opened(desk, "?section=0")
    form["text"] = form["text"].replace("[why]", "A leak.")
    assert send(desk, "draft", form).status_code == 204
    assert opened(desk, "?draft=true")["text"] == MINE


def test_what_clashed_is_kept_as_a_draft(desk: Desk) -> None:
    form = opened(desk) | {"text": MINE}
    desk.write(TEXT.replace("[why]", "A race."))
    assert send(desk, "", form).status_code == 409
    assert opened(desk, "?draft=true")["text"] == MINE


def test_a_draft_is_forgotten_where_its_writer_says_so(desk: Desk) -> None:
    form = opened(desk) | {"text": MINE}
    send(desk, "draft", form)
    assert send(desk, "forget", form | {"form_key": "made up"}).status_code == 403
    assert send(desk, "forget", form).status_code == 303
    assert opened(desk, "?draft=true")["text"] == TEXT


def test_each_opened_editor_has_a_draft_of_its_own(desk: Desk) -> None:
    other = MINE.replace("| Ada |", "| Bo |")
    first, second = (opened(desk) | {"text": text} for text in (MINE, other))
    assert first["draft"] != second["draft"]
    for form in (first, second):
        assert send(desk, "draft", form).status_code == 204
    page = requests.get(desk.page, timeout=WAIT).text
    offered = re.findall(r'href="[^"]*(\?draft=[^"]+)"', page)
    assert {opened(desk, one)["text"] for one in offered} == {MINE, other}
    assert opened(desk, f"?draft={first['draft']}") == first
    refused = form_of(send(desk, "", first | {"form_key": "made up"}).text)
    assert refused["draft"] == first["draft"]
    assert send(desk, "", first).status_code == 303
    page = requests.get(desk.page, timeout=WAIT).text
    assert re.findall(r'href="[^"]*(\?draft=[^"]+)"', page) == [f"?draft={second['draft']}"]
    assert opened(desk, f"?draft={second['draft']}")["text"] == other
    assert send(desk, "draft", second | {"draft": "é" * 9, "text": "x"}).status_code == 204
    assert opened(desk, "?draft=true")["text"] in {"x", other}


def test_drafts_end_with_time_and_belong_to_their_writers(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/journal.db")
    now = datetime(2026, 11, 23, tzinfo=UTC)
    drafts = WebDrafts(database, lambda: now)
    drafts.keep("ann", "Q1", "first", "b1", "e1")
    drafts.keep("ann", "Q1", "second ✓", "b2", "e1")
    drafts.keep("bo", "Q1", "other", "b1", "e1")
    assert drafts.of("ann", "Q1") == [WebDraft("second ✓", "b2", now, "e1")]
    drafts.forget("bo", "Q1", "e1")
    assert drafts.of("bo", "Q1") == drafts.of("ann", "Q2") == []
    now += KEPT + timedelta(days=1)
    for number in range(2 * MOST_DRAFTS):
        now += timedelta(seconds=1)
        drafts.keep("bo", "Q2", str(number), "b1", f"e{number}")
    latest = range(MOST_DRAFTS, 2 * MOST_DRAFTS)
    assert [one.text for one in drafts.of("bo", "Q2")] == [str(one) for one in reversed(latest)]
    assert drafts.of("ann", "Q1") == []
    database.close()


def test_others_are_told_who_writes_until_they_leave_or_say_nothing(tmp_path: Path) -> None:
    now = [datetime(2026, 11, 23, 9, 16, tzinfo=UTC)]
    with ExitStack() as open_still:
        processes = []
        for _ in range(2):
            database = Database.open(f"sqlite:///{tmp_path}/journal.db")
            open_still.callback(database.close)
            processes.append(WebWriters(database, lambda: now[0]))
        here, there = processes
        here.note("Q1", "a", "Mira")
        now[0] += timedelta(minutes=1)
        there.note("Q1", "b", "")
        there.note("Q2", "c", "Bo")
        here.note("Q1", "a", "Mira")
        for one in processes:
            told = [(other.name, other.minute) for other in one.others("Q1", "c")]
            assert told == [("Mira", "09:16"), ("", "09:17")]
        assert [other.name for other in there.others("Q1", "b")] == ["Mira"]
        there.leave("Q1", "b")
        there.leave("Q1", "nobody")
        assert [other.name for other in here.others("Q1", "c")] == ["Mira"]
        now[0] += timedelta(seconds=FORGOTTEN_AFTER)
        assert there.others("Q1", "c") == []
        there.note("Q1", "a", "Mira")
        (found,) = here.others("Q1", "c")
        assert found.since == now[0].timestamp()


def test_the_document_is_given_as_markdown(desk: Desk) -> None:
    answer = requests.get(f"{desk.url}/postmortems/QEDIT/markdown", timeout=WAIT)
    assert answer.text == TEXT
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert requests.get(f"{desk.url}/postmortems/QNONE/markdown", timeout=WAIT).status_code == 404


def test_pages_are_packed_and_files_are_kept_for_good() -> None:
    with served(shelf()) as url:
        page = requests.get(f"{url}/postmortems", timeout=WAIT)
        assert page.headers["Content-Encoding"] == "gzip"
        plain = requests.get(
            f"{url}/postmortems", headers={"Accept-Encoding": "identity"}, timeout=WAIT
        )
        assert "Content-Encoding" not in plain.headers
        assert plain.text == page.text
        (style,) = re.findall(r'href="(/style-[0-9a-f]{12}\.css)"', page.text)
        found = requests.get(url + style, timeout=WAIT)
        assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert requests.get(f"{url}/style-000000000000.css", timeout=WAIT).status_code == 404


@pytest.mark.parametrize("path", ["/", "/postmortems/PFREIGHT", "/healthz", "/api/documents"])
def test_head_says_what_get_says_and_nothing_else(path: str) -> None:
    with served(shelf()) as url:
        got = requests.get(url + path, timeout=WAIT)
        head = requests.head(url + path, timeout=WAIT)
        missing = requests.head(f"{url}/none", timeout=WAIT)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Security-Policy", "Content-Length"):
        assert head.headers[name] == got.headers[name]
    assert missing.status_code == 404
