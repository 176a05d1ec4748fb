"""What stands where words could: placeholders, struck-out text, words for nothing."""

import pytest

from config.template_names import NOTHING
from worker.content.placeholders import (
    is_bracketed,
    is_marks,
    is_struck_out,
    says_none_since,
    says_nothing,
    unstruck,
)


@pytest.mark.parametrize(
    ("text", "bracketed"),
    [
        ("[Owner 1]", True),
        (r"\[Owner 1]", True),
        (r"\[Owner 1\]", True),
        ("**[Owner 1]**", True),
        ("_**[Owner 1]**_", True),
        ("`[Owner 1]`", True),
        ("&#91;Owner 1&#93;", True),
        ("[Owner 1]()", True),
        ("[Owner 1](#)", True),
        ("[**Owner** 1]", True),
        ("[Owner 1](https://people.example.com/1)", False),
        ("[One] and [two]", False),
        (r"\[One] and more", False),
        ("Owner 1", False),
        ("", False),
    ],
)
def test_what_reads_as_wholly_bracketed_is(text: str, bracketed: bool) -> None:
    assert is_bracketed(text) == bracketed


@pytest.mark.parametrize(
    ("text", "struck", "rest"),
    [
        ("~~Add an alert~~", True, ""),
        ("**~~Add an alert~~**", True, ""),
        ("~Add an alert~", True, "~Add an alert~"),
        ("<del>Add an alert</del>", True, ""),
        ("<S class='x'>Add an alert</S>", True, ""),
        ("~~Add an alert~~ done", True, "done"),
        ("~~Add~~ Remove the alert", False, "Remove the alert"),
        ("~~Add~~ duplicate of the above", True, "duplicate of the above"),
        ("~~Add it~~ \u2192 moved to the next quarter", True, "\u2192 moved to the next quarter"),
        ("**~~Add it~~** see OPS-3", True, "see OPS-3"),
        (
            "~~Add it~~ (the vendor does it by himself now)",
            True,
            "(the vendor does it by himself now)",
        ),
        ("~~Add~~ Won't do before the move", True, "Won't do before the move"),
        ("~~Add~~ Fixed thresholds per team", False, "Fixed thresholds per team"),
        ("~~Add~~ Dropped packets raise an alert", False, "Dropped packets raise an alert"),
        ("~~Add~~ Duplicate alerts are one", False, "Duplicate alerts are one"),
        ("~~Add~~ cancelled since nobody needs it", True, "cancelled since nobody needs it"),
        ("~~Add~~ duplicate OPS-3 has it", True, "duplicate OPS-3 has it"),
        ("~~Add~~ Move the alert", False, "Move the alert"),
        ("~~Add~~ See that it alerts", False, "See that it alerts"),
        ("See ~~the~~ #3 of it", False, "See #3 of it"),
        ("~~Add~~ (test) the alert (soon)", False, "(test) the alert (soon)"),
        ("Wait ~5 min or ~10 min", False, "Wait ~5 min or ~10 min"),
        (r"\~~no\~~", False, "~~no~~"),
        ("", False, ""),
    ],
)
def test_what_is_struck_out_is_told_from_what_is_not(text: str, struck: bool, rest: str) -> None:
    assert (is_struck_out(text), unstruck(text)) == (struck, rest)


@pytest.mark.parametrize(
    "words", ["", "-", "--", "\u2013", "\u2014 \u2014", "...", "\u2026", "?", "\u200b", "\u2610"]
)
def test_marks_alone_say_nothing(words: str) -> None:
    assert is_marks(words)
    assert says_nothing(words, ())


@pytest.mark.parametrize(
    "words",
    ["TBD", "tbd.", "(TBD)", "N/A", "n.a.", "None", "NONE!", "to be determined", "none yet"],
)
def test_words_for_nothing_say_so_in_any_case(words: str) -> None:
    assert says_nothing(words, NOTHING)
    assert not says_nothing(words, ("keine",))


@pytest.mark.parametrize(
    ("words", "none"),
    [
        ("N/A \u2014 see OPS-3", True),
        ("n/a (covered by the runbook)", True),
        ("None: all of it worked", True),
        ("No action needed, the vendor does it", True),
        ("N/A see below", True),
        ("N/A", False),
        ("None, but the queue needs an alert", False),
        ("N/A (except for the EU: write it down)", False),
        (f"n/a{' ' * 100_000}x", False),
        ("TBD: who pays", False),
        ("To be discussed - the budget", False),
        ("None of it worked - mend it", False),
        ("- see below", False),
    ],
)
def test_words_for_nothing_may_have_a_reason_behind(words: str, none: bool) -> None:
    assert says_none_since(words, NOTHING) is none


@pytest.mark.parametrize(
    "words", ["TBD the alert", "Nonesuch", "Nag the vendor", "x", "1", "\u0394", "\U0001f692"]
)
def test_other_words_are_words(words: str) -> None:
    assert not says_nothing(words, NOTHING)
