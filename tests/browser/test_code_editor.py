"""CodeMirror in the place of the text area: it takes no character away, and traps nobody."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import chromium, editor, truth
from tests.integration.desk import TEXT, Desk, desk_in

CRLF = TEXT.replace("\n", "\r\n")
SEPARATORS = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\u200b\u200f\xadh\n"
ODD = {
    "plain": TEXT,
    "lines end as in DOS": CRLF,
    "mixed line ends": CRLF.replace("RCA\r\n", "RCA\n").replace("down\r\n", "down\r") + "x\r\n\r\n",
    "lone carriage returns": TEXT + "one\rtwo\rthree\r",
    "a byte order mark": "\ufeff" + CRLF,
    "a mark in the middle": TEXT + "x\ufeffy\n",
    "no line end at the end": TEXT.rstrip("\n"),
    "blank lines at both ends": TEXT + "\n\n  \n\t\n",
    "separators that are no line ends": TEXT + SEPARATORS,
    "other people's scripts": TEXT + "日本語 🚒🏽 é e\u0301 \u202eabc\u202c\n",
    "trailing blanks": TEXT + "two  \nthree\t \n",
    "a very long line": TEXT + "word " * 10_000 + "\n",
    "brackets without end": TEXT + "[" * 1_000 + "\n" + "**_`" * 500 + "\n",
    "HTML": TEXT + "</textarea><script>document.title = 'acted'</script>\n",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_in(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    """Give a page; whatever its policy refuses, and every error, fails the test."""
    desk.write(TEXT)
    context = browser.new_context()
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda told: refused.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    yield page
    context.close()
    assert refused == []


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


@pytest.mark.parametrize("kept", ODD.values(), ids=ODD)
def test_what_nobody_types_stays_byte_for_byte(desk: Desk, page: Page, kept: str) -> None:
    desk.write(kept)
    page.goto(desk.page)
    editor(page).press("Control+End")
    save(page)
    assert desk.text() == kept
    page.goto(desk.page)
    editor(page).press("Control+Home")
    page.keyboard.press("Alt+n")
    page.keyboard.type("A leak.")
    save(page)
    assert desk.text() == kept.replace("[why]", "A leak.")
    assert page.title() != "acted"


def test_words_are_taken_back_and_put_again(desk: Desk, page: Page) -> None:
    page.goto(desk.page)
    editor(page).press("Control+End")
    page.keyboard.type("One.")
    page.keyboard.press("Enter")
    page.keyboard.type("  Two.")
    page.keyboard.press("Enter")
    expect(truth(page)).to_have_value(f"{TEXT}One.\n  Two.\n  ")
    for _ in range(9):
        page.keyboard.press("Control+z")
    expect(truth(page)).to_have_value(TEXT)
    for _ in range(9):
        page.keyboard.press("Control+y")
    expect(truth(page)).to_have_value(f"{TEXT}One.\n  Two.\n  ")


def test_words_of_an_input_method_arrive_once(desk: Desk, page: Page) -> None:
    page.goto(desk.page)
    editor(page).press("Control+End")
    method = page.context.new_cdp_session(page)
    for stage in ("に", "にほ", "にほん"):
        at = {"selectionStart": len(stage), "selectionEnd": len(stage)}
        method.send("Input.imeSetComposition", {"text": stage, **at})
    method.send("Input.insertText", {"text": "日本"})
    page.keyboard.type(" ok")
    expect(truth(page)).to_have_value(f"{TEXT}日本 ok")


def test_the_keyboard_gets_in_and_out(desk: Desk, page: Page) -> None:
    page.goto(desk.page)
    editor(page).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(editor(page)).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type("Warm")
    page.keyboard.press("Control+f")
    page.keyboard.type("leak")
    page.keyboard.press("Escape")
    page.keyboard.type("!")
    expect(truth(page)).to_have_value(f"{TEXT}Warm!")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save")).to_be_focused()
    page.get_by_text("The whole document, as Markdown").click()
    page.keyboard.type("?")
    expect(truth(page)).to_have_value(f"{TEXT}Warm!?")
    told = page.locator(".cm-content").get_attribute("aria-describedby")
    assert "Tab leaves the text" in page.locator(f"#{told}").inner_text()


def test_words_are_found_and_replaced(desk: Desk, page: Page) -> None:
    page.goto(desk.page)
    editor(page).press("Control+f")
    page.keyboard.type("Ada")
    page.get_by_role("textbox", name="Replace").fill("Bo")
    page.get_by_role("button", name="replace all").click()
    save(page)
    assert desk.text() == TEXT.replace("Ada", "Bo")


def test_a_long_text_is_written_in_as_if_it_were_short(desk: Desk, page: Page) -> None:
    bullets = "".join(f"- Looked at host {at} and saw its disk full\n" for at in range(6_000))
    long = TEXT.replace("## 6.", f"{bullets}\n## 6.")
    desk.write(long)
    page.set_default_timeout(120_000)  # it is parsed as it is opened
    page.add_init_script(
        "window.kept = 0; const set = Storage.prototype.setItem;"
        "Storage.prototype.setItem = function (...all) { window.kept += 1; set.apply(this, all); }"
    )
    looks: list[str] = []
    page.on("request", lambda one: looks.append(one.url) if one.url.endswith("preview") else None)
    page.goto(desk.page)
    editor(page).press("Control+End")
    words = "What a long night it was, and not over. " * 3
    page.keyboard.type(words)
    expect(truth(page)).to_have_value(long + words, timeout=60_000)
    assert page.locator(".cm-line").count() < 300  # what is not seen is not in the page
    assert page.evaluate("window.kept") < len(words) / 4
    assert len(looks) < len(words) / 4
    page.keyboard.type("And the last word.")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.")).to_be_visible(timeout=60_000)
    assert desk.text() == f"{long}{words}And the last word."


def test_a_browser_without_it_keeps_the_text_area(browser: Browser, desk: Desk) -> None:
    desk.write(TEXT)
    page = browser.new_page()
    page.route("**/codemirror-*.js", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.goto(desk.page)
    area = page.get_by_label("The whole document, as Markdown")
    expect(area).to_be_visible()
    area.press("Control+Home")
    page.keyboard.press("Alt+n")
    page.keyboard.type("A leak.")
    save(page)
    assert desk.text() == TEXT.replace("[why]", "A leak.")
    page.close()
