"""Lines among the action items that are no whole row: told at each sync, and never touched."""

import pytest

from connectors.jira.payloads import SiteKind
from tests.acceptance.test_as_people_leave_them import HEADER, drafted, words
from tests.acceptance.world import World

KINDS = (SiteKind.CLOUD,)

BROKEN = {
    "wrapped": "| Add an alert that\nis long | Aiko Brandt | High | 2026-12-03 |",
    "no row": "Note: more to come",
    "a tag": "{% endraw %}",
    "other pipes": "\uff5c Add an alert \uff5c Aiko Brandt \uff5c High \uff5c",
    "a pipe in code": "| Count `a|b` | Aiko Brandt | High | 2026-12-03 |",
    "a pipe in code, and a cell too few": "| Count `a|b` | Aiko Brandt | High |",
    "a cell too many": "| Add an alert | Aiko Brandt | High | 2026-12-03 | soon |",
    "a pipe, and no deadline": "| Escape a | b in the parser | Aiko Brandt | High | |",
    "a pipe, and a deadline": "| Escape a | b in the parser | Aiko Brandt | High | 2026-12-30 |",
    "a pipe, and no priority": "| Escape a | b in the parser | Aiko Brandt | | |",
    "a pipe, and the last cell left out": "| Escape a | b in the parser | Aiko Brandt | High |",
    "a pipe, and an owner alone": "| Escape a | b in the parser | | | |",
    "two pipes": "| Escape a | b | c in the parser | Aiko Brandt | High | 2026-12-30 |",
    "two pipes, and no deadline": "| Escape a | b | c in the parser | Aiko Brandt | High | |",
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_a_line_that_is_no_whole_row_is_told_at_each_sync_and_never_touched(
    here: World, line: str
) -> None:
    drafted(here, f"{HEADER}{line}\n| Write the runbook | | | |\n")
    for _ in range(3):
        told = words(here.sync())
        assert list(here.tickets().values()) == ["Write the runbook"]
        assert f"\n{line}\n" in here.text()
        assert "Line" in told


def test_a_short_row_below_columns_for_tickets_is_one(here: World) -> None:
    drafted(here, f"{HEADER}| Add an alert | | | |\n")
    here.sync()
    short = (
        "| Write the runbook |",
        "| Test it | Aiko Brandt | P2 | soon | |",
        "| Watch it | Aiko Brandt | | 2026-12-30 | |",
        "| Prove it | Aiko Brandt | Low |",
        "| Name it | | | | |",
        "| Count it | | | | | | |",
        "| Mend it | Aiko Brandt | Urgently | as soon as we can | | |",
    )
    here.edit(lambda text: text.replace("\n| Add", "\n" + "\n".join((*short, "| Add")), 1))
    here.sync()
    assert len(here.tickets()) == 1 + len(short)


def test_a_header_that_stands_among_the_rows_is_none_of_them(here: World) -> None:
    drafted(here, f"{HEADER}| Add an alert | | | |\n{HEADER}| Write it down | | | |\n")
    for _ in range(2):
        assert not here.sync().failures
        assert list(here.tickets().values()) == ["Add an alert", "Write it down"]


@pytest.mark.parametrize(
    "line",
    [
        "- [/] Half done",
        "- [-] Given up",
        "- [] Without a space",
        "- [ ]Nothing behind it",
        "-[ ] Nothing before it",
        "[ ] Without a bullet",
        "\u2610 A character",
        "- \u2610 A bullet and a character",
        "- TODO Logseq's",
        "- [X] Written\n-[ ] Nothing before it",
    ],
)
def test_what_looks_like_a_check_box_and_is_none_is_told(here: World, line: str) -> None:
    drafted(here, f"\n- [ ] Add an alert\n\n{line}\n")
    told = words(here.sync())
    assert list(here.tickets().values()) == ["Add an alert"]
    assert "looks like a check box" in told


@pytest.mark.parametrize(
    "line",
    [
        "Write the runbook\tAiko Brandt\tHigh\t2026-12-03",
        "\u2502 Write the runbook \u2502 Aiko Brandt \u2502 High \u2502 2026-12-03 \u2502",
    ],
)
def test_rows_of_another_make_are_told_below_a_table(here: World, line: str) -> None:
    drafted(here, f"{HEADER}| Add an alert | | | |\n\n{line}\n")
    told = words(here.sync())
    assert list(here.tickets().values()) == ["Add an alert"]
    assert "'Write the runbook'" in told
