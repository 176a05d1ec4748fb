"""Writing in a real browser, with scripts off and on, beside others who write; and axe's rules."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from connectors.incidents import IncidentId
from tests.browser.chromium import PART, chromium, editor, truth
from tests.integration.desk import FILED, TEXT, Desk, desk_in
from tests.integration.web_support import freight, served, shelf
from worker.jobs.last_results import LastResult
from worker.jobs.reports.journal_report import SkippedIncident
from worker.jobs.results import SuggestedText
from worker.journal.records import KnownResult

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOSTILE = "</textarea><script>document.title = 'acted'</script>\n\n<b>x</b> &amp; &lt;\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as made:
        yield made


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def test_a_change_is_typed_and_saved_and_nothing_else_changes(desk: Desk, page: Page) -> None:
    kept = TEXT.replace("\n", "\r\n") + HOSTILE
    desk.write(kept)
    page.goto(f"{desk.url}/postmortems/QEDIT")
    page.get_by_role("link", name="Edit").click()
    area = editor(page)
    expect(truth(page)).to_have_value(kept.replace("\r\n", "\n"))
    area.fill(truth(page).input_value().replace("[why]", "A leak."))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert desk.text() == kept.replace("[why]", "A leak.")
    assert page.title() != "acted"


def test_two_people_and_the_worker_write_in_one_row(desk: Desk, page: Page) -> None:
    page.goto(desk.page)
    other = desk.form()
    desk.write(FILED)
    other["text"] = other["text"].replace("| Ada | | |", "| Ada | High | |")
    assert desk.save(other).status_code == 303
    editor(page).fill(
        truth(page).input_value().replace("| Warn earlier | Ada |", "| Warn earlier | Bo |")
    )
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("that others had changed meanwhile came in")).to_be_visible()
    row = next(line for line in desk.text().splitlines() if "Warn earlier" in line)
    assert row.startswith("| Warn earlier | Bo | High | | [OPS-1](")


def test_a_conflict_is_settled_on_the_page_that_shows_it(desk: Desk, page: Page) -> None:
    page.goto(desk.page)
    desk.write(TEXT.replace("[why]", "A race."))
    editor(page).fill(truth(page).input_value().replace("[why]", "A leak."))
    page.get_by_role("button", name="Save").click()
    expect(
        page.get_by_role("heading", name="Somebody else changed the same places", level=1)
    ).to_be_visible()
    expect(page.get_by_text("- **Root Cause:** A race.", exact=True)).to_be_visible()
    both = page.get_by_label("Both together, with yours in those places")
    both.fill(truth(page).input_value().replace("A leak.", "A race, and a leak."))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert desk.text() == TEXT.replace("[why]", "A race, and a leak.")


def test_words_typed_on_the_page_of_a_conflict_are_there_again(
    browser: Browser, desk: Desk
) -> None:
    page = browser.new_page()
    page.goto(desk.page)
    desk.write(TEXT.replace("[why]", "A race."))
    editor(page).fill(truth(page).input_value().replace("[why]", "A leak."))
    page.keyboard.press("Control+s")
    expect(
        page.get_by_role("heading", name="Somebody else changed the same places")
    ).to_be_visible()
    page.get_by_label("Both together, with yours in those places").press("Control+End")
    page.keyboard.type("Settled: a race.")
    expect(truth(page)).to_have_value(re.compile("Settled: a race"))
    page.goto(desk.page)
    page.get_by_role("link", name="Go on with it").first.click()
    expect(truth(page)).to_have_value(re.compile(r"A leak\.[\s\S]*Settled: a race\.$"))
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert desk.text() == TEXT.replace("[why]", "A leak.") + "Settled: a race."
    page.close()


EVERY_PAGE = (
    "",
    "postmortems",
    "actions",
    "operations",
    "insights?by=service",
    "skipped",
    "postmortems/PFREIGHT",
    "postmortems/PFREIGHT/edit",
    "postmortems/PFREIGHT/edit?section=0",
    "postmortems/PFREIGHT/plan",
    "postmortems/PFREIGHT/review",
    "postmortems/PFREIGHT/items",
    "none",
)


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_on_any_page(browser: Browser, desk: Desk, width: int) -> None:
    if not AXE.exists():
        if os.environ.get("POSTMORTEM_REQUIRE_ALL"):
            pytest.fail("axe-core is not there: run make examples")
        pytest.skip("needs axe-core: run make examples")
    library = shelf()
    library.give_up("PLOST", "Jira refused the token.")
    library.without_draft = [SkippedIncident("PSMALL", "Short", "", "it lasted 0:00:40", "2026")]
    library.others = [freight(incident="PFAILED", document="")]
    wide = f"| {' | '.join(f'Column-{one}' for one in range(12))} |\n|{'---|' * 12}\n"
    told = (SuggestedText("Impact", "[Brief summary of the impact]", "all"), TOLD[2])
    last = LastResult("2026-11-19T10:05:00+00:00", "schedule", ("A warning.",), told)
    library.put(
        freight(last_result=last),
        f"{shelf().views['PFREIGHT'].text}\n{wide}\n```\n{'x' * 300}\n```\n",
    )
    library.views["PFREIGHT"] = replace(library.views["PFREIGHT"], last_result=last)
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        bypass_csp=True,
    )
    page = context.new_page()
    found = []
    with served(library) as url:
        for place in EVERY_PAGE:
            page.goto(f"{url}/{place}")
            if "/edit" in place:
                page.locator(".cm-content").wait_for()
                page.locator(".cm-content").press("Control+f")
                page.get_by_role("textbox", name="Find").wait_for()
            found += violations(page)
        page.goto(f"{url}/postmortems/PFREIGHT")
        page.get_by_role("button", name="Re-sync now").click()
        found += violations(page)
        page.close()  # it follows its job, and loads itself once that is over
    page = context.new_page()
    page.goto(desk.page)
    desk.write(TEXT.replace("[why]", "A race."))
    editor(page).fill(TEXT.replace("[why]", "A leak."))
    page.get_by_role("button", name="Save").click()
    found += violations(page)
    context.close()
    assert found == []


def violations(page: Page) -> list[str]:
    """List what breaks a rule of axe's; in the dark theme those of colours: no more is otherwise."""
    page.add_script_tag(path=AXE)
    colours = page.evaluate(OF_COLOURS, TAGS)
    assert "color-contrast" in colours
    found = []
    page.emulate_media(color_scheme="light")
    found += page.evaluate(RUN_AXE, {"type": "tag", "values": TAGS})
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(RUN_AXE, {"type": "rule", "values": colours})
    return [f"{page.url} {one}" for one in found]


