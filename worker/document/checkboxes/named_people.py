"""Whom a document names as people for sure, and since when it is written."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from config.template_names import Section
from worker.content.inline_markdown import plain
from worker.content.read_dates import read_date
from worker.content.task_words.owner_names import KnownPeople, is_name
from worker.document.front_matter import DocumentError, values
from worker.document.markdown_blocks import Blocks
from worker.document.outline import Extent

_KEYS = ("commander", "owner", "reviewers", "approvals")
_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")
_BOT = re.compile(r"\bbot\b|^Automation\b|^Somebody\b", re.IGNORECASE)
_ACTS = re.compile(r"([^|\n:\"]{2,80}?) (?:acknowledged\b|noted: )")
"""How a draft tells what people do, and bots; whoever has one name alone may be either."""


def named_people(blocks: Blocks, sections: Mapping[Section, Extent]) -> KnownPeople:
    """Give those of the front matter, and who acts in the timeline as a draft words it."""
    try:
        said = values(blocks.source.text) or {}
    except DocumentError:  # the items of such a document are read all the same
        said = {}
    front = (one for key in _KEYS for one in said.get(key, ()))
    told = (*front, *_acting(blocks, sections.get(Section.TIMELINE)))
    names = {_ASIDE.sub("", one).strip(" @[]") for one in told}
    days = (_day(one) for key in ("ended", "started") for one in said.get(key, ()))
    return KnownPeople.of(filter(is_name, names), next(filter(None, days), None))


def _day(written: str) -> date | None:
    return read_date(written[:10])[0]


def _acting(blocks: Blocks, timeline: Extent | None) -> Iterator[str]:
    for table in blocks.tables:
        if timeline and timeline.holds(table.header.line):
            cells = (row.text(at) for row in table.rows for at in range(len(row.cells)))
            told = (plain(one[1]) for one in filter(None, map(_ACTS.match, cells)))
            yield from (one for one in told if " " in one and not _BOT.search(one))
