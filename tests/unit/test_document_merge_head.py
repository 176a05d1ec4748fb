"""The front matter's facts: the program's until a person changes one."""

from dataclasses import replace
from datetime import date

import pytest
import yaml

from config.template_names import Names
from worker.content.draft_content import Content
from worker.document.fill_template import fill
from worker.document.front_matter import values
from worker.document.merge.merge import Merged, merge
from worker.document.merge.merge_head import mark_merged
from worker.document.merge.merge_values import ADDED, FILLED, REFRESHED, Suggestion, Unit, Written

NAMES = Names()
FACTS = {
    "title": ("Search is down",),
    "number": ("4711",),
    "started": ("2026-11-17T10:00:00+01:00",),
    "severity": ("P2",),
    "services": ("Search", "Index, old"),
}
CONTENT = Content("Q1", "https://x.example.com/Q1", "Search is down", date(2026, 11, 17), "UTC", facts=FACTS)  # type: ignore[arg-type] # fmt: skip  # an id
TEMPLATE = "# Postmortem: [Title]\n"


def written(**facts: tuple[str, ...] | None) -> Written:
    told = {key: value for key, value in {**FACTS, **facts}.items() if value is not None}
    return fill(TEMPLATE, replace(CONTENT, facts=told), NAMES)


def again(people: str, fresh: Written, base: Written | None = None) -> Merged:
    return merge(base or written(), people, fresh, NAMES)


def marked(people: str, base: Written | None, into: str = "Q2") -> Merged:
    return mark_merged(people, base, into, f"Merged into {into}.", NAMES)


def front(text: str) -> dict[str, object]:
    loaded = yaml.safe_load(text.split("---\n")[1])
    assert isinstance(loaded, dict)
    return loaded


def test_a_new_document_says_what_is_known_in_its_types() -> None:
    found = front(written().text)
    assert list(found)[:3] == ["incident", "url", "status"]
    assert found["number"] == 4711
    assert str(found["started"]) == "2026-11-17 10:00:00+01:00"
    assert found["services"] == ["Search", "Index, old"]
    assert "commander" not in found


@pytest.mark.parametrize(
    "title",
    ["a: b # c", "---", "'", '"', "\\", "[x]", "{x}", "yes", "null", "4711", "- a", "* a", "& a",
     "! a", "% a", "@ a", "` a", "| a", "> a", "? a", "a: ", "\x07 \u2028 \u202e", "é 雪 🚒"],
)  # fmt: skip
def test_hostile_words_stay_words(title: str) -> None:
    text = written(title=(title,), services=(title, "b, c"), severity=(title,)).text
    found = front(text)
    assert (found["title"], found["severity"]) == (title, title)
    assert found["services"] == [title, "b, c"]


def test_facts_are_refreshed_and_new_ones_added() -> None:
    merged = again(written().text, written(severity=("P1",), services=("A",), commander=("Ann",)))
    found = front(merged.text)
    assert (found["severity"], found["services"], found["commander"]) == ("P1", ["A"], "Ann")
    assert [(one.place, one.before, one.after) for one in merged.changes] == [
        ("severity", "P2", "P1"), ("services", 'Search, "Index, old"', "A"), ("commander", "", "Ann"),
    ]  # fmt: skip
    assert again(merged.text, written(severity=("P1",), services=("A",), commander=("Ann",)), merged.base).text == merged.text  # fmt: skip


def test_what_a_person_changed_or_removed_stays() -> None:
    people = (
        written()
        .text.replace("severity: P2", "severity: SEV-1")
        .replace("title: Search is down\n", "")
    )
    merged = again(people, written(severity=("P1",), title=("New",)))
    assert merged.text.count("SEV-1") == 1
    assert "title: " not in merged.text
    assert [(one.place, one.people, one.fresh) for one in merged.suggestions] == [
        ("severity", "SEV-1", "P1")
    ]
    later = again(merged.text, written(severity=("P0",), title=("Newer",)), merged.base)
    assert later.text == merged.text


