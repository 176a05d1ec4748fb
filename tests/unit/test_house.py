"""The rules of the house, where a tool does not hold them already."""

import ast
import configparser
import inspect
import re
import textwrap
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.template_names import COLUMNS, HEADINGS, LABELS, Column
from connectors import SUMMARY
from connectors.connector import PublisherConnector, SourceConnector, TrackerConnector
from tests.house_sizes import (
    FEWEST_LINES,
    MOST_IN_A_FOLDER,
    MOST_LINES,
    MOST_LINES_IN_A_FUNCTION,
    MOST_MODULES,
)
from tests.unit.test_settings import VARIABLES

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
MODULES = sorted(
    path
    for package in ("config", "connectors", "worker")
    for path in ROOT.glob(f"{package}/**/*.py")
)
SOURCES = sorted([*MODULES, *ROOT.glob("tests/**/*.py"), *ROOT.glob("bench/**/*.py")])


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_module_says_what_it_is() -> None:
    texts = {named(path): path.read_text("utf-8") for path in MODULES}
    assert [name for name, text in texts.items() if not ast.get_docstring(ast.parse(text))] == []


PURE = (
    "connectors/*/payloads.py",
    "connectors/*/webhook.py",
    "worker/content/**/*.py",
    "worker/document/**/*.py",
    "worker/drafting/**/*.py",
    "worker/publishing/**/*.py",
    "worker/tracking/**/*.py",
)
"""What takes values and gives values. Import-linter forbids the modules that do more, and cannot
see what needs no import, or is one function of an innocent module."""
BUILT_IN = {"__import__", "breakpoint", "compile", "eval", "exec", "input", "open", "print"}
OF_A_CLOCK = {"now", "today", "utcnow"}
OF_A_FILE = {"read_bytes", "read_text", "write_bytes", "write_text"}
OF_CHANCE = {"getnode", "uuid1", "uuid4"}
IMPURE = {"io", "random", "secrets", "sys", "time", "urllib.request"}


