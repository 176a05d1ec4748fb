"""What the program would write of an incident."""

import hashlib
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.template_names import Column, Names, Section, Slot
from worker.content.draft_content import Content, DraftEntry, DraftRow, Point
from worker.content.inline_markdown import escape
from worker.document.action_section import read
from worker.document.fill_template import fill
from worker.document.front_matter import DocumentError
from worker.document.front_matter import read as read_front_matter
from worker.document.markdown_blocks import parse
from worker.document.merge.merge_values import Units, Written

NAMES = Names()
TEMPLATE = files("config").joinpath("postmortem.md").read_text("utf-8")
FRONT = "---\nincident: Q1FOX\nurl: https://incidents.example.com/Q1FOX\nstatus: draft\n---\n"
NOTHING = Content(
    incident="Q1FOX",
    url="https://incidents.example.com/Q1FOX",
    title="Checkout is slow",
    starts_on=date(2026, 11, 2),
    timezone="Europe/Berlin",
)


def filled(template: str = TEMPLATE, names: Names = NAMES, **known: object) -> str:
    return fill(template, replace(NOTHING, **known), names).text  # type: ignore[arg-type] # any field


def test_the_built_in_template_is_that_of_the_interface() -> None:
    digest = "14e3de99c7b132859d714be7f595a3f3ee2544c86670456427918a4b1993074f"
    assert hashlib.sha256(TEMPLATE.encode()).hexdigest() == digest


def test_where_nothing_is_known_the_template_stays() -> None:
    zoned = TEMPLATE.replace("(Timezone)", "(Europe/Berlin)", 1)
    zoned = zoned.replace("| Time (Timezone) |", "| Time (Europe/Berlin) |")
    assert filled() == FRONT + "\n" + zoned.replace("[Incident Title]", "Checkout is slow")


@pytest.mark.parametrize(
    ("entry", "before", "after"),
    [
        (
            DraftEntry("43 min"),
            "- **Duration:** [Duration of the Incident]\n",
            "- **Duration:** 43 min\n",
        ),
        (
            DraftEntry("43 min", keep_prompt=True),
            "- **Duration:** [Duration of the Incident]\n",
            "- **Duration:** 43 min\n  - [Duration of the Incident]\n",
        ),
        (
            DraftEntry(points=(Point("a", "One"),), keep_prompt=True),
            "- **Duration:** [Duration]\n",
            "- **Duration:**\n  - One\n  - [Duration]\n",
        ),
        (
            DraftEntry(points=(Point("a", "One"),)),
            "1. **Duration:** \n    - [Point 1]\n    - static\n    - [Point 2]\n2. x\n",
            "1. **Duration:** \n    - One\n    - static\n2. x\n",
        ),
        (
            DraftEntry(points=(Point("a", "One"),), keep_prompt=True),
            "- **Duration:**\n  - [Point 1]\n  - [Point 2]\n",
            "- **Duration:**\n  - One\n  - [Point 1]\n  - [Point 2]\n",
        ),
        (
            DraftEntry("43 min", (Point("a", "One"),), keep_prompt=True),
            "- **Duration:** about [Duration]\n  - [Point 1]\n",
            "- **Duration:** 43 min\n  - One\n  - about [Duration]\n  - [Point 1]\n",
        ),
        (
            DraftEntry("43 min", keep_prompt=True),
            "- **Duration:** see the log\n",
            "- **Duration:** 43 min see the log\n",
        ),
        (
            DraftEntry("Text", points=(Point("a", "One"),)),
            "- __Duration__: \n  + [Point 1]\n",
            "- __Duration__: Text\n  + One\n",
        ),
        (
            DraftEntry(points=(Point("a", "One\ntwo"),)),
            "- **Duration:** see the log\n",
            "- **Duration:** see the log\n  - One two\n",
        ),
        (DraftEntry("43 min"), "- **Duration:** see the log\n", "- **Duration:** 43 min\n"),
        (
            DraftEntry("\n", points=(Point("a", "One"),)),
            "- **Duration:**\n",
            "- **Duration:**\n  - One\n",
        ),
        (DraftEntry("Text"), "- **Duration:**\n  - [Point 1]\n", "- **Duration:** Text\n"),
        (DraftEntry("Text"), "- Duration : [x] \n", "- Duration : Text \n"),
        (DraftEntry("two\nlines"), "> - **Duration:** [x]\n", "> - **Duration:** two lines\n"),
        (
            DraftEntry(points=(Point("a", "One"), Point("a", "Two"))),
            "> - **Duration:** [x]\n",
            "> - **Duration:**\n>   - One\n>   - Two\n",
        ),
    ],
)
def test_a_bullet_is_filled(entry: DraftEntry, before: str, after: str) -> None:
    text = filled(before, entries={Slot.DURATION: entry})
    assert text == FRONT + "\n" + after


