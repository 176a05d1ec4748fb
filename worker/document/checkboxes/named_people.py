"""Whom a document names as people for sure, and since when it is written."""

import re
from collections import defaultdict
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
_OTHERS = ("services", "teams")
_ID = re.compile(r"\((P[A-Z0-9]{3,15})\)\s*$")
"""What tells people of one name apart: the name alone means neither then."""
_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")
_BOT = re.compile(r"\bbot\b|^Automation\b|^Somebody\b", re.IGNORECASE)
_ACTS = re.compile(
    r"([^|\n:\"]{2,80}?) (?:acknowledged(?= (?:after|again|for|from|by|via)\b|\s*[\[(,;]|\s*$)"
    r"|noted: )"
)
"""How a draft tells what people do, and bots; whoever has one name alone may be either."""


def named_people(blocks: Blocks, sections: Mapping[Section, Extent]) -> KnownPeople:
    """Give those of the front matter, and who acts in the timeline as a draft words it."""
    try:
        said = values(blocks.source.text) or {}
    except DocumentError:  # the items of such a document are read all the same
        said = {}
    front = (one for key in _KEYS for one in said.get(key, ()))
    told = (*front, *_acting(blocks, sections.get(Section.TIMELINE)))
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for one in told:
        found = _ID.search(one)
        ids[_ASIDE.sub("", one).strip(" @[]")].update([found[1]] if found else [])
    names = (one for one, of in ids.items() if is_name(one) and len(of) <= 1)
    others = (one for key in _OTHERS for one in said.get(key, ()))
    days = (_day(one) for key in ("ended", "started") for one in said.get(key, ()))
    return KnownPeople.of(names, next(filter(None, days), None), others)


def _day(written: str) -> date | None:
    return read_date(written[:10])[0]


def _acting(blocks: Blocks, timeline: Extent | None) -> Iterator[str]:
    for table in blocks.tables:
        if timeline and timeline.holds(table.header.line):
            cells = (row.text(at) for row in table.rows for at in range(len(row.cells)))
            told = (plain(one[1]) for one in filter(None, map(_ACTS.match, cells)))
            yield from (one for one in told if " " in one and not _BOT.search(one))