@pytest.mark.parametrize(
    "spelled",
    ["services:\n  - Search\n  - 'Index, old'\n", "services:\n- Search\n- Index, old\n",
     "services: ['Search', \"Index, old\"]  # ours\n", "Services : [Search,\n  'Index, old']\n"],
)  # fmt: skip
def test_a_respelled_list_is_still_the_programs(spelled: str) -> None:
    people = written().text.replace('services: [Search, "Index, old"]\n', spelled)
    assert people != written().text
    assert again(people, written()).text == people
    merged = again(people, written(services=("B", "C")))
    found = {key.lower(): value for key, value in front(merged.text).items()}
    assert found["services"] == ["B", "C"]
    assert ("# ours" in spelled) == ("# ours" in merged.text)


def test_what_is_no_longer_a_fact_is_emptied_and_filled_again() -> None:
    emptied = again(written(ended=("2026-11-17T11:00:00+01:00",)).text, written(), written(ended=("2026-11-17T11:00:00+01:00",)))  # fmt: skip
    assert front(emptied.text)["ended"] == ""
    filled = again(emptied.text, written(ended=("2026-11-17T12:00:00+01:00",)), emptied.base)
    assert str(front(filled.text)["ended"]) == "2026-11-17 12:00:00+01:00"


def test_without_a_memory_nothing_is_added_and_blanks_alone_are_filled() -> None:
    people = "---\nincident: Q1\nseverity:\ntitle: Ours\n---\n# Ours\n"
    merged = merge(None, people, written(), NAMES)
    assert merged.text == people.replace("severity:", "severity: P2")
    assert merge(merged.base, merged.text, written(), NAMES).text == merged.text
    assert merge(None, "# No front matter\n", written(), NAMES).text == "# No front matter\n"


def test_a_reference_in_a_persons_yaml_is_theirs() -> None:
    people = "---\nincident: Q1\nmine: &x Search is down\ntitle: *x\n---\n# T\n"
    assert again(people, written(title=("New",))).text.startswith(people.removesuffix("---\n# T\n"))


def test_a_template_keeps_what_it_says_and_gets_what_it_leaves_blank() -> None:
    text = fill("---\nseverity: SEV\nservices: []\nteams:\n---\n# [T]\n", CONTENT, NAMES).text
    found = values(text) or {}
    assert (found["severity"], found["services"], found["title"]) == (
        ("SEV",), ("Search", "Index, old"), ("Search is down",),
    )  # fmt: skip


def test_an_address_in_angle_brackets_is_still_the_programs() -> None:
    people = written().text.replace(
        "url: https://x.example.com/Q1", "url: <https://x.example.com/Q1>"
    )
    assert again(people, written()).text == people
    moved = fill(TEMPLATE, replace(CONTENT, url="https://y.example.com/Q1", facts=FACTS), NAMES)
    assert again(people, moved).text == moved.text
    theirs = people.replace("x.example.com", "z.example.com")
    assert again(theirs, moved).suggestions == (
        Suggestion("url", "https://z.example.com/Q1", "https://y.example.com/Q1"),
    )


@pytest.mark.parametrize("title", ["Disk is full on <db-1>", "> 90 % used", "From <ada@x.example>"])
def test_angle_brackets_that_are_the_titles_own_are_no_change_of_anybodys(title: str) -> None:
    fresh = written(title=(title,))
    assert again(fresh.text, fresh, fresh).suggestions == ()


def test_a_byte_order_mark_of_a_template_is_not_left_in_the_middle() -> None:
    assert fill(f"\ufeff{TEMPLATE}", CONTENT, NAMES).text == written().text


def test_each_key_says_why_it_changed() -> None:
    base = written(ended=("",))
    people = base.text.replace("number: 4711", "number:")
    fresh = written(severity=("P1",), number=("4712",), commander=("Ann",), ended=("now",))
    assert {one.place: one.reason for one in again(base.text, fresh, base).changes} == {
        "severity": REFRESHED, "number": REFRESHED, "commander": ADDED, "ended": FILLED,
    }  # fmt: skip
    assert "number" not in {one.place for one in again(people, fresh, base).changes}