def test_what_another_place_tells_is_told_here_where_there_is_no_such_place() -> None:
    entry = DraftEntry("See above", told_in=Slot.IMPACT, instead="37 alerts")
    known = {Slot.DURATION: entry, Slot.IMPACT: DraftEntry("37 alerts")}
    here, there = "- **Duration:** [x]\n", "- **Impact:** [y]\n"
    assert "**Duration:** 37 alerts\n" in filled(here, entries=known)
    both = filled(here + there, entries=known)
    assert both.endswith("- **Duration:** See above\n- **Impact:** 37 alerts\n")


def test_the_timezone_stands_behind_a_date_that_does_not_name_it() -> None:
    line = "- **Date/Time:** [Start] - [End] (Timezone)\n"
    entry = DraftEntry("2026-11-02 02:10 - 02:53")
    assert "02:10 - 02:53 (Europe/Berlin)\n" in filled(line, entries={Slot.DATE_TIME: entry})
    entry = DraftEntry("02:10 CET - 02:53 CET (Europe/Berlin)")
    assert "02:53 CET (Europe/Berlin)\n" in filled(line, entries={Slot.DATE_TIME: entry})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "| Time (Timezone) | Event |\n|---|---|\n| HH:MM | [One] |\n| HH:MM | [Two] |\n",
            "| Time (Europe/Berlin) | Event |\n|---|---|\n| 02:10 | Fired |\n",
        ),
        (
            "| Time | Event |\n|------|-------|\n|      |       |\n",
            "| Time (Europe/Berlin) | Event |\n|------|-------|\n| 02:10 | Fired |\n",
        ),
        (
            "| Time (Timezone) | Event |\n|---|---|\n| 00:00 | Everything was fine |\n",
            "| Time (Europe/Berlin) | Event |\n|---|---|\n| 00:00 | Everything was fine |\n"
            "| 02:10 | Fired |\n",
        ),
    ],
)
def test_the_timeline_is_filled(before: str, after: str) -> None:
    heading = "## Timeline of Events\n\n"
    rows = (DraftRow("one", ("02:10", "Fired")),)
    assert filled(heading + before, timeline=rows) == f"{FRONT}\n{heading}{after}"


@pytest.mark.parametrize(
    ("time", "event", "asks"),
    [
        ("HH:MM", "[what]", True),
        ("YYYY-MM-DD HH:MM:SS", "", True),
        ("dd/mm/yy hh.mm", "[what]", True),
        ("??", "", True),
        ("[time]", "[what]", True),
        ("HH:MM", "What", False),
        ("10:00", "[what]", False),
        ("now", "[what]", False),
    ],
)
def test_rows_that_say_nothing_yet_give_way(time: str, event: str, *, asks: bool) -> None:
    head, row = "| Time | Event |\n|---|---|\n", f"| {time} | {event} |\n"
    text = filled(f"## Timeline\n{head}{row}", timeline=(DraftRow("a", ("02:10", "Fired")),))
    assert (row not in text) is asks
    assert "| 02:10 | Fired |\n" in text


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("Time (Zone)", "Time (Europe/Berlin)"),
        ("Time ()", "Time (Europe/Berlin)"),
        ("Time", "Time (Europe/Berlin)"),
        ("Time (UTC) of it", "Time (UTC) of it (Europe/Berlin)"),
        ("(a) Time (b)", "(a) Time (Europe/Berlin)"),
        ("Time ([a])", "Time ([a]) (Europe/Berlin)"),
        ("(Time (a))", "(Time (a)) (Europe/Berlin)"),
        ("Time (Europe/Berlin) of it", "Time (Europe/Berlin) of it"),
    ],
)
def test_the_timeline_names_the_timezone_once(header: str, shown: str) -> None:
    text = f"## Timeline\n| {header} | Event |\n|---|---|\n"
    assert filled(text) == f"{FRONT}\n{text.replace(f'| {header} |', f'| {shown} |')}"


def test_a_date_gets_no_timezone_where_the_template_asks_for_none() -> None:
    entries = {Slot.DATE_TIME: DraftEntry("2026-11-02")}
    for asked in ("[x]", "(Zone) [x]"):
        text = filled(f"- **Date/Time:** {asked}\n", entries=entries)
        assert text == f"{FRONT}\n- **Date/Time:** 2026-11-02\n"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Report on [a] of [b]", "Report on Down now of [b]"),
        ("Report []", "Report Down now"),
        (r"Report \[a]", "Report Down now"),
        ("Report [a [b] c]", "Report [a Down now c]"),
        ("Report", "Report"),
    ],
)
def test_the_title_takes_the_place_of_the_first_prompt(heading: str, title: str) -> None:
    assert filled(f"# {heading}\n", title="Down\nnow") == f"{FRONT}\n# {title}\n"


