"""Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Chromium as root in a container, and none of its own talk with hosts outside."""
WHOLE, PART = "The whole document, as Markdown", "This section, as Markdown"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; the test is skipped where the machine has none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def editor(page: Page, label: str = WHOLE) -> Locator:
    """Give what people write in: CodeMirror, once it stands there; the text area without scripts."""
    page.wait_for_load_state()
    if page.locator("[data-next]").is_visible():
        page.locator(".cm-content").wait_for()
    return page.get_by_label(label)


def truth(page: Page) -> Locator:
    """Give the text area, which holds what would be saved, seen or not."""
    return page.locator("textarea[name=text]")
