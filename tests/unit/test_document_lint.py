"""What keeps a document from being final: each planted fault is found, and none is invented."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.template_names import Names
from worker.document.lint.findings import LintFinding, LintRule
from worker.document.lint.lint import LintedDocument, lint
from worker.document.markdown_blocks import parse

TEMPLATE = (Path(__file__).parents[2] / "config" / "postmortem.md").read_text("utf-8")
GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.md"))
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OF_TIMES = {
    LintRule.TIME_ORDER,
    LintRule.OUTSIDE_INCIDENT,
    LintRule.DURATION,
    LintRule.ACK_AFTER_RESOLVE,
}
OTHER_TEMPLATE = """\
# Postmortem: [Incident Title]

## Story

[Tell it in two
paragraphs] and [say why]

> [What did customers read?]
"""
WHOLE = """\
---
incident: Q1
status: in review
started: 2026-03-03T22:50:00+01:00
ended: 2026-03-04T00:20:00+01:00
---

# Postmortem: Checkout is slow

## 1. Incident Summary
- **Date/Time:** 2026-03-03 22:50 - 2026-03-04 00:20 (Europe/Berlin)
- **Duration:** 1 h 30 min
- **Impact:** One in three payments failed
- **Services Affected:** Checkout
- **Root Cause:** The pool of connections was too small

## 2. Timeline of Events
| Time (Europe/Berlin) | Event Description |
|---|---|
| 2026-03-03 22:50 | Lookout reported "Checkout is slow" |
| 22:58 | Aiko Brandt acknowledged after 8 min |
| 23:40 | Raised the pool to 80 |
| 2026-03-04 00:20 | Aiko Brandt resolved the incident: "Not acknowledged in time" |

## 3. Root Cause Analysis
- **Primary Cause:** See above