OF_A_TEAM = """# Report on [a]

- **Date/Time:** [x] (Zone)
- **Duration:** see the log
- **Impact:** about [y]
  - [Point]
  - fixed
- **Services Affected:**
  - [Point]

## Timeline of Events
| When | What | No |
|---|---|---|
| HH:MM | [z] | 1 |
| 00:00 | All was well | 2 |

## Action Items
| Owner | Task Description |
|---|---|
| [Ann] | [do] |
| me | Write this |

| Task Description | Deadline |
|---|---|
| [more] | |
"""
Told = dict[str, list[tuple[str, tuple[str, ...], bool]]]


def told(units: Units) -> Told:
    return {place: [(one.key, one.cells, one.prompt) for one in units[place]] for place in units}


KNOWN = replace(
    NOTHING,
    entries={
        Slot.IMPACT: DraftEntry("bad", (Point("k", "One"),), keep_prompt=True),
        Slot.DURATION: DraftEntry(points=(Point("d", "Long"),)),
    },
    action_items=(DraftRow("a", ("b | c", "", "", "")),),
)


def test_what_was_written_is_remembered() -> None:
    assert told(fill(OF_A_TEAM, KNOWN, NAMES).units) == {
        "front_matter.url": [("", ("https://incidents.example.com/Q1FOX",), False)],
        "title": [("", ("Report on Checkout is slow",), False)],
        "summary.date_time": [("prompt", ("[x] (Europe/Berlin)",), True)],
        "summary.date_time.points": [],
        "summary.duration": [("", ("see the log",), True)],
        "summary.duration.points": [("d", ("Long",), False)],
        "summary.impact": [("", ("bad",), False)],
        "summary.impact.points": [
            ("k", ("One",), False),
            ("prompt:label", ("about [y]",), True),
            ("prompt:1", ("[Point]",), True),
        ],
        "summary.services": [("prompt", ("",), True)],
        "summary.services.points": [("prompt:1", ("[Point]",), True)],
        "timeline.header": [("", ("When (Europe/Berlin)", "What"), False)],
        "timeline": [("prompt:1", ("HH:MM", "[z]"), True)],
        "action_items": [("a", ("b \\| c", "", "", ""), False)],
    }


def test_what_was_asked_is_remembered() -> None:
    assert told(fill(OF_A_TEAM, KNOWN, NAMES).prompts) == {
        "title": [("prompt", ("Report on [a]",), True)],
        "summary.date_time": [
            ("prompt", ("[x] (Europe/Berlin)",), True),
            ("prompt", ("[x] (Zone)",), True),
        ],
        "summary.date_time.points": [("prompt:label", ("[x] (Europe/Berlin)",), True)],
        "summary.date_time.fixed": [],
        "summary.duration": [("prompt", ("see the log",), True)],
        "summary.duration.points": [],
        "summary.duration.fixed": [],
        "summary.impact": [("prompt", ("about [y]",), True)],
        "summary.impact.points": [
            ("prompt:label", ("about [y]",), True),
            ("prompt:1", ("[Point]",), True),
        ],
        "summary.impact.fixed": [("", ("fixed",), False)],
        "summary.services": [("prompt", ("",), True)],
        "summary.services.points": [("prompt:1", ("[Point]",), True)],
        "summary.services.fixed": [],
        "timeline.header": [
            ("", ("When (Europe/Berlin)", "What"), False),
            ("", ("When", "What"), False),
        ],
        "timeline": [("prompt:1", ("HH:MM", "[z]"), True)],
        "action_items": [("prompt:1", ("[do]", "[Ann]", "", ""), True)],
    }


def test_action_items_take_the_place_of_placeholders() -> None:
    rows = (
        DraftRow("a", ("Watch the disk", "ann", "", "2026-12-03")),
        DraftRow("b", ("Write | the runbook", "", "", "")),
    )
    text = filled(action_items=rows)
    assert (
        "| Watch the disk                             | ann        |            | 2026-12-03    |"
        in text
    )
    assert "[Action item 1" not in text
    assert [item.task for item in read(text, NAMES).items] == [
        "Watch the disk",
        "Write | the runbook",
    ]


