"""The sizes of the house, and what exceeds them: ``python -m tests.house_sizes``.

Few enough modules to know, few enough in a folder to see at once, none too long to read and none
so short that it should live elsewhere, and one name for one idea.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("config", "connectors", "worker")
TESTS = ("bench", "tests")

MOST_MODULES = 437
# 200 for the walls; publishing, the chat and the page's editor come on top, and the first settings:
# what is asked, how it is proved by each service, and how it is written whole; Slack is a service
# with a stand-in, whose text is a format of its own; drafts are announced, and people reminded;
# the index of documents, with what lets a job look at its own alone; what is kept of incidents and
# tickets, the figures and repeats found in it, and what tells them; who people are on the page,
# and what they have written there and not saved,
# or settled of what is suggested; the lists that all who ask for one share;
# who works on a database and what its jobs are, read without the engine;
# comments that are made while a page is written, and emoji by their names;
# reviews, action items and pictures by the page, and no word of a save lost;
# records apart from what reads them, for commands that only tell what is remembered;
# what lists know apart from how it is found, where a request is from apart from whose it is;
# a room for a postmortem's page: its head, its text with what is suggested at its places;
# values of YAML in their places, apart from what the front matter says;
# what editors of other dialects write between blocks, which Markdown takes for words,
# and who and when a task's words name, by names that the document knows; how check boxes are read,
# and how they are changed;
# what monitors say in their own words, and what mails do;
# creates that no search by label finds, what is sent to Jira apart from what is asked of it,
# and what helps where some of it is refused;
# pages apart from what a process answers that has not been asked for one;
# what a log says again and again, apart from how an entry is read
MOST_IN_A_FOLDER = 15
MOST_LINES = 300
FEWEST_LINES = 25
MOST_LINES_IN_A_FUNCTION = 50
"""Without its docstring; a function that holds others is as long as all of them."""

SHORT_WITH_REASON: Mapping[str, str] = {
    "worker/journal/migrations/env.py": "Alembic looks for it there",
}
"""Modules under :data:`FEWEST_LINES`, and why they stand by themselves."""

SAME_IDEA = {
    "checks": "what a service is asked before its use",
    "client": "who speaks to a server",
    "connection": "the way to a service's site",
    "connector": "what a service says of itself",
    "guide": "what a service shows while it is set up",
    "payloads": "a service's JSON into records",
    "responses": "what a service's answer means",
    "server": "a stand-in's HTTP",
    "settings": "a group of settings",
    "site": "what a stand-in holds",
    "transport": "how a package's requests are sent",
    "views": "a stand-in's answers",
    "webhook": "a service's webhook into an event",
}
"""File names that stand in several rooms, and the one idea they have in each."""


@dataclass(frozen=True, slots=True)
class Module:
    """A file of the source: its place and lines, the classes it defines, its functions' lines."""

    path: Path
    lines: int
    classes: tuple[str, ...]
    functions: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        return str(self.path)


def modules(packages: Sequence[str] = PACKAGES) -> list[Module]:
    """Every module of the source, but for the ``__init__`` of a package and what npm installed."""
    return [
        module(path)
        for package in packages
        for path in sorted((ROOT / package).glob("**/*.py"))
        if path.name not in {"__init__.py", "__main__.py"} and "node_modules" not in path.parts
    ]


