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
from worker.document.merge.merge_values import Written

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
        ("severity", "P2", "P1"), ("services", "Search, Index, old", "A"), ("commander", "", "Ann"),
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