OF_COLOURS = """
tags => axe.getRules(tags).filter(one => one.tags.includes("cat.color")).map(one => one.ruleId)
"""
RUN_AXE = """
rules => axe.run(document, {runOnly: rules})
  .then(told => told.violations.map(one => `${one.id}: ${one.nodes[0].html}`))
"""


def test_the_keyboard_is_enough_to_write(browser: Browser, desk: Desk) -> None:
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda told: refused.append(told.text) if told.type == "error" else None)
    page.goto(desk.page)
    editor(page).focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Alt+n")
    expect(page.get_by_text("Line 9: [why]")).to_be_visible()
    page.keyboard.type("A **leak**.")
    expect(page.get_by_label("Preview").get_by_text("leak", exact=True)).to_be_visible()
    assert page.get_by_label("Preview").locator("strong").all_inner_texts() == [
        "Root Cause:",
        "leak",
    ]
    assert desk.text() == TEXT
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert desk.text() == TEXT.replace("[why]", "A **leak**.")
    assert refused == []
    page.close()


def test_words_that_were_not_saved_are_there_again(browser: Browser, desk: Desk) -> None:
    page = browser.new_page()
    page.goto(desk.page)
    editor(page).fill(truth(page).input_value().replace("[why]", "A leak."))
    page.goto(f"{desk.url}/postmortems/QEDIT")
    page.goto(desk.page)
    page.get_by_role("link", name="Go on with it").click()
    editor(page)
    expect(truth(page)).to_have_value(TEXT.replace("[why]", "A leak."))
    assert desk.text() == TEXT
    page.close()