def test_a_template_with_other_line_ends_keeps_them() -> None:
    crlf = TEMPLATE.replace("\n", "\r\n")
    rows = (DraftRow("one", ("02:10", "Fired")),)
    entries = {Slot.STEPS_TAKEN: DraftEntry(points=(Point("a", "One"),))}
    text = filled(crlf, timeline=rows, entries=entries)
    assert text.replace("\r\n", "") == filled(timeline=rows, entries=entries).replace("\n", "")
    assert "\n" not in text.replace("\r\n", "")


def test_a_template_may_have_a_front_matter_of_its_own() -> None:
    template = "\ufeff---\nteam: [ops]  # ours\nstatus: in review\n---\n# [Title]\n"
    text = filled(template)
    assert text == (
        "\ufeff---\nteam: [ops]  # ours\nstatus: in review\nincident: Q1FOX\n"
        "url: https://incidents.example.com/Q1FOX\n---\n# Checkout is slow\n"
    )
    with pytest.raises(DocumentError, match="not valid YAML"):
        filled("---\nteam: [\n---\n")


def test_a_template_may_be_in_another_language() -> None:
    names = Names(
        headings={Section.SUMMARY: "Zusammenfassung", Section.TIMELINE: "Zeitverlauf",
                  Section.ACTION_ITEMS: "Maßnahmen"},
        labels={Slot.DURATION: "Dauer", Slot.WENT_WELL: "Was lief gut"},
        columns={Column.TASK: "Aufgabe", Column.OWNER: "Verantwortlich"},
    )  # fmt: skip
    template = (
        "# Nachbetrachtung: [Vorfall]\n\n## 1) Zusammenfassung\n* **Dauer :** [Dauer]\n"
        "* **Wetter:** [Wetter]\n\n## 2) Zeitverlauf\n| Zeit (Zeitzone) | Ereignis |\n|--|--|\n"
        "| [Zeit] | [Ereignis] |\n\n## Maßnahmen\n| Aufgabe | Verantwortlich |\n|--|--|\n"
        "| [Aufgabe] | [Name] |\n\n## Lehren\n- **Was lief gut?:**\n  - [Punkt]\n"
    )
    text = filled(
        template,
        names,
        entries={
            Slot.DURATION: DraftEntry("43 min"),
            Slot.WENT_WELL: DraftEntry(points=(Point("a", "Eins"),)),
        },
        timeline=(DraftRow("one", ("02:10", "Alarm")),),
        action_items=(DraftRow("a", ("Platte prüfen", "ann", "", "")),),
    )
    assert text == FRONT + (
        "\n# Nachbetrachtung: Checkout is slow\n\n## 1) Zusammenfassung\n* **Dauer :** 43 min\n"
        "* **Wetter:** [Wetter]\n\n## 2) Zeitverlauf\n| Zeit (Europe/Berlin) | Ereignis |\n|--|--|\n"
        "| 02:10 | Alarm |\n\n## Maßnahmen\n| Aufgabe | Verantwortlich |\n|--|--|\n"
        "| Platte prüfen | ann |\n\n## Lehren\n- **Was lief gut?:**\n  - Eins\n"
    )


@pytest.mark.parametrize("template", ["", "\n", "text", "# T\n\nNo part is known.", "|a|\n|-|\n"])
def test_a_template_without_parts_gets_a_front_matter_alone(template: str) -> None:
    assert filled(template, timeline=(DraftRow("one", ("02:10", "x")),)) == FRONT + "\n" + template


@given(hostile=st.text(max_size=60), key=st.text(max_size=10))
@settings(deadline=None)
def test_no_text_becomes_structure(hostile: str, key: str) -> None:
    """Drafting makes text safe; even so nothing here breaks a line or a cell."""
    safe = escape(hostile) or "x"
    written = fill(
        TEMPLATE,
        replace(
            NOTHING,
            incident="Q1",
            url=hostile,
            title=safe,
            entries={
                Slot.DURATION: DraftEntry(safe),
                Slot.WENT_WELL: DraftEntry(points=(Point(key, safe),)),
            },
            timeline=(DraftRow(key, ("02:10", hostile)),),
            action_items=(DraftRow(key, (hostile, hostile, "", "")),),
        ),
        NAMES,
    )
    blocks = parse(written.text)
    assert len(blocks.headings) == 10
    assert [len(table.header.cells) for table in blocks.tables] == [2, 4]
    for table in blocks.tables:
        assert {len(row.cells) for row in table.rows} == {len(table.header.cells)}
    front = read_front_matter(written.text)
    assert front is not None
    assert front.incident == "Q1"
    assert Written.from_json(written.to_json()) == written
