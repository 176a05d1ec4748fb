"""Templates by incident: the first that takes it, kept for as long as its document lives."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.jira.payloads import SiteKind
from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.checkout_storm import (
    CHECKOUT,
    LENA,
    MIRA,
    PAYMENTS,
    SHOP_TEAM,
)
from tests.acceptance.test_command_line import Shell
from tests.acceptance.world import World, world

SHORT = "# Small thing: [title]\n\n## Incident Summary\n- **Duration:** [how long]\n"
SECURITY = """# Security: [title]

## Incident Summary
- **Duration:** [how long]
- **Impact:** [who could see what]

## Who was told
- [authority]

## Action Items
| Task Description | Owner |
|------------------|-------|
| [what]           | [who] |
"""
SETTINGS = """
[[templates]]
file = "security.md"
incident_types = ["Security incident"]

[[templates]]
file = "short.md"
priorities = ["P3", "P4"]
services = ["Payments Gateway"]

[[templates]]
file = "team.md"
teams = ["Shop"]
"""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with world(tmp_path, SiteKind.CLOUD) as here:
        (tmp_path / "short.md").write_text(SHORT)
        (tmp_path / "security.md").write_text(SECURITY)
        (tmp_path / "team.md").write_text(SHORT.replace("Small thing", "Shop"))
        (tmp_path / "postmortem.toml").write_text(SETTINGS)
        yield Shell(here)


def small(here: World, **how: object) -> SandboxIncident:
    at = here.clock.now - timedelta(hours=2)
    service = how.pop("service", PAYMENTS)
    made = here.pagerduty.account.open(service, "Slow pages", at=at, by=LENA, **how)  # type: ignore[arg-type]  # passed on
    made.set_priority(wire.priority("P3"), at + timedelta(minutes=1), LENA)
    made.resolve(at + timedelta(minutes=30), by=LENA)
    return made


def text_of(shell: Shell, incident: SandboxIncident) -> str:
    (path,) = shell.here.documents.glob(f"*-{incident.id}-*.md")
    return path.read_text("utf-8")


def headings(text: str) -> list[str]:
    return re.findall(r"^#.*", text, re.MULTILINE)


def test_the_first_that_takes_an_incident_is_its_template(shell: Shell) -> None:
    short = small(shell.here)
    security = small(shell.here, teams=[SHOP_TEAM])
    security.incident_type = "security_incident"
    team = small(shell.here, service=CHECKOUT, teams=[SHOP_TEAM])
    other = small(shell.here, service=CHECKOUT)
    done = shell.run("draft", short.id, security.id, team.id, other.id)
    assert done.returncode == 0, done.stderr
    assert headings(text_of(shell, short)) == ["# Small thing: Slow pages", "## Incident Summary"]
    assert "- **Duration:** 30 min\n" in text_of(shell, short)
    assert headings(text_of(shell, security))[0] == "# Security: Slow pages"
    assert headings(text_of(shell, team))[0] == "# Shop: Slow pages"
    assert "## 9. Communication and Review" in headings(text_of(shell, other))


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_document_keeps_the_template_that_it_was_made_with(shell: Shell, forgotten: bool) -> None:
    incident = small(shell.here)
    shell.run("draft", incident.id)
    (path,) = shell.here.documents.glob("*.md")
    path.write_text(text_of(shell, incident) + "\n## Our own words\nWe were lucky.\n")
    incident.incident_type = "security_incident"
    incident.set_priority(wire.priority("P1"), shell.here.clock.now, MIRA)
    if forgotten:
        shell.here.database.unlink()
    done = shell.run("sync", incident.id)
    assert done.returncode == 0, done.stderr
    assert headings(text_of(shell, incident)) == [
        "# Small thing: Slow pages",
        "## Incident Summary",
        "## Our own words",
    ]
    assert "who could see what" not in text_of(shell, incident)


def test_check_proves_each_template(shell: Shell) -> None:
    (shell.here.folder / "team.md").write_text("# Notes\n\nNothing here.\n")
    done = shell.run("check")
    assert done.returncode == 1
    assert re.search(r"Template security\.md\W+4 of \d+ places are filled\n", done.stdout)
    assert re.search(r"\n +Incident Summary +filled: Duration, Impact *\n", done.stdout)
    assert re.search(r"\n +Who was told +left to people *\n", done.stdout)
    assert re.search(r"\n +\(not in it\) +title", done.stdout) is None
    assert re.search(r"\n +\(not in it\) +Date/Time", done.stdout)
    assert re.search(r"Template short\.md\W+2 of \d+ places are filled", done.stdout)
    assert "Template team.md" in done.stderr
    assert "Nothing in it would be filled" in done.stderr
    assert "Action items of short.md" in done.stderr


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[[templates]]\nfile = "none.md"\n', "none.md, which cannot be read"),
        ('[[templates]]\npriorities = ["P1"]\n', "templates #1 file in"),
        (
            '[[templates]]\nfile = "short.md"\n[[templates]]\nfile = "team.md"\n',
            "number 1 takes every incident",
        ),
    ],
)
def test_what_is_wrong_with_a_template_is_told_at_the_start(
    shell: Shell, settings: str, said: str
) -> None:
    (shell.here.folder / "postmortem.toml").write_text(settings)
    done = shell.run("check")
    assert done.returncode == 2
    assert said in done.stderr


def test_what_the_later_template_lacks_is_still_refreshed(shell: Shell) -> None:
    incident = small(shell.here, service=CHECKOUT)
    shell.run("draft", incident.id)
    incident.incident_type = "security_incident"
    incident.note("The cache was cold.", shell.here.clock.now, MIRA)
    done = shell.run("draft", incident.id)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^\| .* \| .*The cache was cold\.", text_of(shell, incident), re.MULTILINE)