def test_going_back_to_the_editor_takes_back_nobodys_words(desk: Desk, page: Page) -> None:
    page.goto(desk.page)
    editor(page).fill(truth(page).input_value().replace("[why]", "A leak."))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    desk.write(desk.text().replace("| Ada |", "| Bo |"))
    page.go_back()
    editor(page).fill(truth(page).input_value().replace("A leak.", "A slow leak."))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert desk.text() == TEXT.replace("[why]", "A slow leak.").replace("| Ada |", "| Bo |")


def test_words_in_a_tab_outlast_a_server_that_keeps_no_draft(browser: Browser, desk: Desk) -> None:
    page = browser.new_page()
    page.route("**/edit/draft", lambda route: route.fulfill(status=401))
    page.goto(desk.page)
    editor(page).fill(truth(page).input_value().replace("[why]", "A leak."))
    desk.write(TEXT.replace("| Ada |", "| Bo |"))
    page.reload()
    page.get_by_role("button", name="Put it back").click()
    told = page.get_by_text("You are signed out, so your draft is not kept.")
    expect(told).to_be_visible(timeout=30_000)  # a draft is kept after a pause of 5 s
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. 1 place")).to_be_visible()
    page.wait_for_load_state()
    assert desk.text() == TEXT.replace("[why]", "A leak.").replace("| Ada |", "| Bo |")
    page.goto(desk.page)
    expect(page.get_by_role("button", name="Next prompt")).to_be_visible()
    expect(page.get_by_role("button", name="Put it back")).to_be_hidden()
    page.close()


def typed_without_drafts(browser: Browser, desk: Desk, words: str) -> Page:
    """Type at the end of the text, in a tab of which the server keeps no draft."""
    page = browser.new_page()
    page.route("**/edit/draft", lambda route: route.abort())
    page.add_init_script("navigator.sendBeacon = () => false")
    page.goto(desk.page)
    editor(page).press("Control+End")
    page.keyboard.type(words)
    return page


def test_words_typed_while_a_save_is_under_way_are_not_forgotten(
    browser: Browser, desk: Desk
) -> None:
    page, sent = typed_without_drafts(browser, desk, "Sent."), []
    page.route("**/postmortems/QEDIT/edit", lambda route: sent.append(route), times=1)  # noqa: PLW0108 - Playwright marks what it calls, and marks no method
    with page.expect_request("**/postmortems/QEDIT/edit"):
        page.keyboard.press("Control+s")
    page.keyboard.type(" And more.")
    sent[0].continue_()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert desk.text() == f"{TEXT}Sent."
    page.goto(desk.page)
    page.get_by_role("button", name="Put it back").click()
    expect(truth(page)).to_have_value(f"{TEXT}Sent. And more.")
    page.close()


def test_saving_again_before_the_answer_is_no_conflict_with_oneself(
    browser: Browser, desk: Desk
) -> None:
    page, sent = typed_without_drafts(browser, desk, "Sent."), []

    def answer_late(route: Route) -> None:
        sent.append(route.request.method)
        answer = route.fetch(max_redirects=0)  # the server has saved it
        page.keyboard.press("Control+s")
        page.keyboard.type(" And more.")
        page.keyboard.press("Control+s")
        route.fulfill(response=answer)

    page.route("**/postmortems/QEDIT/edit", answer_late)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert sent == ["POST"]
    assert desk.text() == f"{TEXT}Sent."
    page.unroute("**/postmortems/QEDIT/edit")
    page.goto(desk.page)
    page.get_by_role("button", name="Put it back").click()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert desk.text() == f"{TEXT}Sent. And more."
    page.close()