## 6. Action Items
| Task Description | Owner | Priority | Deadline | Ticket | Status |
|---|---|---|---|---|---|
| Alert on a full pool | Aiko Brandt | High | 2026-04-01 | [OPS-1](https://x.example.com/browse/OPS-1) | To Do |
| Write the runbook | | | | [OPS-2](https://x.example.com/browse/OPS-2) | Done |
"""


def found_in(*texts: str, names: Names | None = None) -> list[LintFinding]:
    documents = [LintedDocument(f"Q{at}", f"{at}.md", text) for at, text in enumerate(texts, 1)]
    return lint(documents, [TEMPLATE, OTHER_TEMPLATE], names or Names(), NOW)


def changed(old: str, new: str, text: str = WHOLE) -> str:
    assert old in text
    return text.replace(old, new, 1)


def test_a_whole_document_has_nothing_to_tell() -> None:
    assert found_in(WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        (
            "One in three payments failed",
            "[Brief summary]",
            LintRule.OPEN_PROMPT,
            "[Brief summary]",
        ),
        (
            "| 23:40 | Raised",
            "| 23:40 | [Event 3: Identification of root cause] Raised",
            LintRule.OPEN_PROMPT,
            "[Event",
        ),
        (
            "| 23:40 | Raised the pool to 80",
            "| 23:40 | [what then?]",
            LintRule.OPEN_PROMPT,
            "[what",
        ),
        ("Aiko Brandt | High", "| High", LintRule.NO_OWNER, "Alert on"),
        ("Aiko Brandt | High", "TBD | High", LintRule.NO_OWNER, "Alert on"),
        ("Aiko Brandt | High", "[Owner 1] | High", LintRule.NO_OWNER, "Alert on"),
        ("| 2026-04-01 |", "| |", LintRule.NO_DEADLINE, "Alert on"),
        ("| 2026-04-01 |", "| 2026-13-40 |", LintRule.NO_DEADLINE, "Alert on"),
        ("| 2026-04-01 |", "| soon |", LintRule.NO_DEADLINE, "Alert on"),
        ("| 22:58 | Aiko", "| 22:40 | Aiko", LintRule.TIME_ORDER, "22:40"),
        ("| 23:40 | Raised", "| 22:57 | Raised", LintRule.TIME_ORDER, "22:57"),
        ("| 2026-03-04 00:20 |", "| 2026-03-03 00:20 |", LintRule.TIME_ORDER, "2026-03-03 00:20"),
        ("| 2026-03-03 22:50 |", "| 2026-03-03 21:49 |", LintRule.OUTSIDE_INCIDENT, "21:49"),
        ("| 2026-03-04 00:20 |", "| 2026-03-05 00:21 |", LintRule.OUTSIDE_INCIDENT, "2026-03-05"),
        ("| 23:40 |", "| 2026-03-03 21:55 UTC |", LintRule.TIME_ORDER, "21:55 UTC"),
        ("| 23:40 |", "| 2026-03-03T16:55-05:00 |", LintRule.TIME_ORDER, "16:55-05:00"),
        ("| 2026-03-04 00:20 |", "| 6 March 2026, 00:20 |", LintRule.OUTSIDE_INCIDENT, "6 March"),
        ("1 h 30 min", "45 min", LintRule.DURATION, "45 min"),
        ("1 h 30 min", "2 hours", LintRule.DURATION, "2 hours"),
        ("1 h 30 min", "1,6 Std.", LintRule.DURATION, "1,6 Std."),
        ("1 h 30 min", "1 d 1 h 30 min", LintRule.DURATION, "1 d"),
    ],
)
def test_a_fault_is_found_at_its_line(old: str, new: str, rule: LintRule, line: str) -> None:
    text = changed(old, new)
    found = [one for one in found_in(text) if one.rule is rule]
    assert [one.line for one in found] == [
        1 + next(at for at, words in enumerate(text.split("\n")) if line in words)
    ]
    assert found[0].message.endswith(".")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1 h 30 min", "90 minutes"),
        ("1 h 30 min", "1.5 hours"),
        ("1 h 30 min", "1 hour and 29 minutes"),
        ("1 h 30 min", "1:30 h"),
        ("1 h 30 min", "about 2 hours"),
        ("One in three payments failed", "They said [sic] a third, by [RFC 7231]"),
        (
            "One in three payments failed",
            "One in three [payments] failed\n\n[payments]: https://x.example.com\n",
        ),
        ("One in three payments failed", "One in three <!-- [how many?] --> payments failed"),
        ("1 h 30 min", "long"),
        ("1 h 30 min", "50 min, open 22:50 - 23:20 and 00:00 - 00:20"),
        ("| 23:40 | Raised the pool", "| 23:40 | Somebody reopened it; raised the pool"),
        ("| 23:40 | Raised", "| | Raised"),
        ("| 23:40 | Raised", "| later | Raised"),
        ("| 23:40 | Raised", "| 22:58 | Raised"),
        ("| 2026-03-04 00:20 |", "| 00:20 |"),
        ("| 2026-03-04 00:20 |", "| 2026-03-05 00:10 |"),
        ("| 2026-03-03 22:50 |", "| 21:55 |"),
        ("The pool of connections was too small", "[Brief explanation]\n- **Else:** x"),
        ("Alert on a full pool | Aiko", "~~Alert on a full pool~~ | "),
        ("| 2026-04-01 |", "| 1 April 2026 |"),
        ("status: in review", "status: in review\nowner: Aiko"),
        # a zone that is known by its letters alone says nothing for sure
        ("Time (Europe/Berlin)", "Time (IST)"),
        ("Time (Europe/Berlin)", "Time (PDT)"),
        ("Time (Europe/Berlin) |", "Time (local) |"),
        ("00:20 (Europe/Berlin)", "00:20 (CEST)"),
        # times with a zone or an offset of their own
        ("| 2026-03-04 00:20 |", "| 2026-03-03T23:20Z |"),
        ("| 2026-03-04 00:20 |", "| 2026-03-03 23:20 UTC |"),
        ("| 2026-03-04 00:20 |", "| 23:20 UTC |"),
        ("| 2026-03-04 00:20 |", "| 2026-03-03 18:20 EST |"),
        ("| 2026-03-04 00:20 |", "| 2026-03-03T18:20:00.250-05:00 |"),
        ("| 2026-03-04 00:20 |", "| 2026-03-03 23:20+00:00 |"),
        ("| 2026-03-04 00:20 |", "| 2026-03-04 00:20 +01:00 |"),
        ("| 23:40 |", "| 2026-03-03 23:40-23:50 |"),
        ("| 23:40 |", "| 23:40 - 23:50 |"),
        ("| 23:40 |", "| 11:40PM |"),
        ("| 23:40 |", "| 11:40 p.m. |"),
        ("| 23:40 |", "| ~~20:40~~ 23:40 |"),
        # dates in other words, and the rows below them
        ("| 23:40 |", "| March 3, 2026 22:59 | Looked |\n| 23:40 |"),
        ("| 2026-03-04 00:20 |", "| 4 March 2026, 00:05 | Watched |\n| 00:20 |"),
        ("| 2026-03-04 00:20 |", "| 4 Martius, 09:00 | Watched |\n| 09:30 |"),
        ("| 2026-03-04 00:20 |", "| 04.03. 09:00 | Watched |\n| 09:30 |"),
        ("| 2026-03-04 00:20 |", "| 4 March 2026 | |\n| 00:20 |"),
        # what else is acknowledged once it is over
        ('time" |\n', 'time" |\n| 09:25 | The vendor acknowledged the fault on its page |\n'),
        ('time" |\n', 'time" |\n| 00:25 | Aiko Brandt acknowledged that it was late |\n'),
        ("1 h 30 min", "approximately 2 hours"),
        ("1 h 30 min", "etwa 2 Std."),
        ("1 h 30 min", "< 2 h"),
        ("1 h 30 min", "2 h (rounded)"),
        ("1 h 30 min", "1h30"),
        ("1 h 30 min", "5,400 seconds"),
    ],
)
def test_what_agrees_is_no_fault_of_that_kind(old: str, new: str) -> None:
    rules = {one.rule for one in found_in(changed(old, new))}
    assert rules <= ({LintRule.OPEN_PROMPT} if "[Brief" in new else set())


_ROUGHLY = [
    *("~ {}", "\u2248 {}", "< {}", "> {}", "\u2264 {}", "\u2265 {}", "about {}", "About {}"),
    *("approx. {}", "approximately {}", "aprox. {}", "around {}", "round {}", "{} (rounded)"),
    *("roughly {}", "nearly {}", "almost {}", "circa {}", "ca. {}", "over {}", "more than {}"),
    *("less than {}", "at least {}", "at most {}", "up to {}", "under {}", "below {}"),
    *("etwa {}", "rund {}", "ungef\u00e4hr {}", "{} (gerundet)", "knapp {}", "environ {}"),
    *("presque {}", "casi {}", "unos {}", "unas {}", "cerca de {}"),
]


@pytest.mark.parametrize("words", _ROUGHLY)
def test_a_duration_that_is_told_roughly_may_be_another(words: str) -> None:
    assert found_in(changed("1 h 30 min", words.format("2 hours"))) == []


@pytest.mark.parametrize("words", ["2 hours, then discovered", "2 hours, underground"])
def test_a_word_within_another_makes_no_duration_rough(words: str) -> None:
    assert [one.rule for one in found_in(changed("1 h 30 min", words))] == [LintRule.DURATION]


_BEGUN = ("started: 2026-03-03T22:50", "started: 2026-03-03T20:50")
_ENDED = ("ended: 2026-03-04T00:20", "ended: 2026-03-04T03:20")
_DURATION = "- **Duration:** 1 h 30 min"


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (_ENDED, "1 h 30 min"),
        (_ENDED, "4 h 30 min"),
        (_BEGUN, "3 h 30 min"),
        (_BEGUN, "3 h 31 min"),
        (_ENDED, "5 h in all, 4 h 30 min of them in the night"),
    ],
)
def test_a_duration_may_be_that_of_the_summary_or_of_the_head(
    head: tuple[str, str], words: str
) -> None:
    text = changed(_DURATION, f"- **Duration:** {words}", changed(*head))
    assert found_in(text) == []


@pytest.mark.parametrize(
    ("head", "words"),
    [(_ENDED, "3 h"), (_BEGUN, "3 h 32 min"), (_ENDED, "5 h in all, 4 h of rest")],
)
def test_a_duration_that_neither_tells_is_a_fault(head: tuple[str, str], words: str) -> None:
    text = changed(_DURATION, f"- **Duration:** {words}", changed(*head))
    assert [one.rule for one in found_in(text)] == [LintRule.DURATION]


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        (_BEGUN, ("| 2026-03-03 22:50 |", "| 2026-03-03 19:50 |"), []),
        (_BEGUN, ("| 2026-03-03 22:50 |", "| 2026-03-03 19:49 |"), [LintRule.OUTSIDE_INCIDENT]),
        (_ENDED, ("| 2026-03-04 00:20 |", "| 2026-03-05 03:20 |"), []),
        (_ENDED, ("| 2026-03-04 00:20 |", "| 2026-03-05 03:21 |"), [LintRule.OUTSIDE_INCIDENT]),
    ],
)
def test_a_row_is_outside_of_the_earliest_start_and_the_latest_end(
    head: tuple[str, str], row: tuple[str, str], expected: list[LintRule]
) -> None:
    assert [one.rule for one in found_in(changed(*row, changed(*head)))] == expected


@pytest.mark.parametrize(
    "words",
    [
        "**Impact:** Acknowledged after 12 min, resolved after 12 min; one",
        "**Impact:** Acknowledged after a while, resolved after 9 min; one",
        "**Impact:** Acknowledged after 12 min, resolved after lunch; one",
    ],
)
def test_an_acknowledgement_no_later_than_the_resolution_is_no_fault(words: str) -> None:
    assert found_in(changed("**Impact:** One", words)) == []


def test_who_acknowledges_in_the_moment_of_the_resolution_is_not_late() -> None:
    assert found_in(changed('time" |\n', 'time" |\n| 00:20 | Bo acknowledged |\n')) == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_all_are_days(day: str) -> None:
    rows = f"| {day} 00:10 | | \n| {day} 23:50+00:00 | |\n| 00:20 | |\n| {day}T23:59-05:00 | |\n"
    found_in(changed("| 22:58 |", f"{rows}| 22:58 |"))
    found_in(WHOLE.replace("2026-03-03", day).replace("2026-03-04", day))


@pytest.mark.parametrize(
    "status",
    ["Fertig", "Erledigt (Won't Do)", "Terminé(e)", "LISTO", "Concluído", "Готово", "完了", "완료"],
)
def test_what_trackers_call_done_in_other_languages_is_done(status: str) -> None:
    assert found_in(changed("/OPS-2) | Done |", f"/OPS-2) | {status} |")) == []
    open_one = changed("/OPS-2) | Done |", "/OPS-2) | In Arbeit |")
    assert {one.rule for one in found_in(open_one)} == {LintRule.NO_OWNER, LintRule.NO_DEADLINE}


def test_an_empty_cause_is_told_once_where_both_are_empty() -> None:
    text = changed("The pool of connections was too small", "[Brief explanation]")
    assert LintRule.NO_ROOT_CAUSE not in {one.rule for one in found_in(text)}
    text = changed("See above", "TBD\n  - [Detailed explanation]", text)
    told = [one for one in found_in(text) if one.rule is LintRule.NO_ROOT_CAUSE]
    assert [one.line for one in told] == [15]


def test_a_cause_below_its_label_is_one() -> None:
    text = changed("The pool of connections was too small", "")
    text = changed("See above", "\n  - The pool was too small\n", text)
    assert LintRule.NO_ROOT_CAUSE not in {one.rule for one in found_in(text)}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("Checkout is slow", "[Incident Title]", 8),
        ("## 6.", "[Brief explanation of the root cause]\n\n## 6.", 28),
        ("## 6.", "It broke, and [say why].\n\n## 6.", 28),
        ("## 6.", "It broke\nand [say why].\n\n## 6.", 29),
        ("## 6.", "> [What did customers read?]\n\n## 6.", 28),
        ("## 6.", "### [say why]\n\n## 6.", 28),
    ],
)
def test_a_templates_prompt_in_running_text_or_a_heading_is_found(
    old: str, new: str, line: int
) -> None:
    found = found_in(changed(old, new))
    assert [(one.rule, one.line) for one in found] == [(LintRule.OPEN_PROMPT, line)]


@pytest.mark.parametrize(
    "words",
    [
        "They said [sic] and [RFC 7231], [1], [x].",
        "```\n[say why]\n```",
        "    [say why]",
        "<!-- [say why] -->",
        "See [say why](https://x.example.com).",
        "The log: [ERROR] out of memory",
    ],
)
def test_other_brackets_in_running_text_are_peoples(words: str) -> None:
    assert found_in(changed("## 6.", f"{words}\n\n## 6.")) == []


def test_open_prompts_in_a_final_document_are_told_as_that() -> None:
    text = changed("in review", "Final", changed("One in three payments failed", "[Impact]"))
    (told,) = found_in(text)
    assert told.rule is LintRule.FINAL_WITH_PROMPTS
    assert told.message == (
        "Nobody has answered '**Impact:** [Impact]' yet, and the document says that it is final."
    )
    (told,) = found_in(changed("Final", "' FINAL '", changed("[Impact]", f"[{'x' * 300}]", text)))
    assert told.rule is LintRule.FINAL_WITH_PROMPTS
    assert len(told.message) < 200


@pytest.mark.parametrize(
    "said",
    [
        "Aiko Brandt acknowledged",
        "acknowledged by Aiko Brandt",
        "Aiko Brandt acknowledged the incident",
        "Aiko Brandt acknowledged the first alert",
    ],
)
def test_who_acknowledges_after_the_last_resolution_is_told(said: str) -> None:
    late = changed('time" |\n', f'time" |\n| 00:25 | {said} |\n')
    assert [one.rule for one in found_in(late)] == [LintRule.ACK_AFTER_RESOLVE]
    again = changed("| 00:25 |", "| 00:25 | Nobody had |\n| 00:26 |", late)
    again = changed(f"{said} |", f"{said} |\n| 00:40 | Aiko Brandt resolved it again |", again)
    assert found_in(again) == []


def test_lengths_that_contradict_each_other_are_told() -> None:
    said = "- **Technical Impact:** Acknowledged after {} min, resolved after {}"
    text = changed("## 6.", f"## 4. Impact Analysis\n{said.format(12, '9 min')}\n\n## 6.")
    assert [one.rule for one in found_in(text)] == [LintRule.ACK_AFTER_RESOLVE]
    assert found_in(changed("after 9 min", "after 1 h 30 min", text)) == []


def test_nobody_acknowledged_is_no_acknowledgement() -> None:
    assert found_in(changed('time" |\n', 'time" |\n| 00:25 | Nobody acknowledged |\n')) == []


OTHER = changed(
    "[OPS-1](https://x.example.com/browse/OPS-1)",
    "[OPS-9](https://x.example.com/browse/OPS-9)",
    WHOLE.replace("2026-03-03", "2026-05-06").replace("2026-03-04", "2026-05-07"),
)


def test_an_item_that_is_open_in_an_earlier_document_is_told_at_the_later_one() -> None:
    found = found_in(OTHER, WHOLE)
    assert [(one.document, one.rule) for one in found] == [("1.md", LintRule.REPEATS_OPEN_ITEM)]
    assert "OPS-1" in found[0].message
    assert "2.md" in found[0].message


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda text: text.replace("| To Do |", "| Done (Won't Do) |"), "earlier"),
        (lambda text: text.replace("| To Do |", "| Closed |"), "earlier"),
        (lambda text: text.replace("Alert on a full pool", "Alert on a slow pool"), "later"),
        (lambda text: text.replace("OPS-9", "OPS-1"), "later"),
        (lambda text: text.replace("Alert on a full pool", "~~Alert on a full pool~~"), "later"),
    ],
)
def test_what_is_done_or_the_same_ticket_or_another_work_repeats_nothing(
    change: Callable[[str], str], where: str
) -> None:
    earlier, later = (change(WHOLE), OTHER) if where == "earlier" else (WHOLE, change(OTHER))
    assert LintRule.REPEATS_OPEN_ITEM not in {one.rule for one in found_in(earlier, later)}


@pytest.mark.parametrize(
    ("at", "event", "is_told"),
    [
        ("20:49", 'Change on Checkout, from flags: "On for 25 %"', False),
        ("20:49", 'Change: "On for 25 %"', False),
        ("20:49", "3 changes, until 22:00 [change](https://d.example.com/1)", False),
        ("20:49", 'Deployed "4.2" [change](https://d.example.com/1)', False),
        ("20:48", 'Change on Checkout, from flags: "On for 25 %"', True),
        ("20:49", "Changed the size of the pool", True),
    ],
)
def test_a_change_of_the_two_hours_before_the_start_is_no_row_from_outside(
    at: str, event: str, is_told: bool
) -> None:
    first = '| 2026-03-03 22:50 | Lookout reported "Checkout is slow" |'
    text = changed(first, f"| 2026-03-03 {at} | {event} |\n{first}")
    rules = [LintRule.OUTSIDE_INCIDENT] if is_told else []
    assert [one.rule for one in found_in(text)] == rules


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_fresh_draft_has_no_times_that_contradict_each_other(path: Path) -> None:
    rules = {one.rule for one in found_in(path.read_text("utf-8"))}
    assert not rules & OF_TIMES
    assert LintRule.OPEN_PROMPT in rules


def strictly(text: str, *, strict: bool = True) -> list[LintRule]:
    documents = [LintedDocument("Q1", "a.md", text)]
    found = lint(documents, [TEMPLATE], Names(), NOW, strict=strict)
    return [one.rule for one in found if one.rule in {LintRule.NO_EVIDENCE, LintRule.NO_VERB}]


@pytest.mark.parametrize(
    ("cause", "is_told"),
    [
        ("The pool was too small.", True),
        ("Somebody changed something", True),
        ("The pool held 20 connections", False),
        ("`max_pool` was not set", False),
        ("See [the graph](https://g.example.com/x)", False),
        ('The log said "too many clients"', False),
        ("", False),
        ("none", False),
    ],
)
def test_a_cause_names_what_can_be_looked_up(cause: str, is_told: bool) -> None:
    text = f"## 3. Root Cause Analysis\n\n- **Primary Cause:** {cause}\n"
    assert strictly(text) == ([LintRule.NO_EVIDENCE] if is_told else [])
    assert strictly(text, strict=False) == []
    factor = f"{text}- **Contributing Factors:**\n  - 3 alerts were muted\n"
    assert strictly(factor) == []


@pytest.mark.parametrize(
    ("task", "is_told"),
    [
        ("Better monitoring", True),
        ("The runbook is old", True),
        ("Monitoring", True),
        ("More alerts on the queue", True),
        ("Add an alert on the queue", False),
        ("Überwachung einrichten", False),
        ("~~Better monitoring~~", False),
        ("2 more alerts: write them", True),
    ],
)
def test_an_action_item_says_what_is_to_be_done(task: str, is_told: bool) -> None:
    text = (
        "## 6. Action Items\n\n| Task Description | Owner | Priority | Deadline |\n|---|---|---|---|\n"
        f"| {task} | Ann | High | 2027-01-01 |\n"
    )
    assert strictly(text) == ([LintRule.NO_VERB] if is_told else [])
    assert strictly(text, strict=False) == []


ITEM = "The action item 'Alert on a full pool'"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("One in three payments failed", "[Brief summary]", 13, "Nobody has answered '**Impact:** [Brief summary]' yet."),
        ("| 23:40 | Raised the pool to 80", "| [when] | [what then?]", 22, "Nobody has answered '[when] [what then?]' yet."),
        ("## 6.", "> [say why]\n\n## 6.", 28, "Nobody has answered '[say why]' yet."),
        ("## 6.", "### [say why] #\n\n## 6.", 28, "Nobody has answered '[say why] #' yet."),
        ("Aiko Brandt | High", "| High", 31, f"{ITEM} has no owner."),
        ("| 2026-04-01 |", "| |", 31, f"{ITEM} has no deadline."),
        ("| 2026-04-01 |", "| soon |", 31, "Line 31 ('Alert on a full pool') has the deadline 'soon', and it is no date. Use YYYY-MM-DD."),
        ("| 22:58 | Aiko", "| ~ 22:40 | Aiko", 21, "22:40 stands below 2026-03-03 22:50, which is later."),
        ("| 2026-03-03 22:50 |", "| 2026-03-03 21:49 |", 20, "2026-03-03 21:49 is more than an hour before the incident began."),
        ("| 2026-03-04 00:20 |", "| 2026-03-05 00:21 |", 23, "2026-03-05 00:21 is more than a day after the incident ended."),
        ("1 h 30 min", "45 min", 12, "From start to end it is 1 h 30 min, not '45 min'."),
        ('time" |\n', 'time" |\n| 00:25 | Bo acknowledged |\n', 24, "It was acknowledged at 00:25, after it was resolved."),
        ("**Impact:** One", "**Impact:** Resolved after 9 min, acknowledged after 12 min; one", 13, "It says that it was acknowledged later than resolved."),
    ],
)  # fmt: skip
def test_each_fault_is_told_in_a_sentence(old: str, new: str, line: int, message: str) -> None:
    told = [
        (one.incident, one.document, one.line, one.message) for one in found_in(changed(old, new))
    ]
    assert told == [("Q1", "1.md", line, message)]


def test_a_short_incident_of_now_is_told_in_minutes_and_has_no_future() -> None:
    text = changed("1 h 30 min", "2 min", WHOLE.replace("2026-03-04 00:20", "2026-03-03 23:49"))
    text = changed("2026-03-04T00:20:00", "2026-03-03T23:49:00", text)
    assert [one.message for one in found_in(text)] == [
        "From start to end it is 59 min, not '2 min'."
    ]
    text = changed("2026-03-03 22:50 - 2026-03-04 00:20", "x", WHOLE)
    text = changed("ended: 2026-03-04T00:20:00+01:00\n", "", text)
    assert found_in(text) == []
    text = changed("| 2026-03-04 00:20 |", "| 2026-11-23 10:01 |", text)
    assert [one.message for one in found_in(text)] == ["2026-11-23 10:01 is in the future."]


def test_what_is_told_of_a_document_stands_in_the_order_of_its_lines() -> None:
    text = changed("One in three payments failed", "[a]", changed("| 2026-04-01 |", "| |"))
    text = changed("Aiko Brandt | High", "| High", text)
    assert [(one.line, one.rule) for one in found_in(text)] == [
        (13, LintRule.OPEN_PROMPT),
        (31, LintRule.NO_OWNER),
        (31, LintRule.NO_DEADLINE),
    ]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("- **Root Cause:** [x]\n", 2),
        ("- **Root Cause:** none\n", 2),
        ("- **Root Cause:** *none*\n", 2),
        ("## 1. Incident Summary\n- **Root Cause:** It broke\n\n## 3. Root Cause Analysis\n", None),
        ("## 3. Root Cause Analysis\n- \n\n*\n\n\t__ [x] __\n", 2),
        ("## 3. Root Cause Analysis\n- [ ] It broke\n", None),
        ("- **Root Cause:**\n  - [x]\n    - [y]\n", 2),
        ("- **Root Cause:**\n  - [x]\n    - It broke\n", None),
        ("- **Root Cause:** It broke\n", None),
        ("## 3. Root Cause Analysis\n\n***\n\n- [x]\n", 2),
        ("## 3. Root Cause Analysis\n", 2),
        ("## 3. Root Cause Analysis\nIt broke\n", None),
        ("## 3. Root Cause Analysis\n\n## Other\nIt broke\n", 2),
        ("## Other\n", None),
    ],
)
def test_a_document_that_asks_for_its_cause_tells_it(body: str, line: int | None) -> None:
    told = [one for one in found_in(f"# T\n{body}") if one.rule is LintRule.NO_ROOT_CAUSE]
    words = (
        "The section of the root cause is empty."
        if "##" in body
        else "It does not say what the cause was."
    )
    assert [(one.line, one.message) for one in told] == ([] if line is None else [(line, words)])


def test_an_item_that_is_open_elsewhere_is_told_in_a_sentence() -> None:
    (told,) = found_in(OTHER, WHOLE)
    assert (told.line, told.message) == (
        31,
        "'Alert on a full pool' is still open in 2.md, as OPS-1: link it instead of planning it twice.",
    )
    bare = changed("[OPS-1](https://x.example.com/browse/OPS-1)", "")
    assert found_in(OTHER, bare)[0].message == (
        "'Alert on a full pool' is still open in 2.md: link it instead of planning it twice."
    )


@pytest.mark.parametrize(
    ("mine", "theirs", "is_told"),
    [
        ("Alert on a full pool", "ON A FULL POOL: alert!", True),
        ("Alert", "Alert", False),
        ("Alert, alert", "Alert alert", False),
        ("Alert bob", "Alert bob", True),
        ("Alert bob", "Alert bob (tracked in OPS-1)", False),
        ("Alert bob", "Alert bob as well as OPS-1", False),
    ],
)
def test_the_same_words_in_any_order_are_the_same_work(
    mine: str, theirs: str, *, is_told: bool
) -> None:
    earlier = changed("Alert on a full pool", mine)
    later = changed("Alert on a full pool", theirs, OTHER)
    rules = [one.rule for one in found_in(earlier, later)]
    assert rules == ([LintRule.REPEATS_OPEN_ITEM] if is_told else [])


def test_documents_are_told_by_when_their_incident_began_and_the_first_keeps_its_item() -> None:
    last = OTHER.replace("2026-05-0", "2026-06-0").replace("OPS-9", "OPS-10")
    undated = changed("started: 2026-03-03T22:50:00+01:00\n", "", WHOLE).replace("OPS-1]", "OPS-7]")
    undated = undated.replace("/OPS-1)", "/OPS-7)")
    told = [(one.document, one.message.split(":")[0][-5:]) for one in found_in(last, OTHER, WHOLE)]
    assert told == [("1.md", "OPS-1"), ("2.md", "OPS-1")]
    told = [(one.document, one.message.split(":")[0][-5:]) for one in found_in(WHOLE, undated)]
    assert told == [("1.md", "OPS-7")]
    twice = changed("| Write the runbook | | | |", "| Alert on a full pool | Bo | | 2026-04-01 |")
    twice = changed("/OPS-2) | Done |", "/OPS-2) | To Do |", twice)
    assert found_in(twice) == []


def test_of_documents_of_one_time_the_name_behind_its_folders_tells_which_is_first() -> None:
    same_day = OTHER.replace("2026-05-06", "2026-03-03").replace("2026-05-07", "2026-03-04")
    documents = [LintedDocument("Q1", "a/2.md", WHOLE), LintedDocument("Q2", "b/1.md", same_day)]
    found = lint(documents, [TEMPLATE], Names(), NOW)
    assert [(one.document, one.rule) for one in found] == [("a/2.md", LintRule.REPEATS_OPEN_ITEM)]


def test_an_item_below_one_that_is_done_is_looked_at_and_told_in_short() -> None:
    done, long = "| Write the runbook | | | | | Done |\n", "Alert on a pool " + "again " * 40
    earlier, later = (
        changed("| Alert on a full pool", f"{done}| {long}", text) for text in (WHOLE, OTHER)
    )
    (told,) = found_in(earlier, later)
    assert told.rule is LintRule.REPEATS_OPEN_ITEM
    assert len(told.message) < 200


@pytest.mark.parametrize(
    ("templates", "is_found"),
    [
        (["| Time | Event Description |\n|---|---|"], True),
        (["| Time | Event Description | Who |\n|---|---|---|"], True),
        (["| When | What |\n|---|---|"], False),
        (["| Time | Event Description |\n|---|---|", "| When | What |\n|---|---|"], True),
        ([""], False),
    ],
)
def test_a_timeline_elsewhere_is_known_by_the_header_of_the_first_template(
    templates: list[str], *, is_found: bool
) -> None:
    text = changed("## 2. Timeline of Events", "## Story", WHOLE.replace("22:58", "22:40"))
    text = changed("| Time (Europe/Berlin)", "| Time", text)
    written = [f"## Timeline of Events\n{one}\n" for one in templates]
    found = lint([LintedDocument("Q1", "a.md", text)], written, Names(), NOW)
    assert [one.rule for one in found] == ([LintRule.TIME_ORDER] if is_found else [])


@pytest.mark.parametrize(
    ("item", "is_over"),
    [
        ("- [ ] Mend the pool", False),
        ("- [x] Mend the pool", True),
        ("- [ ] ~~Mend the pool~~", True),
        ("- [ ] Mend the pool - Done", False),
        ("| Owner | Task | Status |\n|---|---|---|\n| | Mend the pool | Done |", True),
        ("| Owner | Task | Status |\n|---|---|---|\n| | Mend the pool | Shipped (1.2) |", True),
        ("| Owner | Task | Status |\n|---|---|---|\n| | Mend the pool | Shippable |", False),
        ("| Owner | Task | Status |\n|---|---|---|\n| | Mend the pool | |", False),
        ("| Owner | Task | Status |\n|---|---|---|\n| | ~~Mend the pool~~ | |", True),
    ],
)
def test_an_item_is_over_by_its_box_its_words_or_its_status(item: str, *, is_over: bool) -> None:
    rules = [one.rule for one in found_in(f"# T\n\n## Action Items\n{item}\n")]
    assert rules == ([] if is_over else [LintRule.NO_OWNER, LintRule.NO_DEADLINE])


def test_each_of_many_documents_is_taken_apart_once_and_let_go_before_the_next() -> None:
    texts = [changed("22:58", "21:58", WHOLE.replace("Checkout", f"C{at}")) for at in range(20)]
    documents = [LintedDocument(f"Q{at}", f"{at}.md", text) for at, text in enumerate(texts)]
    parse.cache_clear()
    everything = lint(documents, [TEMPLATE], Names(), NOW, strict=True)
    assert parse.cache_info().misses == len(texts) + len([TEMPLATE])

    parse.cache_clear()
    taken_apart: list[int] = []

    def one_by_one() -> Iterator[LintedDocument]:
        for one in documents:
            taken_apart.append(parse.cache_info().misses - len([TEMPLATE]))
            yield one

    assert lint(one_by_one(), [TEMPLATE], Names(), NOW, strict=True) == everything != []
    assert taken_apart == list(range(len(texts)))


def test_of_a_document_that_is_not_asked_for_only_what_others_repeat_counts() -> None:
    earlier, later = LintedDocument("Q1", "1.md", WHOLE), LintedDocument("Q2", "2.md", OTHER)
    everything = lint([earlier, later], [TEMPLATE], Names(), NOW)
    assert [one.document for one in everything] == ["2.md"]
    for name in ("1.md", "2.md"):
        found = lint([earlier, later], [TEMPLATE], Names(), NOW, wanted={name})
        assert found == [one for one in everything if one.document == name]
    broken = LintedDocument("Q1", "1.md", changed("22:58", "21:58", WHOLE))
    assert lint([broken, later], [TEMPLATE], Names(), NOW, wanted={"2.md"}) == everything