def test_a_suggestion_for_a_key_is_new_where_the_program_had_said_otherwise() -> None:
    people = written().text.replace("severity: P2", "severity: SEV-1")
    for severity, is_new in (("P1", True), ("P2", False)):
        merged = again(people, written(severity=(severity,)))
        assert merged.suggestions == (Suggestion("severity", "SEV-1", severity, is_new=is_new),)
        assert merged.base.units["front_matter.severity"] == (Unit("", ("P2",)),)
    (unknown,) = merge(None, people, written(), NAMES).suggestions
    assert not unknown.is_new


def test_a_key_that_a_person_emptied_stays_empty_though_its_fact_went_and_came_again() -> None:
    people = written().text.replace("severity: P2", "severity: SEV-1")
    without = again(people, written(severity=None))
    assert (without.text, without.suggestions) == (people, ())
    emptied = people.replace("severity: SEV-1", "severity:")
    assert again(emptied, written(), without.base).text == emptied


def test_an_incident_that_was_merged_says_so_at_its_head_once() -> None:
    base = written()
    once = marked(base.text, base)
    head = "# Postmortem: Search is down\n"
    assert once.text == base.text.replace("\n---\n", "\nmerged_into: Q2\n---\n").replace(
        head, f"{head}\nMerged into Q2.\n"
    )
    assert [(one.place, one.before, one.after, one.reason) for one in once.changes] == [
        ("merged_into", "", "Q2", ADDED), ("head", "", "Merged into Q2.", ADDED),
    ]  # fmt: skip
    assert once.base.text == once.text
    assert once.base.prompts == base.prompts != {}
    assert once.base.units == {
        **base.units,
        "front_matter.merged_into": (Unit("", ("Q2",)),),
        "merged_line": (Unit("", ("Merged into Q2.",)),),
    }
    twice = marked(once.text, once.base)
    assert (twice.text, twice.changes, twice.base) == (once.text, (), once.base)
    forgotten = marked(once.text, None)
    assert (forgotten.text, forgotten.changes) == (once.text, ())


def test_where_an_incident_went_at_last_replaces_where_it_went_first() -> None:
    once = marked(written().text, written())
    people = once.text.replace("Merged into Q2.", " Merged  into Q2.")
    again_merged = marked(people, once.base, "Q3")
    assert again_merged.text == once.text.replace("Q2", "Q3")
    assert [(one.place, one.before, one.after, one.reason) for one in again_merged.changes] == [
        ("merged_into", "Q2", "Q3", REFRESHED),
        ("head", "Merged into Q2.", "Merged into Q3.", REFRESHED),
    ]
    assert marked(again_merged.text, again_merged.base, "Q3").changes == ()


@pytest.mark.parametrize("mine", ["Merged by mistake.\n", ""])
def test_a_merge_that_a_person_removed_or_reworded_stays_so(mine: str) -> None:
    once = marked(written().text, written())
    people = once.text.replace("Merged into Q2.\n", mine).replace("merged_into: Q2\n", "")
    for into in ("Q2", "Q3"):
        left = marked(people, once.base, into)
        assert (left.text, left.changes, left.suggestions) == (people, (), ())
    theirs = once.text.replace("merged_into: Q2", "merged_into: Q9")
    assert [(one.people, one.fresh) for one in marked(theirs, once.base).suggestions] == [
        ("Q9", "Q2")
    ]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ("# T\n", "# T\n\nMerged into Q2.\n"),
        ("# T", "# T\n\nMerged into Q2."),
        ("# T\n---\nWords\n", "# T\n\nMerged into Q2.\n\n---\nWords\n"),
        ("T\n===\nWords\n", "T\n===\n\nMerged into Q2.\n\nWords\n"),
        ("# T\n \nWords\n", "# T\n\nMerged into Q2.\n \nWords\n"),
        ("Words\n", "Words\n\nMerged into Q2.\n"),
        ("---\nincident: Q1\n---\nWords\n",
         "---\nincident: Q1\nmerged_into: Q2\n---\n\nMerged into Q2.\n\nWords\n"),
    ],
)  # fmt: skip
def test_the_line_of_a_merge_is_a_paragraph_of_its_own(people: str, expected: str) -> None:
    assert marked(people, None).text == expected