def test_what_else_is_saved_takes_no_words_from_the_tab(browser: Browser, desk: Desk) -> None:
    page = browser.new_page()
    page.route("**/edit/draft", lambda route: route.abort())
    page.add_init_script("navigator.sendBeacon = () => false")
    page.goto(f"{desk.url}/postmortems/QEDIT?saved=0")
    page.get_by_role("link", name="Edit", exact=True).click()
    editor(page).press("Control+End")
    page.keyboard.type("Not yet sent.")
    page.go_back()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto(desk.page)
    page.get_by_role("button", name="Put it back").click()
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url("**/preview")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert desk.text() == f"{TEXT}Not yet sent."
    page.wait_for_load_state()  # its script has run
    assert page.evaluate("sessionStorage.length") == 0
    page.close()


def test_words_behind_the_last_draft_are_offered_however_soon(browser: Browser, desk: Desk) -> None:
    page = browser.new_page()
    page.clock.set_fixed_time(datetime(2026, 11, 23, tzinfo=UTC))  # as the server's
    page.add_init_script("navigator.sendBeacon = () => false")
    page.goto(desk.page)
    editor(page).press("Control+End")
    page.keyboard.type("Kept.")
    expect(page.get_by_text("Your draft is kept here")).to_be_visible(timeout=30_000)
    page.reload()
    editor(page)
    expect(page.get_by_role("link", name="Go on with it")).to_be_visible()
    expect(page.get_by_role("button", name="Put it back")).to_be_hidden()
    page.get_by_role("link", name="Go on with it").click()
    editor(page).press("Control+End")
    page.route("**/edit/draft", lambda route: route.abort())
    page.keyboard.type(" And more.")
    page.goto(desk.page)
    page.get_by_role("button", name="Put it back").click()
    expect(truth(page)).to_have_value(f"{TEXT}Kept. And more.")
    page.close()


PASTE = """async (area, name) => {
  const canvas = document.createElement("canvas");
  const blob = await new Promise((done) => canvas.toBlob(done));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([blob], name, { type: "image/png" }));
  const given = { clipboardData, cancelable: true, bubbles: true, composed: true };
  area.dispatchEvent(new ClipboardEvent("paste", given));
}"""


def test_a_picture_is_pasted_into_the_text(browser: Browser, desk: Desk) -> None:
    pytest.importorskip("PIL", reason="needs the package pillow")
    page = browser.new_page()
    page.goto(desk.page)
    editor(page).press("Control+End")
    page.keyboard.press("Shift+ArrowUp")  # what is marked when the picture comes stays
    editor(page).evaluate(PASTE, "shot.png")
    expect(page.get_by_text("shot.png is kept beside the document.")).to_be_visible()
    shown = page.get_by_label("Preview").get_by_role("img", name="Picture")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 300)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert desk.text().startswith(TEXT + "![Picture](QEDIT-picture-")
    page.close()


def test_a_picture_lands_where_it_was_pasted_while_one_writes_on(
    browser: Browser, desk: Desk
) -> None:
    pytest.importorskip("PIL", reason="needs the package pillow")
    page = browser.new_page()
    on_their_way: list[Route] = []
    page.route("**/edit/pictures", lambda route: on_their_way.append(route))  # noqa: PLW0108 - Playwright marks what it calls, and marks no method
    page.goto(desk.page)
    editor(page).press("Control+End")
    for name in ("one.png", "two.png"):
        with page.expect_request("**/edit/pictures"):
            editor(page).evaluate(PASTE, name)
        page.keyboard.type(f"Behind {name}. ")
    page.keyboard.press("Control+Home")
    page.keyboard.type("Above. ")
    expect(truth(page)).to_have_value(re.compile("^Above. "))
    for route in reversed(on_their_way):
        route.continue_()
    for name in ("one.png", "two.png"):
        expect(truth(page)).to_have_value(
            re.compile(rf"Picture\]\(QEDIT-picture-\w+\.png\)\nBehind {name}\. ")
        )
    page.keyboard.type("Still above.")
    expect(truth(page)).to_have_value(re.compile("^Above. Still above."))
    page.close()