def impurities(tree: ast.AST) -> Iterator[str]:
    """Give what in a module's code reaches for a file, the clock, chance or other code."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in BUILT_IN | OF_CHANCE:
                yield name
            case ast.Attribute(
                value=ast.Name(id="date" | "datetime") | ast.Attribute(attr="date" | "datetime"),
                attr=name,
            ) if name in OF_A_CLOCK:
                yield name
            case ast.Attribute(attr=name) if name in OF_A_FILE | OF_CHANCE:
                yield name
            case ast.ImportFrom(module=str(module)) if module in IMPURE:
                yield module
            case ast.Import(names=names):
                yield from (one.name for one in names if one.name in IMPURE)


def test_the_core_reads_no_file_and_no_clock() -> None:
    pure = sorted({path for pattern in PURE for path in ROOT.glob(pattern)})
    found = {named(path): list(impurities(ast.parse(path.read_text("utf-8")))) for path in pure}
    assert {name: told for name, told in found.items() if told} == {}
    assert len(pure) > 40


@pytest.mark.parametrize(
    "code",
    [
        "text = open(name).read()",
        "socket = __import__('socket')",
        "exec(code)",
        "at = datetime.now(UTC)",
        "day = date.today()",
        "text = place.read_text()",
        "from time import time",
        "import random",
        "own = uuid.uuid4()",
        "given = datetime.datetime.now",
    ],
)
def test_what_a_pure_module_may_not_do_is_seen(code: str) -> None:
    assert list(impurities(ast.parse(code)))


def test_no_module_opens_an_address_without_the_clients() -> None:
    """Import-linter cannot forbid a part of a package, and ``urllib.parse`` is innocent."""
    assert [named(path) for path in MODULES if "urllib.request" in path.read_text("utf-8")] == []


NEUTRAL = ("config", "worker")
"""Packages that know no service by its name: what one says of itself is in its connector."""
MAY_NAME_SERVICES = {
    "worker/app/registry.py": "the list of them",
    "worker/content/name_matching.py": "people's headings of columns",
    "worker/demo.py": "shows what they are about",
    "worker/demo_sandboxes.py": "starts their stand-ins",
    "worker/document/outline.py": "words of people's headings",
    "worker/drafting/history/sentence_themes.py": "words of people's sentences",
    "worker/tracking/parents.py": "a key of front matter, which is promised",
}
"""Modules that do, and why."""


SERVICES = sorted(path.parent.name for path in ROOT.glob("connectors/*/connector.py"))
"""The folders of the services there are."""


def words(path: Path) -> Iterator[str]:
    """Give the names and texts in a module's code, without its docstrings and comments."""
    tree = ast.parse(path.read_text("utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, (ast.ImportFrom, ast.Import)):
            yield from (one.name for one in node.names)


def test_no_service_is_named_but_by_its_connector() -> None:
    services = re.compile("|".join(SERVICES), re.IGNORECASE)
    found = {
        named(path): [word for word in words(path) if services.search(word)]
        for path in MODULES
        if named(path).startswith(NEUTRAL)
    }
    naming = {name: told for name, told in found.items() if told}
    assert {name: told for name, told in naming.items() if name not in MAY_NAME_SERVICES} == {}
    assert set(MAY_NAME_SERVICES) <= set(naming), "one of them names none any more"
    templates = [path for path in ROOT.glob("worker/**/*.html") if "node_modules" not in path.parts]
    texts = {named(path): path.read_text("utf-8") for path in templates}
    assert [name for name, text in texts.items() if services.search(text)] == []


def test_hardly_anything_asks_whether_a_run_is_dry() -> None:
    """Steps give what they would do and what they would tell to the context, which chooses."""
    asking = [
        f"{named(path)}:{node.lineno}"
        for path in MODULES
        if named(path).startswith("worker/") and not named(path).startswith("worker/cli")
        if "dry_run" in path.read_text("utf-8")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, (ast.If, ast.IfExp))
        for part in ast.walk(node.test)
        if getattr(part, "attr", getattr(part, "id", "")) == "dry_run"
    ]
    assert len(asking) <= 4, "\n".join(asking)


def test_the_rules_of_imports_hold_for_every_service_there_is() -> None:
    """The layers must name each, which import-linter sees to; the rest must name none."""
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter", "utf-8")
    layers = rules["importlinter:contract:connectors"]
    assert layers["exhaustive"] == "True"
    assert set(SERVICES) <= set(re.findall(r"\w+", layers["layers"]))
    for contract in ("services", "sandboxes", "composition"):
        named = re.findall(
            r"connectors\.(\w+)", "\n".join(rules[f"importlinter:contract:{contract}"].values())
        )
        assert set(named).isdisjoint(SERVICES), f"{contract}: write connectors.*"


def exceptions() -> Iterator[tuple[str, str]]:
    """Give each comment that silences a tool, and where it stands."""
    silencing = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma)\b.*")
    for path in SOURCES:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if match := silencing.search(line):
                yield f"{named(path)}:{number}", match[0]


def test_whatever_silences_a_tool_says_why() -> None:
    codes = r"#\s*(?:noqa:?|type:\s*ignore|pragma:[\w ]+)\s*(?:[A-Z]+\d+,?\s*|\[.*?\])*"
    silent = [
        f"{place}: {comment}"
        for place, comment in exceptions()
        if not re.search(r"\w+ \w+", re.sub(codes, "", comment))
    ]
    assert not silent, "\n".join(silent)


