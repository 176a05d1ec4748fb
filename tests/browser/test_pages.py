"""The pages in a real browser: what is seen, clicked and typed, and what never happens."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from connectors.sandbox.loopback_server import LoopbackServer
from tests.browser.chromium import chromium
from tests.integration.web_support import Shelf, freight, served, shelf
from worker.jobs.reports.journal_report import SkippedIncident
from worker.web.visitors.access import COOKIE

TOKEN = "open sesame"
GOLDEN = Path(__file__).parents[1] / "golden"
STORM = "Q000101"
HOSTILE = "Q000666"
EDITOR = "/postmortems/PFREIGHT/edit"
TEMPLATES = Path(str(files("worker.web"))) / "templates"
THEMES = ("light", "dark")
LISTS = ("/postmortems", "/actions", "/operations", "/insights?by=service")
SCRIPTS = (
    "<script>document.title = 'acted'</script><img src=x onerror=\"document.title = 'acted'\">"
    "<svg onload=\"document.title = 'acted'\"></svg>"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def library() -> Shelf:
    made = shelf()
    storm = (GOLDEN / "alert-storm.md").read_text("utf-8")
    made.put(freight(incident=STORM, title="Checkout API: 5xx above 5 %", items=()), storm)
    made.pictures[STORM, "timeline.svg"] = (GOLDEN / "alert-storm.svg").read_bytes()
    hostile = (GOLDEN / "hostile-text.md").read_text("utf-8")
    made.put(freight(incident=HOSTILE, title=SCRIPTS, items=()), f"{hostile}\n\n{SCRIPTS}\n")
    made.pictures[HOSTILE, "timeline.svg"] = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="acted()">'
        b"<script>document.title = 'acted'</script></svg>"
    )
    return made


@pytest.fixture
def url(library) -> Iterator[str]:
    with served(library) as url:
        yield url


class Watched:
    """A page, and all that went wrong in it or was asked of elsewhere."""

    def __init__(self, context: BrowserContext, own: str) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on(
            "request",
            lambda request: (
                None if request.url.startswith(own) else self.complaints.append(request.url)
            ),
        )


@pytest.fixture
def watched(browser, url) -> Iterator[Watched]:
    """Give a page in the light theme: the dark one has other colours, and no more than that."""
    context = browser.new_context(color_scheme="light")
    watched = Watched(context, url)
    yield watched
    context.close()
    assert watched.complaints == []


def test_the_list_leads_to_a_document_with_its_chart(watched, url):
    page = watched.page
    page.goto(url)
    page.get_by_role("link", name="Checkout API: 5xx above 5 %").click()
    expect(page).to_have_url(f"{url}/postmortems/{STORM}")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Postmortem: Checkout API: 5xx above 5 %"
    )
    chart = page.get_by_role("img")
    chart.scroll_into_view_if_needed()
    assert chart.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0


def test_hostile_text_is_seen_and_nothing_of_it_acts(watched, url):
    page = watched.page
    for address in (url, f"{url}/postmortems/{HOSTILE}"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.title() != "acted"
    page.goto(url)
    expect(page.get_by_text("<script>document.title").first).to_be_visible()


def test_a_hostile_picture_opened_by_itself_does_nothing(browser, url):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/postmortems/{HOSTILE}/timeline.svg")
    page.wait_for_load_state("networkidle")
    assert page.title() != "acted"
    assert page.evaluate("self.origin") == "null"
    context.close()


def test_a_re_sync_is_asked_for_with_a_click_and_followed_until_it_is_done(watched, url, library):
    page = watched.page
    page.goto(f"{url}/postmortems/PFREIGHT")
    page.get_by_role("button", name="Re-sync now").click()
    expect(page.get_by_role("status")).to_contain_text("waiting for its turn")
    expect(page.get_by_role("status")).to_contain_text("is running", timeout=30_000)
    expect(page.get_by_role("status")).to_contain_text("The re-sync is done.", timeout=30_000)
    assert list(library.jobs) == ["PFREIGHT:page-1"]


def test_a_plan_is_shown_before_it_is_done(watched, url, library):
    page = watched.page
    page.goto(f"{url}/postmortems/PFREIGHT")
    page.get_by_role("link", name="Plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What a re-sync would write now")
    expect(page.get_by_text("To Do → Done")).to_be_visible()
    assert library.jobs == {}
    page.get_by_role("button", name="Do it now").click()
    expect(page.get_by_role("status")).to_contain_text("waiting for its turn")
    assert list(library.jobs) == ["PFREIGHT:page-1"]


def test_what_was_given_up_is_tried_again_with_a_click(watched, url, library):
    library.give_up("PLOST", "Jira refused the token of somebody@example.com: 401.")
    page = watched.page
    page.goto(url)
    expect(page.get_by_role("region", name="Given up")).to_contain_text("Jira refused the token")
    assert hard_to_read(page) == []
    page.get_by_role("button", name="Try again: PLOST").click()
    expect(page.get_by_role("status")).to_contain_text("waiting for its turn")
    expect(page.get_by_role("status")).to_contain_text("The re-sync is done.", timeout=30_000)
    assert list(library.jobs) == ["PLOST:page-1"]


def test_without_scripts_what_was_given_up_is_tried_again_as_well(browser, url, library):
    library.give_up("PLOST", "Jira refused the token.")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(url)
    page.get_by_role("button", name="Try again: PLOST").click()
    expect(page.get_by_role("status")).to_contain_text("The re-sync")
    context.close()
    assert list(library.jobs) == ["PLOST:page-1"]


def test_the_list_is_narrowed_down_to_what_is_overdue(watched, url, library):
    library.put(freight(incident="PDONE", title="Long settled", items=(), status="final"), "# x")
    page = watched.page
    page.goto(url)
    expect(page.get_by_text("Long settled")).to_be_visible()
    page.get_by_role("link", name="overdue action items").click()
    expect(page.get_by_text("Long settled")).to_have_count(0)
    expect(page.get_by_role("row", name="Warn before the pool is empty")).to_contain_text("overdue")


def test_everything_can_be_reached_with_the_keyboard(watched, url):
    page = watched.page
    page.goto(f"{url}/postmortems/PFREIGHT")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    focused = set()
    for _ in range(page.locator("a, button, input, summary, [tabindex='0']").count()):
        page.keyboard.press("Tab")
        focused.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"Postmortems", "Edit", "Re-sync now", "OPS-7", "2 entries"} <= focused


def test_j_and_k_go_over_the_rows_and_a_slash_to_the_search(watched, url, library):
    library.put(freight(incident="PTWO", title="Another", items=()), "# Postmortem: Another")
    page = watched.page
    page.goto(f"{url}/postmortems")
    links = page.locator("tbody .task a")
    expect(links).to_have_count(4)
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("/")
    field = page.get_by_role("searchbox")
    expect(field).to_be_focused()
    page.keyboard.type("j/k")
    expect(field).to_have_value("j/k")
    page.goto(f"{url}/operations")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.goto(f"{url}/postmortems/PFREIGHT")
    page.get_by_text("2 entries").click()
    shown = page.get_by_role("region", name="What was written").locator("time").first
    expect(shown).to_have_attribute("title", re.compile("2026"))


CONTRAST = """
() => {
  const channel = (value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) =>
    0.2126 * channel(red / 255) + 0.7152 * channel(green / 255) + 0.0722 * channel(blue / 255);
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    const pair = [luminance(numbers(getComputedStyle(element).color)), luminance(ground(element))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${texts.currentNode.textContent.trim()}`);
  }
  return low;
}
"""
"""Finds text that is harder to read than WCAG 2.2 allows (1.4.3, level AA: 4.5 to 1)."""


def test_all_text_stands_out_from_its_ground(watched, url, library):
    page = watched.page
    for path in ("/", f"/postmortems/{STORM}", "/postmortems/PFREIGHT", EDITOR, *LISTS):
        page.goto(url + path)
        assert hard_to_read(page) == []


def hard_to_read(page: Page) -> list[str]:
    """List the texts that stand out too little, in either theme."""
    found = []
    for scheme in THEMES:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
        found += [f"{scheme}: {one}" for one in page.evaluate(CONTRAST)]
    return found


def test_the_dark_theme_is_other_colours_and_nothing_else():
    style = (TEMPLATES / "style.css").read_text("utf-8")
    light = re.search(r"^:root \{\n(.*?)^\}", style, re.MULTILINE | re.DOTALL)
    dark = re.findall(r"^@media \(prefers-color-scheme.*?^\}", style, re.MULTILINE | re.DOTALL)
    assert light
    assert [style.count("prefers-color-scheme"), len(dark)] == [1, 1]
    lines = [line.strip() for line in dark[0].splitlines()]
    colours = [re.fullmatch(r"(--[a-z-]+): #[0-9a-f]{6};", line) for line in lines[2:-2]]
    assert all(colours), lines
    assert [one for one in colours if one and f"{one[1]}: #" not in light[1]] == []
    asks = [one.name for one in TEMPLATES.rglob("*.*") if "prefers-color-scheme" in _text(one)]
    assert asks == ["style.css"]


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_screen_shows_all_without_scrolling_sideways(browser, url, library, width):
    context = browser.new_context(viewport={"width": width, "height": 700})
    page = context.new_page()
    library.give_up("PLOST", "The file " + "very-long-name-" * 30 + ".md cannot be read.")
    library.without_draft = [SkippedIncident("PSMALL", "Short", "", "it lasted 0:00:40", "2026")]
    for path in ("/", "/skipped", f"/postmortems/{STORM}", "/postmortems/PFREIGHT", EDITOR, *LISTS):
        page.goto(url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.fixture
def guarded(library) -> Iterator[str]:
    with served(library, token=TOKEN) as url:
        yield url


@pytest.fixture
def person(browser, guarded) -> Iterator[Page]:
    """Somebody who has signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{guarded}/postmortems/PFREIGHT")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    yield page
    context.close()


def test_signing_in_leads_to_the_page_and_signing_out_closes_it(person, guarded):
    expect(person).to_have_url(f"{guarded}/postmortems/PFREIGHT")
    expect(person.get_by_role("button", name="Re-sync now")).to_be_visible()
    (cookie,) = person.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (COOKIE, True, "Strict")
    person.get_by_role("button", name="Sign out").click()
    expect(person.get_by_role("heading", name="Sign in")).to_be_visible()
    person.goto(guarded)
    expect(person.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_token_is_told(browser, guarded):
    context = browser.new_context()
    page = context.new_page()
    page.goto(guarded)
    page.get_by_label("Token").fill("guess")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("This is not the token.")
    context.close()


@pytest.fixture
def elsewhere(guarded) -> Iterator[str]:
    """Another site: a page with a link to a postmortem, and a form that would sync it."""
    app = FastAPI()

    @app.get("/")
    def page() -> HTMLResponse:
        target = f"{guarded}/postmortems/PFREIGHT"
        return HTMLResponse(
            f"<a href='{target}'>Postmortem</a>"
            f"<form method=post action='{target}/sync'><button>Win a prize</button></form>"
        )

    with LoopbackServer(app) as server:
        yield server.url.replace("127.0.0.1", "localhost")


def test_a_link_on_another_site_brings_a_signed_in_person_to_the_page(person, elsewhere, guarded):
    person.goto(elsewhere)
    person.get_by_role("link", name="Postmortem").click()
    expect(person.get_by_role("button", name="Re-sync now")).to_be_visible()
    expect(person).to_have_url(f"{guarded}/postmortems/PFREIGHT")


def test_a_link_on_another_site_brings_a_stranger_to_the_token(browser, elsewhere):
    context = browser.new_context()
    page = context.new_page()
    page.goto(elsewhere)
    page.get_by_role("link", name="Postmortem").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()


def test_a_form_on_another_site_syncs_nothing(person, elsewhere, library):
    person.goto(elsewhere)
    person.get_by_role("button", name="Win a prize").click()
    expect(person.get_by_role("button", name="Win a prize")).to_have_count(0)
    assert library.jobs == {}
