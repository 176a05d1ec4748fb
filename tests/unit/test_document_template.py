"""What a template asks for, what a file is called, and what a document still lacks."""

import re
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.template_names import Names, Section, Slot
from worker.content.name_matching import label, match, normal
from worker.document.fill_template import file_name
from worker.document.markdown_blocks import parse
from worker.document.outline import title
from worker.document.template_survey import SlotFinding, by_section, lacking, summed_up, survey
from worker.document.unread.unfinished_text import open_prompts
from worker.document.unread.where_items_come_from import no_section, taken_from

NAMES = Names()
TEMPLATE = files("config").joinpath("postmortem.md").read_text("utf-8")
DAY = date(2026, 11, 2)


def test_all_of_the_built_in_template_is_filled() -> None:
    findings = survey(TEMPLATE, NAMES)
    assert [one.place for one in findings] == [
        "title",
        *(slot.value for slot in Slot),
        "timeline",
        "action_items",
    ]
    assert all(one.filled for one in findings)
    assert summed_up(findings) == f"all {len(findings)} places are filled"
    assert lacking(findings, NAMES) == ()
    sections = by_section(TEMPLATE, findings, NAMES)
    assert len(sections) == 9
    assert all(one.filled and not one.left for one in sections)
    assert sections[3].heading == "4. Impact Analysis"
    assert sections[3].sentence == "filled: Users Affected, Business Impact, Technical Impact"
    lines = TEMPLATE.splitlines()
    assert "Duration" in lines[(findings[2].line or 0) - 1]


def test_what_a_template_lacks_or_adds_is_told() -> None:
    template = "# Report\n\n- **Impact:** [words]\n- **Weather:** [words]\n"
    findings = {one.place: one for one in survey(template, NAMES)}
    assert findings["summary.impact"].line == 3
    assert [place for place, one in findings.items() if one.filled] == ["summary.impact"]
    assert findings["title"].sentence == (
        "title is not filled: there is no first heading with a [placeholder]."
    )
    assert findings["summary.duration"].sentence.endswith("with the label 'Duration:'.")
    assert "under a heading 'Timeline of Events'" in findings["timeline"].sentence
    assert findings["Weather"].sentence.startswith("'Weather' on line 4 is not filled")
    assert findings["Weather"].sentence.endswith("[document_names] may map it.")
    assert findings["Weather"] == SlotFinding(
        "Weather",
        False,
        "'Weather' on line 4 is not filled: the program knows no bullet of that name. "
        "People may fill it, or [document_names] may map it.",
        4,
    )
    assert findings["summary.impact"].sentence == "summary.impact is filled on line 3."
    assert findings["title"].filled is False
    assert findings["action_items"].sentence == (
        "action_items is not filled: there is no table with a column 'Task Description' "
        "under a heading 'Action Items'."
    )
    told = tuple(findings.values())
    assert re.fullmatch(r"1 of \d+ places are filled", summed_up(told))
    absent = lacking(told, NAMES)
    assert absent == (
        "title",
        *(name for slot, name in NAMES.labels.items() if slot is not Slot.IMPACT),
        "timeline",
        "action items",
    )
    assert summed_up(told) == f"1 of {len(absent) + 1} places are filled"


def test_a_template_is_told_section_by_section() -> None:
    template = (
        "# [title]\n\n# Facts\n\n## Summary\n- **Impact:** [words]\n- **Weather:** [words]\n\n"
        "## Our own words\nSome.\n\n## Timeline of Events\n| Time | Event |\n|---|---|\n| a | b |\n"
    )
    sections = by_section(template, survey(template, NAMES), NAMES)
    assert [(one.heading, one.sentence) for one in sections] == [
        ("Summary", "filled: Impact; left: Weather"),
        ("Our own words", "left to people"),
        ("Timeline of Events", "filled: timeline"),
    ]


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("# [T]\n## A\n- **Impact:** [x]\n### B\n", ["A: filled: Impact", "B: left to people"]),
        ("# [T]\n## A\n### B\n- **Snow:** x\n- **Rain:** y\n", ["B: left: Snow, Rain"]),
        ("# [T]\n## A\n## B\n", ["A: left to people", "B: left to people"]),
        ("# [T]\n## A *a*\n  b\n\nC\nd\n---\n", ["A *a*: left to people", "C d: left to people"]),
    ],
)
def test_each_section_with_something_of_its_own_is_told(template: str, told: list[str]) -> None:
    sections = by_section(template, survey(template, NAMES), NAMES)
    assert [f"{one.heading}: {one.sentence}" for one in sections] == told


