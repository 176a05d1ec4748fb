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
    return page(text, origin(name), at, Shown({"chart.svg": 700, "timeline.svg": 700}))


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
    body = re.sub(r" \(<code>y\.png</code>\)", "", made(name).body)
    without_title = re.sub(r"^# .*$", "", text, count=1, flags=re.MULTILINE)
    assert letters_of_page(body).endswith(letters_of_html(without_title))
    assert made(name).title.startswith("Postmortem: ")


FRONT = '---\nincident: Q1\ntitle: "{}"\nnumber: 7\nstarted: {}\n---\n'


def page_of(text: str) -> PageText:
    return page(text, origin("a"), AT, Shown())


@pytest.mark.parametrize(
    ("title", "heading", "row", "h1"),
    [
        ("Disk full", "# Postmortem: Disk full", False, False),
        ("Disk full", "# Disk *full*", False, False),
        ("Disk full", "# Disk full (again)", True, False),
        ("x" * 300, "# " + "x" * 300, True, True),
        ("Disk full", "## Disk full\n\n# Disk full", False, True),
    ],
)
def test_the_title_stands_once(title: str, heading: str, *, row: bool, h1: bool) -> None:
    body = page_of(FRONT.format(title, "2026-11-02T02:10:00Z") + f"\n{heading}\n\nwords\n").body
    assert ("<th>Title</th>" in body) is row
    assert ("</h1>" in body) is h1


def test_a_title_of_emoji_fits_as_the_service_counts() -> None:
    title = page_of(FRONT.format("a", "") + "# " + "\U0001f525" * 200).title
    assert 240 < len(title.encode("utf-16-le")) // 2 <= 255
    assert title.endswith("(#7)")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-11-02T02:10:00+00:00", "2026-11-02 03:10 CET"),
        ("2026-07-02T02:10:59Z", "2026-07-02 04:10 CEST"),
        ("2026-11-02", "2026-11-02"),
        ("2026-13-02T02:10:00Z", "2026-13-02T02:10:00Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_times_of_the_front_matter_are_the_teams(written: str, shown: str) -> None:
    assert f"<th>Started</th><td>{shown}</td>" in page_of(FRONT.format("a", written)).body


def test_contents_stand_where_there_are_headings_to_find() -> None:
    heads = FRONT.format("a", "") + "# a\n\n" + "## One\n\n### Two\n"
    assert '"toc"' not in page_of(heads).body
    body = page_of(heads + "\n## Three\n").body
    assert body.index("</ac:rich-text-body>") < body.index('"toc"') < body.index("One</h2>")


def test_the_digest_is_the_same_at_another_time_and_for_another_mark() -> None:
    later = made("reviewed", AT.replace(hour=23))
    assert later.digest == made("reviewed").digest
    assert later.body != made("reviewed").body