@cache  # each rule looks at all of them
def module(path: Path) -> Module:
    """Read one, once in a process."""
    text = path.read_text("utf-8")
    nodes = list(statements(ast.parse(text)))
    classes = tuple(node.name for node in nodes if isinstance(node, ast.ClassDef))
    functions = tuple(
        (node.name, lines_of_code(node))
        for node in nodes
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    return Module(path.relative_to(ROOT), len(text.splitlines()), classes, functions)


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Give the statements in a part of the code: a tenth of its nodes, and all definitions."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield inner
            yield from statements(inner)


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines from its name to its end, without what its docstring says."""
    told = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    docstring = (told.end_lineno or 0) - told.lineno + 1 if told else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def too_many(house: Iterable[Module]) -> Iterator[str]:
    """There are few enough to know; a migration is never looked at again."""
    count = sum(not is_a_migration(one) for one in house)
    if count > MOST_MODULES:
        yield f"{count} modules, and {MOST_MODULES} are the most"


def crowded(house: Iterable[Module]) -> Iterator[str]:
    """No folder holds more than one sees at once; a migration is never looked at again."""
    folders: dict[Path, int] = defaultdict(int)
    for one in house:
        folders[one.path.parent] += not is_a_migration(one)
    for folder, count in folders.items():
        if count > MOST_IN_A_FOLDER:
            yield f"{folder}: {count} modules, and {MOST_IN_A_FOLDER} are the most"


def too_long(house: Iterable[Module]) -> Iterator[str]:
    """None is too long to read."""
    for one in house:
        if one.lines > MOST_LINES:
            yield f"{one}: {one.lines} lines, and {MOST_LINES} are the most"


def longer_than_a_screen(house: Iterable[Module]) -> Iterator[str]:
    """Each function is seen at once; a migration is never looked at again."""
    for one in house:
        for name, lines in one.functions:
            if lines > MOST_LINES_IN_A_FUNCTION and not is_a_migration(one):
                most = f"{MOST_LINES_IN_A_FUNCTION} are the most"
                yield f"{one}: {name} has {lines} lines without its docstring, and {most}"


def too_short(house: Iterable[Module]) -> Iterator[str]:
    """None is so short that it belongs to its caller, but for what has a reason."""
    for one in house:
        reason = SHORT_WITH_REASON.get(str(one)) or is_a_migration(one)
        if one.lines < FEWEST_LINES and not reason:
            yield f"{one}: {one.lines} lines, and {FEWEST_LINES} are the fewest"


def named_twice(house: Iterable[Module]) -> Iterator[str]:
    """No two rooms call two ideas the same."""
    rooms: dict[str, list[str]] = defaultdict(list)
    for one in house:
        rooms[one.path.stem].append(str(one.path.parent))
    for name, folders in rooms.items():
        if len(folders) > 1 and name not in SAME_IDEA:
            yield f"{name}: {', '.join(folders)}"


def classes_named_twice(house: Iterable[Module]) -> Iterator[str]:
    """No class has the name of another."""
    places: dict[str, list[str]] = defaultdict(list)
    for one in house:
        for name in one.classes:
            places[name].append(str(one))
    for name, found in places.items():
        if len(found) > 1:
            yield f"{name}: {', '.join(found)}"


def is_a_migration(one: Module) -> bool:
    """Tell whether it is a step of the database's, as short as the step is."""
    return "versions" in one.path.parts


RULES = {
    "modules are few": too_many,
    "a folder is seen at once": crowded,
    "a module is short enough to read": too_long,
    "a function fits a screen": longer_than_a_screen,
    "a module is worth its file": too_short,
    "a file name stands for one idea": named_twice,
    "a class name is used once": classes_named_twice,
}


def against(rule: str) -> list[str]:
    """Give what exceeds a rule in this house; a test's functions fit a screen, too."""
    find = RULES[rule]
    return list(find(modules((*PACKAGES, *TESTS) if find is longer_than_a_screen else PACKAGES)))


def main() -> int:
    """Print the figures, and what exceeds them."""
    house = modules()
    lines = sorted(one.lines for one in house)
    print(f"{len(house)} modules, {sum(lines)} lines, median {lines[len(lines) // 2]}")
    exceeding = {rule: against(rule) for rule in RULES}
    for rule, found in exceeding.items():
        print(f"\n{rule}: {len(found) or 'none'} against it")
        print("".join(f"  {one}\n" for one in found), end="")
    return any(exceeding.values())


if __name__ == "__main__":
    sys.exit(main())
