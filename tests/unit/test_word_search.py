"""Words are found in any order and case, without accents; what holds them best comes first."""

import pytest

from worker.content.word_search import find, may_hold, words_in

TITLE = "Postmortem: Zahlungen in Köln hängen"
LINES = (
    "- **Impact:** Nobody could pay",
    "The connection POOL was exhausted, so payments timed out",
    r"Its size stood in pool\_size; the pool of Kraków was fine",
    "日本語のログ",
)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("pool", 1),
        ("POOL connection", 1),
        ("payments pool", 1),
        ("payment", 1),
        ("krakow", 2),
        ("KRAKÓW", 2),
        ("pool_size", 2),
        ("size", 2),
        ("SIZE_pool", 2),
        ("_size_", 2),
        ("koln", 0),
        ("köln pay", 0),
        ("hangen pool krakow", 2),
        ("ログ", 3),
    ],
)
def test_words_are_found_with_the_line_that_holds_most_of_them(words: str, line: int) -> None:
    found = find(words_in(words), TITLE, LINES)
    assert found is not None
    assert found.line == line
    assert may_hold(words_in(words), "\n".join((TITLE, *LINES)))


@pytest.mark.parametrize("words", ["ool", "pool nothing", "xyz", "", "!?", "yments"])
def test_what_does_not_hold_every_word_is_not_found(words: str) -> None:
    assert find(words_in(words), TITLE, LINES) is None or not words_in(words)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("pool", "x"), ("other", "pool")),
        (("x", "pool"), ("x", "pools")),
        (("x", "pool pool"), ("x", "pool")),
        (("x", "small pool"), ("x", "small\n pool")),
    ],
)
def test_the_better_text_comes_first(better: tuple[str, str], worse: tuple[str, str]) -> None:
    wanted = ["small", "pool"] if "small" in better[1] else ["pool"]
    one, other = (find(wanted, title, text.split("\n")) for title, text in (better, worse))
    assert one is not None
    assert other is not None
    assert one.score > other.score


def test_a_text_of_a_megabyte_is_no_burden_and_a_regular_expression_is_only_text() -> None:
    assert find(words_in("a.*b"), "a", ["x" * 1_000_000, "b (a"]) is not None
    assert find(words_in("(a+)+$"), "", ["a" * 100_000]) is not None
