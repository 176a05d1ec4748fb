"""The house keeps its sizes: ``python -m tests.house_sizes`` prints them."""

import ast
from pathlib import Path

import pytest

from tests import house_sizes
from tests.house_sizes import (
    MOST_MODULES,
    RULES,
    SHORT_WITH_REASON,
    Module,
    against,
    lines_of_code,
    modules,
)

ROW = [Module(Path(f"worker/room/module_{number}.py"), 100, ()) for number in range(15)]


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_its_sizes(rule: str) -> None:
    assert not (found := against(rule)), "\n".join(found)


def test_a_functions_lines_are_counted_without_what_its_docstring_says() -> None:
    function = ast.parse('def told():\n    """Two\n    lines."""\n\n    return 1\n').body[0]
    assert isinstance(function, ast.FunctionDef)
    assert lines_of_code(function) == 3


def test_what_has_a_reason_to_be_short_is_there_and_short() -> None:
    lines = {str(one): one.lines for one in modules()}
    assert all(lines[name] < house_sizes.FEWEST_LINES for name in SHORT_WITH_REASON)


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        (
            "modules are few",
            [
                Module(Path(f"worker/r{n}/m{n}.py"), 100, ())
                for n in range(MOST_MODULES - len(ROW) + 1)
            ],
        ),
        ("a folder is seen at once", [Module(Path("worker/room/one_more.py"), 100, ())]),
        ("a module is short enough to read", [Module(Path("worker/long.py"), 301, ())]),
        (
            "a function fits a screen",
            [Module(Path("tests/long.py"), 100, (), (("seen_at_once", 50), ("scrolled", 51)))],
        ),
        ("a module is worth its file", [Module(Path("worker/short.py"), 24, ())]),
        ("a file name stands for one idea", [Module(Path("worker/other/module_1.py"), 100, ())]),
        ("a class name is used once", [Module(Path("worker/a.py"), 100, ("Row", "Row"))]),
    ],
)
def test_what_breaks_a_rule_is_found(rule: str, more: list[Module]) -> None:
    assert not list(RULES[rule](ROW))
    assert len(list(RULES[rule]([*ROW, *more]))) == 1