@cache
def pins(lock: str) -> dict[str, str]:
    """Give the release that a lock file holds of each package."""
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    found = [re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", line) for line in lines]
    return {canonicalize_name(match[1]): match[2] for match in found if match}


def wanted(*groups: str) -> list[Requirement]:
    """Give what ``pyproject.toml`` asks for, with the groups of that name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    listed = [] if groups == ("build",) else list(project["project"]["dependencies"])
    for group in groups:
        listed += [each for each in project["dependency-groups"][group] if isinstance(each, str)]
    return [Requirement(each) for each in listed]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_release_in_a_lock_file_has_its_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\w)", (ROOT / lock).read_text("utf-8").strip())
    assert pins(lock)
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(
    ("lock", "groups"), [(LOCKS[0], ()), (LOCKS[1], ("build", "dev")), (LOCKS[2], ("build",))]
)
def test_the_lock_files_are_in_step_with_what_is_asked_for(
    lock: str, groups: tuple[str, ...]
) -> None:
    for requirement in wanted(*groups):
        pinned = pins(lock).get(canonicalize_name(requirement.name))
        assert pinned, f"{requirement} is not in {lock}: run make lock"
        assert pinned in requirement.specifier, f"{requirement} is {pinned} in {lock}: make lock"


def test_the_project_is_built_with_what_is_locked_for_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["build-system"]["requires"] == project["dependency-groups"]["build"]


def test_what_is_tested_is_what_is_shipped() -> None:
    tested = pins("requirements-dev.lock")
    shipped = pins("requirements.lock") | pins("requirements-build.lock")
    assert {name: tested.get(name) for name in shipped} == shipped


def test_the_built_in_template_has_the_nine_sections_and_every_place_the_program_fills() -> None:
    template = (ROOT / "config/postmortem.md").read_text("utf-8")
    title, *sections = re.split(r"^## ", template, flags=re.MULTILINE)
    assert title.strip() == "# Postmortem: [Incident Title]"
    headings = [f"{number}. {name}" for number, name in enumerate(HEADINGS.values(), start=1)]
    assert [section.splitlines()[0] for section in sections] == headings
    bodies = dict(zip(HEADINGS, sections, strict=True))
    for slot, label in LABELS.items():
        assert f"- **{label}:**" in bodies[slot.section], slot
    for column in (Column.TASK, Column.OWNER, Column.PRIORITY, Column.DEADLINE):
        assert COLUMNS[column] in template


def test_each_decision_has_a_number_of_its_own_which_is_in_its_title() -> None:
    pages = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == list(range(1, len(pages) + 1))
    titles = [page.read_text("utf-8").splitlines()[0] for page in pages]
    assert [int(title.split(".")[0].removeprefix("# ")) for title in titles] == numbers


def test_every_place_that_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    places = set(re.findall(r"`((?:config|connectors|worker)/[\w./]*)`", text))
    assert len(places) > 40
    assert sorted(place for place in places if not (ROOT / place).exists()) == []


def test_the_documentation_is_there_and_names_every_setting_of_the_environment() -> None:
    for name in ("architecture", "documents", "operations", "glossary"):
        assert (ROOT / "docs" / f"{name}.md").is_file(), name
    readme = (ROOT / "README.md").read_text("utf-8")
    for variable in VARIABLES:
        assert variable.name in readme, f"{variable.name} is not in the README"


def test_what_contributors_are_told_of_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    paths = re.findall(r"`((?:tests|connectors|worker|config)/[\w./]+)`", text)
    made = [each for each in paths if each.startswith("connectors/acme")]
    assert [each for each in paths if each not in made and not (ROOT / each).exists()] == []
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        ast.parse(textwrap.dedent(code))


def test_contributors_are_told_the_sizes_and_all_that_a_connector_says_of_itself() -> None:
    text = " ".join((ROOT / "CONTRIBUTING.md").read_text("utf-8").split())
    assert f"a function has at most {MOST_LINES_IN_A_FUNCTION} lines" in text
    assert f"has {FEWEST_LINES} to {MOST_LINES} lines" in text
    assert f"at most {MOST_IN_A_FOLDER} modules, all of it at most {MOST_MODULES}" in text
    for kind in (SourceConnector, TrackerConnector, PublisherConnector):
        declared = {name for base in kind.__mro__ for name in inspect.get_annotations(base)}
        for name in (declared | kind.__abstractmethods__) - {"settings"}:
            assert f"`{name}`" in text, f"{kind.__name__}.{name}"


@pytest.mark.parametrize(
    "file", ["CONTRIBUTING.md", "README.md", ".github/workflows/ci.yml", ".ci/run"]
)
def test_every_command_of_make_that_is_told_of_is_there(file: str) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    told = re.findall(
        r"(?:`|^|run: |&& |postgres\.sh )make ([a-z-]+)",
        (ROOT / file).read_text("utf-8"),
        re.MULTILINE,
    )
    assert told
    assert set(told) <= set(targets)


def test_the_help_says_what_the_distribution_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["description"] == SUMMARY


def test_the_version_has_its_dated_entry_in_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    heading = rf"^## {re.escape(project['version'])} - \d{{4}}-\d\d-\d\d$"
    assert re.search(heading, (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_the_pythons_that_are_promised_are_those_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    promised = re.findall(r":: (3\.\d+)", "\n".join(project["classifiers"]))
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    assert promised == workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
