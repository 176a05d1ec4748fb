"""What was tried against the program, and what held: ``python -m tests.service.hostile_table``.

Runs ``tests/service/test_hostile_*.py`` and prints a table of what they tried. A test's name is
what holds, the id of its case what was tried: ``test_nothing_is_written[the directory is gone]``.
``--write`` puts the table into ``docs/hostile.md`` and runs nothing; other words go to pytest.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pytest

from tests.integration.queue_support import KINDS

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER.parents[1] / "docs" / "hostile.md"
HEAD = """# What was tried against it

Each line is an attempt to break the program, made by the test suite with every change, and what
held against it. `make hostile` runs them alone and prints the same; this page is written by
`make hostile TEST_FLAGS=--write`, and a test holds that it names every attempt.
"""
_PREFIX = "test_hostile_"


@dataclass(frozen=True, slots=True, order=True)
class Attempt:
    """Something that was tried, in words, against which part, and what held."""

    part: str
    tried: str
    held: str


def attempt(node: str) -> Attempt:
    """Read one from pytest's name of a test, ``file.py::test_sentence[case]``."""
    file, _, test = node.partition("::")
    name, _, case = test.rpartition("::")[2].partition("[")
    part = Path(file).stem.removeprefix(_PREFIX).replace("_", " ")
    sentence = name.removeprefix("test_").replace("_", " ")
    words = case.removesuffix("]").split("-")
    tried = "-".join(word for word in words if word not in KINDS)
    return Attempt(part, tried, sentence) if tried else Attempt(part, sentence, "")


@dataclass
class Told:
    """What pytest tells: each test of the table, and how it ended."""

    attempts: dict[Attempt, str] = field(default_factory=dict)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note what is there, in the order of the files."""
        for item in items:
            self.attempts.setdefault(attempt(item.nodeid), "")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how it ended; on any database that it broke on, it broke."""
        one = attempt(report.nodeid)
        if report.failed:
            self.attempts[one] = "BROKE"
        elif report.skipped:
            self.attempts[one] = self.attempts.get(one) or "not tried here"
        elif report.when == "call" and self.attempts.get(one) != "BROKE":
            self.attempts[one] = "held"


def collected() -> list[Attempt]:
    """Give every attempt that the suite makes, without making it."""
    told = Told()
    run(told, ["--collect-only", "--quiet", "--quiet", "--no-header"])
    return list(told.attempts)


def run(told: Told, words: Iterable[str]) -> int:
    """Run the suite with these words of pytest's, and give its exit status."""
    files = sorted(str(path) for path in FOLDER.glob(f"{_PREFIX}*.py"))
    return int(pytest.main([*files, *words], plugins=[told]))


def document(attempts: Iterable[Attempt]) -> str:
    """Give the page: a table for each part."""
    lines = [HEAD]
    for part, many in groupby(sorted(attempts), lambda one: one.part):
        lines += [f"## {part.capitalize()}", "", "| attempt | held |", "|---|---|"]
        lines += [f"| {cell(one.tried)} | {cell(one.held) or 'yes'} |" for one in many]
        lines.append("")
    return "\n".join(lines)


def cell(words: str) -> str:
    """Give words as a cell of a table holds them."""
    return words.replace("\\", "\\\\").replace("|", "\\|").replace("<", "\\<").replace("*", "\\*")


def table(attempts: dict[Attempt, str]) -> Iterator[str]:
    """Give the lines to print: what was tried, how it ended, what held."""
    width = max((len(one.tried) for one in attempts), default=0)
    for part, many in groupby(sorted(attempts), lambda one: one.part):
        yield f"\n{part.capitalize()}"
        for one in many:
            end = attempts[one] or "not run"
            yield f"  {one.tried:{width}}  {end}{f': {one.held}' if one.held else ''}"


def main(words: list[str]) -> int:
    """Run, or write the page; give the exit status."""
    if "--write" in words:
        DOCUMENT.write_text(document(collected()), "utf-8")
        print(f"Wrote {DOCUMENT}")
        return 0
    told = Told()
    status = run(told, words)
    print("\n".join(table(told.attempts)))
    held = sum(end == "held" for end in told.attempts.values())
    print(f"\n{held} of {len(told.attempts)} attempts held")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
