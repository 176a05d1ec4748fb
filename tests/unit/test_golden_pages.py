"""Whole documents as pages in storage format, as they were reviewed.

With ``POSTMORTEM_UPDATE_GOLDEN=1`` the files are written anew instead of compared: read the
difference line by line before it is committed.
"""

import os
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.unit.publishing_support import letters_of_html, letters_of_page, well_formed
from worker.publishing.page import PageOrigin, PageText, page
from worker.publishing.storage_format import Shown

GOLDEN = Path(__file__).parents[1] / "golden_pages"
UPDATE = bool(os.environ.get("POSTMORTEM_UPDATE_GOLDEN"))
AT = datetime(2026, 11, 3, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
ENDS = re.compile(r"(</(?:p|tr|li|h\d|ac:task|ac:structured-macro|table)>|<hr/>)(?!\n)")


def origin(name: str) -> PageOrigin:
    return PageOrigin(
        "Q1FOX", f"2026/{name}.md", "confluence", "5eed", f"https://git.example/{name}.md"
    )


def made(name: str, at: datetime = AT) -> PageText:
    text = (GOLDEN / f"{name}.md").read_text("utf-8")
    return page(text, origin(name), at, Shown({"chart.svg": 700}))


@pytest.mark.parametrize("name", ["everything", "reviewed"])
def test_the_page_is_as_it_was_reviewed(name: str) -> None:
    found, path = made(name), GOLDEN / f"{name}.xml"
    well_formed(found.body)
    lines = f"{found.title}\n" + ENDS.sub(r"\1\n", found.body)
    if UPDATE:
        path.write_text(lines, encoding="utf-8")
    assert path.read_text("utf-8") == lines


@pytest.mark.parametrize("name", ["everything", "reviewed"])
def test_the_page_shows_the_words_of_the_document(name: str) -> None:
    text = (GOLDEN / f"{name}.md").read_text("utf-8")
    shown = letters_of_page(made(name).body)
    assert shown.endswith(letters_of_html(text))


def test_the_digest_is_the_same_at_another_time_and_for_another_mark() -> None:
    later = made("reviewed", AT.replace(hour=23))
    assert later.digest == made("reviewed").digest
    assert later.body != made("reviewed").body