@pytest.mark.parametrize(
    "heading",
    ["Massnahmen", "6. Maßnahmen", "Nächste Schritte", "Actions correctives", "Próximos pasos"],
)
def test_a_heading_in_another_language_is_guessed(heading: str) -> None:
    text = f"# Störung\n\n## Zeitleiste\n\n## {heading}\n\n| Aufgabe | Wer |\n|--|--|\n| a | b |\n"
    _, remedy = taken_from(text, NAMES)
    assert remedy.startswith(f"'{heading}' on line 5 looks most like it")
    blocks = parse(text)
    assert no_section(blocks, {}, NAMES) == (
        "There is no heading 'Action Items', so no ticket comes from this document. "
        f"'{heading}' on line 5 looks most like it: call it so, "
        "or name it in the configuration (action_items in [document_names.headings])."
    )


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Checkout is slow", "checkout-is-slow"),
        ("  [SEV-1] Größe & Øl: 50 % weg!  ", "sev-1-grosse-ol-50-weg"),
        ("../../etc/passwd\0.md", "etc-passwd-md"),
        ("障害", ""),
        ("", ""),
        ("--", ""),
        ("word " * 20, "-".join(["word"] * 12)),
        ("x" * 80, "x" * 60),
        ("a" * 60 + " b", "a" * 60),
        (f"{'a' * 30} {'b' * 29}", f"{'a' * 30}-{'b' * 29}"),
        (f"{'a' * 30} {'b' * 28} c", f"{'a' * 30}-{'b' * 28}"),
        (f"{'a' * 30} {'b' * 30}", "a" * 30),
        (f"{'a' * 30} {'b' * 29} c", f"{'a' * 30}-{'b' * 29}"),
        ("X and x", "x-and-x"),
        ("ÆØŒŁẞĐÐÞ æøœłßđðþ \u0131 İ", "aeooelssddth-aeooelssddth-i-i"),
        ("\uff21\uff22 ﬁ Ⅳ K", "ab-fi-iv-k"),
    ],
)
def test_a_file_is_named_by_day_incident_and_title(words: str, slug: str) -> None:
    expected = f"2026-11-02-Q1FOX-{slug}.md" if slug else "2026-11-02-Q1FOX.md"
    assert file_name("Q1FOX", words, DAY) == expected


@pytest.mark.parametrize(
    ("incident", "shown"),
    [("Q1/../2", "Q12"), ("a-b_c", "abc"), ("../", "incident"), ("", "incident")],
)
def test_a_file_is_named_by_what_of_an_id_can_be_in_a_name(incident: str, shown: str) -> None:
    assert file_name(incident, "Down", DAY) == f"2026-11-02-{shown}-down.md"


@given(st.text(), st.text())
def test_a_file_name_is_always_one_plain_name(incident: str, words: str) -> None:
    assert re.fullmatch(
        r"2026-11-02-[A-Za-z0-9]+(-[a-z0-9]+)*\.md", file_name(incident, words, DAY)
    )
    assert len(file_name("Q1", words, DAY)) <= len("2026-11-02-Q1-.md") + 60


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("---\nincident: Q1\n---\n\n# Postmortem: **DB** `down`\n# Other\n", "Postmortem: DB down"),
        ("## Only\n", "Only"),
        ("## First\n\n# Title\n", "Title"),
        ("text", ""),
    ],
)
def test_the_title_is_the_first_heading(text: str, found: str) -> None:
    assert title(text) == found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (TEMPLATE, 30),
        ("- **Impact:** [Brief] summary [of it]\n- done\n", 1),
        ("- [ ] open box\n- [x] done\n- [link](u) [ref][r] [^1]\n", 0),
        ("| a | b |\n|---|---|\n| [x y] | [z y] |\n| [OPS-1](u) | ok |\n", 1),
        ("Text with [brackets].\n", 0),
        (r"- \[escaped\]" + "\n", 1),
        (r"- words \[escaped\] in words" + "\n", 0),
    ],
)
def test_open_prompts_are_counted(text: str, count: int) -> None:
    assert open_prompts(text) == count


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("6. Action Items", "action items"),
        ("6) **ACTION** items:", "action items"),
        ("Section 6: Action Items", "action items"),
        ("6.2 \u2013 Action Items (open)", "action items"),
        ("📋 Action_Items!", "action items"),
        ("What Didn\u2019t Go Well?", "what didnt go well"),
        ("Communication & Review", "communication and review"),
        ("Date/Time", "date/time"),
        ("(all)", "all"),
        (r"**6\. Action Items** {#6.-action-items}", "action items"),
        ("Action Items {: .open #items}", "action items"),
        ("{#only}", "only"),
        ("Escape {x}", "escape x"),
        ("2026", "2026"),
    ],
)
def test_names_are_compared_by_their_words(name: str, expected: str) -> None:
    assert normal(name) == expected


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("**Impact:** x", "Impact", " x"),
        ("**Impact**: x", "Impact", " x"),
        ("**Durée :** x", "Durée", " x"),
        ("__Impact:__x", "Impact", "x"),
        ("*Impact*: x", "Impact", " x"),
        ("Impact: x", "Impact", " x"),
        ("**影響\uff1a**x", "影響", "x"),
        ("Impact:", "Impact", ""),
        ("**What Didn't Go Well:**", "What Didn't Go Well", ""),
    ],
)
def test_a_label_ends_with_a_colon(text: str, name: str, rest: str) -> None:
    found = label(text)
    assert found is not None
    assert (found[0], text[found[1] :]) == (name, rest)


@pytest.mark.parametrize(
    "text", ["", "Impact", "**Impact** x", ": x", "a" * 90 + ": x", "two\nlines: x"]
)
def test_other_text_has_no_label(text: str) -> None:
    assert label(text) is None


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["Timeline"], {Section.TIMELINE: 0}),
        (["Impact", "Root Cause"], {Section.IMPACT: 0, Section.ROOT_CAUSE: 1}),
        (["Actoin Items"], {Section.ACTION_ITEMS: 0}),
        (["Action Items of last time", "Action Items"], {Section.ACTION_ITEMS: 1}),
        (["Action Items", "Action Items"], {Section.ACTION_ITEMS: 0}),
        (["Weather", "", "7."], {}),
    ],
)
def test_headings_are_recognised(headings: list[str], expected: dict[Section, int]) -> None:
    assert match(NAMES.headings, headings, loosely=True) == expected