TOLD = (
    SuggestedText("Root Cause", "[why]", "a slow disk"),
    SuggestedText("Action Items", "Warn earlier | Ada |  | ", "Warn earlier | Bo |  | "),
    SuggestedText("severity", "P2", "P1"),
    SuggestedText("Impact", "none", "all"),
)


def suggest(desk: Desk) -> None:
    desk.write(TEXT.replace("status: draft\n", "status: draft\nseverity: P2\n"))
    told = tuple((one.place, one.people, one.fresh) for one in TOLD)
    at = datetime(2026, 11, 23, tzinfo=UTC)
    desk.journal.results.keep(KnownResult(IncidentId("QEDIT"), at, "schedule", suggestions=told))


def test_each_suggestion_stands_at_its_place_and_is_settled_by_itself(
    desk: Desk, page: Page
) -> None:
    suggest(desk)
    page.goto(f"{desk.url}/postmortems/QEDIT")
    document = page.locator("article.document")
    point = document.locator("li", has_text="Root Cause")
    row = document.locator("tr", has_text="Warn earlier").locator("xpath=following-sibling::tr[1]")
    expect(point.get_by_role("group")).to_contain_text("The facts now say “a slow disk”.")
    expect(row.get_by_role("group")).to_contain_text("Warn earlier | Bo")
    expect(document.get_by_role("group")).to_have_count(2)
    gone = page.get_by_role("group", name="Suggestion 4: Impact")
    expect(gone).to_contain_text("No such place says “none” any more.")
    expect(gone.get_by_role("button")).to_have_text(["Keep mine"])
    page.get_by_role("link", name="Root Cause").press("Enter")
    page.keyboard.press("Tab")
    expect(point.get_by_role("button", name="Take it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("button", name="Keep mine")).to_have_count(3)
    row.get_by_role("button", name="Take it").click()
    page.get_by_role("button", name="Keep mine: severity").click()
    gone = page.get_by_role("group", name="Suggestion 1: Impact")
    gone.get_by_role("button").click()
    expect(page.get_by_role("button", name="Keep mine")).to_have_count(0)
    kept = TEXT.replace("status: draft\n", "status: draft\nseverity: P2\n")
    assert desk.text() == kept.replace("[why]", "a slow disk").replace("| Ada |", "| Bo  |")


def test_an_action_item_and_a_review_need_no_script(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.url}/postmortems/QEDIT")
    page.get_by_role("link", name="Add an action item").click()
    page.get_by_label("What is to be done").fill("Read the log")
    page.get_by_role("combobox", name="Owner").fill("Bo")
    page.get_by_label("Deadline").fill("2026-12-01")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Review").click()
    expect(page.get_by_text("(open-prompt)")).to_be_visible()
    page.get_by_role("textbox", name="Reviewers").fill("Ada, Bo")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_role("button", name="Ask for its review").click()
    expect(page.get_by_text("waits for Ada, Bo")).to_be_visible()
    head = "status: in review\nreviewers: [Ada, Bo]\n"
    row = "| Read the log | Bo |  | 2026-12-01 |\n"
    assert desk.text() == TEXT.replace("status: draft\n", head) + row


def test_a_preview_needs_no_script(browser: Browser, desk: Desk) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk.page}?section=0")
    editor(page, PART).fill(truth(page).input_value().replace("[why]", "A *leak*."))
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_label("Preview").get_by_role("emphasis")).to_have_text("leak")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert desk.text() == TEXT.replace("[why]", "A *leak*.")
    context.close()
