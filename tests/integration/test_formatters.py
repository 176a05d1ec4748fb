"""Documents after real formatters: nobody's words change hands, and facts still arrive.

Every golden document goes through each formatter: as drafted, with people's words in it, and with
tickets. Merged afterwards it must show what it would have shown had the formatter come last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property

import pytest
from markdown_it import MarkdownIt

from config.template_names import Names
from tests.integration.formatters import FORMATTERS
from tests.unit.test_golden_documents import INCIDENTS, POLICY, TEMPLATE
from worker.content.draft_content import Content, DraftRow, Point
from worker.content.same_markdown import Rendering, Spelling
from worker.document.action_items import ActionItem, CellEdit, TicketCell
from worker.document.action_section import read as read_items
from worker.document.action_section import write as write_items
from worker.document.fill_template import fill
from worker.document.front_matter import body_line
from worker.document.front_matter import read as read_front_matter
from worker.document.merge.merge import merge
from worker.document.merge.merge_values import Written
from worker.document.text_edits import SourceText
from worker.drafting.draft import draft

NAMES = Names()
EDITS = {
    "- **Root Cause:** ": "- **Root Cause:** We *do not* know a_b_c * yet & [Dana](https://x.example/?a=b&c) ",
    "- **Users Affected:** [Number/percentage of affected users]": "- **Users Affected:** ~5 % [of all]",
    "  - [Point 1]": "  - Somebody [saw](<a b.md>) it <b>at once</b>",
    "|------------|------------|---------------|\n": "|------------|------------|---------------|\n"
    "| Ask `a_b` \\*twice\\* | Dana | High | 2027-03-01 |\n",
}
"""What people write, and in place of what."""


@dataclass(frozen=True)
class Story:
    """One incident's document: as drafted, and as it would be drafted when the facts changed."""

    base: Written
    later: Written
    people: str
    tickets: str

    @cached_property
    def texts(self) -> Mapping[str, str]:
        merged = {
            name: merge(self.base, text, self.later, NAMES).text
            for name, text in (("people", self.people), ("tickets", self.tickets))
        }
        return {
            "base": self.base.text,
            "later": self.later.text,
            "people": self.people,
            "people-later": merged["people"],
            "tickets": self.tickets,
            "tickets-later": merged["tickets"],
            "statuses": with_statuses(self.tickets),
        }


def changed(content: Content) -> Content:
    """Change something in every place: say more, say it otherwise, add and leave out."""
    entries = {
        slot: replace(
            entry,
            text=f"{entry.text} (corrected)" if entry.text else "",
            points=(*entry.points[1:], Point("new", "Now \\*known\\*: <https://x.example/a_b>")),
        )
        for slot, entry in content.entries.items()
    }
    rows = list(content.timeline)
    if len(rows) > 2:
        del rows[1]
    time, words = rows[-1].cells
    rows[-1] = replace(rows[-1], cells=(time, f"{words} \\[again\\]"))
    rows.append(DraftRow("new", (time, "One more [log](https://x.example/log)")))
    items = (*content.action_items, DraftRow("new", ("Look at \\_all\\_", "dana", "", "")))
    return replace(
        content,
        title=f"{content.title}, again",
        entries=entries,
        timeline=tuple(rows),
        action_items=items,
    )


def with_tickets(text: str) -> str:
    items = read_items(text, NAMES).items
    edits = [
        CellEdit(one.ordinal, TicketCell(f"OPS-{at}", f"https://j.example/browse/OPS-{at}"), "Open")
        for at, one in enumerate(items, 1)
    ]
    return write_items(text, NAMES, edits)


def with_statuses(text: str) -> str:
    items = read_items(text, NAMES).items
    return write_items(
        text, NAMES, [CellEdit(one.ordinal, one.ticket, "Done (Won't Do)") for one in items]
    )


@cache
def stories() -> Mapping[str, Story]:
    told = {}
    for name, incident in INCIDENTS.items():
        content = draft(incident(), POLICY).content
        base = fill(TEMPLATE, content, NAMES)
        people = base.text
        for before, after in EDITS.items():
            people = people.replace(before, after, 1)
        tickets = with_tickets(people)
        told[name] = Story(base, fill(TEMPLATE, changed(content), NAMES), people, tickets)
    return told


@pytest.fixture(scope="module", params=FORMATTERS)
def formatted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, str]:
    """Give every text of every story as one formatter leaves it."""
    texts = {
        f"{name}.{which}": text
        for name, story in stories().items()
        for which, text in story.texts.items()
    }
    folder = tmp_path_factory.mktemp("formatted") / "documents"
    return FORMATTERS[request.param].run(folder, texts)


_parser = MarkdownIt("commonmark").enable("table")


def shown(text: str) -> list[tuple[str, Rendering]]:
    """Give what readers see of a document, block by block."""
    source = SourceText.of(text)
    environment: dict[str, dict[str, object]] = {}
    body = source.text[source.starts[body_line(source)] :]
    tokens = _parser.parse(body, environment)
    spelling = Spelling(environment.get("references", {}))
    front = read_front_matter(text)
    assert front is not None
    head = (front.incident, front.url.strip("<>"), front.status)
    return [
        ("front matter", (("text", " ".join(head)),)),
        *(
            (one.type, spelling.rendering(one.content))
            for one in tokens
            if one.type not in ("paragraph_open", "paragraph_close")
        ),
    ]


@pytest.mark.parametrize("name", INCIDENTS)
def test_what_a_formatter_respelled_is_not_rewritten(
    formatted: Mapping[str, str], name: str
) -> None:
    story, text = stories()[name], formatted[f"{name}.base"]
    merged = merge(story.base, text, story.base, NAMES)
    assert merged.text == text
    assert not merged.suggestions


@pytest.mark.parametrize("name", INCIDENTS)
def test_facts_arrive_in_what_a_formatter_respelled(
    formatted: Mapping[str, str], name: str
) -> None:
    story, text = stories()[name], formatted[f"{name}.base"]
    merged = merge(story.base, text, story.later, NAMES)
    assert shown(merged.text) == shown(formatted[f"{name}.later"])
    assert not merged.suggestions
    assert merge(merged.base, merged.text, story.later, NAMES).text == merged.text


@pytest.mark.parametrize("which", ["people", "tickets"])
@pytest.mark.parametrize("name", INCIDENTS)
def test_peoples_words_stay_theirs_when_a_formatter_respelled_them(
    formatted: Mapping[str, str], name: str, which: str
) -> None:
    story, text = stories()[name], formatted[f"{name}.{which}"]
    unformatted = merge(story.base, story.texts[which], story.later, NAMES)
    merged = merge(story.base, text, story.later, NAMES)
    assert shown(merged.text) == shown(formatted[f"{name}.{which}-later"])
    assert [one.place for one in merged.suggestions] == [
        one.place for one in unformatted.suggestions
    ]


def said(item: ActionItem) -> tuple[object, ...]:
    return (item.task, item.owner, item.priority, item.deadline, item.ticket, item.status_text)


@pytest.mark.parametrize("name", INCIDENTS)
def test_rows_and_statuses_survive_a_formatter(formatted: Mapping[str, str], name: str) -> None:
    story, text = stories()[name], formatted[f"{name}.tickets"]
    items = read_items(text, NAMES).items
    assert [said(one) for one in items] == [
        said(one) for one in read_items(story.tickets, NAMES).items
    ]
    assert shown(with_statuses(text)) == shown(formatted[f"{name}.statuses"])
